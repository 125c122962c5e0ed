"""Puts the embedded tables into an empty store.

The ONE rule: our own tables have to be right; a row that contradicts another, or names what nobody declared, is an
error. (Catalogues of others are put in by `layer`, which keeps the good rows.)
"""

from __future__ import annotations

from collections.abc import Iterable

from cdatk.terminology.rows import (
    CURRENT,
    Association,
    CodeSystem,
    DesignationRow,
    MemberRow,
    Release,
    TerminologyError,
    ValueSet,
)
from cdatk.terminology.store import Database


class StoreWriter:
    """Puts rows into an open store. Code systems come first: a row that names an unknown one is refused."""

    def __init__(self, database: Database, release: Release) -> None:
        self._db = database
        self._release = add_release(database, release, "")
        self._systems: dict[str, int] = {}
        self._concepts: dict[tuple[int, str], int] = {}
        self._versions: dict[str, int] = {}
        self._worded: set[tuple[int, str, str]] = set()
        self._position = 0

    def add_systems(self, rows: Iterable[CodeSystem]) -> int:
        """Add code systems with their aliases; returns how many. Raises TerminologyError for an OID named twice."""
        number = 0
        for row in rows:
            number += 1
            system = self._db.insert(
                "INSERT INTO code_system (oid, name, uri, source) VALUES (?, ?, ?, ?)",
                (row.oid, row.name, row.uri, row.source),
            )
            for name in (row.oid, *row.aliases):
                if name in self._systems:
                    raise TerminologyError(f"code system {name} is named twice")
                self._systems[name] = system
                if name != row.oid:
                    self._db.insert("INSERT INTO alias VALUES (?, ?)", (name, system))
        return number

    def add_value_sets(self, rows: Iterable[ValueSet]) -> int:
        """Add value sets (without their members); returns how many."""
        number = 0
        for row in rows:
            number += 1
            value_set = self._db.insert("INSERT INTO value_set (oid, uri) VALUES (?, ?)", (row.oid, row.uri))
            version = self._db.insert(
                "INSERT INTO value_set_version (value_set_id, name, label, status, effective, expires, complete,"
                " release_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (value_set, row.name, row.version, row.status, row.effective, row.expires, int(row.complete),
                 self._release),
            )  # fmt: skip
            self._db.connection.execute("UPDATE value_set SET current_id = ? WHERE id = ?", (version, value_set))
            self._versions[row.oid] = version
        return number

    def add_members(self, rows: Iterable[MemberRow]) -> int:
        """Add members of value sets and the concepts they name; the first English name of a concept stays."""
        number = 0
        for row in rows:
            number += 1
            self._position += 1
            concept = self._concept(row.system, row.code, row.english, row.source)
            version = self._versions.get(row.value_set)
            if version is None:
                raise TerminologyError(f"value set {row.value_set} is not declared")
            self._db.insert(
                "INSERT INTO value_set_member VALUES (?, ?, ?, ?, 0, NULL, NULL)",
                (version, concept, self._position, row.english),
            )
        return number

    def add_designations(self, rows: Iterable[DesignationRow]) -> int:
        """Add wordings in the order given; that order is the last tie-break of the look-up."""
        number = 0
        for row in rows:
            number += 1
            concept = self._concept(row.system, row.code, row.english, row.source)
            key = (concept, row.language, row.text)
            if key in self._worded:
                raise TerminologyError(f"designation {row.text!r} of code {row.code} contradicts an earlier one")
            self._worded.add(key)
            self._db.insert(
                "INSERT INTO designation (concept_id, text, language, preferred, status, kind, source, release_id)"
                " VALUES (?, ?, ?, ?, ?, '', ?, ?)",
                (concept, row.text, row.language, int(row.preferred), row.status, row.source, self._release),
            )
        return number

    def add_associations(self, rows: Iterable[Association]) -> int:
        """Add transcoding associations; source codes that no table lists do not become codes of the catalogue.

        A code that a mapping leads to another one of its own system is out of use: the other took its place.
        """
        number = 0
        for row in rows:
            number += 1
            source = self._concept(row.source_system, row.source_code, None, row.source, listed=False)
            target = self._concept(row.target_system, row.target_code, None, row.source, listed=False)
            if row.source_system == row.target_system and row.status == CURRENT:
                self._db.connection.execute("UPDATE concept SET status = 'retired' WHERE id = ?", (source,))
            self._db.insert(
                "INSERT INTO association (source_id, target_id, equivalence, quality, status, source, release_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (source, target, row.equivalence, row.quality, row.status, row.source, self._release),
            )
        return number

    def finish(self, counts: Iterable[tuple[str, int]]) -> None:
        """Record what was put in; reports name it with its checksum."""
        add_counts(self._db, self._release, counts)

    def _concept(self, oid: str, code: str, english: str | None, source: str, listed: bool = True) -> int:
        system = self._systems.get(oid)
        if system is None:
            raise TerminologyError(f"code system {oid} of code {code} is not declared")
        known = self._concepts.get((system, code))
        if known is None:
            known = self._db.insert(
                "INSERT INTO concept (system_id, code, english, status, listed, source)"
                " VALUES (?, ?, ?, 'current', ?, ?)",
                (system, code, english, int(listed), source),
            )
            self._concepts[system, code] = known
        elif english is not None:
            statement = "UPDATE concept SET english = ? WHERE id = ? AND english IS NULL"
            self._db.connection.execute(statement, (english, known))
        return known


def add_release(database: Database, row: Release, options: str) -> int:
    """Record an import; `options` is what besides the file decided on its content. Returns its number."""
    return database.insert(
        "INSERT INTO release (source, release, sha256, imported, licence, format, options)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (row.source, row.release, row.sha256, row.imported, row.licence, row.format, options),
    )


def add_counts(database: Database, release: int, counts: Iterable[tuple[str, int]]) -> None:
    """Record how much an import held."""
    for position, (what, number) in enumerate(counts):
        database.insert("INSERT INTO release_count VALUES (?, ?, ?, ?)", (release, position, what, number))
