"""Blood pressure as the one panel that FHIR's vital signs profile asks for.

The rule: a panel is made only where the document groups a systolic and a diastolic pressure under one organizer and
neither is negated on its own; a date of a component that is not the panel's is carried on that component.
"""

from __future__ import annotations

from collections.abc import Callable

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import left_over
from cdatk.emit.fhir.common import link, start, status
from cdatk.emit.fhir.concepts import concept, concepts, says_something
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import put_time, quantity, require_time
from cdatk.emit.fhir.dosage import put_notes
from cdatk.model import Finding, Interval, Quantity, Statement

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LOINC = "http://loinc.org"

Emit = Callable[[Context, Statement, Finding | None], Resource]


def is_blood_pressure(ctx: Context, item: Finding) -> bool:
    """True for an organizer that holds each of the two pressures once."""
    if item.statement.kind != "organizer":
        return False
    codes = [part.code.code for part in _pressures(ctx, item) if part.code is not None]
    return sorted(codes) == sorted(ctx.maps.blood_pressure.components)


def _pressures(ctx: Context, item: Finding) -> list[Finding]:
    wanted = ctx.maps.blood_pressure.components
    denied = ctx.negated(item.statement)
    found = [part for part in item.parts if part.code is not None and part.code.code in wanted]
    return [part for part in found if ctx.negated(part.statement) == denied]


def blood_pressure(ctx: Context, item: Finding, emit: Emit) -> Resource:
    """Observation 85354-9 with two components; other members of the organizer are observations of their own."""
    main = item.statement
    panel = start(ctx, "Observation", main)
    node = panel.node
    pressures = _pressures(ctx, item)
    node["status"] = status(ctx, "observation", main)
    if ctx.negated(main):
        ext.negate(ctx, node)
    categories: list[Node] = [{"coding": [{"system": CATEGORY, "code": "vital-signs"}]}]
    codings: list[Node] = [{"system": LOINC, "code": ctx.maps.blood_pressure.panel}]
    node["category"] = categories
    node["code"] = {"coding": codings}
    if main.code is not None and says_something(main.code):
        _put_header_code(ctx, node, categories, main)
    node["subject"] = ctx.subject
    require_time(ctx, node, "effective", item.time or next((p.time for p in pressures if p.time is not None), None))
    put_notes(ctx, node, item.notes)
    components = [_component(ctx, part, node) for part in pressures]
    for part in item.parts:
        if not any(part is pressure for pressure in pressures):
            link(ctx, panel, emit(ctx, part.statement, part))
    node["component"] = components
    return panel


def _put_header_code(ctx: Context, node: Node, categories: list[Node], main: Statement) -> None:
    """The organizer's own code: the panel itself, or the kind of observation (46680005)."""
    if main.code is None:
        return
    if main.code.code == ctx.maps.blood_pressure.panel:
        node["code"] = concept(ctx, main.code)
    else:
        categories.append(concept(ctx, main.code))


def _component(ctx: Context, part: Finding, panel: Node) -> Node:
    main = part.statement
    ctx.claim(main)
    node: Node = {"code": concept(ctx, main.code)} if main.code is not None else {}
    value = next((v for v in main.values if isinstance(v, Quantity) and v.value), None)
    if value is not None:
        node["valueQuantity"] = quantity(ctx, value)
    else:
        null = next((str(getattr(v, "null_flavor", "")) for v in main.values), "")
        node["dataAbsentReason"] = {"coding": [{"system": ext.ABSENT_REASON_SYSTEM, "code": ext.reason(ctx, null)}]}
    interpretation = concepts(ctx, main.coded_as("interpretationCode"))
    if interpretation:
        node["interpretation"] = interpretation
    _put_own_time(ctx, node, part.time, panel)
    for note in part.notes:
        put_notes(ctx, panel, (note,))
    for extension in left_over(ctx, main):
        ext.extend(node, extension)
    return node


def _put_own_time(ctx: Context, node: Node, time: Interval | None, panel: Node) -> None:
    """A component has no time in R4: the panel's own is enough where they agree, else it is carried."""
    if time is None:
        return
    own: Node = {}
    put_time(ctx, own, "effective", time)
    ctx.claim(time)
    if own and any(panel.get(key) != value for key, value in own.items()):
        part: Node = {"url": ctx.extension("effective")}
        for key, value in own.items():
            part[key.replace("effective", "value")] = value
        ext.extend(node, part)
