"""MVC and MTC workbooks in the layout of the Central Terminology Server.

The ONE rule: the value set is the one named in cell B1, never the one a sheet's name hints at (names end at 31
characters); columns are found by their header, and codes are kept as text. (terminology-formats, CTS workbook.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.xlsx import Cell, Kind, Row, Sheet, sheets
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import AboutRecord, ConceptRecord, Place, Record, ValueSetRecord, Wording

HEADER_WITHIN: Final = 20
"""The header stands in row 6; a row or two more or less is read all the same."""
COLUMNS: Final = MappingProxyType({
    "codesystemid": "system", "codesystemoid": "system", "codesystem": "system",
    "codesystemversion": "version", "codesystemversionid": "version",
    "conceptcode": "code", "code": "code", "conceptid": "code",
    "description": "english", "descriptionenglish": "english",
})  # fmt: skip
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
PLACEHOLDER: Final = re.compile(r"<.*language.*>", re.IGNORECASE)
OID: Final = re.compile(r"[0-2](?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class _Layout:
    header: int
    columns: dict[str, int]
    languages: tuple[tuple[int, str], ...]


def read(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """The records of a workbook; raises Refused where no sheet of it is a value set."""
    for source in sources:
        found = False
        for sheet in sheets(source.data):
            if sheet.name.strip().upper() == "INFO":
                yield AboutRecord(name=sheet.text(4, 1))
                continue
            if not any(sheet.rows.values()):
                continue
            found = True
            yield from _value_set(source.name, sheet, options, notes)
        if not found:
            raise Refused("TRM-105", "no-header")


def _value_set(file: str, sheet: Sheet, options: Options, notes: Notes) -> Iterator[Record]:
    part = f"{file}!{sheet.name}"
    layout = _layout(sheet, options)
    if layout is None:
        notes.file("TRM-105", part, why="no-header")
        return
    head = _head(sheet, layout.header)
    key = head.get("key", "")
    if not key:
        notes.file("TRM-105", part, why="no-value-set")
        return
    if not layout.languages and "english" not in layout.columns:
        notes.file("TRM-105", part, why="no-language")
        return
    rows = [(n, row) for n, row in sheet.rows.items() if n > layout.header and _is_filled(row)]
    # A set with a header and no rows is one whose codes the catalogue does not list, not one that is empty.
    yield ValueSetRecord(
        Place(part, 1), key, head["name"] or sheet.name, head["version"], uri=head.get("uri", ""), complete=bool(rows)
    )
    for first, last, *_ in sheet.merged:
        if last > first and last > layout.header:
            notes.row("TRM-116", part, first)
    for number, row in rows:
        record = _concept(Place(part, number), row, layout, key, notes)
        if record is not None:
            yield record


def _is_filled(row: Row) -> bool:
    return any(cell.text.strip() or cell.kind is not Kind.TEXT for cell in row.values())


def _head(sheet: Sheet, header: int) -> dict[str, str]:
    """The head rows: by the words in column A where they are known, else by their place (B1, B2, B4)."""
    found = {"key": sheet.text(1, 1), "name": sheet.text(2, 1), "version": sheet.text(4, 1)}
    for number in range(1, header):
        label = _plain(sheet.text(number, 0))
        if "canonicalurl" in label:
            found["uri"] = sheet.text(number, 1)
        elif label in ("valuesetid", "valuesetoid"):
            found["key"] = sheet.text(number, 1)
        elif label in ("valuesetversion", "valuesetversionid"):
            found["version"] = sheet.text(number, 1)
    if not OID.fullmatch(found["key"]) and not found["key"].startswith(("http", "urn:")):
        found["key"] = ""
    return found


def _layout(sheet: Sheet, options: Options) -> _Layout | None:
    """The header row: the first that names a column of codes and one of code systems."""
    for number in sorted(sheet.rows):
        if number > HEADER_WITHIN:
            break
        columns: dict[str, int] = {}
        languages = []
        for column, cell in sorted(sheet.rows[number].items()):
            name = cell.text.strip()
            known = COLUMNS.get(_plain(name))
            if known is not None:
                columns.setdefault(known, column)
            elif LANGUAGE.fullmatch(name):
                languages.append((column, name.replace("_", "-")))
            elif PLACEHOLDER.fullmatch(name) and options.language:
                languages.append((column, options.language))
        if {"system", "code"} <= columns.keys():
            return _Layout(number, columns, tuple(languages))
    return None


def _concept(place: Place, row: Row, layout: _Layout, value_set: str, notes: Notes) -> ConceptRecord | None:
    def text(column: str) -> str:
        cell = row.get(layout.columns.get(column, -1))
        return notes.trimmed(place.part, cell.text) if cell is not None else ""

    code = _code(place, row.get(layout.columns["code"]), notes)
    if code is None:
        return None
    if not text("system"):
        notes.row("TRM-106", place.part, place.row, why="no-system")
        return None
    wordings = tuple(_wordings(place, row, layout, notes))
    description = text("english")
    english = next((w.text for w in wordings if w.language[:2].lower() == "en"), "") or description
    if description and description != english:
        wordings = (*wordings, Wording(description, "en", preferred=False, use="description"))
    cell = row.get(layout.columns.get("english", -1))
    return ConceptRecord(
        place, text("system"), code, value_set, english, cell.text if cell is not None else english, wordings,
        system_version=text("version"),
    )  # fmt: skip


def _code(place: Place, cell: Cell | None, notes: Notes) -> str | None:
    """The code of a row as text, None after a finding."""
    if cell is None or (cell.kind is Kind.TEXT and not cell.text.strip()):
        notes.row("TRM-106", place.part, place.row, why="no-code")
        return None
    if cell.kind in (Kind.EMPTY_FORMULA, Kind.ERROR):
        notes.row("TRM-106", place.part, place.row, why="formula")
        return None
    if cell.kind is Kind.NUMBER:
        notes.row("TRM-107", place.part, place.row, code=cell.text)
    return notes.trimmed(place.part, cell.text)


def _wordings(place: Place, row: Row, layout: _Layout, notes: Notes) -> Iterator[Wording]:
    """The wordings of a row; a language with several columns has its synonyms in the later ones."""
    worded: set[str] = set()
    for column, language in layout.languages:
        cell = row.get(column)
        if cell is None or cell.kind is Kind.ERROR or not cell.text.strip():
            continue
        first = language not in worded
        worded.add(language)
        yield Wording(notes.trimmed(place.part, cell.text), language, first, "" if first else "synonym")


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
