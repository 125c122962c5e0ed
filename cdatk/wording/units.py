"""Units of measure beside their numbers: "2 comprimés", "10 mg", "10 microgrammes", "100 UI/ml".

The rule: the words are those of the translation, in the number's plural; a micro sign never stands beside a
dose (it is read as "m" too easily), and a unit without words is shown as written.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from cdatk.model import Quantity, QuantityRange, Ratio, Translation
from cdatk.wording.durations import TIME_UNITS, time_word
from cdatk.wording.locales import NBSP, base
from cdatk.wording.numbers import as_decimal, is_plural, number

_FRENCH_STOPS: Final = frozenset({
    "de", "d", "à", "au", "aux", "du", "des", "en", "par", "pour", "sur", "avec", "sans", "dans", "et", "ou",
})  # fmt: skip
_ENGLISH_STOPS: Final = frozenset({"of", "per", "in", "for", "with", "without", "on", "to", "by", "or"})
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SYMBOL: Final = re.compile(r"[pnµμmcdkhMG]?(?:mol|osm|cal|bar|kat|eq|rad|min|sec|lux)")
_MICRO: Final = re.compile(r"(?<![^\W\d_])[µμu]g(?![^\W\d_])")
_NO_UNIT: Final = frozenset({"", "1"})


@cache
def plural(text: str, language: str) -> str:
    """The plural of a unit's words.

    French: the words up to the first preposition or bracket take s, unless they end in s, x or z or are symbols; -al
    gives -aux, -eau gives -eaux ("comprimé pelliculé" -> "comprimés pelliculés", "goutte par jour" ->
    "gouttes par jour"). English: the last word before it ("pack per day" -> "packs per day").
    """
    words = text.split(" ")
    stops = _FRENCH_STOPS if base(language) == "fr" else _ENGLISH_STOPS
    ends = (i for i, w in enumerate(words) if w.partition("'")[0].lower() in stops or w.startswith("("))
    end = next(ends, len(words))
    if base(language) == "fr":
        return " ".join([*(_french(word) for word in words[:end]), *words[end:]])
    if not end:
        return text
    return " ".join([*words[: end - 1], _english(words[end - 1]), *words[end:]])


def is_symbol(word: str) -> bool:
    """Whether a word is a symbol, which takes no plural: mg, UI, mmHg, mmol, "ml/h", "%", "{pack}"."""
    if word == "an":
        return False
    if _WORD.fullmatch(word) is None or _SYMBOL.fullmatch(word) or len(word) < 3:
        return True
    return word[1:] != word[1:].lower()


def _french(word: str) -> str:
    if is_symbol(word) or word[-1] in "sxz":
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + ("x" if word.endswith(("eau", "eu")) else "s")


def _english(word: str) -> str:
    if is_symbol(word):
        return word
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


@lru_cache(maxsize=512)
def spelled(text: str, language: str) -> str:
    """Unit words with the microgram written out: "µg/ml" -> "microgramme/ml"."""
    return _MICRO.sub("microgramme" if base(language) == "fr" else "microgram", text)


def unit_words(unit: str, value: str, translation: Translation) -> str:
    """The words of a unit for this number; "" for no unit or "1" (UCUM's unit of bare numbers)."""
    if unit in _NO_UNIT:
        return ""
    language = translation.language
    if unit in TIME_UNITS:
        return time_word(TIME_UNITS[unit], value, language)
    term = translation.units.get(unit)
    text = spelled(term.text if term is not None and term.text else unit, language)
    if (term is None or not term.translated) and "microgram" not in text:
        return text
    return _in_plural(text, language) if is_plural(value, language) else text


def _in_plural(text: str, language: str) -> str:
    """The plural, also of a word that stands before a stroke ("microgramme/ml")."""
    head, stroke, tail = text.partition("/")
    return plural(head, language) + stroke + tail


def quantity_words(quantity: Quantity, translation: Translation) -> str:
    """As "2 comprimés", "0,50 mg"; "" without a value."""
    if not quantity.value:
        return ""
    said = number(quantity.value, translation.language)
    words = unit_words(quantity.unit, quantity.value, translation)
    return f"{said}{NBSP}{words}" if words else said


def range_words(between: QuantityRange, translation: Translation) -> str:
    """As "entre 1 et 2 comprimés", "au moins 5 ml", "au plus 10 mg"; equal bounds are one value."""
    french = base(translation.language) == "fr"
    low, high = _valued(between.low), _valued(between.high)
    if low is None and high is None:
        single = _valued(between.center) or _valued(between.width)
        return quantity_words(single, translation) if single is not None else ""
    if high is None and low is not None:
        return ("au moins " if french else "at least ") + quantity_words(low, translation)
    if low is None or high is None:
        return ("au plus " if french else "at most ") + quantity_words(high or Quantity(), translation)
    if low.unit == high.unit and _same_number(low.value, high.value):
        return quantity_words(low, translation)
    shared = low.unit == high.unit
    first = number(low.value, translation.language) if shared else quantity_words(low, translation)
    last = quantity_words(high, translation)
    return f"entre {first} et {last}" if french else f"between {first} and {last}"


def _same_number(first: str, second: str) -> bool:
    left, right = as_decimal(first), as_decimal(second)
    return first == second if left is None or right is None else left == right


def _valued(quantity: Quantity | None) -> Quantity | None:
    return quantity if quantity is not None and quantity.value else None


def ratio_words(ratio: Ratio, translation: Translation) -> str:
    """As "500 mg par comprimé", "250 mg pour 5 ml", "200 mg par jour"; the numerator may stand alone."""
    top, bottom = _valued(ratio.numerator), _valued(ratio.denominator)
    if top is None:
        return ""
    said = quantity_words(top, translation)
    if bottom is None:
        return said
    french = base(translation.language) == "fr"
    if as_decimal(bottom.value) == 1:
        words = unit_words(bottom.unit, "1", translation) or ("unité" if french else "unit")
        return f"{said} par {words}" if french else f"{said} per {words}"
    return f"{said} {'pour' if french else 'per'} {quantity_words(bottom, translation)}"


def measure_words(measure: Quantity | QuantityRange | Ratio, translation: Translation) -> str:
    """Any amount in words; "" where the document gives no number."""
    match measure:
        case Quantity():
            return quantity_words(measure, translation)
        case QuantityRange():
            return range_words(measure, translation)
        case Ratio():
            return ratio_words(measure, translation)


def is_bare(measure: Quantity | QuantityRange | Ratio) -> bool:
    """Whether an amount is a bare number: its unit is absent or "1", so that it counts units of intake."""
    match measure:
        case Quantity():
            return measure.unit in _NO_UNIT
        case QuantityRange():
            parts = (measure.low, measure.high, measure.center, measure.width)
            return all(part.unit in _NO_UNIT for part in parts if part is not None)
        case Ratio():
            return False
