"""Coded values of the translated CDA: French ``displayName``, the state before nested, and the term's mark.

The rule: only words from the reader's own language replace a ``displayName``, and only where CDA has room for the
previous state; the code never changes, and the same words never make a second wrapper.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cdatk.emit.cda.marks import content_of, mark
from cdatk.model import CodedValue, Document, Mapped, Standing, Term, TermState, Translation
from cdatk.oids import ABSENT_UNKNOWN
from cdatk.safe_xml import HL7, NAMES, PHARM, XSI_TYPE, Element, local, namespace

_WORD: Final = re.compile(r"\w+")
_TAG: Final = re.compile(r" \([a-z /]+\)$")

HISTORY: Final = ("code", "codeSystem", "codeSystemName", "displayName")
BEFORE_TRANSLATION: Final = ("originalText", "qualifier")

# CS and EIVL.event have empty content, CV and what derives from it takes no translation (CDA R2 data types).
WITHOUT_TRANSLATION: Final = frozenset({"CS", "CV", "CO", "SC", "PQR"})
EMPTY_ELEMENTS: Final = frozenset({"statusCode", "languageCode", "realmCode", "signatureCode", "event"})


class TermWriter:
    """Writes the terms of one document into the copy of its tree."""

    __slots__ = ("_by_element", "_language", "_marks_only", "_roles", "_terms")

    def __init__(self, document: Document, translation: Translation, marks_only: bool = False) -> None:
        self._marks_only = marks_only
        self._by_element = {coded.element: coded for coded in document.codes}
        self._roles = document.roles
        self._terms = translation.terms
        self._language = document.language

    @property
    def names(self) -> frozenset[str]:
        """Qualified names of the elements that carry a term."""
        return frozenset(str(element.tag) for element in self._by_element)

    def write(self, source: Element, target: Element) -> bool:
        """Write the term of ``source`` into ``target``; False when ``source`` is no value that was looked up."""
        coded = self._by_element.get(source)
        if coded is None:
            return False
        term = self._terms[coded.index]
        if term.mapped.standing is Standing.STRUCTURAL:
            return True
        text = term.text
        if not self._marks_only and text and term.state is TermState.TRANSLATED and takes_translation(target):
            _replace_display(target, text)
        words = _original(target, text)
        original = words or coded.original_text
        values = {
            "state": self._state(coded, term),
            "text": text,
            "lang": term.language,
            "original": original,
            "original-lang": self._original_language(original, term),
        }
        if words and _differ(words, text, term.mapped.english):
            values["differs"] = "true"
        mark(target, content_of("term", values))
        return True

    def _state(self, coded: CodedValue, term: Term) -> str:
        """``Term.mark``, or "absent" for the codes that say "none known" or "no information"."""
        if term.mapped.standing is Standing.NULL:
            return term.mark
        absent = ABSENT_UNKNOWN in (coded.system, term.mapped.system)
        return "absent" if absent or self._roles.get(coded.index, "").endswith(".absent") else term.mark

    def _original_language(self, original: str, term: Term) -> str:
        """Language of the document's own words: many documents carry the catalogue's English."""
        if not original:
            return ""
        if original.casefold() == term.mapped.english.casefold() and not self._language.startswith("en"):
            return "en"
        return self._language


def _differ(words: str, *others: str) -> bool:
    """Whether the document's own display name says something else than the catalogue, or says it in other words.

    Order, case, punctuation and a SNOMED CT tag ("(disorder)") make no difference.
    """
    if words in others:
        return False
    bag = _bag(words)
    return all(bag != _bag(other) for other in others)


@lru_cache(maxsize=4096)
def _bag(words: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_TAG.sub("", words).casefold()))


def takes_translation(element: Element) -> bool:
    """Whether CDA R2 allows a ``translation`` in an element that holds a code."""
    name = local(element)
    if name in EMPTY_ELEMENTS:
        return False
    parent = element.getparent()
    above = local(parent) if parent is not None else ""
    if (name == "name" and above == "qualifier") or (name == "code" and above == "regionOfInterest"):
        return False
    return element.get(XSI_TYPE, "").rpartition(":")[2] not in WITHOUT_TRANSLATION


def _replace_display(element: Element, text: str) -> None:
    """Set ``displayName`` and nest the previous state (R4); nothing to do when the words stand there already."""
    if element.get("displayName", "").strip() == text:
        return
    _nest(element, HISTORY)
    element.set("displayName", text)


def to_pivot(element: Element, mapped: Mapped) -> None:
    """Put the European code in place of a national one; the national one is nested with its version (R4)."""
    _nest(element, (*HISTORY, "codeSystemVersion"))
    for name in ("codeSystemName", "codeSystemVersion", "displayName"):
        if name in element.attrib:
            del element.attrib[name]
    element.set("code", mapped.code)
    element.set("codeSystem", mapped.system)
    if mapped.english:
        element.set("displayName", mapped.english)


def _nest(element: Element, names: tuple[str, ...]) -> None:
    """Put the state of an element into a ``translation``, the earlier history inside it."""
    previous = {name: element.get(name, "") for name in names if element.get(name)}
    old = first_translation(element)
    space = _space_of_children(element)
    prefixes = {old.prefix if old is not None else None: space}
    # lxml drops a declaration that stands above already; its stubs do not know the default namespace.
    wrapper = element.makeelement(f"{{{space}}}translation", previous, prefixes)  # type: ignore[arg-type]
    if old is not None:
        wrapper.tail, old.tail = old.tail, None
        element.replace(old, wrapper)
        wrapper.append(old)
    else:
        element.insert(_place(element), wrapper)


def first_translation(element: Element) -> Element | None:
    """The first ``translation`` child, or None."""
    if not len(element):
        return None
    for child in element:
        if NAMES[child.tag] == "translation":
            return child
    return None


def _place(element: Element) -> int:
    """Where a first ``translation`` stands: after originalText and qualifiers."""
    places = [number for number, child in enumerate(element) if local(child) in BEFORE_TRANSLATION]
    return places[-1] + 1 if places else 0


def _space_of_children(element: Element) -> str:
    """Namespace of the parts of this coded value.

    Elements of urn:hl7-org:pharm have CDA's data types, with parts in urn:hl7-org:v3; the older medication
    namespace took the data types over whole. What already stands there tells best.
    """
    for child in element:
        if local(child) == "translation" or local(child) in BEFORE_TRANSLATION:
            return namespace(child)
    space = namespace(element)
    return HL7 if space == PHARM else space


def _original(element: Element, text: str) -> str:
    """The document's own display name: the innermost one of the same code in the nested history.

    It is the same before and after our own wrapper is there, which makes a second run give the same mark.
    """
    words = element.get("displayName", "").strip()
    inner = first_translation(element)
    if inner is None:
        return words
    code, system = element.get("code"), element.get("codeSystem")
    if inner.get("displayName") is None and words == text and _same(inner, code, system):
        words = ""
    while inner is not None and _same(inner, code, system):
        words = inner.get("displayName", "").strip() or words
        inner = first_translation(inner)
    return words


def _same(element: Element, code: str | None, system: str | None) -> bool:
    return code is not None and element.get("code") == code and element.get("codeSystem") == system
