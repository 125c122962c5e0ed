"""Facts about one conversion that outputs have to state: tool, tables, source; and what an emitter hands back.

The rule: nothing here depends on the clock or the machine, so the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from cdatk.model.datatypes import Value
from cdatk.model.document import Attachment


class Catalogue(Value, frozen=True):
    """A catalogue release used: its name, release and SHA-256 of its content (hexadecimal)."""

    name: str
    release: str
    sha256: str


class Run(Value, frozen=True):
    """What an emitter may state about the run.

    ``document_type`` is the profile's key (``patient-summary`` … or ``unknown``), ``title`` its name in
    ``language``; ``source_sha256`` is that of the bytes received; ``mandatory`` are the LOINC codes of the sections
    the profile requires; ``beside`` is the attached original shown together with a structured document; the rest are
    the choices of ``Settings.fhir`` and the caller's emitters by template id.
    """

    language: str
    tool_version: str
    document_type: str
    title: str
    source_sha256: str
    catalogues: tuple[Catalogue, ...] = ()
    mandatory: tuple[str, ...] = ()
    pretty: bool = False
    beside: Attachment | None = None
    ndjson: bool = False
    trace: bool = False
    fhir_profile: Path | None = None
    hooks: Mapping[str, Callable[..., object]] = {}


class Output(Value, frozen=True):
    """Bytes of an output and the numbers (``Entry.number``) of the entries that are in it."""

    data: bytes
    entries: frozenset[int]
    trace: bytes = b""
