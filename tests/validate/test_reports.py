"""``cdatk validate`` as integrators use it: forms for machines, baselines, the severity that fails a run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from documents import SAMPLES

Run = Callable[..., Any]
BASE = Path(__file__).with_name("cases") / "base.xml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound document, one with warnings, one with errors, one that is no document."""
    text = BASE.read_text("utf-8")
    made = tmp_path / "documents" / "inner"
    made.mkdir(parents=True)
    (made / "a.xml").write_text(text, "utf-8")
    (made / "b.xml").write_text(text.replace('<telecom value="tel:+351210000000"/>', ""), "utf-8")
    (made / "c.xml").write_text(text.replace('<birthTime value="19610312"/>', '<birthTime nullFlavor="UNK"/>'), "utf-8")
    return made.parent


def test_a_folder_stands_for_its_documents(folder: Path, cdatk: Run) -> None:
    ended = cdatk("validate", folder, "--format", "json")
    lines = [json.loads(line) for line in ended.text.splitlines()]
    assert [Path(line["input"]).name for line in lines] == ["a.xml", "b.xml", "c.xml"]
    assert [line["exit_code"] for line in lines] == [0, 0, 1]
    assert ended.code == 1


def test_an_empty_folder_is_no_success(tmp_path: Path, cdatk: Run) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ended = cdatk("validate", empty)
    assert ended.code == 3 and "no .xml" in ended.err


@pytest.mark.parametrize(("severity", "code"), [("fatal", 0), ("error", 1), ("warning", 1), ("info", 1)])
def test_fail_on(severity: str, code: int, folder: Path, cdatk: Run) -> None:
    assert cdatk("validate", folder / "inner" / "c.xml", "--fail-on", severity).code == code


def test_fail_on_a_warning(folder: Path, cdatk: Run) -> None:
    assert cdatk("validate", folder / "inner" / "b.xml").code == 0
    assert cdatk("validate", folder / "inner" / "b.xml", "--fail-on", "warning").code == 1


def test_a_baseline_accepts_what_it_names_and_shows_it(folder: Path, cdatk: Run, tmp_path: Path) -> None:
    document, known = folder / "inner" / "c.xml", tmp_path / "known.json"
    assert cdatk("validate", document, "--write-baseline", known).code == 1
    ended = cdatk("validate", document, "--baseline", known, "--format", "json")
    report = json.loads(ended.text)
    assert (ended.code, report["exit_code"], report["totals"]["error"]) == (0, 0, 0)
    assert [f["accepted"] for f in report["findings"] if f["code"] == "CDA-021"] == [True]
    assert "known and accepted (CDA-021" in cdatk("validate", document, "--baseline", known).text
    again = cdatk("validate", folder / "inner" / "b.xml", "--baseline", known, "--fail-on", "warning")
    assert again.code == 1, "a baseline speaks of its own documents only"


def test_a_new_finding_fails_in_spite_of_a_baseline(folder: Path, cdatk: Run, tmp_path: Path) -> None:
    document, known = folder / "inner" / "c.xml", tmp_path / "known.json"
    cdatk("validate", document, "--write-baseline", known)
    document.write_text(
        document.read_text("utf-8").replace("<title>Patient summary</title>", '<title nullFlavor="NI"/>'), "utf-8"
    )
    ended = cdatk("validate", document, "--baseline", known, "--format", "json")
    findings = [(f["code"], f["accepted"]) for f in json.loads(ended.text)["findings"] if f["severity"] == "error"]
    assert ended.code == 1
    assert sorted(findings) == [("CDA-021", True), ("CDA-024", False)]


def test_a_fatal_finding_cannot_be_accepted(tmp_path: Path, cdatk: Run) -> None:
    bad, known = tmp_path / "bad.xml", tmp_path / "known.json"
    bad.write_text("<html/>", "utf-8")
    cdatk("validate", bad, "--write-baseline", known)
    assert json.loads(known.read_text("utf-8"))["accepted"] == []
    known.write_text(
        json.dumps(
            {
                "schema": "cdatk.baseline/1",
                "accepted": [{"document": "bad.xml", "code": "XML-010", "path": "/*[local-name()='html'][1]"}],
            }
        ),
        "utf-8",
    )
    assert cdatk("validate", bad, "--baseline", known).code == 3


@pytest.mark.parametrize(
    "text", ["", "{}", '{"schema": "cdatk.baseline/2"}', '{"schema": "cdatk.baseline/1", "other": 1}']
)
def test_a_broken_baseline_is_refused(text: str, tmp_path: Path, cdatk: Run) -> None:
    known = tmp_path / "known.json"
    known.write_text(text, "utf-8")
    ended = cdatk("validate", BASE, "--baseline", known)
    assert ended.code == 4 and "baseline" in ended.err and not ended.out


def test_junit(folder: Path, cdatk: Run) -> None:
    ended = cdatk("validate", folder, "--format", "junit")
    root = ElementTree.fromstring(ended.out)
    suites = root.findall("testsuite")
    assert [Path(suite.get("name", "")).name for suite in suites] == ["a.xml", "b.xml", "c.xml"]
    assert [suite.get("failures") for suite in suites] == ["0", "0", "2"]  # the document and its finding
    for suite in suites:
        cases = suite.findall("testcase")
        assert len(cases) == int(suite.get("tests", ""))
        assert len(suite.findall("testcase/failure")) == int(suite.get("failures", ""))
    assert root.get("failures") == "2"
    assert "CDA-021" in {failure.get("type", "").split()[-1] for failure in root.iter("failure")}


def test_junit_skips_what_is_accepted(folder: Path, cdatk: Run, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    cdatk("validate", folder, "--write-baseline", known)
    root = ElementTree.fromstring(cdatk("validate", folder, "--baseline", known, "--format", "junit").out)
    assert root.get("failures") == "0"
    assert len(list(root.iter("skipped"))) == sum(int(suite.get("skipped", "")) for suite in root)


def test_outcome(folder: Path, cdatk: Run) -> None:
    outcome = json.loads(cdatk("validate", folder / "inner" / "c.xml", "--format", "outcome").text)
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = [i for i in outcome["issue"] if i["severity"] == "error"]
    assert issue["details"]["coding"][0]["code"] == "CDA-021"
    assert issue["location"] == ["/ClinicalDocument/recordTarget/patientRole/patient"]
    assert {i["severity"] for i in outcome["issue"]} <= {"fatal", "error", "warning", "information"}


def test_outcome_of_several_documents_is_a_bundle(folder: Path, cdatk: Run) -> None:
    bundle = json.loads(cdatk("validate", folder, "--format", "outcome").text)
    assert (bundle["resourceType"], bundle["type"], len(bundle["entry"])) == ("Bundle", "collection", 3)
    assert all(entry["resource"]["issue"] for entry in bundle["entry"]), "FHIR allows no empty outcome"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_page(language: str, folder: Path, cdatk: Run) -> None:
    ended = cdatk("validate", folder, "--format", "html", "--lang", language)
    page = ended.text
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<script|https?://(?!www\.w3\.org)[^\s\"<]*\"|\son\w+=", page), "offline, no script"
    assert page.count('<section class="card"') == 4  # the overview and each document
    assert all(f'id="d{number}"' in page for number in (1, 2, 3))
    assert "CDA-021" in page and ("erreur" if language == "fr" else "error") in page


def test_page_shows_markup_as_text(tmp_path: Path, cdatk: Run) -> None:
    strange = tmp_path / "a<b>&.xml"
    strange.write_text(BASE.read_text("utf-8"), "utf-8")
    page = cdatk("validate", strange, "--format", "html").text
    assert "a&lt;b&gt;&amp;.xml" in page and "a<b>" not in page


@pytest.mark.parametrize("form", ["text", "json", "junit", "outcome", "html"])
def test_no_form_names_the_patient(form: str, cdatk: Run) -> None:
    text = cdatk("validate", BASE, "--format", form, "-v").text
    assert not any(secret in text for secret in ("Exemplo", "P-1", "19610312", "Lisboa"))


@pytest.mark.parametrize("form", ["junit", "outcome", "html"])
def test_reports_are_repeatable(form: str, cdatk: Run) -> None:
    first = cdatk("validate", *SAMPLES[:3], "--format", form).out
    assert first and first == cdatk("validate", *SAMPLES[:3], "--format", form).out


def test_a_document_that_cannot_be_read_stands_in_every_summary(folder: Path, cdatk: Run) -> None:
    inputs = [folder / "inner" / "a.xml", folder / "missing.xml"]
    junit = cdatk("validate", *inputs, "--format", "junit")
    assert junit.code == 3 and ElementTree.fromstring(junit.out).get("failures") == "1"
    bundle = json.loads(cdatk("validate", *inputs, "--format", "outcome").text)
    assert [e["resource"]["issue"][0]["severity"] for e in bundle["entry"]][1] == "fatal"
    assert "could not be read" in cdatk("validate", *inputs, "--format", "html").text
