"""The output folder: where things lie in it, and how they get there.

The rule: a file appears whole or not at all (written beside, synced, renamed), and nothing is written elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

FORMATS: Final = ("fhir", "html", "cda")
ENDINGS: Final = MappingProxyType({"fhir": ".fhir.json", "html": ".{lang}.html", "cda": ".{lang}.xml"})
OWN: Final = "_batch"
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
    """The output folder of a batch, and the language in the names of outputs."""

    folder: Path
    language: str

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
        return (f"{OWN}~/" if stem.split("/")[0] == OWN else "") + stem + ENDINGS[to].format(lang=self.language)

    def aside(self, name: str) -> tuple[Path, Path]:
        """Where a document that gave no output is put, and the report that says why."""
        path = self.own / "aside" / _short(name)
        return path, path.with_name(path.name + ".report.json")


def write(path: Path, data: bytes, scratch: Path) -> None:
    """Put ``data`` at ``path``, whole, by way of the folder ``scratch``. Raises OutputError."""
    try:
        _replace(path, data, scratch)
    except FileNotFoundError:  # its folder: made when it is missed, not looked for each time
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.mkdir(parents=True, exist_ok=True)
            _replace(path, data, scratch)
        except OSError as error:
            raise _failed(path, error) from error
    except OSError as error:
        raise _failed(path, error) from error


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


def _replace(path: Path, data: bytes, scratch: Path) -> None:
    temporary = scratch / secrets.token_hex(8)
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _failed(path: Path, error: OSError) -> OutputError:
    return OutputError(str(path), error.strerror or type(error).__name__)


def _short(name: str) -> str:
    """Steps that are too long for a file system are cut and marked by a checksum."""
    return "/".join(step if len(step.encode()) <= _LONGEST else _cut(step) for step in name.split("/"))


def _cut(step: str) -> str:
    import hashlib

    mark = hashlib.sha256(step.encode()).hexdigest()[:12]
    return step.encode()[: _LONGEST - 13].decode("utf-8", "ignore") + "~" + mark
