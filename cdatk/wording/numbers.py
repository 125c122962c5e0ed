"""Numbers as a reader writes them, and which of them take a plural.

The rule: the digits stay as written ("0.50" is "0,50"); what is no plain decimal number is shown unchanged.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from cdatk.wording.locales import base, locale

_NUMBER: Final = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?")


@cache
def _symbols(language: str) -> tuple[str, str]:
    """Decimal sign and thousands separator of CLDR (in French the comma and U+202F)."""
    symbols = locale(language).number_symbols
    latin = symbols.get("latn", symbols)
    return str(latin["decimal"]), str(latin["group"])


@lru_cache(maxsize=1024)
def number(text: str, language: str) -> str:
    """A decimal number (xs:decimal) with the reader's decimal sign and thousands separator.

    A missing zero before the sign is written (".5" is "0,5": a lost point would make it five).
    """
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return text
    decimal, group = _symbols(language)
    sign, whole, fraction = match[1], match[2] or "0", match[3]
    first = len(whole) % 3 or 3
    grouped = group.join([whole[:first], *(whole[i : i + 3] for i in range(first, len(whole), 3))])
    return f"{sign}{grouped}{decimal}{fraction}" if fraction else f"{sign}{grouped}"


def as_decimal(text: str) -> Decimal | None:
    """The value of a decimal number, or None for anything else (words, exponents, nothing)."""
    match = _NUMBER.fullmatch(text)
    return Decimal(text) if match is not None and (match[2] or match[3]) else None


@lru_cache(maxsize=1024)
def is_plural(text: str, language: str) -> bool:
    """Whether a thing counted by this number stands in the plural.

    French: from 2 on (0, 0,5 and 1,5 are singular). English: everything but 1. What is no number is singular.
    """
    value = as_decimal(text)
    if value is None:
        return False
    return abs(value) >= 2 if base(language) == "fr" else abs(value) != 1
