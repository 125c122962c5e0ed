"""Marks of the translated CDA for values that are no codes: units, doses, countries, languages, the attachment.

The rule: a mark gives words, never a value; what has no words is marked as shown in its original form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from lxml import etree

from cdatk.emit.cda.marks import Mark, content_of, mark
from cdatk.model import Attachment, Dispensation, Document, Item, Medication, Translation
from cdatk.safe_xml import HL7, Element, local
from cdatk.wording.dosage import dosage_sentence
from cdatk.wording.geography import country_name, iso_country, language_name
from cdatk.wording.units import plural, spelled

_MEASURED: Final = etree.XPath("//@unit/..")  # in C, as few elements have one


class ValueWriter:
    """Writes marks for the values of one document into the copy of its tree."""

    __slots__ = ("_attachment", "_document_language", "_dosages", "_entries", "_translation", "_units")

    def __init__(self, document: Document, translation: Translation) -> None:
        self._translation = translation
        self._attachment = document.attachment
        self._document_language = document.language
        self._dosages = {m.statement.element: m for m in _medications(document)}
        self._entries = {entry.element: entry.number for section in document.sections for entry in section.entries}
        self._units: dict[str, Mark] = {}

    @property
    def names(self) -> frozenset[str]:
        """Qualified names of the elements that may get a mark, besides those with a unit."""
        held = {str(element.tag) for element in (*self._dosages, *self._entries)}
        if self._attachment is not None:
            held.add(str(self._attachment.element.tag))
        return frozenset(held | {f"{{{HL7}}}country", f"{{{HL7}}}languageCode"})

    def write_units(self, root: Element) -> None:
        """Mark every element with a unit, whatever its name or namespace."""
        for element in cast("list[Element]", _MEASURED(root)):
            if unit := element.get("unit"):
                mark(element, self._unit(unit))

    def write(self, source: Element, target: Element) -> None:
        """Put the mark that ``source`` asks for into ``target``."""
        match local(target):
            case "entry" if source in self._entries:
                mark(target, content_of("entry", {"number": str(self._entries[source])}))
            case "substanceAdministration":
                self._dosage(source, target)
            case "country":
                self._country(target)
            case "languageCode":
                self._language(target)
            case _ if self._attachment is not None and source is self._attachment.element:
                for content in reversed(attachment_marks(self._attachment)):
                    mark(target, content)

    def _unit(self, unit: str) -> Mark:
        known = self._units.get(unit)
        if known is None:
            term = self._translation.units.get(unit.strip())
            translated = term is not None and term.translated
            text = spelled(term.text if term is not None and term.text else unit.strip(), self._translation.language)
            many = plural(text, self._translation.language) if translated else text
            state = "translated" if translated else "original"
            known = self._units[unit] = content_of("unit", {"text": text, "plural": many, "state": state})
        return known

    def _dosage(self, source: Element, target: Element) -> None:
        medication = self._dosages.get(source)
        sentence = dosage_sentence(medication, self._translation) if medication is not None else ""
        if medication is not None and sentence:
            schedule = dosage_sentence(medication, self._translation, period=False)
            mark(target, content_of("dosage", {"text": sentence, "schedule": schedule}))

    def _country(self, target: Element) -> None:
        written = target.get("code") or "".join(str(part) for part in target.itertext()).strip()
        if written:
            held = self._translation.countries.get(written)
            name = held or country_name(written, self._translation.language)
            self._name(target, written, name, bool(held or iso_country(written)))

    def _language(self, target: Element) -> None:
        written = target.get("code", "").strip()
        if written:
            held = self._translation.languages.get(written)
            name = held or language_name(written, self._translation.language)
            self._name(target, written, name, name != written)

    def _name(self, target: Element, written: str, name: str, translated: bool) -> None:
        values = {
            "state": "translated" if translated else "original",
            "text": name,
            "lang": self._translation.language if translated else self._document_language,
            "original": written,
            "original-lang": self._document_language,
        }
        mark(target, content_of("term", values))


def _medications(document: Document) -> Iterator[Medication]:
    """All medications of all entries: items, prescriptions copied into dispensations, split doses."""
    for section in document.sections:
        for entry in section.entries:
            for item in entry.items:
                yield from _of_item(item)


def _of_item(item: Item) -> Iterator[Medication]:
    match item:
        case Medication():
            yield item
            for step in item.steps:
                yield from _of_item(step)
        case Dispensation(prescription=Medication() as prescription):
            yield from _of_item(prescription)
        case _:
            return


def attachment_marks(attachment: Attachment) -> list[Mark]:
    """The mark of an attached body, then one for each page of its text."""
    facts = {
        "media-type": attachment.detected_type or attachment.media_type,
        "bytes": str(len(attachment.data)),
        "pages": str(len(attachment.pages)),
        "sha256": attachment.sha256,
        "state": "readable" if attachment.state == "readable" else "unreadable",
    }
    pages = [
        content_of("page", {"number": str(number), "text": text})
        for number, text in enumerate(attachment.pages, start=1)
    ]
    return [content_of("attachment", facts), *pages]
