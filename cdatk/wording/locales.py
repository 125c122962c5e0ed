"""CLDR through Babel: the only module that loads a locale.

The rule: Babel is imported on first use (it costs more than a whole conversion) and each locale is made once
per process.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from babel import Locale

NBSP: Final = "\u00a0"
"""No-break space: between a number and its unit, and before : ; ? ! % in French."""


@lru_cache(maxsize=256)
def main_language(tag: str) -> str:
    """The first subtag of a language tag, in small letters ("pt-PT" -> "pt")."""
    return tag.partition("-")[0].lower()


@lru_cache(maxsize=256)
def base(language: str) -> str:
    """``fr`` or ``en`` for a language tag; languages cdatk has no words for are answered in English."""
    return "fr" if main_language(language) == "fr" else "en"


@cache
def locale(language: str) -> Locale:
    """The CLDR locale for words in a language: fr, or British English (day before month)."""
    from babel import Locale

    return Locale("fr") if base(language) == "fr" else Locale("en", "GB")


@cache
def months(language: str) -> tuple[str, ...]:
    """Names of the twelve months as they stand inside a date."""
    names = locale(language).months["format"]["wide"]
    return tuple(str(names[number]) for number in range(1, 13))


@cache
def weekdays(language: str) -> tuple[str, ...]:
    """Names of the days from Monday to Sunday."""
    names = locale(language).days["format"]["wide"]
    return tuple(str(names[number]) for number in range(7))
