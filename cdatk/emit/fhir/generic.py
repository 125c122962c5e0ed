"""Statements that no typed emitter takes: each becomes the R4 resource that its CDA class and mood ask for.

The rule: the mood decides first (a plan or an order is never an Observation), then the class; everything below the
statement follows, linked to it. Classes without an R4 counterpart become Basic, which claims nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.common import first_interval, link, put_performers, start, status, take_comment
from cdatk.emit.fhir.concepts import concept, concepts, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import put_time
from cdatk.emit.fhir.dosage import put_dose
from cdatk.emit.fhir.observation import observation
from cdatk.emit.fhir.procedure import begin_procedure
from cdatk.emit.fhir.product import medication
from cdatk.emit.fhir.timing import groups, timing_of
from cdatk.model import Generic, Statement


def emit_generic(ctx: Context, item: Generic) -> list[Resource]:
    """The resource of an unrecognised entry, with what hangs below it."""
    return [emit_statement(ctx, item.statement)]


def emit_statement(ctx: Context, main: Statement) -> Resource:
    """The resource of one statement and, linked to it, those of the statements below that nobody has written."""
    take = _planned if main.mood in ctx.maps.intent else EMITTERS.get(main.kind, _basic)
    resource = take(ctx, main)
    for relation in main.relations:
        if not ctx.claimed(relation.statement) and not take_comment(ctx, resource, relation.statement):
            link(ctx, resource, emit_statement(ctx, relation.statement))
    return resource


def _observation(ctx: Context, main: Statement) -> Resource:
    return observation(ctx, main)


def _procedure(ctx: Context, main: Statement) -> Resource:
    resource = begin_procedure(ctx, main, first_interval(main))
    if main.code is not None and says_something(main.code):
        resource.node["code"] = concept(ctx, main.code)
    put_performers(ctx, resource.node, "performer", main.taking_part("performer"))
    put_list(resource.node, "bodySite", concepts(ctx, main.coded_as("targetSiteCode")))
    return resource


def _administration(ctx: Context, main: Statement) -> Resource:
    """A medication that was given or taken, of which no more is known than what stands there."""
    resource = start(ctx, "MedicationStatement", main)
    node = resource.node
    node["status"] = "not-taken" if ctx.negated(main) else status(ctx, "medication-statement", main)
    if main.product is not None:
        node["medicationReference"] = medication(ctx, main.product).reference
    elif main.code is not None and says_something(main.code):
        node["medicationCodeableConcept"] = concept(ctx, main.code)
    else:
        node["medicationCodeableConcept"] = ext.absent(ctx)
    node["subject"] = ctx.subject
    if not put_time(ctx, node, "effective", first_interval(main)):
        node["_effectiveDateTime"] = ext.absent(ctx)
    dosage = _dosage(ctx, main)
    if dosage:
        node["dosage"] = [dosage]
    return resource


def _dosage(ctx: Context, main: Statement) -> Node:
    node: Node = {}
    when = first_interval(main)
    schedule = tuple(t for t in main.times if not ctx.claimed(t) and t is not when)
    joined = groups(schedule)
    if len(joined) == 1:
        node["timing"] = timing_of(ctx, joined[0])
    route = next((r for r in main.coded_as("routeCode") if says_something(r)), None)
    if route is not None:
        node["route"] = concept(ctx, route)
    amount: Node = {}
    put_dose(ctx, amount, "dose", main.quantity_as("doseQuantity"))
    put_dose(ctx, amount, "rate", main.quantity_as("rateQuantity"))
    if amount:
        node["doseAndRate"] = [amount]
    return node


def _supply(ctx: Context, main: Statement) -> Resource:
    """A supply with a product was dispensed; without one it is carried as Basic."""
    if main.product is None:
        return _basic(ctx, main)
    resource = start(ctx, "MedicationDispense", main)
    node = resource.node
    node["status"] = status(ctx, "medication-dispense", main)
    if ctx.negated(main):
        ext.negate(ctx, node)
    node["medicationReference"] = medication(ctx, main.product).reference
    node["subject"] = ctx.subject
    return resource


def _encounter(ctx: Context, main: Statement) -> Resource:
    resource = start(ctx, "Encounter", main)
    node = resource.node
    node["status"] = status(ctx, "encounter", main)
    if ctx.negated(main):
        ext.negate(ctx, node)
    node["class"] = {"extension": ext.absent(ctx)["extension"]}
    if main.code is not None and says_something(main.code):
        node["type"] = [concept(ctx, main.code)]
    node["subject"] = ctx.subject
    time: Node = {}
    interval = first_interval(main)
    if interval is not None and not interval.value and put_time(ctx, time, "x", interval) and "xPeriod" in time:
        node["period"] = time["xPeriod"]
    return resource


def _basic(ctx: Context, main: Statement) -> Resource:
    """An act that R4 has no resource for; its code says what it is, everything else is carried."""
    resource = start(ctx, "Basic", main)
    node = resource.node
    if ctx.negated(main):
        ext.negate(ctx, node)
    node["code"] = _code(ctx, main)
    node["subject"] = ctx.subject
    return resource


def _planned(ctx: Context, main: Statement) -> Resource:
    """Anything ordered, intended or proposed: ServiceRequest, for a product MedicationRequest."""
    resource = start(ctx, "MedicationRequest" if main.product is not None else "ServiceRequest", main)
    node = resource.node
    kind = "medication-request" if main.product is not None else "request"
    node["status"] = status(ctx, kind, main)
    node["intent"] = ctx.maps.intent[main.mood]
    if ctx.negated(main):
        node["doNotPerform"] = True
    if main.product is not None:
        node["medicationReference"] = medication(ctx, main.product).reference
        node["subject"] = ctx.subject
        dosage = _dosage(ctx, main)
        if dosage:
            node["dosageInstruction"] = [dosage]
        return resource
    node["code"] = _code(ctx, main)
    node["subject"] = ctx.subject
    put_time(ctx, node, "occurrence", first_interval(main))
    put_list(node, "bodySite", concepts(ctx, main.coded_as("targetSiteCode")))
    return resource


def _code(ctx: Context, main: Statement) -> Node:
    if main.code is not None and (says_something(main.code)):
        return concept(ctx, main.code)
    if main.text is not None and main.text.text:
        ctx.claim(main.text)
        return {"text": main.text.text}
    return ext.absent(ctx, main.code.null_flavor if main.code is not None else "")


EMITTERS: Final[dict[str, Callable[[Context, Statement], Resource]]] = {
    "observation": _observation,
    "organizer": _observation,
    "procedure": _procedure,
    "substanceAdministration": _administration,
    "supply": _supply,
    "encounter": _encounter,
    "act": _basic,
}
