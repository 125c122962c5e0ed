"""What a caller may choose: a profile of their own, hooks, NDJSON, the mapping trail, the check before writing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from documents import SAMPLES, document, problem, section
from lxml import etree

import cdatk
from cdatk.emit.fhir import guide
from cdatk.emit.fhir.hooks import Context, Resource, Statement, concept, start
from cdatk.emit.fhir.tables import maps
from cdatk.safe_xml import resolve
from cdatk.settings import Fhir, Settings
from cdatk.terminology.rows import TerminologyError

CZ = next(path for path in SAMPLES if path.stem == "cz-ps-l3-full")
VALUE = '<value xsi:type="CD" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" code="J45.9" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2"/>'


def convert(data: bytes, **choices: object) -> cdatk.Result:
    return cdatk.Toolkit(Settings(fhir=Fhir(**choices))).convert(data, "fhir")


def test_a_profile_replaces_rows(tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text(
        '[systems]\n"2.999.55.1" = "https://example.org/list"\n[empty_reason]\nUNK = "notasked"\n[absence]\nadd_snomed = true\n'
    )
    value = VALUE.replace("1.3.6.1.4.1.12559.11.10.1.3.1.44.2", "2.999.55.1")
    empty = section("48765-2").replace("<section>", '<section nullFlavor="UNK">')
    bundle = json.loads(convert(document(section("11450-4", problem(value)), empty), profile=profile).output or b"")
    resources = [e["resource"] for e in bundle["entry"]]
    condition = next(r for r in resources if r["resourceType"] == "Condition")
    assert condition["code"]["coding"][0]["system"] == "https://example.org/list"
    sections = resources[0]["section"]
    assert sections[1]["emptyReason"]["coding"][0]["code"] == "notasked"


@pytest.mark.parametrize("content", ["[nonsense]\n", "not toml at all", "[systems]\nx = 3\n"])
def test_a_profile_that_cannot_be_used_is_refused_at_once(tmp_path: Path, content: str) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text(content)
    with pytest.raises(TerminologyError, match=r"mine\.toml"):
        cdatk.Toolkit(Settings(fhir=Fhir(profile=profile)))


def card(ctx: Context, statement: Statement) -> list[Resource]:
    made = start(ctx, "Observation", statement)
    made.node["status"] = "final"
    made.node["code"] = concept(ctx, statement.code) if statement.code is not None else {"text": "card"}
    made.node["subject"] = ctx.subject
    return [made]


ENTRY = (
    '<act classCode="ACT" moodCode="EVN"><templateId root="2.999.7.1"/><id root="2.999.7.2" extension="c"/>'
    '<code code="card" codeSystem="2.999.55.1"/><statusCode code="completed"/><effectiveTime value="20240101"/>'
    "<priorityCode code='R' codeSystem='2.16.840.1.113883.5.7'/></act>"
)


def test_a_hook_makes_the_resource_and_nothing_else_is_lost() -> None:
    data = document(section("99999-9", ENTRY))
    result = cdatk.Toolkit(hooks={"2.999.7.1": card}).convert(data, "fhir")
    resources = [e["resource"] for e in json.loads(result.output or b"")["entry"]]
    (observation,) = [r for r in resources if r["resourceType"] == "Observation"]
    assert observation["code"]["coding"][0]["code"] == "card"
    carried = json.dumps(observation["extension"])
    assert '"R"' in carried and "2024-01-01" in carried
    assert not [r for r in resources if r["resourceType"] == "Basic"]


def test_a_hook_that_gives_something_else_is_a_fault() -> None:
    toolkit = cdatk.Toolkit(hooks={"2.999.7.1": lambda ctx, statement: {"resourceType": "Basic"}})
    with pytest.raises(TypeError, match=r"2\.999\.7\.1"):
        toolkit.convert(document(section("99999-9", ENTRY)), "fhir")


def test_ndjson_is_the_same_resources_with_relative_references() -> None:
    data = CZ.read_bytes()
    bundle = json.loads(convert(data).output or b"")
    lines = [json.loads(line) for line in (convert(data, ndjson=True).output or b"").splitlines()]
    assert [line["id"] for line in lines] == [e["resource"]["id"] for e in bundle["entry"]]
    known = {f"{line['resourceType']}/{line['id']}" for line in lines}
    assert lines[0]["subject"]["reference"] in known
    assert all("urn:uuid:" + line["id"] not in json.dumps(lines) for line in lines)


def test_the_trail_names_place_and_rule_of_values() -> None:
    result = convert(CZ.read_bytes(), trace=True)
    rows = [json.loads(line) for line in (result.trace or b"").splitlines()]
    assert result.output == convert(CZ.read_bytes()).output
    birth = next(row for row in rows if row["fhir"].endswith(".birthDate"))
    assert birth["cda"] == "/ClinicalDocument/recordTarget/patientRole/patient/birthTime"
    assert "precision" in birth["rule"]
    assert all(row["cda"] or row["rule"] for row in rows)
    assert sum(1 for row in rows if row["cda"]) >= 0.9 * len(rows)


def test_the_trail_leads_to_the_very_element_a_value_was_made_of() -> None:
    """Two entries that state the same code are told apart, and a table's result leads to the code it came from."""
    rows = [json.loads(line) for line in (convert(CZ.read_bytes(), trace=True).trace or b"").splitlines()]
    bundle = json.loads(convert(CZ.read_bytes()).output or b"")
    root = etree.fromstring(CZ.read_bytes())
    states = {"clinicalStatus.coding[0].code": 0, "criticality": 0, "code.coding[0].code": 0}
    for row in rows:
        number, _, path = row["fhir"].removeprefix("Bundle.entry[").partition("].resource.")
        node = bundle["entry"][int(number)]["resource"]
        if path in states and row["cda"] and node["resourceType"] in ("AllergyIntolerance", "Condition"):
            element = resolve(root, row["cda"])
            value = node[path] if path == "criticality" else node[path.partition(".")[0]]["coding"][0]["code"]
            assert element is not None
            stated = element.get("code", "")
            assert value == stated or path != "code.coding[0].code"
            assert path != "criticality" or maps().criticality[f"{element.get('codeSystem')}|{stated}"] == value
            states[path] += 1
    assert all(states.values()), states


def test_without_a_trail_there_is_none() -> None:
    assert convert(CZ.read_bytes()).trace is None


@pytest.mark.parametrize("ndjson", [False, True])
def test_check_accepts_every_sample(ndjson: bool) -> None:
    pytest.importorskip("fhir.resources", reason="the extra 'check' is not installed")
    toolkit = cdatk.Toolkit(Settings(fhir=Fhir(check=True, ndjson=ndjson)))
    for path in SAMPLES:
        assert toolkit.convert(path.read_bytes(), "fhir").output, path.name


def test_check_stops_a_bundle_that_does_not_follow_its_models(tmp_path: Path) -> None:
    pytest.importorskip("fhir.resources", reason="the extra 'check' is not installed")
    profile = tmp_path / "mine.toml"
    profile.write_text('[gender]\nF = "two words and more"\n[status.observation]\ncompleted = "no  code"\n')
    result = convert(CZ.read_bytes(), check=True, profile=profile)
    assert result.output is None
    assert {f.code for f in result.report if f.severity == "fatal"} == {"FHR-009"}


def test_the_guide_is_the_one_in_docs(root: Path) -> None:
    assert (root / "docs" / "fhir-guide.md").read_text("utf-8") == guide.page(), "python -m cdatk.emit.fhir.guide"


def test_every_row_of_the_guide_is_written_for_a_sample() -> None:
    """A row whose FHIR path no sample and no document of these tests ever gets would be a promise."""
    toolkit = cdatk.Toolkit()
    written: set[str] = set()
    for path in SAMPLES:
        bundle = json.loads(toolkit.convert(path.read_bytes(), "fhir").output or b"")
        written |= {f"Bundle.{key}" for key in bundle}
        for entry in bundle["entry"]:
            node = entry["resource"]
            written |= {f"{node['resourceType']}.{key.lstrip('_')}" for key in node}
    rows = {row.fhir for part in guide.parts() for row in part.row if not row.fhir.startswith("*")}
    tested = {  # by tests/emit/fhir/test_fhir_rules.py
        "ServiceRequest.intent", "Encounter.type", "Basic.code", "CarePlan.text", "MedicationDispense.substitution",
        "Composition.relatesTo", "Patient.generalPractitioner", "Condition.severity", "Condition.note",
        "DiagnosticReport.result", "ClinicalImpression.finding", "Observation.referenceRange",
        "Procedure.performedPeriod", "Patient.maritalStatus", "Organization.type",
    }  # fmt: skip
    assert rows - written - tested == set()
