"""Procedures: Procedure.

The rule: a negated procedure was not done; the date is as the document has it, and its absence is said.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.common import put_performers, start, status
from cdatk.emit.fhir.concepts import concept, concepts, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import require_time
from cdatk.emit.fhir.dosage import put_notes
from cdatk.emit.fhir.medication import reasons
from cdatk.model import Interval, Procedure, Statement


def emit_procedure(ctx: Context, item: Procedure) -> list[Resource]:
    """The Procedure of a procedure statement."""
    main = item.statement
    resource = begin_procedure(ctx, main, item.time)
    node = resource.node
    coded = item.absent if item.absent is not None else item.code
    if coded is not None and says_something(coded):
        node["code"] = concept(ctx, coded)
    put_performers(ctx, node, "performer", item.performers)
    if item.reasons:
        put_list(node, "reasonCode", reasons(ctx, item.reasons, main))
    if item.sites:
        put_list(node, "bodySite", concepts(ctx, item.sites))
    put_notes(ctx, node, item.notes)
    return [resource]


def begin_procedure(ctx: Context, main: Statement, time: Interval | None) -> Resource:
    """A Procedure with status, subject and date; its code says why it is absent until it is set."""
    resource = start(ctx, "Procedure", main)
    node = resource.node
    node["status"] = "not-done" if ctx.negated(main) else status(ctx, "procedure", main)
    node["code"] = _code_or_words(ctx, main)
    node["subject"] = ctx.subject
    require_time(ctx, node, "performed", time)
    return resource


def _code_or_words(ctx: Context, main: Statement) -> Node:
    if main.code is not None and says_something(main.code):
        return {}
    if main.text is not None and main.text.text:
        ctx.claim(main.text)
        return {"text": main.text.text}
    return ext.absent(ctx, main.code.null_flavor if main.code is not None else "")
