"""Reads the cells of an Office Open XML workbook, one sheet at a time.

The ONE rule: a cell keeps what the file says of it, above all whether it is a number, because a code that a
spreadsheet has taken for a number may have lost its zeros. (ISO/IEC 29500-1, 18.3 and 18.4.)
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from cdatk.safe_xml import Element, local
from cdatk.terminology.importers.source import Refused, unzipped
from cdatk.terminology.importers.xml import root_of

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Kind(StrEnum):
    """What stands in a cell; a formula counts by its stored value, `EMPTY_FORMULA` has none."""

    TEXT = "text"
    NUMBER = "number"
    ERROR = "error"
    EMPTY_FORMULA = "empty-formula"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its text as the file has it; a whole number is written without exponent and decimals."""

    text: str
    kind: Kind = Kind.TEXT


Row = dict[int, Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows by their number (from 1), cells by their column (from 0); `merged` are (first, last) rows."""

    name: str
    rows: dict[int, Row]
    merged: tuple[tuple[int, int, int, int], ...]

    def text(self, row: int, column: int) -> str:
        """The text of a cell without blanks at its ends, "" where it is empty."""
        cell = self.rows.get(row, {}).get(column)
        return cell.text.strip() if cell is not None else ""


def sheets(data: bytes) -> Iterator[Sheet]:
    """The sheets of a workbook in their order; raises Refused where it is unsafe or damaged."""
    parts = {name: content for name, content in unzipped(data) if name.startswith("xl/")}
    strings = _strings(parts)
    targets = _targets(parts)
    for element in _root(parts, "xl/workbook.xml").iter():
        if local(element) != "sheet":
            continue
        path = targets.get(element.get(_RELATION) or "", "")
        if path in parts:
            content = parts.pop(path)
            yield _sheet(element.get("name") or "", root_of(content), strings)


def _root(parts: dict[str, bytes], name: str) -> Element:
    if name not in parts:
        raise Refused("TRM-104", "workbook")
    return root_of(parts[name])


def _targets(parts: dict[str, bytes]) -> dict[str, str]:
    """The file of each sheet by the identifier of its relation."""
    found = {}
    for element in _root(parts, "xl/_rels/workbook.xml.rels"):
        target = element.get("Target") or ""
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        found[element.get("Id") or ""] = path
    return found


def _strings(parts: dict[str, bytes]) -> list[str]:
    if "xl/sharedStrings.xml" not in parts:
        return []
    return [_words(item) for item in _root(parts, "xl/sharedStrings.xml") if local(item) == "si"]


def _words(item: Element) -> str:
    """The text of a string item; phonetic hints (rPh) are no part of it."""
    found = []
    for child in item:
        name = local(child)
        if name == "t":
            found.append(child.text or "")
        elif name == "r":
            found.extend(t.text or "" for t in child if local(t) == "t")
    return "".join(found)


def _sheet(name: str, root: Element, strings: list[str]) -> Sheet:
    rows: dict[int, Row] = {}
    merged = []
    for part in root:
        kind = local(part)
        if kind == "sheetData":
            _read_rows(part, rows, strings)
        elif kind == "mergeCells":
            merged = [_range(cell.get("ref") or "A1") for cell in part]
    return Sheet(name, rows, tuple(merged))


def _read_rows(data: Element, rows: dict[int, Row], strings: list[str]) -> None:
    number = 0
    for element in data:
        number = int(element.get("r") or number + 1)
        row: Row = {}
        column = -1
        for child in element:
            place = child.get("r")
            column = _column(place) if place else column + 1
            cell = _cell(child, strings)
            if cell is not None:
                row[column] = cell
        rows[number] = row


def _cell(element: Element, strings: list[str]) -> Cell | None:
    kind = element.get("t") or "n"
    if kind == "inlineStr":
        inner = next((child for child in element if local(child) == "is"), None)
        return Cell(_words(inner)) if inner is not None else None
    value, formula = None, False
    for child in element:
        name = local(child)
        if name == "v":
            value = child.text
        elif name == "f":
            formula = True
    if value is None or value == "":
        return Cell("", Kind.EMPTY_FORMULA) if formula else None
    if kind == "s":
        index = int(value)
        if index >= len(strings):
            raise Refused("TRM-104", "workbook")
        return Cell(strings[index])
    if kind == "n":
        return Cell(_number(value), Kind.NUMBER)
    return Cell(value, Kind.ERROR if kind == "e" else Kind.TEXT)


def _number(text: str) -> str:
    """A number as a person would write it: 4.0 and 4E0 are 4."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 20:
        return str(int(value))
    return text


def _column(place: str) -> int:
    """The column (from 0) of a reference such as "AB12"."""
    number = 0
    for sign in place:
        if not sign.isalpha():
            break
        number = number * 26 + ord(sign.upper()) - 64
    return number - 1


def _range(reference: str) -> tuple[int, int, int, int]:
    """First row, last row, first column, last column of a range such as "A7:A9"."""
    first, _, last = reference.partition(":")
    rows = sorted(int("".join(sign for sign in part if sign.isdigit()) or 1) for part in (first, last or first))
    columns = sorted(_column(part) for part in (first, last or first))
    return rows[0], rows[-1], columns[0], columns[-1]
