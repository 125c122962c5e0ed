"""Vaccinations: Immunization.

The rule: a vaccination with negationInd was not given, and says so; an event without a status that R4 knows counts as
given because its mood is EVN, never because of a default.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import carried
from cdatk.emit.fhir.common import put_performers, start, status
from cdatk.emit.fhir.concepts import concept, concepts, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import put_moment, put_time, quantity, require_time
from cdatk.emit.fhir.dosage import put_notes
from cdatk.emit.fhir.people import organization
from cdatk.emit.fhir.primitives import integer
from cdatk.emit.fhir.product import product_concept
from cdatk.model import Immunization, Interval, Quantity, Reaction


def emit_immunization(ctx: Context, item: Immunization) -> list[Resource]:
    """The Immunization of a vaccination, with its reactions as Observations."""
    main = item.statement
    resource = start(ctx, "Immunization", main)
    node = resource.node
    node["status"] = "not-done" if ctx.negated(main) else status(ctx, "immunization", main, default="completed")
    _put_vaccine(ctx, node, item)
    node["patient"] = ctx.subject
    _put_occurrence(ctx, node, item.time)
    _put_batch(ctx, node, item)
    if item.sites and says_something(item.sites[0]):
        node["site"] = concept(ctx, item.sites[0])
    if item.route is not None and says_something(item.route):
        node["route"] = concept(ctx, item.route)
    if isinstance(item.dose, Quantity) and item.dose.value:
        node["doseQuantity"] = quantity(ctx, item.dose)
    put_performers(ctx, node, "performer", item.performers)
    put_notes(ctx, node, item.notes)
    if item.reactions:
        reactions = [_reaction(ctx, r) for r in item.reactions if not ctx.negated(r.statement)]
        put_list(node, "reaction", [r for r in reactions if r])
    _put_protocol(ctx, node, item)
    return [resource]


def _put_vaccine(ctx: Context, node: Node, item: Immunization) -> None:
    product = item.product
    if item.absent is not None:
        node["vaccineCode"] = concept(ctx, item.absent)
    elif product is not None:
        node["vaccineCode"] = product_concept(ctx, product)
    else:
        node["vaccineCode"] = ext.absent(ctx)


def _put_occurrence(ctx: Context, node: Node, time: Interval | None) -> None:
    """One moment; R4 has no period here, so an interval is carried whole."""
    if time is not None and not time.value and time.low is not None and time.low.value:
        if time.high is None or not time.high.value or time.high.value == time.low.value:
            ctx.claim(time.low, time.high)
            put_moment(ctx, node, "occurrenceDateTime", time.low.value)
            return
        require_time(ctx, node, "occurrence", time, moment_only=True)
        return
    require_time(ctx, node, "occurrence", time, moment_only=True)


def _put_batch(ctx: Context, node: Node, item: Immunization) -> None:
    product = item.product
    if product is None:
        return
    maker = organization(ctx, product.manufacturer) if product.manufacturer is not None else None
    if maker is not None:
        node["manufacturer"] = maker.reference
    if product.lot.strip():
        node["lotNumber"] = product.lot.strip()
    expiry = product.expiry
    moment = (expiry.value or (expiry.high.value if expiry.high is not None else "")) if expiry is not None else ""
    if expiry is not None and moment:
        ctx.claim(expiry)
        put_moment(ctx, node, "expirationDate", moment, date_only=True)
    if product.description:
        ext.extend(node, {"url": ctx.extension("description"), "valueString": product.description})


def _reaction(ctx: Context, reaction: Reaction) -> Node:
    """A reaction: its date and an Observation of what it was."""
    node: Node = {}
    time = reaction.time
    if time is not None and time.start:
        put_moment(ctx, node, "date", time.start)
    value = reaction.value
    if value is not None and says_something(value):
        detail = ctx.new("Observation")
        ctx.place(detail, reaction.statement)
        detail.node["status"] = status(ctx, "observation", reaction.statement)
        code = reaction.statement.code
        detail.node["code"] = concept(ctx, code) if code is not None and says_something(code) else ext.absent(ctx)
        detail.node["subject"] = ctx.subject
        put_time(ctx, detail.node, "effective", time)
        detail.node["valueCodeableConcept"] = concept(ctx, value)
        if reaction.severity is not None and says_something(reaction.severity):
            ext.extend(detail.node, carried(ctx, "severity", reaction.severity))
        node["detail"] = detail.reference
    return node


def _put_protocol(ctx: Context, node: Node, item: Immunization) -> None:
    """Target diseases and the rank of the dose; R4 demands a rank in every protocol."""
    number = item.dose_number
    diseases = concepts(ctx, item.diseases)
    if not diseases and (number is None or not number.value):
        return
    protocol: Node = {}
    if diseases:
        protocol["targetDisease"] = diseases
    rank = integer(number.value) if number is not None else None
    if number is not None and number.value:
        ctx.claim(number)
    if rank is not None and rank > 0:
        protocol["doseNumberPositiveInt"] = rank
    elif number is not None and number.value:
        protocol["doseNumberString"] = number.value
    else:
        protocol["_doseNumberString"] = ext.absent(ctx, number.null_flavor if number is not None else "")
    node["protocolApplied"] = [protocol]
