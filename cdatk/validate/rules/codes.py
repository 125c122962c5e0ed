"""How coded values are written: words without a code, a code without words, null and not null.

The rule: only the form is looked at; what a code means is the business of the mapping stage.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Document
from cdatk.profiles import GUIDES, Guide, Profile
from cdatk.safe_xml import Element, local

_NULL_WITH_CONTENT = frozenset({"OTH", "NA"})  # the flavours that may explain themselves
_LABELS = frozenset({"event"})  # an event of a dosage has no words: its data type forbids them


def check_codes(document: Document, profile: Profile, guide: Guide, report: Report) -> None:
    """The coded values of the document; documents older than 2020 were free to leave out displayName."""
    broken: dict[tuple[str, str], list[Element]] = {}
    structural = frozenset(profile.structural.systems)
    newer = guide != GUIDES[0]
    for value in document.codes:
        worded = newer and value.system not in structural
        if not value.translations and not value.null_flavor and (value.display or not worded):
            continue  # nothing can be wrong with it
        for code, row, element in _faults(value, worded):
            broken.setdefault((code, row), []).append(element)
    for (code, row), found in broken.items():
        report.add(code, found[0], element=local(found[0]), row=row, count=len(found))


def _faults(value: CodedValue, worded: bool) -> Iterator[tuple[str, str, Element]]:
    if value.null_flavor:
        if value.code or value.display or value.element.get("value"):
            yield "CDA-037", "null-code", value.element
        elif value.null_flavor not in _NULL_WITH_CONTENT and (
            value.translations or value.system or value.system_name or value.original_text or value.reference
        ):
            yield "CDA-038", "null-null", value.element
    elif worded and value.code and not value.display and value.name not in _LABELS:
        yield "CDA-043", "display-name", value.element
    if value.translations:
        yield from _of_translations(value, worded)


def _of_translations(value: CodedValue, worded: bool) -> Iterator[tuple[str, str, Element]]:
    seen = set()
    for inner in value.translations:
        key = inner.system, inner.code, inner.display
        if inner.display and not inner.code:
            yield "CDA-042", "words-without-code", inner.element
        elif worded and inner.code and not inner.display:
            yield "CDA-043", "display-name", inner.element
        if key in seen:
            yield "CDA-042", "translation-twice", inner.element
        seen.add(key)
        if inner.translations:
            yield from _of_translations(inner, worded)
