"""The findings on one document as a report states them: worded, placed, accepted or not, with the verdict.

The rule: what a baseline accepts stays in every report, marked as accepted; a fatal finding cannot be accepted.
"""

from __future__ import annotations

import msgspec

from cdatk.diagnostics import Diagnostic, ExitCode, Report, Severity, catalogue
from cdatk.reporters.form import Form
from cdatk.reporters.places import Reported, line_of, path_of


class Judgement(msgspec.Struct, frozen=True):
    """A finding in words: ``path`` and ``line`` are where it stands, "" and None where that is unknown."""

    code: str
    severity: Severity
    text: str
    hint: str
    reference: str
    path: str
    line: int | None
    accepted: bool


class Judged(msgspec.Struct, frozen=True):
    """A document by its name, its type in words, the findings on it and the exit code they call for."""

    source: str
    title: str
    judgements: tuple[Judgement, ...]
    exit_code: ExitCode

    @property
    def unreadable(self) -> bool:
        """True when not even a finding could be made: the input is missing, or the fault is ours."""
        return not self.judgements and self.exit_code is not ExitCode.CLEAN

    def count(self, severity: Severity) -> int:
        """Findings of a severity that are not accepted."""
        return sum(1 for j in self.judgements if j.severity is severity and not j.accepted)


def is_accepted(finding: Diagnostic, form: Form) -> bool:
    """Whether the baseline of this run knows the finding, by code and place."""
    if not form.accepted or finding.severity is Severity.FATAL:
        return False
    return (finding.code, path_of(finding)) in form.accepted


def split(report: Report, form: Form) -> tuple[Report, Report]:
    """The findings that count and those that the baseline accepts."""
    counted, accepted = Report(), Report()
    for finding in report:
        (accepted if is_accepted(finding, form) else counted).extend([finding])
    return counted, accepted


def verdict(report: Report, form: Form) -> ExitCode:
    """The exit code for a report: findings from ``form.fail_on`` up count, accepted ones do not."""
    bad = [f for f in report if f.severity.rank >= form.fail_on.rank and not is_accepted(f, form)]
    return max((catalogue()[f.code].exit for f in bad), default=ExitCode.CLEAN)


def judged(result: Reported, form: Form) -> Judged:
    """The findings of a result in words, the gravest first, otherwise in the order they were made."""
    found = sorted(result.report, key=lambda finding: -finding.severity.rank)
    title = result.facts.title if result.facts is not None else ""
    return Judged(form.source, title, tuple(_judgement(f, form) for f in found), verdict(result.report, form))


def _judgement(finding: Diagnostic, form: Form) -> Judgement:
    return Judgement(
        code=finding.code,
        severity=finding.severity,
        text=finding.text(form.language),
        hint=finding.hint(form.language),
        reference=catalogue()[finding.code].reference,
        path=path_of(finding),
        line=line_of(finding),
        accepted=is_accepted(finding, form),
    )
