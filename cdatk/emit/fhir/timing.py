"""Effective times of a schedule as FHIR Timing.

The rule: a period stays the period that was written (no arithmetic), meals and times of day become ``when`` only where
FHIR has the very code; everything else is carried as an extension of the timing.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.datatypes import period as fhir_period
from cdatk.emit.fhir.datatypes import put_moment, quantity, quantity_range
from cdatk.emit.fhir.primitives import integer, number
from cdatk.model import EventTiming, Interval, Periodic, Quantity, QuantityRange, TimeSet, Timing

MINUTES = {"min": 1, "h": 60, "d": 1440}


def timing(ctx: Context, value: Timing) -> Node:
    """A Timing of one time expression."""
    return timing_of(ctx, (value,))


def timing_of(ctx: Context, values: tuple[Timing, ...]) -> Node:
    """One Timing of expressions that hold together (at most one of them a period)."""
    node: Node = {}
    repeat: Node = {}
    for value in flat(values):
        ctx.claim(value)
        if isinstance(value, Periodic):
            _put_period(ctx, node, repeat, value)
        elif isinstance(value, EventTiming):
            _put_event(ctx, node, repeat, value)
        else:
            _put_bounds(ctx, node, repeat, value)
    if repeat:
        node["repeat"] = repeat
    return node or ext.absent(ctx, values[0].null_flavor if values else "")


def flat(values: tuple[Timing, ...]) -> list[Interval | Periodic | EventTiming]:
    """The expressions with nested sets opened."""
    found: list[Interval | Periodic | EventTiming] = []
    for value in values:
        if isinstance(value, TimeSet):
            found.extend(flat(value.parts))
        else:
            found.append(value)
    return found


def groups(values: tuple[Timing, ...]) -> list[tuple[Timing, ...]]:
    """Which expressions make one Timing: all of them, unless two periods or two moments compete."""
    if not values:
        return []
    items = [value for value in flat(values) if _says(value)]
    if len(items) < 2:
        return [tuple(items)] if items else []
    events = [value for value in items if isinstance(value, EventTiming)]
    periods = sum(isinstance(value, Periodic) for value in items)
    bounds = len(items) - len(events) - periods
    offset = events[0].offset if events else None
    shifted = any(event.offset is not None and event.offset is not offset for event in events)
    if periods > 1 or bounds > 1 or (len(events) > 1 and offset is not None) or shifted:
        return [(item,) for item in items]
    return [tuple(items)]


def _says(value: Interval | Periodic | EventTiming) -> bool:
    if isinstance(value, Periodic):
        return _has(value.period) or value.phase is not None
    if isinstance(value, EventTiming):
        return says_something(value.event) or value.offset is not None
    return bool(value.value or (value.low and value.low.value) or (value.high and value.high.value)
                or (value.center and value.center.value) or _has(value.width))  # fmt: skip


def _has(value: Quantity | None) -> bool:
    return value is not None and bool(value.value)


def _put_period(ctx: Context, node: Node, repeat: Node, value: Periodic) -> None:
    amount = value.period
    if amount is not None and amount.value:
        ctx.claim(amount)
        unit = ctx.maps.timing_unit.get(amount.unit)
        size = number(amount.value)
        if unit is not None and size is not None and not bytes(size).startswith(b"-"):
            repeat["frequency"] = 1
            repeat["period"] = size
            repeat["periodUnit"] = unit
        else:
            ext.extend(node, {"url": ctx.extension("period"), "valueQuantity": quantity(ctx, amount)})
    if value.phase is not None:
        _put_phase(ctx, node, value.phase)
    if value.alignment:
        ext.extend(node, {"url": ctx.extension("alignment"), "valueCode": value.alignment})
    if value.institution_specified:
        ext.extend(node, {"url": ctx.extension("institution-specified"), "valueBoolean": True})


def _put_phase(ctx: Context, node: Node, phase: Interval) -> None:
    part: Node = {"url": ctx.extension("phase")}
    if phase.value:
        put_moment(ctx, part, "valueDateTime", phase.value)
    elif (phase.low and phase.low.value) or (phase.high and phase.high.value):
        part["valuePeriod"] = fhir_period(ctx, phase)
    if len(part) > 1:
        ext.extend(node, part)
    if phase.width is not None and phase.width.value:
        ext.extend(node, {"url": ctx.extension("phase-width"), "valueQuantity": quantity(ctx, phase.width)})
    ctx.claim(phase)


def _put_event(ctx: Context, node: Node, repeat: Node, value: EventTiming) -> None:
    event = value.event
    known = False
    if event is not None and event.code in ctx.maps.timing_event.codes:
        ctx.claim(event)
        known = True
        when = repeat.get("when")
        if not (isinstance(when, list) and event.code in when):
            ext.append(repeat, "when", event.code)
    elif event is not None and says_something(event):
        ext.extend(node, {"url": ctx.extension("event"), "valueCodeableConcept": concept(ctx, event)})
    if value.offset is not None:
        _put_offset(ctx, node, repeat, value.offset, known and event is not None
                    and event.code not in ctx.maps.timing_event.without_offset)  # fmt: skip


def _put_offset(ctx: Context, node: Node, repeat: Node, offset: QuantityRange, allowed: bool) -> None:
    """An offset in whole minutes becomes ``offset``; the written quantity is always kept beside it."""
    bound = offset.low or offset.center or offset.high
    if bound is not None and allowed and bound is offset.low and offset.high is None:
        size, factor = integer(bound.value), MINUTES.get(bound.unit)
        if size is not None and size >= 0 and factor is not None:
            repeat["offset"] = size * factor
    node_range = quantity_range(ctx, offset)
    for extra, name in ((offset.center, "center"), (offset.width, "width")):
        if extra is not None and extra.value:
            ext.extend(node_range, {"url": ctx.extension(name), "valueQuantity": quantity(ctx, extra)})
    ctx.claim(offset)
    if node_range:
        ext.extend(node, {"url": ctx.extension("offset"), "valueRange": node_range})


def _put_bounds(ctx: Context, node: Node, repeat: Node, value: Interval) -> None:
    """An interval bounds the schedule; a single moment is an event of it."""
    if value.value:
        part: Node = {}
        put_moment(ctx, part, "event", value.value)
        for key, content in part.items():
            node[key] = [content]
        return
    if value.width is not None and value.width.value:
        _put_duration(ctx, node, repeat, value.width)
    bounds = fhir_period(ctx, value)
    if any(key in bounds for key in ("start", "end")):
        if "boundsDuration" in repeat:
            ext.extend(node, {"url": ctx.extension("bounds"), "valuePeriod": bounds})
        else:
            repeat["boundsPeriod"] = bounds
    ctx.claim(value)


def _put_duration(ctx: Context, node: Node, repeat: Node, width: Quantity) -> None:
    """A width in a time unit of UCUM is a Duration; any other is carried."""
    amount = quantity(ctx, width)
    if width.unit in ctx.maps.timing_unit and "value" in amount:
        repeat["boundsDuration"] = amount
    else:
        ext.extend(node, {"url": ctx.extension("width"), "valueQuantity": amount})
