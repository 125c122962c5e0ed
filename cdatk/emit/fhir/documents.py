"""Attached content: DocumentReference and Binary.

The rule: the bytes of an L1 body leave exactly as they came in, with their hash; a DocumentReference also stands in for
what a section's list may not hold directly, and for a section that has words only.
"""

from __future__ import annotations

import base64
import hashlib

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.contact import put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import identifiers
from cdatk.emit.fhir.primitives import language, stamp
from cdatk.model import Attachment, Section

XHTML_TYPE = "application/xhtml+xml"


def emit_attachment(ctx: Context, attachment: Attachment, authors: list[Node], beside: bool = False) -> Resource:
    """The DocumentReference of an L1 body, and its Binary when there are bytes.

    ``beside``: the body is that of another document about the same patient, whose id, time and authors are not at hand.
    """
    header = ctx.document.header
    resource = ctx.new("DocumentReference")
    node = resource.node
    ids = identifiers(ctx, header.ids)
    if ids and not beside:
        node["masterIdentifier"] = ids[0]
    node["status"] = "current"
    if header.code is not None and says_something(header.code):
        node["type"] = concept(ctx, header.code)
    node["subject"] = ctx.subject
    moment = stamp(header.time.value) if header.time is not None and not beside else None
    if moment is not None and moment.time and moment.zone:
        node["date"] = moment.date_time
    put_list(node, "author", [author for author in authors if "reference" in author])
    if header.title and not beside:
        node["description"] = header.title
    held, binary = _attachment(ctx, attachment)
    if moment is not None:
        held["creation"] = moment.date_time
    node["content"] = [{"attachment": held}]
    if binary is not None:  # the url above is no Reference, and a document holds only what is referred to
        node["context"] = {"related": [binary.reference]}
    return resource


def _attachment(ctx: Context, attachment: Attachment) -> tuple[Node, Resource | None]:
    """The Attachment element and the Binary it leads to."""
    media_type = attachment.detected_type or attachment.media_type or "application/octet-stream"
    held: Node = {"contentType": media_type}
    tag = language(attachment.language)
    if tag:
        held["language"] = tag
    binary: Resource | None = None
    if attachment.data:
        binary = ctx.new("Binary")
        binary.node["contentType"] = media_type
        binary.node["data"] = base64.b64encode(attachment.data).decode("ascii")
        held["url"] = binary.url
        held["size"] = len(attachment.data)
        held["hash"] = _hash(attachment.data)
    else:
        held["_url"] = ext.absent(ctx)
    title = ctx.document.header.title or ctx.run.title
    if title:
        held["title"] = title
    return held, binary


def _hash(data: bytes) -> str:
    """Attachment.hash: base64 of the SHA-1 (that is what R4 asks for)."""
    return base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode("ascii")


def wrap(ctx: Context, section: Section, resource: Resource) -> Resource:
    """A DocumentReference for a resource whose type the section's profile does not admit in its list."""
    wrapper = ctx.new("DocumentReference")
    node = wrapper.node
    node["status"] = "current"
    _put_type(ctx, node, section)
    node["subject"] = ctx.subject
    node["content"] = [{"attachment": {"contentType": "application/fhir+json", "url": resource.url}}]
    node["context"] = {"related": [resource.reference]}
    return wrapper


def narrative_reference(ctx: Context, section: Section, div: str, tag: str) -> Resource:
    """A DocumentReference for a section that consists of its text alone."""
    resource = ctx.new("DocumentReference")
    node = resource.node
    node["status"] = "current"
    _put_type(ctx, node, section)
    node["subject"] = ctx.subject
    data = div.encode()
    held: Node = {"contentType": XHTML_TYPE}
    if language(tag):
        held["language"] = language(tag)
    held["data"] = base64.b64encode(data).decode("ascii")
    held["size"] = len(data)
    held["hash"] = _hash(data)
    if section.title.strip():
        held["title"] = section.title.strip()
    node["content"] = [{"attachment": held}]
    return resource


def care_plan(ctx: Context, section: Section, div: str) -> Resource:
    """A CarePlan that says what the section's text says; whether it is still in force the document does not tell."""
    resource = ctx.new("CarePlan")
    node = resource.node
    node["text"] = {"status": "additional", "div": div}
    node["status"] = "unknown"
    node["intent"] = "plan"
    if section.code is not None and says_something(section.code):
        node["category"] = [concept(ctx, section.code)]
    if section.title.strip():
        node["title"] = section.title.strip()
    node["subject"] = ctx.subject
    return resource


def _put_type(ctx: Context, node: Node, section: Section) -> None:
    if section.code is not None and says_something(section.code):
        node["type"] = concept(ctx, section.code)
