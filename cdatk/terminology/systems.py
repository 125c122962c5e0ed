"""Finds the code system a catalogue means by an OID, a URI or, where it leaves it out, by its value set.

The ONE rule: a key that is known in any of its forms is never declared a second time.
"""

from __future__ import annotations

from cdatk.terminology.notes import Notes
from cdatk.terminology.records import ConceptRecord, Place, SystemRecord
from cdatk.terminology.store import Database

_FIND = """SELECT id FROM code_system WHERE oid = :key
 UNION ALL SELECT system_id FROM alias WHERE alias = :key
 UNION ALL SELECT * FROM (SELECT s.id FROM code_system s LEFT JOIN concept c ON c.system_id = s.id
   WHERE s.uri = :key GROUP BY s.id ORDER BY count(c.id) DESC, s.id) LIMIT 1"""
_OF_SET = """SELECT DISTINCT c.system_id FROM value_set_member m JOIN concept c ON c.id = m.concept_id
 JOIN value_set_version v ON v.id = m.version_id WHERE v.value_set_id = ?"""
_OF_CODE = _OF_SET + " AND c.code = ?"


class Systems:
    """The code systems of a store that is being written."""

    def __init__(self, database: Database, source: str, notes: Notes) -> None:
        self._db = database
        self._source = source
        self._notes = notes
        self._known: dict[str, int] = {}
        self._of_set: dict[int, tuple[int, ...]] = {}

    def declare(self, record: SystemRecord) -> int:
        """The system of a record, added or completed."""
        key = bare(record.key)
        number = self._find(key)
        if number is None and record.uri:
            number = self._find(record.uri)
        if number is None:
            number = self._add(key, record.name, record.uri or None)
        else:
            statement = "UPDATE code_system SET uri = coalesce(uri, ?) WHERE id = ?"
            self._db.connection.execute(statement, (record.uri or None, number))
        for alias in (key, *map(bare, record.aliases)):
            if self._find(alias) is None:
                self._db.insert("INSERT INTO alias VALUES (?, ?)", (alias, number))
        return number

    def number(self, key: str, place: Place) -> int:
        """The system of an OID, alias or URI; one that nobody knew is added and said."""
        key = bare(key)
        found = self._known.get(key)
        if found is None:
            found = self._find(key)
            if found is None:
                found = self._add(key, key, key if ":" in key else f"urn:oid:{key}")
                self._notes.part("TRM-110", place.part, system=key)
            self._known[key] = found
        return found

    def of_value_set(self, value_set: int, record: ConceptRecord) -> int | None:
        """The system of a code whose row names none: the one the value set has it in, or its only one."""
        place = record.place
        rows = self._db.connection.execute(_OF_CODE, (value_set, record.code)).fetchall()
        if len(rows) == 1:
            return int(rows[0][0])
        if value_set not in self._of_set:
            found = tuple(int(number) for (number,) in self._db.connection.execute(_OF_SET, (value_set,)))
            self._of_set[value_set] = found
            if len(found) == 1:
                self._notes.part(
                    "TRM-122", place.part, system=self._oid(found[0]), value_set=record.near or record.value_set
                )
        candidates = self._of_set[value_set]
        if len(candidates) == 1:
            return candidates[0]
        self._notes.row("TRM-106", place.part, place.row, why="many-systems" if candidates else "no-system")
        return None

    def _oid(self, number: int) -> str:
        row = self._db.connection.execute("SELECT oid FROM code_system WHERE id = ?", (number,)).fetchone()
        return str(row[0])

    def _find(self, key: str) -> int | None:
        row = self._db.connection.execute(_FIND, {"key": key}).fetchone()
        return None if row is None else int(row[0])

    def _add(self, key: str, name: str, uri: str | None) -> int:
        return self._db.insert(
            "INSERT INTO code_system (oid, name, uri, source) VALUES (?, ?, ?, ?)",
            (key, name or key, uri, self._source),
        )


def bare(key: str) -> str:
    """A key without blanks and without `urn:oid:` or `urn:uuid:` before it."""
    key = key.strip()
    for prefix in ("urn:oid:", "urn:uuid:"):
        if key.lower().startswith(prefix):
            return key[len(prefix) :]
    return key
