"""Who takes part: Practitioner, PractitionerRole, Organization, Device.

The rule: one person or organisation is one resource however often the document repeats it; a role that says nothing
gives no resource, and a missing name is said to be missing.
"""

from __future__ import annotations

import msgspec

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.contact import addresses, contact_points, first_text, human_names, put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import identifiers
from cdatk.model import CodedValue, Device, Identifier, Name, Organization, Participation, Role


def party(ctx: Context, participation: Participation) -> Resource | None:
    """The resource for who takes part: PractitionerRole, Practitioner, Organization or Device; None for nobody."""
    role = participation.role
    if role is None:
        ctx.claim(participation.function)
        return None
    if role.device is not None:
        return _device(ctx, role, role.device)
    person = _practitioner(ctx, role)
    organizations = [o for o in (organization(ctx, org) for org in role.organizations) if o is not None]
    function = participation.function
    bare = not says_something(function) and not says_something(role.code)
    if bare and person is None and len(organizations) <= 1:
        ctx.claim(function, role.code)
        return organizations[0] if organizations else None
    if bare and not organizations:
        ctx.claim(function, role.code)
        return person
    found = _practitioner_role(ctx, role, function, person, organizations[0] if organizations else None)
    for further in organizations[1:]:
        link: Node = {"url": ctx.extension("organization"), "valueReference": further.reference}
        held = found.node.get("extension")
        if not (isinstance(held, list) and link in held):
            ext.extend(found.node, link)
    return found


def _practitioner_role(
    ctx: Context, role: Role, function: CodedValue | None, person: Resource | None, place: Resource | None
) -> Resource:
    key = ("role", _code_key(function), _code_key(role.code), person.url if person else "", place.url if place else "")
    _claim_codes(ctx, function, role.code)
    known = ctx.parties.get(key)
    if known is not None:
        return known
    resource = ctx.parties[key] = ctx.new("PractitionerRole")
    ctx.note_origin(resource.node, role.element)
    node = resource.node
    if person is not None:
        node["practitioner"] = person.reference
    if place is not None:
        node["organization"] = place.reference
    if function is not None and says_something(function):
        node["code"] = [concept(ctx, function)]
    if role.code is not None and says_something(role.code):
        node["specialty"] = [concept(ctx, role.code)]
    return resource


def _practitioner(ctx: Context, role: Role) -> Resource | None:
    ids = identifiers(ctx, role.ids)
    names = human_names(ctx, role.names)
    telecoms = contact_points(ctx, role.telecoms)
    places = addresses(ctx, role.addresses)
    if not ids and not names and not (telecoms and not role.organizations):
        return None
    key = ("person", _same(ids, names, telecoms, places))
    known = ctx.parties.get(key)
    if known is not None:
        return known
    resource = ctx.parties[key] = ctx.new("Practitioner")
    ctx.note_origin(resource.node, role.element)
    put_list(resource.node, "identifier", ids)
    resource.node["name"] = names or human_names(ctx, role.names, required=True)
    put_list(resource.node, "telecom", telecoms)
    put_list(resource.node, "address", places)
    return resource


def organization(ctx: Context, value: Organization | None) -> Resource | None:
    """The Organization resource; None when the organisation has neither id, name nor contact."""
    if value is None:
        return None
    ids = identifiers(ctx, value.ids)
    name = first_text(value.names)
    telecoms = contact_points(ctx, value.telecoms, organization=True)
    places = addresses(ctx, value.addresses, organization=True)
    _claim_codes(ctx, value.code)
    whole = organization(ctx, value.part_of)
    if not (ids or name or telecoms or places):
        return whole
    key = ("organization", name, _same(ids, telecoms, places), _code_key(value.code))
    known = ctx.parties.get(key)
    if known is not None:
        return known
    resource = ctx.parties[key] = ctx.new("Organization")
    node = resource.node
    put_list(node, "identifier", ids)
    if value.code is not None and says_something(value.code):
        node["type"] = [concept(ctx, value.code)]
    _put_name(ctx, node, name, value.names)
    put_list(node, "telecom", telecoms)
    put_list(node, "address", places)
    if whole is not None:
        node["partOf"] = whole.reference
    return resource


def _put_name(ctx: Context, node: Node, name: str, names: tuple[Name, ...]) -> None:
    if not name:
        node["_name"] = ext.absent(ctx, next((n.null_flavor for n in names if n.null_flavor), ""))
        return
    node["name"] = name
    others = [n.text.strip() for n in names if n.text.strip() and n.text.strip() != name]
    if others:
        node["alias"] = others


def _device(ctx: Context, role: Role, device: Device) -> Resource:
    ids = identifiers(ctx, role.ids)
    place = next((o for o in (organization(ctx, org) for org in role.organizations) if o is not None), None)
    _claim_codes(ctx, device.code, role.code)
    key = ("device", _same(ids), device.manufacturer_model, device.software, place.url if place else "")
    known = ctx.parties.get(key)
    if known is not None:
        return known
    resource = ctx.parties[key] = ctx.new("Device")
    node = resource.node
    put_list(node, "identifier", ids)
    names = [(device.software, "user-friendly-name"), (device.manufacturer_model, "model-name")]
    put_list(node, "deviceName", [{"name": name, "type": kind} for name, kind in names if name.strip()])
    if device.code is not None and says_something(device.code):
        node["type"] = concept(ctx, device.code)
    elif not ids and "deviceName" not in node:
        node["type"] = ext.absent(ctx)
    if place is not None:
        node["owner"] = place.reference
    return resource


def claim_participation(ctx: Context, participation: Participation) -> None:
    """Claim a participation whose party has been written, unless its time still says something."""
    time = participation.time
    if time is None or not (time.value or time.low or time.high):
        ctx.claim(participation)


def related_person(
    ctx: Context, ids: tuple[Identifier, ...], names: tuple[Name, ...], relationship: CodedValue | None
) -> Resource:
    """A RelatedPerson of the patient."""
    resource = ctx.new("RelatedPerson")
    put_list(resource.node, "identifier", identifiers(ctx, ids))
    resource.node["patient"] = ctx.subject
    if relationship is not None and says_something(relationship):
        resource.node["relationship"] = [concept(ctx, relationship)]
    put_list(resource.node, "name", human_names(ctx, names))
    return resource


def _same(*parts: list[Node]) -> bytes:
    """A key for what is written about somebody; made in C, a fraction of what ``str`` costs."""
    return msgspec.json.encode(parts)


def _code_key(value: CodedValue | None) -> str:
    return f"{value.system}|{value.code}|{value.text}" if value is not None else ""


def _claim_codes(ctx: Context, *values: CodedValue | None) -> None:
    ctx.claim(*values)
