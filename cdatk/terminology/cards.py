"""One card a code: everything a look-up answers, packed in the order in which it is to be said.

The ONE rule: a card repeats what the other tables hold and is written anew when they change; a look-up is then one
row in place of a join over three tables, whose many columns took most of its time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec

from cdatk.terminology.rows import Designation

READ: Final = "SELECT concept_id, content FROM card WHERE system_id = ? AND code = ?"

_CONCEPTS = """SELECT id, system_id, code, english, status, source, listed, valid_from, valid_to FROM concept
 ORDER BY id"""
# The catalogue imported last speaks first, each in its own order.
_WORDS = """SELECT concept_id, text, language, preferred, status, source, kind, release_id FROM designation
 ORDER BY concept_id, release_id DESC, id"""
_VERSIONS = "SELECT concept_id, version_id FROM value_set_member ORDER BY concept_id, version_id"
_Row = tuple[Any, ...]  # sqlite3 gives untyped rows; the schema is ours


class Card(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A code as a look-up answers it; `listed` is False where only an association names it.

    `words` are all wordings, the English name last where no catalogue words it; `versions` are the numbers of the
    versions of value sets that list it.
    """

    english: str | None
    status: str
    source: str
    listed: bool
    valid_from: str | None
    valid_to: str | None
    words: tuple[Designation, ...]
    versions: tuple[int, ...]


def write_cards(connection: sqlite3.Connection) -> None:
    """Write the cards of all codes of a store anew."""
    words, versions = _by_concept(connection, _WORDS), _by_concept(connection, _VERSIONS)
    said, listing = next(words, None), next(versions, None)
    rows: list[tuple[int, str, int, bytes]] = []
    for number, system, code, english, status, source, listed, valid_from, valid_to in connection.execute(_CONCEPTS):
        own: tuple[Designation, ...] = ()
        if said is not None and said[0] == number:
            own, said = tuple(map(_designation, said[1])), next(words, None)
        sets: tuple[int, ...] = ()
        if listing is not None and listing[0] == number:
            sets, listing = tuple(version for _, version in listing[1]), next(versions, None)
        if english is not None and not any(row.language[:2] in ("en", "EN") for row in own):
            own = (*own, Designation(english, "en", True, status, source))
        card = Card(english, status, source, bool(listed), valid_from, valid_to, own, sets)
        rows.append((system, code, number, msgspec.msgpack.encode(card)))
    connection.execute("DELETE FROM card")
    connection.executemany("INSERT INTO card VALUES (?, ?, ?, ?)", sorted(rows, key=itemgetter(0, 1)))


def _by_concept(connection: sqlite3.Connection, statement: str) -> Iterator[tuple[int, list[_Row]]]:
    for number, rows in groupby(connection.execute(statement), itemgetter(0)):
        yield number, list(rows)


def _designation(row: _Row) -> Designation:
    _, text, language, preferred, status, source, use, release = row
    return Designation(text, language, preferred == 1, status, source, use, release)
