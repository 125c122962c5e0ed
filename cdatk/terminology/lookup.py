"""Questions to a terminology store: systems, concepts, wordings, membership, associations.

The ONE rule: an answer is a fact of the store or None; "cannot say" is never given as "no".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cdatk.terminology.rows import (
    CURRENT,
    Association,
    CodeSystem,
    Concept,
    Designation,
    LanguageStep,
    Release,
    TerminologyError,
    ValueSet,
)
from cdatk.terminology.store import open_read_only

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

# sqlite3 gives untyped rows; the schema is ours, so the readers below unpack them by position.
_Row = tuple[Any, ...]

_SYSTEM = """SELECT id, oid, name, uri, source FROM code_system
 WHERE oid = :oid OR id = (SELECT system_id FROM alias WHERE alias = :oid)"""
_CONCEPT = "SELECT id, english, status, source FROM concept WHERE system_id = ? AND code = ?"
_DESIGNATIONS = """SELECT text, language, preferred, status, source FROM designation
 WHERE concept_id = ? ORDER BY id"""
_VALUE_SET = "SELECT id, oid, name, version, complete FROM value_set WHERE oid = ?"
_MEMBER = "SELECT 1 FROM value_set_member WHERE value_set_id = ? AND concept_id = ?"
_ASSOCIATIONS = """SELECT s.oid, c.code, t.oid, d.code, a.equivalence, a.status, a.source
 FROM association a JOIN concept c ON c.id = a.source_id JOIN code_system s ON s.id = c.system_id
 JOIN concept d ON d.id = a.target_id JOIN code_system t ON t.id = d.system_id
 WHERE a.source_id = ? ORDER BY a.id"""


class Terminology:
    """One read-only store with its own caches; use it in the thread that opened it, and close it after."""

    def __init__(self, connection: sqlite3.Connection, holder: TemporaryDirectory[str] | None = None) -> None:
        self._db = connection
        self._holder = holder
        self._systems: dict[str, tuple[int, CodeSystem] | None] = {}
        self._concepts: dict[tuple[str, str], tuple[int, Concept, str] | None] = {}
        self._designations: dict[tuple[str, str], tuple[Designation, ...]] = {}
        self._value_sets: dict[str, tuple[int, ValueSet] | None] = {}
        self._members: dict[tuple[str, str, str], bool | None] = {}
        self._associations: dict[tuple[str, str], tuple[Association, ...]] = {}
        self._releases: tuple[Release, ...] | None = None

    @classmethod
    def open(cls, path: Path, holder: TemporaryDirectory[str] | None = None) -> Self:
        """Open the store at `path`; raises TerminologyError when it is no store of this schema version.

        `holder` is a private temporary folder that is removed when the store is closed.
        """
        return cls(open_read_only(path), holder)

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        self._db.close()
        if self._holder is not None:
            self._holder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def releases(self) -> tuple[Release, ...]:
        """What the store was built from, with checksums."""
        if self._releases is None:
            self._releases = tuple(self._read_releases())
        return self._releases

    def system(self, oid: str) -> CodeSystem | None:
        """The code system of this OID or alias; None when the store does not know it."""
        found = self._system(oid.strip())
        return found[1] if found else None

    def concept(self, oid: str, code: str) -> Concept | None:
        """The concept of a code in a system (OID or alias); None when system or code is not held."""
        found = self._concept(oid, code)
        return found[1] if found else None

    def designations(self, oid: str, code: str) -> tuple[Designation, ...]:
        """All wordings of a code in the order of their catalogue, English last unless the catalogue lists it."""
        key = (oid, code)
        known = self._designations.get(key)
        if known is None:
            known = self._designations[key] = self._read_designations(oid, code)
        return known

    def value_set(self, oid: str) -> ValueSet | None:
        """The value set of this OID; None when the store does not hold it."""
        found = self._value_set(oid.strip())
        return found[1] if found else None

    def is_member(self, value_set: str, oid: str, code: str) -> bool | None:
        """Whether a code is in a value set; None when the set, or all of its members, is not held."""
        key = (value_set, oid, code)
        if key not in self._members:
            self._members[key] = self._read_member(value_set, oid, code)
        return self._members[key]

    def associations(self, oid: str, code: str) -> tuple[Association, ...]:
        """The transcodings of a source code, in the order of their catalogue."""
        key = (oid, code)
        known = self._associations.get(key)
        if known is None:
            found = self._concept(oid, code)
            rows = self._all(_ASSOCIATIONS, (found[0],)) if found else []
            known = self._associations[key] = tuple(Association(*row) for row in rows)
        return known

    def _system(self, oid: str) -> tuple[int, CodeSystem] | None:
        if oid not in self._systems:
            rows = self._all(_SYSTEM, {"oid": oid})
            self._systems[oid] = self._read_system(rows[0]) if rows else None
        return self._systems[oid]

    def _read_system(self, row: tuple[int, str, str, str | None, str]) -> tuple[int, CodeSystem]:
        number, oid, name, uri, source = row
        aliases = self._all("SELECT alias FROM alias WHERE system_id = ? ORDER BY alias", (number,))
        return number, CodeSystem(oid, name, uri, tuple(alias for (alias,) in aliases), source)

    def _concept(self, oid: str, code: str) -> tuple[int, Concept, str] | None:
        key = (oid, code)
        if key not in self._concepts:
            self._concepts[key] = self._read_concept(oid.strip(), code.strip())
        return self._concepts[key]

    def _read_concept(self, oid: str, code: str) -> tuple[int, Concept, str] | None:
        system = self._system(oid)
        if system is None:
            return None
        rows = self._all(_CONCEPT, (system[0], code))
        if not rows:
            return None
        number, english, status, source = rows[0]
        return number, Concept(system[1].oid, code, english, status), source

    def _read_designations(self, oid: str, code: str) -> tuple[Designation, ...]:
        found = self._concept(oid, code)
        if found is None:
            return ()
        number, concept, source = found
        rows = self._all(_DESIGNATIONS, (number,))
        held = [
            Designation(text, tag, bool(preferred), status, origin) for text, tag, preferred, status, origin in rows
        ]
        if concept.english is not None and not any(base_language(row.language) == "en" for row in held):
            held.append(Designation(concept.english, "en", True, concept.status, source))
        return tuple(held)

    def _value_set(self, oid: str) -> tuple[int, ValueSet] | None:
        if oid not in self._value_sets:
            rows = self._all(_VALUE_SET, (oid,))
            self._value_sets[oid] = (
                (rows[0][0], ValueSet(rows[0][1], rows[0][2], rows[0][3], bool(rows[0][4]))) if rows else None
            )
        return self._value_sets[oid]

    def _read_member(self, value_set: str, oid: str, code: str) -> bool | None:
        held = self._value_set(value_set.strip())
        if held is None:
            return None
        number, description = held
        concept = self._concept(oid, code)
        if concept is not None and self._all(_MEMBER, (number, concept[0])):
            return True
        return False if description.complete else None

    def _read_releases(self) -> list[Release]:
        found = []
        statement = "SELECT id, source, release, sha256, imported, licence FROM release ORDER BY id"
        for number, source, release, sha256, imported, licence in self._all(statement, ()):
            counts = self._all(
                "SELECT what, number FROM release_count WHERE release_id = ? ORDER BY position", (number,)
            )
            held = tuple((what, count) for what, count in counts)
            found.append(Release(source, release, sha256, imported, licence, held))
        return found

    def _all(self, statement: str, values: tuple[int | str, ...] | dict[str, str]) -> list[_Row]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise TerminologyError(f"the terminology store is damaged or closed: {error}") from error


def base_language(tag: str) -> str:
    """The language of a BCP 47 tag without region or script, in small letters ("fr-FR" gives "fr")."""
    return tag.partition("-")[0].lower()


def choose(designations: Sequence[Designation], language: str) -> tuple[Designation, LanguageStep] | None:
    """The wording to show for a language, and how far it lies from what was asked.

    Exact tag, then the base language and its regions, then English, else None. Within a step: current status,
    then the preferred flag, then the order given (translation-semantics R3 and R10).
    """
    wanted, base = language.lower(), base_language(language)
    steps = (
        (LanguageStep.EXACT, [row for row in designations if row.language.lower() == wanted]),
        (LanguageStep.BASE, [row for row in designations if base_language(row.language) == base]),
        (LanguageStep.ENGLISH, [row for row in designations if base_language(row.language) == "en"]),
    )
    for step, rows in steps:
        if rows:
            return min(rows, key=lambda row: (row.status != CURRENT, not row.preferred)), step
    return None
