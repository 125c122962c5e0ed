"""Reads the rows of INSERT statements out of an SQL dump, without running any of it.

The ONE rule: a dump is data; only table names, column names and literal values are taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_CREATE: Final = re.compile(
    r"create\s+table\s+(?:if\s+not\s+exists\s+)?[`\"\[]?(\w+)[`\"\]]?\s*\((.*?)\n?\s*\)[^,;()]*;", re.I | re.S
)
_COLUMN: Final = re.compile(r"^\s*[`\"\[]?(\w+)[`\"\]]?\s+\w", re.M)
_NO_COLUMN: Final = frozenset({"primary", "key", "constraint", "unique", "index", "foreign", "check"})
_INSERT: Final = re.compile(
    r"insert\s+(?:ignore\s+)?into\s+[`\"\[]?(\w+)[`\"\]]?\s*(?:\(([^()]*)\))?\s*values\s*", re.I
)
_VALUE: Final = re.compile(
    r"\s*(?:(?:_\w+\s+)?[NnBb]?'([^'\\]*(?:(?:\\.|'')[^'\\]*)*)'|(\w+)\s*\(([^()]*)\)|([^\s,()']+))\s*([,)])", re.S
)
_ESCAPE: Final = re.compile(r"\\(.)|''", re.S)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "", "Z": "", "b": ""}
_BETWEEN: Final = re.compile(r"\s*,?\s*\(")


@dataclass(frozen=True, slots=True)
class SqlRow:
    """A row: its table in small letters, the line of its statement, and its values by column."""

    table: str
    line: int
    values: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class SqlFault:
    """A statement that is no list of literal values from some point on."""

    line: int


def columns_of(text: str) -> dict[str, tuple[str, ...]]:
    """The columns of each table that the dump creates, in their order."""
    found = {}
    for match in _CREATE.finditer(text):
        names = [name.lower() for name in _COLUMN.findall(match[2])]
        found[match[1].lower()] = tuple(name for name in names if name not in _NO_COLUMN)
    return found


def rows_of(text: str, defaults: dict[str, tuple[str, ...]]) -> Iterator[SqlRow | SqlFault]:
    """The rows of all INSERT statements; columns as named there, else as created, else as in `defaults`."""
    created = columns_of(text)
    line, seen = 1, 0
    position = 0
    while (match := _INSERT.search(text, position)) is not None:
        line += text.count("\n", seen, match.start())
        seen = match.start()
        table = match[1].lower()
        names = match[2]
        if names is not None:
            columns = tuple(name.strip().strip('`"[]').lower() for name in names.split(","))
        else:
            columns = created.get(table) or defaults.get(table, ())
        position = match.end()
        while (opening := _BETWEEN.match(text, position)) is not None:
            found = _tuple(text, opening.end())
            if found is None:
                yield SqlFault(line)
                break
            values, position = found
            yield SqlRow(table, line, dict(zip(columns, values, strict=False)))


def _tuple(text: str, position: int) -> tuple[list[str | None], int] | None:
    """The values up to the closing bracket and the place after it; None where something else stands there."""
    values: list[str | None] = []
    while True:
        match = _VALUE.match(text, position)
        if match is None:
            return None
        quoted, function, argument, bare, end = match.groups()
        if quoted is not None:
            values.append(_ESCAPE.sub(_unescaped, quoted) if "\\" in quoted or "''" in quoted else quoted)
        elif function is not None:
            inner = _VALUE.match(argument + ")")  # PARSEDATETIME('13.7.2009', …): the first argument is the value
            values.append(inner[1] if inner is not None else None)
        else:
            values.append(None if bare.upper() == "NULL" else bare)
        position = match.end()
        if end == ")":
            return values, position


def _unescaped(match: re.Match[str]) -> str:
    sign = match[1]
    return "'" if sign is None else _ESCAPED.get(sign, sign)
