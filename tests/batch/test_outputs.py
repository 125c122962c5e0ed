"""Compressed outputs and streams by type of resource."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from batch.conftest import Run
from batch.making import SMALL, fill, rows, tree

from cdatk.batch.engine import Wish
from cdatk.batch.files import Place
from cdatk.batch.packing import Packing, blanks, pack
from cdatk.harness import generator
from cdatk.pipeline import Toolkit
from cdatk.settings import Fhir, Settings

BULK = Settings(fhir=Fhir(ndjson=True))
GZIP, ZSTD = ".gz", ".zst"


def unpacked(data: bytes, ending: str) -> bytes:
    if ending == GZIP:
        return gzip.decompress(data)
    if ending == ZSTD:
        zstandard = pytest.importorskip("zstandard")
        return bytes(zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read())
    return data


def lines(out: Path, to: str, ending: str = "") -> list[dict[str, object]]:
    data = b"".join(unpacked(p.read_bytes(), ending) for p in sorted(out.glob(f"{to}-*.ndjson{ending}")))
    return [json.loads(line) for line in data.splitlines() if line.strip()]


def bulk(out: Path, packing: Packing) -> tuple[dict[str, object], str]:
    """An order for streams by type, packed, and how the names of its outputs end."""
    if packing == "zstd":
        pytest.importorskip("zstandard")
    order: dict[str, object] = {"settings": BULK, "stream": True, "bulk": True, "place": Place(out, "fr", packing)}
    return order, {"": "", "gzip": GZIP, "zstd": ZSTD}[packing]


def kinds(out: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in out.glob("*.ndjson*")}


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_every_output_is_packed_and_holds_the_same(packing: Packing, tmp_path: Path, run: Run, wish: Wish) -> None:
    if packing == "zstd":
        pytest.importorskip("zstandard")
    fill(tmp_path / "in", 3)
    run(order={"formats": ("fhir", "cda")})
    plain = tree(tmp_path / "out")
    ending = {"gzip": GZIP, "zstd": ZSTD}[packing]
    place = Place(tmp_path / "packed", "fr", packing)
    run(order={"formats": ("fhir", "cda"), "place": place})
    packed = tree(tmp_path / "packed")
    assert {name.removesuffix(ending): unpacked(data, ending) for name, data in packed.items()} == plain
    assert all(name.endswith(ending) for name in packed)
    assert run(order={"formats": ("fhir", "cda"), "place": place}, resume=True).tally.kept == 3
    run(order={"formats": ("fhir", "cda"), "place": place})
    assert tree(tmp_path / "packed") == packed  # the same bytes again


@pytest.mark.parametrize("packing", ["", "gzip", "zstd"])
def test_bulk_is_what_convert_gives_sorted_by_type(packing: Packing, tmp_path: Path, run: Run) -> None:
    paths, out = fill(tmp_path / "in", 4), tmp_path / "out"
    order, ending = bulk(out, packing)
    run(order=order, workers=2)
    toolkit = Toolkit(BULK)
    wanted: dict[str, Counter[str]] = {}
    for path in paths:
        output = toolkit.convert(path.read_bytes(), "fhir").output
        for line in (output or b"").splitlines():
            wanted.setdefault(json.loads(line)["resourceType"], Counter())[json.loads(line)["id"]] += 1
    assert kinds(out) == set(wanted) and {"Patient", "Composition"} <= kinds(out)
    for to, ids in wanted.items():
        assert Counter(str(line["id"]) for line in lines(out, to, ending)) == ids
        assert {line["resourceType"] for line in lines(out, to, ending)} == {to}


@pytest.mark.parametrize("packing", ["", "gzip", "zstd"])
def test_the_journal_finds_each_document_in_its_streams(packing: Packing, tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 3)
    out = tmp_path / "out"
    order, ending = bulk(out, packing)
    run(order=order)
    found = set()
    for row in rows(out).values():
        written = row.outputs["Composition"]
        part = (out / written.path).read_bytes()[written.offset : written.offset + written.bytes]
        (composition,) = unpacked(part, ending).splitlines()
        found.add(json.loads(composition)["id"])
    assert len(found) == 3


@pytest.mark.parametrize("packing", ["", "gzip", "zstd"])
def test_a_changed_document_stands_in_packed_streams_once(packing: Packing, tmp_path: Path, run: Run) -> None:
    paths, out = fill(tmp_path / "in", 4), tmp_path / "out"
    order, ending = bulk(out, packing)
    run(order=order)
    paths[1].write_bytes(generator.make(replace(SMALL, seed=99), 1).data)
    assert run(order=order, resume=True).tally.kept == 3
    assert len(lines(out, "Composition", ending)) == len(lines(out, "Patient", ending)) == 4
    assert run(order=order, resume=True).tally.kept == 4
    paths[0].write_bytes(b"")
    run(order=order, resume=True)
    assert len(lines(out, "Composition", ending)) == 3


def test_bulk_after_a_crash_holds_what_an_undisturbed_run_holds(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 6)
    out = tmp_path / "out"
    order = {"settings": BULK, "stream": True, "bulk": True}
    run(order=order)
    whole = {path.name: path.read_bytes() for path in out.glob("*.ndjson")}
    journal = out / "_batch" / "journal.ndjson"
    text = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(text[:2]) + text[2][:30])
    assert run(order=order, resume=True).tally.kept == 2
    assert {path.name: path.read_bytes() for path in out.glob("*.ndjson")} == whole


def test_files_of_another_kind_of_run_do_not_disturb_a_stream(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 2)
    run()
    mirrored = tree(tmp_path / "out")
    assert run(order={"stream": True}, resume=True).tally.kept == 0
    assert len(lines(tmp_path / "out", "fhir")) == 2
    assert mirrored.items() <= tree(tmp_path / "out").items()


@pytest.mark.parametrize("packing", ["", "gzip", "zstd"])
@pytest.mark.parametrize("length", [21, 22, 300, 70_000])
def test_what_takes_a_place_says_nothing(packing: Packing, length: int) -> None:
    if packing == "zstd":
        pytest.importorskip("zstandard")
    ending = {"": "", "gzip": GZIP, "zstd": ZSTD}[packing]
    blank = blanks(length, packing)
    around = pack(b"a\n", packing) + blank + pack(b"b\n", packing)
    assert len(blank) == length
    assert unpacked(around, ending).split() == [b"a", b"b"]


def test_no_gzip_member_is_that_short() -> None:
    with pytest.raises(ValueError, match="20"):
        blanks(20, "gzip")
