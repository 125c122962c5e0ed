"""Words about persons: names in the French order, sex, "née le".

The rule: no part of a name is dropped, and sex is only what the document states.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cdatk.model import Name
from cdatk.wording.locales import base

_SEX: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "M": ("masculin", "male"),
    "F": ("féminin", "female"),
    "UN": ("indéterminé", "undifferentiated"),
    "U": ("inconnu", "unknown"),
    "UNK": ("inconnu", "unknown"),
})  # fmt: skip
_BORN: Final[Mapping[str, str]] = MappingProxyType({"M": "né le", "F": "née le"})


def sex_word(code: str, language: str) -> str:
    """Word for a code of HL7 AdministrativeGender or the nullFlavor UNK; other codes as written."""
    words = _SEX.get(code)
    return code if words is None else words[base(language) != "fr"]


def born_word(code: str, language: str) -> str:
    """As "née le", "né le", or "né(e) le" where the document states neither sex; "born" in English."""
    return _BORN.get(code, "né(e) le") if base(language) == "fr" else "born"


def person_name(name: Name) -> str:
    """As "BORG Dolores": titles, family names in capitals, given names, suffixes; a plain text as written."""
    first = [part.text for part in name.parts if part.kind == "prefix"]
    family = [part.text.upper() for part in name.parts if part.kind == "family"]
    rest = [part.text for part in name.parts if part.kind not in ("prefix", "family", "suffix", "delimiter")]
    last = [part.text for part in name.parts if part.kind == "suffix"]
    return " ".join(text for text in (*first, *family, *rest, *last) if text)
