"""The commands on documents: outputs, findings, exit codes, nothing left behind."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ended
from documents import document, section

from cdatk import pipeline
from cdatk.diagnostics import ExitCode, Report
from cdatk.safe_xml import parse, resolve
from cdatk.settings import Limits

Call = Callable[..., Ended]
GOOD = document(section("48765-2"))
UNKNOWN_CODES = document(
    section(
        "11450-4",
        *(
            '<act classCode="ACT" moodCode="EVN"><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>'
            '<statusCode code="active"/><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">'
            '<code code="55607006" codeSystem="2.16.840.1.113883.6.96"/><statusCode code="completed"/>'
            f'<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CD" code="Q{n}"'
            ' codeSystem="2.999.77"/></observation></entryRelationship></act>'
            for n in range(5)
        ),
    )
)


def broken() -> dict[str, tuple[bytes, str, int]]:
    """Bad inputs of every kind: bytes, the code of the finding, the exit code."""
    text = GOOD.decode()
    laughs = '<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
    return {
        "empty": (b"", "XML-001", 3),
        "not-xml": (b"%PDF-1.7", "XML-006", 3),
        "truncated": (GOOD[:900], "XML-007", 3),
        "doctype": (laughs.encode() + GOOD, "XML-003", 3),
        "attribute": (b'<a b="' + b"x" * 200_000 + b'"/>', "XML-009", 3),
        "root": (b"<Bundle/>", "XML-010", 3),
        "latin-1": (b'<?xml version="1.0" encoding="UTF-8"?>' + text.encode("latin-1"), "XML-005", 3),
        "no-code": (
            text.replace('<code code="60591-5"', "<id nullFlavor='NI'/><x c='60591-5'", 1).encode(),
            "CDA-001",
            1,
        ),
    }


@pytest.mark.parametrize("name", sorted(broken()))
@pytest.mark.parametrize("to", ["fhir", "html", "cda"])
def test_bad_input_leaves_nothing(name: str, to: str, cdatk: Call) -> None:
    data, code, exit_code = broken()[name]
    Path("in.xml").write_bytes(data)
    Path("out.x").write_bytes(b"old")
    ended = cdatk("convert", "in.xml", "--to", to, "-o", "out.x", "--report", "report.json")
    assert ended.code == exit_code
    assert ended.out == b"" and code in ended.err and "Traceback" not in ended.err
    assert Path("out.x").read_bytes() == b"old"
    report = json.loads(Path("report.json").read_bytes())
    assert code in [f["code"] for f in report["findings"]]
    assert (report["exit_code"], report["output"]) == (exit_code, None)
    assert sorted(os.listdir()) == ["in.xml", "out.x", "report.json"]


@pytest.mark.parametrize("command", ["validate", "inspect"])
@pytest.mark.parametrize("name", sorted(broken()))
def test_bad_input_is_told(command: str, name: str, cdatk: Call) -> None:
    data, code, exit_code = broken()[name]
    text = cdatk(command, "-", stdin=data)
    assert text.code == exit_code and code in text.text
    form = cdatk(command, "-", "--format", "json", stdin=data)
    assert form.code == exit_code and json.loads(form.out)["exit_code"] == exit_code


def test_encodings(cdatk: Call) -> None:
    for data in (b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16")):
        assert (
            cdatk("convert", "-", "--to", "cda", stdin=data).out == cdatk("convert", "-", "--to", "cda", stdin=GOOD).out
        )


@pytest.mark.parametrize(("to", "start"), [("fhir", b"{"), ("html", b"<!DOCTYPE html"), ("cda", b"<")])
def test_one_output_goes_to_standard_output(to: str, start: bytes, cdatk: Call) -> None:
    ended = cdatk("convert", "-", "--to", to, stdin=GOOD)
    assert ended.out.lower().startswith(start.lower())
    assert "CDA-007" in ended.err  # four mandatory sections are missing
    assert ended.code == ExitCode.FINDINGS


def test_several_files_into_a_folder(cdatk: Call) -> None:
    Path("a.xml").write_bytes(GOOD)
    Path("b.xml").write_bytes(b"")
    Path("c.xml").write_bytes(GOOD)
    ended = cdatk("convert", "a.xml", "b.xml", "missing.xml", "c.xml", "-o", "out/", "--report", "r.jsonl")
    assert ended.code == ExitCode.UNREADABLE
    assert sorted(os.listdir("out")) == ["a.fhir.json", "a.fr.html", "c.fhir.json", "c.fr.html"]
    reports = [json.loads(line) for line in Path("r.jsonl").read_text("utf-8").splitlines()]
    assert [(r["input"], r["to"], r["output"]) for r in reports] == [
        ("a.xml", "fhir", "out/a.fhir.json"), ("a.xml", "html", "out/a.fr.html"),
        ("b.xml", "fhir", None), ("b.xml", "html", None),
        ("c.xml", "fhir", "out/c.fhir.json"), ("c.xml", "html", "out/c.fr.html"),
    ]  # fmt: skip
    assert "missing.xml: there is no such file" in ended.err
    assert "4 document(s): 0 without errors, 2 with errors, 2 failed" in ended.err


def test_a_second_run_gives_the_same_bytes(cdatk: Call) -> None:
    for to in ("fhir", "html", "cda"):
        assert cdatk("convert", "-", "--to", to, stdin=GOOD).out == cdatk("convert", "-", "--to", to, stdin=GOOD).out


def test_strict_makes_no_output(cdatk: Call) -> None:
    Path("a.xml").write_bytes(UNKNOWN_CODES)
    ended = cdatk("convert", "a.xml", "--strict", "-o", "a.json")
    assert ended.code == ExitCode.FINDINGS and not Path("a.json").exists()
    assert "no output was made" in ended.err


def test_a_report_has_what_tools_rely_on(cdatk: Call) -> None:
    Path("a.xml").write_bytes(UNKNOWN_CODES)
    cdatk("convert", "a.xml", "-o", "a.json", "--report", "r.json")
    report = json.loads(Path("r.json").read_bytes())
    assert report["schema"] == "cdatk.report/1"
    assert set(report) == {
        "schema", "input", "message_language", "exit_code", "tool", "profile", "document", "catalogues", "counts",
        "sections", "totals", "findings", "to", "output",
    }  # fmt: skip
    counts = report["counts"]
    assert counts["entries_in"] == 5 == counts["entries_out"] + counts["entries_reported"]
    assert {"coded_in", "mapped", "translated", "untranslated", "unknown"} <= set(counts)
    assert report["profile"] == "patient-summary" and report["document"]["level"] == "L3"
    assert all(len(c["sha256"]) == 64 for c in report["catalogues"]) and report["catalogues"]
    tree = parse(UNKNOWN_CODES, Limits(), Report())
    assert tree is not None
    for finding in report["findings"]:
        assert set(finding) == {"code", "severity", "text", "hint", "reference", "path", "line", "context", "accepted"}
        assert finding["path"] is None or resolve(tree, finding["path"]) is not None


def test_inspection_has_what_tools_rely_on(cdatk: Call) -> None:
    form = json.loads(cdatk("inspect", "-", "--format", "json", stdin=UNKNOWN_CODES).out)
    assert form["schema"] == "cdatk.inspection/1"
    assert form["kinds"] == {"problem": 5}
    assert {"Q0", "Q4"} <= {c["code"] for c in form["codes"]}
    assert set(form["codes"][0]) == {"path", "system", "code", "standing", "state", "text", "occurrences"}


def test_patient_is_not_in_reports(cdatk: Call) -> None:
    Path("a.xml").write_bytes(UNKNOWN_CODES)
    said = [cdatk(c, "a.xml", "--format", f) for c in ("validate", "inspect") for f in ("text", "json")]
    said.append(cdatk("convert", "a.xml", "-o", "a.json", "--verbose"))
    for ended in said:
        assert not any(word in ended.text + ended.err for word in ("Exemplo", "Ana", "19610312", "P-1"))


def test_findings_do_not_flood(cdatk: Call) -> None:
    short, whole = cdatk("validate", "-", stdin=UNKNOWN_CODES), cdatk("validate", "-", "-v", stdin=UNKNOWN_CODES)
    assert "TRM-001 ×5" in short.text and "… and 2 more" in short.text
    assert "Q2" in short.text and "Q3" not in short.text
    assert all(f"Q{n}" in whole.text for n in range(5))
    assert "(line " in short.text and "/ClinicalDocument/component/structuredBody" in short.text


def test_convert_counts_notes_without_showing_them(cdatk: Call) -> None:
    Path("a.xml").write_bytes(document(section("48765-2"), section("99999-9")))
    assert "CDA-009" not in cdatk("convert", "a.xml", "-o", "a.json").err
    assert "info" in cdatk("convert", "a.xml", "-o", "a.json").err
    assert "CDA-009" in cdatk("convert", "a.xml", "-o", "a.json", "-v").err


def test_many_documents_take_a_line_each(cdatk: Call) -> None:
    Path("a.xml").write_bytes(GOOD)
    Path("b.xml").write_bytes(UNKNOWN_CODES)
    ended = cdatk("convert", "a.xml", "b.xml", "-o", "out/")
    assert "TRM-001" not in ended.err and "CDA-007" in ended.err and "warning" in ended.err
    assert "TRM-001" in cdatk("convert", "a.xml", "b.xml", "-o", "out/", "-v").err


def test_no_report_without_a_document(cdatk: Call) -> None:
    assert cdatk("convert", "missing.xml", "-o", "a.json", "--report", "r.json").code == ExitCode.UNREADABLE
    assert os.listdir() == []


def test_findings_of_two_formats_are_said_once(cdatk: Call) -> None:
    Path("a.xml").write_bytes(UNKNOWN_CODES)
    assert "TRM-001 ×5" in cdatk("convert", "a.xml", "-o", "out/").err


def test_messages_and_outputs_have_their_own_languages(cdatk: Call) -> None:
    english = cdatk("convert", "-", "--to", "html", stdin=GOOD)
    assert b'lang="fr"' in english.out and "is missing" in english.err
    french = cdatk("convert", "-", "--to", "html", stdin=GOOD, LANG="fr_FR.UTF-8")
    assert french.out == english.out and "est absente" in french.err
    asked = cdatk("convert", "-", "--to", "html", "--lang", "en", stdin=GOOD, LANG="fr_FR.UTF-8")
    assert b'lang="en"' in asked.out and "is missing" in asked.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "there is no command nothing"),
        (["convrt"], "Perhaps convert?"),
        (["--nothing"], "there is no option --nothing"),
        (["convert"], "INPUT... is missing"),
        (["convert", "a.xml", "--to", "docx"], "possible values: fhir, html, cda, pdf"),
        (["convert", "a.xml", "--output"], "needs a value"),
        (["convert", "a.xml", "b.xml"], "need a folder"),
        (["validate", "a.xml", "--format", "pdf"], "wrong value for --format"),
        (["explain", "A", "B"], "unexpected argument: B"),
        (["explain", "XML-999"], "no finding has the code XML-999"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, cdatk: Call) -> None:
    ended = cdatk(*arguments)
    assert (ended.code, ended.out) == (ExitCode.USAGE, b"")
    assert words in ended.err and "--help" in ended.err
    french = cdatk(*arguments, LANG="fr_FR.UTF-8")
    assert french.code == ExitCode.USAGE and words not in french.err


@pytest.mark.parametrize("command", ["convert", "validate", "inspect"])
def test_unreadable_files(command: str, cdatk: Call, tmp_path: Path) -> None:
    Path("folder").mkdir()
    for name, words in (
        ("missing.xml", "there is no such file"),
        ("folder", "holds no .xml file" if command == "validate" else "is a folder"),
    ):
        ended = cdatk(command, name)
        assert (ended.code, ended.out) == (ExitCode.UNREADABLE, b"")
        assert words in ended.err and len(ended.err.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission(cdatk: Call) -> None:
    Path("secret.xml").write_bytes(GOOD)
    Path("secret.xml").chmod(0)
    ended = cdatk("validate", "secret.xml")
    assert ended.code == ExitCode.UNREADABLE and "permissions" in ended.err


def test_a_destination_that_cannot_be_written(cdatk: Call) -> None:
    Path("a.xml").write_bytes(GOOD)
    ended = cdatk("convert", "a.xml", "-o", "missing/a.json")
    assert ended.code == ExitCode.UNUSABLE and "cannot be written" in ended.err


def test_our_own_fault_is_one_line(cdatk: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError(b"Dolores"[::-1].decode())

    monkeypatch.setattr(pipeline.Toolkit, "convert", fail)
    Path("a.xml").write_bytes(GOOD)
    ended = cdatk("convert", "a.xml", "-o", "a.json")
    assert (ended.code, os.listdir()) == (ExitCode.INTERNAL, ["a.xml"])
    assert ended.err == (
        "cdatk: a.xml: internal error (ZeroDivisionError). This is not the document's fault; report it with what "
        "--debug shows.\n"
    )
    for debugged in (cdatk("convert", "a.xml", "--debug"), cdatk("convert", "a.xml", CDATK_DEBUG="1")):
        assert "line" in debugged.err and "seroloD" not in debugged.err


def test_unusable_tables(cdatk: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from cdatk.terminology.rows import TerminologyError

    def fail(*_: object) -> None:
        raise TerminologyError("table x.csv has no header")

    monkeypatch.setattr("cdatk.pipeline.open_embedded", fail)
    ended = cdatk("validate", "-", stdin=GOOD)
    assert ended.code == ExitCode.UNUSABLE and "x.csv" in ended.err


def test_one_document_never_stops_the_others(cdatk: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pipeline.Toolkit.validate

    def fail_once(self: object, data: bytes) -> object:
        if data == b"bad":
            raise ZeroDivisionError
        return whole(self, data)

    monkeypatch.setattr(pipeline.Toolkit, "validate", fail_once)
    Path("a.xml").write_bytes(b"bad")
    Path("b.xml").write_bytes(GOOD)
    ended = cdatk("validate", "a.xml", "b.xml", "--format", "json")
    assert ended.code == ExitCode.INTERNAL
    assert [json.loads(line)["input"] for line in ended.text.splitlines()] == ["b.xml"]


@pytest.mark.parametrize("code", ["XML-003", "xml-003", "TRM-002"])
def test_explain(code: str, cdatk: Call) -> None:
    english, french = cdatk("explain", code), cdatk("explain", code, "--lang", "fr")
    assert (english.code, french.code) == (0, 0)
    assert code.upper() in english.text and "What to do" in english.text
    assert "Que faire" in french.text and "Gravité" in french.text and "{" not in french.text


def test_explain_lists_everything(cdatk: Call) -> None:
    from cdatk.diagnostics import catalogue

    ended = cdatk("explain")
    assert [line[:7] for line in ended.text.splitlines()] == list(catalogue())


def test_checks_can_be_left_out_or_made_stricter(cdatk: Callable[..., Ended], root: Path, tmp_path: Path) -> None:
    source = str(root / "samples" / "ee" / "ee-ps-l3-code-faults.xml")
    codes: dict[str, set[str]] = {}
    for checks in ("none", "rules", "schema"):
        report = tmp_path / f"{checks}.json"
        cdatk(
            "convert", source, "--to", "fhir", "-o", str(tmp_path / checks), "--checks", checks, "--report", str(report)
        )
        codes[checks] = {finding["code"] for finding in json.loads(report.read_text("utf-8"))["findings"]}
    assert "CDA-061" in codes["none"] and "CDA-061" not in codes["rules"]
    assert codes["none"] - {"CDA-061"} < codes["rules"] <= codes["schema"]
    assert {code[:3] for code in codes["rules"] - codes["none"]} <= {"CDA", "TRM"}
