"""The output folder: where things lie in it, and how they get there.

The rule: a file appears whole or not at all (written beside, synced, renamed), and nothing is written elsewhere. What
a worker makes is synced and renamed together, some documents at a time: a sync costs as much as half a document.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

from cdatk.batch import packing
from cdatk.batch.packing import Packing

FORMATS: Final = ("fhir", "html", "cda")
ENDINGS: Final = MappingProxyType({"fhir": ".fhir.json", "html": ".{lang}.html", "cda": ".{lang}.xml"})
OWN: Final = "_batch"
_ADVISE: Final = hasattr(os, "posix_fadvise")
_LONGEST: Final = 200  # bytes of a file name that every file system takes, with room for the endings


class OutputError(Exception):
    """An output cannot be written (disk full, no permission): the run has to end. ``reason`` is the system's."""

    def __init__(self, path: str, reason: str) -> None:
        """Keep the path and the reason; both survive the way from a worker."""
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """The output folder of a batch, the language in the names of outputs, and how these are compressed."""

    folder: Path
    language: str
    packing: Packing = ""

    @property
    def own(self) -> Path:
        """The folder of the batch itself."""
        return self.folder / OWN

    @property
    def journal(self) -> Path:
        """One JSON line a document."""
        return self.own / "journal.ndjson"

    @property
    def scratch(self) -> Path:
        """Where files are written before they are renamed to their place: what a killed worker leaves lies here."""
        return self.own / "unfinished"

    @property
    def summary(self) -> Path:
        """The page at the end."""
        return self.own / "summary.html"

    def output(self, name: str, to: str) -> str:
        """Where an output lies, relative to the folder."""
        stem = _short(name[:-4] if name.endswith(".xml") else name)
        ending = ENDINGS[to].format(lang=self.language) + packing.ENDINGS[self.packing]
        return (f"{OWN}~/" if stem.split("/")[0] == OWN else "") + stem + ending

    def aside(self, name: str) -> tuple[Path, Path]:
        """Where a document that gave no output is put, and the report that says why."""
        path = self.own / "aside" / _short(name)
        return path, path.with_name(path.name + ".report.json")


@dataclass(slots=True)
class Outbox:
    """Files on their way: written to ``scratch`` at once, at their places after ``settle``."""

    scratch: Path
    _waiting: list[tuple[IO[bytes], Path]] = field(default_factory=list)

    def put(self, path: Path, data: bytes) -> None:
        """Write ``data``, which is to lie at ``path``. Raises OutputError."""
        try:
            file = self._new()
            self._waiting.append((file, path))
            file.write(data)
            file.flush()
            if _ADVISE:  # begins to write at once, which the sync would wait for: 0.2 ms for a file in place of 0.4
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        except OSError as error:
            self.drop()
            raise _failed(path, error) from error

    def settle(self) -> None:
        """Sync everything, then put it in its places. Raises OutputError; what is not in its place is lost then."""
        path = self.scratch
        try:
            for file, path in self._waiting:  # noqa: B007 (the path is that of the failure)
                os.fsync(file.fileno())
            while self._waiting:
                file, path = self._waiting[0]
                file.close()
                _rename(file.name, path)
                del self._waiting[0]
        except OSError as error:
            raise _failed(path, error) from error
        finally:
            self.drop()

    def drop(self) -> None:
        """Take away what is on its way."""
        for file, _ in self._waiting:
            with contextlib.suppress(OSError):
                file.close()
            with contextlib.suppress(OSError):
                os.unlink(file.name)
        self._waiting.clear()

    def _new(self) -> IO[bytes]:
        path = self.scratch / os.urandom(8).hex()
        try:
            return open(path, "xb")
        except FileNotFoundError:  # the folder: made when it is missed, not looked for each time
            self.scratch.mkdir(parents=True, exist_ok=True)
            return open(path, "xb")


def write(path: Path, data: bytes, scratch: Path) -> None:
    """Put ``data`` at ``path``, whole, by way of the folder ``scratch``. Raises OutputError."""
    box = Outbox(scratch)
    box.put(path, data)
    box.settle()


def remove(path: Path) -> None:
    """Take away what an earlier run left at ``path``. Raises OutputError."""
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise _failed(path, error) from error


def clear(scratch: Path) -> None:
    """Take away what killed workers left. Raises OutputError."""
    try:
        for path in scratch.iterdir() if scratch.is_dir() else ():
            path.unlink(missing_ok=True)
    except OSError as error:
        raise _failed(scratch, error) from error
    with contextlib.suppress(OSError):  # not there, or a worker of a run that was killed is in its last document
        scratch.rmdir()


def _rename(temporary: str, path: Path) -> None:
    try:
        os.replace(temporary, path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, path)


def _failed(path: Path, error: OSError) -> OutputError:
    return OutputError(str(path), error.strerror or type(error).__name__)


def _short(name: str) -> str:
    """Steps that are too long for a file system are cut and marked by a checksum."""
    return "/".join(step if len(step.encode()) <= _LONGEST else _cut(step) for step in name.split("/"))


def _cut(step: str) -> str:
    import hashlib

    mark = hashlib.sha256(step.encode()).hexdigest()[:12]
    return step.encode()[: _LONGEST - 13].decode("utf-8", "ignore") + "~" + mark
