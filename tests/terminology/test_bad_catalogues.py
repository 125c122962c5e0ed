"""Bad catalogues: a finding that names the place, the good rows kept, the earlier store intact."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import pytest
from terminology.catalogues import (
    HEAD,
    bring,
    codes,
    put,
    sheet,
    svs,
    texts,
    value_set,
    value_set_rows,
    workbook,
)

from cdatk.diagnostics import Report, Severity
from cdatk.terminology.catalogue import Import, import_catalogues
from cdatk.terminology.content import dump
from cdatk.terminology.importers.source import Refused, unpacked
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import TerminologyError
from cdatk.terminology.schema import SCHEMA_VERSION

RED = ("1.2.3", "", "R", "Red", "Red", "Rouge")


def found_in(report: Report, code: str) -> list[dict[str, str]]:
    return [finding.context for finding in report if finding.code == code]


def test_numbers_in_the_column_of_codes(tmp_path: Path) -> None:
    rows = [("1.2.3", "", 1e10, "Ten", "", ""), ("1.2.3", "", 4.0, "Four", "", ""), ("1.2.3", "", "007", "x", "", "")]
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", workbook({"a": value_set(*rows)})))
    assert [(c["row"], c["code"]) for c in found_in(report, "TRM-107")] == [("7", "10000000000"), ("8", "4")]
    assert found_in(report, "TRM-107")[0]["part"] == "w.xlsx!a"
    with Terminology.open(tmp_path / "s") as found:
        assert found.concept("1.2.3", "4") and found.concept("1.2.3", "007")
        assert found.concept("1.2.3", "7") is None


def test_a_sheet_without_header_is_left_out_and_the_others_kept(tmp_path: Path) -> None:
    bare = sheet([("Value Set ID", "2.999.9.5"), *[RED] * 3])
    content = workbook({"bad": bare, "good": value_set(RED)})
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", content))
    assert [(c["file"], c["why"]) for c in found_in(report, "TRM-105")] == [("w.xlsx!bad", "no-header")]
    with Terminology.open(tmp_path / "s") as found:
        assert found.concept("1.2.3", "R")


@pytest.mark.parametrize("oid", ["", "Colours", "1.2.3\u2026"])
def test_a_sheet_without_value_set(tmp_path: Path, oid: str) -> None:
    content = workbook({"a": value_set(RED, oid=oid)})
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", content))
    assert [c["why"] for c in found_in(report, "TRM-105")] == ["no-value-set"]
    assert report.exit_code == 1


def test_a_header_in_another_row_is_found(tmp_path: Path) -> None:
    rows = value_set_rows(RED)
    content = workbook({"a": sheet([*rows[:5], (), *rows[5:]])})
    (summary,), _ = bring(tmp_path / "s", put(tmp_path, "w.xlsx", content))
    assert dict(summary.counts)["concepts"] == 1


def test_merged_cells_and_rows_without_code_or_system(tmp_path: Path) -> None:
    rows = [RED, ("", "", "G", "Green", "", ""), ("1.2.3", "", "", "Blue", "", ""), (None,) * 6]
    merged = '<mergeCells count="1"><mergeCell ref="A7:A8"/></mergeCells>'
    content = workbook({"a": sheet(value_set_rows(*rows), merged)})
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", content))
    assert [c["row"] for c in found_in(report, "TRM-116")] == ["7"]
    assert [(c["row"], c["why"]) for c in found_in(report, "TRM-106")] == [("8", "no-system"), ("9", "no-code")]


def test_a_formula_without_value(tmp_path: Path) -> None:
    content = value_set(RED).replace(
        "</sheetData>", '<row r="8"><c r="A8" t="str"><v>1.2.3</v></c><c r="C8"><f>X</f></c></row></sheetData>'
    )
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", workbook({"a": content})))
    assert [c["why"] for c in found_in(report, "TRM-106")] == ["formula"]


def test_duplicate_and_contradictory_rows(tmp_path: Path) -> None:
    rows = [RED, RED, (*RED[:5], "Vermeil")]
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", workbook({"a": value_set(*rows)})))
    assert [c["row"] for c in found_in(report, "TRM-108")] == ["8", "9"]
    assert [(c["row"], c["language"]) for c in found_in(report, "TRM-109")] == [("9", "fr-FR")]
    with Terminology.open(tmp_path / "s") as found:
        assert texts(found, "1.2.3", "R", "fr-FR") == ["Rouge", "Vermeil"]


def test_many_findings_of_a_kind_are_counted(tmp_path: Path) -> None:
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", workbook({"a": value_set(*[RED] * 50)})))
    assert len(found_in(report, "TRM-108")) == 10
    assert [(c["finding"], c["count"]) for c in found_in(report, "TRM-124")] == [("TRM-108", "39")]


def test_strict_keeps_nothing(tmp_path: Path) -> None:
    good = put(tmp_path, "good.xlsx", workbook({"a": value_set(RED)}))
    bring(tmp_path / "s", good)
    before = (tmp_path / "s").read_bytes()
    bad = put(tmp_path, "bad.xlsx", workbook({"a": value_set(("1.2.3", "", 4.0, "Four", "", ""))}))
    summaries, report = bring(tmp_path / "s", bad, strict=True)
    assert summaries == ()
    assert {"TRM-107", "TRM-119"} <= codes(report)
    assert report.exit_code == 1
    assert (tmp_path / "s").read_bytes() == before
    assert not bring(tmp_path / "new", bad, strict=True)[0]
    assert not (tmp_path / "new").exists()


def test_a_bad_file_of_a_folder_does_not_stop_the_others(tmp_path: Path) -> None:
    put(tmp_path, "in/a.xml", svs(("1.2.3", "R", "Red"), language="en"))
    put(tmp_path, "in/b.xml", b"")
    put(tmp_path, "in/c.xml", svs(("1.2.3", "B", "Blue"), language="en")[:-40])
    put(tmp_path, "in/d.xml", b'<!DOCTYPE x [<!ENTITY e "x">]><valueSets>&e;</valueSets>')
    put(tmp_path, "in/e.json", b'{"resourceType": "ValueSet", ')
    put(tmp_path, "in/README.md", b"# words\n")
    put(tmp_path, "in/deep.json", b'{"resourceType":"ValueSet","x":' + b"[" * 100_000)
    (summary,), report = bring(tmp_path / "s", tmp_path / "in")
    assert dict(summary.counts)["concepts"] == 1
    assert [c["file"] for c in found_in(report, "TRM-102")] == ["b.xml"]
    assert {(c["file"], c["why"]) for c in found_in(report, "TRM-104")} == {
        ("c.xml", "XML-007"), ("d.xml", "XML-003"), ("deep.json", "json"), ("e.json", "json"),
    }  # fmt: skip
    assert [c["file"] for c in found_in(report, "TRM-101")] == ["README.md"]
    assert not any(finding.severity is Severity.FATAL for finding in report)


def archive(names: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as target:
        for name, content in names.items():
            target.writestr(name, content)
    return stream.getvalue()


def tarball(name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as target:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
        info.size = 2 if kind == tarfile.REGTYPE else 0
        target.addfile(info, io.BytesIO(b"{}"))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "why"),
    [
        (archive({"x.xml": b"0" * 30_000_000}), "TRM-103", "bomb"),
        (gzip.compress(b"0" * 30_000_000), "TRM-103", "bomb"),
        (archive({"../x.xml": b"<a/>"}), "TRM-103", "traversal"),
        (archive({"/etc/x.xml": b"<a/>"}), "TRM-103", "traversal"),
        (archive({"a\\..\\..\\x.xml": b"<a/>"}), "TRM-103", "traversal"),
        (tarball("package/../../x.json"), "TRM-103", "traversal"),
        (tarball("package/x.json", tarfile.SYMTYPE), "TRM-103", "link"),
        (archive({f"{n}.xml": b"" for n in range(20_001)}), "TRM-103", "too-many"),
        (archive({"x.xml": b"<a/>"})[:60], "TRM-104", "zip"),
        (gzip.compress(b"abc" * 99)[:-9], "TRM-104", "gzip"),
    ],
    ids=[
        "zip-bomb",
        "gzip-bomb",
        "zip-up",
        "zip-root",
        "zip-backslash",
        "tar-up",
        "link",
        "many",
        "cut-zip",
        "cut-gzip",
    ],
)
def test_an_archive_is_refused_whole(content: bytes, code: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        list(unpacked("a", content))
    assert (refused.value.code, refused.value.why) == (code, why)
    _, report = bring(tmp_path / "s", put(tmp_path, "a.bin", content))
    assert codes(report) == {code, "TRM-126"}
    assert not (tmp_path / "s").exists()


def test_a_bomb_inside_a_workbook(tmp_path: Path) -> None:
    content = archive({"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": b" " * 30_000_000})
    _, report = bring(tmp_path / "s", put(tmp_path, "w.xlsx", content))
    assert [c["why"] for c in found_in(report, "TRM-103")] == ["bomb"]


def test_an_archive_of_files_is_one_catalogue(tmp_path: Path) -> None:
    inside = {"b.xml": svs(("1.2.3", "R", "Red"), language="en"), "__MACOSX/._b.xml": b"x", ".hidden": b"x"}
    (summary,), report = bring(tmp_path / "s", put(tmp_path, "a.zip", archive(inside)))
    assert (summary.files, codes(report)) == (1, {"TRM-110"})


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    path = put(tmp_path, "w.xlsx", workbook({"a": value_set(RED)}))
    bring(tmp_path / "s", path)
    before = (tmp_path / "s").read_bytes()
    (summary,), report = bring(tmp_path / "s", path)
    assert not summary.new
    assert codes(report) == {"TRM-117"}
    assert (tmp_path / "s").read_bytes() == before


def test_the_same_import_gives_the_same_bytes(tmp_path: Path) -> None:
    path = put(tmp_path, "w.xlsx", workbook({"a": value_set(RED)}))
    for name in ("s", "t"):
        bring(tmp_path / name, path)
    assert (tmp_path / "s").read_bytes() == (tmp_path / "t").read_bytes()


def test_a_store_is_replaced_while_it_is_read(tmp_path: Path) -> None:
    bring(tmp_path / "s", put(tmp_path, "a.xlsx", workbook({"a": value_set(RED)})))
    with Terminology.open(tmp_path / "s") as reading:
        assert texts(reading, "1.2.3", "R", "fr-FR") == ["Rouge"]
        more = workbook({"a": value_set(("1.2.3", "", "B", "Blue", "Blue", "Bleu"))})
        bring(tmp_path / "s", put(tmp_path, "b.xlsx", more))
        assert reading.concept("1.2.3", "B") is None
        assert reading.value_set("2.999.9.1") is not None
    with Terminology.open(tmp_path / "s") as after:
        assert after.concept("1.2.3", "B")


@pytest.mark.parametrize("content", [b"no store at all" * 99, None])
def test_an_unusable_store_is_left_as_it_is(tmp_path: Path, content: bytes | None) -> None:
    path, wanted = tmp_path / "s", put(tmp_path, "a.xlsx", workbook({"a": value_set(RED)}))
    if content is None:
        bring(path, wanted)
        with sqlite3.connect(path) as connection:
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        connection.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(TerminologyError):
        bring(path, wanted)
    assert path.read_bytes() == before
    bring(path, wanted, fresh=True)
    with Terminology.open(path) as found:
        assert found.concept("1.2.3", "R")


def test_another_import_holds_the_store(tmp_path: Path) -> None:
    lock = sqlite3.connect(tmp_path / "s.lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(TerminologyError, match="another import"):
        bring(tmp_path / "s", put(tmp_path, "a.xlsx", workbook({"a": value_set(RED)})))
    lock.close()


def test_a_failure_in_the_middle_leaves_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.xlsx", workbook({"a": value_set(RED)}))
    bring(tmp_path / "s", path)
    before = (tmp_path / "s").read_bytes()

    def full(part: str, rows: int) -> None:
        raise OSError("the disk is full")

    more = put(tmp_path, "b.xlsx", workbook({"a": value_set(RED, oid="2.999.9.2")}))
    with pytest.raises(OSError, match="full"):
        import_catalogues(tmp_path / "s", [Import(more)], Report(), progress=full)
    assert (tmp_path / "s").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx", "s", "s.lock"]


def test_an_older_version_stays_behind_the_newer(tmp_path: Path) -> None:
    put(tmp_path, "a.xml", svs(("1.2.3", "R", "Red"), language="en", version="202404"))
    put(tmp_path, "b.xml", svs(("1.2.3", "R", "Redd"), ("1.2.3", "O", "Old"), language="en", version="20111026"))
    _, report = bring(tmp_path / "s", tmp_path / "a.xml", tmp_path / "b.xml")
    assert [c["held"] for c in found_in(report, "TRM-125")] == ["202404"]
    with Terminology.open(tmp_path / "s") as found:
        assert [v.version for v in found.versions("2.999.9.2")] == ["202404", "20111026"]
        assert found.is_member("2.999.9.2", "1.2.3", "O") is False
        assert found.is_member("2.999.9.2", "1.2.3", "O", version="20111026") is True
        concept = found.concept("1.2.3", "R")
        assert concept is not None
        assert concept.english == "Red"
    with Terminology.open(tmp_path / "s", pins={"2.999.9.2": "20111026"}) as pinned:
        assert pinned.is_member("2.999.9.2", "1.2.3", "O") is True


def test_a_later_import_wins_for_words_and_membership(tmp_path: Path) -> None:
    own = workbook(
        {
            "a": value_set(
                ("2.16.840.1.113883.6.96", "", "24484000", "Severe", "Severe", "Grave"),
                oid="1.3.6.1.4.1.12559.11.10.1.3.1.42.13",
            )
        }
    )
    bring(tmp_path / "s", put(tmp_path, "w.xlsx", own), embedded=True)
    from cdatk.terminology.lookup import choose

    with Terminology.open(tmp_path / "s") as found:
        for language in ("fr", "fr-FR"):
            chosen = choose(found.designations("2.16.840.1.113883.6.96", "24484000"), language)
            assert chosen is not None
            assert chosen[0].text == "Grave"
        severity = "1.3.6.1.4.1.12559.11.10.1.3.1.42.13"
        assert found.is_member(severity, "2.16.840.1.113883.6.96", "255604002") is False
        assert found.is_member(severity, "2.16.840.1.113883.6.96", "255604002", version="202004") is True


def test_a_bundle_of_hostile_kinds_is_no_traceback(tmp_path: Path) -> None:
    node = {
        "resourceType": "Bundle",
        "entry": [None, 4, {"resource": [1]}, {"resource": {"resourceType": "ValueSet", "url": 4, "compose": "x"}}],
    }
    path = put(tmp_path, "b.json", json.dumps(node))
    _, report = bring(tmp_path / "s", path)
    assert codes(report) == {"TRM-105", "TRM-126"}


def test_nothing_of_the_dump_depends_on_the_machine(tmp_path: Path) -> None:
    path = put(tmp_path, "w.xlsx", workbook({"a": value_set(RED)}))
    bring(tmp_path / "s", path)
    with Terminology.open(tmp_path / "s") as found:
        assert str(tmp_path) not in json.dumps([list(row) for row in dump(found)])
        assert found.releases[-1].imported == "2026-01-01T00:00:00+00:00"


def test_a_placeholder_column_is_no_language(tmp_path: Path) -> None:
    head = (*HEAD[:4], "<language code 1>")
    path = put(tmp_path, "w.xlsx", workbook({"a": value_set(("1.2.3", "", "R", "Red", "Rouge"), head=head)}))
    bring(tmp_path / "s", path)
    bring(tmp_path / "t", path, language="fr-FR")
    with Terminology.open(tmp_path / "s") as without, Terminology.open(tmp_path / "t") as stated:
        assert texts(without, "1.2.3", "R", "fr-FR") == []
        assert texts(stated, "1.2.3", "R", "fr-FR") == ["Rouge"]
