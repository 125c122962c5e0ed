"""The NDJSON stream holds each document once, in the order of the inputs, however often a run was broken off."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from batch.conftest import Run
from batch.making import SMALL, fill, rows

from cdatk.batch.files import OutputError
from cdatk.batch.journal import Journal, Written
from cdatk.batch.shards import Shards
from cdatk.harness import generator

STREAM = {"stream": True}


def lines(out: Path) -> list[bytes]:
    return [line.strip() for path in sorted(out.glob("fhir-*.ndjson")) for line in path.read_bytes().splitlines()]


def stream(out: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(out.glob("fhir-*.ndjson")))


def test_one_line_a_document(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 6)
    run(order=STREAM, workers=2)
    written = [row.outputs["fhir"] for row in rows(tmp_path / "out").values()]
    assert [json.loads(line)["resourceType"] for line in lines(tmp_path / "out")] == ["Bundle"] * 6
    data = stream(tmp_path / "out")
    assert all(json.loads(data[w.offset : w.offset + w.bytes]) for w in written)


def test_the_stream_is_cut_into_files_of_a_size(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 6)
    run(order=STREAM)
    whole = stream(tmp_path / "out")
    run(order=STREAM, shard=len(whole) // 4)
    assert stream(tmp_path / "out") == whole
    assert len(list((tmp_path / "out").glob("fhir-*.ndjson"))) >= 3


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_what_a_dying_process_left_beyond_the_journal_is_cut_off(kept: int, tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 6)
    out = tmp_path / "out"
    run(order=STREAM, shard=60_000)
    whole, files = stream(out), len(list(out.glob("fhir-*.ndjson")))
    journal = out / "_batch" / "journal.ndjson"
    text = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(text[:kept]) + text[kept][:40])
    assert run(order=STREAM, shard=60_000, resume=True).tally.kept == kept
    assert (stream(out), len(list(out.glob("fhir-*.ndjson")))) == (whole, files)


def test_a_changed_document_stands_in_the_stream_once(tmp_path: Path, run: Run) -> None:
    paths = fill(tmp_path / "in", 4)
    run(order=STREAM)
    paths[1].write_bytes(generator.make(replace(SMALL, seed=99), 1).data)
    run(order=STREAM, resume=True)
    assert len([json.loads(line) for line in lines(tmp_path / "out") if line]) == 4
    assert run(order=STREAM, resume=True).tally.kept == 4
    paths[0].write_bytes(b"")
    run(order=STREAM, resume=True)
    assert len([line for line in lines(tmp_path / "out") if line]) == 3


def test_lines_superseded_before_a_crash_are_blanked_afterwards(tmp_path: Path) -> None:
    shards = Shards(tmp_path, "fhir", 10**9)
    first, second = shards.add([b'{"a":1}\n', b'{"b":1}\n'], ["", ""])
    assert (first, second) == (Written("fhir-00001.ndjson", "", 8, 0), Written("fhir-00001.ndjson", "", 8, 8))
    shards.blank(first)
    assert [json.loads(line) for line in (tmp_path / "fhir-00001.ndjson").read_bytes().splitlines()] == [{"b": 1}]


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "fhir-mine.ndjson").write_bytes(b"x")
    Shards(tmp_path, "fhir", 10).take_up({}, [])
    assert (tmp_path / "fhir-mine.ndjson").exists()


def test_an_empty_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    assert (len(journal), list(journal.rows()), journal.row("x")) == (0, [], None)
    journal.close()


def test_a_journal_that_cannot_be_written_takes_its_lines_back(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "in", 1)
    run()
    (row,) = rows(tmp_path / "out").values()
    journal = Journal(tmp_path / "j")
    journal.append([row])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("cdatk.batch.journal.os.fsync", full)
        with pytest.raises(OutputError):
            journal.append([row])
    journal.append([row])
    journal.close()
    assert len((tmp_path / "j").read_bytes().splitlines()) == 2
