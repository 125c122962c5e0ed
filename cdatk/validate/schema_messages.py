"""What libxml2 says about a document and a schema, as violations: code, element, what was expected there.

The rule: a value of the document never leaves this module. libxml2 quotes it in its messages; taken from them are
only names, code lists, fixed values and patterns of the schema itself, all of which stand behind the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Final

from lxml import etree

from cdatk.safe_xml import EPSOS, HL7, PHARM, PREFIXES, XSI, XSI_TYPE, Element, local, namespace

FOREIGN: Final = ("XSD-010", "XSD-011")
_OF_TYPES: Final = ("XSD-008", "XSD-009")
ALL_NAMES: Final = 10  # names libxml2 lists at most in "Expected is one of"
MOST_MESSAGES: Final = 20_000  # messages read; more than that only a hostile document provokes

_KNOWN: Final = frozenset({HL7, PHARM, EPSOS, XSI, "", "http://www.w3.org/XML/1998/namespace"})
_ATTRIBUTE = re.compile(r"Element '[^']*', attribute '([^']*)': ")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( ([^()]*) \)\.$")
_MISSING = re.compile(r"The attribute '([^']*)' is required but missing\.$")
_QUOTED = re.compile(r"'([^']*)'")
_STEP = re.compile(r"/(?:([^/:\[]+):)?([^/\[]+)(?:\[(\d+)\])?")
_SET, _FIXED, _PATTERN = " of the set {", " fixed value constraint '", " accepted by the pattern '"
_TYPE = " type '"
_FORMS: Final = MappingProxyType({
    r"[0-9]{1,8}|([0-9]{9,14}|[0-9]{14,14}\.[0-9]+)([+\-][0-9]{1,4})?": "ts", r"[^\s]+": "cs", "true|false": "bl",
    r"[0-2](\.(0|[1-9][0-9]*))*": "uid",
    r"(\+|-)?([0-9]+(\.[0-9]*)?|\.[0-9]+)([Ee](\+|-)?[0-9]+)?|INF|-INF|NaN": "real",
})  # fmt: skip
_KIND = etree.ErrorTypes
_OF_VALUES: Final = frozenset({
    _KIND.SCHEMAV_CVC_DATATYPE_VALID_1_2_1, _KIND.SCHEMAV_CVC_DATATYPE_VALID_1_2_2,
    _KIND.SCHEMAV_CVC_DATATYPE_VALID_1_2_3, _KIND.SCHEMAV_CVC_PATTERN_VALID, _KIND.SCHEMAV_CVC_ENUMERATION_VALID,
    _KIND.SCHEMAV_CVC_MINLENGTH_VALID, _KIND.SCHEMAV_CVC_MININCLUSIVE_VALID, _KIND.SCHEMAV_CVC_MAXINCLUSIVE_VALID,
    _KIND.SCHEMAV_CVC_AU,
})  # fmt: skip
_OF_TEXT: Final = frozenset({
    _KIND.SCHEMAV_CVC_COMPLEX_TYPE_2_1, _KIND.SCHEMAV_CVC_COMPLEX_TYPE_2_2, _KIND.SCHEMAV_CVC_COMPLEX_TYPE_2_3,
})  # fmt: skip

_Families = dict[tuple[Element, str, str], list[Element]]


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of a schema: a code of family ``XSD-``, the element, and the context of the finding."""

    code: str
    element: Element
    context: tuple[tuple[str, str], ...]

    @property
    def about(self) -> str:
        """What of its element a breach concerns: an attribute, the type, or the rule itself."""
        return "type" if self.code in _OF_TYPES else dict(self.context).get("attribute", self.code)

    @property
    def cause(self) -> tuple[str, ...]:
        """What breaches of the same kind have in common, wherever they stand."""
        parent = self.element.getparent()
        above = str(parent.tag) if parent is not None else ""
        return self.code, str(self.element.tag), above, dict(self.context).get("attribute", "")

    def moved(self, element: Element) -> Violation:
        """The same breach at another element (the original of a copy)."""
        return replace(self, element=element)


def violation(code: str, element: Element, **context: str) -> Violation:
    """A violation; the element's own label is part of every context (``{}name`` without a namespace)."""
    name = label(element.tag) if namespace(element) else f"{{}}{element.tag}"
    return Violation(code, element, (("element", name), *context.items()))


def violations(schema: etree.XMLSchema, root: Element) -> Iterator[Violation]:
    """What ``schema`` said about ``root`` in its last validation, one per element and cause, in document order.

    A value that breaks several facets of its type is one cause; so are an xsi:type that does not resolve and the
    abstract type it leaves behind.
    """
    seen: set[tuple[object, ...]] = set()
    families: _Families = {}
    messages = schema.error_log
    for entry in islice(messages, MOST_MESSAGES):  # type: ignore[call-overload]  # iterable, whatever the stubs say
        element = _find(root, entry.path or "/*", families)
        found = _violation(entry.type, entry.message or "", entry.type_name, element)
        if (element, found.about) not in seen:
            seen.add((element, found.about))
            yield found


def _violation(kind: int, message: str, name: str, element: Element) -> Violation:
    if kind == _KIND.SCHEMAV_ELEMENT_CONTENT:
        return _of_children(message, element)
    match = _ATTRIBUTE.match(message)
    attribute = match[1] if match else ""
    if attribute == XSI_TYPE:
        return violation("XSD-009", element)
    if kind == _KIND.SCHEMAV_CVC_TYPE_2:
        return violation("XSD-008", element)
    if kind == _KIND.SCHEMAV_CVC_COMPLEX_TYPE_3_2_1:
        return unexpected_attribute(element, attribute)
    missing = _MISSING.search(message)
    if kind == _KIND.SCHEMAV_CVC_COMPLEX_TYPE_4 and missing is not None:
        return violation("XSD-004", element, attribute=label(missing[1]))
    if kind in _OF_VALUES:
        expected = _expected_value(kind, message)
        if attribute:
            return violation("XSD-005", element, attribute=label(attribute), expected=expected)
        return violation("XSD-007", element, expected=expected)
    if kind in _OF_TEXT:
        return violation("XSD-006", element)
    return violation("XSD-013", element, reason=name.removeprefix("SCHEMAV_").lower())


def _of_children(message: str, element: Element) -> Violation:
    match = _EXPECTED.search(message)
    expected = names(match[1].split(", ") if match else [])
    if "Missing child element(s)" in message:
        return violation("XSD-002", element, expected=expected)
    return unexpected_element(element, expected)


def unexpected_element(element: Element, expected: str) -> Violation:
    """An element that may not stand where it stands; one of a foreign namespace is said to be an extension."""
    space = namespace(element)
    if space not in _KNOWN:
        return violation("XSD-010", element, namespace=space)
    return violation("XSD-001", element, expected=expected)


def unexpected_attribute(element: Element, name: str) -> Violation:
    """An attribute (``name`` in Clark notation) its element may not have."""
    space = name[1:].partition("}")[0] if name.startswith("{") else ""
    if space not in _KNOWN:
        return violation("XSD-011", element, attribute=label(name), namespace=space)
    return violation("XSD-003", element, attribute=label(name))


def foreign(root: Element, spaces: set[str]) -> list[Violation]:
    """All elements and attributes of these foreign namespaces; of nested elements the outermost."""
    found: list[Violation] = []
    for element in root.iter("*") if spaces else ():
        parent = element.getparent()
        if namespace(element) in spaces and (parent is None or namespace(parent) not in spaces):
            found.append(violation("XSD-010", element, namespace=namespace(element)))
        found.extend(unexpected_attribute(element, name) for name in foreign_attributes(element, spaces))
    return found


def foreign_attributes(element: Element, spaces: set[str]) -> list[str]:
    """Names of the attributes of an element that belong to these namespaces."""
    names_ = (str(name) for name in element.attrib)
    return [n for n in names_ if n.startswith("{") and n[1:].partition("}")[0] in spaces]


def label(tag: object) -> str:
    """A name for people: bare in ``urn:hl7-org:v3``, with the usual prefix where there is one, else ``*:name``."""
    space, _, name = str(tag).rpartition("}")
    prefix = {XSI: "xsi", **PREFIXES}.get(space[1:], "*" if space else "")
    return f"{prefix}:{name}" if prefix else name


def names(tags: list[str]) -> str:
    """Expected names as one text ("none" for no name); libxml2 and we stop after ten."""
    if not tags:
        return "none"
    labels = [label(tag.strip()) for tag in tags]
    return ", ".join(labels[:ALL_NAMES]) + (" (…)" if len(labels) >= ALL_NAMES else "")


def form(pattern: str) -> str:
    """Our word for the form a pattern describes, or the pattern."""
    return _FORMS.get(pattern, pattern)


def _expected_value(kind: int, message: str) -> str:
    """What a value should have been: a list of codes, a fixed value, or the name of a form."""
    # the value itself stands first in the message and may hold anything, hence always the last occurrence
    if kind == _KIND.SCHEMAV_CVC_ENUMERATION_VALID and _SET in message:
        return ", ".join(_QUOTED.findall(message.rpartition(_SET)[2]))
    if kind == _KIND.SCHEMAV_CVC_AU and _FIXED in message:
        return message.rpartition(_FIXED)[2].removesuffix("'.")
    if kind == _KIND.SCHEMAV_CVC_PATTERN_VALID and _PATTERN in message:
        return form(message.rpartition(_PATTERN)[2].removesuffix("'."))
    if kind == _KIND.SCHEMAV_CVC_MINLENGTH_VALID:
        return "st"
    if _TYPE in message:
        return message.rpartition(_TYPE)[2].removesuffix("'.").rpartition("}")[2].removeprefix("xs:")
    return "probability"


def _find(root: Element, path: str, families: _Families) -> Element:
    """The element of a path as libxml2 writes it: ``/*/*[3]/pharm:desc`` (``*`` counts all elements).

    ``families`` keeps the children that were listed before: many errors often have one parent.
    """
    place = root
    for prefix, name, position in _STEP.findall(path)[1:]:
        if name.startswith("@"):
            break
        family = (place, prefix, name)
        if family not in families:
            every = place.iterchildren("*")
            families[family] = [e for e in every if name == "*" or (local(e), e.prefix or "") == (name, prefix)]
        index = int(position or 1) - 1
        if index >= len(families[family]):
            break
        place = families[family][index]
    return place
