"""Marks of the translated CDA about the whole document: what it is, how far it was translated, what was found.

The rule: only facts that the run gives; the same input, tables and settings give the same marks.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from cdatk.diagnostics import Diagnostic, Report, Severity
from cdatk.emit.cda.beside import beside_marks
from cdatk.emit.cda.marks import Mark, content_of
from cdatk.facts import country_of
from cdatk.model import Document, Run, Standing, TermState, Translation
from cdatk.safe_xml import Element, locate
from cdatk.wording.geography import country_name, language_name

MOST_FINDINGS: Final = 200  # a page with more helps nobody; the report holds them all
UNKNOWN: Final = (Standing.UNKNOWN_CODE, Standing.UNKNOWN_SYSTEM, Standing.NO_SYSTEM)


def document_marks(document: Document, translation: Translation, run: Run, report: Report) -> list[Mark]:
    """The mark of the document, one for each distinct finding from warnings on, gravest first, then the original."""
    beside = beside_marks(run.beside) if run.beside is not None else []
    return [_document(document, translation, run), *_findings(report, run.language), *beside]


def _document(document: Document, translation: Translation, run: Run) -> Mark:
    source, country = document.language, country_of(document)
    standings = [(term, term.mapped.standing) for term in translation.terms]
    looked_up = [t for t, s in standings if s is not Standing.STRUCTURAL and s is not Standing.NULL]
    states = Counter(term.state for term in looked_up)
    values = {
        "language": run.language,
        "source-language": source,
        "source-language-name": translation.languages.get(source) or language_name(source, run.language),
        "country": country,
        "country-name": translation.countries.get(country) or country_name(country, run.language),
        "type": run.document_type,
        "level": document.level,
        "title": run.title,
        "catalogues": ", ".join(f"{held.name} {held.release}" for held in run.catalogues),
        "tool": f"cdatk {run.tool_version}",
        "coded": str(len(looked_up)),
        "translated": str(states[TermState.TRANSLATED]),
        "fallback": str(states[TermState.FALLBACK]),
        "unknown": str(sum(1 for term in looked_up if term.mapped.standing in UNKNOWN)),
    }
    return content_of("document", values)


def _findings(report: Report, language: str) -> list[Mark]:
    """Findings with the same code and sentence are one; the place is that of the first."""
    distinct: dict[tuple[str, str], Diagnostic] = {}
    for finding in report:
        if finding.severity.rank >= Severity.WARNING.rank:
            distinct.setdefault((finding.code, finding.text(language)), finding)
    ranked = sorted(distinct.items(), key=lambda row: -row[1].severity.rank)
    return [_finding(text, finding) for (_, text), finding in ranked[:MOST_FINDINGS]]


def _finding(text: str, finding: Diagnostic) -> Mark:
    # A place inside a history of translations would be one deeper each time: the coded value itself is named.
    at = locate(finding.at).partition("/translation")[0] if isinstance(finding.at, Element) else ""
    values = {"severity": finding.severity.value, "code": finding.code, "text": text, "at": at}
    return content_of("finding", values)
