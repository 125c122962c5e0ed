"""Allergies and intolerances: AllergyIntolerance.

The rule: verificationStatus stands there only when the document says it (or denies the allergy); clinicalStatus,
which R4 demands, is marked as not stated when the document does not tell; the concern act's "completed" never
resolves an allergy that the document calls active.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import carried
from cdatk.emit.fhir.common import start, status_code, unstated
from cdatk.emit.fhir.concepts import concept, first_concept, mapped_status, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import period, put_moment, put_onset
from cdatk.emit.fhir.dosage import put_notes
from cdatk.emit.fhir.tables import look_up
from cdatk.model import Agent, Allergy, CodedValue, Interval, Reaction

CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def emit_allergy(ctx: Context, item: Allergy) -> list[Resource]:
    """One AllergyIntolerance per agent; one for an allergy whose agent is not coded, or for an absence."""
    agents = [agent for agent in item.agents if agent.name or says_something(agent.code)] if item.agents else []
    if not agents:
        return [_allergy(ctx, item, None)]
    return [_allergy(ctx, item, agent) for agent in agents]


def _allergy(ctx: Context, item: Allergy, agent: Agent | None) -> Resource:
    resource = start(ctx, "AllergyIntolerance", item.statement, item.concern)
    node = resource.node
    negated = ctx.negated(item.statement)
    _put_clinical(ctx, node, item)
    _put_verification(ctx, node, item, negated)
    if item.absent is None:
        _put_type(ctx, node, item.type)
    criticality = ctx.said_by(item.criticality, item.statement)
    if criticality is not None and says_something(criticality):
        _put_code(ctx, node, "criticality", criticality, look_up(ctx.maps.criticality, criticality))
    node["code"] = _code(ctx, item, agent)
    node["patient"] = ctx.subject
    _put_time(ctx, node, item.time)
    put_notes(ctx, node, item.notes)
    if item.reactions:
        reactions = [_reaction(ctx, r) for r in item.reactions if not _denied(ctx, item, r)]
        put_list(node, "reaction", [r for r in reactions if r])
    return resource


def _denied(ctx: Context, item: Allergy, reaction: Reaction) -> bool:
    """True when a manifestation is negated although the allergy stands: it is no manifestation of it."""
    return ctx.negated(reaction.statement) and not ctx.negated(item.statement)


def _code(ctx: Context, item: Allergy, agent: Agent | None) -> Node:
    """The absence, else the agent, else the value; other values stay unclaimed and are carried."""
    if item.absent is not None:
        return concept(ctx, item.absent)
    if agent is not None:
        node = concept(ctx, agent.code) if agent.code is not None and says_something(agent.code) else {}
        role = agent.participation.role
        if role is not None and not role.ids and not role.code:
            ctx.claim(agent.participation)
        if agent.name and "text" not in node:
            node["text"] = agent.name
        elif agent.name and node.get("text") != agent.name:
            ext.extend(node, {"url": ctx.extension("name"), "valueString": agent.name})
        return node
    return first_concept(ctx, item.values, item.statement.text)


def _put_clinical(ctx: Context, node: Node, item: Allergy) -> None:
    stated = ctx.said_by(item.status, item.statement)
    code = look_up(ctx.maps.clinical.allergy, stated) if stated is not None else None
    if stated is not None and code is not None:
        node["clinicalStatus"] = mapped_status(ctx, stated, CLINICAL, code)
        return
    fallback = "" if stated is not None else ctx.maps.status["concern"].get(status_code(item.concern), "")
    if fallback and not (item.absent is not None and fallback != "active"):
        node["clinicalStatus"] = {"coding": [{"system": CLINICAL, "code": fallback}]}
    else:  # ait-1 demands the element
        code, mark = unstated(ctx, "AllergyIntolerance.clinicalStatus", item.statement)
        node["clinicalStatus"] = {"coding": [{"system": CLINICAL, "code": code}], **mark}


def _put_verification(ctx: Context, node: Node, item: Allergy, negated: bool) -> None:
    stated = ctx.said_by(item.certainty, item.statement)
    if negated:
        node["verificationStatus"] = {"coding": [{"system": VERIFICATION, "code": "refuted"}]}
        return
    if stated is None:
        return
    code = look_up(ctx.maps.verification.allergy, stated)
    if code is not None:
        node["verificationStatus"] = mapped_status(ctx, stated, VERIFICATION, code)
        if code == "entered-in-error":
            node.pop("clinicalStatus", None)  # ait-2


def _put_type(ctx: Context, node: Node, type_: CodedValue | None) -> None:
    said = look_up(ctx.maps.allergy_type, type_) if type_ is not None else None
    if type_ is None or said is None:
        return
    if said.type:
        _put_code(ctx, node, "type", type_, said.type)
    if said.category:
        node["category"] = [said.category]
    if not said.type:
        ext.extend(node, carried(ctx, "observation/code", type_))


def _put_code(ctx: Context, node: Node, key: str, coded: CodedValue, code: str | None) -> None:
    """A FHIR code with the source's own coding beside it; without an equivalent the value stays unclaimed."""
    if code is not None:
        node[key] = code
        node[f"_{key}"] = {"extension": [carried(ctx, key, coded)]}


def _put_time(ctx: Context, node: Node, time: Interval | None) -> None:
    if time is None:
        return
    put_onset(ctx, node, time)
    if time.high is not None and time.high.value:
        ctx.claim(time.high)
        part: Node = {"url": ext.ABATEMENT}
        put_moment(ctx, part, "valueDateTime", time.high.value)
        ext.extend(node, part)


def _reaction(ctx: Context, reaction: Reaction) -> Node:
    """A reaction; {} when there is neither a coded manifestation nor words for one."""
    value = reaction.value
    if value is not None and says_something(value):
        manifestation = concept(ctx, value)
    elif reaction.statement.text is not None and reaction.statement.text.text:
        ctx.claim(reaction.statement.text)
        manifestation = {"text": reaction.statement.text.text}
    else:
        return {}
    node: Node = {"manifestation": [manifestation]}
    ctx.claim(reaction.statement)
    time = reaction.time
    if time is not None and (time.value or (time.low is not None and time.low.value)):
        if time.high is None or not time.high.value:
            put_moment(ctx, node, "onset", time.start)
            ctx.claim(time.low, time if time.value else None)
        else:
            ext.extend(node, {"url": ctx.extension("period"), "valuePeriod": period(ctx, time)})
    severity = ctx.said_by(reaction.severity, reaction.statement)
    if severity is not None and says_something(severity):
        code = look_up(ctx.maps.reaction_severity, severity)
        if code is not None:
            _put_code(ctx, node, "severity", severity, code)
        else:
            ext.extend(node, carried(ctx, "severity", severity))
    return node
