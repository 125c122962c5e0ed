"""How a medicine is taken: Dosage.

The rule: times that hold together make one dosage, competing ones a dosage each with the same dose; the words of the
document stay words, no sentence is made up.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.datatypes import quantity, quantity_range, ratio
from cdatk.emit.fhir.timing import groups, timing_of
from cdatk.model import Medication, Note, Quantity, QuantityRange, Ratio, Timing

Measured = Quantity | QuantityRange | Ratio
NO_TIMES: tuple[tuple[Timing, ...], ...] = ((),)  # a dose without any time is one dosage


def dosages(ctx: Context, item: Medication, with_duration: bool = False) -> list[Node]:
    """The Dosage elements of a medication and its steps; ``with_duration`` bounds the timing by the treatment time."""
    schedule: tuple[Timing, ...] = item.schedule
    if with_duration and item.duration is not None:
        schedule = (item.duration, *schedule)
    found: list[Node] = []
    for group in groups(schedule) or NO_TIMES:
        node = _dosage(ctx, item, group)
        if node:
            found.append(node)
    if item.steps:
        for step in item.steps:
            found.extend(dosages(ctx, step, with_duration=True))
        if len(found) > 1:
            for number, node in enumerate(found, 1):
                node["sequence"] = number
    if item.patient_notes:
        words = _joined(ctx, item.patient_notes)
        if words and found:
            found[0]["patientInstruction"] = words
        elif words:
            found.append({"patientInstruction": words})
    return found


def _dosage(ctx: Context, item: Medication, group: tuple[Timing, ...]) -> Node:
    node: Node = {}
    if group:
        node["timing"] = timing_of(ctx, group)
    if item.sites and says_something(item.sites[0]):
        node["site"] = concept(ctx, item.sites[0])
    if item.route is not None and says_something(item.route):
        node["route"] = concept(ctx, item.route)
    if item.dose is not None or item.rate is not None:
        amount: Node = {}
        put_dose(ctx, amount, "dose", item.dose)
        put_dose(ctx, amount, "rate", item.rate)
        if amount:
            node["doseAndRate"] = [amount]
    return node


def put_dose(ctx: Context, node: Node, stem: str, value: Measured | None) -> None:
    """Write ``<stem>Quantity``, ``<stem>Range`` or (rates only) ``<stem>Ratio``; other shapes stay unclaimed."""
    if value is None:
        return
    if isinstance(value, Quantity):
        if value.value:
            node[f"{stem}Quantity"] = quantity(ctx, value)
    elif isinstance(value, QuantityRange):
        bounds = quantity_range(ctx, value)
        if bounds:
            node[f"{stem}Range"] = bounds
    elif stem == "rate":
        amount = ratio(ctx, value)
        if amount:
            node["rateRatio"] = amount


def _joined(ctx: Context, notes: tuple[Note, ...]) -> str:
    for note in notes:
        ctx.claim(note.statement.text, note.statement.code)
    return "\n".join(note.text for note in notes if note.text)


def put_notes(ctx: Context, node: Node, notes: tuple[Note, ...]) -> None:
    """Add comments to ``note`` as Annotation elements; the statement's text is claimed."""
    for note in notes:
        if note.text:
            ctx.claim(note.statement.text, note.statement.code)
            ext.append(node, "note", {"text": note.text})
