"""What catalogues call the standing of a code or mapping, and how near a mapping is, in the words of the store.

The ONE rule: a word that is not known here never makes a code or a mapping usable.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cdatk.terminology.notes import Notes
from cdatk.terminology.records import Place
from cdatk.terminology.rows import CURRENT

_USABLE: Final = frozenset({"current", "valid", "active", "final", "actif", "valide", "en vigueur"})
_EQUIVALENCES: Final[Mapping[str, str]] = MappingProxyType({
    # FHIR R4 ConceptMap, and the relationships of R5 as R4 says them
    **{word: word for word in (
        "relatedto", "equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched",
        "disjoint",
    )},
    "source-is-narrower-than-target": "wider", "source-is-broader-than-target": "narrower",
    "related-to": "relatedto", "not-related-to": "disjoint",
    # SKOS and plain words
    "exact": "equivalent", "exactmatch": "equivalent", "closematch": "inexact", "broadmatch": "wider",
    "narrowmatch": "narrower", "relatedmatch": "relatedto", "broader": "wider",
})  # fmt: skip


def status_of(text: str, unstated: str) -> str:
    """A status in our words: what may be used is current; nothing stated is what the caller says it is."""
    plain = text.strip().lower()
    return CURRENT if plain in _USABLE else plain or unstated


def stated(text: str, place: Place, notes: Notes) -> str:
    """How near a mapping is as its catalogue states it; an unknown word is kept and said, and never used."""
    found = equivalence_of(text)
    if found is None:
        notes.row("TRM-128", place.part, place.row, word=text.strip())
        return text.strip()
    return found


def equivalence_of(text: str) -> str | None:
    """How near a mapping is, in the words of FHIR R4; related where nothing is stated, None for an unknown word."""
    plain = text.strip().lower().replace(" ", "").replace("_", "-")
    return _EQUIVALENCES.get(plain.removeprefix("skos:")) if plain else "relatedto"
