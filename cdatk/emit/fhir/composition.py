"""The Composition: the document's header and its sections.

The rule: authors, attesters, dates and relations are those of the document; the tool is no author of it (it stands in
the Provenance).
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import carried, put_participation
from cdatk.emit.fhir.concepts import coding, concept, says_something, word_beside
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.datatypes import identifier, identifiers, period, put_moment
from cdatk.emit.fhir.documents import emit_attachment
from cdatk.emit.fhir.people import organization, party
from cdatk.emit.fhir.primitives import code as clean_code
from cdatk.emit.fhir.primitives import language
from cdatk.emit.fhir.sections import SectionWriter
from cdatk.model import Interval, Moment, Participation, RelatedDocument, ServiceEvent

ATTESTERS = {"legalAuthenticator": "legal", "authenticator": "professional"}


def emit_composition(ctx: Context) -> frozenset[int]:
    """Fill the Composition and return the numbers of the entries that its sections hold."""
    node = ctx.composition.node
    header = ctx.document.header
    tag = language(ctx.document.language)
    if tag:
        node["language"] = tag
    _put_identifier(ctx, node)
    node["status"] = "final"
    has_code = header.code is not None and says_something(header.code)
    node["type"] = concept(ctx, header.code) if header.code is not None and has_code else ext.absent(ctx)
    node["subject"] = ctx.subject
    time = header.time or Moment()
    put_moment(ctx, node, "date", time.value, time.null_flavor)
    authors = _authors(ctx)
    node["author"] = authors or [ext.absent(ctx)]
    node["title"] = header.title or ctx.run.title or ctx.words("document")
    _put_translated_title(ctx, node)
    _put_confidentiality(ctx, node)
    _put_attesters(ctx, node)
    custodian = organization(ctx, header.custodian)
    if custodian is not None:
        node["custodian"] = custodian.reference
    _put_relations(ctx, node)
    events = [event for event in (_event(ctx, e) for e in header.events) if event]
    if events:
        node["event"] = events
    _put_other_people(ctx, node)
    return _put_sections(ctx, node, authors)


def _put_sections(ctx: Context, node: Node, authors: list[Node]) -> frozenset[int]:
    writer = SectionWriter(ctx)
    attachment = ctx.document.attachment
    sections: list[Node] = []
    if attachment is not None:
        sections.append(writer.attached(emit_attachment(ctx, attachment, authors).reference))
    sections.extend(writer.write())
    if attachment is None and ctx.run.beside is not None:  # the level 1 document of the same summary
        sections.append(writer.attached(emit_attachment(ctx, ctx.run.beside, [], beside=True).reference))
    present = {s.code.code for s in ctx.document.sections if s.code is not None}
    sections.extend(writer.missing(present))
    writer.drop_dead_links()
    ctx.begin(None, None)
    if sections:
        node["section"] = sections
    return frozenset(writer.entries)


def _put_identifier(ctx: Context, node: Node) -> None:
    header = ctx.document.header
    chosen = header.set_id or (header.ids[0] if header.ids else None)
    value = identifier(ctx, chosen) if chosen is not None else None
    if value is not None:
        node["identifier"] = value
    if header.version:
        ext.extend(node, {"url": ctx.extension("version"), "valueString": header.version})


def _put_translated_title(ctx: Context, node: Node) -> None:
    """The document type in the reader's language beside the document's own title."""
    words = ctx.run.title
    if words and words != node["title"] and ctx.document.header.title:
        node["_title"] = ext.in_language(ctx.run.language, words)


def _put_confidentiality(ctx: Context, node: Node) -> None:
    value = ctx.document.header.confidentiality
    if value is None or not says_something(value):
        return
    if value.code in ctx.maps.confidentiality.codes:
        node["confidentiality"] = value.code
        word_beside(ctx, node, "confidentiality", value)
    if value.code:
        node["meta"] = {"security": [coding(ctx, value.system, clean_code(value.code), value.display)]}
    if value.translations or not value.code:
        ext.extend(node, carried(ctx, value.name, value))
    ctx.claim(value)


def _authors(ctx: Context) -> list[Node]:
    """References to the authors, each with the time of its contribution."""
    found: list[Node] = []
    for participation in ctx.document.header.taking_part("author"):
        who = party(ctx, participation)
        if who is None:
            continue
        ctx.claim(participation)
        if all(author.get("reference") != who.url for author in found):
            found.append(_timed(ctx, who.reference, participation))
    return found


def _timed(ctx: Context, reference: Node, participation: Participation) -> Node:
    time = participation.time
    if time is not None and time.start:
        part: Node = {"url": ctx.extension("time")}
        put_moment(ctx, part, "valueDateTime", time.start)
        reference["extension"] = [part]
    return reference


def _put_attesters(ctx: Context, node: Node) -> None:
    found: list[Node] = []
    for participation in ctx.document.header.participations:
        mode = ATTESTERS.get(participation.name)
        if mode is None:
            continue
        attester: Node = {"mode": mode}
        time = participation.time
        if time is not None and time.start:
            put_moment(ctx, attester, "time", time.start)
        who = party(ctx, participation)
        if who is not None and who.type == "Device":
            continue  # a device attests nothing in R4: it is carried with the other participations
        if who is not None:
            attester["party"] = who.reference
        ctx.claim(participation)
        found.append(attester)
    if found:
        node["attester"] = found


def _put_relations(ctx: Context, node: Node) -> None:
    for related in ctx.document.header.related:
        code = ctx.maps.relates_to.get(related.type_code)
        for value in identifiers(ctx, related.ids):
            if code is not None:
                ext.append(node, "relatesTo", {"code": code, "targetIdentifier": value})
            else:
                ext.extend(node, _fulfils(ctx, related, value))
        if related.code is not None and says_something(related.code):
            ext.extend(node, carried(ctx, "relatedDocument/code", related.code))


def _fulfils(ctx: Context, related: RelatedDocument, value: Node) -> Node:
    """A relation that R4 has no code for: an order that this document fulfils."""
    parts: list[Node] = [{"url": "typeCode", "valueCode": related.type_code}, {"url": "id", "valueIdentifier": value}]
    return {"url": ctx.extension("related-document"), "extension": parts}


def _event(ctx: Context, event: ServiceEvent) -> Node:
    """The service or encounter documented, with those who performed it. The class code is not repeated as a coding."""
    node: Node = {}
    if event.code is not None and says_something(event.code):
        node["code"] = [concept(ctx, event.code)]
    time = event.time
    if time is not None:
        bounds = _event_period(ctx, time)
        if bounds:
            node["period"] = bounds
    details: list[Node] = []
    for participation in event.performers:
        who = party(ctx, participation)
        ctx.claim(participation)
        if who is not None and who.reference not in details:
            details.append(who.reference)
    if details:
        node["detail"] = details
    for value in identifiers(ctx, event.ids):
        ext.extend(node, {"url": ctx.extension("identifier"), "valueIdentifier": value})
    for coded in event.coded:
        if says_something(coded):
            ext.extend(node, carried(ctx, coded.name, coded))
    return node if node.keys() - {"extension"} or len(node) else {}


def _event_period(ctx: Context, time: Interval) -> Node:
    """The period of an event; a single moment is both its start and its end."""
    if time.value:
        node: Node = {}
        put_moment(ctx, node, "start", time.value)
        put_moment(ctx, node, "end", time.value)
        return node
    return period(ctx, time)


def _put_other_people(ctx: Context, node: Node) -> None:
    """Participations of the header that no element has taken."""
    for participation in ctx.document.header.participations:
        if not ctx.claimed(participation) and (participation.role is not None or participation.function is not None):
            put_participation(ctx, node, participation)
