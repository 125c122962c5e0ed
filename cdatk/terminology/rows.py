"""The values of the terminology: rows that go into a store and answers that come out of it.

The ONE rule: every value is frozen and says where it came from; a blank never stands for "not known" (None does).
The two that are made for every look-up are msgspec structs: a frozen dataclass takes five times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from cdatk.diagnostics import Diagnostic, Severity

MANIFEST = "manifest.toml"
"""The file that lists the embedded tables with their checksums."""

CURRENT = "current"
"""Status of a concept, designation or association that may be used today."""


LISTED_NOWHERE = "unmatched"
"""Equivalence (FHIR R4) of a source code that its catalogue says to have no target."""


class TerminologyError(Exception):
    """Tables or a store that cannot be used; the message names the file and, where known, the row."""


class StoreError(TerminologyError):
    """A store that cannot be used; `finding` (TRM-012) says which and why in French and English."""

    def __init__(self, trouble: str, store: str) -> None:
        """`trouble` is a word of the catalogue of findings (`words.trouble`), `store` the name of the file."""
        self.finding = Diagnostic("TRM-012", Severity.FATAL, {"store": store, "trouble": trouble})
        super().__init__(self.finding.text("en"))


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


class Concept(msgspec.Struct, frozen=True, gc=False):
    """A code the catalogue knows; `english` is None where only another language is held.

    `valid_from` and `valid_to` are ISO dates (the last day included), None where the catalogue gives none.
    """

    system: str
    code: str
    english: str | None
    status: str = CURRENT
    valid_from: str | None = None
    valid_to: str | None = None

    def usable(self, on: str | None = None) -> bool:
        """Whether the code may be used: its status is current and, where a day (ISO) is given, it is in force."""
        return self.status == CURRENT and in_force(self.valid_from, self.valid_to, on)


class Designation(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One wording of a concept in one language (BCP 47 tag), with the source it was taken from.

    `release` is the number of the import it came with; a higher one came later.
    """

    text: str
    language: str
    preferred: bool
    status: str
    source: str
    use: str = ""
    release: int = 0


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A version of a value set; `complete` is False where the store does not hold every member.

    `status` and the dates (ISO) are those of the version; `release` is the number of the import it came with.
    """

    oid: str
    name: str
    version: str
    complete: bool
    uri: str | None = None
    status: str = CURRENT
    effective: str | None = None
    expires: str | None = None
    release: int = 0


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
    quality: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """What was put into a store: the catalogue, its release, its checksum, its terms and what it holds.

    `imported` is the moment the caller gave; `number` counts the imports of the store, the embedded tables first.
    """

    source: str
    release: str
    sha256: str
    imported: str | None
    licence: str
    counts: tuple[tuple[str, int], ...]
    format: str = "cdatk"
    number: int = 0


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


def in_force(valid_from: str | None, valid_to: str | None, on: str | None) -> bool:
    """Whether a day (ISO) lies between two days, both included; without a day, or without limits, True."""
    return on is None or ((valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to))
