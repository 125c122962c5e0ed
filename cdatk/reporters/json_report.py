"""Reports as JSON for tools, versioned by the ``schema`` key.

The rule: a form that tools may rely on only grows; a field that changes its meaning makes a new version.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from cdatk.diagnostics import Report, Severity, catalogue
from cdatk.facts import CodeFacts, Counts, Facts, Inspection, SectionFacts
from cdatk.model import Catalogue
from cdatk.reporters.form import Form
from cdatk.reporters.judged import is_accepted, split, verdict
from cdatk.reporters.places import Reported, line_of, path_of
from cdatk.version import VERSION

REPORT_SCHEMA: Final = "cdatk.report/1"
INSPECTION_SCHEMA: Final = "cdatk.inspection/1"


class DocumentForm(msgspec.Struct, frozen=True):
    """``document`` of both forms; ``attachment`` describes the attached file of an L1 document."""

    type: str
    title: str
    code: str
    level: str
    language: str
    country: str
    templates: tuple[str, ...]
    attachment: dict[str, str | int] | None


class FindingForm(msgspec.Struct, frozen=True):
    """A finding: ``path`` resolves to the element, ``context`` holds the values of the sentence;
    ``accepted`` ones are known to the baseline of the run and count neither in ``totals`` nor in ``exit_code``.
    """

    code: str
    severity: Severity
    text: str
    hint: str
    reference: str
    path: str | None
    line: int | None
    context: dict[str, str]
    accepted: bool = False


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """What both forms hold; ``document`` to ``sections`` are null or empty when the document cannot be read."""

    schema: str
    input: str
    message_language: str
    exit_code: int
    tool: str
    profile: str | None
    document: DocumentForm | None
    catalogues: tuple[Catalogue, ...]
    counts: Counts | None
    sections: tuple[SectionFacts, ...]
    totals: dict[str, int]
    findings: tuple[FindingForm, ...]


class ReportForm(Common, frozen=True, kw_only=True):
    """``cdatk.report/1``: ``to`` and ``output`` are null where nothing was converted or written."""

    to: str | None
    output: str | None


class InspectionForm(Common, frozen=True, kw_only=True):
    """``cdatk.inspection/1``."""

    kinds: dict[str, int]
    codes: tuple[CodeFacts, ...]


def report_json(result: Reported, form: Form) -> str:
    """A result in the form ``cdatk.report/1``."""
    common = _common(REPORT_SCHEMA, result.report, result.facts, form)
    return _encode(ReportForm(**_fields(common), to=form.to or None, output=form.output or None), form)


def inspection_json(inspection: Inspection, form: Form) -> str:
    """An inspection in the form ``cdatk.inspection/1``."""
    common = _common(INSPECTION_SCHEMA, inspection.report, inspection.facts, form)
    return _encode(InspectionForm(**_fields(common), kinds=inspection.kinds, codes=inspection.codes), form)


def _fields(common: Common) -> dict[str, Any]:
    return {name: getattr(common, name) for name in common.__struct_fields__}


def _common(schema: str, report: Report, facts: Facts | None, form: Form) -> Common:
    return Common(
        schema=schema,
        input=form.source,
        message_language=form.language,
        exit_code=int(verdict(report, form)),
        tool=f"cdatk {VERSION}",
        profile=facts.type if facts else None,
        document=_document(facts),
        catalogues=facts.catalogues if facts else (),
        counts=facts.counts if facts else None,
        sections=facts.sections if facts else (),
        totals={severity.value: split(report, form)[0].count(severity) for severity in Severity},
        findings=_findings(report, form),
    )


def _document(facts: Facts | None) -> DocumentForm | None:
    if facts is None:
        return None
    return DocumentForm(
        facts.type, facts.title, facts.code, facts.level, facts.language, facts.country, facts.templates,
        facts.attachment,
    )  # fmt: skip


def _findings(report: Report, form: Form) -> tuple[FindingForm, ...]:
    return tuple(
        FindingForm(
            f.code, f.severity, f.text(form.language), f.hint(form.language), catalogue()[f.code].reference,
            path_of(f) or None, line_of(f), f.context, is_accepted(f, form),
        )
        for f in report
    )  # fmt: skip


def _encode(form: msgspec.Struct, wish: Form) -> str:
    text = msgspec.json.encode(form)
    return (text if wish.compact else msgspec.json.format(text, indent=2)).decode("utf-8") + "\n"
