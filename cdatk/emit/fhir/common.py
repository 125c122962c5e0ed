"""What the emitters of entries have in common: status, ids, links, times, participants.

The rule: a status that the document does not give is "unknown" where R4 demands one and left out elsewhere; it is
never guessed from the kind of entry.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import identifiers
from cdatk.emit.fhir.people import claim_participation, party
from cdatk.model import Interval, Participation, Statement


def start(ctx: Context, type_: str, main: Statement, *around: Statement | None) -> Resource:
    """A new resource for a statement (and the acts around it) with its ids and a link to its narrative."""
    resource = ctx.new(type_)
    ctx.place(resource, main, *around)
    ids = main.ids
    for statement in around:
        if statement is not None:
            ids += statement.ids
            for time in statement.times:
                if time in main.times:  # the concern act often repeats the dates of what it is about
                    ctx.claimed_ids.add(id(time))
    known = identifiers(ctx, ids) if ids else []
    if known:
        resource.node["identifier"] = known
    link_narrative(ctx, resource.node, main)
    return resource


def link_narrative(ctx: Context, node: Node, statement: Statement) -> None:
    """Point to the words of the section that this statement is about, where the document does so."""
    reference = statement.text.reference if statement.text is not None else ""
    if not reference and statement.code is not None:
        reference = statement.code.reference
    if not reference.startswith("#"):
        return
    anchor = reference[1:]
    if anchor in ctx.document.narrative_ids:
        anchor = "".join(anchor.split())
        link_: Node = {"url": ext.NARRATIVE_LINK, "valueUrl": f"{ctx.composition.url}#{anchor}"}
        ext.extend(node, link_)
        ctx.links.append((node, link_, anchor))  # the text is written after its entries: see composition.py


def first_interval(statement: Statement) -> Interval | None:
    """The first effectiveTime that is an interval or a moment: when it was, not how often."""
    for time in statement.times:
        if isinstance(time, Interval):
            return time
    return None


def status_code(statement: Statement | None) -> str:
    """StatusCode in lower case, "" when there is none."""
    status = statement.status if statement is not None else None
    return status.code.strip().lower() if status is not None else ""


def status(ctx: Context, kind: str, statement: Statement, default: str = "unknown") -> str:
    """The status in the words of a resource type; ``default`` when the document gives none that has an equivalent."""
    code = status_code(statement)
    mapped = ctx.maps.status[kind].get(code)
    if mapped is None and code:
        ctx.say_once("FHR-005", statement.element, status=code)
    return mapped or default


def unstated(ctx: Context, element: str, statement: Statement, variant: str = "") -> tuple[str, Node]:
    """The code that R4 demands where the document states none, and the extension that says so."""
    code = ctx.maps.unstated[f"{element}/{variant}" if variant else element]
    ctx.say_once("FHR-008", statement.element, element=element, code=code)
    return code, {"extension": [{"url": ctx.extension("not-stated"), "valueBoolean": True}]}


def put_performers(ctx: Context, node: Node, key: str, participations: tuple[Participation, ...]) -> None:
    """Write performers as backbone elements with an ``actor``; a device, which not all of them admit, is carried."""
    if not participations:
        return
    found: list[Node] = []
    for participation in participations:
        who = party(ctx, participation)
        if who is not None and who.type != "Device":
            claim_participation(ctx, participation)
            found.append({"actor": who.reference})
    put_list(node, key, found)


def take_comment(ctx: Context, parent: Resource, statement: Statement) -> bool:
    """Write an act that is a comment into the ``note`` of what it hangs on; False when it is none."""
    code, text = statement.code, statement.text
    if code is None or code.code not in ctx.maps.comment.codes or statement.kind != "act" or ctx.negated(statement):
        return False
    if text is None or not text.text or parent.type not in ctx.maps.comment.noted:
        return False
    ctx.claim(statement, code, text)
    ext.append(parent.node, "note", {"text": text.text})
    return True


def link(ctx: Context, parent: Resource, child: Resource) -> None:
    """Say that a resource belongs to another one: hasMember or focus for observations, else an extension."""
    if parent.url == child.url:
        return
    if child.type == "Observation" and parent.type == "Observation" and "component" not in parent.node:
        ext.append(parent.node, "hasMember", child.reference)
    elif child.type == "Observation":
        ext.append(child.node, "focus", parent.reference)
        ext.extend(parent.node, {"url": ctx.extension("related"), "valueReference": child.reference})
    else:
        ext.extend(parent.node, {"url": ctx.extension("related"), "valueReference": child.reference})
