"""The values of the terminology: rows that go into a store and answers that come out of it.

The ONE rule: every value is frozen and says where it came from; a blank never stands for "not known" (None does).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MANIFEST = "manifest.toml"
"""The file that lists the embedded tables with their checksums."""

CURRENT = "current"
"""Status of a concept, designation or association that may be used today."""


class TerminologyError(Exception):
    """Tables or a store that cannot be used; the message names the file and, where known, the row."""


class LanguageStep(StrEnum):
    """How far a designation lies from the language asked for (translation-semantics R3)."""

    EXACT = "exact"
    BASE = "base"
    ENGLISH = "english"


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A code system by its OID; `aliases` are other OIDs or names that denote the same codes."""

    oid: str
    name: str
    uri: str | None
    aliases: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """A code the catalogue knows; `english` is None where only another language is held."""

    system: str
    code: str
    english: str | None
    status: str = CURRENT


@dataclass(frozen=True, slots=True)
class Designation:
    """One wording of a concept in one language (BCP 47 tag), with the source it was taken from."""

    text: str
    language: str
    preferred: bool
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A value set; `complete` is False where the store does not hold every member."""

    oid: str
    name: str
    version: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Association:
    """A national code tied to a pivot code; `equivalence` uses the words of FHIR R4 ConceptMap."""

    source_system: str
    source_code: str
    target_system: str
    target_code: str
    equivalence: str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Release:
    """What was put into a store: the catalogue, its release, its checksum, its terms and what it holds."""

    source: str
    release: str
    sha256: str
    imported: str | None
    licence: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member of a value set with its English name, as a catalogue lists it."""

    value_set: str
    system: str
    code: str
    english: str
    source: str


@dataclass(frozen=True, slots=True)
class DesignationRow:
    """One wording of a code, as a catalogue lists it; `english` names codes that stand in no value set."""

    system: str
    code: str
    text: str
    language: str
    preferred: bool
    status: str
    source: str
    english: str | None = None
