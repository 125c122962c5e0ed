"""Where a finding stands, made readable: XPath and line.

The rule: an XPath written here leads back to the element (``safe_xml.resolve``) and quotes none of its content.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cdatk.diagnostics import Diagnostic, Report, Severity
from cdatk.facts import Facts
from cdatk.safe_xml import Element, locate


class Reported(Protocol):
    """What a reporter needs of a result: the findings, and the facts where the document could be read."""

    @property
    def report(self) -> Report:
        """The findings."""
        ...

    @property
    def facts(self) -> Facts | None:
        """None when the document could not be read."""
        ...


def path_of(finding: Diagnostic) -> str:
    """Readable XPath of the element a finding speaks of, "" when it speaks of none."""
    return locate(finding.at) if isinstance(finding.at, Element) else ""


def line_of(finding: Diagnostic) -> int | None:
    """Line in the source, from 1; None when unknown."""
    return finding.line or None


def by_code(findings: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Findings grouped by code and severity: the gravest first, otherwise in the order they were made."""
    groups: dict[tuple[str, Severity], list[Diagnostic]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.severity), []).append(finding)
    return sorted(groups.values(), key=lambda group: -group[0].severity.rank)
