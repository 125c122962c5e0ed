"""The official rules of 2024-04 and those of 2010: our findings are the recorded verdicts, document by document."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cdatk.safe_xml import EPSOS, HL7, PHARM, Element, parser
from cdatk.validate.schematron import Outcome, SchematronCheck

pytestmark = pytest.mark.shared
PACK = "ehdsi-art-decor-2024-04.zip"
RULES = (
    "PatientSummary", "PatientSummary_L1", "ePrescription", "eDispensation", "MedicationRelatedOverview",
    "OrCD_Hospital_Discharge_Report", "OrCD_Laboratory_Result", "OrCD_Medical_Images", "OrCD_Medical_Imaging_Report",
)  # fmt: skip
PREFIXES = {HL7: "", PHARM: "pharm:", EPSOS: "epsos:"}
Verdict = tuple[str, str, str, str, str]


@pytest.fixture(scope="module")
def check(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> SchematronCheck:
    return SchematronCheck(shared / "data" / "schematron" / PACK, cache=tmp_path_factory.mktemp("rules"))


def recorded(shared: Path) -> dict[str, Any]:
    documents: dict[str, Any] = json.loads((shared / "data/oracle/schematron.json").read_text("utf-8"))["documents"]
    return documents


def place(element: Element) -> str:
    """A place as the record writes it: every step with its position."""
    steps = []
    node: Element | None = element
    while node is not None:
        name = etree.QName(node)
        position = 1 + sum(1 for _ in node.itersiblings(str(node.tag), preceding=True))
        steps.append(f"{PREFIXES[name.namespace or '']}{name.localname}[{position}]")
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def bare(test: str) -> str:
    """A test without braces and quotes: the recording engine took what stands in braces for a template."""
    return re.sub(r"[{}'\s]+", "", test)


def mine(outcome: Outcome) -> Counter[Verdict]:
    return Counter(
        (
            f.check.role if f.check else "?",
            f.rule.pattern,
            bare(f.check.test if f.check else "?"),
            place(f.element),
            bare(f.quoted),
        )
        for f in outcome.findings
    )


def theirs(record: dict[str, Any]) -> Counter[Verdict]:
    return Counter(
        (f["role"], f["pattern"], bare(f["test"]), f["location"], bare(f["text"])) for f in record["findings_list"]
    )


@pytest.mark.parametrize("rules", RULES)
def test_findings_are_the_recorded_ones(shared: Path, check: SchematronCheck, rules: str) -> None:
    documents = {name: record for name, record in recorded(shared).items() if record["rules"] == rules}
    assert documents
    for name, record in documents.items():
        outcome = check.outcome(etree.fromstring((shared / "data/cda" / name).read_bytes(), parser()))
        assert outcome is not None and outcome.rules == f"epsos-{rules}.sch", name
        assert not [f for f in outcome.findings if f.failed], name
        assert Counter(f.check.role for f in outcome.findings if f.check) == record["by_role"], name
        found, expected = mine(outcome), theirs(record)
        assert not expected - found, name
        assert record["truncated"] or not found - expected, name
        # The record did not count the rule that looks at the document itself where no other rule fired.
        assert outcome.fired == record["fired_rules"] or (outcome.fired, record["fired_rules"]) == (1, 0), name


def test_every_recorded_document_is_compared(shared: Path) -> None:
    assert {record["rules"] for record in recorded(shared).values()} == set(RULES)


def test_the_rules_of_2010_still_run(shared: Path) -> None:
    folder = shared / "data/schematron/openncp-2010"
    root = etree.fromstring((shared / "data/cda/patient-summary/openncp__2-1234-W8.xml").read_bytes(), parser())
    levels = {}
    for file in sorted(folder.glob("*.sch")):
        outcome = SchematronCheck(file).outcome(root)
        assert outcome is not None and outcome.fired
        levels[file.stem] = Counter(f.level for f in outcome.findings)
        assert not [f for f in outcome.findings if f.failed]
    assert levels["PatientSummary"] == {"error": 84, "none": 95}
    assert len(levels) == 5


def test_all_rule_sets_of_the_pack_compile(shared: Path, tmp_path: Path) -> None:
    root = etree.fromstring(f'<ClinicalDocument xmlns="{HL7}"/>')
    for name in ("epsos-HealthCareEncounterReport.sch", "epsos-ePrescriptionL1.sch"):
        outcome = SchematronCheck(shared / "data" / "schematron" / PACK / name).outcome(root)
        assert outcome is not None and outcome.fired == 1
