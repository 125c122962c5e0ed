"""CDA data types as FHIR data types: identifiers, names, addresses, contacts, times, quantities.

The rule: a value is taken over as written or not at all; what cannot be a FHIR primitive becomes text with a finding.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.concepts import concept
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.primitives import in_order, number, stamp, system_uri
from cdatk.emit.fhir.ucum import is_ucum
from cdatk.model import (
    CodedValue,
    Identifier,
    Interval,
    Moment,
    Quantity,
    QuantityRange,
    Ratio,
)

UCUM_URI = "http://unitsofmeasure.org"
URI_SYSTEM = "urn:ietf:rfc:3986"


def identifier(ctx: Context, value: Identifier) -> Node | None:
    """An Identifier; None when nothing stands in the id at all."""
    system = system_uri(value.root)
    extension = value.extension.strip()
    node: Node = {}
    if extension:
        if system and not _is_example(value.root):
            node["system"] = system
        elif value.root:
            node["_system"] = {"extension": [{"url": ext.ORIGINAL_TEXT, "valueString": value.root}]}
        node["value"] = extension
    elif system:
        node = {"system": URI_SYSTEM, "value": system}
    elif value.root:
        node["value"] = value.root
    elif value.null_flavor and value.null_flavor != "NA":
        return {"_value": ext.absent(ctx, value.null_flavor)}
    else:
        return None
    if value.authority.strip():
        node["assigner"] = {"display": value.authority.strip()}
    return node


def _is_example(root: str) -> bool:
    """OIDs of nothing but short arcs (2.999, 1.4.23): no registry has one, the HL7 validator takes them for none."""
    return root.rfind(".") < 5 and root.replace(".", "").isdigit() and not root.startswith("1.3")


def identifiers(ctx: Context, values: tuple[Identifier, ...], with_null: bool = False) -> list[Node]:
    """Identifiers with a value, each once; null ones only on request."""
    found: list[Node] = []
    for value in values:
        ctx.claim(value)
        if value.root or value.extension or with_null:
            node = identifier(ctx, value)
            if node is not None and node not in found:
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
    ctx.claim(value.low, value.high)
    if value.width is None and value.center is None:
        ctx.claim(value)
    if value.low is not None and value.high is not None and not in_order(value.low.value, value.high.value):
        for key, bound in (("start", value.low), ("end", value.high)):
            part: Node = {"url": ctx.extension(key)}
            put_moment(ctx, part, "valueDateTime", bound.value)
            ext.extend(node, part)
        return node
    if value.low is not None and (value.low.value or value.low.null_flavor):
        put_moment(ctx, node, "start", value.low.value, value.low.null_flavor)
    if value.high is not None and value.high.value:
        put_moment(ctx, node, "end", value.high.value)
    elif value.high is not None and value.high.null_flavor not in ("", "PINF", "NA"):
        put_moment(ctx, node, "end", "", value.high.null_flavor)
    return node


def put_time(ctx: Context, node: Node, stem: str, value: Interval | None, moment_only: bool = False) -> bool:
    """Write ``<stem>DateTime`` or ``<stem>Period``; False when the document gives no time (nothing is written).

    With ``moment_only`` (profiles that take no period) the start stands for the whole; an end stays unclaimed.
    """
    if value is None:
        return False
    if value.value:
        put_moment(ctx, node, f"{stem}DateTime", value.value)
        ctx.claim(value)
        return True
    if moment_only:
        low = value.low if value.low is not None and value.low.value else None
        bound = low or (value.high if value.high is not None and value.high.value else None)
        if bound is None:
            return False
        ctx.claim(bound)
        put_moment(ctx, node, f"{stem}DateTime", bound.value)
        return True
    if not any(bound is not None and bound.value for bound in (value.low, value.high)):
        return _put_center(ctx, node, stem, value)
    node[f"{stem}Period"] = period(ctx, value)
    return True


def put_onset(ctx: Context, node: Node, value: Interval) -> None:
    """Write ``onsetDateTime``: the moment, else the start of the interval; its end is left to the caller."""
    start = value if value.value else value.low
    if start is not None and start.value:
        ctx.claim(start)
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
    bounds: tuple[Moment | None, ...] = (value.low, value.high)
    return value.null_flavor or next((b.null_flavor for b in bounds if b is not None and b.null_flavor), "")


# ---- quantities -------------------------------------------------------------------------------------------------


def quantity(ctx: Context, value: Quantity) -> Node:
    """A Quantity; {} when it says nothing. The unit gets the UCUM system only when it is UCUM."""
    ctx.claim(value)
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
    ctx.note_origin(node, value.element)
    return node


def _unit(ctx: Context, node: Node, unit: str) -> None:
    node["unit"] = unit
    term = ctx.translation.units.get(unit)
    if term is not None and term.translated and term.text != unit:
        node["_unit"] = ext.in_language(ctx.translation.language, term.text)
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
    if value.numerator is None or value.denominator is None:
        return {}
    if number(value.numerator.value) is None or number(value.denominator.value) is None:
        return {}
    ctx.claim(value)
    return {"numerator": quantity(ctx, value.numerator), "denominator": quantity(ctx, value.denominator)}
