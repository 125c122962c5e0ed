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
    use = next((ctx.maps.name_use[u] for u in name.use.split() if u in ctx.maps.name_use), "")
    if use and name.parts:
        node["use"] = use
    if any(p.kind in _PLAIN for p in name.parts) and name.text.strip():
        node["text"] = name.text.strip()
    family = " ".join(name.of("family")).strip()
    if family:
        node["family"] = family
    for kind, key in (("given", "given"), ("prefix", "prefix"), ("suffix", "suffix")):
        parts = [part for part in name.of(kind) if part.strip()]
        if parts:
            node[key] = parts
    if not node.keys() - {"use"} and name.text.strip():
        node["text"] = name.text.strip()
    return node if node.keys() - {"use"} else {}


def human_names(ctx: Context, names: tuple[Name, ...], required: bool = False) -> list[Node]:
    """HumanNames; where one is required and none is there, the reason for its absence."""
    found = [node for node in (human_name(ctx, name) for name in names) if node]
    if required and not found:
        null = next((name.null_flavor for name in names if name.null_flavor), "")
        found.append({"_text": ext.absent(ctx, null)})
    return found


def first_text(names: tuple[Name, ...]) -> str:
    """Text of the first name that has any."""
    return next((name.text.strip() for name in names if name.text.strip()), "")


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
    if node:
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
    return [node for node in (address(ctx, value, organization) for value in values) if node]


def contact_point(ctx: Context, value: Telecom, organization: bool = False) -> Node:
    """ContactPoint; {} when there is no value."""
    text = value.value.strip()
    scheme, colon, rest = text.partition(":")
    system = ctx.maps.telecom_system.get(scheme.lower()) if colon else None
    content = unquote(rest).strip() if system and system != "url" else text
    if not content:
        return {}
    node: Node = {"system": system or "other", "value": content}
    uses = [ctx.maps.telecom_use[u] for u in value.use.split() if u in ctx.maps.telecom_use]
    uses = [u for u in uses if not (organization and u == "home")]  # org-3
    if uses:
        node["use"] = "mobile" if "mobile" in uses else uses[0]
    return node


def contact_points(ctx: Context, values: tuple[Telecom, ...], organization: bool = False) -> list[Node]:
    """ContactPoints that have a value."""
    return [node for node in (contact_point(ctx, value, organization) for value in values) if node]


def put_list(node: Node, key: str, items: list[Node]) -> None:
    """Write a list element, if it has items."""
    if items:
        node[key] = items
