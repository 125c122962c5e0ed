"""Runs the rule rows of a profile over a document.

The rule: what is asked stands in the rows (cdatk/profiles), here only how. libxml2 answers one question a place
("is anything wrong here?"); only where it says yes the rows are looked at one by one. One broken row gives one
finding, at its first place, with the number of places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from lxml import etree

from cdatk.diagnostics import Report
from cdatk.profiles import GUIDES, Guide, Profile, Requirement, Rule, all_profiles, country_profile, rule_book
from cdatk.safe_xml import Element, local
from cdatk.validate.rules.checks import CHECKS, Check
from cdatk.validate.rules.paths import (
    compiled,
    elements,
    last_name,
    name_of,
    places,
    standing,
    template_oid,
    xpath,
)

Words = tuple[tuple[str, str], ...]
Templates = Iterable[tuple[str, Element]]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that can be wrong at an element: finding, XPath that is true where it is, words of the finding."""

    code: str
    row: str
    violated: str
    broken: etree.XPath
    check: Check | None
    context: Words


@dataclass(frozen=True, slots=True)
class Gate:
    """The questions asked at one kind of place; ``suspect`` finds the elements that need a closer look."""

    suspect: etree.XPath
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The rows of one profile for one generation of the rules, ready to run: ``suspect`` finds all elements at the
    places of the rows that need a closer look, ``by_name`` has the questions for them by their local name.
    """

    suspect: etree.XPath
    by_name: dict[str, tuple[Question, ...]]
    by_template: dict[str, Gate]


def run(root: Element, templates: Templates, rules: Compiled, report: Report) -> None:
    """Ask every question of a document, of which ``templates`` names the template ids with their elements."""
    broken: dict[tuple[str, str, Words, str], list[Element]] = {}
    for questions, element in _suspects(root, templates, rules):
        for question in questions:
            if question.broken(element) and (question.check is None or question.check(element)):
                cause = question.code, question.row, question.context, local(element)
                broken.setdefault(cause, []).append(element)
    for (code, row, words, name), found in broken.items():
        context: dict[str, object] = {"element": name, **dict(words), "row": row}
        report.add(code, found[0], None, **context, count=len(found))


def _suspects(root: Element, templates: Templates, rules: Compiled) -> Iterator[tuple[tuple[Question, ...], Element]]:
    for element in elements(rules.suspect, root):
        yield rules.by_name[local(element)], element
    gates = rules.by_template
    for oid, element in templates:
        found = gates.get(oid)
        holder = element.getparent() if found is not None else None
        if found is not None and holder is not None and found.suspect(holder):
            yield found.questions, holder


def rules_for(profile: Profile, guide: Guide) -> Compiled:
    """The rules of a profile for documents of a generation.

    Raises ValueError when a row cannot be compiled: that is a bug of the installation.
    """
    return _compiled(profile.key, profile.country, guide)


@cache
def _compiled(key: str, country: str, guide: Guide) -> Compiled:
    book = rule_book(country_profile(key, country) if country else all_profiles()[key])
    asked: dict[str, list[Question]] = {}
    names: dict[str, list[Question]] = {}
    templates: dict[str, list[Question]] = {}
    rows: tuple[Requirement | Rule, ...] = (*book.requirement, *book.rule)
    for row in rows:
        if not _applies(row, guide):
            continue
        questions = list(_of_requirement(row) if isinstance(row, Requirement) else _of_rule(row))
        for template in row.template.split("|") if row.template else ():
            templates.setdefault(template_oid(template.strip()), []).extend(questions)
        for place in places(row.at) if row.at else ():
            asked.setdefault(place, []).extend(questions)
            placed = [_at(question, place) for question in questions]
            names.setdefault(name_of(place), []).extend(placed)
    return Compiled(
        compiled(" | ".join(f"{place}[{_any(found)}]" for place, found in asked.items())),
        {name: tuple(found) for name, found in names.items()},
        {oid: Gate(compiled(_any(found)), tuple(found)) for oid, found in templates.items()},
    )


def _at(question: Question, place: str) -> Question:
    """The question for elements at a place only: others of the same name are not asked."""
    violated = f"{standing(place)} and ({question.violated})"
    return replace(question, violated=violated, broken=compiled(violated))


def _applies(row: Requirement | Rule, guide: Guide) -> bool:
    return GUIDES.index(row.since) <= GUIDES.index(guide) <= GUIDES.index(row.until)


def _any(questions: Iterable[Question]) -> str:
    return " or ".join(f"({question.violated})" for question in questions)


def _of_requirement(row: Requirement) -> Iterator[Question]:
    only = f"({row.when}) and " if row.when else ""
    for path in row.mandatory:
        present = xpath(path) + ("" if "@" in path.rpartition("/")[2][:1] else "[not(@nullFlavor)]")
        yield _question(row, "CDA-024", f"{only}not({present})", path)
    for path in row.required:
        yield _question(row, "CDA-025", f"{only}not({xpath(path)})", path)
    for path in row.once:
        yield _question(row, "CDA-026", f"{only}count({xpath(path)}) > 1", path)
    if row.text:
        unlinked = f"{only}not(h:text[not(@nullFlavor)]/h:reference/@value)"
        yield Question("CDA-060", "text-link", unlinked, compiled(unlinked), None, (("element", "text/reference"),))


def _of_rule(row: Rule) -> Iterator[Question]:
    words = {"element": row.element, "expected": row.expected, "guide": row.guide}
    words |= {"where_fr": row.fr, "where_en": row.en}
    context = tuple((key, value) for key, value in words.items() if value)
    check = CHECKS[row.check] if row.check else None
    yield Question(row.code, row.name, row.violated, compiled(row.violated), check, context)


def _question(row: Requirement, code: str, violated: str, path: str) -> Question:
    context = (("element", last_name(path)), ("guide", row.guide), ("where_fr", row.fr), ("where_en", row.en))
    return Question(code, row.name, violated, compiled(violated), None, context)
