"""FHIR R4 and R5: CodeSystem (also supplements), ValueSet and ConceptMap, alone, in a Bundle or in a package.

The ONE rule: only what is listed is taken; a filter or a reference to another value set makes the set incomplete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdatk.terminology.importers.json import Node, nodes, parse, text
from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.vocabulary import stated
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import (
    AboutRecord,
    AssociationRecord,
    ConceptRecord,
    Place,
    Record,
    SystemRecord,
    ValueSetRecord,
    Wording,
)
from cdatk.terminology.rows import CURRENT, LISTED_NOWHERE

SYNONYMS = frozenset({"synonym", "900000000000013009", "abbreviation", "short"})
_OUT_OF_USE = frozenset({"deprecated", "retired", "inactive"})


def read(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """The records of FHIR resources; raises Refused where a file holds none of the three kinds."""
    for source in sources:
        node = parse(source.data)
        if isinstance(node, dict) and "resourceType" not in node and text(node, "name") and text(node, "version"):
            yield AboutRecord(text(node, "name"), text(node, "version"), text(node, "license"))
            continue
        resources = list(_resources(node))
        if not resources:
            raise Refused("TRM-101", "json")
        for resource in resources:
            part = source.name if len(resources) == 1 else f"{source.name}#{text(resource, 'id')}"
            yield from READERS[text(resource, "resourceType")](resource, part, notes)


def _resources(node: object) -> Iterator[Node]:
    if not isinstance(node, dict):
        return
    if text(node, "resourceType") in READERS:
        yield node
    elif text(node, "resourceType") == "Bundle":
        for entry in nodes(node, "entry"):
            yield from _resources(entry.get("resource"))


def _code_system(node: Node, part: str, notes: Notes) -> Iterator[Record]:
    supplement = text(node, "content") == "supplement"
    url = text(node, "supplements").partition("|")[0] if supplement else text(node, "url")
    if not url:
        notes.file("TRM-105", part, why="no-system-given")
        return
    if not supplement:
        key = _oid(node) or url
        yield SystemRecord(Place(part), key, text(node, "title") or text(node, "name"), url)
    language = text(node, "language") or "en"
    version = "" if supplement else text(node, "version")
    for number, concept in enumerate(_tree(nodes(node, "concept"), "concept"), 1):
        place = Place(part, number)
        yield _concept(place, url, concept, "", language, notes, version)
        yield from _replaced(place, url, concept)


def _tree(concepts: Sequence[Node], name: str) -> Iterator[Node]:
    """Concepts and those below them, in the order of the file; without recursion, whatever the depth."""
    waiting = list(reversed(concepts))
    while waiting:
        concept = waiting.pop()
        yield concept
        waiting.extend(reversed(nodes(concept, name)))


def _concept(
    place: Place, system: str, node: Node, value_set: str, language: str, notes: Notes, version: str = ""
) -> ConceptRecord:
    raw = text(node, "display", strip=False)
    display = notes.trimmed(place.part, raw)
    english = display if language[:2].lower() == "en" else ""
    words = [_wording(place, d, notes) for d in nodes(node, "designation") if text(d, "value")]
    said = any(w.text == display and w.language[:2] == language[:2] for w in words)
    own = [Wording(display, language)] if display and not said else []
    properties = {text(p, "code"): _value(p) for p in nodes(node, "property")}
    status = properties.get("status", "").lower()
    out = status in _OUT_OF_USE or properties.get("inactive") == "true" or node.get("inactive") is True
    last = properties.get("deprecationDate") or properties.get("retirementDate")
    return ConceptRecord(
        place,
        system,
        notes.trimmed(place.part, text(node, "code", strip=False)),
        value_set,
        english,
        raw if english else "",
        (*own, *(w for w in words if w not in own)),
        (status or "inactive") if out else CURRENT,
        valid_to=notes.date(place.part, last) if last else None,
        system_version=version,
    )


def _wording(place: Place, node: Node, notes: Notes) -> Wording:
    found = node.get("use")
    use = (text(found, "code") if isinstance(found, dict) else "").lower()
    synonym = use in SYNONYMS
    words = notes.trimmed(place.part, text(node, "value", strip=False))
    return Wording(words, text(node, "language") or "en", not synonym, "synonym" if synonym else "")


def _value(node: Node) -> str:
    for name, value in node.items():
        if name.startswith("value"):
            return str(value).lower() if isinstance(value, bool) else str(value)
    return ""


def _replaced(place: Place, system: str, node: Node) -> Iterator[Record]:
    for found in nodes(node, "property"):
        if text(found, "code").lower() in ("replacedby", "replaced-by") and _value(found):
            yield AssociationRecord(place, system, text(node, "code"), system, _value(found), "equivalent")


def _value_set(node: Node, part: str, notes: Notes) -> Iterator[Record]:
    key = _oid(node) or text(node, "url")
    if not key:
        notes.file("TRM-105", part, why="no-value-set")
        return
    compose = node.get("compose")
    includes = nodes(compose, "include") if isinstance(compose, dict) else []
    expansion = node.get("expansion")
    expanded = isinstance(expansion, dict)
    status = text(node, "status")
    yield ValueSetRecord(
        Place(part),
        key,
        text(node, "name") or text(node, "title"),
        text(node, "version"),
        CURRENT if status in ("", "active") else status,
        notes.date(part, text(node, "date") or None),
        uri=text(node, "url"),
        complete=expanded or (bool(includes) and all(_is_list(include) for include in includes)),
        systems=() if expanded else tuple(text(i, "system") for i in includes if _is_whole(i)),
    )
    language = text(node, "language") or "en"
    for number, (system, version, concept) in enumerate(_listed(includes, expansion), 1):
        yield _concept(Place(part, number), system, concept, key, language, notes, version)


def _is_list(include: Node) -> bool:
    return bool(nodes(include, "concept")) and not include.get("filter") and not include.get("valueSet")


def _is_whole(include: Node) -> bool:
    """An include of every code of a system."""
    return bool(text(include, "system")) and not any(include.get(n) for n in ("concept", "filter", "valueSet"))


def _listed(includes: Sequence[Node], expansion: object) -> Iterator[tuple[str, str, Node]]:
    """System, system version and node of each code: of the expansion where there is one, else as included."""
    if isinstance(expansion, dict):
        for node in _tree(nodes(expansion, "contains"), "contains"):
            if text(node, "code") and node.get("abstract") is not True:
                yield text(node, "system"), text(node, "version"), node
        return
    for include in includes:
        for concept in nodes(include, "concept"):
            yield text(include, "system"), text(include, "version"), concept


def _concept_map(node: Node, part: str, notes: Notes) -> Iterator[Record]:
    number = 0
    retired = text(node, "status") in _OUT_OF_USE
    for group in nodes(node, "group"):
        source = text(group, "source").partition("|")[0]
        target = text(group, "target").partition("|")[0]
        for element in nodes(group, "element"):
            number += 1
            place = Place(part, number)
            if not source or not text(element, "code"):
                notes.row("TRM-106", part, number, why="no-code" if source else "no-system")
                continue
            targets = nodes(element, "target")
            if not targets:
                yield AssociationRecord(place, source, text(element, "code"), target, "", LISTED_NOWHERE)
            for found in targets:
                yield _association(place, source, element, target, found, retired, notes)


def _association(
    place: Place, source: str, element: Node, target: str, node: Node, retired: bool, notes: Notes
) -> AssociationRecord:
    relation = stated(text(node, "equivalence") or text(node, "relationship"), place, notes)
    code, status = text(node, "code"), "retired" if retired else CURRENT
    relation = relation if code else LISTED_NOWHERE
    return AssociationRecord(place, source, text(element, "code"), target, code, relation, status)


def _oid(node: Node) -> str:
    """The OID in the identifiers, or in the URL, of a resource; "" where there is none."""
    found = [text(identifier, "value") for identifier in nodes(node, "identifier")]
    for value in (*found, text(node, "url")):
        if value.startswith("urn:oid:"):
            return value.removeprefix("urn:oid:")
    return ""


READERS = {"CodeSystem": _code_system, "ValueSet": _value_set, "ConceptMap": _concept_map}
