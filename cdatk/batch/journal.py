"""The journal: one JSON line a document, only ever added to.

The rule: a line is written after what it speaks of is on disk; for a document that has several lines the last one
counts. Apart from ``ms`` the same inputs, settings and tables give the same lines in the same order.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from cdatk.batch.files import OutputError

SCHEMA: Final = "cdatk.batch/1"
Outcome = Literal["converted", "refused", "unreadable", "failed"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("converted", "refused", "unreadable", "failed")


class Written(msgspec.Struct, frozen=True):
    """An output: its file relative to the output folder, its checksum and length; ``offset`` in a stream."""

    path: str
    sha256: str
    bytes: int
    offset: int = 0


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the journal.

    ``outcome``: ``converted``; ``refused`` (read, but a fatal finding forbids an output); ``unreadable`` (no bytes);
    ``failed`` (the worker died, the time was over, or the program has a fault). ``settings`` is a checksum of
    everything that was chosen and of the version of cdatk; ``catalogues`` are empty where none was consulted.
    """

    schema: str = SCHEMA
    input: str
    sha256: str
    bytes: int
    outcome: Outcome
    exit_code: int
    outputs: dict[str, Written]
    findings: dict[str, int]
    counts: dict[str, int]
    type: str
    country: str
    settings: str
    catalogues: tuple[str, ...]
    ms: float


class Journal:
    """The open journal of an output folder. Raises OutputError where it cannot be written."""

    def __init__(self, path: Path) -> None:
        """Open the journal; the end of a line that a dying process left half written is cut off."""
        self._path: Final = path
        self._places: dict[str, int] = {}
        self._decoder: Final = msgspec.json.Decoder(Row)
        self.superseded: list[Row] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: Final = open(path, "ab", buffering=0)  # noqa: SIM115 (closed by close())
            self._reader: Final = open(path, "rb")  # noqa: SIM115
        except OSError as error:
            raise OutputError(str(path), error.strerror or "") from error
        self._end = self._load()

    def __len__(self) -> int:
        """Number of documents that have a line."""
        return len(self._places)

    def rows(self) -> Iterator[Row]:
        """The line that counts of every document."""
        for place in self._places.values():
            yield self._at(place)

    def row(self, name: str) -> Row | None:
        """The line of a document, None when it has none."""
        place = self._places.get(name)
        return self._at(place) if place is not None else None

    def append(self, rows: Iterable[Row]) -> None:
        """Add lines and see them on disk. Raises OutputError and takes the lines back."""
        lines = [(row.input, msgspec.json.encode(row) + b"\n") for row in rows]
        data = b"".join(line for _, line in lines)
        try:
            written = self._file.write(data)
            if written != len(data):
                raise OSError(28, os.strerror(28))
            os.fsync(self._file.fileno())
        except OSError as error:
            os.ftruncate(self._file.fileno(), self._end)
            raise OutputError(str(self._path), error.strerror or "") from error
        for name, line in lines:
            self._places[name] = self._end
            self._end += len(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._reader.close()

    def _at(self, place: int) -> Row:
        self._reader.seek(place)
        return self._decoder.decode(self._reader.readline())

    def _load(self) -> int:
        """Places of the lines by document; the end of the last whole line."""
        end = 0
        with open(self._path, "rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                try:
                    row = self._decoder.decode(line)
                except msgspec.DecodeError:
                    break
                if row.input in self._places:
                    self.superseded.append(self._at(self._places[row.input]))
                self._places[row.input] = end
                end += len(line)
        if end < os.fstat(self._file.fileno()).st_size:
            os.ftruncate(self._file.fileno(), end)
        return end
