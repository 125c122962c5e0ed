"""The files of a catalogue: a file, a folder, or an archive, unpacked in memory within limits.

The ONE rule: an archive that names a file outside itself, holds a link, or unpacks to far more than its size is
refused whole, before anything of it is read.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import IO, Final

from cdatk.archives import is_content, leads_out
from cdatk.settings import Limits

MAX_FILE: Final = 256_000_000
MAX_FILES: Final = 20_000
MAX_RATIO: Final = 250
"""How many times its packed size a file above RATIO_FROM bytes may have: text of catalogues packs 5 to 60 times."""
RATIO_FROM: Final = 8_000_000
LIMITS: Final = Limits(max_bytes=MAX_FILE, max_text_length=4_000_000, max_attribute_length=1_000_000)
"""Limits on the XML files of catalogues, which are bigger than documents."""


class Refused(Exception):
    """A file that is not read; `code` is the finding and `why` its reason."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a catalogue: its path from the catalogue's top, and its bytes."""

    name: str
    data: bytes

    @property
    def folder(self) -> str:
        """The folder it lies in, seen from the catalogue's top."""
        return str(PurePosixPath(self.name).parent)


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller states about a catalogue that its files leave out.

    `language` is the language of names without one, `system` the code system of codes without one, `value_set` the
    OID of the set a plain table lists, `columns` maps our column names to those of a table, `encoding` is that of
    text files, `form` the format where it is not to be recognised.
    """

    language: str = ""
    system: str = ""
    value_set: str = ""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    encoding: str = ""
    form: str = ""

    def key(self) -> str:
        """The options as text: two imports are the same where file and options are."""
        columns = ",".join(f"{name}={column}" for name, column in sorted(self.columns.items()))
        return "|".join((self.form, self.language, self.system, self.value_set, columns, self.encoding))


def files(path: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder (hidden ones left out) in the order of their names, or the file itself."""
    if not path.is_dir():
        yield path.name, path
        return
    for found in sorted(path.rglob("*")):
        inside = found.relative_to(path)
        if found.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield inside.as_posix(), found


def unpacked(name: str, data: bytes) -> Iterator[Source]:
    """The files of an archive (ZIP, TAR.GZ, gzip), or the file itself; a workbook counts as a file.

    Raises Refused for an archive that is unsafe or damaged.
    """
    if data[:2] == b"\x1f\x8b":
        inner = gunzip(data)
        if inner[257:262] == b"ustar" or (inner[:512].count(0) > 300 and len(inner) % 512 == 0):
            yield from _untar(name, inner)
        else:
            yield Source(name.removesuffix(".gz"), inner)
    elif data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        if is_workbook(data):
            yield Source(name, data)
        else:
            for inside, content in unzipped(data):
                if _wanted(inside):
                    yield Source(f"{name}/{inside}", content)
    else:
        yield Source(name, data)


def gunzip(data: bytes) -> bytes:
    """The content of a gzip file; raises Refused where it is damaged or unpacks to too much."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _limited(stream, len(data))
    except (OSError, EOFError, zlib.error) as error:
        raise Refused("TRM-104", "gzip") from error


def is_workbook(data: bytes) -> bool:
    """Whether a ZIP archive is an Office Open XML workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused("TRM-104", "zip") from error


def unzipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a ZIP archive, after all names and sizes were checked; raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check([(info.filename, info.file_size, info.compress_size) for info in infos])
            if not all(map(is_content, infos)):
                raise Refused("TRM-103", "link")
            for info in infos:
                if not info.is_dir():
                    with archive.open(info) as stream:
                        yield info.filename, _limited(stream, info.compress_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refused("TRM-104", "zip") from error


def _untar(name: str, data: bytes) -> Iterator[Source]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            members = archive.getmembers()
            _check([(member.name, member.size, 0) for member in members])
            if not all(map(is_content, members)):
                raise Refused("TRM-103", "link")
            for member in members:
                stream = archive.extractfile(member) if member.isfile() else None
                if stream is not None and _wanted(member.name):
                    yield Source(f"{name}/{member.name}", stream.read())
    except tarfile.TarError as error:
        raise Refused("TRM-104", "tar") from error


def _check(members: list[tuple[str, int, int]]) -> None:
    """Refuse an archive by its list of (name, size, packed size); 0 packed means packed as a whole."""
    if len(members) > MAX_FILES:
        raise Refused("TRM-103", "too-many")
    for name, size, packed in members:
        if leads_out(name):
            raise Refused("TRM-103", "traversal")
        if size > MAX_FILE:
            raise Refused("TRM-103", "bomb")
        if packed and size > RATIO_FROM and size > MAX_RATIO * packed:
            raise Refused("TRM-103", "bomb")
    if sum(size for _, size, _ in members) > 4 * MAX_FILE:
        raise Refused("TRM-103", "bomb")


def _limited(stream: IO[bytes] | gzip.GzipFile, packed: int) -> bytes:
    """The whole stream, whatever its header said of its size; raises Refused above the limits."""
    found = io.BytesIO()
    while block := stream.read(1 << 20):
        found.write(block)
        size = found.tell()
        if size > MAX_FILE or (size > RATIO_FROM and size > MAX_RATIO * packed):
            raise Refused("TRM-103", "bomb")
    return found.getvalue()


def _wanted(name: str) -> bool:
    """Whether a file in an archive is content: no hidden file, nothing beside the resources of a FHIR package."""
    parts = PurePosixPath(name).parts
    if parts[:1] == ("package",):
        return len(parts) == 2 and not parts[1].startswith(".")
    return not any(part.startswith((".", "__MACOSX")) for part in parts)
