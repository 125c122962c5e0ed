"""The guarantee that nothing of an entry is lost: what no emitter has written is carried in extensions.

The rule: this module walks a statement by its structure alone and knows no kind of entry. Whatever has not been
claimed is written as an extension of the resource the statement lives in, with the CDA element it stands in.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.contact import address, contact_point, first_text
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.datatypes import identifier, period, put_moment, quantity, quantity_range, ratio
from cdatk.emit.fhir.people import organization, party
from cdatk.emit.fhir.slots import interval_says, open_slots
from cdatk.emit.fhir.timing import timing
from cdatk.model import (
    AnyValue,
    Boolean,
    CodedValue,
    EventTiming,
    Identifier,
    Interval,
    Participation,
    Periodic,
    Quantity,
    QuantityRange,
    Ratio,
    Statement,
    Text,
    TimeSet,
    Timing,
)

Uncoded = Quantity | QuantityRange | Ratio | Text | Boolean | Timing | Identifier


def carried(ctx: Context, name: str, value: AnyValue) -> Node:
    """The extension that carries a value under the name of its CDA element; the value is claimed."""
    part: Node = {"url": "value"}
    if isinstance(value, CodedValue):
        part["valueCodeableConcept"] = concept(ctx, value)
    else:
        _put_value(ctx, part, value)
    parts: list[Node] = [{"url": "element", "valueString": name}]
    if len(part) > 1:
        parts.append(part)
    return {"url": ctx.extension("carried"), "extension": parts}


def _put_value(ctx: Context, part: Node, value: Uncoded) -> None:
    ctx.claim(value)
    match value:
        case Quantity():
            part["valueQuantity"] = quantity(ctx, value)
        case QuantityRange():
            _put_range(ctx, part, value)
        case Ratio():
            _put_ratio(ctx, part, value)
        case Interval():
            _put_interval(ctx, part, value)
        case Text():
            part["valueString"] = value.text or value.reference
        case Boolean():
            part["valueBoolean"] = value.value == "true"
        case Identifier():
            part["valueIdentifier"] = identifier(ctx, value) or ext.absent(ctx, value.null_flavor)
        case Periodic() | EventTiming() | TimeSet():
            part["valueTiming"] = timing(ctx, value)


def _put_interval(ctx: Context, part: Node, value: Interval) -> None:
    if value.value:
        put_moment(ctx, part, "valueDateTime", value.value)
    elif value.center is not None and value.center.value:
        put_moment(ctx, part, "valueDateTime", value.center.value)
    else:
        part["valuePeriod"] = period(ctx, value)
    if value.width is not None and value.width.value:
        width: Node = {"url": ctx.extension("width"), "valueQuantity": quantity(ctx, value.width)}
        key = "valuePeriod" if "valuePeriod" in part else "_valueDateTime"
        held = part.setdefault(key, {})
        if isinstance(held, dict):
            ext.extend(held, width)


def _put_range(ctx: Context, part: Node, value: QuantityRange) -> None:
    node = quantity_range(ctx, value)
    for name, bound in (("center", value.center), ("width", value.width)):
        if bound is not None and bound.value:
            ext.extend(node, {"url": ctx.extension(name), "valueQuantity": quantity(ctx, bound)})
    part["valueRange"] = node or ext.absent(ctx, value.null_flavor)


def _put_ratio(ctx: Context, part: Node, value: Ratio) -> None:
    node = ratio(ctx, value)
    if not node:
        for name, bound in (("numerator", value.numerator), ("denominator", value.denominator)):
            if bound is not None and (bound.value or bound.null_flavor):
                ext.extend(node, {"url": ctx.extension(name), "valueQuantity": quantity(ctx, bound)})
    part["valueRatio"] = node or ext.absent(ctx, value.null_flavor)


# ---- what is left of a statement ----------------------------------------------------------------------------------


def left_over(ctx: Context, statement: Statement) -> list[Node]:
    """Extensions for all that has not been claimed of one statement (not of those below it)."""
    slots = open_slots(ctx, statement)
    found: list[Node] = []
    if not (slots or statement.participations or statement.references):
        return found
    claimed = ctx.claimed_ids
    for name, value in slots:
        ctx.carried += isinstance(value, CodedValue)
        found.append(carried(ctx, _label(statement) + name, value))
    for participation in statement.participations:
        if id(participation) not in claimed and (participation.role is not None or participation.function is not None):
            extension = _participation(ctx, _label(statement), participation)
            if extension is not None:
                found.append(extension)
    for reference in statement.references:
        if id(reference) not in claimed:
            found.append(_external(ctx, reference.ids, reference.code, reference.text))
            claimed.add(id(reference))
    return found


def has_content(ctx: Context, statement: Statement) -> bool:
    """True when a statement, or one below it, says something that has not been written (ids alone say nothing)."""
    if any(name != "id" for name, _ in open_slots(ctx, statement)):
        return True
    if any(_role_says(participation) for participation in statement.participations):
        return True
    return any(has_content(ctx, relation.statement) for relation in statement.relations)


def _role_says(value: Participation) -> bool:
    role = value.role
    return role is not None and (says_something(role.entity_code) or bool(first_text(role.entity_names)))


def _label(statement: Statement) -> str:
    """Where the statement stands, in front of an element's name: kind and code of a nested one."""
    code = statement.code.code if statement.code is not None else ""
    return f"{statement.kind}[{code}]/" if code else f"{statement.kind}/"


# ---- people and things that take part --------------------------------------------------------------------------------


def put_participation(ctx: Context, node: Node, value: Participation) -> None:
    """Carry a participation: what it is, when, and who, as a reference where it is a person."""
    extension = _participation(ctx, "", value)
    if extension is not None:
        ext.extend(node, extension)


def _participation(ctx: Context, label: str, value: Participation) -> Node | None:
    """The extension for a participation; None when nothing is left to say of it."""
    ctx.claim(value)
    parts: list[Node] = [{"url": "element", "valueString": f"{label}{value.name}"}]
    if value.type_code:
        parts.append({"url": "typeCode", "valueCode": value.type_code})
    if value.time is not None and interval_says(ctx, value.time):
        time: Node = {"url": "time"}
        _put_interval(ctx, time, value.time)
        ctx.claim(value.time)
        parts.append(time)
    person = value.name in ctx.maps.practitioner_participations.names or (value.role is not None and value.role.names)
    if person:
        who = party(ctx, value)
        if who is not None:
            parts.append({"url": "actor", "valueReference": who.reference})
    parts.extend(_role_parts(ctx, value, bool(person)))
    if all(part["url"] in ("element", "typeCode") for part in parts):
        return None
    return {"url": ctx.extension("participation"), "extension": parts}


def _role_parts(ctx: Context, value: Participation, person: bool) -> list[Node]:
    """Codes, ids and names of a role that no resource took."""
    role = value.role
    codes = [value.function, value.mode]
    parts: list[Node] = []
    if role is not None:
        codes += [role.code, role.entity_code, *role.coded]
        for name in role.entity_names:
            if name.text.strip():
                parts.append({"url": "name", "valueString": name.text.strip()})
        for text in role.entity_texts:
            if text.text:
                parts.append({"url": "description", "valueString": text.text})
        if not person:
            parts.extend(_anonymous_parts(ctx, value))
    for code in codes:
        if code is not None and says_something(code) and not ctx.claimed(code):
            parts.append({"url": code.name, "valueCodeableConcept": concept(ctx, code)})
    return parts


def _anonymous_parts(ctx: Context, value: Participation) -> list[Node]:
    role = value.role
    parts: list[Node] = []
    if role is None:
        return parts
    for identity in role.ids:
        node = identifier(ctx, identity)
        if node is not None:
            parts.append({"url": "id", "valueIdentifier": node})
    for place in role.addresses:
        known = address(ctx, place)
        if known:
            parts.append({"url": "addr", "valueAddress": known})
    for telecom in role.telecoms:
        point = contact_point(ctx, telecom)
        if point:
            parts.append({"url": "telecom", "valueContactPoint": point})
    for scoped in role.organizations:
        resource = organization(ctx, scoped)
        if resource is not None:
            parts.append({"url": "organization", "valueReference": resource.reference})
    return parts


def _external(ctx: Context, ids: tuple[Identifier, ...], code: CodedValue | None, text: Text | None) -> Node:
    """A reference to a document or act outside this one."""
    parts: list[Node] = []
    for identity in ids:
        node = identifier(ctx, identity)
        if node is not None:
            parts.append({"url": "id", "valueIdentifier": node})
    if code is not None and says_something(code):
        parts.append({"url": "code", "valueCodeableConcept": concept(ctx, code)})
    if text is not None and (text.text or text.reference):
        parts.append({"url": "text", "valueString": text.text or text.reference})
    if not parts:
        parts.append({"url": "element", "valueString": "reference"})
    return {"url": ctx.extension("external-reference"), "extension": parts}
