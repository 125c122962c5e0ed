"""Where the bundle comes from: Provenance and the Device that is cdatk.

The rule: no clock; the conversion is recorded at the document's own time, and source, tool and tables are named so
that anybody can make the same bytes again.
"""

from __future__ import annotations

from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.datatypes import identifier

PARTICIPANT_TYPE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def emit_provenance(ctx: Context, recorded: str) -> None:
    """The Provenance of the Composition."""
    device = ctx.new("Device")
    device.node["deviceName"] = [{"name": "cdatk", "type": "user-friendly-name"}]
    device.node["type"] = {"text": "CDA to FHIR converter"}
    device.node["version"] = [{"value": ctx.run.tool_version}]
    node = ctx.new("Provenance").node
    node["target"] = [ctx.composition.reference]
    node["recorded"] = recorded
    node["agent"] = [{"type": {"coding": [{"system": PARTICIPANT_TYPE, "code": "assembler"}]}, "who": device.reference}]
    node["entity"] = [_source(ctx), *_catalogues(ctx)]


def _source(ctx: Context) -> Node:
    """The source document: its id and the hash of its bytes."""
    ids = ctx.document.header.ids
    what: Node = {}
    value = identifier(ctx, ids[0]) if ids else None
    if value is not None:
        what["identifier"] = value
    what["display"] = f"CDA, SHA-256 {ctx.run.source_sha256}"
    return {"role": "source", "what": what}


def _catalogues(ctx: Context) -> list[Node]:
    """The terminology tables used."""
    return [
        {"role": "quotation", "what": {"display": f"{c.name} {c.release}, SHA-256 {c.sha256}"}}
        for c in ctx.run.catalogues
    ]
