"""Our profile rules beside the official Schematron verdicts of 2024-04 (shared/data/oracle).

The rule: every kind of official error on a patient summary is ours too, or stands in ``schematron_kinds.yaml`` with
the reason why not; and what the official rules accept, we never reject at error level.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import cdatk
from cdatk.diagnostics import Diagnostic, Severity
from cdatk.profiles import GUIDES, all_profiles
from cdatk.safe_xml import Element, locate, parse
from cdatk.validate.rules.structure import guide_of

KINDS = Path(__file__).with_name("schematron_kinds.yaml")
NAMESPACE_STEP = re.compile(r"\[1\]")

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def verdicts(shared: Path) -> dict[str, Any]:
    text = (shared / "data" / "oracle" / "schematron.json").read_text("utf-8")
    documents: dict[str, Any] = json.loads(text)["documents"]
    return documents


@pytest.fixture(scope="module")
def findings(shared: Path, verdicts: dict[str, Any]) -> dict[str, list[Diagnostic]]:
    toolkit = cdatk.Toolkit()
    return {
        name: list(toolkit.validate((shared / "data" / "cda" / name).read_bytes()).report)
        for name in verdicts
        if (shared / "data" / "cda" / name).is_file()
    }


def kind_of(test: str) -> str:
    return hashlib.sha256(re.sub(r"\s+", " ", test).encode()).hexdigest()[:12]


def errors(verdicts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(document, kind, place) of every official error on a patient summary."""
    for name, verdict in verdicts.items():
        if name.startswith("patient-summary/"):
            for finding in verdict["findings_list"]:
                if finding["role"] == "error":
                    yield name, kind_of(finding["test"]), finding["location"]


def test_every_kind_is_listed_once(verdicts: dict[str, Any]) -> None:
    rows = [str(row["kind"]) for row in yaml.safe_load(KINDS.read_text("utf-8"))]
    assert len(rows) == len(set(rows))
    assert set(rows) == {kind for _, kind, _ in errors(verdicts)}


def test_every_kind_is_ours_too(shared: Path, verdicts: dict[str, Any], findings: dict[str, list[Diagnostic]]) -> None:
    rows = {str(row["kind"]): row for row in yaml.safe_load(KINDS.read_text("utf-8"))}
    guides = {name: guide(shared / "data" / "cda" / name) for name in findings}
    missed = set()
    for name, kind, place in errors(verdicts):
        row = rows[kind]
        older = GUIDES.index(guides[name]) < GUIDES.index(row.get("since", GUIDES[0]))
        if "out" in row or older or any(says(found, row["found"], place) for found in findings[name]):
            continue
        missed.add((row["about"], name))
    assert not missed


def says(finding: Diagnostic, wanted: list[str], place: str) -> bool:
    for word in wanted:
        code, _, rest = word.lstrip("@").partition("/")
        row, _, element = rest.partition("/")
        same = finding.code == code and (not row or finding.context.get("row") == row)
        same = same and (not element or element in finding.context.get("element", ""))
        if same and (not word.startswith("@") or below(finding, place)):
            return True
    return False


def below(finding: Diagnostic, place: str) -> bool:
    """Whether a finding stands at the place or inside it; positions of 1 are left out by both."""
    own = locate(finding.at) if isinstance(finding.at, Element) else ""
    return NAMESPACE_STEP.sub("", own).startswith(NAMESPACE_STEP.sub("", place))


def guide(path: Path) -> str:
    root = parse(path.read_bytes(), cdatk.Settings().limits, cdatk.Report())
    assert root is not None
    templates = {e.get("root", "") for e in root.iter("{urn:hl7-org:v3}templateId")}
    return guide_of(templates, all_profiles()["patient-summary"])


def test_what_the_official_rules_accept_is_not_rejected(
    shared: Path, verdicts: dict[str, Any], findings: dict[str, list[Diagnostic]]
) -> None:
    schemas = json.loads((shared / "data" / "oracle" / "xsd.json").read_text("utf-8"))["documents"]
    accepted = [
        name
        for name, verdict in verdicts.items()
        if not verdict["by_role"].get("error") and any(schemas[name][judge]["valid"] for judge in ("pharm", "epsos"))
    ]
    assert accepted
    rejected = {
        (name, finding.code)
        for name in accepted
        for finding in findings.get(name, [])
        if finding.severity.rank >= Severity.ERROR.rank
    }
    assert not rejected
