"""Give each coded value words in the reader's language (MTC), with the step taken to find them.

The rule: words come from a table or from the document itself, in the order exact language, its base language,
English, the document's own text; nothing is translated by machine and nothing stays blank (R3, R5, R7).
"""

from __future__ import annotations

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Document, Mapped, Standing, Term, TermState, Translation, UnitTerm
from cdatk.oids import COUNTRY, NULL_FLAVOR, UCUM
from cdatk.terminology.lookup import KEPT, Terminology, choose
from cdatk.terminology.rows import Designation, LanguageStep
from cdatk.wording.geography import country_name


class Translator:
    """Translates into one language from one store; answers are kept for the next document."""

    def __init__(self, terminology: Terminology, language: str) -> None:
        self._terminology = terminology
        self._language = language
        self._words: dict[tuple[str, str], tuple[Designation, LanguageStep] | None] = {}
        self._shown: dict[tuple[str, str], tuple[TermState, str, str]] = {}  # state, text and language of a term
        self._units: dict[str, tuple[UnitTerm, str]] = {}  # with the code of the finding that it calls for

    def translate(self, document: Document, mapped: tuple[Mapped, ...], report: Report) -> Translation:
        """One ``Term`` for each of ``document.codes``, and words for every unit; findings of family TRM-."""
        said: set[tuple[str, str]] = set()
        terms = []
        language, shown = document.language, self._shown
        for value, found in zip(document.codes, mapped, strict=True):
            words = shown.get((found.system, found.code))  # of a nullFlavor, which has neither, there are none
            term = Term(value, found, words[0], words[1], words[2]) if words else self._term(value, found, language)
            terms.append(term)
            if term.state is TermState.TRANSLATED or found.standing is Standing.STRUCTURAL:
                continue  # nothing is said of these
            key = (found.system, found.code)
            if key not in said:
                said.add(key)
                _say(term, report)
        units = {unit: self._unit(unit, report) for unit in document.units}
        return Translation(self._language, tuple(terms), units)

    def _term(self, value: CodedValue, mapped: Mapped, source_language: str) -> Term:
        if mapped.standing is Standing.NULL:
            return self._null(value, mapped, source_language)
        found = self._choose(mapped.system, mapped.code)
        if found is not None:
            designation, step = found
            fallback = step is LanguageStep.ENGLISH and self._language != "en"
            state = TermState.FALLBACK if fallback else TermState.TRANSLATED
            if len(self._shown) >= KEPT:
                self._shown.clear()
            words = self._shown[mapped.system, mapped.code] = state, designation.text.strip(), designation.language
            return Term(value, mapped, *words)
        own = _own_words(value)
        if own:
            return Term(value, mapped, TermState.ORIGINAL, own, source_language)
        return Term(value, mapped, TermState.CODE_ONLY, mapped.code or value.code, "")

    def _null(self, value: CodedValue, mapped: Mapped, source_language: str) -> Term:
        """A nullFlavor: the document's own words where it gives any (national code, text), else what it means."""
        own = _own_words(value)
        if own:
            return Term(value, mapped, TermState.ORIGINAL, own, source_language)
        flavor = value.null_flavor or "NI"
        found = self._choose(NULL_FLAVOR, flavor)
        if found is None:
            return Term(value, mapped, TermState.NULL, flavor, "")
        return Term(value, mapped, TermState.NULL, found[0].text, found[0].language)

    def _choose(self, system: str, code: str) -> tuple[Designation, LanguageStep] | None:
        key = (system, code)
        try:
            return self._words[key]
        except KeyError:
            if len(self._words) >= KEPT:
                self._words.clear()
            found = choose(self._terminology.designations(system, code), self._language)
            if found is None or found[1] is LanguageStep.ENGLISH:
                found = self._of_cldr(system, code) or found
            self._words[key] = found
            return found

    def _of_cldr(self, system: str, code: str) -> tuple[Designation, LanguageStep] | None:
        """Countries have names in CLDR; no catalogue has to list them."""
        name = country_name(code, self._language) if system == COUNTRY else ""
        if not name or name == code:
            return None
        return Designation(name, self._language, True, "current", "CLDR"), LanguageStep.EXACT

    def _unit(self, unit: str, report: Report) -> UnitTerm:
        if unit not in self._units:
            if len(self._units) >= KEPT:
                self._units.clear()
            self._units[unit] = self._read_unit(unit)
        term, finding = self._units[unit]
        if finding:
            report.add(finding, unit=unit)
        return term

    def _read_unit(self, unit: str) -> tuple[UnitTerm, str]:
        known = self._terminology.concept(UCUM, unit) is not None
        found = self._choose(UCUM, unit)
        if found is None or (found[1] is LanguageStep.ENGLISH and self._language != "en"):
            return UnitTerm(unit, unit, False, known), "TRM-008" if known else "TRM-007"
        return UnitTerm(unit, found[0].text, True, known), "" if known else "TRM-007"


def _own_words(value: CodedValue) -> str:
    """The document's own words: display name, original text, or those of a national code kept as translation."""
    if value.text:
        return value.text
    return next((words for inner in value.translations if (words := _own_words(inner))), "")


def _say(term: Term, report: Report) -> None:
    value, mapped = term.source, term.mapped
    if term.state is TermState.FALLBACK:
        report.add("TRM-004", value.element, system=mapped.system, code=mapped.code)
    elif term.state is TermState.CODE_ONLY:
        report.add("TRM-013", value.element, system=mapped.system or "-", code=mapped.code)
