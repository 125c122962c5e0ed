"""OpenNCP's database of terms (LTRDB): a MySQL dump, or CSV files of its tables.

The ONE rule: the files of a folder are one database, because their rows refer to each other by number; a row that
refers to nothing is said and left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Final

from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.sql import SqlFault, rows_of
from cdatk.terminology.importers.tables import decoded, table
from cdatk.terminology.importers.vocabulary import status_of
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import (
    AssociationRecord,
    ConceptRecord,
    Place,
    Record,
    SystemRecord,
    SystemVersionRecord,
    ValueSetRecord,
    Wording,
)
from cdatk.terminology.rows import CURRENT

TABLES: Final = MappingProxyType({
    "code_system": ("id", "oid", "name", "description", "url"),
    "code_system_version": (
        "id", "full_name", "local_name", "previous_version_id", "effective_date", "release_date", "status",
        "status_date", "description", "copyright", "source", "code_system_id",
    ),
    "code_system_concept": ("id", "code", "status", "status_date", "definition", "code_system_version_id"),
    "designation": (
        "id", "designation", "language_code", "type", "is_preferred", "status", "status_date",
        "code_system_concept_id",
    ),
    "transcoding_association": (
        "id", "transcoding_association_id", "target_concept_id", "source_concept_id", "quality", "status",
        "status_date",
    ),
    "value_set": ("id", "oid", "epsos_name", "description", "parent_code_system_id"),
    "value_set_version": (
        "id", "version_name", "effective_date", "release_date", "status", "status_date", "description",
        "previous_version_id", "value_set_id",
    ),
    "x_concept_value_set": ("code_system_concept_id", "value_set_version_id"),
})  # fmt: skip
TELLING: Final = MappingProxyType({
    "oid epsos_name": "value_set", "version_name value_set_id": "value_set_version",
    "local_name code_system_id": "code_system_version", "code code_system_version_id": "code_system_concept",
    "designation language_code": "designation", "source_concept_id target_concept_id": "transcoding_association",
    "code_system_concept_id value_set_version_id": "x_concept_value_set", "oid name": "code_system",
})  # fmt: skip
"""Columns that tell which table a CSV file holds, the most telling first."""
_YES: Final = frozenset({"1", "yes", "true", "t", "y"})
_CONCEPTS = """SELECT c.rowid, c.id, c.code, c.status, c.part, c.line, s.oid, v.local_name FROM code_system_concept c
 LEFT JOIN code_system_version v ON v.id = c.code_system_version_id
 LEFT JOIN code_system s ON s.id = v.code_system_id"""
_MEMBERS = (
    _CONCEPTS
    + " JOIN x_concept_value_set x ON x.code_system_concept_id = c.id"
    + (" WHERE x.value_set_version_id = ? ORDER BY x.rowid")
)
_OTHERS = _CONCEPTS + " WHERE c.id NOT IN (SELECT code_system_concept_id FROM x_concept_value_set) ORDER BY c.rowid"
_DESIGNATIONS = """SELECT designation, language_code, type, is_preferred, status FROM designation
 WHERE code_system_concept_id = ? ORDER BY rowid"""
_SETS = """SELECT v.id, s.oid, s.epsos_name, v.version_name, v.status, v.effective_date, v.part, v.line
 FROM value_set_version v LEFT JOIN value_set s ON s.id = v.value_set_id ORDER BY v.effective_date, v.rowid"""
_MAPPINGS = """SELECT so.oid, sc.code, t.oid, tc.code, a.target_concept_id, a.quality, a.status, a.part, a.line
 FROM transcoding_association a
 LEFT JOIN code_system_concept sc ON sc.id = a.source_concept_id
 LEFT JOIN code_system_version sv ON sv.id = sc.code_system_version_id
 LEFT JOIN code_system so ON so.id = sv.code_system_id
 LEFT JOIN code_system_concept tc ON tc.id = a.target_concept_id
 LEFT JOIN code_system_version tv ON tv.id = tc.code_system_version_id
 LEFT JOIN code_system t ON t.id = tv.code_system_id ORDER BY a.rowid"""


def table_of(header: Sequence[str]) -> str:
    """The table whose columns these are, "" where it is none of the database."""
    names = {name.strip().lower() for name in header}
    return next((name for needed, name in TELLING.items() if set(needed.split()) <= names and "id" in names), "")


def read(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """The records of the files of one database; raises Refused where they hold no row of it."""
    with closing(sqlite3.connect("")) as database:  # a private file on disk that goes with the connection
        for name, columns in TABLES.items():
            database.execute(f"CREATE TABLE {name} ({', '.join(columns)}, part, line)")
        rows = sum(_load(database, source, options, notes) for source in sources)
        if not rows:
            raise Refused("TRM-101", "sql")
        database.execute("CREATE INDEX i1 ON code_system_concept (id)")
        database.execute("CREATE INDEX i2 ON designation (code_system_concept_id)")
        database.execute("CREATE INDEX i3 ON x_concept_value_set (value_set_version_id)")
        yield from _systems(database, notes)
        yield from _value_sets(database, notes)
        for row in database.execute(_OTHERS):
            yield from _concept(database, row, "", notes)
        yield from _mappings(database, notes)


def _load(database: sqlite3.Connection, source: Source, options: Options, notes: Notes) -> int:
    """Put the rows of a file into the private database; their number."""
    text = decoded(source, options, notes)
    number = 0
    if PurePosixPath(source.name).suffix.lower() == ".sql" or "insert into" in text.lower():
        for row in rows_of(text, dict(TABLES)):
            if isinstance(row, SqlFault):
                notes.row("TRM-106", source.name, row.line, why="value")
            elif row.table in TABLES:
                number += _keep(database, row.table, row.values, source.name, row.line)
        return number
    header, rows = table(text)
    name = table_of(header)
    for line, cells in rows if name else ():
        if len(cells) != len(header):
            notes.row("TRM-106", source.name, line, why="width")
            continue
        values = {column.lower(): cell.strip() or None for column, cell in zip(header, cells, strict=True)}
        number += _keep(database, name, values, source.name, line)
    return number


def _keep(database: sqlite3.Connection, name: str, values: dict[str, str | None], part: str, line: int) -> int:
    columns = [column for column in TABLES[name] if column in values]
    marks = ", ".join("?" * (len(columns) + 2))
    statement = f"INSERT INTO {name} ({', '.join(columns)}, part, line) VALUES ({marks})"
    database.execute(statement, [*(values[column] for column in columns), part, line])
    return 1


def _systems(database: sqlite3.Connection, notes: Notes) -> Iterator[Record]:
    for oid, name, url, part, line in database.execute("SELECT oid, name, url, part, line FROM code_system"):
        if oid:
            yield SystemRecord(Place(part, line), oid, name or "", url or "")
    statement = """SELECT s.oid, v.local_name, v.status, v.effective_date, v.part, v.line FROM code_system_version v
     JOIN code_system s ON s.id = v.code_system_id"""
    for oid, label, status, effective, part, line in database.execute(statement):
        if oid and label:
            place = Place(part, line)
            yield SystemVersionRecord(
                place, oid, label, status_of(status or "", "unstated"), notes.date(part, effective)
            )


def _value_sets(database: sqlite3.Connection, notes: Notes) -> Iterator[Record]:
    for number, oid, name, label, status, effective, part, line in database.execute(_SETS).fetchall():
        if not oid:
            notes.row("TRM-106", part, line, why="no-reference")
            continue
        day = notes.date(part, effective)
        yield ValueSetRecord(
            Place(part, line), oid, name or "", label or day or "", status_of(status or "", "unstated"), day
        )
        for row in database.execute(_MEMBERS, (number,)):
            yield from _concept(database, row, oid, notes)


def _concept(database: sqlite3.Connection, row: tuple[Any, ...], value_set: str, notes: Notes) -> Iterator[Record]:
    _, number, code, status, part, line, oid, version = row
    if not oid:
        notes.row("TRM-106", part, line, why="no-system")
        return
    wordings = tuple(
        Wording(
            notes.trimmed(part, text),
            language or "en",
            _truth(preferred),
            _use(kind),
            status_of(state or "", "unstated"),
        )
        for text, language, kind, preferred, state in database.execute(_DESIGNATIONS, (number,))
        if text
    )
    english = [w for w in wordings if w.language[:2].lower() == "en"]
    best = min(english, key=lambda w: (w.status != CURRENT, not w.preferred), default=None)
    name = best.text if best is not None else ""
    code = notes.trimmed(part, code or "")
    stated = status_of(status or "", CURRENT)
    yield ConceptRecord(
        Place(part, line), oid, code, value_set, name, name, wordings, stated, system_version=version or ""
    )


def _mappings(database: sqlite3.Connection, notes: Notes) -> Iterator[Record]:
    for oid, code, target, target_code, number, quality, status, part, line in database.execute(_MAPPINGS):
        if not oid or not code or (number and not target_code):
            notes.row("TRM-106", part, line, why="no-reference")
            continue
        equivalence = "relatedto" if target_code else "unmatched"
        yield AssociationRecord(
            Place(part, line),
            oid,
            code,
            target or "",
            target_code or "",
            equivalence,
            status_of(status or "", "unstated"),
            quality or "",
        )


def _truth(text: str | None) -> bool:
    return (text or "").strip().lower() in _YES


def _use(text: str | None) -> str:
    plain = (text or "").strip().lower()
    return "synonym" if "synonym" in plain else ""
