"""What every reading function shares: the numbering of codes, the narrative index, the report.

The rule: each coded value of the document that can be looked up passes through ``Reader.coded`` exactly once and
gets its number there; labels decide by data of the profile what a nested statement is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.etree import XPath, _ElementUnicodeResult

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Qualifier, Statement
from cdatk.profiles import Profile
from cdatk.safe_xml import NAMES, Element, local

UNNUMBERED = frozenset({"statusCode", "realmCode", "languageCode", "signatureCode", "country", "translation"})
BREAKING = frozenset(
    {"paragraph", "list", "item", "table", "tr", "td", "th", "br", "caption", "text", "thead", "tbody"}
)
_BLANKS = re.compile(r"\s+")


def words(element: Element) -> str:
    """Text of an element with blanks normalised; blocks and cells are separated by a blank."""
    if not len(element):
        text = element.text
        return " ".join(text.split()) if text else ""
    parts: list[str] = []
    _collect(element, parts)
    return _BLANKS.sub(" ", "".join(parts)).strip()


_ID_ATTRIBUTES = XPath("/descendant-or-self::*/@ID")  # attributes, not elements: a third of the time of //*[@ID]


def _with_ids(root: Element) -> dict[str, Element]:
    """Elements by their ID; the last one where an ID stands twice."""
    found = _ID_ATTRIBUTES(root)
    owners: dict[str, Element] = {}
    for identity in found if isinstance(found, list) else ():
        owner = identity.getparent() if isinstance(identity, _ElementUnicodeResult) else None
        if owner is not None:
            owners[str(identity)] = owner
    return owners


def _reference(element: Element) -> tuple[str, bool]:
    """The first reference below a text, and whether nothing else can stand there: most texts are one reference."""
    found: Element | None = None
    for child in element:
        if found is None and NAMES[child.tag] == "reference":
            found = child
    if found is None:
        return "", False
    alone = (
        len(element) == 1 and not len(found) and not found.text and not _says(element.text) and not _says(found.tail)
    )
    return found.get("value", ""), alone


def _says(text: str | None) -> bool:
    return text is not None and not text.isspace()


def _collect(element: Element, parts: list[str]) -> None:
    if element.text:
        parts.append(element.text)
    for child in element:
        name = NAMES[child.tag]
        if name:
            breaking = name in BREAKING
            if breaking:
                parts.append(" ")
            _collect(child, parts)
            if breaking:
                parts.append(" ")
        if child.tail:
            parts.append(child.tail)


class Reader:
    """State of reading one document; thrown away afterwards."""

    __slots__ = ("_dangling", "absent_codes", "absent_systems", "by_code", "by_template", "codes", "ids", "profile",
                 "report", "roles", "units")  # fmt: skip

    def __init__(self, root: Element, profile: Profile, report: Report) -> None:
        self.profile = profile
        self.report = report
        self.codes: list[CodedValue] = []
        self.roles: dict[int, str] = {}
        self.ids: dict[str, Element] = _with_ids(root)
        self.units: dict[str, None] = {}  # in the order met
        self._dangling: set[str] = set()
        self.by_code = {code: row.field for row in profile.label for code in row.codes}
        self.by_template = {root_id: row.field for row in profile.label for root_id in row.templates}
        self.absent_systems = frozenset(profile.absence.systems)
        self.absent_codes = frozenset(profile.absence.codes)

    def coded(self, element: Element, name: str) -> CodedValue:
        """A coded value with its number; children other than text, qualifiers and translations do not exist in CD."""
        get = element.get
        original = reference = ""
        translations: tuple[CodedValue, ...] = ()
        qualifiers: tuple[Qualifier, ...] = ()
        if len(element):  # most codes are bare
            original, reference, translations, qualifiers = self._inside(element)
        index = len(self.codes) if name not in UNNUMBERED else -1
        value = CodedValue(
            element,
            name,
            index,
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
        if index >= 0:
            self.codes.append(value)
        return value

    def _inside(self, element: Element) -> tuple[str, str, tuple[CodedValue, ...], tuple[Qualifier, ...]]:
        """Original text, its reference, translations and qualifiers of a code."""
        original = reference = ""
        translations: list[CodedValue] = []
        qualifiers: list[Qualifier] = []
        for child in element:
            tag = NAMES[child.tag]
            if tag == "originalText":
                original, reference = self.text_of(child)
            elif tag == "translation":
                translations.append(self.coded(child, "translation"))
            elif tag == "qualifier":
                qualifiers.append(self._qualifier(child))
        return original, reference, tuple(translations), tuple(qualifiers)

    def _qualifier(self, element: Element) -> Qualifier:
        name = value = None
        for child in element:
            match local(child):
                case "name":
                    name = self.coded(child, "qualifier-name")
                case "value":
                    value = self.coded(child, "qualifier-value")
        return Qualifier(name, value, element.get("inverted") == "true")

    def text_of(self, element: Element) -> tuple[str, str]:
        """Words of an ED element and the reference it holds; a reference into the narrative is resolved."""
        reference, alone = _reference(element)
        inline = "" if alone else words(element)
        if inline or not reference.startswith("#"):
            return inline, reference
        target = self.ids.get(reference[1:])
        if target is None:
            self._say_dangling(element, reference)
            return "", reference
        return words(target), reference

    def _say_dangling(self, element: Element, reference: str) -> None:
        if reference not in self._dangling:
            self._dangling.add(reference)
            self.report.add("CDA-016", element, reference=reference if reference != "#" else "(#)")

    def bind(self, path: str, values: Iterable[CodedValue | None]) -> None:
        """Say which coded path of the profile these values stand at."""
        for value in values:
            if value is not None and value.index >= 0:
                self.roles[value.index] = path

    def label(self, statement: Statement) -> str:
        """What a nested statement is ("status", "severity", "note" …), "" when nothing says so."""
        code = statement.code
        if code is not None and code.code:
            field = self.by_code.get(code.code)
            if field:
                return field
        for template in statement.template_ids:
            field = self.by_template.get(template)
            if field:
                return field
        return ""

    def is_absence(self, value: CodedValue | None) -> bool:
        """True for a "no known …" or "no information" code."""
        return value is not None and bool(value.code) and (
            value.system in self.absent_systems or value.code in self.absent_codes
        )  # fmt: skip
