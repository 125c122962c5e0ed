"""Names, addresses and telecommunication of persons and organisations.

The rule: parts keep their order and their words; a use that FHIR does not have, or not for organisations, is left out
rather than guessed.
"""

from __future__ import annotations

from urllib.parse import unquote

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.context import Context, Node
from cdatk.model import Address, Name, Telecom

_FIELDS = {"city": "city", "state": "state", "postalCode": "postalCode", "county": "district"}
_STREET = frozenset({"streetName", "streetNameBase", "streetNameType", "direction", "houseNumber", "houseNumberNumeric",
                     "buildingNumberSuffix"})  # fmt: skip
_PLAIN = frozenset({"", "delimiter"})


def human_name(ctx: Context, name: Name) -> Node:
    """HumanName; {} when the name says nothing."""
    node: Node = {}
    said: dict[str, list[str]] = {}
    for part in name.parts:
        said.setdefault(part.kind, []).append(part.text)
    if name.use and said:
        uses = ctx.maps.name_use
        use = next((uses[u] for u in name.use.split() if u in uses), "")
        if use:
            node["use"] = use
    empty = len(node)
    if not _PLAIN.isdisjoint(said):
        text = name.text.strip()
        if text:
            node["text"] = text
    family = " ".join(said.get("family", ())).strip()
    if family:
        node["family"] = family
    for kind in ("given", "prefix", "suffix"):
        parts = [part for part in said.get(kind, ()) if part.strip()]
        if parts:
            node[kind] = parts
    if len(node) > empty:
        return node
    text = name.text.strip()
    if not text:
        return {}
    node["text"] = text
    return node


def human_names(ctx: Context, names: tuple[Name, ...], required: bool = False) -> list[Node]:
    """HumanNames; where one is required and none is there, the reason for its absence."""
    found = [node for name in names if (node := human_name(ctx, name))]
    if required and not found:
        null = next((name.null_flavor for name in names if name.null_flavor), "")
        found.append({"_text": ext.absent(ctx, null)})
    return found


def first_text(names: tuple[Name, ...]) -> str:
    """Text of the first name that has any."""
    for name in names:
        text = name.text.strip()
        if text:
            return text
    return ""


def address(ctx: Context, value: Address, organization: bool = False) -> Node:
    """Address; {} when it says nothing."""
    node: Node = {}
    lines: list[str] = []
    street: list[str] = []
    plain: list[str] = []
    for tag, words in value.parts:
        if tag in _FIELDS:
            held = node.get(_FIELDS[tag])
            node[_FIELDS[tag]] = f"{held}, {words}" if held else words
        elif tag in _STREET:
            street.append(words)
        elif tag in _PLAIN:
            plain.append(words)
        elif tag != "country":
            lines.append(words)
    if street:
        lines.insert(0, " ".join(street))
    if lines:
        node["line"] = lines
    if plain:
        node["text"] = " ".join(plain)
    country = value.country
    if country is not None and country.code.strip():
        node["country"] = country.code.strip()
    if node and value.use:
        _address_use(ctx, node, value.use, organization)
    return node


def _address_use(ctx: Context, node: Node, use: str, organization: bool) -> None:
    for token in use.split():
        if token in ctx.maps.address_type:
            node["type"] = ctx.maps.address_type[token]
        mapped = ctx.maps.address_use.get(token)
        if mapped and not (organization and mapped == "home"):  # org-2
            node.setdefault("use", mapped)


def addresses(ctx: Context, values: tuple[Address, ...], organization: bool = False) -> list[Node]:
    """Addresses that say something."""
    return [node for value in values if (node := address(ctx, value, organization))]


def contact_point(ctx: Context, value: Telecom, organization: bool = False) -> Node:
    """ContactPoint; {} when there is no value."""
    text = value.value.strip()
    if not text:
        return {}
    scheme, colon, rest = text.partition(":")
    system = ctx.maps.telecom_system.get(scheme.lower()) if colon else None
    content = text
    if system and system != "url":
        content = (unquote(rest) if "%" in rest else rest).strip()
        if not content:
            return {}
    node: Node = {"system": system or "other", "value": content}
    if value.use:
        known = ctx.maps.telecom_use
        uses = [known[u] for u in value.use.split() if u in known]
        if organization:  # org-3
            uses = [u for u in uses if u != "home"]
        if uses:
            node["use"] = "mobile" if "mobile" in uses else uses[0]
    return node


def contact_points(ctx: Context, values: tuple[Telecom, ...], organization: bool = False) -> list[Node]:
    """ContactPoints that have a value."""
    return [node for value in values if (node := contact_point(ctx, value, organization))]


def put_list(node: Node, key: str, items: list[Node]) -> None:
    """Write a list element, if it has items."""
    if items:
        node[key] = items
