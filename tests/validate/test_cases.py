"""Every rule has a document that breaks it and one that nearly does (tests/validate/cases).

The rule: a case is data: edits of one sound document, the code it calls for, and edits that come near without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import structs

import cdatk
from cdatk.diagnostics import Report, Severity, catalogue
from cdatk.profiles import GUIDES, all_profiles, rule_book
from cdatk.validate.rules.rows import rules_for

CASES = Path(__file__).with_name("cases")
BASE = (CASES / "base.xml").read_text("utf-8")
ROWS: list[dict[str, Any]] = [
    row for path in sorted(CASES.glob("*.yaml")) for row in yaml.safe_load(path.read_text("utf-8"))
]
OLDER = frozenset(f"CDA-{number:03}" for number in range(1, 21)) | {"CDA-022"}  # tests/test_bad_input.py
# TRM-018 needs a catalogue with a retired code: test_bindings.py; CDA-061 is no rule: tests/cli/test_commands.py.
ELSEWHERE = frozenset({"TRM-018", "CDA-061"})


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def edited(edits: list[list[str]]) -> bytes:
    text = BASE
    for find, replacement in edits:
        assert find in text, find
        text = text.replace(find, replacement)
    return text.encode()


def rows_of(report: Report, code: str) -> set[str]:
    return {finding.context.get("row", "") for finding in report if finding.code == code}


def name_of(row: dict[str, Any]) -> str:
    return f"{row['code']}-{row.get('row', ROWS.index(row))}"


def test_the_base_document_is_sound(toolkit: cdatk.Toolkit) -> None:
    report = toolkit.validate(BASE.encode()).report
    assert [finding.code for finding in report if finding.severity is not Severity.INFO] == []


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_broken_rule_is_said_once(row: dict[str, Any], toolkit: cdatk.Toolkit) -> None:
    report = toolkit.validate(edited(row["broken"])).report
    found = [f for f in report if f.code == row["code"] and row.get("row", "") in ("", f.context.get("row"))]
    assert found
    assert all(f.at is not None for f in found)
    causes = [tuple(sorted((k, v) for k, v in f.context.items() if k != "count")) for f in found]
    assert len(causes) == len(set(causes)) or row["code"] in ("CDA-019", "CDA-020")  # each bad value is named


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_what_comes_near_is_not_said(row: dict[str, Any], toolkit: cdatk.Toolkit) -> None:
    report = toolkit.validate(edited(row["near"])).report
    rows = rows_of(report, row["code"])
    assert not rows if "row" not in row else row["row"] not in rows


def test_every_code_of_these_rules_has_a_case() -> None:
    wanted = {code for code in catalogue() if code.startswith("CDA-")} - OLDER
    wanted |= {"TRM-016", "TRM-017", "TRM-018", "TRM-020", "TRM-021", "TRM-022"}
    assert wanted - ELSEWHERE == {row["code"] for row in ROWS} - OLDER


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("key", sorted(all_profiles()))
def test_every_row_compiles(key: str, guide: Any) -> None:
    assert rules_for(all_profiles()[key], guide).branches


@pytest.mark.parametrize("key", sorted(all_profiles()))
def test_every_row_is_whole(key: str) -> None:
    book = rule_book(all_profiles()[key])
    for requirement in book.requirement:
        assert requirement.guide and requirement.fr and requirement.en
        assert requirement.mandatory or requirement.required or requirement.once or requirement.text, requirement.name
    for rule in book.rule:
        assert (rule.violated or rule.check) and rule.code in catalogue()
        placeholders = catalogue()[rule.code].placeholders
        held = {"element", "count", "row"} | {k for k in ("expected", "guide") if getattr(rule, k)}
        held |= {"where"} if rule.fr and rule.en else set()
        assert placeholders <= held, rule.name
    names = [row.name for row in (*book.requirement, *book.rule)]
    assert len(names) == len(set(names))


def test_a_profile_may_take_a_rule_away() -> None:
    profile = all_profiles()["patient-summary"]
    without = structs.replace(profile, rule=({"name": "schema-location", "off": True},))
    assert "schema-location" in {row.name for row in rule_book(profile).rule}
    assert "schema-location" not in {row.name for row in rule_book(without).rule}
