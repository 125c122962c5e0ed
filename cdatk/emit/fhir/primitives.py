"""CDA literals as FHIR primitives: dates, instants, numbers, codes, strings, URIs.

The rule: precision is never changed. A year stays a year, 0.50 stays 0.50, and a time without a zone loses the time,
never gains a zone.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

_MONTH_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NUMBER = re.compile(r"([+-]?)0*(\d+)?(?:\.(\d*))?(?:[eE]([+-]?\d+))?")
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,8})")
_TIMESTAMP = re.compile(r"(\d{4,14})(\.\d+)?([+-]\d{4}|Z)?")
_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-[A-Za-z0-9]{5,8})*")
_BLANKS = re.compile(r"\s+")


class Stamp(msgspec.Struct, frozen=True):
    """A CDA time stamp: ``date`` as a FHIR date, ``time`` as hh:mm:ss[.f] or "", ``zone`` as ±hh:mm, Z or "".

    ``date_time`` is the FHIR dateTime: with the time only where the zone is known.
    """

    date: str
    date_time: str
    time: str = ""
    zone: str = ""


@lru_cache(maxsize=1024)
def stamp(value: str) -> Stamp | None:
    """Read YYYY[MM[DD[hh[mm[ss[.f]]]]]][±zzzz]; None when it is no date of the calendar.

    Seconds that are not given become ``00`` because FHIR has no shorter time; hours without minutes are dropped.
    """
    found = _TIMESTAMP.fullmatch(value)
    if found is None:
        return None
    digits, fraction, zone = found[1], found[2] or "", found[3] or ""
    date = _date(digits)
    if date is None or len(digits) in (5, 7, 9, 11, 13):
        return None
    if len(digits) < 12:
        return Stamp(date, date)
    hour, minute, second = digits[8:10], digits[10:12], digits[12:14] or "00"
    if hour > "23" or minute > "59" or second > "59":
        return None
    time = f"{hour}:{minute}:{second}{fraction if len(digits) == 14 else ''}"
    zone = _zone(zone)
    return Stamp(date, f"{date}T{time}{zone}" if zone else date, time, zone)


def in_order(start: str, end: str) -> bool:
    """True unless both are dates and the first is later than the second, as far as both are precise."""
    first, last = stamp(start), stamp(end)
    if first is None or last is None:
        return True
    size = min(len(first.date), len(last.date))
    if first.time and last.time and first.zone and last.zone:
        return datetime.fromisoformat(first.date_time) <= datetime.fromisoformat(last.date_time)
    return first.date[:size] <= last.date[:size]


def _date(digits: str) -> str | None:
    year, month, day = digits[:4], digits[4:6], digits[6:8]
    if year == "0000" or (month and not "01" <= month <= "12"):
        return None
    if day and not 1 <= int(day) <= _days(int(year), int(month)):
        return None
    return "-".join(part for part in (year, month, day) if part)


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 28 if month == 2 and not leap else _MONTH_DAYS[month - 1]


def _zone(zone: str) -> str:
    if len(zone) != 5:
        return zone
    hours, minutes = zone[1:3], zone[3:]
    if minutes > "59" or hours > "14" or (hours == "14" and minutes != "00"):
        return ""
    return f"{zone[0]}{hours}:{minutes}"


@lru_cache(maxsize=4096)
def number(value: str) -> msgspec.Raw | None:
    """A JSON number with the digits as written; None when it is no number."""
    found = _NUMBER.fullmatch(value.strip())
    if found is None or (found[2] is None and not found[3] and "0" not in value):
        return None
    sign = "-" if found[1] == "-" else ""
    fraction = f".{found[3]}" if found[3] else ""
    exponent = f"e{found[4]}" if found[4] else ""
    return msgspec.Raw(f"{sign}{found[2] or '0'}{fraction}{exponent}".encode())


def integer(value: str) -> int | None:
    """A FHIR integer, when ``value`` is one without sign or zeros in front."""
    return int(value) if _INTEGER.fullmatch(value) else None


@lru_cache(maxsize=4096)
def code(value: str) -> str:
    """A FHIR code: no blanks around, single blanks inside."""
    return " ".join(value.split())


def string(value: str) -> str:
    """A FHIR string; "" when nothing but white space is left."""
    return value.strip()


@lru_cache(maxsize=256)
def language(tag: str) -> str:
    """A BCP 47 tag, or "" when it cannot be one."""
    tag = tag.strip()
    return tag if _LANGUAGE.fullmatch(tag) else ""


@lru_cache(maxsize=4096)
def system_uri(system: str) -> str:
    """The URI of a code system or an identifier root that no table names; "" when it is neither OID, UUID nor URI."""
    if _OID.fullmatch(system):
        return f"urn:oid:{system}"
    if _UUID.fullmatch(system):
        return f"urn:uuid:{system.lower()}"
    if ("://" in system or system.startswith("urn:")) and not _BLANKS.search(system):
        return system
    return ""
