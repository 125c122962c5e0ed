"""Each kind of expectation can fail, and says what was expected and what was found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from documents import SAMPLES, allergy, document, section
from french import faults

import cdatk
from cdatk.harness import difference, reports
from cdatk.harness.compare import compare
from cdatk.harness.difference import Difference
from cdatk.harness.expectation import ExpectationError, parse
from cdatk.harness.golden import json_changes, line_changes
from cdatk.harness.outcome import Outcome, text_of
from cdatk.harness.paths import PathError, in_cda, in_fhir
from cdatk.safe_xml import parse as parse_xml

LATEX = '<code code="111088007" codeSystem="2.16.840.1.113883.6.96" displayName="Latex"/>'


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return Outcome(document(section("48765-2", allergy(LATEX))), cdatk.Toolkit())


def differences(text: str, outcome: Outcome, folder: Path = Path()) -> list[Difference]:
    return compare(parse(text, "x"), outcome, folder)


HOLDING = (
    "document: {type: patient-summary, country: PT}",
    'sections: {"48765-2": 1}',
    "kinds: {allergy: 1}",
    "counts: {entries_in: 1}",
    "findings: [CDA-007, TRM-006]",
    "fhir: [{type: Patient, count: 1, birthDate: 1961-03-12}, {type: AllergyIntolerance, code: 'http://snomed.info/sct|111088007'}]",
    "html: ['née le 12 mars 1961', 'Latex']",
    "coverage: {known: 0.1}",
    "values: {fhir: {Patient.birthDate: 1961-03-12, 'Patient.name[1].family': Exemplo}}",
    "values: {cda: {'//patient/name/given': Ana, '//birthTime/@value': '19610312', 'count(//entry)': 1.0}}",
)


@pytest.mark.parametrize("text", [t for t in HOLDING if not t.startswith("findings")])
def test_what_holds(text: str, outcome: Outcome) -> None:
    assert not differences(text, outcome)


@pytest.mark.parametrize(
    ("text", "place", "expected", "found"),
    [
        ("document: {country: ES}", "country", "ES", "PT"),
        ("document: {colour: red}", "colour", "red", None),
        ('sections: {"48765-2": 2}', "48765-2", "2", "1"),
        ('sections: {"48765-2": 1, "11450-4": 1}', "11450-4", "1", None),
        ("kinds: {}", "allergy", None, "1"),
        ("counts: {entries_in: 3}", "entries_in", "3", "1"),
        ("fhir: [{type: Patient, count: 2}]", "Patient", "2", "1"),
        ("fhir: [{type: Patient, gender: male}]", "Patient", "gender: male", "gender: female"),
        ("html: ['née le 13 mars 1961']", "", "née le 13 mars 1961", "the nearest"),
        ("coverage: {known: 1.1}", "known", ">= 110.0%", "%"),
        ("values: {fhir: {Patient.gender: male}}", "Patient.gender", "male", "female"),
        ("values: {fhir: {Patient.colour: red}}", "Patient.colour", "red", None),
        ("values: {cda: {//patient/name/given: Anna}}", "//patient/name/given", "Anna", "Ana"),
        ("values: {cda: {'//[': x}}", "//[", "x", "! "),
        ("golden: {fhir: missing.json}", "missing.json", "fhir", "No such file"),
        ("findings: [XML-003]", "XML-003", "XML-003", None),
    ],
)
def test_what_differs_is_said(text: str, place: str, expected: str | None, found: str | None, outcome: Outcome) -> None:
    first = differences(text, outcome)[0]
    assert (first.place, first.expected) == (place, expected)
    assert first.found is None if found is None else found in (first.found or "")


def test_findings_by_place_and_count(outcome: Outcome) -> None:
    codes = sorted({code for code, _, severity in outcome.found if severity.value != "info"})
    listed = ", ".join(codes)
    assert not differences(f"findings: [{listed}]", outcome)
    code, path, _ = next(f for f in outcome.found if f[0] == codes[0])
    count = sum(1 for c, _, _ in outcome.found if c == code)
    others = "".join(f", {c}" for c in codes if c != code)
    end = json.dumps(path[-20:])
    assert not differences(f"findings: [{{code: {code}, at: {end}, count: {count}}}{others}]", outcome)
    assert differences(f"findings: [{{code: {code}, at: /elsewhere}}{others}]", outcome)
    assert differences(f"findings: [{{code: {code}, count: 99}}{others}]", outcome)
    (missing,) = differences(f"findings: [{others.strip(', ')}]", outcome)
    assert missing.place == code and missing.expected is None and path in (missing.found or "")


def test_a_changed_word_is_shown_with_its_code(outcome: Outcome) -> None:
    words = dict(outcome.words)
    key = next(key for key in words if "111088007" in key)
    right, words[key] = words[key], "Caoutchouc"
    (changed,) = differences("codes: " + json.dumps(words), outcome)
    assert (changed.place, changed.expected, changed.found) == (key, "Caoutchouc", right)
    assert "111088007" in changed.text("fr") and "attendu\u00a0: Caoutchouc" in changed.text("fr")


@pytest.mark.parametrize("to", ["fhir", "html", "cda"])
def test_golden_outputs(to: str, outcome: Outcome, tmp_path: Path) -> None:
    output = outcome.output(to) or b""
    (tmp_path / "kept").write_bytes(output)
    assert not differences(f"golden: {{{to}: kept}}", outcome, tmp_path)
    (tmp_path / "kept").write_bytes(output.replace(b"Latex", b"Gomme"))
    changed = differences(f"golden: {{{to}: kept}}", outcome, tmp_path)
    assert changed and any("Gomme" in (d.expected or "") and "Latex" in (d.found or "") for d in changed)


def test_an_output_that_is_not_made(tmp_path: Path) -> None:
    broken = Outcome(b"<x/>", cdatk.Toolkit())
    (tmp_path / "kept").write_bytes(b"{}")
    found = [d.found for d in differences("golden: {fhir: kept}\nhtml: [x]\ndocument: {type: y}", broken, tmp_path)]
    assert "no output was made" in found and None in found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sections: [1]", "sections"), ("colour: red", "colour"), ("document: {code: [", "line"), ("- a", "dictionary"),
        ("findings: [{at: x}]", "code"), ("coverage: {known: much}", "coverage"),
    ],
)  # fmt: skip
def test_expectations_that_cannot_be_read_are_refused(text: str, says: str) -> None:
    with pytest.raises(ExpectationError, match=says):
        parse(text, "x.expect.yaml")


def test_empty_expectations_expect_nothing(outcome: Outcome) -> None:
    assert not differences("", outcome) and not differences("fhir:\nhtml:\n", outcome)


def test_changes_in_json() -> None:
    before: Any = {"a": [1, {"b": 2}], "c": 3}
    after: Any = {"a": [1, {"b": 4}], "d": 5}
    assert list(json_changes(before, after)) == [("a[2].b", "2", "4"), ("c", "3", None), ("d", None, "5")]
    assert list(json_changes([1], [1, 2], "x")) == [("x", "[1]", "[1, 2]")]


def test_changes_in_lines() -> None:
    assert list(line_changes("a\nb\nc", "a\nx\nc\nd")) == [("2", "b", "x"), ("4", None, "d")]


def test_text_of_a_page() -> None:
    assert text_of("<p>a <b>b</b></p><style>x{}</style><script>y</script>&eacute;") == "a\nb\né"


def test_paths_in_fhir() -> None:
    resources = [{"resourceType": "A", "x": [{"y": 1}, {"y": True}]}, {"resourceType": "B"}]
    assert in_fhir(resources, "A.x.y") == ["1", "true"]
    assert in_fhir(resources, "A.x[2].y") == ["true"]
    assert in_fhir(resources, "A[2].x") == [] and in_fhir(resources, "A.x[1]") == ["{y}"]
    with pytest.raises(PathError):
        in_fhir(resources, "A.x[*]")


def test_paths_in_cda() -> None:
    report = cdatk.Report()
    data = SAMPLES[0].read_bytes()
    root = parse_xml(data, cdatk.Limits(), report)
    assert root is not None
    assert in_cda(root, "/ClinicalDocument/code/@code") == [root.find("{urn:hl7-org:v3}code").get("code")]  # type: ignore[union-attr]
    assert in_cda(root, "count(//templateId[@root='x' or @root=\"y\"])") == ["0.0"]


def test_words_of_the_harness() -> None:
    for table in (difference.SUBJECTS, difference.WORDS, reports.WORDS):
        for french, english in table.values():
            assert french and english and not faults(french)
