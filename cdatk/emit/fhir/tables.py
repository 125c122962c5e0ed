"""The emitter's own tables (``maps.toml``) in typed form.

The rule: what a CDA code, status or use becomes in FHIR is a row of data; no function of the emitter lists codes.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from cdatk.model import CodedValue
from cdatk.resources import data_file

T = TypeVar("T")


class Absence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Absence codes: SNOMED CT concepts of IPS 2.0, and whether to add them before the document's own code."""

    add_snomed: bool
    snomed: dict[str, str]


class Clinical(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Coded clinical statuses by "system|code"."""

    condition: dict[str, str]
    allergy: dict[str, str]


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Coded verification statuses by "system|code"."""

    condition: dict[str, str]
    allergy: dict[str, str]
    condition_by_status: dict[str, str]


class AllergyType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a type code says: AllergyIntolerance.type and .category."""

    type: str = ""
    category: str = ""


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain list of codes."""

    codes: frozenset[str]


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain list of element names."""

    names: frozenset[str]


class Sections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain list of section codes."""

    sections: frozenset[str]


class Functions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain list of participation functions."""

    functions: frozenset[str]


class Elements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain list of CDA elements."""

    elements: frozenset[str]


class BloodPressure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The blood pressure panel: its code and those of its components."""

    panel: str
    components: frozenset[str]


class TimingEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes of Timing.repeat.when, and those that may have no offset."""

    codes: frozenset[str]
    without_offset: frozenset[str]


class Summary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sections that IPS requires of a patient summary, with titles for those a document lacks."""

    document_types: frozenset[str]
    required: tuple[str, ...]
    fr: dict[str, str]
    en: dict[str, str]


class Comment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes of comment acts, and the resource types that have a ``note``."""

    codes: frozenset[str]
    noted: frozenset[str]


class Ucum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """UCUM prefixes, atoms that take a prefix, and atoms that take none."""

    prefixes: frozenset[str]
    metric: frozenset[str]
    plain: frozenset[str]


class Maps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of ``maps.toml``; the comments there say what each table is for."""

    extension_base: str
    absence: Absence
    null_flavor: dict[str, str]
    empty_reason: dict[str, str]
    status: dict[str, dict[str, str]]
    unstated: dict[str, str]
    clinical: Clinical
    verification: Verification
    criticality: dict[str, str]
    reaction_severity: dict[str, str]
    allergy_type: dict[str, AllergyType]
    category: dict[str, str]
    moment_only: Codes
    blood_pressure: BloodPressure
    substitution: dict[str, bool]
    timing_unit: dict[str, str]
    timing_event: TimingEvent
    intent: dict[str, str]
    gender: dict[str, str]
    confidentiality: Codes
    relates_to: dict[str, str]
    address_use: dict[str, str]
    address_type: dict[str, str]
    telecom_use: dict[str, str]
    telecom_system: dict[str, str]
    name_use: dict[str, str]
    practitioner_participations: Names
    contact_classes: Codes
    primary_care: Functions
    section_types: dict[str, frozenset[str]]
    past_problems: Sections
    summary: Summary
    care_plan: Sections
    words: dict[str, dict[str, str]]
    comment: Comment
    unspoken: Elements
    systems: dict[str, str]
    ucum: Ucum


class ProfileError(ValueError):
    """A profile file of the user's own that cannot be read or names tables that do not exist."""


@cache
def maps(profile: Path | None = None) -> Maps:
    """The tables, read once per process; ``profile`` is a file whose rows are added or win.

    Raises ProfileError for a profile that cannot be used, msgspec.ValidationError when our own file does not fit this
    module: a bug of the installation.
    """
    rows = tomllib.loads(data_file("emit/fhir/maps.toml").read_text("utf-8"))
    if profile is None:
        return msgspec.convert(rows, Maps)
    try:
        patch = tomllib.loads(profile.read_text("utf-8"))
        return msgspec.convert(_merged(rows, patch), Maps)
    except (OSError, ValueError) as error:  # TOML, UTF-8 and msgspec errors are ValueErrors
        raise ProfileError(f"{profile.name}: {error}") from error


def _merged(base: dict[str, object], patch: dict[str, object]) -> dict[str, object]:
    """``patch`` over ``base``: tables row by row, everything else replaced."""
    merged = dict(base)
    for key, value in patch.items():
        held = base.get(key)
        merged[key] = _merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged


def look_up(table: dict[str, T], coded: CodedValue) -> T | None:
    """The row of a coded value: by system and code, else by its code under any system."""
    found = table.get(f"{coded.system}|{coded.code}")
    return found if found is not None else table.get(f"*|{coded.code}")
