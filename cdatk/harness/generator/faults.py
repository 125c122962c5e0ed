"""Faults to put into generated documents: ten that break a file, and some that only leave findings.

The rule: a fault is one function from bytes to bytes and one line in the table; each breaks one thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

Fault = Callable[[bytes], bytes]

BREAKING: Final = MappingProxyType[str, Fault]({
    "empty": lambda data: b"",
    "cut-off": lambda data: data[: len(data) * 2 // 3],
    "not-xml": lambda data: b"%PDF-1.7\n" + data[:200],
    "doctype": lambda data: data.replace(b"<ClinicalDocument", b"<!DOCTYPE x><ClinicalDocument", 1),
    "encoding": lambda data: data.replace(b"<title>", b"<title>\xe9\xe8 ", 1),
    "entity": lambda data: data.replace(b"<title>", b"<title>&eacute;", 1),
    "tags": lambda data: data.replace(b"</title>", b"</titel>", 1),
    "other-root": lambda data: data.replace(b"ClinicalDocument", b"Bundle"),
    "no-namespace": lambda data: data.replace(b' xmlns="urn:hl7-org:v3"', b"", 1),
    "too-deep": lambda data: data.replace(b"<title>", b"<title>" + b"<b>" * 300 + b"</b>" * 300, 1),
})  # fmt: skip
"""Faults after which no output can be made."""

MILD: Final = MappingProxyType[str, Fault]({
    "unknown-code": lambda data: _first(rb'"CD" code="[^"]*"', b'"CD" code="ZZ99.99"', data),
    "unknown-system": lambda data: _first(rb'codeSystem="2.16.840.1.113883.6.73"', b'codeSystem="2.999.9.1"', data),
    "impossible-date": lambda data: _first(rb'<birthTime value="[0-9]*"', b'<birthTime value="20011341"', data),
    "no-author": lambda data: _first(rb"<author>.*?</author>\n", b"", data),
    "dangling-reference": lambda data: _first(rb'value="#n1"', b'value="#nowhere"', data),
})  # fmt: skip
"""Faults that leave findings; the document is converted all the same."""

FAULTS: Final = MappingProxyType[str, Fault]({**BREAKING, **MILD})


def _first(pattern: bytes, new: bytes, data: bytes) -> bytes:
    return re.sub(pattern, new, data, count=1, flags=re.DOTALL)
