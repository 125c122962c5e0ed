"""Reports as text for a person at a terminal.

The rule: what, where, what to do, without a flood; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

from cdatk.diagnostics import Diagnostic, Report, Severity, words
from cdatk.facts import CodeFacts, Facts, Inspection
from cdatk.profiles import profile_for_code
from cdatk.reporters.form import PLACES, Form, count_of, entries, word
from cdatk.reporters.judged import split
from cdatk.reporters.places import Reported, by_code, line_of, path_of

_COLOURS: Final = MappingProxyType({
    Severity.FATAL: "1;31", Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36",
})  # fmt: skip
_DOUBTFUL: Final = frozenset({"fallback", "original", "code-only"})
_UNKNOWN: Final = frozenset({"unknown-code", "unknown-system", "no-system", "outside"})


def report_text(result: Reported, form: Form) -> str:
    """The findings of a result, grouped by code, with a line of totals at the end."""
    lines: list[str] = []
    counted, accepted = split(result.report, form)
    for group in by_code(counted):
        if form.verbose or group[0].severity.rank >= form.least.rank:
            lines += _group(group, form)
    totals = _totals(counted, form)
    if len(accepted):
        codes = ", ".join(sorted({finding.code for finding in accepted}))
        totals += f", {word(form.language, 'known').format(count=len(accepted))} ({codes})"
    lines.append(_paint(totals, _worst(counted), form))
    return "\n".join(lines) + "\n"


def inspection_text(inspection: Inspection, form: Form) -> str:
    """Type, sections, entries by kind, coded values with their coverage; findings when it cannot be read."""
    facts = inspection.facts
    if facts is None:
        return report_text(inspection, form)
    lines = [*_document(facts, form), "", word(form.language, "sections")]
    lines += _sections(facts, form)
    lines += ["", word(form.language, "kinds")]
    lines += [f"  {count:>4}  {_ours('kind', kind, form)}" for kind, count in sorted(inspection.kinds.items())]
    counts = facts.counts
    coverage = word(form.language, "coverage").format(
        coded_in=counts.coded_in, mapped=counts.mapped, translated=counts.translated,
        untranslated=counts.untranslated, unknown=counts.unknown,
    )  # fmt: skip
    lines += ["", word(form.language, "codes") + word(form.language, "colon") + coverage]
    lines += _doubtful(inspection.codes, form)
    lines += ["", _paint(_totals(inspection.report, form), _worst(inspection.report), form)]
    return "\n".join(lines) + "\n"


def _document(facts: Facts, form: Form) -> Iterator[str]:
    rows = (
        ("type", f"{profile_for_code(facts.code).title(form.language)} ({facts.code})"),
        ("level", facts.level),
        ("language", facts.language),
        ("country", facts.country),
        ("catalogues", ", ".join(f"{c.name} {c.release}" for c in facts.catalogues)),
    )
    for key, value in rows:
        yield f"{word(form.language, key):<12}{value or '-'}"


def _sections(facts: Facts, form: Form) -> Iterator[str]:
    """Sections under the profile's name for them, else under their own title."""
    rules = profile_for_code(facts.code).sections()
    for section in facts.sections:
        rule = rules.get(section.code)
        title = (rule.fr if form.language == "fr" else rule.en) if rule is not None else section.title
        yield f"  {section.code or '-':<10} {entries(form.language, section.entries_in):<12} {title}"


def _ours(subject: str, value: str, form: Form) -> str:
    """A word of ours in the language of the messages; a value that has none as it stands."""
    known = words()[subject].get(value)
    return known[form.language] if known is not None else value


def _doubtful(codes: Sequence[CodeFacts], form: Form) -> list[str]:
    """Codes a reader has to look at; the rest are only counted."""
    found = [c for c in codes if c.state in _DOUBTFUL or c.standing in _UNKNOWN]
    if not found:
        return []
    shown = found if form.verbose else found[: PLACES * 4]
    lines = ["", word(form.language, "doubtful")]
    for c in shown:
        standing, state = _ours("standing", c.standing, form), _ours("state", c.state, form)
        colon = word(form.language, "colon")
        lines.append(f"  {c.occurrences:>4}  {c.code} ({c.system or '-'}){colon}{standing}, {state}")
    if len(found) > len(shown):
        lines.append("  " + word(form.language, "more").format(count=len(found) - len(shown)))
    return lines


def _group(group: list[Diagnostic], form: Form) -> Iterator[str]:
    """One code: its first findings with their places, the number of the others, the advice."""
    first = group[0]
    times = f" ×{len(group)}" if len(group) > 1 else ""
    head = f"{words()['severity'][first.severity.value][form.language]} {first.code}{times}"
    yield _paint(head, first.severity, form)
    said = ""
    for finding in group if form.verbose else group[:PLACES]:
        sentence = finding.text(form.language)
        if sentence != said:
            yield f"  {sentence}"
        said = sentence
        place = _place(finding, form)
        if place:
            yield f"    {place}"
    if not form.verbose and len(group) > PLACES:
        yield "    " + word(form.language, "more").format(count=len(group) - PLACES)
    yield f"  → {first.hint(form.language)}"


def _place(finding: Diagnostic, form: Form) -> str:
    line = line_of(finding)
    number = word(form.language, "line").format(line=line) if line is not None else ""
    path = path_of(finding)
    return f"{path} ({number})" if path and number else path or number


def _totals(report: Report, form: Form) -> str:
    counted = [(s, report.count(s)) for s in Severity]
    totals = ", ".join(count_of(form.language, s, n) for s, n in counted if n) or word(form.language, "clean")
    return f"{form.source}{word(form.language, 'colon')}{totals}" if form.source else totals


def _worst(report: Report) -> Severity | None:
    return max((finding.severity for finding in report), key=lambda s: s.rank, default=None)


def _paint(text: str, severity: Severity | None, form: Form) -> str:
    if not form.colour or severity is None:
        return text
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m"
