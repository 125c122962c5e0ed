"""Medications: MedicationStatement (summary), MedicationRequest (prescription), MedicationDispense (dispensation).

The rule: status is what statusCode says, and "unknown" when it says nothing; a negated administration is "not-taken",
a negated order is "do not perform".
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import put_participation
from cdatk.emit.fhir.common import put_performers, start, status
from cdatk.emit.fhir.concepts import concept, concepts, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import put_moment, quantity, require_time
from cdatk.emit.fhir.dosage import dosages, put_notes
from cdatk.emit.fhir.people import party
from cdatk.emit.fhir.primitives import integer
from cdatk.emit.fhir.product import medication
from cdatk.model import (
    CodedValue,
    Dispensation,
    Medication,
    Participation,
    Product,
    Quantity,
    QuantityRange,
    Ratio,
    Reason,
    Statement,
)

PRESCRIPTION_KINDS = frozenset({"prescription"})


def emit_medication(ctx: Context, item: Medication) -> list[Resource]:
    """A prescription item or an ordered medication is a request, any other a statement."""
    if _is_prescription(ctx, item):
        return [_request(ctx, item)]
    return [_statement(ctx, item)]


def _is_prescription(ctx: Context, item: Medication) -> bool:
    in_list = ctx.section is not None and ctx.section.kind in PRESCRIPTION_KINDS
    return in_list or item.statement.mood == "RQO"


def _statement(ctx: Context, item: Medication) -> Resource:
    main = item.statement
    resource = start(ctx, "MedicationStatement", main)
    node = resource.node
    node["status"] = "not-taken" if ctx.negated(main) else status(ctx, "medication-statement", main)
    _put_medication(ctx, node, item.product, item.absent)
    node["subject"] = ctx.subject
    require_time(ctx, node, "effective", item.duration)
    if item.reasons:
        put_list(node, "reasonCode", reasons(ctx, item.reasons, main))
    put_notes(ctx, node, item.dispenser_notes)
    put_list(node, "dosage", dosages(ctx, item))
    return resource


def _put_medication(ctx: Context, node: Node, product: Product | None, absent: CodedValue | None) -> None:
    """``medication[x]``: the absence code, a Medication, or the reason why there is none."""
    if absent is not None:
        node["medicationCodeableConcept"] = concept(ctx, absent)
    elif product is not None:
        node["medicationReference"] = medication(ctx, product).reference
    else:
        node["medicationCodeableConcept"] = ext.absent(ctx)


def reasons(ctx: Context, values: tuple[Reason, ...], main: Statement) -> list[Node]:
    """Reasons as concepts; one that is denied while the act stands is left for a statement of its own."""
    found: list[Node] = []
    for reason in values:
        if ctx.negated(reason.statement) and not ctx.negated(main):
            continue
        coded = concepts(ctx, reason.values)
        text = reason.statement.text
        if not coded and text is not None and text.text:
            ctx.claim(text)
            coded = [{"text": text.text}]
        found.extend(coded)
    return found


# ---- prescriptions -------------------------------------------------------------------------------------------------


def _request(ctx: Context, item: Medication) -> Resource:
    main = item.statement
    resource = start(ctx, "MedicationRequest", main)
    node = resource.node
    node["status"] = status(ctx, "medication-request", main)
    node["intent"] = "order"
    if ctx.negated(main):
        node["doNotPerform"] = True
    _put_medication(ctx, node, item.product, item.absent)
    node["subject"] = ctx.subject
    _put_requester(ctx, node, main)
    if item.reasons:
        put_list(node, "reasonCode", reasons(ctx, item.reasons, main))
    put_notes(ctx, node, item.dispenser_notes)
    put_list(node, "dosageInstruction", dosages(ctx, item, with_duration=True))
    _put_supply(ctx, node, item)
    _put_substitution(ctx, node, ctx.said_by(item.substitution, main))
    return resource


def _put_requester(ctx: Context, node: Node, main: Statement) -> None:
    """The author of the item, else the author of the document (its prescriber by the eP template)."""
    authors = main.taking_part("author") or ctx.document.header.taking_part("author")[:1]
    if not authors:
        return
    time = authors[0].time
    if time is not None and time.value:
        ctx.claim(time)
        put_moment(ctx, node, "authoredOn", time.value)
    who = party(ctx, authors[0])
    if who is not None:
        node["requester"] = who.reference
        _claim_written(ctx, authors[0])
    for other in authors[1:]:
        put_participation(ctx, node, other)


def _claim_written(ctx: Context, participation: Participation) -> None:
    time = participation.time
    if time is None or ctx.claimed(time) or not (time.value or time.low or time.high):
        ctx.claim(participation)


def _put_supply(ctx: Context, node: Node, item: Medication) -> None:
    dispense: Node = {}
    repeat = item.repeat
    if isinstance(repeat, Quantity) and (integer(repeat.value) or 0) > 0 and not repeat.unit:
        ctx.claim(repeat)
        dispense["numberOfRepeatsAllowed"] = integer(repeat.value)
    supply = item.supply
    if supply is not None and not (ctx.negated(supply) and not ctx.negated(item.statement)):
        amount = supply.quantity_as("quantity")
        if isinstance(amount, Quantity) and amount.value:
            dispense["quantity"] = quantity(ctx, amount)
    if dispense:
        node["dispenseRequest"] = dispense


def _put_substitution(ctx: Context, node: Node, value: CodedValue | None) -> None:
    """No substitution is false; any other code stands as a concept."""
    if value is None or not says_something(value):
        return
    allowed = ctx.maps.substitution.get(value.code)
    if allowed is None:
        node["substitution"] = {"allowedCodeableConcept": concept(ctx, value)}
    else:
        node["substitution"] = {"allowedBoolean": allowed, "reason": concept(ctx, value)}


# ---- dispensations -------------------------------------------------------------------------------------------------


def emit_dispensation(ctx: Context, item: Dispensation) -> list[Resource]:
    """The MedicationDispense, with the prescription it fulfils when that is copied back."""
    main = item.statement
    resource = start(ctx, "MedicationDispense", main)
    node = resource.node
    node["status"] = status(ctx, "medication-dispense", main)
    if ctx.negated(main):
        ext.negate(ctx, node)
    _put_medication(ctx, node, item.product, None)
    node["subject"] = ctx.subject
    put_performers(ctx, node, "performer", main.taking_part("performer"))
    _put_amount(ctx, node, item.quantity)
    _put_handover(ctx, node, main)
    if item.prescription is not None:
        request = _request(ctx, item.prescription)
        node["authorizingPrescription"] = [request.reference]
    if item.substituted is not None:
        _put_substituted(ctx, node, item.substituted, main)
    return [resource]


def _put_amount(ctx: Context, node: Node, amount: Quantity | QuantityRange | Ratio | None) -> None:
    if isinstance(amount, Quantity) and amount.value:
        node["quantity"] = quantity(ctx, amount)


def _put_handover(ctx: Context, node: Node, main: Statement) -> None:
    """When it was handed out: the time of the performer, where one stands there."""
    for participation in main.taking_part("performer"):
        time = participation.time
        if time is not None and time.value:
            ctx.claim(time, participation)
            put_moment(ctx, node, "whenHandedOver", time.value)
            return


def _put_substituted(ctx: Context, node: Node, substituted: Statement, main: Statement) -> None:
    """That a substitution was made (or, negated, was not), with its kind."""
    denied = ctx.negated(substituted) and not ctx.negated(main)
    ctx.claim(substituted)
    substitution: Node = {"wasSubstituted": not denied}
    coded = [v for v in (*substituted.values, substituted.code) if isinstance(v, CodedValue)]
    kind = next((v for v in coded if says_something(v) and not ctx.structural(v)), None)
    if kind is not None:
        substitution["type"] = concept(ctx, kind)
    node["substitution"] = substitution
