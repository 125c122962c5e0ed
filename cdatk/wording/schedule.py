"""When a medicine is taken, in words: periods, events of the day, and several timings together.

The rule: "3 fois par jour" is said where the document leaves the hours open (``institutionSpecified``),
"toutes les 8 heures" where it does not; phase and offset are always said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from cdatk.model import (
    EventTiming,
    Interval,
    Periodic,
    Quantity,
    QuantityRange,
    Term,
    TimeSet,
    Timing,
    Translation,
)
from cdatk.wording.dates import clock_words, dated, interval_words, is_empty, stamp
from cdatk.wording.durations import TIME_UNITS, duration
from cdatk.wording.geography import language_name
from cdatk.wording.locales import NBSP, base, main_language, weekdays
from cdatk.wording.nulls import null_word
from cdatk.wording.numbers import as_decimal

# "2 fois par jour" may be written 0.3333333333333333 d: how far a count may lie from a whole number.
_NEARLY: Final = Decimal("0.002")
_HOURS: Final[Mapping[str, Decimal]] = MappingProxyType({"min": Decimal(1) / 60, "h": Decimal(1), "d": Decimal(24)})


def timing_words(timing: Timing, translation: Translation) -> str:
    """One timing in words; "" where it says nothing."""
    match timing:
        case Interval():
            return "" if is_empty(timing) else interval_words(timing, translation.language)
        case Periodic():
            return _periodic(timing, translation)
        case EventTiming():
            return _event(timing, translation)
        case TimeSet():
            return schedule_words(_bounds_last(timing.parts), translation)


def _bounds_last(parts: tuple[Timing, ...]) -> tuple[Timing, ...]:
    """How often before how long; the order is kept where an operator depends on it."""
    if any(part.operator not in ("", "A") for part in parts):
        return parts
    return tuple(sorted(parts, key=lambda part: isinstance(part, Interval)))


def schedule_words(timings: tuple[Timing, ...], translation: Translation) -> str:
    """Several timings joined as their operators say: union "et", exclusion "sauf", else a comma."""
    french = base(translation.language) == "fr"
    said = ""
    before: Timing | None = None
    for timing in timings:
        words = timing_words(timing, translation)
        if not words:
            continue
        if said:
            said += _joint(before, timing, french)
        said += words
        before = timing
    return said


def _joint(before: Timing | None, timing: Timing, french: bool) -> str:
    if timing.operator == "E":
        return ", sauf " if french else ", except "
    # Two events of the day cannot be one moment: "A" between them is written for "and also".
    both_events = isinstance(before, EventTiming) and isinstance(timing, EventTiming)
    if timing.operator == "I" or both_events:
        return " et " if french else " and "
    return ", "


def _periodic(timing: Periodic, translation: Translation) -> str:
    language = translation.language
    parts = []
    if timing.period is not None and timing.period.value:
        parts.append(period_words(timing.period, timing.institution_specified is True, language))
    if timing.phase is not None:
        parts.append(_phase(timing, timing.phase, language))
    said = ", ".join(part for part in parts if part)
    if said and timing.null_flavor:
        source = "selon le document" if base(language) == "fr" else "in the document"
        said += f" ({null_word(timing.null_flavor, language)} {source})"
    return said


def period_words(period: Quantity, open_hours: bool, language: str) -> str:
    """As "toutes les 8 heures", "3 fois par jour", "une fois par semaine".

    ``open_hours`` is institutionSpecified: who gives the medicine chooses the hours, only the count binds.
    """
    value, french = as_decimal(period.value), base(language) == "fr"
    unit = TIME_UNITS.get(period.unit)
    if value is None or value <= 0 or unit is None:
        lead = f"période{NBSP}: " if french else "period: "
        return lead + duration(period, language)
    if open_hours or value < 1:
        counted = _count(value, period.unit, open_hours, language)
        if counted:
            return counted
    if value == 1 and period.unit not in ("s", "min", "h"):
        return _times(1, period.unit, language)
    if value == 1:
        return f"toutes les {unit.many}" if french else f"every {unit.english}"
    said = f"{'toutes' if unit.feminine else 'tous'} les " if french else "every "
    said += duration(period, language)
    if open_hours:
        said += ", horaires au choix" if french else ", at times of choice"
    return said


def _count(value: Decimal, unit: str, open_hours: bool, language: str) -> str:
    """As "3 fois par jour" for a part of a day, week …; "" where the count is no whole number."""
    if open_hours and unit == "d" and value == 7:
        return _times(1, "wk", language)
    if unit in _HOURS:
        per_day = _whole(24 / (value * _HOURS[unit]))
        if per_day and open_hours:
            return _times(per_day, "d", language)
        if per_day and value < 1 and unit == "d" and 24 % per_day == 0:
            exact = Quantity(value=str(24 // per_day), unit="h")
            return period_words(exact, False, language)
        return ""
    count = _whole(1 / value)
    return _times(count, unit, language) if count else ""


def _whole(count: Decimal) -> int:
    nearest = int(count.to_integral_value())
    return nearest if nearest >= 1 and abs(count - nearest) <= _NEARLY * nearest else 0


def _times(count: int, unit: str, language: str) -> str:
    names = TIME_UNITS[unit]
    if base(language) == "fr":
        often = "une fois" if count == 1 else f"{count}{NBSP}fois"
        return f"{often} par {names.one}"
    often = "once" if count == 1 else "twice" if count == 2 else f"{count} times"
    return f"{often} a {names.english}"


def _phase(timing: Periodic, phase: Interval, language: str) -> str:
    """Where in the period: the day of the week, the hour of the day, else the interval as it stands."""
    french = base(language) == "fr"
    start = stamp(phase.start)
    bounded = phase.high is not None and phase.high.value
    period = timing.period
    if start is None or start.day is None or bounded or period is None:
        return "" if is_empty(phase) else interval_words(phase, language)
    parts = []
    clock = clock_words(start, language)
    at = (f"à {clock}" if french else f"at {clock}") if clock else ""
    if (period.value, period.unit) in (("1", "wk"), ("7", "d")):
        day = weekdays(language)[date(start.year, start.month or 1, start.day).weekday()]
        parts.append(f"{'le' if french else 'on'} {day}" + (f" {at}" if at else ""))
    elif (period.value, period.unit) in (("1", "d"), ("24", "h")) and at:
        parts.append(at)
    else:
        parts.append(dated("start", phase.start, language))
    if phase.width is not None and phase.width.value:
        parts.append(f"{'pendant' if french else 'for'} {duration(phase.width, language)}")
    return ", ".join(parts)


def _event(timing: EventTiming, translation: Translation) -> str:
    parts = []
    if timing.event is not None and timing.event.index >= 0:
        parts.append(term_words(translation.of(timing.event), translation.language))
    if timing.offset is not None:
        parts.append(_offset(timing.offset, translation.language))
    return ", ".join(part for part in parts if part)


def _offset(offset: QuantityRange, language: str) -> str:
    """The shift against the event, with its sign as written."""
    french = base(language) == "fr"
    low, high = offset.low or offset.center, offset.high
    bounds = [duration(q, language) for q in (low, high) if q is not None and q.value]
    lead = f"décalage{NBSP}: " if french else "offset: "
    parts = [lead + (" à " if french else " to ").join(dict.fromkeys(bounds))] if bounds else []
    if offset.width is not None and offset.width.value:
        parts.append(f"{'pendant' if french else 'for'} {duration(offset.width, language)}")
    return ", ".join(parts)


def term_words(term: Term, language: str) -> str:
    """A term inside a sentence: small first letter; words of another language in quotes with its name."""
    text = term.text.rstrip(".")  # some catalogues define an event in a whole sentence
    if not text:
        return term.source.code
    if not term.language or main_language(term.language) == main_language(language):
        return text[0].lower() + text[1:] if len(text) > 1 and not text[1].isupper() else text
    return quoted(text, term.language, language)


def quoted(text: str, tag: str, language: str) -> str:
    """Words of another language in quotes, with the name of their language."""
    name = language_name(main_language(tag), language)
    return f"«{NBSP}{text}{NBSP}» (en {name})" if base(language) == "fr" else f"“{text}” (in {name})"
