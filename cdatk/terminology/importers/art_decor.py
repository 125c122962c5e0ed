"""Value sets as ART-DECOR publishes them (`voc-<oid>-DYNAMIC.xml`).

The ONE rule: a `valueSet` without content is the holder of the others, and `completeCodeSystem` means every code of
that system, not an empty list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdatk.safe_xml import Element, local
from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.xml import attribute, line_of, root_of
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import ConceptRecord, Place, Record, SystemRecord, ValueSetRecord, Wording
from cdatk.terminology.rows import CURRENT

STATUS = {"final": CURRENT, "active": CURRENT}


def read(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """The records of ART-DECOR files; raises Refused where one holds no value set."""
    for source in sources:
        root = root_of(source.data)
        sets = [e for e in root.iter() if local(e) == "valueSet" and _has_content(e)]
        if not sets:
            raise Refused("TRM-105", "no-value-set")
        for element in sets:
            part = source.name if len(sets) == 1 else f"{source.name}#{attribute(element, 'id')}"
            yield from _value_set(element, part, notes)


def _has_content(element: Element) -> bool:
    names = {local(child) for child in element}
    return bool(attribute(element, "id")) and bool({"conceptList", "completeCodeSystem"} & names)


def _value_set(element: Element, part: str, notes: Notes) -> Iterator[Record]:
    place = Place(part, line_of(element))
    for child in element:
        if local(child) == "sourceCodeSystem" and attribute(child, "id"):
            uri = attribute(child, "canonicalUri")
            known = "" if uri.startswith("urn:oid:") else uri
            yield SystemRecord(place, attribute(child, "id"), attribute(child, "identifierName"), known)
    whole = tuple(attribute(c, "codeSystem") for c in element.iter() if local(c) == "completeCodeSystem")
    status = attribute(element, "statusCode")
    key = attribute(element, "id")
    yield ValueSetRecord(
        place,
        key,
        attribute(element, "name") or attribute(element, "displayName"),
        attribute(element, "versionLabel"),
        STATUS.get(status, status or CURRENT),
        notes.date(part, element.get("effectiveDate")),
        notes.date(part, element.get("expirationDate")),
        complete=not whole,
        systems=tuple(filter(None, whole)),
    )
    for child in element:
        if local(child) == "conceptList":
            yield from (_concept(c, part, key, notes) for c in child if local(c) in ("concept", "exception"))


def _concept(element: Element, part: str, value_set: str, notes: Notes) -> ConceptRecord:
    raw = element.get("displayName") or ""
    name = notes.trimmed(part, raw)
    wordings = tuple(_designation(child, part, notes) for child in element if local(child) == "designation")
    return ConceptRecord(
        Place(part, line_of(element)),
        notes.trimmed(part, element.get("codeSystem") or ""),
        notes.trimmed(part, element.get("code") or ""),
        value_set,
        english=name,
        display=raw,
        # the display name is English (eHDSI publishes nothing else); designations stand beside it
        wordings=(Wording(name, "en"), *wordings) if name else wordings,
        exception=local(element) == "exception",
    )


def _designation(element: Element, part: str, notes: Notes) -> Wording:
    use = attribute(element, "type")
    return Wording(
        notes.trimmed(part, element.get("displayName") or ""),
        attribute(element, "language") or "en",
        use in ("", "preferred", "fsn"),
        "" if use == "preferred" else use,
    )
