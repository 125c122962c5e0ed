"""Value sets in the form of IHE Sharing Value Sets (ITI-48, ITI-60), as ANS and epSOS publish them.

The ONE rule: names without a language are no French by themselves; the caller has to state it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdatk.safe_xml import Element, local
from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.xml import attribute, line_of, root_of
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import ConceptRecord, Place, Record, ValueSetRecord, Wording

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SETS = ("ValueSet", "DescribedValueSet")


def read(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """The records of SVS responses; raises Refused where a list of concepts has no language and none is stated."""
    for source in sources:
        root = root_of(source.data)
        sets = [e for e in root.iter() if local(e) in _SETS and attribute(e, "id")]
        if not sets:
            raise Refused("TRM-105", "no-value-set")
        lists = [e for e in root.iter() if local(e) == "ConceptList"]
        if not options.language and any(not attribute(e, _LANGUAGE) for e in lists):
            raise Refused("TRM-111", "")
        for element in sets:
            part = source.name if len(sets) == 1 else f"{source.name}#{attribute(element, 'id')}"
            yield from _value_set(element, part, options, notes)


def _value_set(element: Element, part: str, options: Options, notes: Notes) -> Iterator[Record]:
    key = attribute(element, "id")
    effective = element.get("effectiveDate") or element.get("dateValid")
    yield ValueSetRecord(
        Place(part, line_of(element)),
        key,
        attribute(element, "displayName").removesuffix(".tabs"),
        attribute(element, "version"),
        effective=notes.date(part, effective),
        expires=notes.date(part, element.get("dateFin") or element.get("expirationDate")),
    )
    listed: set[tuple[str, str]] = set()
    for number, group in enumerate(e for e in element.iter() if local(e) == "ConceptList"):
        language = attribute(group, _LANGUAGE) or options.language
        for concept in group:
            if local(concept) == "Concept":
                record = _concept(concept, part, key, language, notes)
                again = number > 0 and (record.system, record.code) in listed
                listed.add((record.system, record.code))
                yield record if not again else _without_set(record)


def _concept(element: Element, part: str, value_set: str, language: str, notes: Notes) -> ConceptRecord:
    raw = element.get("displayName") or ""
    name = notes.trimmed(part, raw)
    english = language[:2].lower() == "en"
    return ConceptRecord(
        Place(part, line_of(element)),
        notes.trimmed(part, element.get("codeSystem") or ""),
        notes.trimmed(part, element.get("code") or ""),
        value_set,
        english=name if english else "",
        display=raw if english else "",
        wordings=(Wording(name, language),) if name else (),
        valid_from=notes.date(part, element.get("dateValid")),
        valid_to=notes.date(part, element.get("dateFin")),
        system_version=attribute(element, "codeSystemVersion"),
    )


def _without_set(record: ConceptRecord) -> ConceptRecord:
    """The same code in the list of another language: its words count, its membership is known."""
    return ConceptRecord(record.place, record.system, record.code, english=record.english, wordings=record.wordings)
