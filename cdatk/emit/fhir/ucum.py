"""Whether a unit string is a UCUM unit.

The rule: a Quantity gets the UCUM system only when its unit can be read as UCUM; anything else stays plain text.
Follows UCUM 2.1 (terms, exponents, annotations) with the atoms of ``maps.toml``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cdatk.emit.fhir.tables import maps

_COMPONENT = re.compile(
    r"(?P<atom>(?:\[[^\[\]{}\s]+\]|[^\d./(){}\[\]+\-\s])+?|10[*^])(?P<power>[+-]?\d+)?(?:\{[^{}\s]*\})?"
)
_ANNOTATION = re.compile(r"\{[^{}\s]+\}")
_NUMBER = re.compile(r"[1-9]\d*(?:\{[^{}\s]*\})?")


@lru_cache(maxsize=4096)
def is_ucum(unit: str) -> bool:
    """True when ``unit`` is a case-sensitive UCUM unit, as far as its atoms are in the table."""
    if not unit or len(unit) > 64 or not unit.isascii():
        return False
    while True:
        inner = re.search(r"\(([^()]*)\)", unit)
        if inner is None:
            break
        if not _is_term(inner[1]):
            return False
        unit = unit[: inner.start()] + "1" + unit[inner.end() :]
    return _is_term(unit)


def _is_term(term: str) -> bool:
    parts = _split(term.removeprefix("/"))
    return all(_is_component(part) for part in parts)


def _split(term: str) -> list[str]:
    """Components of a term; the operators . and / inside brackets or braces do not count."""
    parts, start, depth = [], 0, 0
    for at, sign in enumerate(term):
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        elif sign in "./" and depth == 0:
            parts.append(term[start:at])
            start = at + 1
    return [*parts, term[start:]]


def _is_component(part: str) -> bool:
    if _NUMBER.fullmatch(part) or _ANNOTATION.fullmatch(part):
        return True
    found = _COMPONENT.fullmatch(part)
    return found is not None and _is_atom(found["atom"])


def _is_atom(atom: str) -> bool:
    table = maps().ucum
    if atom in table.plain or atom in table.metric:
        return True
    return any(atom[:size] in table.prefixes and atom[size:] in table.metric for size in (1, 2))
