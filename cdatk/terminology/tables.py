"""Reads the embedded tables (CSV files listed in a manifest) and puts them into a store.

The ONE rule: a file that is not listed, or is not the listed one to the byte, is not read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cdatk.terminology.rows import (
    CURRENT,
    MANIFEST,
    Association,
    CodeSystem,
    DesignationRow,
    MemberRow,
    Release,
    TerminologyError,
    ValueSet,
)
from cdatk.terminology.store import Database
from cdatk.terminology.writer import StoreWriter

KINDS = ("code-systems", "value-sets", "members", "designations", "mapping")
"""Kinds of table in the order in which they must be read: later ones name what earlier ones declare."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code-systems": ("oid", "name", "uri", "aliases", "source"),
    "value-sets": ("oid", "name", "version", "complete"),
    "members": ("system", "code", "english"),
    "designations": ("system", "code", "designation", "source"),
    "mapping": (
        "source_system", "source_code", "target_system", "target_code", "equivalence", "status", "source",
    ),
}  # fmt: skip
OPTIONAL_COLUMNS: Mapping[str, tuple[str, ...]] = {"designations": ("english", "use", "status")}


@dataclass(frozen=True, slots=True)
class Table:
    """One line of the manifest."""

    path: str
    kind: str
    language: str | None
    source: str
    licence: str
    note: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The release of the embedded tables, the tables, and the checksum of the manifest itself."""

    release: str
    licence: str
    tables: tuple[Table, ...]
    sha256: str


def read_manifest(folder: Path) -> Manifest:
    """Read `manifest.toml`; raises TerminologyError when it is missing or not of the form its README gives."""
    try:
        content = (folder / MANIFEST).read_bytes()
        data = tomllib.loads(content.decode("utf-8"))
        tables = tuple(
            Table(
                path=str(row["path"]),
                kind=str(row["kind"]),
                language=str(row["language"]) if "language" in row else None,
                source=str(row["source"]),
                licence=str(row["licence"]),
                note=str(row.get("note", "")),
                rows=int(row["rows"]),
                sha256=str(row["sha256"]),
            )
            for row in data["table"]
        )
        return Manifest(str(data["release"]), str(data["licence"]), tables, hashlib.sha256(content).hexdigest())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise TerminologyError(f"{MANIFEST} of the terminology tables cannot be read: {error}") from error


def read_rows(folder: Path, table: Table) -> Iterator[dict[str, str]]:
    """The rows of a table by column name, after its checksum, its columns and its number of rows were checked."""
    try:
        content = (folder / table.path).read_bytes()
    except OSError as error:
        raise TerminologyError(f"terminology table {table.path} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != table.sha256:
        raise TerminologyError(
            f"terminology table {table.path} is not the one in {MANIFEST} (run python -m cdatk.terminology.manifest)"
        )
    yield from parse_rows(table.path, table.kind, content)


def parse_rows(path: str, kind: str, content: bytes) -> Iterator[dict[str, str]]:
    """The rows of a CSV table of a kind; raises TerminologyError for a wrong header or a row of another width."""
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    header = tuple(next(reader, ()))
    allowed = COLUMNS[kind] + OPTIONAL_COLUMNS.get(kind, ())
    if not set(COLUMNS[kind]) <= set(header) or not set(header) <= set(allowed):
        raise TerminologyError(f"terminology table {path}: columns {header} are not those of kind {kind}")
    for row in reader:
        if len(row) != len(header):
            raise TerminologyError(f"terminology table {path}, line {reader.line_num}: {len(row)} columns")
        yield dict(zip(header, row, strict=True))


def fill_store(database: Database, folder: Path, manifest: Manifest) -> None:
    """Put all tables of the manifest into a store, in the order their kinds need, and record the release."""
    writer = StoreWriter(database, Release("cdatk", manifest.release, manifest.sha256, None, manifest.licence, ()))
    counts: dict[str, int] = dict.fromkeys(KINDS, 0)
    value_sets: dict[str, str] = {}
    for kind in KINDS:
        for table in manifest.tables:
            if table.kind == kind:
                rows = list(read_rows(folder, table))
                if len(rows) != table.rows:
                    raise TerminologyError(f"terminology table {table.path} has {len(rows)} rows, not {table.rows}")
                counts[kind] += _add(writer, table, rows, value_sets)
    writer.finish(counts.items())


def _add(writer: StoreWriter, table: Table, rows: list[dict[str, str]], value_sets: dict[str, str]) -> int:
    match table.kind:
        case "code-systems":
            return writer.add_systems(map(_system, rows))
        case "value-sets":
            value_sets.update((row["name"], row["oid"]) for row in rows)
            return writer.add_value_sets(map(_value_set, rows))
        case "members":
            oid = value_sets.get(Path(table.path).stem)
            if oid is None:
                raise TerminologyError(f"terminology table {table.path} is not named after a value set")
            return writer.add_members(
                MemberRow(oid, row["system"], row["code"], row["english"], table.source) for row in rows
            )
        case "designations":
            language = table.language
            if language is None:
                raise TerminologyError(f"terminology table {table.path} has no language in {MANIFEST}")
            return writer.add_designations(_designation(row, language) for row in rows)
        case _:
            return writer.add_associations(Association(**row) for row in rows)


def _system(row: dict[str, str]) -> CodeSystem:
    aliases = tuple(part for part in row["aliases"].split("|") if part)
    return CodeSystem(row["oid"], row["name"], row["uri"] or None, aliases, row["source"])


def _value_set(row: dict[str, str]) -> ValueSet:
    if row["complete"] not in ("yes", "no"):
        raise TerminologyError(f"value set {row['oid']}: complete is {row['complete']!r}, not yes or no")
    return ValueSet(row["oid"], row["name"], row["version"], row["complete"] == "yes")


def _designation(row: dict[str, str], language: str) -> DesignationRow:
    return DesignationRow(
        system=row["system"],
        code=row["code"],
        text=row["designation"],
        language=language,
        preferred=row.get("use", "") != "synonym",
        status=row.get("status", "") or CURRENT,
        source=row["source"],
        english=row.get("english", "") or None,
    )
