"""What every reading function shares: the numbering of codes, the narrative index, the report.

The rule: each coded value of the document that can be looked up passes through ``Reader.coded`` exactly once and
gets its number there; labels decide by data of the profile what a nested statement is.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec
from lxml.etree import XPath, _Element

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Qualifier, Statement
from cdatk.profiles import Profile
from cdatk.safe_xml import NAMES, ByTag, Element, children

UNNUMBERED = frozenset({"statusCode", "realmCode", "languageCode", "signatureCode", "country", "translation"})
BREAKING = frozenset(
    {"paragraph", "list", "item", "table", "tr", "td", "th", "br", "caption", "text", "thead", "tbody"}
)
# What stands between the words of an element and those around it; None for what is no element.
_GAPS: Final[ByTag[str | None]] = ByTag(dict.fromkeys(BREAKING, " "), "", None)


def words(element: Element) -> str:
    """Text of an element with blanks normalised; blocks and cells are separated by a blank."""
    if not len(element):
        text = element.text
        return " ".join(text.split()) if text else ""
    parts: list[str] = []
    _collect(element, parts)
    return " ".join("".join(parts).split())


def _collect(element: Element, parts: list[str]) -> None:
    text = element.text
    if text:
        parts.append(text)
    for child in children(element) if len(element) else ():
        gap = _GAPS[child.tag]
        if gap:
            parts.append(gap)
            _collect(child, parts)
            parts.append(gap)
        elif gap is not None:
            _collect(child, parts)
        tail = child.tail
        if tail:
            parts.append(tail)


_OWNERS = XPath("/descendant-or-self::*/@ID/..")  # from the attributes up: a third of the time of //*[@ID]


def _with_ids(root: Element) -> dict[str, Element]:
    """Elements by their ID; the last one where an ID stands twice."""
    found = _OWNERS(root)
    owners = found if isinstance(found, list) else ()
    return {owner.get("ID", ""): owner for owner in owners if isinstance(owner, _Element)}


class _Labels(msgspec.Struct, frozen=True):
    """What a profile says of nested statements and of absence, ready to be asked."""

    by_code: dict[str, str]
    by_template: dict[str, str]
    absent_systems: frozenset[str]
    absent_codes: frozenset[str]


@lru_cache(maxsize=256)
def _labels(profile: Profile) -> _Labels:
    return _Labels(
        {code: row.field for row in profile.label for code in row.codes},
        {template: row.field for row in profile.label for template in row.templates},
        frozenset(profile.absence.systems),
        frozenset(profile.absence.codes),
    )


class Reader:
    """State of reading one document; thrown away afterwards."""

    __slots__ = ("_dangling", "_labels", "_resolved", "codes", "ids", "profile", "report", "roles", "units")

    def __init__(self, root: Element, profile: Profile, report: Report) -> None:
        self.profile = profile
        self.report = report
        self.codes: list[CodedValue] = []
        self.roles: dict[int, str] = {}
        self.ids: dict[str, Element] = _with_ids(root)
        self.units: dict[str, None] = {}  # in the order met
        self._labels = _labels(profile)
        self._resolved: dict[str, str] = {}
        self._dangling: set[str] = set()

    def coded(self, element: Element, name: str) -> CodedValue:
        """A coded value with its number; children other than text, qualifiers and translations do not exist in CD."""
        original = reference = ""
        translations: tuple[CodedValue, ...] = ()
        qualifiers: tuple[Qualifier, ...] = ()
        if len(element):  # most codes are bare
            original, reference, translations, qualifiers = self._inside(element)
        get = element.get
        codes = self.codes
        numbered = name not in UNNUMBERED
        value = CodedValue(
            element,
            name,
            len(codes) if numbered else -1,
            get("code", "").strip(),
            get("codeSystem", "").strip(),
            get("displayName", "").strip(),
            get("codeSystemName", ""),
            get("codeSystemVersion", ""),
            get("nullFlavor", ""),
            original,
            reference,
            translations,
            qualifiers,
        )
        if numbered:
            codes.append(value)
        return value

    def _inside(self, element: Element) -> tuple[str, str, tuple[CodedValue, ...], tuple[Qualifier, ...]]:
        """Original text, its reference, translations and qualifiers of a code."""
        original = reference = ""
        translations: tuple[CodedValue, ...] = ()
        qualifiers: tuple[Qualifier, ...] = ()
        for child in children(element):
            tag = NAMES[child.tag]
            if tag == "originalText":
                original, reference = self.text_of(child)
            elif tag == "translation":
                translations += (self.coded(child, "translation"),)
            elif tag == "qualifier":
                qualifiers += (self._qualifier(child),)
        return original, reference, translations, qualifiers

    def _qualifier(self, element: Element) -> Qualifier:
        name = value = None
        for child in children(element):
            match NAMES[child.tag]:
                case "name":
                    name = self.coded(child, "qualifier-name")
                case "value":
                    value = self.coded(child, "qualifier-value")
        return Qualifier(name, value, element.get("inverted") == "true")

    def text_of(self, element: Element) -> tuple[str, str]:
        """Words of an ED element and the reference it holds; a reference into the narrative is resolved."""
        parts = children(element)
        text = element.text
        if not parts:
            return " ".join(text.split()) if text else "", ""
        found: Element | None = parts[0]
        if found is None or NAMES[found.tag] != "reference":
            found = next((child for child in parts if NAMES[child.tag] == "reference"), None)
            if found is None:
                return words(element), ""
        reference = found.get("value", "")
        bare = len(parts) == 1 and (text is None or text.isspace())  # most texts are one reference
        inline = "" if bare and not _says(found) else words(element)
        if inline or not reference.startswith("#"):
            return inline, reference
        known = self._resolved.get(reference)
        return (known if known is not None else self._narrative(element, reference)), reference

    def _narrative(self, element: Element, reference: str) -> str:
        """The words that a reference points to; several codes of an entry often share one."""
        target = self.ids.get(reference[1:])
        if target is None:
            if reference not in self._dangling:
                self._dangling.add(reference)
                self.report.add("CDA-016", element, reference=reference if reference != "#" else "(#)")
            return ""
        said = self._resolved[reference] = words(target)
        return said

    def bind(self, path: str, values: Iterable[CodedValue | None]) -> None:
        """Say which coded path of the profile these values stand at."""
        for value in values:
            if value is not None and value.index >= 0:
                self.roles[value.index] = path

    def bind_one(self, path: str, value: CodedValue | None) -> None:
        """Say which coded path of the profile a value stands at."""
        if value is not None and value.index >= 0:
            self.roles[value.index] = path

    def label(self, statement: Statement) -> str:
        """What a nested statement is ("status", "severity", "note" …), "" when nothing says so."""
        labels = self._labels
        code = statement.code
        if code is not None and code.code:
            field = labels.by_code.get(code.code)
            if field:
                return field
        for template in statement.template_ids:
            field = labels.by_template.get(template)
            if field:
                return field
        return ""

    def absence(self, values: Iterable[CodedValue | None]) -> CodedValue | None:
        """The first "no known …" or "no information" code among these."""
        for value in values:
            if self.is_absence(value):
                return value
        return None

    def is_absence(self, value: CodedValue | None) -> bool:
        """True for a "no known …" or "no information" code."""
        if value is None or not value.code:
            return False
        labels = self._labels
        return value.system in labels.absent_systems or value.code in labels.absent_codes


def _says(reference: Element) -> bool:
    """Whether words stand in a reference or behind it."""
    tail = reference.tail
    return (tail is not None and not tail.isspace()) or len(reference) > 0 or bool(reference.text)
