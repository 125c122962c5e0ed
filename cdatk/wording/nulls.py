"""What a nullFlavor says, as an adjective that agrees with its noun.

The rule: the words are those of the house glossary; a flavour without words of its own is "not stated".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cdatk.wording.locales import base

_FRENCH: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "UNK": ("inconnu", "inconnue"),
    "NI": ("non renseigné", "non renseignée"),
    "ASKU": ("demandé, inconnu du patient", "demandée, inconnue du patient"),
    "NASK": ("non demandé", "non demandée"),
    "NAV": ("momentanément indisponible", "momentanément indisponible"),
    "MSK": ("masqué", "masquée"),
    "NA": ("sans objet", "sans objet"),
    "OTH": ("autre (hors nomenclature)", "autre (hors nomenclature)"),
})  # fmt: skip
_ENGLISH: Final[Mapping[str, str]] = MappingProxyType({
    "UNK": "unknown",
    "NI": "not stated",
    "ASKU": "asked, unknown to the patient",
    "NASK": "not asked",
    "NAV": "temporarily unavailable",
    "MSK": "masked",
    "NA": "not applicable",
    "OTH": "other (not in the code system)",
})  # fmt: skip


def null_word(flavor: str, language: str, *, feminine: bool = False) -> str:
    """The adjective for a nullFlavor of HL7 v3 (``UNK`` -> "inconnu", "inconnue", "unknown")."""
    if base(language) != "fr":
        return _ENGLISH.get(flavor, "not specified")
    return _FRENCH.get(flavor, ("non précisé", "non précisée"))[feminine]
