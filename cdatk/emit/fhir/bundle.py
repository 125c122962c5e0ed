"""The document Bundle.

The rule: Composition first, one Patient, each fullUrl once; identifier and timestamp are the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from cdatk.diagnostics import Report
from cdatk.emit.fhir.composition import emit_composition
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.datatypes import URI_SYSTEM, identifier
from cdatk.emit.fhir.patient import emit_patient
from cdatk.emit.fhir.primitives import language, stamp
from cdatk.emit.fhir.provenance import emit_provenance
from cdatk.model import Document, Output, Run, Translation

_URLS = re.compile(rb"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# All blanks of Unicode but the ASCII ones, in UTF-8: the bytes after each lead byte.
_BLANKS: Final[Mapping[bytes, frozenset[bytes]]] = MappingProxyType({
    b"\xc2": frozenset({b"\xa0"}),
    b"\xe1": frozenset({b"\x9a\x80"}),
    b"\xe2": frozenset({b"\x81\x9f"} | {b"\x80" + bytes([last]) for last in (*range(0x80, 0x8B), 0xA8, 0xA9, 0xAF)}),
    b"\xe3": frozenset({b"\x80\x80"}),
    b"\xef": frozenset({b"\xbb\xbf"}),
})  # fmt: skip
NO_TIME = "1970-01-01T00:00:00Z"


def emit_fhir(document: Document, translation: Translation, run: Run, report: Report) -> Output:
    """The FHIR R4 document Bundle of a CDA document as UTF-8 JSON (HL7 FHIR R4 4.0.1, HL7 IPS 2.0.0).

    ``translation`` is the result of the translation stage for this very document. Findings of family FHR- go to
    ``report``. Raises nothing for any content of the document.
    """
    ctx = Context(document, translation, run, report)
    emit_patient(ctx)
    entries = emit_composition(ctx)
    moment = _instant(ctx)
    emit_provenance(ctx, moment)
    bundle: Node = {"resourceType": "Bundle"}
    tag = language(document.language)
    if tag:
        bundle["language"] = tag
    bundle["identifier"] = _identifier(ctx)
    bundle["type"] = "document"
    bundle["timestamp"] = moment
    bundle["entry"] = [{"fullUrl": r.url, "resource": r.node} for r in ctx.resources]
    trail = _trail(ctx) if run.trace else b""
    if run.ndjson:
        return Output(_lines(ctx), entries, trail)
    data = _json(bundle)
    return Output(msgspec.json.format(data, indent=2) if run.pretty else data, entries, trail)


def _trail(ctx: Context) -> bytes:
    """The mapping trail; its code and the guide are only loaded where one is asked for."""
    from cdatk.emit.fhir.trace import trace

    return trace(ctx)


def _lines(ctx: Context) -> bytes:
    """One resource a line, in the style of the bulk data guide: references are Type/id, there is no Bundle."""
    types = {resource.url.encode(): f"{resource.type}/{resource.node['id']}".encode() for resource in ctx.resources}
    lines = b"\n".join(_json(resource.node) for resource in ctx.resources) + b"\n"
    return _URLS.sub(lambda found: types.get(found[0], found[0]), lines)


def _json(bundle: Node) -> bytes:
    """UTF-8 JSON. The JSON schema of R4 admits no blanks but the ASCII ones in a string, so others become such; in
    narrative they stand as character references (``narrative.py``) and stay what they are.
    """
    data = msgspec.json.encode(bundle)
    if data.isascii():
        return data
    for lead, blanks in _BLANKS.items():
        data = _with_blanks(data, lead, blanks)
    return data


def _with_blanks(data: bytes, lead: bytes, others: frozenset[bytes]) -> bytes:
    """ASCII blanks for others that begin with a byte: one byte is found at memory speed, a sequence of two is not."""
    size = 1 if lead == b"\xc2" else 2
    kept: list[bytes] = []
    start = 0
    place = data.find(lead)
    while place >= 0:
        end = place + 1 + size
        if data[place + 1 : end] in others:
            kept.append(data[start:place])
            start = end
        place = data.find(lead, place + 1)
    return b" ".join([*kept, data[start:]]) if kept else data


def _identifier(ctx: Context) -> Node:
    """The document's id; without one, the hash of its bytes (bdl-9 demands system and value)."""
    for value in ctx.document.header.ids:
        node = identifier(ctx, value)
        if node is not None and "system" in node and "value" in node:
            return node
    return {"system": URI_SYSTEM, "value": f"urn:sha256:{ctx.run.source_sha256}"}


def _instant(ctx: Context) -> str:
    """The document's time as an instant, which R4 demands whole.

    Where the document gives no zone or no time of day, UTC midnight of that day stands in for it, with a finding;
    ``Composition.date`` keeps the precision of the source.
    """
    header = ctx.document.header
    values = [header.time.value] if header.time is not None else []
    values += [p.time.start for p in header.participations if p.time is not None and p.time.start]
    for value in values:
        read = stamp(value)
        if read is not None and len(read.date) == 10:
            if read.time and read.zone:
                return read.date_time
            ctx.say_once("FHR-002", element="effectiveTime")
            return f"{read.date}T00:00:00Z"
    for value in values:
        read = stamp(value)
        if read is not None:
            ctx.say_once("FHR-007", element="effectiveTime")
            return f"{(read.date + '-01-01')[:10]}T00:00:00Z"
    ctx.say_once("FHR-007", element="effectiveTime")
    return NO_TIME
