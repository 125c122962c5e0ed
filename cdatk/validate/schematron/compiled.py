"""A compiled rule set, and the folder it is kept in.

The rule: what is taken from the folder is whole and of this pack, phase and version, or it is made anew; it is written
beside and renamed, so that several processes may share the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from cdatk.resources import data_file, xslt_dir
from cdatk.validate.schematron.pack import Pack

_PARTS: Final = ("validate/schematron", "safe_xml.py")  # what a compiled rule set depends on, besides the runtime


@cache
def form() -> str:
    """A checksum of the compiler and the runtime: what another version has kept is not used."""
    files = [path for part in _PARTS for path in sorted({data_file(part), *data_file(part).glob("*.py")})]
    runtime = xslt_dir() / "schematron" / "runtime.xsl"
    digest = hashlib.sha256()
    for path in (*files, runtime):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Hole(msgspec.Struct, frozen=True):
    """A part of a message that the document fills; ``plain`` when it can only be the name of an element."""

    plain: bool


class CompiledCheck(msgspec.Struct, frozen=True):
    """A check as a finding tells of it. ``role`` is its own, "" where it has none."""

    kind: str
    id: str
    role: str
    test: str
    message: tuple[str | Hole, ...]


class CompiledRule(msgspec.Struct, frozen=True):
    """A rule that stands in the sheet: its pattern's id and number, its own id and the role its checks inherit."""

    pattern: str
    number: int
    id: str
    role: str


class Compiled(msgspec.Struct, frozen=True):
    """A rule set ready for Saxon.

    ``sets`` holds the lists of values the rules look up, each as a JSON object; ``documents`` the names of the
    catalogues that are needed whole; ``seen`` the checksum of each file that was read.
    """

    name: str
    sheet: str
    checks: tuple[CompiledCheck, ...]
    rules: tuple[CompiledRule, ...]
    sets: tuple[str, ...]
    documents: tuple[str, ...]
    seen: dict[str, str | None]


class Store:
    """Compiled rule sets in ``folder``; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder: Final = folder

    def get(self, pack: Pack, name: str, phase: str) -> Compiled | None:
        """What was kept for this rule set and phase, when every file it was made from is unchanged."""
        path = self._path(pack, name, phase)
        if path is None:
            return None
        try:
            data = path.read_bytes()
        except OSError:
            return None
        checksum, _, body = data.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != checksum:
            return None
        try:
            found = msgspec.msgpack.decode(body, type=Compiled)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return None
        return found if pack.unchanged(found.seen) else None

    def put(self, pack: Pack, phase: str, compiled: Compiled) -> None:
        """Keep a rule set; a folder that cannot be written is no failure."""
        path = self._path(pack, compiled.name, phase)
        if path is None:
            return
        body = msgspec.msgpack.encode(compiled)
        data = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, path)

    def _path(self, pack: Pack, name: str, phase: str) -> Path | None:
        """A file name made of the content of the rule set's own file, its name, the phase and the compiler."""
        if self._folder is None:
            return None
        data = pack.read(name)
        if data is None:
            return None
        key = hashlib.sha256(b"\0".join((data, name.encode(), phase.encode(), form().encode())))
        return self._folder / f"{key.hexdigest()[:40]}.rules"
