"""Figures about a run: what came in, what went out, what was reported; free of anything about the patient.

The rule: for each section ``entries_in = entries_out + entries_reported`` (design section 4, rule 1), and the
standings of the codes add up to the number of codes.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from cdatk.diagnostics import Report
from cdatk.model import Catalogue, Document, Output, Section, Standing, TermState, Translation
from cdatk.version import VERSION

UNKNOWN = (Standing.UNKNOWN_CODE, Standing.UNKNOWN_SYSTEM, Standing.NO_SYSTEM)
STANDINGS = tuple((standing, standing.value) for standing in Standing)
STATES = tuple((state, state.value) for state in TermState)


class SectionFacts(msgspec.Struct, frozen=True):
    """Entries of one section; the ``entries_out`` and ``entries_reported`` are 0 where nothing was emitted."""

    code: str
    title: str
    kind: str
    entries_in: int
    entries_out: int
    entries_reported: int


class Counts(msgspec.Struct, frozen=True):
    """Entries and coded values of a document. ``standings`` and ``states`` each add up to ``coded_in``."""

    entries_in: int
    entries_out: int
    entries_reported: int
    coded_in: int
    mapped: int
    translated: int
    untranslated: int
    unknown: int
    standings: dict[str, int]
    states: dict[str, int]


class Facts(msgspec.Struct, frozen=True):
    """A document without its patient: type, level, language, country, tables used, counts."""

    type: str
    title: str
    code: str
    level: str
    language: str
    country: str
    templates: tuple[str, ...]
    tool: str
    catalogues: tuple[Catalogue, ...]
    counts: Counts
    sections: tuple[SectionFacts, ...]
    attachment: dict[str, str | int] | None = None


class CodeFacts(msgspec.Struct, frozen=True):
    """A distinct coded value: where the profile puts it, how it stands, in what words it can be shown."""

    path: str
    system: str
    code: str
    standing: str
    state: str
    text: str
    occurrences: int


class Inspection(msgspec.Struct, frozen=True):
    """Result of ``inspect``; ``facts`` is None when the document could not be read."""

    report: Report
    facts: Facts | None = None
    kinds: dict[str, int] = {}
    codes: tuple[CodeFacts, ...] = ()


def say_unaccounted(document: Document, output: Output, report: Report) -> None:
    """Report every entry that an output does not hold (FHR-001), unless it is void and was reported as such."""
    missing = [(s, e) for s in document.sections for e in s.entries if e.number not in output.entries and not e.void]
    said = {finding.at for finding in report if finding.code == "FHR-001"} if missing else set()
    for section, entry in missing:
        at = entry.items[0].statement.element if entry.items else entry.element
        if at not in said:
            code = section.code.code if section.code is not None else "-"
            report.add("FHR-001", at, section=code, kind=entry.kind)


def summarise(
    document: Document,
    translation: Translation,
    output: Output | None,
    type_key: str,
    title: str,
    catalogues: tuple[Catalogue, ...],
) -> Facts:
    """The facts of a run. Without an output no entry is out and none is reported."""
    header = document.header
    sections = tuple([_section(section, output) for section in document.sections])
    return Facts(
        type=type_key,
        title=title,
        code=header.code.code if header.code is not None else "",
        level=document.level,
        language=document.language,
        country=country_of(document),
        templates=header.template_ids,
        tool=f"cdatk {VERSION}",
        catalogues=catalogues,
        counts=_counts(document, translation, sections),
        sections=sections,
        attachment=_attachment(document),
    )


def country_of(document: Document) -> str:
    """Country the document comes from: custodian's address, else an author's, else the language's region."""
    header = document.header
    places = list(header.custodian.addresses) if header.custodian is not None else []
    for author in header.taking_part("author"):
        if author.role is not None:
            places.extend(a for o in author.role.organizations for a in o.addresses)
            places.extend(author.role.addresses)
    found = next((a.country.code for a in places if a.country is not None and a.country.code), "")
    return found or document.language.partition("-")[2]


def _section(section: Section, output: Output | None) -> SectionFacts:
    code = section.code.code if section.code is not None else ""
    number = len(section.entries)
    out = len([True for e in section.entries if e.number in output.entries]) if output is not None else 0
    reported = number - out if output is not None else 0
    return SectionFacts(code, section.title, section.kind, number, out, reported)


def _counts(document: Document, translation: Translation, sections: tuple[SectionFacts, ...]) -> Counts:
    pairs = Counter([(term.mapped.standing, term.state) for term in translation.terms])  # one walk over all codes
    standings = {standing: 0 for standing, _ in STANDINGS}
    states = {state: 0 for state, _ in STATES}
    for (standing, state), number in pairs.items():
        standings[standing] += number
        if standing is not Standing.STRUCTURAL:
            states[state] += number
    looked_up = len(translation.terms) - standings[Standing.STRUCTURAL] - standings[Standing.NULL]
    translated = sum(
        number
        for (standing, state), number in pairs.items()
        if state is TermState.TRANSLATED and standing not in (Standing.STRUCTURAL, Standing.NULL)
    )
    return Counts(
        entries_in=sum([s.entries_in for s in sections]),
        entries_out=sum([s.entries_out for s in sections]),
        entries_reported=sum([s.entries_reported for s in sections]),
        coded_in=len(document.codes),
        mapped=standings[Standing.KNOWN],
        translated=translated,
        untranslated=looked_up - translated,
        unknown=sum([standings[s] for s in UNKNOWN]),
        standings={name: standings[standing] for standing, name in STANDINGS},
        states={**{name: states[state] for state, name in STATES}, "structural": standings[Standing.STRUCTURAL]},
    )


def _attachment(document: Document) -> dict[str, str | int] | None:
    held = document.attachment
    if held is None:
        return None
    return {
        "media_type": held.media_type,
        "detected_type": held.detected_type,
        "bytes": len(held.data),
        "sha256": held.sha256,
        "pages": len(held.pages),
        "state": held.state,
    }


def inspection_of(document: Document, translation: Translation, facts: Facts | None, report: Report) -> Inspection:
    """Entries by kind and distinct codes with their standing, most frequent first."""
    kinds = Counter(e.kind for s in document.sections for e in s.entries)
    occurrences: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], int] = {}
    for value in document.codes:
        key = (document.roles.get(value.index, ""), value.system, value.code or value.null_flavor)
        occurrences[key] += 1
        first.setdefault(key, value.index)
    codes = []
    for key, count in occurrences.most_common():
        term = translation.terms[first[key]]
        catalogued = term.state in (TermState.TRANSLATED, TermState.FALLBACK)
        text = term.text if catalogued else ""  # the document's own words may hold anything: not shown here
        codes.append(CodeFacts(*key, term.mapped.standing.value, term.state.value, text, count))
    return Inspection(report, facts, dict(sorted(kinds.items())), tuple(codes))
