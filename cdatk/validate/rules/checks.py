"""Checks that need more than XPath: true where the element breaks the rule.

The rule: a check looks at one element and its near relations, keeps nothing and reports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from cdatk.safe_xml import HL7, XSI_TYPE, Element, local

Check = Callable[[Element], bool]

_TIME: Final = re.compile(
    r"\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\d|3[01])(([01]\d|2[0-4])([0-5]\d([0-5]\d(\.\d+)?)?)?)?)?)?([+-]\d{4})?"
)
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_OID: Final = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_PHONE: Final = re.compile(r"(?i:tel|fax):[0-9A-Za-z+().,;=/%#*-]*[0-9][0-9A-Za-z+().,;=/%#*-]*")
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY: Final = 8  # digits of a date that is precise to the day


def is_time(value: str) -> bool:
    """True for a point in time of HL7 V3 that exists in the calendar."""
    value = value.strip()
    if not _TIME.fullmatch(value):
        return False
    digits = re.split(r"[.+-]", value, maxsplit=1)[0]
    return len(digits) < _DAY or _in_calendar(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))


def _in_calendar(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= _LENGTHS[month - 1] and (month != 2 or day < 29 or leap)


def is_number(value: str) -> bool:
    """True for a number of HL7 V3 (REAL)."""
    return _NUMBER.fullmatch(value.strip()) is not None


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


def is_identifier(root: str) -> bool:
    """True for an OID or a UUID, the two roots an identifier may have."""
    return _UUID.fullmatch(root) is not None or (len(root) <= 64 and _OID.fullmatch(root) is not None)


def bad_language(element: Element) -> bool:
    """A language code that is not language and country (en-GB)."""
    return _LANGUAGE.fullmatch(element.get("code", "")) is None


def bad_telecom(element: Element) -> bool:
    """A value that is no URL, or a telephone number nobody could dial."""
    value = element.get("value", "").strip()
    if value[:4].lower() in ("tel:", "fax:"):
        return _PHONE.fullmatch(value.replace("%20", "")) is None
    return _URI.fullmatch(value) is None


CHECKS: Final = MappingProxyType[str, Check]({
    "language": bad_language,
    "telecom": bad_telecom,
})  # fmt: skip
