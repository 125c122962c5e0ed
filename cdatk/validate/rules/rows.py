"""The rule rows of a profile as questions that are ready to be asked.

The rule: a row is compiled once, when a document of its profile and generation is first met. Where many rows ask about
one place, one XPath says whether anything is wrong there; a second one, asked only then, says what: each condition has
a letter, and the answer is the word of the letters whose condition holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, groupby
from typing import Final

from lxml import etree

from cdatk.profiles import GUIDES, Guide, Profile, Requirement, Rule, RuleBook, all_profiles, country_profile, rule_book
from cdatk.safe_xml import Element
from cdatk.validate.rules.checks import CHECKS, CHOICES, Check, Choice
from cdatk.validate.rules.paths import Place, all_of, compiled, last_name, places, tag_of, template_oid, xpath

_LETTER: Final = 0x100  # the first of the letters, beyond all that mean something in an XPath
_FILLED: Final = "[not(@nullFlavor)]"
_NOTHING: Final = "''"
_TEXT: Final = "not(h:text[not(@nullFlavor)]/h:reference/@value)"
Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that can be wrong at an element: finding, XPath that is true where it is ("" for everywhere),
    functions, words of the finding.
    """

    code: str
    row: str
    violated: str
    check: Check | None
    among: Choice | None
    context: Words


@dataclass(frozen=True, slots=True)
class Gate:
    """The questions asked at the elements that carry a template id; ``suspect`` is true where any may be answered."""

    suspect: etree.XPath
    which: str
    questions: tuple[Question, ...]

    def answered(self, element: Element) -> Iterator[Question]:
        """The questions whose XPath is true of an element."""
        if self.suspect(element):
            yield from (self.questions[number] for number in numbers(compiled(self.which), element))


@dataclass(frozen=True, slots=True)
class Placed:
    """A question at a place: ``found`` is the XPath of the elements there that it is true of, ``order`` its turn."""

    order: int
    found: str
    question: Question


@dataclass(frozen=True, slots=True)
class Branch:
    """The questions at all places that begin with one step."""

    which: str
    placed: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The questions for every element of a tag that a check lets pass; ``wrong`` is true of those that any of them is
    true of, None where it is of all.
    """

    check: Check | None
    wrong: etree.XPath | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The rows of one profile for one generation of the rules.

    ``wrong`` says in which ``branches`` below ClinicalDocument something is wrong. ``by_tag`` has the questions for
    every element of a tag, together where they share a check; ``by_template`` those for the elements that carry a
    template id.
    """

    wrong: etree.XPath
    branches: tuple[Branch, ...]
    by_tag: Mapping[str, tuple[Suspicion, ...]]
    by_template: Mapping[str, Gate]


def numbers(conditions: etree.XPath, element: Element) -> Iterator[int]:
    """The numbers of the conditions that are true of an element, of an XPath written by ``_letters``."""
    return (ord(letter) - _LETTER for letter in str(conditions(element)))


def _letters(conditions: Iterable[str]) -> str:
    """An XPath whose value is the letters of the conditions that hold."""
    each = (f"substring('{chr(_LETTER + number)}', 1, boolean({one}))" for number, one in enumerate(conditions))
    return f"concat({', '.join((_NOTHING, _NOTHING, *each))})"


def rules_for(profile: Profile, guide: Guide) -> Compiled:
    """The rules of a profile for documents of a generation.

    Raises XPathSyntaxError when a row cannot be compiled: that is a bug of the installation.
    """
    return _compiled(profile.key, profile.country, guide)


def tags_for(profile: Profile) -> frozenset[str]:
    """The tags that rows of a profile ask about wherever they stand, whatever the generation of the document."""
    return _tags(profile.key, profile.country)


@cache
def _tags(key: str, country: str) -> frozenset[str]:
    rows = (row for row in _rows(key, country) if row.at)
    return frozenset(tag for row in rows for place in places(row.at) if (tag := tag_of(place)))


@cache
def _rows(key: str, country: str) -> tuple[Requirement | Rule, ...]:
    book: RuleBook = rule_book(country_profile(key, country) if country else all_profiles()[key])
    return *book.requirement, *book.rule


@dataclass(frozen=True, slots=True)
class _Asked:
    """The questions of a row, and the XPath that is true where one of them may be answered."""

    questions: tuple[Question, ...]
    suspect: str


@cache
def _compiled(key: str, country: str, guide: Guide) -> Compiled:
    asked: dict[Place, list[_Asked]] = {}
    tags: dict[str, list[Question]] = {}
    templates: dict[str, list[_Asked]] = {}
    for row in _rows(key, country):
        if not GUIDES.index(row.since) <= GUIDES.index(guide) <= GUIDES.index(row.until):
            continue
        questions = _of_requirement(row) if isinstance(row, Requirement) else _of_rule(row)
        for template in row.template.split("|") if row.template else ():
            templates.setdefault(template_oid(template.strip()), []).append(questions)
        for place in places(row.at) if row.at else ():
            tag = tag_of(place)
            if tag:
                tags.setdefault(tag, []).extend(questions.questions)
            else:
                asked.setdefault(place, []).append(questions)
    branches = _branches(asked)
    return Compiled(
        compiled(_letters(suspect for suspect, _ in branches)),
        tuple(branch for _, branch in branches),
        {tag: _by_check(found) for tag, found in tags.items()},
        {oid: _gate(found) for oid, found in templates.items()},
    )


def _gate(asked: list[_Asked]) -> Gate:
    questions = tuple(chain.from_iterable(each.questions for each in asked))
    which = _letters(question.violated or "true()" for question in questions)
    return Gate(compiled(_or(each.suspect for each in asked)), which, questions)


def _by_check(questions: list[Question]) -> tuple[Suspicion, ...]:
    return tuple(_suspicion(check, tuple(found)) for check, found in groupby(questions, lambda each: each.check))


def _suspicion(check: Check | None, questions: tuple[Question, ...]) -> Suspicion:
    wrong = compiled(_or(question.violated or "true()" for question in questions))
    return Suspicion(check, wrong if all(question.violated for question in questions) else None, questions)


def _branches(asked: Mapping[Place, list[_Asked]]) -> list[tuple[str, Branch]]:
    """The places by their first step, each branch with the XPath that says whether anything is wrong in it."""
    placed: dict[Place, list[Placed]] = {}
    order = 0
    for place, each in asked.items():
        for question in chain.from_iterable(row.questions for row in each):
            found = f"{'/'.join(place) or 'self::*'}[{question.violated or 'true()'}]"
            placed.setdefault(place[:1], []).append(Placed(order, found, question))
            order += 1
    suspects = {place: _or(each.suspect for each in rows) for place, rows in asked.items()}
    return [
        (_suspect(suspects, first),
         Branch(_letters(each.found for each in found), tuple(found)))
        for first, found in placed.items()
    ]  # fmt: skip


def _suspect(suspects: Mapping[Place, str], at: Place) -> str:
    """An XPath that is true when one of these places at or below a place is suspect: shared steps are taken once."""
    if not at:
        return suspects[at]
    depth = len(at)
    here = [suspects[at]] if at in suspects else []
    steps = dict.fromkeys(place[depth] for place in suspects if len(place) > depth and place[:depth] == at)
    return f"{at[-1]}[{_or((*here, *(_suspect(suspects, (*at, step)) for step in steps)))}]"


def _or(conditions: Iterable[str]) -> str:
    return " or ".join(f"({condition})" for condition in conditions)


def _of_requirement(row: Requirement) -> _Asked:
    questions = tuple(_missing(row))
    suspect = _incomplete(row)
    if not row.when:
        return _Asked(questions, suspect)
    # the condition is asked last: what a row asks for is rarely missing
    only = tuple(replace(question, violated=f"({question.violated}) and ({row.when})") for question in questions)
    return _Asked(only, f"({suspect}) and ({row.when})")


def _missing(row: Requirement) -> Iterator[Question]:
    for path in row.mandatory:
        present = xpath(path) + ("" if "@" in path.rpartition("/")[2][:1] else _FILLED)
        yield _question(row, "CDA-024", f"not({present})", path)
    for path in row.required:
        yield _question(row, "CDA-025", f"not({xpath(path)})", path)
    for path in row.once:
        yield _question(row, "CDA-026", f"count({xpath(path)}) > 1", path)
    if row.text:
        yield Question("CDA-060", "text-link", _TEXT, None, None, (("element", "text/reference"),))


def _incomplete(row: Requirement) -> str:
    """An XPath that is true wherever one of the questions of a row is answered, and cheaper than all of them."""
    asked = [f"not({all_of(row.mandatory, _FILLED)} and {all_of(row.required)})"]
    asked += [f"{xpath(path)}[2]" if "/" not in path else f"count({xpath(path)}) > 1" for path in row.once]
    return _or((*asked, _TEXT) if row.text else asked)


def _of_rule(row: Rule) -> _Asked:
    words = {"element": row.element, "expected": row.expected, "guide": row.guide}
    words |= {"where_fr": row.fr, "where_en": row.en}
    context = tuple((key, value) for key, value in words.items() if value)
    check = CHECKS[row.check] if row.check else None
    among = CHOICES[row.among] if row.among else None
    return _Asked((Question(row.code, row.name, row.violated, check, among, context),), row.violated or "true()")


def _question(row: Requirement, code: str, violated: str, path: str) -> Question:
    context = (("element", last_name(path)), ("guide", row.guide), ("where_fr", row.fr), ("where_en", row.en))
    return Question(code, row.name, violated, None, None, context)
