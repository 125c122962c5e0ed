"""The terminology store: one SQLite file, written once, replaced whole, read without a lock.

The ONE rule: a store appears complete or not at all, and the same rows give the same content (no clock, no random).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from cdatk.terminology.rows import (
    Association,
    CodeSystem,
    DesignationRow,
    MemberRow,
    Release,
    TerminologyError,
    ValueSet,
)

SCHEMA_VERSION = 1
"""Stands in `PRAGMA user_version`; a store of another version is refused, never guessed at."""

SCHEMA = """
CREATE TABLE code_system (
  id INTEGER PRIMARY KEY, oid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, uri TEXT, source TEXT NOT NULL);
CREATE TABLE alias (
  alias TEXT PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES code_system(id)) WITHOUT ROWID;
CREATE TABLE concept (
  id INTEGER PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES code_system(id), code TEXT NOT NULL,
  english TEXT, status TEXT NOT NULL, source TEXT NOT NULL, UNIQUE (system_id, code));
CREATE TABLE designation (
  id INTEGER PRIMARY KEY, concept_id INTEGER NOT NULL REFERENCES concept(id), text TEXT NOT NULL,
  language TEXT NOT NULL, preferred INTEGER NOT NULL, status TEXT NOT NULL, source TEXT NOT NULL,
  UNIQUE (concept_id, language, text));
CREATE TABLE value_set (
  id INTEGER PRIMARY KEY, oid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, version TEXT NOT NULL,
  complete INTEGER NOT NULL);
CREATE TABLE value_set_member (
  value_set_id INTEGER NOT NULL REFERENCES value_set(id), concept_id INTEGER NOT NULL REFERENCES concept(id),
  PRIMARY KEY (value_set_id, concept_id)) WITHOUT ROWID;
CREATE TABLE association (
  id INTEGER PRIMARY KEY, source_id INTEGER NOT NULL REFERENCES concept(id),
  target_id INTEGER NOT NULL REFERENCES concept(id), equivalence TEXT NOT NULL, status TEXT NOT NULL,
  source TEXT NOT NULL, UNIQUE (source_id, target_id));
CREATE TABLE release (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, release TEXT NOT NULL, sha256 TEXT NOT NULL, imported TEXT,
  licence TEXT NOT NULL, UNIQUE (source, release, sha256));
CREATE TABLE release_count (
  release_id INTEGER NOT NULL REFERENCES release(id), position INTEGER NOT NULL, what TEXT NOT NULL,
  number INTEGER NOT NULL, PRIMARY KEY (release_id, position)) WITHOUT ROWID;
"""


class StoreWriter:
    """Puts rows into an open store. Code systems come first: a row that names an unknown one is refused."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._systems: dict[str, int] = {}
        self._concepts: dict[tuple[int, str], int] = {}
        self._value_sets: dict[str, int] = {}

    def add_systems(self, rows: Iterable[CodeSystem]) -> int:
        """Add code systems with their aliases; returns how many. Raises TerminologyError for an OID named twice."""
        number = 0
        for row in rows:
            number += 1
            cursor = self._insert(
                "INSERT INTO code_system (oid, name, uri, source) VALUES (?, ?, ?, ?)",
                (row.oid, row.name, row.uri, row.source),
            )
            for name in (row.oid, *row.aliases):
                if name in self._systems:
                    raise TerminologyError(f"code system {name} is named twice")
                self._systems[name] = cursor
                if name != row.oid:
                    self._insert("INSERT INTO alias VALUES (?, ?)", (name, cursor))
        return number

    def add_value_sets(self, rows: Iterable[ValueSet]) -> int:
        """Add value sets (without their members); returns how many."""
        number = 0
        for row in rows:
            number += 1
            self._value_sets[row.oid] = self._insert(
                "INSERT INTO value_set (oid, name, version, complete) VALUES (?, ?, ?, ?)",
                (row.oid, row.name, row.version, int(row.complete)),
            )
        return number

    def add_members(self, rows: Iterable[MemberRow]) -> int:
        """Add members of value sets and the concepts they name; the first English name of a concept stays."""
        number = 0
        for row in rows:
            number += 1
            concept = self._concept(row.system, row.code, row.english, row.source)
            value_set = self._value_sets.get(row.value_set)
            if value_set is None:
                raise TerminologyError(f"value set {row.value_set} is not declared")
            self._insert("INSERT INTO value_set_member VALUES (?, ?)", (value_set, concept))
        return number

    def add_designations(self, rows: Iterable[DesignationRow]) -> int:
        """Add wordings in the order given; that order is the last tie-break of the look-up."""
        number = 0
        for row in rows:
            number += 1
            concept = self._concept(row.system, row.code, row.english, row.source)
            self._insert(
                "INSERT INTO designation (concept_id, text, language, preferred, status, source)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (concept, row.text, row.language, int(row.preferred), row.status, row.source),
            )
        return number

    def add_associations(self, rows: Iterable[Association]) -> int:
        """Add transcoding associations; codes they name become concepts without an English name."""
        number = 0
        for row in rows:
            number += 1
            source = self._concept(row.source_system, row.source_code, None, row.source)
            target = self._concept(row.target_system, row.target_code, None, row.source)
            self._insert(
                "INSERT INTO association (source_id, target_id, equivalence, status, source) VALUES (?, ?, ?, ?, ?)",
                (source, target, row.equivalence, row.status, row.source),
            )
        return number

    def add_release(self, row: Release) -> None:
        """Record what was put in; reports name it with its checksum."""
        release = self._insert(
            "INSERT INTO release (source, release, sha256, imported, licence) VALUES (?, ?, ?, ?, ?)",
            (row.source, row.release, row.sha256, row.imported, row.licence),
        )
        for position, (what, number) in enumerate(row.counts):
            self._insert("INSERT INTO release_count VALUES (?, ?, ?, ?)", (release, position, what, number))

    def _concept(self, oid: str, code: str, english: str | None, source: str) -> int:
        system = self._systems.get(oid)
        if system is None:
            raise TerminologyError(f"code system {oid} of code {code} is not declared")
        known = self._concepts.get((system, code))
        if known is None:
            known = self._insert(
                "INSERT INTO concept (system_id, code, english, status, source) VALUES (?, ?, ?, 'current', ?)",
                (system, code, english, source),
            )
            self._concepts[system, code] = known
        elif english is not None:
            self._db.execute("UPDATE concept SET english = ? WHERE id = ? AND english IS NULL", (english, known))
        return known

    def _insert(self, statement: str, values: tuple[str | int | None, ...]) -> int:
        try:
            row = self._db.execute(statement, values).lastrowid
        except sqlite3.IntegrityError as error:
            raise TerminologyError(f"row {values!r} contradicts an earlier one: {error}") from error
        return row or 0


def build_store(target: Path, fill: Callable[[StoreWriter], None]) -> None:
    """Build a store beside `target` and put it in place in one step.

    `fill` receives the writer and adds all rows. Raises TerminologyError when rows are unusable and OSError when
    the folder cannot be written; in both cases an earlier store at `target` stays as it was.
    """
    import tempfile  # slow to import, and needed only to build

    handle, name = tempfile.mkstemp(prefix=target.name, suffix=".tmp", dir=target.parent)
    os.close(handle)
    work = Path(name)
    try:
        _write(work, fill)
        _sync(work)
        work.replace(target)
    finally:
        work.unlink(missing_ok=True)


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open a finished store without locks or journal.

    Raises TerminologyError when the file is missing, is no store, or has another schema version.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise TerminologyError(f"terminology store {path.name} cannot be opened: {error}") from error
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA_VERSION:
            raise TerminologyError(
                f"terminology store {path.name} has schema version {version}, this program needs {SCHEMA_VERSION}"
            )
        connection.execute("PRAGMA mmap_size = 268435456")
    except sqlite3.Error as error:
        connection.close()
        raise TerminologyError(f"terminology store {path.name} is damaged: {error}") from error
    except TerminologyError:
        connection.close()
        raise
    return connection


def _write(path: Path, fill: Callable[[StoreWriter], None]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # Durability comes from the fsync before the rename: a journal of a half-built file helps nobody.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("BEGIN")
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
        fill(StoreWriter(connection))
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("ANALYZE")
    except sqlite3.Error as error:
        raise TerminologyError(f"the terminology store cannot be built: {error}") from error
    finally:
        connection.close()


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
