"""How a report is to look, and the reporters' own words in French and English.

The rule: every word a reporter adds to the catalogue's sentences stands in ``WORDS``, in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cdatk.diagnostics import Severity, words

PLACES: Final = 3  # findings of one code that are shown unless everything was asked for


@dataclass(frozen=True, slots=True)
class Form:
    """``language`` is ``fr`` or ``en``; ``source`` names the input; ``verbose`` shows every finding.

    ``least`` hides findings below a severity (they are counted); ``to`` and ``output`` name the format and the
    file of a conversion; ``compact`` puts JSON on one line. Findings from ``fail_on`` up fail a document, except
    the ``accepted`` ones (code and path).
    """

    language: str
    source: str = ""
    to: str = ""
    output: str = ""
    colour: bool = False
    verbose: bool = False
    compact: bool = False
    least: Severity = Severity.INFO
    fail_on: Severity = Severity.ERROR
    accepted: frozenset[tuple[str, str]] = frozenset()


WORDS: Final = MappingProxyType({
    "colon": ("\u00a0: ", ": "),
    "line": ("ligne {line}", "line {line}"),
    "more": ("… et {count} autre(s)", "… and {count} more"),
    "advice": ("Que faire", "What to do"),
    "clean": ("rien à signaler", "nothing to report"),
    "whole": ("document entier", "whole document"),
    "type": ("Type", "Type"),
    "level": ("Niveau", "Level"),
    "language": ("Langue", "Language"),
    "country": ("Pays", "Country"),
    "catalogues": ("Catalogues", "Catalogues"),
    "sections": ("Rubriques", "Sections"),
    "entry": ("{count} entrée", "{count} entry"),
    "entries": ("{count} entrées", "{count} entries"),
    "kinds": ("Entrées par genre", "Entries by kind"),
    "codes": ("Valeurs codées", "Coded values"),
    "coverage": (
        "{coded_in} lues, {mapped} dans le catalogue, {translated} traduites, {untranslated} non traduites, "
        "{unknown} inconnues",
        "{coded_in} read, {mapped} in the catalogue, {translated} translated, {untranslated} untranslated, "
        "{unknown} unknown",
    ),
    "unreadable": ("le document n'a pas pu être lu", "the document could not be read"),
    "accepted": ("accepté", "accepted"),
    "known": ("{count} connu(s) et accepté(s)", "{count} known and accepted"),
    "summary-title": ("Vérification de documents cliniques", "Validation of clinical documents"),
    "documents": ("Documents", "Documents"),
    "document": ("Document", "Document"),
    "verdict": ("Verdict", "Verdict"),
    "finding": ("Constat", "Finding"),
    "attachment": ("Pièce jointe", "Attachment"),
    "doubtful": ("Codes non traduits ou inconnus", "Codes untranslated or unknown"),
    "reference": ("Référence", "Reference"),
    "severity": ("Gravité", "Severity"),
    "code": ("Code", "Code"),
    "meaning": ("Signification", "Meaning"),
})  # fmt: skip


def word(language: str, key: str) -> str:
    """A word of the reporters. Raises KeyError for a word that does not exist."""
    french, english = WORDS[key]
    return french if language == "fr" else english


def count_of(language: str, severity: Severity, count: int) -> str:
    """For instance "2 avertissements"."""
    subject = "severities" if many(language, count) else "severity"
    return f"{count} {words()[subject][severity.value][language]}"


def entries(language: str, count: int) -> str:
    """For instance "3 entrées"."""
    return word(language, "entries" if many(language, count) else "entry").format(count=count)


def many(language: str, count: int) -> bool:
    """True where the plural is used: French says "0 entrée", English "0 entries"."""
    return count > 1 or (count == 0 and language == "en")
