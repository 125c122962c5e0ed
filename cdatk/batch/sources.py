"""Where the documents of a batch come from: folders, archives, lists, single files.

The rule: every document found has a name of its own, relative and free of ``..``; what cannot be opened is handed on
with the reason, never left out.
"""

from __future__ import annotations

import glob
import os
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from cdatk.archives import is_content, leads_out

DOCUMENTS: Final = (".xml", ".cda")
TARS: Final = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
ARCHIVES: Final = (".zip", *TARS)
LISTS: Final = (".txt", ".lst", ".list")
STANDARD: Final = "-"
_WILD: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """A document to come: its name below the output folder, and where its bytes lie.

    ``member`` names the place inside a zip archive; ``data`` holds the bytes where they came by the way (tar);
    ``problem`` says why there are none (a value of ``words.why``).
    """

    name: str
    path: str
    member: str = ""
    size: int = 0
    data: bytes | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was asked for: ``given`` as on the command line, ``listed`` the lines of standard input.

    ``exclude`` is the output folder, which is never read; ``limit`` is the size above which a document is not read
    to its end.
    """

    given: tuple[str, ...]
    listed: tuple[str, ...]
    exclude: str
    limit: int

    def __iter__(self) -> Iterator[Source]:
        """The documents, always in the same order, each once."""
        alone = len(self.given) == 1
        seen: dict[str, tuple[str, str]] = {}
        for item in self.given:
            once = alone and os.path.isdir(item)  # nothing can come twice: no need to remember names
            for source in self._of(item, alone):
                if once:
                    yield source
                    continue
                place = (os.path.realpath(source.path), source.member)
                name, number = source.name, 1
                while name in seen and (seen[name] != place or source.data is not None):
                    number += 1
                    name = f"{source.name}~{number}"
                if name not in seen:
                    seen[name] = place
                    yield replace(source, name=name)

    def count(self) -> int | None:
        """How many documents there are; None where only reading a tar archive to its end would tell."""
        total = 0
        for item in self.given:
            for path, is_file in _paths(item, self.listed, self.exclude):
                if is_file and path.lower().endswith(TARS):
                    return None
                total += len(list(_zip_names(path))) if is_file and path.lower().endswith(".zip") else 1
        return total

    def _of(self, item: str, alone: bool) -> Iterator[Source]:
        for path, is_file in _paths(item, self.listed, self.exclude):
            name = _name(item, path, alone)
            if is_file and path.lower().endswith(".zip"):
                yield from self._zip(path, "" if path == item and alone else name)
            elif is_file and path.lower().endswith(TARS):
                yield from self._tar(path, "" if path == item and alone else name)
            else:
                yield _file(path, name)

    def _zip(self, path: str, name: str) -> Iterator[Source]:
        try:
            with zipfile.ZipFile(path) as archive:
                members = [m for m in archive.infolist() if _is_document(m.filename) and not m.is_dir()]
        except (OSError, zipfile.BadZipFile) as error:
            yield Source(_safe(name) or _safe(os.path.basename(path)), path, problem=why_not(error))
            return
        for member in members:
            problem = _member_problem(member)
            problem = problem or ("encrypted" if member.flag_bits & 1 else "")
            yield Source(_inside(name, member.filename), path, member.filename, member.file_size, None, problem)

    def _tar(self, path: str, name: str) -> Iterator[Source]:
        """Members in the order of the archive; a compressed one can only be read from its start to its end."""
        try:
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isdir() or not _is_document(member.name):
                        continue
                    problem = _member_problem(member)
                    held = None if problem else archive.extractfile(member)
                    data = held.read(self.limit + 1) if held is not None else None
                    yield Source(_inside(name, member.name), path, member.name, member.size, data, problem)
        except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile) as error:
            yield Source((_safe(name) or _safe(os.path.basename(path))) + "~rest", path, problem=why_not(error))


def lines_of(data: bytes) -> tuple[str, ...]:
    """Paths of a list, one a line; blank lines and lines that begin with ``#`` say nothing."""
    lines = (os.fsdecode(line).strip() for line in data.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def why_not(error: Exception) -> str:
    """The value of ``words.why`` for a failure to open or read."""
    if isinstance(error, FileNotFoundError):
        return "missing"
    if isinstance(error, PermissionError):
        return "no-permission"
    if isinstance(error, IsADirectoryError):
        return "not-a-file"
    return "device" if type(error) is OSError else "damaged"


def _paths(item: str, listed: Sequence[str], exclude: str) -> Iterator[tuple[str, bool]]:
    """(path, could be a file) for what one argument means."""
    if item == STANDARD:
        yield from _each(listed, exclude)
    elif os.path.isdir(item):
        yield from _walk(item, exclude)
    elif item.lower().endswith(LISTS) and os.path.isfile(item):
        yield from _each(lines_of(Path(item).read_bytes()), exclude)
    elif not os.path.exists(item) and _WILD & set(item):
        yield from _each(sorted(glob.iglob(item, recursive=True)), exclude)
    else:
        yield item, True


def _each(paths: Iterable[str], exclude: str) -> Iterator[tuple[str, bool]]:
    for path in paths:
        if os.path.isdir(path):
            yield from _walk(path, exclude)
        else:
            yield path, True


def _walk(folder: str, exclude: str) -> Iterator[tuple[str, bool]]:
    """Documents and archives below a folder, by name; links to folders are not followed."""
    if os.path.realpath(folder) == exclude:
        return
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield folder, False
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, exclude)
        elif entry.name.lower().endswith((*DOCUMENTS, *ARCHIVES)):
            yield entry.path, True


def _file(path: str, name: str) -> Source:
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError) as error:
        return Source(name, path, problem=why_not(error))
    if os.path.isdir(path):
        return Source(name, path, problem="no-permission")  # a folder that _walk could not open
    return Source(name, path, size=size)


def _name(item: str, path: str, alone: bool) -> str:
    """The name of a file below the output folder: relative to what was asked for."""
    if os.path.isdir(item):
        inside = os.path.relpath(path, item)
        return _safe(inside if alone else os.path.join(os.path.basename(os.path.abspath(item)), inside))
    if item == STANDARD or item.lower().endswith(LISTS):
        return _safe(path)
    if path == item:
        return _safe(os.path.basename(path))
    fixed = os.path.dirname(item[: min(item.index(sign) for sign in _WILD if sign in item)])
    return _safe(os.path.relpath(path, fixed or "."))


def _safe(name: str) -> str:
    """A relative name without ``.`` and ``..``, in characters that any file system and JSON can hold."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace").replace(os.sep, "/").replace("\\", "%5C")
    steps = [step for step in PurePosixPath(text.replace("\0", "%00")).parts if step not in ("/", ".")]
    return "/".join("__" if step == ".." else step for step in steps)


def _inside(archive: str, member: str) -> str:
    return f"{archive}/{_safe(member)}" if archive else _safe(member)


def _is_document(name: str) -> bool:
    return name.lower().endswith(DOCUMENTS)


def _member_problem(member: zipfile.ZipInfo | tarfile.TarInfo) -> str:
    if not is_content(member):
        return "link-in-archive"
    return "outside" if leads_out(member.filename if isinstance(member, zipfile.ZipInfo) else member.name) else ""


def _zip_names(path: str) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield from (m.filename for m in archive.infolist() if _is_document(m.filename) and not m.is_dir())
    except (OSError, zipfile.BadZipFile):
        yield path
