"""What mapping and translation learnt about the codes of a document, beside them and in their order.

The rule: ``Translation.terms[i]`` speaks of ``Document.codes[i]`` and of nothing else; the source value is
never replaced, so every output can show what was there and what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cdatk.model.datatypes import CodedValue, Value


class Standing(StrEnum):
    """How a code stands in the European catalogue (design section 4, rule 2)."""

    STRUCTURAL = "structural"  # labels the statement (CONC, SEV …): never looked up
    NULL = "null"  # a nullFlavor stands in place of the code
    KNOWN = "known"  # in the expected value set, or in its code system where no set is expected
    OUTSIDE = "outside"  # the code system has it, the expected value set does not
    UNKNOWN_CODE = "unknown-code"
    UNKNOWN_SYSTEM = "unknown-system"
    NO_SYSTEM = "no-system"  # a code without a code system, or with a name in place of an OID

    __hash__ = str.__hash__  # that of Enum is a call in Python, and tables are asked by it for every code


class TermState(StrEnum):
    """In what words a coded value can be shown to the reader."""

    TRANSLATED = "translated"  # a designation in the reader's language
    FALLBACK = "fallback"  # the catalogue's English
    ORIGINAL = "original"  # the document's own words
    CODE_ONLY = "code-only"  # neither designation nor words: code and system
    NULL = "null"  # the nullFlavor in the reader's language

    __hash__ = str.__hash__


class Mapped(Value, frozen=True):
    """Result of the mapping stage for one coded value.

    ``system`` and ``code`` are the pivot concept (equal to the source unless a transcoding applied);
    ``uri`` is the FHIR system; ``english`` the catalogue's English; ``value_sets`` the OIDs expected here.
    """

    standing: Standing
    system: str = ""
    uri: str = ""
    code: str = ""
    english: str = ""
    value_sets: tuple[str, ...] = ()
    transcoded: bool = False


class Term(Value, frozen=True):
    """Result of the translation stage for one coded value: the words to show first and their language tag."""

    source: CodedValue
    mapped: Mapped
    state: TermState
    text: str = ""
    language: str = ""

    @property
    def mark(self) -> str:
        """The one word that outputs show as a mark: how the text was found, or why it was not.

        ``outside``, ``unknown-code`` and ``unknown-system`` win over the state of the words, because a reader
        has to know that the code itself is in doubt.
        """
        match self.mapped.standing:
            case Standing.OUTSIDE | Standing.UNKNOWN_CODE | Standing.UNKNOWN_SYSTEM as standing:
                return standing.value
            case Standing.NO_SYSTEM:
                return Standing.UNKNOWN_SYSTEM.value
            case _:
                return TermState.ORIGINAL.value if self.state is TermState.CODE_ONLY else self.state.value


class UnitTerm(Value, frozen=True):
    """A unit of measure in words: ``text`` for one, translated or as written."""

    unit: str
    text: str
    translated: bool
    known: bool


class Translation(Value, frozen=True):
    """All terms of one document in one language (``language``: ``fr`` or ``en``)."""

    language: str
    terms: tuple[Term, ...] = ()
    units: Mapping[str, UnitTerm] = {}
    countries: Mapping[str, str] = {}
    languages: Mapping[str, str] = {}

    def of(self, coded: CodedValue) -> Term:
        """The term of a coded value of the document (its ``index`` must not be -1)."""
        return self.terms[coded.index]
