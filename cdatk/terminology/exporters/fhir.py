"""Exports as FHIR R4: a supplement a code system, a value set each, a concept map a pair of systems.

The ONE rule: OIDs stand in `identifier` and, where a system has no URI, as `urn:oid:`; ids and order depend on the
content only. (FHIR R4, CodeSystem, ValueSet, ConceptMap.)
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import msgspec

from cdatk.terminology.content import Member, Version
from cdatk.terminology.exporters.selection import Selection
from cdatk.terminology.rows import Association

KINDS: Final = ("supplement", "value-set", "concept-map")
Node = dict[str, object]
_BASE: Final = "urn:cdatk:export"


def bundle(selection: Selection, kinds: tuple[str, ...] = KINDS) -> bytes:
    """A Bundle of type collection with the resources of the kinds wanted; a single one stands by itself."""
    resources = [row for kind in KINDS if kind in kinds for row in _MAKERS[kind](selection)]
    node: Node = resources[0] if len(resources) == 1 else {"resourceType": "Bundle", "type": "collection"}
    if len(resources) > 1:  # FHIR knows no empty lists
        node["entry"] = [{"resource": row} for row in resources]
    return msgspec.json.format(msgspec.json.encode(node), indent=1) + b"\n"


def _supplements(selection: Selection) -> Iterator[Node]:
    by_system: dict[str, list[Node]] = defaultdict(list)
    for (system, code), by_language in selection.wordings.items():
        english = next((rows[0].text for tag, rows in by_language.items() if tag[:2].lower() == "en"), "")
        rows = [row for tag, found in sorted(by_language.items()) if tag != "en" for row in found]
        concept: Node = {"code": code, **({"display": english} if english else {})}
        if rows:
            concept["designation"] = [_designation(row.language, row.text, row.preferred) for row in rows]
        by_system[system].append(concept)
    for system, concepts in sorted(by_system.items()):
        name = _identifier("supplement", selection.name, system)
        yield {
            "resourceType": "CodeSystem",
            "id": name,
            "url": f"{_BASE}:{name}",
            **_version(selection.release),
            "status": "active",
            "content": "supplement",
            "supplements": _uri(selection, system),
            "concept": concepts,
        }


def _designation(language: str, text: str, preferred: bool) -> Node:
    node: Node = {"language": language}
    if not preferred:
        node["use"] = {"system": "http://snomed.info/sct", "code": "900000000000013009", "display": "Synonym"}
    return {**node, "value": text}


def _value_sets(selection: Selection) -> Iterator[Node]:
    for version, members in selection.sets:
        name = _identifier(version.name or version.oid)
        yield {
            "resourceType": "ValueSet",
            "id": name,
            "url": version.uri or f"{_BASE}:{name}",
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{version.oid}"}],
            **_version(version.label),
            "name": version.name,
            "status": "active" if version.status == "current" else "retired",
            **({"date": version.effective} if version.effective else {}),
            **_compose(selection, version, members),
        }


def _compose(selection: Selection, version: Version, members: tuple[Member, ...]) -> Node:
    """The codes in their order: a new `include` where the code system changes."""
    includes: list[Node] = []
    concepts: list[Node] = []
    last = None
    for member in members:
        if member.system != last:
            concepts = []
            includes.append({"system": _uri(selection, member.system), "concept": concepts})
            last = member.system
        display = member.display.strip() or member.english
        concepts.append({"code": member.code, **({"display": display} if display else {})})
    return {"compose": {"include": includes}} if includes else {}


def _concept_maps(selection: Selection) -> Iterator[Node]:
    by_pair: dict[tuple[str, str], dict[str, list[Association]]] = defaultdict(lambda: defaultdict(list))
    for row in selection.mappings:
        by_pair[row.source_system, row.target_system][row.source_code].append(row)
    for (source, target), elements in sorted(by_pair.items()):
        name = _identifier("map", source, target)
        group: Node = {"source": _uri(selection, source)}
        if target:
            group["target"] = _uri(selection, target)
        group["element"] = [{"code": code, "target": [_target(row) for row in rows]} for code, rows in elements.items()]
        yield {
            "resourceType": "ConceptMap", "id": name, "url": f"{_BASE}:{name}", **_version(selection.release),
            "status": "active", "group": [group],
        }  # fmt: skip


def _target(row: Association) -> Node:
    return {**({"code": row.target_code} if row.target_code else {}), "equivalence": row.equivalence}


def _uri(selection: Selection, oid: str) -> str:
    """The URI of a system; its OID where the URI would lead to another system on the way back."""
    system = selection.systems.get(oid)
    uri = (system.uri if system is not None else None) or f"urn:oid:{oid}"
    shared = sum(1 for other in selection.systems.values() if other.uri == uri)
    return uri if shared < 2 else f"urn:oid:{oid}"


def _version(label: str) -> Node:
    return {"version": label} if label else {}


def _identifier(*parts: str) -> str:
    """A FHIR id of at most 64 signs."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", "-".join(parts)).strip("-")[-64:]


_MAKERS: Final = {"supplement": _supplements, "value-set": _value_sets, "concept-map": _concept_maps}
