"""Streams of NDJSON in files of a limited size: one for each format or, in bulk, for each type of resource.

The rule: the stream holds the lines that the journal names and no other; whatever a dying process added beyond them
is cut off before anything new is written.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cdatk.batch.files import OutputError, Place
from cdatk.batch.journal import Journal, Row, Written
from cdatk.batch.packing import ENDINGS, PACKINGS, Packing, blanks

# A format or a type of resource: what else lies in the folder is not ours.
_STREAM = re.compile(r"(fhir|[A-Z][A-Za-z]+)-[0-9]{5,}\.ndjson(\.gz|\.zst)?")


@dataclass(slots=True)
class Shards:
    """The files ``<to>-00001.ndjson`` … of one stream; a new one begins when ``size`` bytes are exceeded."""

    folder: Path
    to: str
    size: int
    packing: Packing = ""
    _number: int = 1
    _end: int = 0
    _ends: dict[str, int] = field(default_factory=dict)

    def take_up(self, ends: Mapping[str, int], old: Iterable[Written]) -> None:
        """Go on after what the journal knows, ``ends`` by file; blank what is ``old``. Raises OutputError."""
        self._ends = {name: end for name, end in ends.items() if self._is_name(name)}
        for path in self._files():
            _cut(path, self._ends.get(path.name, 0))
        if self._ends:
            last = max(self._ends)
            self._number, self._end = int(last.removesuffix(self._ending).rpartition("-")[2]), self._ends[last]
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
            path = self.folder / f"{self.to}-{self._number:05}{self._ending}"
            _append(path, self._end, b"".join(lines[start:stop]))
            for line, checksum in zip(lines[start:stop], checksums[start:stop], strict=True):
                placed.append(Written(path.name, checksum, len(line), self._end))
                self._end += len(line)
            start = stop
        return placed

    def blank(self, written: Written) -> None:
        """Replace what stands there by as many bytes that say nothing: JSON allows blanks before the next line."""
        path = self.folder / written.path
        try:
            with open(path, "r+b") as file:
                file.seek(written.offset)
                file.write(blanks(written.bytes, _packing_of(written.path)))
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
        return sorted(path for path in self.folder.glob(f"{self.to}-*{self._ending}") if self._is_name(path.name))

    def _is_name(self, name: str) -> bool:
        return _stream_of(name) == self.to and name.endswith(self._ending)

    @property
    def _ending(self) -> str:
        return ".ndjson" + ENDINGS[self.packing]


@dataclass(slots=True)
class Streams:
    """All streams of a run; one begins when the first line for it comes."""

    place: Place
    size: int
    _shards: dict[str, Shards] = field(default_factory=dict)

    def take_up(self, journal: Journal) -> None:
        """Go on where the journal ends. Raises OutputError."""
        ends: dict[str, int] = {}
        for row in (*journal.superseded, *journal.rows()):
            for written in row.outputs.values():
                ends[written.path] = max(ends.get(written.path, 0), written.offset + written.bytes)
        old = [written for row in journal.superseded for written in row.outputs.values()]
        left = (path.name for path in self.place.folder.glob("*-*.ndjson*"))
        for to in sorted({_stream_of(name) for name in (*ends, *left)} - {""}):
            self._of(to).take_up(ends, [written for written in old if _stream_of(written.path) == to])

    def add(self, documents: Sequence[tuple[tuple[str, bytes], ...]]) -> list[dict[str, Written]]:
        """Append the outputs of documents, by stream; where each lies. Raises OutputError."""
        placed: list[dict[str, Written]] = [{} for _ in documents]
        for to in sorted({to for outputs in documents for to, _ in outputs}):
            lines = [(number, self._line(output)) for number, o in enumerate(documents) for t, output in o if t == to]
            checksums = [hashlib.sha256(line).hexdigest() for _, line in lines]
            found = self._of(to).add([line for _, line in lines], checksums)
            for (number, _), written in zip(lines, found, strict=True):
                placed[number][to] = written
        return placed

    def blank(self, row: Row) -> None:
        """Take a document out of all streams. Raises OutputError."""
        for to, written in row.outputs.items():
            if _stream_of(written.path) == to:
                self._of(to).blank(written)

    def _line(self, output: bytes) -> bytes:
        return output if self.place.packing else output.rstrip(b"\n") + b"\n"

    def _of(self, to: str) -> Shards:
        if to not in self._shards:
            self._shards[to] = Shards(self.place.folder, to, self.size, self.place.packing)
        return self._shards[to]


def _stream_of(name: str) -> str:
    """The stream that a file of this name belongs to, "" for none."""
    found = _STREAM.fullmatch(name)
    return found[1] if found is not None else ""


def _packing_of(name: str) -> Packing:
    """How a file of a stream is packed; an earlier run may have been asked for something else."""
    return next(packing for packing in (*PACKINGS, "") if name.endswith(ENDINGS[packing]))


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
