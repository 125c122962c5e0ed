"""Checks that need more than XPath, or less: true where an element may break a rule.

The rule: a check looks at one element and its near relations, keeps nothing and reports nothing. Where a row has an
XPath too, both must agree; a check may then let pass too much, never too little. A choice picks among the elements
that its row's check let pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from cdatk.safe_xml import HL7, XSI_TYPE, Element, local

Check = Callable[[Element], bool]
Choice = Callable[[Sequence[Element]], list[Element]]

_TIME: Final = re.compile(
    r"(\d{4})(?:(0[1-9]|1[0-2])(?:(0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-4])(?:[0-5]\d(?:[0-5]\d(?:\.\d+)?)?)?)?)?)?"
    r"(?:[+-]\d{4})?",
    re.ASCII,
)
# most times, found sooner: a whole date that exists in every year, perhaps with hour and minute
_PLAIN: Final = re.compile(
    r"\d{4}(?:(?:0[13-9]|1[0-2])(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|1\d|2[0-8])|(?:0[13578]|1[02])31)"
    r"(?:(?:[01]\d|2[0-4])[0-5]\d(?:[0-5]\d)?(?:[+-]\d{4})?)?",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_OID: Final = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
# the first digit is sought once, lest a hostile value costs its square
_PHONE: Final = re.compile(r"(?i:tel|fax):[A-Za-z+().,;=/%#*-]*[0-9][0-9A-Za-z+().,;=/%#*-]*")
_POSITIVE: Final = re.compile(r"0*(?:[1-9]\d*(?:\.\d*)?|\.?0*[1-9]\d*)", re.ASCII)
_COUNT: Final = re.compile(r"100|[1-9][0-9]?")
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY: Final = 8  # digits of a date that is precise to the day
_SHORTEST: Final = "28"  # days that every month has


def is_time(value: str) -> bool:
    """True for a point in time of HL7 V3 that exists in the calendar."""
    if _PLAIN.fullmatch(value) is not None:
        return True
    match = _TIME.fullmatch(value) or _TIME.fullmatch(value.strip())
    if match is None:
        return False
    year, month, day = match.groups()
    return day is None or day <= _SHORTEST or _in_calendar(int(year), int(month), int(day))


def _in_calendar(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= _LENGTHS[month - 1] and (month != 2 or day < 29 or leap)


def is_number(value: str) -> bool:
    """True for a number of HL7 V3 (REAL)."""
    return value.isdecimal() or _NUMBER.fullmatch(value.strip()) is not None


def descending(low: Element) -> bool:
    """A low above its high. Times are compared to the digits both have, and only in the same zone."""
    parent = low.getparent()
    high = parent.find(f"{{{HL7}}}high") if parent is not None else None
    if high is None:
        return False
    first, last = low.get("value", "").strip(), high.get("value", "").strip()
    if is_time(first) and is_time(last) and _is_of_time(low):
        start, end = re.split(r"[.+-]", first, maxsplit=1)[0], re.split(r"[.+-]", last, maxsplit=1)[0]
        length = min(len(start), len(end), _DAY if _zone(first) != _zone(last) else len(start))
        return start[:length] > end[:length]
    if is_number(first) and is_number(last) and low.get("unit") == high.get("unit"):
        return float(first) > float(last)
    return False


def _is_of_time(low: Element) -> bool:
    parent = low.getparent()
    if low.get("unit") is not None or parent is None or local(parent) in ("doseQuantity", "rateQuantity"):
        return False
    return local(parent) != "value" or parent.get(XSI_TYPE, "").endswith("IVL_TS")


def _zone(value: str) -> str:
    return value[-5:] if len(value) > 5 and value[-5] in "+-" else ""


@lru_cache(maxsize=4096)
def is_identifier(root: str) -> bool:
    """True for an OID or a UUID, the two roots an identifier may have. Documents share most of them."""
    return _UUID.fullmatch(root) is not None or (len(root) <= 64 and _OID.fullmatch(root) is not None)


def bad_language(element: Element) -> bool:
    """A language code that is not language and country (en-GB)."""
    return _LANGUAGE.fullmatch(element.get("code", "")) is None


def bad_telecom(element: Element) -> bool:
    """A value that is no URL, or a telephone number nobody could dial."""
    value = element.get("value")
    if value is None or _PHONE.fullmatch(value) is not None or element.get("nullFlavor") is not None:
        return False
    value = value.strip()
    if value[:4].lower() in ("tel:", "fax:"):
        return _PHONE.fullmatch(value.replace("%20", "")) is None
    return _URI.fullmatch(value) is None


def null(element: Element) -> bool:
    """An element that says it is null."""
    return element.get("nullFlavor") is not None


def unusual_words(element: Element) -> bool:
    """Words between the parts of an element, or none of its own nor in a part (perhaps some further down)."""
    own = element.text
    if own and not own.isspace():
        return len(element) > 0
    within = False
    for part in element:
        if not within:
            words = part.text
            within = words is not None and not words.isspace() and isinstance(part.tag, str)
        tail = part.tail
        if tail and not tail.isspace():
            return True
    return not within


def strange_dose(element: Element) -> bool:
    """A dose with bounds, or of another number than a positive one."""
    return len(element) > 0 or _POSITIVE.fullmatch(element.get("value", "1")) is None


def strange_count(element: Element) -> bool:
    """A number of packages that is not one to a hundred."""
    return _COUNT.fullmatch(element.get("value", "1")) is None


def beside_value(nulls: Sequence[Element]) -> list[Element]:
    """Of null elements those with a brother of their name that is not null; brothers are asked once, however many."""
    beside: dict[Element | None, bool] = {}
    for element in nulls:
        parent = element.getparent()
        if parent not in beside:
            brothers = parent.iterchildren(element.tag) if parent is not None else ()
            beside[parent] = any(not null(brother) for brother in brothers)
    return [element for element in nulls if beside[element.getparent()]]


CHECKS: Final = MappingProxyType[str, Check]({
    "language": bad_language,
    "null": null,
    "strange-count": strange_count,
    "strange-dose": strange_dose,
    "telecom": bad_telecom,
    "unusual-words": unusual_words,
})  # fmt: skip
CHOICES: Final = MappingProxyType[str, Choice]({
    "beside-value": beside_value,
})  # fmt: skip
