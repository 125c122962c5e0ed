"""Text of tables: encoding, delimiter, header.

The ONE rule: bytes that are not UTF-8 are read by the stated encoding or as Windows-1252, and that is said.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.notes import Notes

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FALLBACK = "cp1252"
_DELIMITERS = ";\t,|"


def decoded(source: Source, options: Options, notes: Notes) -> str:
    """The text of a file; raises Refused where it is binary."""
    data = source.data
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if b"\x00" in data[:4096]:
        raise Refused("TRM-101", "csv")
    if options.encoding:
        try:
            return data.decode(options.encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise Refused("TRM-104", options.encoding) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        notes.row("TRM-113", source.name, line, encoding="Windows-1252")
        return _mixed(data)


def _mixed(data: bytes) -> str:
    """Line by line, because a dump may mix encodings."""
    lines = []
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(line.decode(_FALLBACK, "replace"))
    return "\n".join(lines)


def table(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header of a CSV text and its rows with their line numbers; raises Refused where it is none."""
    lines = text.lstrip("\ufeff")
    delimiter, skipped = "", 0
    first = lines.partition("\n")[0].strip().strip('"')
    if first.lower().startswith("sep="):
        delimiter, skipped = first[4:5], 1
        lines = lines.partition("\n")[2]
        first = lines.partition("\n")[0]
    delimiter = delimiter or max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except csv.Error as error:
        raise Refused("TRM-104", "csv") from error
    return header, _rows(reader, skipped)


def _rows(reader: Iterator[list[str]], skipped: int) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused("TRM-104", "csv") from error
        if any(cell.strip() for cell in row):
            yield getattr(reader, "line_num", 0) + skipped, row
