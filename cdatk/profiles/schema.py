"""The shape of a profile file.

The rule: unknown keys are refused, so a typing error in a profile is found when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec

Usage = Literal["R", "RN", "O", "NA"]
Level = Literal["L1", "L3"]
Guide = Literal["epsos", "2020", "2022"]
GUIDES: tuple[Guide, ...] = ("epsos", "2020", "2022")  # generations of the rules, oldest first


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a profile file."""


class SectionRule(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class Binding(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coded path (named as in the model, ``allergy.agent``), its value sets (numbers below
    1.3.6.1.4.1.12559.11.10.1.3.1.42) and its usage: R required, RN required with nullFlavor, O optional.
    """

    path: str
    value_sets: tuple[str, ...]
    usage: Usage = "O"


class Label(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a nested statement says what it is: the code of the statement, else one of the template ids."""

    field: str
    codes: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


class StructuralCode(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code that labels a statement and is never looked up (cda-ehdsi: fixed structural codes)."""

    code: str
    systems: tuple[str, ...]


class Structural(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fixed structural codes, and code systems of which every code is structural."""

    systems: tuple[str, ...] = ()
    codes: tuple[StructuralCode, ...] = ()


class SystemRule(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code system by its OIDs: words by which a codeSystemName is recognised (small letters), the form of its
    codes as a regular expression ("" where many systems look alike).
    """

    name: str
    oids: tuple[str, ...]
    words: tuple[str, ...] = ()
    form: str = ""


class Absence(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Codes of "no known …" and "no information about …"; ``general`` are those that speak of a whole section."""

    systems: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    general: tuple[str, ...] = ()


class _Placed(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class Requirement(_Placed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a part of a document holds: ``mandatory`` is there and not null (CDA-024), ``required`` is there, null
    allowed (CDA-025), ``once`` is there at most once (CDA-026); ``text`` asks for a link to the narrative (CDA-060);
    ``when`` is an XPath on the part itself.
    """

    when: str = ""
    mandatory: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    text: bool = False


class Rule(_Placed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule with a finding of its own: broken where the function ``check`` and the XPath ``violated``, as far as
    they are given, agree; the function ``among`` has the last word on all such elements of a document.
    ``element`` and ``expected`` are words of the finding.
    """

    code: str = ""
    violated: str = ""
    check: str = ""
    among: str = ""
    element: str = ""
    expected: str = ""


class RuleBook(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rows for one document type."""

    requirement: tuple[Requirement, ...] = ()
    rule: tuple[Rule, ...] = ()


class HeaderRule(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Header elements (paths below ClinicalDocument, ``cda`` names) that must stand in the document."""

    required: tuple[str, ...] = ()


class Profile(_Row, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False):
    """One document type. Each is made once a process and is only equal to itself, so that what follows from it can be
    kept for the next document.

    ``country`` is set where a country's overrides apply. ``codes`` are the ClinicalDocument codes, ``levels`` the
    body kinds it comes in, ``templates`` the document template ids by level, ``families`` the roots of template ids
    that mark a document as eHDSI or IHE PCC, ``guides`` the template ids that only documents of a generation of the
    rules carry, ``linked`` the levels that name their source document; ``requirement`` and ``rule`` add to the
    common rules or change them by name: rows as written, which become Requirement and Rule in the book of rules.
    """

    key: str
    country: str = ""
    codes: tuple[str, ...]
    levels: tuple[Level, ...]
    fr: str
    en: str
    templates: dict[Level, tuple[str, ...]] = {}
    families: tuple[str, ...] = ()
    section: tuple[SectionRule, ...] = ()
    coded: tuple[Binding, ...] = ()
    label: tuple[Label, ...] = ()
    entry_templates: dict[str, str] = {}
    structural: Structural = Structural()
    absence: Absence = Absence()
    system: tuple[SystemRule, ...] = ()
    header: HeaderRule = HeaderRule()
    guides: dict[Guide, tuple[str, ...]] = {}
    linked: tuple[Level, ...] = ()
    requirement: tuple[dict[str, Any], ...] = ()
    rule: tuple[dict[str, Any], ...] = ()

    def title(self, language: str) -> str:
        """The document type in ``fr`` or ``en``."""
        return self.fr if language == "fr" else self.en

    def sections(self) -> Mapping[str, SectionRule]:
        """Section rules by LOINC code."""
        return _sections(self)

    def mandatory(self) -> tuple[str, ...]:
        """LOINC codes of the sections that are required."""
        return _mandatory(self)

    def bindings(self) -> dict[str, Binding]:
        """Coded paths by their name."""
        return {row.path: row for row in self.coded}


@lru_cache(maxsize=256)
def _sections(profile: Profile) -> Mapping[str, SectionRule]:
    return {rule.code: rule for rule in profile.section}


@lru_cache(maxsize=256)
def _mandatory(profile: Profile) -> tuple[str, ...]:
    return tuple(rule.code for rule in profile.section if rule.required)
