"""Words of ``cdatk terminology`` for what the tables name with a token: counts, states, kinds of change.

The rule: a token of a JSON form never stands in a text for a person; one without a word here is shown as it is.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

WORDS: Final = MappingProxyType({
    "concepts": ("codes", "codes"),
    "value-sets": ("jeux de valeurs", "value sets"),
    "code-systems": ("systèmes de codage", "code systems"),
    "exceptions": ("valeurs exceptionnelles", "exceptional values"),
    "repeated": ("lignes répétées", "repeated rows"),
    "associations": ("correspondances", "mappings"),
    "members": ("codes de jeux de valeurs", "codes of value sets"),
    "designations": ("désignations", "designations"),
    "mapping": ("correspondances", "mappings"),
    "current": ("en vigueur", "current"),
    "retired": ("retiré", "retired"),
    "inactive": ("inactif", "inactive"),
    "deprecated": ("déconseillé", "deprecated"),
    "draft": ("projet", "draft"),
    "unstated": ("état non indiqué", "status not stated"),
    "equal": ("identique", "equal"),
    "equivalent": ("équivalent", "equivalent"),
    "relatedto": ("en rapport", "related"),
    "wider": ("plus large", "wider"),
    "subsumes": ("plus large", "wider"),
    "narrower": ("plus étroit", "narrower"),
    "specializes": ("plus étroit", "narrower"),
    "inexact": ("approchant", "inexact"),
    "unmatched": ("sans équivalent", "without counterpart"),
    "disjoint": ("sans rapport", "unrelated"),
    "near-replaced": ("le remplace", "took its place"),
    "near-mapped": ("lui correspond", "mapped to it"),
    "near-dot": ("le point", "the dot"),
    "near-zeros": ("les zéros", "the zeros"),
    "near-case": ("les majuscules", "capital letters"),
    "near-wider": ("plus large", "wider"),
    "near-system": ("autre système", "another system"),
    "near-words": ("mêmes mots", "the same words"),
    "added": ("ajoutés", "added"),
    "removed": ("retirés", "removed"),
    "reworded": ("de traduction modifiée", "translated otherwise"),
    "renamed": ("renommés", "renamed"),
    "moved": ("déplacés", "moved"),
})  # fmt: skip


def word(language: str, token: str) -> str:
    """The word for a token in ``fr`` or ``en``; the token where there is none (a language tag, a foreign status)."""
    found = WORDS.get(token)
    return token if found is None else found[0 if language == "fr" else 1]


def counted(language: str, counts: tuple[tuple[str, int], ...]) -> str:
    """Counts as words and numbers, with the thousands apart."""
    space = "\u202f" if language == "fr" else ","
    return ", ".join(f"{word(language, what)} {number:,}".replace(",", space) for what, number in counts)
