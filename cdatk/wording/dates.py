"""HL7 moments and intervals in words.

The rule: a date is said with exactly the precision it has; digits that are no date are shown as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from cdatk.model import Interval, Moment
from cdatk.wording.durations import duration
from cdatk.wording.locales import NBSP, base, months
from cdatk.wording.nulls import null_word

_DIGITS: Final = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d+))?)?)?)?)?)?([+-]\d\d(?:\d\d)?)?"
)

# Which words lead a date: first for a full date, second for a month or a year alone.
_LEADS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType({
    "fr": {
        "on": ("le {}", "en {}"),
        "from": ("du {}", "de {}"),
        "to": ("au {}", "à {}"),
        "since": ("depuis le {}", "depuis {}"),
        "start": ("à partir du {}", "à partir de {}"),
        "until": ("jusqu'au {}", "jusqu'en {}"),
        "about": ("vers le {}", "vers {}"),
    },
    "en": {
        "on": ("on {}", "in {}"),
        "from": ("from {}", "from {}"),
        "to": ("to {}", "to {}"),
        "since": ("since {}", "since {}"),
        "start": ("from {}", "from {}"),
        "until": ("until {}", "until {}"),
        "about": ("around {}", "around {}"),
    },
})  # fmt: skip


class Stamp(NamedTuple):
    """The parts of a TS value; None where the precision ends before it."""

    year: int
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    zone: str = ""


@lru_cache(maxsize=1024)
def stamp(digits: str) -> Stamp | None:
    """The parts of an HL7 TS (``YYYY[MM[DD[HH[MM[SS[.f]]]]]][+-ZZ[ZZ]]``), None when it is no real moment."""
    match = _DIGITS.fullmatch(digits.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(g) if g else None for g in match.groups()[:6])
    if year is None or (hour or 0) > 23 or (minute or 0) > 59 or (second or 0) > 60:
        return None
    try:
        date(year, month if month is not None else 1, day if day is not None else 1)
    except ValueError:
        return None
    return Stamp(year, month, day, hour, minute, second, match[8] or "")


@lru_cache(maxsize=1024)
def moment_words(digits: str, language: str) -> str:
    """As "3 mars 2024", "mars 2024", "2024", "3 mars 2024 à 14 h 05"; other digits as written."""
    parts = stamp(digits)
    if parts is None:
        return digits
    day = _day(parts, language)
    clock = clock_words(parts, language)
    if not clock:
        return day
    return f"{day} à {clock}" if base(language) == "fr" else f"{day} at {clock}"


def moment_title(digits: str, language: str) -> str:
    """The same with seconds and time zone, for a title: "3 mars 2024 à 14 h 05 min 30 s (UTC+01:00)"."""
    parts = stamp(digits)
    words = moment_words(digits, language)
    if parts is None:
        return words
    if parts.second is not None:
        seconds = f"{parts.second:02d}"
        words += f"{NBSP}min{NBSP}{seconds}{NBSP}s" if base(language) == "fr" else f":{seconds}"
    if parts.zone:
        words += f" (UTC{parts.zone[:3]}:{parts.zone[3:] or '00'})"
    return words


def clock_words(parts: Stamp, language: str) -> str:
    """As "14 h 05", "14 h" when only the hour stands there, "" without a time."""
    if parts.hour is None:
        return ""
    if base(language) == "fr":
        minutes = f"{NBSP}{parts.minute:02d}" if parts.minute is not None else ""
        return f"{parts.hour}{NBSP}h{minutes}"
    return f"{parts.hour:02d}:{parts.minute or 0:02d}"


def _day(parts: Stamp, language: str) -> str:
    if parts.month is None:
        return f"{parts.year:04d}"
    name = f"{months(language)[parts.month - 1]} {parts.year:04d}"
    if parts.day is None:
        return name
    first = "1er" if parts.day == 1 and base(language) == "fr" else str(parts.day)
    return f"{first} {name}"


@lru_cache(maxsize=1024)
def dated(lead: str, digits: str, language: str) -> str:
    """A moment with the words that lead it; ``lead`` is on, from, to, since, start, until or about."""
    parts = stamp(digits)
    full, partial = _LEADS[base(language)][lead]
    words = moment_words(digits, language)
    if parts is not None and parts.day is not None:
        return full.format(words)
    if parts is None and lead == "on":
        return words
    if parts is None and base(language) == "fr" and lead == "until":
        return f"jusqu'à {words}"
    said = partial.format(words)
    return re.sub(r"\b(d)e (?=[aeoAEO])", r"\1'", said) if base(language) == "fr" else said


def interval_words(interval: Interval, language: str) -> str:
    """As "du 3 mars 2024 au 1er avril 2024", "depuis le …", "jusqu'au …", "le …", "date inconnue", or "".

    An end that stands there as unknown is said, so that "depuis" never hides it.
    """
    low, high = _digits(interval.low), _digits(interval.high)
    if interval.width is not None and interval.width.value:
        return _with_width(interval, low, high, language)
    if low and high:
        if low == high:
            return dated("on", low, language)
        return f"{dated('from', low, language)} {dated('to', high, language)}"
    if low:
        return _open_end(low, interval.high.null_flavor if interval.high is not None else "", language)
    if high:
        return dated("until", high, language)
    if interval.value:
        return dated("on", interval.value, language)
    center = _digits(interval.center)
    return dated("about", center, language) if center else _null_date(interval, language)


def is_empty(interval: Interval) -> bool:
    """True when an interval holds no date and no length, only nulls or nothing."""
    if interval.value:
        return False
    for part in (interval.low, interval.high, interval.center, interval.width):
        if part is not None and part.value:
            return False
    return True


def _digits(moment: Moment | None) -> str:
    return moment.value if moment is not None else ""


def _with_width(interval: Interval, low: str, high: str, language: str) -> str:
    if interval.width is None:
        return ""
    words = [("pendant " if base(language) == "fr" else "for ") + duration(interval.width, language)]
    if low or interval.value:
        words.append(dated("start", low or interval.value, language))
    if high:
        words.append(dated("until", high, language))
    return ", ".join(words)


@lru_cache(maxsize=1024)
def _open_end(low: str, flavor: str, language: str) -> str:
    french = base(language) == "fr"
    if flavor == "PINF":
        return f"{dated('since', low, language)}, {'sans date de fin' if french else 'without an end date'}"
    if flavor in ("", "NA"):
        return dated("since", low, language)
    end = "fin" if french else "end"
    return f"{dated('start', low, language)}, {end} {null_word(flavor, language, feminine=True)}"


def _null_date(interval: Interval, language: str) -> str:
    """The words "date inconnue" where the document says so; "" where it says nothing or "not applicable"."""
    bounds = [m.null_flavor for m in (interval.low, interval.high) if m is not None]
    flavor = next((f for f in (interval.null_flavor, *bounds) if f), "")
    if flavor in ("", "NA"):
        return ""
    return f"date {null_word(flavor, language, feminine=True)}"


def age_words(birth: str, at: str, language: str) -> str:
    """Age at a moment: "62 ans", "8 mois" under two years, "12 jours" under one month; "" when unknown.

    A birth date given as a year or month may leave two ages open; both are then said ("61 ou 62 ans").
    """
    born, now = stamp(birth), stamp(at)
    if born is None or now is None or _last_day(now) < _first_day(born):
        return ""
    most = _months_between(_first_day(born), _last_day(now))
    least = _months_between(_last_day(born), _first_day(now))
    if most < 24:
        return _small_age(born, now, max(least, 0), most, language)
    years = sorted({max(least, 0) // 12, most // 12})
    return _ages(years, "ans", "years", language)


def _first_day(parts: Stamp) -> tuple[int, int, int]:
    return parts.year, parts.month or 1, parts.day or 1


def _last_day(parts: Stamp) -> tuple[int, int, int]:
    return parts.year, parts.month or 12, parts.day or 31


def _months_between(first: tuple[int, int, int], last: tuple[int, int, int]) -> int:
    return (last[0] - first[0]) * 12 + last[1] - first[1] - (last[2] < first[2])


def _small_age(born: Stamp, now: Stamp, least: int, most: int, language: str) -> str:
    if most == 0 and born.month and born.day and now.month and now.day:
        days = (date(now.year, now.month, now.day) - date(born.year, born.month, born.day)).days
        return _ages([days], "jours" if days >= 2 else "jour", "days" if days != 1 else "day", language)
    if most == 0:
        return "moins d'un mois" if base(language) == "fr" else "under one month"
    if most - least > 1:
        return _ages(sorted({least // 12, most // 12}), "an", "years", language)
    return _ages(sorted({least, most}), "mois", "months" if most != 1 else "month", language)


def _ages(numbers: list[int], french: str, english: str, language: str) -> str:
    word, joint = (french, " ou ") if base(language) == "fr" else (english, " or ")
    return f"{joint.join(str(n) for n in numbers)}{NBSP}{word}"
