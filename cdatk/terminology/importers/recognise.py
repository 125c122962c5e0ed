"""Which format a file of a catalogue has, told from its content; and the one table of all formats.

The ONE rule: adding a catalogue format is one importer file and one line in FORMATS. The name of a file decides
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cdatk.terminology.importers import art_decor, display, fhir, ltrdb, naming, plain, svs, workbook
from cdatk.terminology.importers.source import Options, Source
from cdatk.terminology.importers.tables import table
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import Record

Reader = Callable[[Sequence[Source], Options, Notes], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class Format:
    """How files of a format are read; `together`: the files of a folder are one database."""

    read: Reader
    together: bool = False


FORMATS: Final = MappingProxyType({
    "workbook": Format(workbook.read),
    "art-decor": Format(art_decor.read),
    "svs": Format(svs.read),
    "fhir": Format(fhir.read),
    "ltrdb": Format(ltrdb.read, together=True),
    "display": Format(display.read),
    "csv": Format(plain.read),
    "systems": Format(naming.read_systems),
    "l10n": Format(naming.read_l10n),
})  # fmt: skip

_NOT_ROOT: Final = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.S)
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.:-]*)([^>]*)")
_TEXT: Final = 4000


def recognise(source: Source) -> str | None:
    """The format of a file, a key of FORMATS; None for a file of another kind."""
    data = source.data
    if data[:2] == b"PK":
        return "workbook"
    head = _decoded(data[:200_000]).lstrip()
    if head[:1] == b"<":
        return _of_xml(_NOT_ROOT.sub(b"", head))
    if head[:1] in (b"{", b"["):
        return _of_json(head)
    lowered = head.lower()
    if b"insert into" in lowered and b"code_system" in lowered:
        return "ltrdb"
    return _of_table(head)


def _decoded(data: bytes) -> bytes:
    """The beginning of a file as UTF-8, whatever its byte order mark says."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(encoding, "ignore").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _of_xml(head: bytes) -> str | None:
    match = _ROOT.search(head)
    if match is None:
        return None
    name, attributes = match[1].rpartition(b":")[2], match[2]
    if name in (b"valueSets", b"valueSet"):
        return "art-decor"
    if name in (b"RetrieveValueSetResponse", b"RetrieveMultipleValueSetsResponse") or b"urn:ihe:iti:svs" in attributes:
        return "svs"
    if name.endswith(b"Information") or (name == b"ValueSet" and b"http://hl7.org/fhir" not in attributes):
        return "display"
    return "l10n" if name == b"translations" else None


def _of_json(head: bytes) -> str | None:
    if head[:1] == b"[":
        return "systems" if b'"oid"' in head and b'"uri"' in head else None
    kinds = (b'"CodeSystem"', b'"ValueSet"', b'"ConceptMap"', b'"Bundle"')
    if b'"resourceType"' in head and any(kind in head for kind in kinds):
        return "fhir"
    return "fhir" if b'"fhirVersions"' in head or b'"fhir-version-list"' in head else None


def _of_table(head: bytes) -> str | None:
    if not head or b"\x00" in head:
        return None
    header, _ = table(head[:_TEXT].decode("utf-8", "replace"))
    if ltrdb.table_of(header):
        return "ltrdb"
    plainly = plain.header_of(header, Options()).columns
    words = len(header) > 1 and all(name and len(name) < 60 for name in header)
    return "csv" if "code" in plainly or "source_code" in plainly or words else None
