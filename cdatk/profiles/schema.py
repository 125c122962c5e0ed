"""The shape of a profile file.

The rule: unknown keys are refused (``extra="forbid"``), so a typing error in a profile is found when it is read.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Usage = Literal["R", "RN", "O", "NA"]
Level = Literal["L1", "L3"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SectionRule(_Row):
    """A section by its LOINC code: ``kind`` of its entries, whether the profile requires it (L3)."""

    code: str
    key: str
    kind: str = "statement"
    required: bool = False
    narrative_only: bool = False
    fr: str
    en: str


class Binding(_Row):
    """A coded path (named as in the model, ``allergy.agent``), its value sets (numbers below
    1.3.6.1.4.1.12559.11.10.1.3.1.42) and its usage: R required, RN required with nullFlavor, O optional.
    """

    path: str
    value_sets: tuple[str, ...]
    usage: Usage = "O"


class Label(_Row):
    """How a nested statement says what it is: the code of the statement, else one of the template ids."""

    field: str
    codes: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


class StructuralCode(_Row):
    """A code that labels a statement and is never looked up (cda-ehdsi: fixed structural codes)."""

    code: str
    systems: tuple[str, ...]


class Structural(_Row):
    """Fixed structural codes, and code systems of which every code is structural."""

    systems: tuple[str, ...] = ()
    codes: tuple[StructuralCode, ...] = ()


class Absence(_Row):
    """Codes of "no known …" and "no information about …"."""

    systems: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class HeaderRule(_Row):
    """Header elements (paths below ClinicalDocument, ``cda`` names) that must stand in the document."""

    required: tuple[str, ...] = ()


class Profile(_Row):
    """One document type.

    ``country`` is set where a country's overrides apply. ``codes`` are the ClinicalDocument codes, ``levels`` the body kinds it comes in, ``templates`` the document
    template ids by level, ``families`` the roots of template ids that mark a document as eHDSI or IHE PCC.
    """

    key: str
    country: str = ""
    codes: tuple[str, ...]
    levels: tuple[Level, ...]
    fr: str
    en: str
    templates: dict[Level, tuple[str, ...]] = Field(default_factory=dict)
    families: tuple[str, ...] = ()
    section: tuple[SectionRule, ...] = ()
    coded: tuple[Binding, ...] = ()
    label: tuple[Label, ...] = ()
    entry_templates: dict[str, str] = Field(default_factory=dict)
    structural: Structural = Structural()
    absence: Absence = Absence()
    header: HeaderRule = HeaderRule()

    def title(self, language: str) -> str:
        """The document type in ``fr`` or ``en``."""
        return self.fr if language == "fr" else self.en

    def sections(self) -> dict[str, SectionRule]:
        """Section rules by LOINC code."""
        return {rule.code: rule for rule in self.section}

    def bindings(self) -> dict[str, Binding]:
        """Coded paths by their name."""
        return {row.path: row for row in self.coded}
