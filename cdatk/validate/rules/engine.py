"""Runs the rule rows of a profile over a document.

The rule: what is asked stands in the rows (cdatk/profiles), here only how. libxml2 answers one question for all rows
at paths ("is anything wrong here?") and one for each template; only where it says yes the rows are looked at one by
one. One broken row gives one finding, at its first place, with the number of places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from lxml import etree

from cdatk.diagnostics import Report
from cdatk.profiles import (
    GUIDES,
    Guide,
    Profile,
    Requirement,
    Rule,
    RuleBook,
    all_profiles,
    country_profile,
    rule_book,
)
from cdatk.safe_xml import HL7, Element, local
from cdatk.validate.rules.checks import CHECKS, CHOICES, Check, Choice
from cdatk.validate.rules.paths import (
    ROOT,
    compiled,
    elements,
    last_name,
    name_of,
    places,
    standing,
    tag_of,
    template_oid,
    xpath,
)
from cdatk.validate.rules.walk import Checks, Suspects

_TEMPLATE: Final = f"{{{HL7}}}templateId"
Words = tuple[tuple[str, str], ...]
Broken = dict[tuple[str, str, Words, str], list[Element]]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that can be wrong at an element: finding, XPath that is true where it is, functions, words of the
    finding.
    """

    code: str
    row: str
    violated: str
    broken: etree.XPath | None
    check: Check | None
    among: Choice | None
    context: Words


@dataclass(frozen=True, slots=True)
class Gate:
    """The questions asked at one kind of place; ``suspect`` finds the elements that need a closer look."""

    suspect: etree.XPath
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The rows of one profile for one generation of the rules, ready to run.

    ``of_document`` asks about ClinicalDocument. ``wrong`` is true of a document where a row at another path is broken;
    then ``suspects`` finds the elements that need a closer look, and ``by_name`` has the questions for them by their
    local name. ``by_tag`` has the questions for every element of a tag, ``by_template`` those for the elements that
    carry a template id.
    """

    of_document: Gate
    wrong: etree.XPath
    suspects: etree.XPath
    by_name: Mapping[str, tuple[Question, ...]]
    by_tag: Mapping[str, tuple[Question, ...]]
    by_template: Mapping[str, Gate]


def run(root: Element, templates: Set[str], suspects: Suspects, rules: Compiled, report: Report) -> None:
    """Ask every question of a document that carries these template ids and in which a walk found these suspects."""
    broken: Broken = {}
    for tag, questions in rules.by_tag.items():
        if suspects[tag]:
            _ask(questions, suspects[tag], broken)
    if rules.of_document.suspect(root):
        _ask(rules.of_document.questions, (root,), broken)
    if rules.wrong(root):
        for element in elements(rules.suspects, root):
            _ask(rules.by_name[local(element)], (element,), broken)
    if not templates.isdisjoint(rules.by_template):
        for gate, holder in _held(root, rules.by_template):
            if gate.suspect(holder):
                _ask(gate.questions, (holder,), broken)
    for (code, row, words, name), wrong in broken.items():
        context: dict[str, object] = {"element": name, **dict(words), "row": row}
        report.add(code, wrong[0], None, **context, count=len(wrong))


def _held(root: Element, gates: Mapping[str, Gate]) -> Iterator[tuple[Gate, Element]]:
    """The elements that carry a template id with a gate."""
    for element in root.iter(_TEMPLATE):
        gate = gates.get(element.get("root", "").strip())
        holder = element.getparent() if gate is not None else None
        if gate is not None and holder is not None:
            yield gate, holder


def _ask(questions: Iterable[Question], asked: Sequence[Element], broken: Broken) -> None:
    for question in questions:
        found, check, violated = asked, question.check, question.broken
        if violated is not None:
            found = [element for element in found if violated(element)]
        if check is not None:
            found = [element for element in found if check(element)]
        for element in found if question.among is None else question.among(found):
            cause = question.code, question.row, question.context, local(element)
            broken.setdefault(cause, []).append(element)


def rules_for(profile: Profile, guide: Guide) -> Compiled:
    """The rules of a profile for documents of a generation.

    Raises ValueError when a row cannot be compiled: that is a bug of the installation.
    """
    return _compiled(profile.key, profile.country, guide)


def checks_for(profile: Profile) -> Checks:
    """The checks of a profile's rows for every element of a tag, whatever the generation of the document."""
    return _checks(profile.key, profile.country)


@cache
def _checks(key: str, country: str) -> Checks:
    checks: dict[str, dict[Check, None]] = {}
    for guide in GUIDES:
        for tag, questions in _compiled(key, country, guide).by_tag.items():
            checks.setdefault(tag, {}).update(dict.fromkeys(question.check or _always for question in questions))
    return {tag: tuple(asked) for tag, asked in checks.items()}


def _always(_: Element) -> bool:
    return True


def _book(key: str, country: str) -> RuleBook:
    return rule_book(country_profile(key, country) if country else all_profiles()[key])


@cache
def _compiled(key: str, country: str, guide: Guide) -> Compiled:
    book = _book(key, country)
    asked: dict[str, list[Question]] = {}
    tags: dict[str, list[Question]] = {}
    templates: dict[str, list[Question]] = {}
    rows: tuple[Requirement | Rule, ...] = (*book.requirement, *book.rule)
    for row in rows:
        if not _applies(row, guide):
            continue
        questions = list(_of_requirement(row) if isinstance(row, Requirement) else _of_rule(row))
        for template in row.template.split("|") if row.template else ():
            templates.setdefault(template_oid(template.strip()), []).extend(questions)
        for place in places(row.at) if row.at else ():
            tag = tag_of(place)
            (tags if tag else asked).setdefault(tag or place, []).extend(questions)
    of_document = tuple(asked.pop(ROOT, ()))
    names: dict[str, list[Question]] = {}
    for place, found in asked.items():
        names.setdefault(name_of(place), []).extend(_at(question, place) for question in found)
    suspects = {place: f"{place}[{_any(found)}]" for place, found in asked.items()}
    return Compiled(
        Gate(compiled(_any(of_document) or "false()"), of_document),
        compiled(" or ".join(suspects.values()) or "false()"),
        compiled(" | ".join(suspects.values()) or "/.."),
        {name: tuple(found) for name, found in names.items()},
        {tag: tuple(found) for tag, found in tags.items()},
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
        yield Question(
            "CDA-060", "text-link", unlinked, compiled(unlinked), None, None, (("element", "text/reference"),)
        )


def _of_rule(row: Rule) -> Iterator[Question]:
    words = {"element": row.element, "expected": row.expected, "guide": row.guide}
    words |= {"where_fr": row.fr, "where_en": row.en}
    context = tuple((key, value) for key, value in words.items() if value)
    check = CHECKS[row.check] if row.check else None
    among = CHOICES[row.among] if row.among else None
    broken = compiled(row.violated) if row.violated else None
    yield Question(row.code, row.name, row.violated or "true()", broken, check, among, context)


def _question(row: Requirement, code: str, violated: str, path: str) -> Question:
    context = (("element", last_name(path)), ("guide", row.guide), ("where_fr", row.fr), ("where_en", row.en))
    return Question(code, row.name, violated, compiled(violated), None, None, context)
