"""What a caller may choose, in one frozen value.

The rule: a stage gets what it needs from here as an argument; it never reads the environment, the clock or a
configuration file by itself.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import msgspec
from msgspec import Meta

DEFAULT_PHASE: Final = "#DEFAULT"  # the phase a rule set names as its default, else all of its patterns
Positive = Annotated[int, Meta(gt=0)]


@cache
def _types(kind: type[Choices]) -> tuple[tuple[str, Any], ...]:
    """Names and types of the fields."""
    return tuple((field.name, field.type) for field in msgspec.structs.fields(kind))


def _path(wanted: type, value: object) -> object:
    """A path, also from text; for msgspec, which knows no paths. Raises TypeError for other types."""
    if isinstance(value, wanted):
        return value
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"expected {wanted.__name__}, got {type(value).__name__}")


class Choices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values that are checked when they are made: a wrong one is refused where it was written.

    msgspec and not pydantic, which alone would take a third of the time of one ``cdatk convert``.
    """

    def __post_init__(self) -> None:
        """Check every value against its type; a path may be written as text. Raises ValueError."""
        for name, wanted in _types(type(self)):
            value = getattr(self, name)
            try:
                checked = msgspec.convert(value, wanted, dec_hook=_path)
            except msgspec.ValidationError as error:
                raise ValueError(f"{name}: {error}") from error
            if checked is not value:
                msgspec.structs.force_setattr(self, name, checked)

    def changed(self, **changes: object) -> Self:
        """The same choices but for some. Raises ValueError for a wrong value, TypeError for an unknown name."""
        return msgspec.structs.replace(self, **changes)


class Limits(Choices, frozen=True, kw_only=True):
    """Limits on hostile or broken input: bytes of a document, depth of nested elements, attributes of one element,
    characters of one attribute and of one text node.
    """

    max_bytes: Positive = 64_000_000
    max_depth: Positive = 200
    max_attributes: Positive = 64
    max_attribute_length: Positive = 100_000
    max_text_length: Positive = 48_000_000


class Fhir(Choices, frozen=True, kw_only=True):
    """Choices for FHIR output.

    ``profile`` is a TOML file of the user's own over ``emit/fhir/maps.toml``: rows of its tables are added or replaced;
    ``ndjson`` writes one resource a line in place of a bundle; ``trace`` lists for each FHIR element the place in the
    document and the rule; ``check`` validates with fhir.resources (extra ``check``) before anything is given back.
    """

    profile: Path | None = None
    ndjson: bool = False
    trace: bool = False
    check: bool = False


class Settings(Choices, frozen=True, kw_only=True):
    """Settings of a run.

    ``language`` is the language of outputs and messages (``fr`` or ``en``); ``strict`` raises the bar: warnings
    of rules that a receiver relies on count as errors, errors stop the output; ``store`` is a terminology
    store of the user's own in place of the embedded one; ``pretty`` indents JSON. ``checks`` is False for a conversion
    without profile rules and bindings (``validate`` always has them): the report then says nothing of them, codes and
    entries are accounted for all the same. ``schema_check`` checks against the
    XML schema before converting too (``validate`` always does), ``schema_folder`` holds a schema of the user's
    own in its place, ``diagnose`` lists every schema error with what was expected. ``schematron`` is a
    pack of rules for ``validate``, ``phase`` the phase of its rules (``#ALL``: all of them) and ``rule_cache`` the
    folder that keeps them compiled (None: nowhere).
    """

    language: Literal["fr", "en"] = "fr"
    strict: bool = False
    store: Path | None = None
    pretty: bool = False
    checks: bool = True
    schema_check: bool = False
    schema_folder: Path | None = None
    diagnose: bool = False
    schematron: Path | None = None
    phase: str = DEFAULT_PHASE
    rule_cache: Path | None = None
    limits: Limits = Limits()
    fhir: Fhir = Fhir()
