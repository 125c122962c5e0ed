"""What may have been meant by a code that is not held, and a search for codes by their words.

The ONE rule: a hint is a code that is held, with the reason it is near; nothing is ever replaced by it silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cdatk.terminology.lookup import Terminology


class Near(StrEnum):
    """Why a code is near: R1 asks that a code that fails is said; these say what it resembles."""

    REPLACED = "replaced"  # a catalogue names the code that took its place
    MAPPED = "mapped"  # a catalogue maps it to a code of another system
    DOT = "dot"  # ICD-10 written without its dot, or with one too many
    ZEROS = "zeros"  # leading zeros lost or added, or a number written as 4.0
    CASE = "case"  # small and capital letters
    WIDER = "wider"  # a national extension: the code it refines is held
    SYSTEM = "system"  # the same code in another code system
    WORDS = "words"  # the same words with the code system in brackets


@dataclass(frozen=True, slots=True)
class Hint:
    """A code that is held and may have been meant."""

    why: Near
    system: str
    code: str
    english: str


_SYSTEMS_OF = """SELECT s.oid, c.code, coalesce(c.english, '') FROM concept c JOIN code_system s ON s.id = c.system_id
 WHERE c.code = ? AND c.listed = 1 ORDER BY s.id"""
_FOLDED = """SELECT s.oid, c.code FROM concept c JOIN code_system s ON s.id = c.system_id
 WHERE c.listed = 1 AND lower(c.code) = ? AND (s.oid = ? OR ?) LIMIT 3"""
_BY_WORDS = """SELECT * FROM (SELECT s.oid, c.code AS code, d.text AS text, d.language
 FROM designation d JOIN concept c ON c.id = d.concept_id
 JOIN code_system s ON s.id = c.system_id WHERE fold(d.text) LIKE ? ESCAPE '\\'
 UNION SELECT s.oid, c.code, c.english, 'en' FROM concept c JOIN code_system s ON s.id = c.system_id
 WHERE c.listed = 1 AND fold(c.english) LIKE ? ESCAPE '\\') ORDER BY length(text), text, code LIMIT ?"""
_BRACKET = re.compile(r"^(.*\S) \([^()]*\)$")
_EXTENDED = re.compile(r"[A-Z]\d\d\.?\d{2,3}")  # a four-character code of ICD-10 with more behind it
_ICD = re.compile(r"[A-Z]\d\d[0-9A-Z.+-]*")


def hints(terminology: Terminology, oid: str, code: str) -> tuple[Hint, ...]:
    """Codes that may have been meant by a code of a system, the likeliest first; none for a code in good standing."""
    concept = terminology.concept(oid, code)
    if concept is not None and concept.usable() and terminology.replacement(oid, code) is None:
        return ()
    found: dict[tuple[str, str], Hint] = {}
    for why, system, other in _candidates(terminology, oid, code.strip()):
        held = terminology.concept(system, other)
        if held is not None and (held.system, held.code) != (_name(terminology, oid), code.strip()):
            found.setdefault((held.system, held.code), Hint(why, held.system, held.code, held.english or ""))
    return tuple(found.values())


def nearest(terminology: Terminology, oid: str, code: str) -> Hint | None:
    """The code of the same system that an unknown one is likeliest a miswriting or a refinement of.

    Only what an index answers is asked, because documents are waiting.
    """
    code = code.strip()
    cases = ((Near.CASE, other) for other in (code.upper(), code.lower()))
    refined = _shorter(code, 4) if _EXTENDED.fullmatch(code) else ()
    for why, other in (*variants(code), *cases, *variants(code.upper()), *refined):
        held = terminology.concept(oid, other) if other != code else None
        if held is not None:
            return Hint(why, held.system, held.code, held.english or "")
    return None


def _candidates(terminology: Terminology, oid: str, code: str) -> Iterator[tuple[Near, str, str]]:
    for row in terminology.associations(oid, code):
        same = row.source_system == row.target_system
        yield (Near.REPLACED if same else Near.MAPPED), row.target_system, row.target_code
    for why, other in (*variants(code), *_shorter(code)):
        for system in _systems(terminology, oid, other):
            yield why, system, other
    for system, other in terminology.rows(_FOLDED, (code.lower(), _name(terminology, oid), int(not oid))):
        yield Near.CASE, system, other
    for system, other, _ in terminology.rows(_SYSTEMS_OF, (code,)):
        yield Near.SYSTEM, system, other


def _systems(terminology: Terminology, oid: str, code: str) -> list[str]:
    """The system asked for; where none is, those that hold a code."""
    return [oid] if oid else [str(system) for system, _, _ in terminology.rows(_SYSTEMS_OF, (code,))]


def _shorter(code: str, least: int = 3) -> Iterator[tuple[Near, str]]:
    """The codes that a national extension of an ICD-10 code may refine, the longest first, with `least` signs."""
    if _ICD.fullmatch(code):
        for length in range(len(code) - 1, 2, -1):
            short = code[:length].rstrip(".")
            if len(short.replace(".", "")) >= least:
                yield Near.WIDER, short
                yield Near.WIDER, _dotted(short)


def variants(code: str) -> Iterator[tuple[Near, str]]:
    """The ways a code is known to be miswritten."""
    if _ICD.fullmatch(code):
        plain = code.replace(".", "")
        yield Near.DOT, _dotted(plain)
        yield Near.DOT, plain
        yield Near.DOT, code.rstrip("+*.")
    if code.replace(".", "").isdigit():
        whole = code.removesuffix(".0")
        yield Near.ZEROS, whole
        yield Near.ZEROS, whole.lstrip("0") or "0"
        for width in range(len(whole) + 1, len(whole) + 4):
            yield Near.ZEROS, whole.zfill(width)


def search(terminology: Terminology, text: str, limit: int = 20) -> list[tuple[str, str, str, str]]:
    """Codes whose words hold a text in any language: (system, code, words, language), the shortest words first.

    Accents, case and blanks make no difference; a double such as "Cholera (icd-10)" is found under "Cholera".
    """
    wanted = fold(text)
    match = _BRACKET.fullmatch(wanted)
    for pattern in dict.fromkeys([wanted, match[1] if match else wanted]):
        escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = terminology.searched(_BY_WORDS, (f"%{escaped}%", f"%{escaped}%", limit), fold)
        if rows:
            return [(str(system), str(code), str(words), str(language)) for system, code, words, language in rows]
    return []


def fold(text: str | None) -> str:
    """A text without accents, in small letters and with single blanks."""
    import unicodedata

    plain = unicodedata.normalize("NFD", " ".join((text or "").casefold().replace("œ", "oe").split()))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _dotted(code: str) -> str:
    plain = code.replace(".", "")
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def _name(terminology: Terminology, oid: str) -> str:
    system = terminology.system(oid)
    return system.oid if system is not None else ""
