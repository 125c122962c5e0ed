"""Rows of the journal as columns of a table, and as lines of NDJSON.

The rule: the columns are the keys of the journal, derived from its record; what is added stands behind them.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from cdatk.batch.journal import Row, Written
from cdatk.batch.spark.job import Job

if TYPE_CHECKING:
    import pyarrow

SOURCE: Final = "source"  # where the document came from: a URI, or the name in the table
REPORT: Final = "report"  # the report of a document that gave no output
DOCUMENT: Final = "document"  # that document itself
RUN: Final = "run"  # number of the run, from the folder's name

_WRITTEN: Final = "struct<path: string, sha256: string, bytes: bigint, offset: bigint>"
_PLAIN: Final[Mapping[object, str]] = MappingProxyType({
    str: "string",
    int: "bigint",
    float: "double",
    dict[str, int]: "map<string, bigint>",
    dict[str, Written]: f"map<string, {_WRITTEN}>",
    tuple[str, ...]: "array<string>",
})  # fmt: skip

Value = str | int | float | bytes | None | Sequence[object]
Record = dict[str, Value]


class Carried(msgspec.Struct, frozen=True):
    """What comes back from an executor for a document."""

    row: Row
    source: str
    outputs: dict[str, bytes]
    report: str | None = None
    document: bytes | None = None


def journal_columns() -> dict[str, str]:
    """Names and Spark types of the journal's keys."""
    hints = typing.get_type_hints(Row)
    return {field.name: _type(hints[field.name]) for field in msgspec.structs.fields(Row)}


def columns(formats: Sequence[str], text: bool = False) -> str:
    """The columns of a result in Spark's own notation: the journal's, ``source``, ``report``, ``document``, outputs.

    ``text``: as they are read from NDJSON, where an output is a JSON value.
    """
    more = {SOURCE: "string", REPORT: "string", DOCUMENT: "binary"}
    more |= dict.fromkeys(formats, "string" if text else "binary")
    return ", ".join(f"`{name}` {kind}" for name, kind in (journal_columns() | more).items())


def arrow_fields(formats: Sequence[str]) -> list[pyarrow.Field]:
    """The same columns for Arrow."""
    import pyarrow as pa

    written = pa.struct([("path", pa.string()), ("sha256", pa.string()), ("bytes", pa.int64()), ("offset", pa.int64())])
    kinds = {
        "string": pa.string(),
        "bigint": pa.int64(),
        "double": pa.float64(),
        "binary": pa.binary(),
        "map<string, bigint>": pa.map_(pa.string(), pa.int64()),
        f"map<string, {_WRITTEN}>": pa.map_(pa.string(), written),
        "array<string>": pa.list_(pa.string()),
    }
    more = {SOURCE: "string", REPORT: "string", DOCUMENT: "binary"} | dict.fromkeys(formats, "binary")
    return [pa.field(name, kinds[kind]) for name, kind in (journal_columns() | more).items()]


def record(carried: Carried, formats: Sequence[str]) -> Record:
    """A row for Arrow: maps are lists of pairs."""
    held: Record = {}
    for name, value in msgspec.to_builtins(carried.row).items():
        held[name] = list(value.items()) if isinstance(value, dict) else value
    held |= {SOURCE: carried.source, REPORT: carried.report, DOCUMENT: carried.document}
    return held | {to: carried.outputs.get(to) for to in formats}


def line(carried: Carried) -> str:
    """A row for NDJSON: the journal's line with the bundle, as it is, behind it."""
    held: dict[str, object] = msgspec.to_builtins(carried.row)
    held[SOURCE] = carried.source
    held[REPORT] = msgspec.json.decode(carried.report) if carried.report is not None else None
    held[DOCUMENT] = carried.document
    held |= {to: msgspec.Raw(output.rstrip(b"\n")) for to, output in carried.outputs.items()}
    return msgspec.json.encode(held).decode()


def batch_of(carried: Sequence[Carried], job: Job) -> pyarrow.RecordBatch:
    """Rows for Spark: one column ``value`` with lines where the job asks for NDJSON, all columns else."""
    import pyarrow as pa

    if job.text:
        return pa.RecordBatch.from_pydict({"value": [line(one) for one in carried]})
    schema = pa.schema(arrow_fields(job.formats))
    return pa.RecordBatch.from_pylist([record(one, job.formats) for one in carried], schema=schema)


def _type(hint: object) -> str:
    return "string" if typing.get_origin(hint) is Literal else _PLAIN[hint]
