"""What an importer reads from a catalogue, row by row, whatever the catalogue's format.

The ONE rule: a record holds what the file says, trimmed, with the place it was read from; nothing is looked up yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cdatk.terminology.rows import CURRENT


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record was read: `part` is the file, with the sheet where there are sheets; `row` counts from 1."""

    part: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class SystemRecord:
    """A code system; `key` is its OID, or its URI where the catalogue gives no OID."""

    place: Place
    key: str
    name: str = ""
    uri: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemVersionRecord:
    """A version of a code system with its dates (ISO)."""

    place: Place
    system: str
    label: str
    status: str = CURRENT
    effective: str | None = None
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class ValueSetRecord:
    """A version of a value set. `systems` are code systems of which it takes every code.

    `complete` is False where the catalogue does not list every member (a filter, a whole code system).
    """

    place: Place
    key: str
    name: str
    version: str = ""
    status: str = CURRENT
    effective: str | None = None
    expires: str | None = None
    uri: str = ""
    complete: bool = True
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of a code: `use` is the catalogue's word for its kind ("synonym", "short")."""

    text: str
    language: str
    preferred: bool = True
    use: str = ""
    status: str = CURRENT


@dataclass(frozen=True, slots=True)
class ConceptRecord:
    """A code as one row of a catalogue lists it.

    `value_set` is the key of the value set the row stands in ("" outside any); `system` may be "" where the
    catalogue leaves it out; `display` is the name exactly as listed there, `english` the same where it is English.
    `exception` marks an exceptional value (a nullFlavor) of a value set. `near` is the key of a value set that is
    named only to tell which code system is meant: the row says nothing about membership.
    """

    place: Place
    system: str
    code: str
    value_set: str = ""
    english: str = ""
    display: str = ""
    wordings: tuple[Wording, ...] = field(default=())
    status: str = CURRENT
    valid_from: str | None = None
    valid_to: str | None = None
    system_version: str = ""
    exception: bool = False
    near: str = ""


@dataclass(frozen=True, slots=True)
class AssociationRecord:
    """A source code tied to a target code; `target_code` is "" for a source code without target."""

    place: Place
    source_system: str
    source_code: str
    target_system: str
    target_code: str
    equivalence: str
    status: str = CURRENT
    quality: str = ""


@dataclass(frozen=True, slots=True)
class AboutRecord:
    """What a catalogue says about itself: its name, its release and its terms of use."""

    name: str = ""
    release: str = ""
    licence: str = ""


Record = AboutRecord | SystemRecord | SystemVersionRecord | ValueSetRecord | ConceptRecord | AssociationRecord
