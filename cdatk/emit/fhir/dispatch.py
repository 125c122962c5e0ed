"""Entries to resources: the one dictionary from item types to emitters, and the end of every entry.

The rule: after an emitter has run, everything of the entry that it did not write is carried on, by structure alone:
statements of their own become linked resources, single values become extensions. To add a kind of entry, add an
emitter and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.allergy import emit_allergy
from cdatk.emit.fhir.carry import has_content, left_over
from cdatk.emit.fhir.common import link, take_comment
from cdatk.emit.fhir.condition import emit_problem
from cdatk.emit.fhir.context import Context, Resource
from cdatk.emit.fhir.device import emit_device
from cdatk.emit.fhir.generic import emit_generic, emit_statement
from cdatk.emit.fhir.hooks import run_hook
from cdatk.emit.fhir.immunization import emit_immunization
from cdatk.emit.fhir.medication import emit_dispensation, emit_medication
from cdatk.emit.fhir.observation import emit_finding
from cdatk.emit.fhir.procedure import emit_procedure
from cdatk.model import (
    Allergy,
    DeviceUse,
    Dispensation,
    Entry,
    Finding,
    Generic,
    Immunization,
    Item,
    Medication,
    Problem,
    Procedure,
    Section,
    Statement,
)

# Each emitter takes exactly the type it is registered for; a dictionary cannot say that, so the argument is Any here.
EMITTERS: Final[dict[type[Item], Callable[[Context, Any], list[Resource]]]] = {
    Allergy: emit_allergy,
    Problem: emit_problem,
    Medication: emit_medication,
    Dispensation: emit_dispensation,
    Immunization: emit_immunization,
    Procedure: emit_procedure,
    DeviceUse: emit_device,
    Finding: emit_finding,
    Generic: emit_generic,
}


def emit_entry(ctx: Context, section: Section, entry: Entry) -> list[Resource]:
    """The resources of an entry for the section's list; [] for an entry that is void or has no statement."""
    ctx.begin(section, entry)
    if entry.void and not any(has_content(ctx, root) for root in ctx.roots):
        return []
    found: list[Resource] = []
    mains: list[tuple[Item, Resource]] = []
    hooked = run_hook(ctx) if ctx.run.hooks else []
    for item in entry.items:
        resources = hooked or _emit(ctx, item)
        mains.append((item, resources[0]))
        for resource in resources:
            if resource not in found:
                found.append(resource)
    for item, main in mains:
        for statement in _others(item):
            if not ctx.claimed(statement) and not take_comment(ctx, main, statement):
                link(ctx, main, emit_statement(ctx, statement))
    for root in ctx.roots:
        _finish(ctx, root, mains[0][1], False)
    return found


def _emit(ctx: Context, item: Item) -> list[Resource]:
    """The resources of an item. What is only planned or ordered is no event: its mood decides, not its kind."""
    if item.statement.mood in ctx.maps.intent and isinstance(item, (Immunization, Procedure, Finding)):
        return [emit_statement(ctx, item.statement)]
    return EMITTERS[type(item)](ctx, item)


def _others(item: Item) -> tuple[Statement, ...]:
    """Statements that no field of the item took, those of its steps and parts included."""
    found = item.others
    inner: tuple[Item, ...] = ()
    if isinstance(item, Medication):
        inner = item.steps
    elif isinstance(item, Finding):
        inner = item.parts
    elif isinstance(item, Dispensation) and item.prescription is not None:
        inner = (item.prescription,)
    for one in inner:
        found += _others(one)
    return found


def _finish(ctx: Context, statement: Statement, home: Resource, negated_above: bool) -> None:
    """Carry what is left of a statement and of those below it; a denial of its own gets a resource of its own."""
    negated = id(statement) in ctx.denied
    if negated and not negated_above and not ctx.claimed(statement) and has_content(ctx, statement):
        link(ctx, home, emit_statement(ctx, statement))
    here = ctx.homes.get(id(statement), home)
    for extension in left_over(ctx, statement):
        ext.extend(here.node, extension)
    for relation in statement.relations:
        _finish(ctx, relation.statement, here, negated)
