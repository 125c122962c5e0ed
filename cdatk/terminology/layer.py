"""Lays a catalogue of somebody else over a store: the good rows go in, the others are said.

The ONE rule: what an import says wins over what was there (wording, membership), and nothing of what was there is
lost: earlier versions and wordings stay in the store behind the new ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from cdatk.terminology.notes import Notes
from cdatk.terminology.records import (
    AboutRecord,
    AssociationRecord,
    ConceptRecord,
    Place,
    Record,
    SystemRecord,
    SystemVersionRecord,
    ValueSetRecord,
    Wording,
)
from cdatk.terminology.store import Database
from cdatk.terminology.systems import Systems

COMPARABLE: Final = 5
"""From how many names on a set whose names are mostly the English ones is taken for untranslated."""

_CONCEPT = """INSERT INTO concept (system_id, code, english, status, listed, valid_from, valid_to, source)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_REVISE = """UPDATE concept SET status = ?, listed = 1, valid_from = coalesce(?, valid_from),
 valid_to = coalesce(?, valid_to) WHERE id = ?"""
_DESIGNATION = """INSERT INTO designation (concept_id, text, language, preferred, status, kind, source, release_id,
 part_id, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ASSOCIATION = """INSERT INTO association (source_id, target_id, equivalence, quality, status, source, release_id,
 part_id, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_CURRENT = """SELECT v.id, v.effective, v.label FROM value_set s JOIN value_set_version v ON v.id = s.current_id
 WHERE s.id = ?"""
_VERSION = """INSERT INTO value_set_version (value_set_id, name, label, status, effective, expires, complete,
 release_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


class Layer:
    """Puts the records of one import into a store, in the order they come."""

    def __init__(self, database: Database, release: int, source: str, notes: Notes) -> None:
        self._db = database
        self._release = release
        self._source = source
        self._notes = notes
        self._systems = Systems(database, source, notes)
        self._parts: dict[str, int] = {}
        self._older: set[int] = set()
        self._concepts: dict[tuple[int, str], int] = {}
        self._english: dict[int, str] = {}
        self._touched: set[int] = set()
        self._renamed: set[int] = set()
        self._worded: dict[tuple[int, str], list[str]] = defaultdict(list)
        self._in_english: dict[int, set[str]] = defaultdict(set)
        self._versions: dict[str, int] = {}
        self._members: set[tuple[int, int]] = set()
        self._compared: Counter[tuple[str, str]] = Counter()
        self._same: Counter[tuple[str, str]] = Counter()
        self._by_part: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._targets: list[tuple[Place, int, str, str]] = []
        self.counts: Counter[str] = Counter()
        self.about = AboutRecord()

    def put(self, record: Record) -> None:
        """Put one record in, or say why it cannot be."""
        match record:
            case ConceptRecord():
                self._put_concept(record)
            case ValueSetRecord():
                self._put_value_set(record)
            case AssociationRecord():
                self._put_association(record)
            case SystemRecord():
                self.counts["code-systems"] += 1
                self._systems.declare(record)
            case SystemVersionRecord():
                self._put_system_version(record)
            case AboutRecord():
                self.about = AboutRecord(
                    self.about.name or record.name,
                    self.about.release or record.release,
                    self.about.licence or record.licence,
                )

    def finish(self) -> None:
        """Settle what could only be judged at the end."""
        self._drop_untranslated()
        for place, concept, system, code in self._targets:
            if self._db.number("SELECT 1 FROM concept WHERE id = ? AND listed = 1", (concept,)) is None:
                self._notes.row("TRM-118", place.part, place.row, system=system, code=code)

    def _put_value_set(self, record: ValueSetRecord) -> None:
        number = self._db.number("SELECT id FROM value_set WHERE oid = ? OR uri = ?", (record.key, record.key))
        if number is None:
            statement = "INSERT INTO value_set (oid, uri) VALUES (?, ?)"
            number = self._db.insert(statement, (record.key, record.uri or None))
        elif record.uri:
            statement = "UPDATE value_set SET uri = coalesce(uri, ?) WHERE id = ?"
            self._db.connection.execute(statement, (record.uri, number))
        version = self._same_version(number, record)
        if version is None:
            version = self._db.insert(
                _VERSION,
                (number, record.name, record.version, record.status, record.effective, record.expires,
                 int(record.complete), self._release),
            )  # fmt: skip
            self.counts["value-sets"] += 1
        self._make_current(number, version, record)
        self._versions[record.key] = version
        for key in record.systems:
            system = self._systems.number(key, record.place)
            self._db.insert("INSERT OR IGNORE INTO value_set_system VALUES (?, ?)", (version, system))
        if not record.complete:
            self._notes.part("TRM-115", record.place.part, value_set=record.name or record.key)

    def _make_current(self, value_set: int, version: int, record: ValueSetRecord) -> None:
        """The version imported last is the current one, unless one that is dated later is held."""
        held = self._db.connection.execute(_CURRENT, (value_set,)).fetchone()
        if held is not None and held[0] != version:
            mine, theirs = version_day(record.effective, record.version), version_day(held[1], held[2])
            if mine and theirs and mine < theirs and record.version != held[2]:
                self._older.add(version)
                name = record.name or record.key
                self._notes.part("TRM-125", record.place.part, value_set=name, version=record.version, held=held[2])
                return
        self._db.connection.execute("UPDATE value_set SET current_id = ? WHERE id = ?", (version, value_set))

    def _same_version(self, value_set: int, record: ValueSetRecord) -> int | None:
        """The version that an earlier part of this import has begun."""
        return self._db.number(
            "SELECT id FROM value_set_version WHERE value_set_id = ? AND label = ? AND release_id = ?",
            (value_set, record.version, self._release),
        )

    def _put_system_version(self, record: SystemVersionRecord) -> None:
        system = self._systems.number(record.system, record.place)
        self._db.insert(
            "INSERT OR IGNORE INTO code_system_version (system_id, label, status, effective, expires, release_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (system, record.label, record.status, record.effective, record.expires, self._release),
        )

    def _put_concept(self, record: ConceptRecord) -> None:
        place = record.place
        if not record.code:
            self._notes.row("TRM-106", place.part, place.row, why="no-code")
            return
        version = self._versions.get(record.value_set)
        system = self._system_of(record)
        if system is None:
            return
        self.counts["exceptions" if record.exception else "concepts"] += 1
        older = version in self._older
        concept = self._concept(system, record, older)
        if version is not None:
            self._put_member(version, concept, record)
        if record.system_version:
            self._put_in_version(system, concept, record.system_version)
        for wording in self._wordings(record):
            self._put_wording(concept, replace(wording, preferred=False) if older else wording, record)

    def _system_of(self, record: ConceptRecord) -> int | None:
        if record.system:
            return self._systems.number(record.system, record.place)
        place = record.place
        key = record.near or record.value_set
        value_set = self._db.number("SELECT id FROM value_set WHERE oid = ? OR uri = ?", (key, key))
        if value_set is None:
            self._notes.row("TRM-106", place.part, place.row, why="no-system")
            return None
        return self._systems.of_value_set(value_set, record)

    def _concept(self, system: int, record: ConceptRecord, older: bool) -> int:
        key = (system, record.code)
        number = self._concepts.get(key)
        if number is None:
            number = self._held(system, record.code)
        if number is None:
            number = self._db.insert(
                _CONCEPT,
                (system, record.code, record.english or None, record.status, 1, record.valid_from, record.valid_to,
                 self._source),
            )  # fmt: skip
            self._touched.add(number)
        elif number not in self._touched and not older:
            self._touched.add(number)
            self._db.connection.execute(_REVISE, (record.status, record.valid_from, record.valid_to, number))
        self._concepts[key] = number
        if record.english and number not in self._renamed and not (older and number in self._english):
            self._renamed.add(number)
            self._english[number] = record.english
            self._db.connection.execute("UPDATE concept SET english = ? WHERE id = ?", (record.english, number))
        return number

    def _held(self, system: int, code: str) -> int | None:
        statement = "SELECT id, english FROM concept WHERE system_id = ? AND code = ?"
        row = self._db.connection.execute(statement, (system, code)).fetchone()
        if row is None:
            return None
        if row[1]:
            self._english[row[0]] = row[1]
        return int(row[0])

    def _put_member(self, version: int, concept: int, record: ConceptRecord) -> None:
        if (version, concept) in self._members:
            self._notes.row("TRM-108", record.place.part, record.place.row, code=record.code)
            self.counts["repeated"] += 1
            return
        self._members.add((version, concept))
        self._db.insert(
            "INSERT INTO value_set_member VALUES (?, ?, ?, ?, ?, ?, ?)",
            (version, concept, len(self._members), record.display or None, int(record.exception),
             self._part(record.place.part), record.place.row),
        )  # fmt: skip

    def _put_in_version(self, system: int, concept: int, label: str) -> None:
        self._db.insert(
            "INSERT OR IGNORE INTO code_system_version (system_id, label, status, release_id)"
            " VALUES (?, ?, 'current', ?)",
            (system, label, self._release),
        )
        version = self._db.number(
            "SELECT id FROM code_system_version WHERE system_id = ? AND label = ? AND release_id = ?",
            (system, label, self._release),
        )
        self._db.insert("INSERT OR IGNORE INTO concept_version VALUES (?, ?)", (concept, version))

    def _wordings(self, record: ConceptRecord) -> Iterable[Wording]:
        """The wordings of a row; the English name counts as one where no English wording says the same."""
        yield from record.wordings
        if record.english and not any(w.language[:2].lower() == "en" for w in record.wordings):
            yield Wording(record.english, "en", status=record.status)

    def _put_wording(self, concept: int, wording: Wording, record: ConceptRecord) -> None:
        said = self._worded[concept, wording.language]
        if wording.text:
            self.counts[wording.language] += 1
        if not wording.text or wording.text in said:
            return
        if wording.language[:2].lower() == "en":
            if wording.language == "en" and wording.text in self._in_english[concept]:
                return  # the bare name of a code that is worded so in a region's English
            self._in_english[concept].add(wording.text)
        preferred, use = wording.preferred, wording.use
        if preferred and said:
            preferred, use = False, use or "synonym"
            if not any(is_double(wording.text, other) for other in said):
                place = record.place
                self._notes.row("TRM-109", place.part, place.row, code=record.code, language=wording.language)
        said.append(wording.text)
        number = self._db.insert(
            _DESIGNATION,
            (concept, wording.text, wording.language, int(preferred), wording.status, use, self._source,
             self._release, self._part(record.place.part), record.place.row),
        )  # fmt: skip
        self._compare(number, self._english.get(concept), wording, record)

    def _compare(self, number: int, english: str | None, wording: Wording, record: ConceptRecord) -> None:
        if wording.language[:2].lower() == "en":
            return
        key = (record.place.part, wording.language)
        self._by_part[key].append(number)
        if english is not None:
            self._compared[key] += 1
            self._same[key] += english.casefold() == wording.text.casefold()

    def _drop_untranslated(self) -> None:
        """Take names back where most of those that can be compared turned out to be the English ones."""
        for (part, language), compared in self._compared.items():
            if compared >= COMPARABLE and 2 * self._same[part, language] > compared:
                numbers = self._by_part[part, language]
                self._db.connection.executemany("DELETE FROM designation WHERE id = ?", [(n,) for n in numbers])
                self.counts[language] -= len(numbers)
                self._notes.part("TRM-112", part, count=len(numbers), language=language)

    def _put_association(self, record: AssociationRecord) -> None:
        source = self._named(record.source_system, record.source_code, record.place)
        target = None
        if record.target_code:
            target = self._named(record.target_system, record.target_code, record.place)
            self._targets.append((record.place, target, record.target_system, record.target_code))
        self.counts["associations"] += 1
        self._db.insert(
            _ASSOCIATION,
            (source, target, record.equivalence, record.quality, record.status, self._source, self._release,
             self._part(record.place.part), record.place.row),
        )  # fmt: skip

    def _named(self, system_key: str, code: str, place: Place) -> int:
        """The concept a mapping names; where no catalogue lists it, it is held for the mapping only."""
        system = self._systems.number(system_key, place)
        number = self._concepts.get((system, code))
        if number is None:
            number = self._held(system, code)
        if number is None:
            number = self._db.insert(_CONCEPT, (system, code, None, "current", 0, None, None, self._source))
        self._concepts[system, code] = number
        return number

    def _part(self, name: str) -> int:
        if name not in self._parts:
            statement = "INSERT INTO part (release_id, name) VALUES (?, ?)"
            self._parts[name] = self._db.insert(statement, (self._release, name))
        return self._parts[name]


def version_day(effective: str | None, label: str) -> str:
    """A day to compare versions by: the date given, else a label such as 202404 or 20240422; "" for neither."""
    if effective:
        return effective
    digits = label.replace("-", "").replace("_", "")
    if not digits.isdigit() or not digits.startswith("20") or len(digits) not in (6, 8):
        return ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:] or '01'}"


def is_double(text: str, other: str) -> bool:
    """Whether one text is the other with its code system in brackets: "Cholera" and "Cholera (icd-10)"."""
    short, long = sorted((text, other), key=len)
    rest = long.removeprefix(short)
    return rest != long and rest.startswith(" (") and rest.endswith(")") and rest.count("(") == 1


def release_number(database: Database, sha256: str, options: str) -> int | None:
    """The import that put this very content in with the same options, None where there was none."""
    return database.number("SELECT id FROM release WHERE sha256 = ? AND options = ?", (sha256, options))
