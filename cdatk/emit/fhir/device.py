"""Medical devices and implants: DeviceUseStatement with its Device.

The rule: R4 demands a status and knows no "unknown" here, so where the document gives none the one of ``maps.toml`` is
written and marked as not stated; a time that is not given is absent with its reason.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.common import start, status, unstated
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import identifiers, require_time
from cdatk.emit.fhir.people import organization
from cdatk.model import DeviceUse, Role


def emit_device(ctx: Context, item: DeviceUse) -> list[Resource]:
    """The DeviceUseStatement and its Device."""
    main = item.statement
    resource = start(ctx, "DeviceUseStatement", main)
    node = resource.node
    if ctx.negated(main):
        ext.negate(ctx, node)
    state = "intended" if main.mood in ctx.maps.intent else status(ctx, "device", main, default="")
    if state:
        node["status"] = state
    else:
        ended = item.time is not None and item.time.high is not None and bool(item.time.high.value)
        node["status"], node["_status"] = unstated(ctx, "DeviceUseStatement.status", main, "ended" if ended else "")
    node["subject"] = ctx.subject
    require_time(ctx, node, "timing", item.time)
    node["device"] = _device(ctx, item).reference
    return [resource]


def _device(ctx: Context, item: DeviceUse) -> Resource:
    resource = ctx.new("Device")
    node = resource.node
    role = item.participation.role if item.participation is not None else None
    if role is not None:
        put_list(node, "identifier", identifiers(ctx, role.ids))
    if item.name:
        node["deviceName"] = [{"name": item.name, "type": "user-friendly-name"}]
    node["type"] = _type(ctx, item)
    node["patient"] = ctx.subject
    if role is not None:
        _put_role(ctx, node, role)
    if item.participation is not None and _whole(item):
        ctx.claim(item.participation)
    return resource


def _type(ctx: Context, item: DeviceUse) -> Node:
    coded = item.absent if item.absent is not None else item.code
    if coded is not None and says_something(coded):
        return concept(ctx, coded)
    text = item.statement.text
    if text is not None and text.text:
        ctx.claim(text)
        return {"text": text.text}
    return ext.absent(ctx, coded.null_flavor if coded is not None else "")


def _put_role(ctx: Context, node: Node, role: Role) -> None:
    texts = [text.text for text in role.entity_texts if text.text]
    if texts:
        node["modelNumber"] = texts[0]
    for text in texts[1:]:
        ext.append(node, "note", {"text": text})
    owner = next((o for o in (organization(ctx, o) for o in role.organizations) if o is not None), None)
    if owner is not None:
        node["owner"] = owner.reference


def _whole(item: DeviceUse) -> bool:
    """True when nothing of the participation is left: no time, function or role code of its own."""
    participation = item.participation
    if participation is None or participation.time is not None or participation.function is not None:
        return False
    role = participation.role
    return role is None or (role.code is None and not role.coded and len(role.entity_names) <= 1)
