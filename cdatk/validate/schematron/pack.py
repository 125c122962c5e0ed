"""A pack of rules as publishers ship it: a file, a folder or a zip archive.

The rule: nothing outside the pack is read, and of the pack only files that are asked for by a relative name.
"""

from __future__ import annotations

import hashlib
import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from cdatk.safe_xml import Element, parser
from cdatk.validate.schematron.errors import PackError

SCH: Final = "http://purl.oclc.org/dsdl/schematron"
LARGEST_FILE: Final = 64_000_000  # bytes of one file of a pack, unpacked
MOST_FILES: Final = 20_000


class Pack:
    """Files of a pack by relative name with ``/``. ``entry`` is set when the caller named one rule set.

    Raises PackError when there is no such file or folder, or when the archive is damaged.
    """

    def __init__(self, place: Path) -> None:
        self.name: Final = place.name
        self.entry: str | None = None
        self._zip: zipfile.ZipFile | None = None
        self._seen: dict[str, str | None] = {}
        archive = next((p for p in (place, *place.parents) if p.is_file()), None)
        if place.is_dir():
            self._folder = place.resolve()
        elif archive is None:
            raise PackError("not-found", place.name)
        elif zipfile.is_zipfile(archive):
            self._folder = archive.parent.resolve()
            self._zip = _opened(archive)
            self.entry = place.relative_to(archive).as_posix() if place != archive else None
        elif archive == place:
            self._folder = place.parent.resolve()
            self.entry = place.name
        else:
            raise PackError("not-found", place.name)

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None when the pack has no such file.

        Raises PackError for a name that leads out of the pack and for a file that is too large.
        """
        normal = posixpath.normpath(name)
        if normal.startswith(("/", "../")) or ":" in normal or "\\" in normal:
            raise PackError("outside", name)
        data = self._from_zip(normal) if self._zip is not None else self._from_folder(normal)
        self._seen[normal] = None if data is None else hashlib.sha256(data).hexdigest()
        return data

    def seen(self) -> dict[str, str | None]:
        """What was read so far: checksum by name, None for a file that is missing."""
        return dict(self._seen)

    def unchanged(self, seen: dict[str, str | None]) -> bool:
        """True when all these files are as they were."""
        for name in seen:
            self.read(name)
        return all(self._seen[name] == checksum for name, checksum in seen.items())

    def rule_sets(self) -> tuple[str, ...]:
        """Names of the rule sets: the schemas on the uppermost level that has any, or the one that was named."""
        if self.entry is not None:
            return (self.entry,)
        by_depth: dict[int, list[str]] = {}
        for name in self._names():
            by_depth.setdefault(name.count("/"), []).append(name)
        for depth in sorted(by_depth):
            found = tuple(name for name in sorted(by_depth[depth]) if self._is_schema(name))
            if found:
                return found
        raise PackError("no-schema", self.name)

    def _names(self) -> Iterator[str]:
        if self._zip is not None:
            yield from (n for n in self._zip.namelist()[:MOST_FILES] if n.endswith(".sch"))
            return
        for number, path in enumerate(sorted(self._folder.rglob("*.sch"))):
            if number < MOST_FILES:
                yield path.relative_to(self._folder).as_posix()

    def _is_schema(self, name: str) -> bool:
        data = self.read(name)
        return data is not None and parsed(data, name).tag == f"{{{SCH}}}schema"

    def _from_zip(self, name: str) -> bytes | None:
        assert self._zip is not None
        try:
            if self._zip.getinfo(name).file_size > LARGEST_FILE:
                raise PackError("too-large", name)
            return self._zip.read(name)
        except KeyError:
            return None
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise PackError("damaged", name) from error

    def _from_folder(self, name: str) -> bytes | None:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder):
            raise PackError("outside", name)
        if not path.is_file():
            return None
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise PackError("too-large", name)
            return path.read_bytes()
        except OSError as error:
            raise PackError("unreadable", name) from error


def parsed(data: bytes, name: str) -> Element:
    """The root of an XML file of a pack. Raises PackError when it is not XML or holds a DOCTYPE."""
    try:
        root = etree.fromstring(data, parser(huge=True) if b"<!DOCTYPE" not in data else parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PackError("not-xml", name) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackError("doctype", name)
    return root


def _opened(archive: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, OSError) as error:
        raise PackError("damaged", archive.name) from error
