"""Lengths of time in words: the seven UCUM units of time with their number.

The rule: a length keeps the unit and the digits it was written with; another unit is shown as written.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from cdatk.model import Quantity
from cdatk.wording.locales import NBSP, base
from cdatk.wording.numbers import is_plural, number


class TimeUnit(NamedTuple):
    """A unit of time: singular and plural in French and English; ``feminine`` in French."""

    one: str
    many: str
    english: str
    feminine: bool


TIME_UNITS: Final[Mapping[str, TimeUnit]] = MappingProxyType({
    "s": TimeUnit("seconde", "secondes", "second", True),
    "min": TimeUnit("minute", "minutes", "minute", True),
    "h": TimeUnit("heure", "heures", "hour", True),
    "d": TimeUnit("jour", "jours", "day", False),
    "wk": TimeUnit("semaine", "semaines", "week", True),
    "mo": TimeUnit("mois", "mois", "month", False),
    "a": TimeUnit("an", "ans", "year", False),
})  # fmt: skip


def time_word(unit: TimeUnit, value: str, language: str) -> str:
    """The word "heure" or "heures" as the number asks."""
    plural = is_plural(value, language)
    if base(language) == "fr":
        return unit.many if plural else unit.one
    return f"{unit.english}s" if plural else unit.english


def duration(quantity: Quantity, language: str) -> str:
    """As "7 jours"; "" without a value; other units as written."""
    if not quantity.value:
        return ""
    unit = TIME_UNITS.get(quantity.unit)
    word = time_word(unit, quantity.value, language) if unit is not None else quantity.unit
    return f"{number(quantity.value, language)}{NBSP}{word}" if word else number(quantity.value, language)
