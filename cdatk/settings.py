"""What a caller may choose, in one frozen model.

The rule: a stage gets what it needs from here as an argument; it never reads the environment, the clock or a
configuration file by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_PHASE: Final = "#DEFAULT"  # the phase a rule set names as its default, else all of its patterns


class Limits(BaseModel):
    """Limits on hostile or broken input. Sizes in bytes or characters, depth in elements."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(default=64_000_000, gt=0, description="size of a document")
    max_depth: int = Field(default=200, gt=0, description="depth of nested elements")
    max_attributes: int = Field(default=64, gt=0, description="attributes of one element")
    max_attribute_length: int = Field(default=100_000, gt=0, description="characters of one attribute")
    max_text_length: int = Field(default=48_000_000, gt=0, description="characters of one text node")


class Fhir(BaseModel):
    """Choices for FHIR output.

    ``profile`` is a TOML file of the user's own over ``emit/fhir/maps.toml``: rows of its tables are added or replaced;
    ``ndjson`` writes one resource a line in place of a bundle; ``trace`` lists for each FHIR element the place in the
    document and the rule; ``check`` validates with fhir.resources (extra ``check``) before anything is given back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Path | None = None
    ndjson: bool = False
    trace: bool = False
    check: bool = False


class Settings(BaseModel):
    """Settings of a run.

    ``language`` is the language of outputs and messages (``fr`` or ``en``); ``strict`` raises the bar: warnings
    of rules that a receiver relies on count as errors, errors stop the output; ``store`` is a terminology
    store of the user's own in place of the embedded one; ``pretty`` indents JSON. ``schema_check`` checks against the
    XML schema before converting too (``validate`` always does), ``schema_folder`` holds a schema of the user's
    own in its place, ``diagnose`` lists every schema error with what was expected. ``schematron`` is a
    pack of rules for ``validate``, ``phase`` the phase of its rules (``#ALL``: all of them) and ``rule_cache`` the
    folder that keeps them compiled (None: nowhere).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["fr", "en"] = "fr"
    strict: bool = False
    store: Path | None = None
    pretty: bool = False
    schema_check: bool = False
    schema_folder: Path | None = None
    diagnose: bool = False
    schematron: Path | None = None
    phase: str = DEFAULT_PHASE
    rule_cache: Path | None = None
    limits: Limits = Limits()
    fhir: Fhir = Fhir()
