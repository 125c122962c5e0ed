"""CDA data types as FHIR data types: identifiers, names, addresses, contacts, times, quantities.

The rule: a value is taken over as written or not at all; what cannot be a FHIR primitive becomes text with a finding.
"""

from __future__ import annotations

from functools import lru_cache

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.concepts import concept
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.primitives import in_order, number, stamp, system_uri
from cdatk.emit.fhir.ucum import is_ucum
from cdatk.model import (
    CodedValue,
    Identifier,
    Interval,
    Quantity,
    QuantityRange,
    Ratio,
)

UCUM_URI = "http://unitsofmeasure.org"
URI_SYSTEM = "urn:ietf:rfc:3986"
_NO_END = frozenset({"", "PINF", "NA"})  # nullFlavors of an upper bound that say of themselves that there is no end


def identifier(ctx: Context, value: Identifier) -> Node | None:
    """An Identifier; None when nothing stands in the id at all."""
    root = value.root
    extension = value.extension.strip()
    node: Node
    if extension:
        system = _registry(root)
        if system:
            node = {"system": system, "value": extension}
        elif root:
            node = {"_system": {"extension": [{"url": ext.ORIGINAL_TEXT, "valueString": root}]}, "value": extension}
        else:
            node = {"value": extension}
    elif root:
        system = system_uri(root)
        node = {"system": URI_SYSTEM, "value": system} if system else {"value": root}
    elif value.null_flavor and value.null_flavor != "NA":
        return {"_value": ext.absent(ctx, value.null_flavor)}
    else:
        return None
    authority = value.authority.strip()
    if authority:
        node["assigner"] = {"display": authority}
    return node


@lru_cache(maxsize=1024)
def _registry(root: str) -> str:
    """The URI of the registry that gives out the ids under a root; "" for none and for an example.

    OIDs of nothing but short arcs (2.999, 1.4.23) are examples: no registry has one, the HL7 validator takes them for
    none.
    """
    if root.rfind(".") < 5 and root.replace(".", "").isdigit() and not root.startswith("1.3"):
        return ""
    return system_uri(root)


def identifiers(ctx: Context, values: tuple[Identifier, ...], with_null: bool = False) -> list[Node]:
    """Identifiers with a value, each once; null ones only on request."""
    found: list[Node] = []
    for value in values:
        ctx.claimed_ids.add(id(value))
        if value.root or value.extension or with_null:
            node = identifier(ctx, value)
            if node is not None and not (found and node in found):
                found.append(node)
    return found


# ---- time -----------------------------------------------------------------------------------------------------


def put_moment(ctx: Context, node: Node, key: str, digits: str, null_flavor: str = "", date_only: bool = False) -> None:
    """Write a date or dateTime under ``key``: as precise as given, a time without zone apart, null with its reason."""
    if not digits:
        node[f"_{key}"] = ext.absent(ctx, null_flavor)
        return
    read = stamp(digits)
    if read is None:
        ctx.say_once("FHR-007", element=key)
        node[f"_{key}"] = {
            "extension": [
                {"url": ext.ABSENT_REASON, "valueCode": "as-text"},
                {"url": ext.ORIGINAL_TEXT, "valueString": digits},
            ]
        }
        return
    node[key] = read.date if date_only else read.date_time
    if read.time and not read.zone and not date_only:
        ctx.say_once("FHR-002", element=key)
        node[f"_{key}"] = {"extension": [{"url": ctx.extension("time-without-zone"), "valueTime": read.time}]}


def period(ctx: Context, value: Interval) -> Node:
    """A Period; {} when no bound says anything. PINF is no end; an end before the start (per-1) is carried."""
    node: Node = {}
    low, high = value.low, value.high
    ctx.claim(low, high)
    if value.width is None and value.center is None:
        ctx.claimed_ids.add(id(value))
    if low is not None and high is not None and not in_order(low.value, high.value):
        for key, bound in (("start", low), ("end", high)):
            part: Node = {"url": ctx.extension(key)}
            put_moment(ctx, part, "valueDateTime", bound.value)
            ext.extend(node, part)
        return node
    if low is not None and (low.value or low.null_flavor):
        put_moment(ctx, node, "start", low.value, low.null_flavor)
    if high is not None and (high.value or high.null_flavor not in _NO_END):
        put_moment(ctx, node, "end", high.value, high.null_flavor)
    return node


def put_time(ctx: Context, node: Node, stem: str, value: Interval | None, moment_only: bool = False) -> bool:
    """Write ``<stem>DateTime`` or ``<stem>Period``; False when the document gives no time (nothing is written).

    With ``moment_only`` (profiles that take no period) the start stands for the whole; an end stays unclaimed.
    """
    if value is None:
        return False
    if value.value:
        put_moment(ctx, node, f"{stem}DateTime", value.value)
        ctx.claimed_ids.add(id(value))
        return True
    low, high = value.low, value.high
    bound = low if low is not None and low.value else high if high is not None and high.value else None
    if not moment_only:
        if bound is None:
            return _put_center(ctx, node, stem, value)
        node[f"{stem}Period"] = period(ctx, value)
    elif bound is not None:
        ctx.claim(bound)
        put_moment(ctx, node, f"{stem}DateTime", bound.value)
    return bound is not None


def put_onset(ctx: Context, node: Node, value: Interval) -> None:
    """Write ``onsetDateTime``: the moment, else the start of the interval; its end is left to the caller."""
    start = value if value.value else value.low
    if start is not None and start.value:
        ctx.claimed_ids.add(id(start))
        put_moment(ctx, node, "onsetDateTime", start.value)


def _put_center(ctx: Context, node: Node, stem: str, value: Interval) -> bool:
    if value.center is None or not value.center.value:
        return False
    put_moment(ctx, node, f"{stem}DateTime", value.center.value)
    ctx.claim(value.center)
    return True


def require_time(ctx: Context, node: Node, stem: str, value: Interval | None, moment_only: bool = False) -> None:
    """Write the time, or why there is none, where a profile demands it."""
    if not put_time(ctx, node, stem, value, moment_only):
        node[f"_{stem}DateTime"] = ext.absent(ctx, null_of(value))


def null_of(value: Interval | None) -> str:
    """The nullFlavor that an interval without any date gives."""
    if value is None:
        return ""
    low, high = value.low, value.high
    low_null, high_null = low.null_flavor if low is not None else "", high.null_flavor if high is not None else ""
    return value.null_flavor or low_null or high_null


# ---- quantities -------------------------------------------------------------------------------------------------


def quantity(ctx: Context, value: Quantity) -> Node:
    """A Quantity; {} when it says nothing. The unit gets the UCUM system only when it is UCUM."""
    ctx.claimed_ids.add(id(value))
    node: Node = {}
    read = number(value.value) if value.value else None
    if read is not None:
        node["value"] = read
    elif value.value:
        ctx.say_once("FHR-007", value.element, element="value")
        node["_value"] = {"extension": [{"url": ext.ORIGINAL_TEXT, "valueString": value.value}]}
    elif value.null_flavor:
        node["_value"] = ext.absent(ctx, value.null_flavor)
    if value.unit:
        _unit(ctx, node, value.unit)
    if value.original_text:
        ext.extend(node, {"url": ext.ORIGINAL_TEXT, "valueString": value.original_text})
    for translated in value.translations:
        _unit_translation(ctx, node, translated)
    if ctx.tracing:
        ctx.note_origin(node, value.element)
    return node


def _unit(ctx: Context, node: Node, unit: str) -> None:
    node["unit"] = unit
    term = ctx.translation.units.get(unit)
    if term is not None and term.translated and term.text != unit:
        node["_unit"] = ext.designation(ctx.reader, term.text)
    if is_ucum(unit):
        node["system"] = UCUM_URI
        node["code"] = unit
    else:
        ctx.say_once("FHR-003", unit=unit)


def _unit_translation(ctx: Context, node: Node, translated: CodedValue) -> None:
    """PQR: the same quantity in a national unit; its value attribute stands on the element only."""
    parts: list[Node] = []
    amount = number(translated.element.get("value", ""))
    if amount is not None:
        parts.append({"url": "value", "valueDecimal": amount})
    if translated.code or translated.text:
        parts.append({"url": "unit", "valueCodeableConcept": concept(ctx, translated)})
    if parts:
        ext.extend(node, {"url": ctx.extension("quantity-translation"), "extension": parts})


def quantity_range(ctx: Context, value: QuantityRange) -> Node:
    """A Range of low and high; {} when neither stands there. Bounds that cannot be compared (rng-2) are carried apart:
    those in the wrong order, in different units or without a number.
    """
    node: Node = {}
    if value.low is not None and value.high is not None and _no_range(value.low, value.high):
        ctx.claim(value)
        for key, part in (("low", value.low), ("high", value.high)):
            ext.extend(node, {"url": ctx.extension(key), "valueQuantity": quantity(ctx, part)})
        return node
    for key, bound in (("low", value.low), ("high", value.high)):
        if bound is not None and bound.value:
            node[key] = quantity(ctx, bound)
    if value.center is None and value.width is None:
        ctx.claim(value)
    return node


def _no_range(low: Quantity, high: Quantity) -> bool:
    if not low.value or not high.value:
        return False
    first, last = number(low.value), number(high.value)
    if first is None or last is None:
        return True
    return low.unit != high.unit or float(bytes(first)) > float(bytes(last))


def ratio(ctx: Context, value: Ratio) -> Node:
    """A Ratio; {} unless both parts have a number (FHIR rat-1)."""
    numerator, denominator = value.numerator, value.denominator
    if numerator is None or denominator is None:
        return {}
    if number(numerator.value) is None or number(denominator.value) is None:
        return {}
    ctx.claimed_ids.add(id(value))
    return {"numerator": quantity(ctx, numerator), "denominator": quantity(ctx, denominator)}
