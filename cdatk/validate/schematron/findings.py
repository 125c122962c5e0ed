"""What the rules found, as values and as findings of the catalogue.

The rule: what a rule quotes from the document (``value-of``) stays in ``Finding.quoted``; the report gets the pack's
own words with a gap there, because reports are logged and the document speaks of a patient.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from cdatk.diagnostics import Report
from cdatk.resources import data_file
from cdatk.safe_xml import HL7, Element
from cdatk.validate.schematron.compiled import Compiled, CompiledCheck, CompiledRule

Level = Literal["error", "warning", "info", "none"]
CODES: Final = MappingProxyType({"error": "SCH-001", "warning": "SCH-002", "info": "SCH-003"})
GAP: Final = "…"
_LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "info", "none")
_FIRST_WORD: Final = re.compile(r"\s*\[?(\w+)\]?\s*:")


@dataclass(frozen=True, slots=True)
class Finding:
    """An assertion that failed or a report that spoke, at an element.

    ``place`` is what the rule looked at when that is no element (``@code``, ``text()``); ``quoted`` is the message
    with the document's words, ``text`` the message without them. ``failed`` is the error code of an expression that
    could not be evaluated, "" for a verdict.
    """

    check: CompiledCheck | None
    rule: CompiledRule
    element: Element
    level: Level
    place: str = ""
    text: str = ""
    quoted: str = ""
    failed: str = ""

    @property
    def name(self) -> str:
        """The nearest id: of the check, its rule or its pattern."""
        return (self.check.id if self.check is not None else "") or self.rule.id or self.rule.pattern or "-"


@dataclass(frozen=True, slots=True)
class Outcome:
    """All findings of a rule set on a document; ``fired`` counts the times a rule met a node."""

    rules: str
    fired: int
    findings: tuple[Finding, ...]


def outcome_of(compiled: Compiled, result: Element, root: Element, variables: tuple[str, ...] = ()) -> Outcome:
    """Read the result of a sheet. Findings stand in the order of patterns, then of the document.

    :param variables: names of variables outside rules that could not be evaluated.
    """
    order = {element: number for number, element in enumerate(root.iter())}
    found = [Finding(None, CompiledRule("", -1, f"${v}", ""), root, "error", failed="variable") for v in variables]
    for entry in result.iter("f", "e"):
        number = entry.get("r") or next(e.get("i", "0") for e in entry.iterancestors("r"))
        rule = compiled.rules[int(number)]
        found.append((_finding if entry.tag == "f" else _failure)(entry, compiled, rule, root))
    found.sort(key=lambda finding: (finding.rule.number, order[finding.element]))
    return Outcome(compiled.name, sum(1 for _ in result.iter("r")), tuple(found))


def _finding(element: Element, compiled: Compiled, rule: CompiledRule, root: Element) -> Finding:
    check = compiled.checks[int(element.get("c", "0"))]
    values = [value.text or "" for value in element.iterchildren("v")]
    at, place = _element(root, element.get("at", ""))
    text, quoted = _message(check, values, False), _message(check, values, True)
    return Finding(check, rule, at, level_of(check.role or rule.role, text), place, text, quoted)


def _failure(element: Element, compiled: Compiled, rule: CompiledRule, root: Element) -> Finding:
    number = element.get("c")
    check = compiled.checks[int(number)] if number is not None else None
    at, place = _element(root, element.get("at", ""))
    return Finding(check, rule, at, "error", place, failed=element.get("code", "").rpartition(":")[2] or "?")


def _message(check: CompiledCheck, values: list[str], quote: bool) -> str:
    """The message, its holes filled with the document's words or left as gaps."""
    waiting = iter(values)
    parts = []
    for part in check.message:
        if isinstance(part, str):
            parts.append(part)
        else:
            value = next(waiting, "")
            parts.append(value if quote or part.plain else GAP)
    return " ".join("".join(parts).split())


def _element(root: Element, place: str) -> tuple[Element, str]:
    """The element at a place written by the sheet, and the step below it that is no element."""
    steps = place.split("/")
    element = root
    for number, step in enumerate(steps):
        if not step.isdigit():
            return element, step
        if number:
            element = next(e for i, e in enumerate(element.iterchildren("*"), 1) if i == int(step))
    return element, ""


@cache
def _facts() -> Mapping[str, Level]:
    table = tomllib.loads(data_file("validate/schematron/rule-sets.toml").read_text("utf-8"))
    return MappingProxyType({w: next(x for x in _LEVELS if x == s) for w, s in table["severity"].items()})


def level_of(role: str, text: str) -> Level:
    """How grave a finding is: by its role, else by the first word of its message, else an error."""
    words = _facts()
    if role:
        return words.get(role.lower(), "error")
    first = _FIRST_WORD.match(text)
    return words.get(first[1].lower(), "error") if first is not None else "error"


def names_for(root: Element) -> tuple[str, ...]:
    """Names that the rule set for a document may have, by its type and level."""
    table = tomllib.loads(data_file("validate/schematron/rule-sets.toml").read_text("utf-8"))
    code = next((e.get("code", "").strip() for e in root.iterchildren(f"{{{HL7}}}code")), "")
    level = "L1" if root.find(f"{{{HL7}}}component/{{{HL7}}}nonXMLBody") is not None else "L3"
    fitting = [r for r in table["rule_set"] if r["code"] == code and r.get("level", level) == level]
    return tuple(str(name) for rule in fitting for name in rule["names"])


def tell(outcome: Outcome, report: Report) -> None:
    """Put an outcome into the report, code by code of the family SCH-."""
    for finding in outcome.findings:
        if finding.failed:
            report.add("SCH-007", finding.element, rule=finding.name, error=finding.failed, rules=outcome.rules)
        elif finding.level != "none":
            _tell_finding(finding, outcome.rules, report)
    if outcome.fired:
        report.add("SCH-006", rules=outcome.rules, count=outcome.fired)
    else:
        report.add("SCH-004", rules=outcome.rules)


def _tell_finding(finding: Finding, rules: str, report: Report) -> None:
    check = finding.check
    assert check is not None  # only a failure of a whole rule has none
    report.add(
        CODES[finding.level],
        finding.element,
        text=finding.text.rstrip(". "),
        rule=finding.name,
        pattern=finding.rule.pattern,
        role=check.role or finding.rule.role,
        test=check.test,
        check=check.kind,
        place=finding.place,
        rules=rules,
    )
