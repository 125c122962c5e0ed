"""Our own samples against the expectations written beside them, by hand, from the documents.

The rule: an expectation is never made from what the tool gives (samples/README.md says how they are written).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from documents import SAMPLES
from lxml import etree

import cdatk

Json = dict[str, Any]


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> tuple[Path, Json]:
    path: Path = request.param
    return path, yaml.safe_load(path.with_suffix(".expect.yaml").read_text("utf-8"))


def test_there_are_samples_of_the_first_countries() -> None:
    assert {path.parent.name for path in SAMPLES} >= {"hr", "mt", "cz", "pt", "es", "ee", "lu"}


def test_type_sections_and_kinds(case: tuple[Path, Json], toolkit: cdatk.Toolkit) -> None:
    path, expected = case
    inspection = toolkit.inspect(path.read_bytes())
    facts = inspection.facts
    assert facts is not None
    found = {name: getattr(facts, name) for name in expected["document"]}
    assert found == expected["document"]
    entries: Counter[str] = Counter()
    for section in facts.sections:
        entries[section.code] += section.entries_in
    assert dict(entries) == {str(code): count for code, count in (expected.get("sections") or {}).items()}
    assert inspection.kinds == (expected.get("kinds") or {})


def test_findings(case: tuple[Path, Json], toolkit: cdatk.Toolkit) -> None:
    path, expected = case
    report = toolkit.validate(path.read_bytes()).report
    found = sorted({f.code for f in report if f.severity is not cdatk.Severity.INFO})
    assert found == sorted(expected["findings"])


def test_facts_of_the_bundle(case: tuple[Path, Json], toolkit: cdatk.Toolkit) -> None:
    path, expected = case
    bundle = json.loads(toolkit.convert(path.read_bytes(), "fhir").output or b"")
    resources = [entry["resource"] for entry in bundle["entry"]]
    for fact in expected.get("fhir") or []:
        matching = [r for r in resources if _matches(r, fact)]
        if "count" in fact:
            assert len(matching) == fact["count"], fact
        else:
            assert matching, fact


def _matches(resource: Json, fact: Json) -> bool:
    if resource["resourceType"] != fact["type"]:
        return False
    if "code" in fact and tuple(fact["code"].split("|")) not in _codings(resource):
        return False
    others = {name: value for name, value in fact.items() if name not in ("type", "count", "code")}
    return all(_holds(resource.get(name), value) for name, value in others.items())


def _holds(found: Any, wanted: Any) -> bool:
    if isinstance(found, dict | list):
        return any(code == str(wanted) for _, code in _codings(found))
    return str(found) == str(wanted)


def _codings(node: Any) -> set[tuple[str, str]]:
    if isinstance(node, list):
        return {pair for item in node for pair in _codings(item)}
    if not isinstance(node, dict):
        return set()
    own = {(node.get("system", ""), node["code"])} if isinstance(node.get("code"), str) else set()
    return own.union(*(_codings(value) for value in node.values()), set())


def test_what_a_doctor_finds_on_the_page(case: tuple[Path, Json], toolkit: cdatk.Toolkit) -> None:
    path, expected = case
    page = toolkit.convert(path.read_bytes(), "html").output or b""
    text = _plain(" ".join(etree.HTML(page.decode()).itertext()))
    missing = [phrase for phrase in expected.get("html") or [] if _plain(phrase) not in text]
    assert not missing


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold().strip()
