"""The mapping trail: for each value of the bundle the place in the CDA it comes from, and the rule.

The rule: found afterwards, so that a conversion without ``--trace`` pays next to nothing. The emitters note of which
element a concept or a quantity was made; any other value is looked for among the elements of the statements its
resource was made of: as written there, then as the source codes of the table its rule names, then beside its
neighbours. One that stands nowhere (a required status that the document lacks) has a rule and no place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import msgspec

from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.guide import parts, tables
from cdatk.safe_xml import Element, local, locate

Places = dict[str, Element]


class Leaf(NamedTuple):
    """A value with its path without and with positions, and the element it comes from."""

    plain: str
    path: str
    source: Element | None


_OF_SECTION = frozenset({"code", "title", "id", "author"})
_SAID_BY_FHIR = frozenset({"div", "resourceType", "id", "data", "url", "lang", "reference"})
_SCHEMES = ("tel:", "mailto:", "fax:", "http:", "https:")


def trace(ctx: Context) -> bytes:
    """One JSON line for each value: ``fhir`` path, ``cda`` XPath ("" when it stands nowhere), ``rule``."""
    lines: list[bytes] = []
    for number, resource in enumerate(ctx.resources):
        walk = _Walk(ctx, _places(_sources(ctx, resource)))
        for leaf in walk.leaves(resource.node, resource.type, f"Bundle.entry[{number}].resource", None):
            place = locate(leaf.source) if leaf.source is not None else ""
            lines.append(msgspec.json.encode({"fhir": leaf.path, "cda": place, "rule": _rule(leaf.plain)}))
    return b"\n".join(lines) + b"\n"


class _Walk:
    """The values of one resource, each with its element."""

    def __init__(self, ctx: Context, places: Places) -> None:
        self._origins = ctx.origins
        self._places = places

    def leaves(self, node: object, plain: str, path: str, source: Element | None) -> Iterator[Leaf]:
        """Every value below ``node``; ``source`` is the element that the whole of it was made of, if that is known."""
        if isinstance(node, list):
            for number, item in enumerate(node):
                yield from self.leaves(item, plain, f"{path}[{number}]", source)
        elif isinstance(node, dict):
            yield from self._of_node(node, plain, path, source)
        else:
            yield Leaf(plain, path, source if source is not None else self._find(plain, node))

    def _of_node(self, node: Node, plain: str, path: str, source: Element | None) -> Iterator[Leaf]:
        origin = self._origins.get(id(node))
        if origin is not None and "resourceType" not in node:
            source = origin[1]
        values = {key: value for key, value in node.items() if key not in _SAID_BY_FHIR}
        beside = source if source is not None else self._neighbour(values, plain)
        for key, value in values.items():
            name = key.lstrip("_")
            below = f"{plain}.{name}"
            if isinstance(value, dict | list):
                # What is said of a primitive (``_title``) stands where the primitive does.
                known = self._find(below, values.get(name)) if key[0] == "_" else None
                yield from self.leaves(value, below, f"{path}.{key}", known if known is not None else source)
            else:
                found = source if source is not None else self._find(below, value)
                yield Leaf(below, f"{path}.{key}", found if found is not None else beside)

    def _neighbour(self, values: Node, plain: str) -> Element | None:
        """Where a data type stands, by its own value: a system or a use has no place but that of what it is said of."""
        if "resourceType" in values or plain.count(".") < 1:
            return None
        stated = (self._find(f"{plain}.{key}", value) for key, value in values.items())
        return next((place for place in stated if place is not None), None)

    def _find(self, plain: str, value: object) -> Element | None:
        """The element that states a value as written, in the CDA's spelling, or by a code that a table translates."""
        if value is None or isinstance(value, dict | list):
            return None
        for spelling in (*_spellings(value), *_sources_of(_rule(plain), str(value))):
            found = self._places.get(spelling.lower())
            if found is not None:
                return found
        return None


def _sources(ctx: Context, resource: Resource) -> list[Element]:
    """Where values of a resource stand: its statements, else its part of the header, else anywhere."""
    statements = ctx.trail.get(resource.url)
    if statements:
        return [statement.element for statement in statements]
    origin = ctx.origins.get(id(resource.node))
    if origin is not None:
        return [origin[1]]
    children = [e for e in ctx.document.element if local(e) not in ("component", "")]
    if resource.type == "Patient":
        return [e for e in children if local(e) == "recordTarget"] or children
    if resource.type == "Composition":
        sections = [part for section in ctx.document.sections for part in section.element if local(part) in _OF_SECTION]
        return children + sections
    return [ctx.document.element]


def _places(roots: list[Element]) -> Places:
    """Elements by the values they state, in small letters (a UUID has them in FHIR); the first wins."""
    found: Places = {}
    for root in roots:
        for element in root.iter("*"):
            for value in element.attrib.values():
                stated = " ".join(str(value).split()).lower()
                found.setdefault(stated, element)
                if stated.startswith(_SCHEMES):
                    found.setdefault(stated.partition(":")[2], element)
            if element.text and element.text.strip():
                found.setdefault(" ".join(element.text.split()).lower(), element)
    return found


def _spellings(value: object) -> Iterator[str]:
    """A FHIR primitive as the CDA writes dates, ids, links and booleans."""
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
        elif "#" in value:
            yield value[value.index("#") :]
    elif isinstance(value, int):
        yield str(value)


def _sources_of(rule: str, value: str) -> Iterator[str]:
    """The codes that become a value by the tables a rule names."""
    for name in _named(rule):
        for source, targets in tables()[name].items():
            if value in targets.split(", "):
                yield source.rpartition("|")[2]


@cache
def _named(rule: str) -> tuple[str, ...]:
    return tuple(name for name in tables() if "table" in rule and name in rule)


@cache
def _rule(plain: str) -> str:
    """The rule of the longest row that a path begins with."""
    rows = _rules()
    path = plain
    while path:
        if path in rows:
            return rows[path]
        path = path.rpartition(".")[0]
    element = plain.split(".")[1] if "." in plain else ""
    return rows.get(f"*.{element}") or (rows["*.value"] if element.startswith("value") else "")


@cache
def _rules() -> dict[str, str]:
    return {row.fhir: row.rule for part in parts() for row in part.row}
