"""Findings as Observation, DiagnosticReport and ClinicalImpression.

The rule: one Observation for one observation with the value in its own data type; a panel or a report only where the
document groups; a negated observation carries a modifier extension, because R4 has no other way to deny.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.common import first_interval, link, start, status, unstated
from cdatk.emit.fhir.concepts import concept, concepts, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import period, put_moment, put_time, quantity, quantity_range, ratio, require_time
from cdatk.emit.fhir.dosage import put_notes
from cdatk.emit.fhir.people import claim_participation, party
from cdatk.emit.fhir.primitives import integer
from cdatk.emit.fhir.vitals import blood_pressure, is_blood_pressure
from cdatk.model import (
    AnyValue,
    Boolean,
    CodedValue,
    Finding,
    Identifier,
    Interval,
    Quantity,
    QuantityRange,
    Ratio,
    ReferenceRange,
    Statement,
    Text,
)

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LABORATORY = "laboratory"
_VALUES = frozenset({"valueCodeableConcept", "valueQuantity", "valueInteger", "valueRange", "valueRatio", "valueString",
                     "valueBoolean", "valueDateTime", "valuePeriod"})  # fmt: skip


def emit_finding(ctx: Context, item: Finding) -> list[Resource]:
    """The resources of a finding for the section's list: an observation, a panel, a report with its results."""
    kind = ctx.section.kind if ctx.section is not None else ""
    if is_blood_pressure(ctx, item):
        return [blood_pressure(ctx, item, observation)]
    if kind == "functional-status":
        return [_impression(ctx, item)]
    if item.statement.kind == "organizer" and kind == "result":
        return _report(ctx, item)
    return [_observation_tree(ctx, item)]


def _observation_tree(ctx: Context, item: Finding) -> Resource:
    resource = observation(ctx, item.statement, item)
    for part in item.parts:
        link(ctx, resource, _observation_tree(ctx, part))
    _require_value(ctx, resource.node)
    return resource


def _report(ctx: Context, item: Finding) -> list[Resource]:
    """A result organizer: DiagnosticReport, followed by its observations."""
    main = item.statement
    report = start(ctx, "DiagnosticReport", main)
    node = report.node
    node["status"] = status(ctx, "report", main)
    _negate(ctx, node, main)
    node["code"] = _code(ctx, main)
    node["subject"] = ctx.subject
    require_time(ctx, node, "effective", item.time)
    put_list(node, "performer", _performers(ctx, main))
    results = [_observation_tree(ctx, part) for part in item.parts]
    put_list(node, "result", [result.reference for result in results])
    for note in item.notes:
        if note.text:
            ctx.claim(note.statement.text)
            ext.extend(node, {"url": ctx.extension("note"), "valueString": note.text})
    return [report, *results]


def _impression(ctx: Context, item: Finding) -> Resource:
    """Functional status: a ClinicalImpression of the observations, the type IPS admits in that section."""
    main = item.statement
    impression = start(ctx, "ClinicalImpression", main)
    node = impression.node
    state = status(ctx, "clinical-impression", main, default="")
    if state:
        node["status"] = state
    else:
        node["status"], node["_status"] = unstated(ctx, "ClinicalImpression.status", main)
    _negate(ctx, node, main)
    node["subject"] = ctx.subject
    if main.kind == "organizer":
        if main.code is not None and says_something(main.code):
            node["code"] = concept(ctx, main.code)
        put_time(ctx, node, "effective", item.time)
        put_notes(ctx, node, item.notes)
        parts = [_observation_tree(ctx, part) for part in item.parts]
    else:
        parts = [_observation_tree(ctx, item)]
    put_list(node, "finding", [{"itemReference": part.reference} for part in parts])
    return impression


# ---- one observation ----------------------------------------------------------------------------------------------


def observation(ctx: Context, main: Statement, item: Finding | None = None) -> Resource:
    """The Observation of one statement, without those below it."""
    resource = start(ctx, "Observation", main)
    node = resource.node
    node["status"] = status(ctx, "observation", main)
    _negate(ctx, node, main)
    category = ctx.maps.category.get(ctx.section.kind) if ctx.section is not None and item is not None else None
    if category:
        node["category"] = [{"coding": [{"system": CATEGORY, "code": category}]}]
    node["code"] = _code(ctx, main)
    node["subject"] = ctx.subject
    moment_only = main.code is not None and main.code.code in ctx.maps.moment_only.codes
    time = first_interval(main)
    if category or moment_only:
        require_time(ctx, node, "effective", time, moment_only)
    else:
        put_time(ctx, node, "effective", time)
    if main.participations:
        put_list(node, "performer", _performers(ctx, main))
    if category == LABORATORY and "performer" not in node:
        node["performer"] = [ext.absent(ctx)]
    _put_values(ctx, node, main)
    if main.coded:
        put_list(node, "interpretation", concepts(ctx, main.coded_as("interpretationCode")))
    if item is not None:
        put_notes(ctx, node, item.notes)
    if main.coded:
        _put_sites(ctx, node, main)
    if main.ranges:
        put_list(node, "referenceRange", [r for r in (_range(ctx, r) for r in main.ranges) if r])
    return resource


def _negate(ctx: Context, node: Node, main: Statement) -> None:
    if ctx.negated(main):
        ext.negate(ctx, node)


def _code(ctx: Context, main: Statement) -> Node:
    if main.code is not None and says_something(main.code):
        return concept(ctx, main.code)
    if main.text is not None and main.text.text:
        ctx.claim(main.text)
        return {"text": main.text.text}
    return ext.absent(ctx, main.code.null_flavor if main.code is not None else "")


def _performers(ctx: Context, main: Statement) -> list[Node]:
    """Who is responsible for the result: performers, else its authors."""
    found: list[Node] = []
    for participation in main.taking_part("performer") or main.taking_part("author"):
        who = party(ctx, participation)
        if who is not None and who.type != "Device":  # a device is no performer in R4: it is carried
            claim_participation(ctx, participation)
            if who.reference not in found:
                found.append(who.reference)
    return found


def _put_sites(ctx: Context, node: Node, main: Statement) -> None:
    """BodySite and method take one concept each; further ones stay unclaimed."""
    for name, key in (("targetSiteCode", "bodySite"), ("methodCode", "method")):
        value = next((v for v in main.coded_as(name) if says_something(v)), None)
        if value is not None:
            node[key] = concept(ctx, value)


def _require_value(ctx: Context, node: Node) -> None:
    """A laboratory result without value, members or reason says that the value is unknown (IPS)."""
    if "category" not in node or not _VALUES.isdisjoint(node):
        return
    if "hasMember" not in node and "component" not in node and "dataAbsentReason" not in node:
        node["dataAbsentReason"] = absent_reason(ctx, "")


def absent_reason(ctx: Context, null_flavor: str) -> Node:
    """``dataAbsentReason`` as a concept."""
    return {"coding": [{"system": ext.ABSENT_REASON_SYSTEM, "code": ext.reason(ctx, null_flavor)}]}


# ---- values -------------------------------------------------------------------------------------------------------


def _put_values(ctx: Context, node: Node, main: Statement) -> None:
    """The first value that says something; further ones stay unclaimed; a null one gives its reason."""
    for value in main.values:
        if put_value(ctx, node, value):
            return
    for value in main.values:
        if value.null_flavor:
            node["dataAbsentReason"] = absent_reason(ctx, value.null_flavor)
            return


def put_value(ctx: Context, node: Node, value: AnyValue) -> bool:
    """Write ``value[x]``; False when the value says nothing or has no FHIR type here."""
    before = len(node)
    match value:
        case CodedValue():
            if says_something(value):
                node["valueCodeableConcept"] = concept(ctx, value)
        case Quantity():
            _put_quantity(ctx, node, value)
        case QuantityRange():
            bounds = quantity_range(ctx, value)
            if bounds:
                node["valueRange"] = bounds
        case Ratio():
            amount = ratio(ctx, value)
            if amount:
                node["valueRatio"] = amount
        case Text() if value.text:
            ctx.claim(value)
            node["valueString"] = value.text
        case Boolean() if value.value in ("true", "false"):
            ctx.claim(value)
            node["valueBoolean"] = value.value == "true"
        case Identifier() if value.root or value.extension:
            ctx.claim(value)
            node["valueString"] = "|".join(part for part in (value.root, value.extension) if part)
        case Interval():
            _put_interval(ctx, node, value)
    return len(node) > before


def _put_quantity(ctx: Context, node: Node, value: Quantity) -> None:
    """A whole number without unit is an integer, every other measure a Quantity."""
    if not value.value:
        return
    whole = integer(value.value) if not value.unit and not value.translations and not value.original_text else None
    if whole is not None:
        ctx.claim(value)
        node["valueInteger"] = whole
    else:
        node["valueQuantity"] = quantity(ctx, value)


def _put_interval(ctx: Context, node: Node, value: Interval) -> None:
    if value.value:
        ctx.claim(value)
        put_moment(ctx, node, "valueDateTime", value.value)
    elif any(bound is not None and bound.value for bound in (value.low, value.high)):
        node["valuePeriod"] = period(ctx, value)
    elif value.center is not None and value.center.value:
        ctx.claim(value.center)
        put_moment(ctx, node, "valueDateTime", value.center.value)


def _range(ctx: Context, value: ReferenceRange) -> Node:
    """A reference range: bounds where they are quantities, its words, and what it applies to."""
    node: Node = {}
    if isinstance(value.value, QuantityRange):
        for key, bound in (("low", value.value.low), ("high", value.value.high)):
            if bound is not None and bound.value:
                node[key] = quantity(ctx, bound)
        if value.value.center is None and value.value.width is None:
            ctx.claim(value.value)
    if value.interpretation is not None and says_something(value.interpretation) and node:
        node["type"] = concept(ctx, value.interpretation)
    text = value.text
    if text is not None and text.text:
        ctx.claim(text)
        node["text"] = text.text
    return node
