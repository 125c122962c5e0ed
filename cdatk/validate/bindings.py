"""Codes against the catalogue beyond membership: words, names of systems, retired codes, codes in the wrong place.

The rule: what the mapping stage found is not looked up again in another way; a finding speaks of one
(place, system, code) and is made once a document. What a code system is called and what its codes look like is
data of the profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Document, Mapped, Standing
from cdatk.profiles import Profile, SystemRule, all_profiles, country_profile
from cdatk.terminology.lookup import Terminology, base_language
from cdatk.terminology.rows import CURRENT

_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_ALIKE: Final = 0.7
_LONGEST: Final = 300  # characters compared: likening costs their square, and no name is longer
_STEM: Final = 5  # letters that two words of one root share
_SKIPPED: Final = frozenset({Standing.STRUCTURAL, Standing.NULL, Standing.NO_SYSTEM})
_UNKNOWN: Final = frozenset({Standing.UNKNOWN_CODE, Standing.OUTSIDE})
_TITLES: Final = frozenset({"section.code", "document.code"})  # every country words these in its own way
_EMPTY: Final = frozenset({"with", "without", "other", "unspecified", "code", "type", "finding", "disorder"})


@dataclass(frozen=True, slots=True)
class _Table:
    """What a profile says of codes, ready to be asked: paths where none may stand, systems of "no known …", code
    systems by their OID, and all of them.
    """

    not_applicable: frozenset[str]
    absence: frozenset[str]
    by_oid: Mapping[str, SystemRule]
    systems: tuple[SystemRule, ...]


@cache
def _table(key: str, country: str) -> _Table:
    profile = country_profile(key, country) if country else all_profiles()[key]
    by_oid: dict[str, SystemRule] = {}
    for rule in profile.system:
        for oid in rule.oids:
            by_oid.setdefault(oid, rule)
    not_applicable = frozenset(row.path for row in profile.coded if row.usage == "NA")
    return _Table(not_applicable, frozenset(profile.absence.systems), by_oid, profile.system)


def check_bindings(
    document: Document, mapped: tuple[Mapped, ...], profile: Profile, terminology: Terminology, report: Report
) -> None:
    """Findings on the codes of a document of which ``mapped`` says how they stand."""
    english = base_language(document.language) == "en"
    table, roles = _table(profile.key, profile.country), document.roles
    said: set[tuple[str, str, str]] = set()
    for value, found in zip(document.codes, mapped, strict=True):
        standing = found.standing
        if standing in _SKIPPED:
            continue
        system = value.system
        path = roles.get(value.index, "")
        key = path, system, value.code
        if key in said:
            continue
        said.add(key)
        if path in table.not_applicable:
            report.add("TRM-021", value.element, path=path)
        if system in table.absence and path and not path.endswith(".absent"):
            report.add("TRM-020", value.element, code=value.code, path=path)
        if value.system_name or standing in _UNKNOWN:
            own = table.by_oid.get(system) or table.by_oid.get(found.system)
            if own is not None:
                _check_system(value, standing, own, table.systems, report)
        if standing is Standing.KNOWN:
            _check_concept(value, found, english and path not in _TITLES, terminology, report)


def _check_concept(value: CodedValue, found: Mapped, english: bool, terminology: Terminology, report: Report) -> None:
    """A code that is no longer in force; English words that speak of something else."""
    concept = terminology.concept(found.system, found.code)
    if concept is not None and concept.status != CURRENT:
        successor = terminology.replacement(found.system, found.code)
        target = successor.target_code if successor is not None else "-"
        report.add("TRM-018", value.element, code=value.code, system=value.system, target=target)
    if english and value.display and found.value_sets and not found.transcoded:
        held = [d.text for d in terminology.designations(found.system, found.code)]
        if held and _contradicts(_first_words(value), [found.english, *held]):
            report.add("TRM-016", value.element, code=value.code, system=value.system)


def _first_words(value: CodedValue) -> str:
    """The author's words: a document translated before keeps them in its history of the same code."""
    words, inner = value.display, value.translations[:1]
    while inner and (inner[0].code, inner[0].system) == (value.code, value.system):
        words = inner[0].display or words
        inner = inner[0].translations[:1]
    return words


def _contradicts(said: str, held: list[str]) -> bool:
    """True when no significant word of what is said has a relative in any of the catalogue's words.

    Words in another script are in another language; a misspelling is no other meaning.
    """
    if not said.isascii() or said in held:
        return False
    said = said[:_LONGEST]
    stems = set(_stems(said))
    known = [set(_stems(words)) for words in held]
    if not stems or not any(known) or any(stems & words for words in known):
        return False
    return not any(_alike(said, words) for words in held)


def _alike(said: str, held: str) -> bool:
    return SequenceMatcher(None, said.casefold(), held.casefold()).ratio() > _ALIKE


def _stems(words: str) -> Iterator[str]:
    return (word[:_STEM] for word in _WORD.findall(words.casefold()) if word not in _EMPTY)


def _check_system(
    value: CodedValue, standing: Standing, own: SystemRule, systems: tuple[SystemRule, ...], report: Report
) -> None:
    """The name of another code system beside the OID; a code that has the form of another code system's."""
    name = value.system_name.casefold()
    if name and not any(word in name for word in own.words):
        named = next((rule for rule in systems if rule is not own and any(word in name for word in rule.words)), None)
        if named is not None:
            report.add("TRM-017", value.element, system=value.system, name=named.name)
    if standing in _UNKNOWN and own.form and not _form(own.form).fullmatch(value.code):
        other = next((r for r in systems if r is not own and r.form and _form(r.form).fullmatch(value.code)), None)
        if other is not None:
            report.add("TRM-022", value.element, code=value.code, system=own.name, other=other.name)


@cache
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
