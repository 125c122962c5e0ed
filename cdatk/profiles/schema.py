"""The shape of a profile file.

The rule: unknown keys are refused (``extra="forbid"``), so a typing error in a profile is found when it is read.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Usage = Literal["R", "RN", "O", "NA"]
Level = Literal["L1", "L3"]
Guide = Literal["epsos", "2020", "2022"]
GUIDES: tuple[Guide, ...] = ("epsos", "2020", "2022")  # generations of the rules, oldest first


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SectionRule(_Row):
    """A section by its LOINC code: ``kind`` of its entries, whether the profile requires it (L3), its template ids
    in the rules since 2020 and in older ones.
    """

    code: str
    key: str
    kind: str = "statement"
    required: bool = False
    narrative_only: bool = False
    templates: tuple[str, ...] = ()
    older_templates: tuple[str, ...] = ()
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


class SystemRule(_Row):
    """A code system by its OIDs: words by which a codeSystemName is recognised (small letters), the form of its
    codes as a regular expression ("" where many systems look alike).
    """

    name: str
    oids: tuple[str, ...]
    words: tuple[str, ...] = ()
    form: str = ""


class Absence(_Row):
    """Codes of "no known …" and "no information about …"; ``general`` are those that speak of a whole section."""

    systems: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    general: tuple[str, ...] = ()


class _Placed(_Row):
    """Where a rule is asked: at elements (``at``: names, or paths from ClinicalDocument that begin with /,
    separated by |) or at the elements that carry a template id (``template``: "3.4" is eHDSI E.4, several are
    separated by | as well), in documents that follow the rules of ``since`` to ``until``. ``off`` takes a row of
    the common rules out of a profile.
    """

    name: str
    at: str = ""
    template: str = ""
    since: Guide = "epsos"
    until: Guide = "2022"
    guide: str = ""
    fr: str = ""
    en: str = ""
    off: bool = False


class Requirement(_Placed):
    """What a part of a document holds: ``mandatory`` is there and not null (CDA-024), ``required`` is there, null
    allowed (CDA-025), ``once`` is there at most once (CDA-026); ``text`` asks for a link to the narrative (CDA-060);
    ``when`` is an XPath on the part itself.
    """

    when: str = ""
    mandatory: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    text: bool = False


class Rule(_Placed):
    """A rule with a finding of its own: broken where the XPath ``violated`` is true and the function ``check``,
    if one is named, agrees. ``element`` and ``expected`` are words of the finding.
    """

    code: str = ""
    violated: str = ""
    check: str = ""
    element: str = ""
    expected: str = ""


class RuleBook(_Row):
    """All rows for one document type."""

    requirement: tuple[Requirement, ...] = ()
    rule: tuple[Rule, ...] = ()


class HeaderRule(_Row):
    """Header elements (paths below ClinicalDocument, ``cda`` names) that must stand in the document."""

    required: tuple[str, ...] = ()


class Profile(_Row):
    """One document type.

    ``country`` is set where a country's overrides apply. ``codes`` are the ClinicalDocument codes, ``levels`` the
    body kinds it comes in, ``templates`` the document template ids by level, ``families`` the roots of template ids
    that mark a document as eHDSI or IHE PCC, ``guides`` the template ids that only documents of a generation of the
    rules carry, ``linked`` the levels that name their source document; ``requirement`` and ``rule`` add to the
    common rules or change them by name.
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
    system: tuple[SystemRule, ...] = ()
    header: HeaderRule = HeaderRule()
    guides: dict[Guide, tuple[str, ...]] = Field(default_factory=dict)
    linked: tuple[Level, ...] = ()
    requirement: tuple[Requirement, ...] = ()
    rule: tuple[Rule, ...] = ()

    def title(self, language: str) -> str:
        """The document type in ``fr`` or ``en``."""
        return self.fr if language == "fr" else self.en

    def sections(self) -> dict[str, SectionRule]:
        """Section rules by LOINC code."""
        return {rule.code: rule for rule in self.section}

    def bindings(self) -> dict[str, Binding]:
        """Coded paths by their name."""
        return {row.path: row for row in self.coded}
