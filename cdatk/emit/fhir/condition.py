"""Problems and past illnesses: Condition.

The rule: clinicalStatus is what the status observation says; only where it is silent, the concern act's statusCode by
a catalogued row, and "inactive" for the section of past illnesses or a problem that has ended. Neither certainty nor
severity is ever assumed.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import carried, put_participation
from cdatk.emit.fhir.common import start, status_code
from cdatk.emit.fhir.concepts import concept, first_concept, mapped_status, says_something
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import put_moment, put_onset
from cdatk.emit.fhir.dosage import put_notes
from cdatk.emit.fhir.tables import look_up
from cdatk.model import Problem

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
ENDED = frozenset({"inactive", "resolved", "remission"})  # con-4


def emit_problem(ctx: Context, item: Problem) -> list[Resource]:
    """The Condition of a problem observation."""
    resource = start(ctx, "Condition", item.statement, item.concern)
    node = resource.node
    clinical = _put_clinical(ctx, node, item)
    _put_verification(ctx, node, item)
    _put_category(ctx, node, item)
    severity = ctx.said_by(item.severity, item.statement)
    if severity is not None and says_something(severity):
        node["severity"] = concept(ctx, severity)
    node["code"] = _code(ctx, item)
    node["subject"] = ctx.subject
    _put_time(ctx, node, item, clinical)
    outcome = ctx.said_by(item.outcome, item.statement)
    if outcome is not None and says_something(outcome):
        ext.extend(node, carried(ctx, "outcome", outcome))
    for participation in item.professionals:
        put_participation(ctx, node, participation)
    put_notes(ctx, node, item.notes)
    return [resource]


def _code(ctx: Context, item: Problem) -> Node:
    if item.absent is not None:
        return concept(ctx, item.absent)
    return first_concept(ctx, item.values, item.statement.text)


def _put_clinical(ctx: Context, node: Node, item: Problem) -> str:
    """Write clinicalStatus and return its code; "" when nothing tells."""
    stated = ctx.said_by(item.status, item.statement)
    code = look_up(ctx.maps.clinical.condition, stated) if stated is not None else None
    if stated is not None and code is not None:
        node["clinicalStatus"] = mapped_status(ctx, stated, CLINICAL, code)
        return code
    code = _fallback(ctx, item)
    if code:  # without one there is no element: its binding is required, and con-3 only advises it
        node["clinicalStatus"] = {"coding": [{"system": CLINICAL, "code": code}]}
    return code


def _fallback(ctx: Context, item: Problem) -> str:
    """The catalogued fallback of a status that is not stated."""
    by_act = ctx.maps.status["concern"].get(status_code(item.concern), "")
    if item.absent is not None:
        return "active" if by_act == "active" else ""
    section = ctx.section.code.code if ctx.section is not None and ctx.section.code is not None else ""
    if section in ctx.maps.past_problems.sections:
        return "inactive"
    if _abated(item):
        return "inactive"
    return by_act


def _abated(item: Problem) -> bool:
    return item.time is not None and item.time.high is not None and bool(item.time.high.value)


def _put_verification(ctx: Context, node: Node, item: Problem) -> None:
    if ctx.negated(item.statement):
        node["verificationStatus"] = {"coding": [{"system": VERIFICATION, "code": "refuted"}]}
        return
    certainty = ctx.said_by(item.certainty, item.statement)
    code = look_up(ctx.maps.verification.condition, certainty) if certainty is not None else None
    if certainty is not None and code is not None:
        node["verificationStatus"] = mapped_status(ctx, certainty, VERIFICATION, code)
    else:
        stated = ctx.said_by(item.status, item.statement)
        code = look_up(ctx.maps.verification.condition_by_status, stated) if stated is not None else None
        if stated is not None and code is not None:
            node["verificationStatus"] = mapped_status(ctx, stated, VERIFICATION, code)
    if code == "entered-in-error":
        node.pop("clinicalStatus", None)  # con-5


def _put_category(ctx: Context, node: Node, item: Problem) -> None:
    """Problem list, and beside it what kind of statement the document calls it (VS 23)."""
    categories: list[Node] = [{"coding": [{"system": CATEGORY, "code": "problem-list-item"}]}]
    kind = item.category
    if kind is not None and kind.code and not ctx.structural(kind) and not ctx.claimed(kind):
        categories.append(concept(ctx, kind))
    node["category"] = categories


def _put_time(ctx: Context, node: Node, item: Problem, clinical: str) -> None:
    time = item.time
    if time is None:
        return
    put_onset(ctx, node, time)
    if time.high is not None and time.high.value and clinical in ENDED:
        ctx.claim(time.high)
        put_moment(ctx, node, "abatementDateTime", time.high.value)
