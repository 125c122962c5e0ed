"""The mapping trail: for each value of the bundle the place in the CDA it comes from, and the rule.

The rule: found afterwards, from the document and the bundle alone, so that a conversion without ``--trace`` pays
nothing. A value is looked for among the elements of the statements its resource was made of; one that stands nowhere
there (a category, a required status) has a rule and no place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import msgspec

from cdatk.emit.fhir.context import Context, Resource
from cdatk.emit.fhir.guide import parts
from cdatk.safe_xml import Element, local, locate

Places = dict[str, Element]


class Leaf(NamedTuple):
    """A value with its path, without and with positions."""

    plain: str
    path: str
    value: object


_OF_SECTION = frozenset({"code", "title", "id", "author"})
_SAID_BY_FHIR = frozenset({"div", "resourceType", "id", "data", "url", "lang", "reference"})


def trace(ctx: Context) -> bytes:
    """One JSON line for each value: ``fhir`` path, ``cda`` XPath ("" when it stands nowhere), ``rule``."""
    lines: list[bytes] = []
    for number, resource in enumerate(ctx.resources):
        places = _places(ctx, resource)
        for leaf in _leaves(resource.node, resource.type, f"Bundle.entry[{number}].resource"):
            found = _find(places, leaf.value)
            row = {"fhir": leaf.path, "cda": locate(found) if found is not None else "", "rule": _rule(leaf.plain)}
            lines.append(msgspec.json.encode(row))
    return b"\n".join(lines) + b"\n"


def _places(ctx: Context, resource: Resource) -> Places:
    """Elements by the values they state: those of the resource's statements, else those of the header."""
    statements = ctx.trail.get(resource.url)
    roots = [s.element for s in statements] if statements else _header(ctx, resource)
    found: Places = {}
    for root in roots:
        for element in root.iter("*"):
            for value in element.attrib.values():
                found.setdefault(str(value).strip(), element)
            if element.text and element.text.strip():
                found.setdefault(" ".join(element.text.split()), element)
    return found


def _header(ctx: Context, resource: Resource) -> list[Element]:
    """Where values of a resource without a statement of its own stand: its part of the header, or anywhere."""
    children = [e for e in ctx.document.element if local(e) not in ("component", "")]
    if resource.type == "Patient":
        return [e for e in children if local(e) == "recordTarget"] or children
    if resource.type == "Composition":
        sections = [part for section in ctx.document.sections for part in section.element if local(part) in _OF_SECTION]
        return children + sections
    return [ctx.document.element]


def _leaves(node: object, plain: str, path: str) -> Iterator[Leaf]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in _SAID_BY_FHIR:
                yield from _leaves(value, f"{plain}.{key.lstrip('_')}", f"{path}.{key}")
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _leaves(item, plain, f"{path}[{number}]")
    else:
        yield Leaf(plain, path, node)


def _find(places: Places, value: object) -> Element | None:
    """The element that states a value: as written, or as the CDA writes dates, ids and booleans."""
    for spelling in _spellings(value):
        if spelling in places:
            return places[spelling]
    return None


def _spellings(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, msgspec.Raw):
        yield bytes(value).decode()
    elif isinstance(value, str):
        yield value
        yield value.removeprefix("urn:oid:").removeprefix("urn:uuid:")
        digits = value.replace("-", "").replace(":", "").replace("T", "")
        if value[:4].isdigit():
            yield digits
            yield value[:19].replace("-", "").replace(":", "").replace("T", "") + value[19:].replace(":", "")
            yield digits[:8]
    elif isinstance(value, int):
        yield str(value)


def _rule(plain: str) -> str:
    """The rule of the longest row that a path begins with."""
    rows = _rules()
    path = plain
    while path:
        if path in rows:
            return rows[path]
        path = path.rpartition(".")[0]
    element = plain.split(".")[1] if "." in plain else ""
    return rows.get(f"*.{element}", "")


@cache
def _rules() -> dict[str, str]:
    return {row.fhir: row.rule for part in parts() for row in part.row}
