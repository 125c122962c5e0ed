"""One stream of NDJSON in files of a limited size.

The rule: the stream holds the lines that the journal names and no other; whatever a dying process added beyond them
is cut off before anything new is written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cdatk.batch.files import OutputError
from cdatk.batch.journal import Row, Written

_ENDING = ".ndjson"


@dataclass(slots=True)
class Shards:
    """The files ``<to>-00001.ndjson`` … of one format; a new one begins when ``size`` bytes are exceeded."""

    folder: Path
    to: str
    size: int
    _number: int = 1
    _end: int = 0
    _ends: dict[str, int] = field(default_factory=dict)

    def take_up(self, rows: Iterable[Row], superseded: Iterable[Row]) -> None:
        """Go on after the lines that ``rows`` name; blank those of ``superseded``. Raises OutputError."""
        old = [row.outputs[self.to] for row in superseded if self.to in row.outputs]
        live = [row.outputs[self.to] for row in rows if self.to in row.outputs]
        for written in (*live, *old):
            self._ends[written.path] = max(self._ends.get(written.path, 0), written.offset + written.bytes)
        for path in self._files():
            end = self._ends.get(path.name, 0)
            _cut(path, end)
        if self._ends:
            last = max(self._ends)
            self._number, self._end = int(last.removesuffix(_ENDING).rpartition("-")[2]), self._ends[last]
        for written in old:
            self.blank(written)

    def add(self, lines: list[bytes], checksums: list[str]) -> list[Written]:
        """Append lines and see them on disk. Raises OutputError and takes them back."""
        placed: list[Written] = []
        start = 0
        while start < len(lines):
            if self._end >= self.size:
                self._number, self._end = self._number + 1, 0
            stop = self._fitting(lines, start)
            path = self.folder / f"{self.to}-{self._number:05}{_ENDING}"
            _append(path, self._end, b"".join(lines[start:stop]))
            for line, checksum in zip(lines[start:stop], checksums[start:stop], strict=True):
                placed.append(Written(path.name, checksum, len(line), self._end))
                self._end += len(line)
            start = stop
        return placed

    def blank(self, written: Written) -> None:
        """Replace a line, its end included, by blanks: JSON allows them before the next line."""
        path = self.folder / written.path
        try:
            with open(path, "r+b") as file:
                file.seek(written.offset)
                file.write(b" " * written.bytes)
        except FileNotFoundError:
            return
        except OSError as error:
            raise OutputError(str(path), error.strerror or "") from error

    def _fitting(self, lines: list[bytes], start: int) -> int:
        """How far the lines go into the present file; at least one does."""
        end, stop = self._end, start
        while stop < len(lines) and (stop == start or end < self.size):
            end += len(lines[stop])
            stop += 1
        return stop

    def _files(self) -> list[Path]:
        name = re.compile(rf"{self.to}-[0-9]{{5,}}\.ndjson")
        return sorted(path for path in self.folder.glob(f"{self.to}-*{_ENDING}") if name.fullmatch(path.name))


def _append(path: Path, end: int, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            os.lseek(descriptor, end, os.SEEK_SET)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(data)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, end)
            raise
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputError(str(path), error.strerror or "") from error


def _cut(path: Path, end: int) -> None:
    """Shorten a file to what the journal knows; a file it does not know goes."""
    try:
        if end == 0:
            path.unlink()
        elif path.stat().st_size > end:
            os.truncate(path, end)
    except OSError as error:
        raise OutputError(str(path), error.strerror or "") from error
