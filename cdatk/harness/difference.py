"""A difference between what a sample must give and what it gives, in words for a tester.

The rule: it says what was expected, what was found, and where; nobody has to read code to understand it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SUBJECTS: Final = MappingProxyType({
    "document": ("Document", "Document"),
    "sections": ("Entrées de la rubrique", "Entries of the section"),
    "kinds": ("Entrées du genre", "Entries of the kind"),
    "counts": ("Nombre", "Count"),
    "findings": ("Constat", "Finding"),
    "fhir": ("Ressource FHIR", "FHIR resource"),
    "html": ("Texte de la page", "Text of the page"),
    "codes": ("Mot présenté pour le code", "Word shown for the code"),
    "values": ("Valeur", "Value"),
    "coverage": ("Couverture", "Coverage"),
    "golden": ("Résultat de référence", "Reference output"),
    "output": ("Résultat", "Output"),
    "expectations": ("Fichier des attentes", "File of expectations"),
})  # fmt: skip
WORDS: Final = MappingProxyType({
    "expected": ("attendu", "expected"),
    "found": ("obtenu", "found"),
    "nothing": ("rien", "nothing"),
    "nearest": ("le plus proche", "the nearest"),
    "no-output": ("aucun résultat n'a été produit", "no output was made"),
    "at-least": ("au moins {count}", "at least {count}"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """``subject`` is a key of the expectations; None for ``expected`` or ``found`` means that there is nothing."""

    subject: str
    place: str
    expected: str | None
    found: str | None

    def title(self, language: str) -> str:
        """What it is about."""
        french, english = SUBJECTS[self.subject]
        name = french if language == "fr" else english
        return f"{name} {self.place}".rstrip()

    def sides(self, language: str) -> tuple[str, str]:
        """Expected and found, as words."""
        nothing = word("nothing", language)
        return (
            nothing if self.expected is None else self.expected,
            nothing if self.found is None else self.found,
        )

    def text(self, language: str) -> str:
        """Three lines: what it is about, what was expected, what was found."""
        expected, found = self.sides(language)
        colon = "\u00a0: " if language == "fr" else ": "
        return (
            f"{self.title(language)}\n    {word('expected', language)}{colon}{expected}\n"
            f"    {word('found', language)}{colon}{found}"
        )


def word(key: str, language: str, /, **values: object) -> str:
    """A word of the harness in ``fr`` or ``en``."""
    french, english = WORDS[key]
    return (french if language == "fr" else english).format(**values)
