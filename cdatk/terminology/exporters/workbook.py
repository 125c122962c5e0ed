"""Exports as a workbook in the CTS layout: a sheet INFO, then a sheet a value set.

The ONE rule: every cell is text, so that a code such as 4 or 10100500 comes back as it went; no date or name of a
machine goes into the file, so the same content gives the same bytes.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from cdatk.terminology.content import Member, Version
from cdatk.terminology.exporters.selection import Selection

HEAD: Final = ("Code System ID", "Code System Version", "Concept Code", "Description")
LONGEST_NAME: Final = 31
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STAMP = (1980, 1, 1, 0, 0, 0)


def workbook(selection: Selection) -> bytes:
    """The value sets of a selection; a language has as many columns as a code has wordings in it."""
    names = ["INFO"]
    for version, _ in selection.sets:
        names.append(_free_name(version.name or version.oid, names))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "[Content_Types].xml", _content_types(len(names)))
        _put(archive, "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        _put(archive, "xl/workbook.xml", _book(names))
        targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
        _put(archive, "xl/_rels/workbook.xml.rels", _relations(targets))
        _put(archive, "xl/worksheets/sheet1.xml", _sheet(_info(selection)))
        for number, (version, members) in enumerate(selection.sets, 2):
            _put(archive, f"xl/worksheets/sheet{number}.xml", _sheet(_value_set(selection, version, members)))
    return stream.getvalue()


def _info(selection: Selection) -> Iterator[Sequence[str]]:
    # 2.25 is the arc of UUIDs: an identifier of our own that can clash with nobody's
    number = uuid.uuid5(uuid.NAMESPACE_OID, f"{selection.name}|{selection.release}").int
    yield from ((), (), ("UID", f"2.25.{number}"), ("Name", selection.name), ("Description", selection.release))


def _value_set(selection: Selection, version: Version, members: Iterable[Member]) -> Iterator[Sequence[str]]:
    members = tuple(members)
    columns = _columns(selection, members)
    yield from (("Value Set ID", version.oid), ("Value Set Name", version.name), ())
    yield from (("Value Set Version", version.label), ())
    yield (*HEAD, *(tag for tag, _ in columns))
    for member in members:
        held = selection.wordings.get((member.system, member.code), {})
        cells = [held[tag][n].text if len(held.get(tag, ())) > n else "" for tag, n in columns]
        yield (member.system, "", member.code, member.display or member.english, *cells)


def _columns(selection: Selection, members: tuple[Member, ...]) -> list[tuple[str, int]]:
    """Language and rank (0 for the preferred wording) of each column of a sheet."""
    most: dict[str, int] = dict.fromkeys(selection.languages(), 1)
    for member in members:
        for tag, rows in selection.wordings.get((member.system, member.code), {}).items():
            most[tag] = max(most[tag], len(rows))
    return [(tag, rank) for tag, number in most.items() for rank in range(number)]


def _free_name(name: str, taken: list[str]) -> str:
    """A name of a sheet: 31 signs, none of those Excel forbids, different from the others."""
    clean = "".join(sign for sign in name if sign not in "[]:*?/\\")[:LONGEST_NAME] or "Sheet"
    number = 1
    found = clean
    while found.lower() in (other.lower() for other in taken):
        number += 1
        found = f"{clean[: LONGEST_NAME - 3]}~{number}"
    return found


def _sheet(rows: Iterable[Sequence[str]]) -> str:
    lines = [f'{_START}<worksheet xmlns="{_MAIN}"><sheetData>']
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{_letters(column)}{number}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
            for column, cell in enumerate(row)
            if cell
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    lines.append("</sheetData></worksheet>")
    return "".join(lines)


def _text(cell: str) -> str:
    """The text of a cell; XML 1.0 has no control characters, they would make the file unreadable."""
    return escape("".join(sign for sign in cell if sign >= " " or sign in "\t\n"))


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _book(names: list[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    return f'{_START}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{sheets}</sheets></workbook>'


def _relations(targets: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_START}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _content_types(sheets: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'{_START}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{parts}</Types>'
    )


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text.encode("utf-8"))
