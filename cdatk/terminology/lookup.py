"""Questions to a terminology store: systems, concepts, wordings, membership, associations.

The ONE rule: an answer is a fact of the store or None; "cannot say" is never given as "no".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from cdatk.terminology.cards import READ, Card
from cdatk.terminology.rows import (
    CURRENT,
    Association,
    CodeSystem,
    Concept,
    Designation,
    LanguageStep,
    Release,
    StoreError,
    ValueSet,
    in_force,
)
from cdatk.terminology.store import open_read_only

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

# sqlite3 gives untyped rows; the schema is ours, so the readers below unpack them by position.
_Row = tuple[Any, ...]

_SYSTEM = """SELECT id, oid, name, uri, source FROM code_system
 WHERE oid = :oid OR id = (SELECT system_id FROM alias WHERE alias = :oid)"""
_SYSTEM_VERSIONS = "SELECT DISTINCT label FROM code_system_version WHERE system_id = ? ORDER BY id DESC"
_VERSIONS = """SELECT v.id, s.oid, v.name, v.label, v.complete, s.uri, v.status, v.effective, v.expires, v.release_id
 FROM value_set s JOIN value_set_version v ON v.value_set_id = s.id
 WHERE s.oid = :key OR s.uri = :key ORDER BY v.id = s.current_id DESC, v.id DESC"""
_WHOLE_SYSTEM = """SELECT 1 FROM value_set_system w JOIN concept c ON c.system_id = w.system_id
 WHERE w.version_id = ? AND c.id = ?"""
_DRAWS = """SELECT 1 FROM value_set_member m JOIN concept c ON c.id = m.concept_id
 WHERE m.version_id = ? AND c.system_id = ? LIMIT 1"""
_DRAWS_WHOLE = "SELECT 1 FROM value_set_system WHERE version_id = ? AND system_id = ?"
_ASSOCIATIONS = """SELECT s.oid, c.code, coalesce(t.oid, ''), coalesce(d.code, ''), a.equivalence, a.status, a.source,
 a.quality FROM association a JOIN concept c ON c.id = a.source_id JOIN code_system s ON s.id = c.system_id
 LEFT JOIN concept d ON d.id = a.target_id LEFT JOIN code_system t ON t.id = d.system_id
 WHERE a.source_id = ? ORDER BY a.release_id DESC, a.id"""
_SETS_OF = """SELECT s.oid FROM value_set_member m JOIN value_set s ON s.current_id = m.version_id
 WHERE m.concept_id = ? ORDER BY s.id"""
_CARDS = msgspec.msgpack.Decoder(Card)
_NO_MAPPING = frozenset({"unmatched", "disjoint"})


KEPT: Final = 4_096
"""Answers of a kind kept in memory; a worker that reads any number of documents must not grow."""


class _Held(msgspec.Struct, frozen=True, gc=False):
    """A concept with its row number and its card."""

    number: int
    concept: Concept
    card: Card


class Terminology:
    """One read-only store with its own caches; use it in the thread that opened it, and close it after."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        holder: TemporaryDirectory[str] | None = None,
        pins: Mapping[str, str] | None = None,
        name: str = "",
    ) -> None:
        self._db = connection
        self._name = name
        self._holder = holder
        self._pins = dict(pins or {})
        self._systems: dict[str, tuple[int, CodeSystem] | None] = {}
        self._system_versions: dict[str, tuple[str, ...]] = {}
        self._concepts: dict[tuple[str, str], _Held | None] = {}
        self._versions: dict[str, tuple[tuple[int, ValueSet], ...]] = {}
        self._members: dict[tuple[str, str, str], bool | None] = {}
        self._associations: dict[tuple[str, str], tuple[Association, ...]] = {}
        self._releases: tuple[Release, ...] | None = None

    @classmethod
    def open(
        cls, path: Path, holder: TemporaryDirectory[str] | None = None, pins: Mapping[str, str] | None = None
    ) -> Self:
        """Open the store at `path`; raises TerminologyError when it is no store of this schema version.

        `holder` is a private temporary folder that is removed when the store is closed. `pins` names, by the OID of
        a value set, the version to answer from in place of the current one.
        """
        return cls(open_read_only(path), holder, pins, path.name)

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
    def path(self) -> Path:
        """The file of the store."""
        return Path(self.rows("PRAGMA database_list")[0][2])

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

    def system_versions(self, oid: str) -> tuple[str, ...]:
        """The versions of a code system that catalogues name; none where they say nothing of versions."""
        known = self._system_versions.get(oid)
        if known is None:
            system = self._system(oid.strip())
            rows = self.rows(_SYSTEM_VERSIONS, (system[0],)) if system is not None else []
            known = self._system_versions[oid] = tuple(label for (label,) in rows)
        return known

    def concept(self, oid: str, code: str) -> Concept | None:
        """The concept of a code in a system (OID or alias); None when system or code is not held."""
        found = self._concept(oid, code)
        return found.concept if found is not None and found.card.listed else None

    def designations(self, oid: str, code: str) -> tuple[Designation, ...]:
        """All wordings of a code: the catalogue imported last first, English last unless a catalogue words it."""
        found = self._concept(oid, code)
        return found.card.words if found is not None else ()

    def value_set(self, oid: str, version: str | None = None, on: str | None = None) -> ValueSet | None:
        """The value set of this OID or URI; None when the store does not hold it, or not in the version asked for.

        Without `version` it is the pinned one, else that in force on the day `on` (ISO), else the current one.
        """
        found = self._version(oid.strip(), version, on)
        return found[1] if found else None

    def versions(self, oid: str) -> tuple[ValueSet, ...]:
        """All versions of a value set that are held, the current one first."""
        return tuple(version for _, version in self._all_versions(oid.strip()))

    def is_member(
        self, value_set: str, oid: str, code: str, version: str | None = None, on: str | None = None
    ) -> bool | None:
        """Whether a code is in a value set; None when the set, or all of its members, is not held.

        `version` and `on` choose the version as in `value_set`; a code that is not valid on that day is no member.
        """
        if version is not None or on is not None:
            return self._read_member(value_set, oid, code, version, on)
        key = (value_set, oid, code)
        if key not in self._members:
            if len(self._members) >= KEPT:
                self._members.clear()
            self._members[key] = self._read_member(value_set, oid, code, None, None)
        return self._members[key]

    def draws_from(self, value_set: str, oid: str) -> bool:
        """Whether a value set, in the version that is answered from, is known to have codes of a code system."""
        held, system = self._version(value_set.strip(), None, None), self._system(oid.strip())
        if held is None or system is None:
            return False
        values = (held[0], system[0])
        return bool(self.rows(_DRAWS, values) or self.rows(_DRAWS_WHOLE, values))

    def associations(self, oid: str, code: str) -> tuple[Association, ...]:
        """The transcodings of a source code that may be used, in the order of their catalogue.

        Left out are those that are not current, and those that say that there is no target.
        """
        return tuple(
            row
            for row in self.all_associations(oid, code)
            if row.status == CURRENT and row.target_code and row.equivalence not in _NO_MAPPING
        )

    def all_associations(self, oid: str, code: str) -> tuple[Association, ...]:
        """Every association of a source code, with those that are retired or say that there is no target."""
        key = (oid, code)
        known = self._associations.get(key)
        if known is None:
            if len(self._associations) >= KEPT:
                self._associations.clear()
            found = self._concept(oid, code)
            rows = self.rows(_ASSOCIATIONS, (found.number,)) if found else []
            known = self._associations[key] = tuple(Association(*row) for row in rows)
        return known

    def replacement(self, oid: str, code: str) -> Association | None:
        """The code of the same system that took the place of a code, None when no catalogue names one."""
        rows = self.associations(oid, code)
        return next((row for row in rows if row.source_system == row.target_system), None)

    def rows(self, statement: str, values: tuple[int | str, ...] | dict[str, str | int] = ()) -> list[_Row]:
        """The rows of a query on the tables of `schema`; raises StoreError for a damaged or closed store."""
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreError("damaged", self._name) from error

    def searched(self, statement: str, values: tuple[int | str, ...], fold: Callable[[str | None], str]) -> list[_Row]:
        """The rows of a query that uses the function `fold` on texts."""
        self._db.create_function("fold", 1, fold, deterministic=True)
        return self.rows(statement, values)

    def sets_of(self, oid: str, code: str) -> tuple[ValueSet, ...]:
        """The current value sets that list a code."""
        found = self._concept(oid, code)
        rows = self.rows(_SETS_OF, (found.number,)) if found and found.card.listed else []
        held = (self.value_set(key) for (key,) in rows)
        return tuple(value_set for value_set in held if value_set is not None)

    def _system(self, oid: str) -> tuple[int, CodeSystem] | None:
        if oid not in self._systems:
            rows = self.rows(_SYSTEM, {"oid": oid})
            self._systems[oid] = self._read_system(rows[0]) if rows else None
        return self._systems[oid]

    def _read_system(self, row: _Row) -> tuple[int, CodeSystem]:
        number, oid, name, uri, source = row
        aliases = self.rows("SELECT alias FROM alias WHERE system_id = ? ORDER BY alias", (number,))
        return number, CodeSystem(oid, name, uri, tuple(alias for (alias,) in aliases), source)

    def _concept(self, oid: str, code: str) -> _Held | None:
        key = (oid, code)
        try:
            return self._concepts[key]
        except KeyError:
            if len(self._concepts) >= KEPT:
                self._concepts.clear()
            found = self._concepts[key] = self._read_concept(oid.strip(), code.strip())
            return found

    def _read_concept(self, oid: str, code: str) -> _Held | None:
        system = self._system(oid)
        if system is None:
            return None
        try:
            row = self._db.execute(READ, (system[0], code)).fetchone()
            card = _CARDS.decode(row[1]) if row is not None else None
        except (sqlite3.DatabaseError, msgspec.DecodeError) as error:
            raise StoreError("damaged", self._name) from error
        if card is None:
            return None
        concept = Concept(system[1].oid, code, card.english, card.status, card.valid_from, card.valid_to)
        return _Held(row[0], concept, card)

    def _all_versions(self, oid: str) -> tuple[tuple[int, ValueSet], ...]:
        known = self._versions.get(oid)
        if known is None:
            known = self._versions[oid] = tuple(
                (number, ValueSet(key, name, label, bool(complete), *rest))
                for number, key, name, label, complete, *rest in self.rows(_VERSIONS, {"key": oid})
            )
        return known

    def _version(self, oid: str, version: str | None, on: str | None) -> tuple[int, ValueSet] | None:
        held = self._all_versions(oid)
        wanted = version or self._pins.get(oid)
        if wanted is not None:
            return next((row for row in held if row[1].version == wanted), None)
        if on is not None:
            dated = [row for row in held if in_force(row[1].effective, row[1].expires, on)]
            return max(dated, key=lambda row: row[1].effective or "", default=None)
        return held[0] if held else None

    def _read_member(self, value_set: str, oid: str, code: str, version: str | None, on: str | None) -> bool | None:
        held = self._version(value_set.strip(), version, on)
        if held is None:
            return None
        number, description = held
        found = self._concept(oid, code)
        if found is not None and found.card.listed:
            listed = number in found.card.versions or self.rows(_WHOLE_SYSTEM, (number, found.number))
            if listed:
                return in_force(found.concept.valid_from, found.concept.valid_to, on)
        return False if description.complete else None

    def _read_releases(self) -> list[Release]:
        found = []
        statement = "SELECT id, source, release, sha256, imported, licence, format FROM release ORDER BY id"
        for number, source, release, sha256, imported, licence, form in self.rows(statement):
            counts = self.rows(
                "SELECT what, number FROM release_count WHERE release_id = ? ORDER BY position", (number,)
            )
            held = tuple((what, count) for what, count in counts)
            found.append(Release(source, release, sha256, imported, licence, held, form, number))
        return found


def base_language(tag: str) -> str:
    """The language of a BCP 47 tag without region or script, in small letters ("fr-FR" gives "fr")."""
    return tag.partition("-")[0].lower()


def choose(designations: Sequence[Designation], language: str) -> tuple[Designation, LanguageStep] | None:
    """The wording to show for a language, and how far it lies from what was asked.

    Exact tag, then the base language and its regions, then English, else None. Within a step: current status, then
    the preferred flag, then the catalogue imported last, then the order given (translation-semantics R3 and R10).
    A language and its main region ("fr", "fr-FR") are one step, so that a catalogue of the user's own wins whichever
    of the two tags it uses.
    """
    wanted, base = language.lower(), base_language(language)
    near = {wanted, base, f"{base}-{base}"} if wanted in (base, f"{base}-{base}") else {wanted}
    exact = [row for row in designations if row.language.lower() in near]
    if exact:
        found = min(exact, key=lambda row: (*_rank(row), row.language.lower() != wanted))
        return found, LanguageStep.EXACT if found.language.lower() == wanted else LanguageStep.BASE
    for step, tongue in ((LanguageStep.BASE, base), (LanguageStep.ENGLISH, "en")):
        rows = [row for row in designations if base_language(row.language) == tongue]
        if rows:
            return min(rows, key=_rank), step
    return None


def _rank(row: Designation) -> tuple[bool, bool, int]:
    return row.status != CURRENT, not row.preferred, -row.release
