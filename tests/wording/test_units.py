from __future__ import annotations

import pytest

from cdatk.model import Quantity, QuantityRange, Ratio, Translation, UnitTerm
from cdatk.wording.units import plural, quantity_words, range_words, ratio_words

UNITS = {
    "{tablet}": UnitTerm("{tablet}", "comprimé", True, True),
    "mg": UnitTerm("mg", "mg", True, True),
    "mL": UnitTerm("mL", "ml", True, True),
    "ug": UnitTerm("ug", "µg", True, True),
    "ug/mL": UnitTerm("ug/mL", "µg/ml", True, True),
    "[iU]": UnitTerm("[iU]", "UI", True, True),
    "[iU]/mL": UnitTerm("[iU]/mL", "UI/ml", True, True),
    "{pack}/d": UnitTerm("{pack}/d", "paquet par jour", True, True),
    "{odd}": UnitTerm("{odd}", "{odd}", False, False),
}
FRENCH = Translation("fr", units=UNITS)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("comprimé", "comprimés"),
        ("comprimé pelliculé", "comprimés pelliculés"),
        ("paquet par jour", "paquets par jour"),
        ("seringue préremplie de 5 ml", "seringues préremplies de 5 ml"),
        ("goutte d'huile", "gouttes d'huile"),
        ("fois par jour", "fois par jour"),
        ("dose", "doses"),
        ("anneau vaginal", "anneaux vaginaux"),
        ("an", "ans"),
        ("mois", "mois"),
        ("mg", "mg"),
        ("mmol/l", "mmol/l"),
        ("mmol", "mmol"),
        ("UI", "UI"),
        ("mmHg", "mmHg"),
        ("kPa", "kPa"),
        ("%", "%"),
        ("min", "min"),
        ("par minute", "par minute"),
    ],
)
def test_plural_of_french_units(one: str, many: str) -> None:
    assert plural(one, "fr") == many


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("tablet", "tablets"),
        ("prefilled syringe", "prefilled syringes"),
        ("pack per day", "packs per day"),
        ("patch", "patches"),
        ("drop (1/12 milliliter)", "drops (1/12 milliliter)"),
        ("mg", "mg"),
    ],
)
def test_plural_of_english_units(one: str, many: str) -> None:
    assert plural(one, "en") == many


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("0.5", "{tablet}", "0,5 comprimé"),
        ("1.5", "{tablet}", "1,5 comprimé"),
        ("2", "{tablet}", "2 comprimés"),
        ("0.50", "mg", "0,50 mg"),
        ("1500", "mg", "1 500 mg"),
        ("10", "ug", "10 microgrammes"),
        ("1", "ug", "1 microgramme"),
        ("50", "ug/mL", "50 microgrammes/ml"),
        ("100", "[iU]/mL", "100 UI/ml"),
        ("2", "{pack}/d", "2 paquets par jour"),
        ("2", "{odd}", "2 {odd}"),
        ("3", "never seen", "3 never seen"),
        ("5", "h", "5 heures"),
        ("5", "1", "5"),
        ("5", "", "5"),
        ("", "mg", ""),
        ("un", "mg", "un mg"),
    ],
)
def test_quantity(value: str, unit: str, words: str) -> None:
    assert plain(quantity_words(Quantity(value, unit), FRENCH)) == words


def test_no_micro_sign_beside_a_dose_even_without_a_table() -> None:
    for unit in ("µg", "μg", "ug"):
        assert plain(quantity_words(Quantity("50", unit), Translation("fr"))) == "50 microgrammes"


def test_unit_stands_after_a_no_break_space() -> None:
    assert quantity_words(Quantity("10", "mg"), FRENCH) == "10\u00a0mg"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (("1", "{tablet}"), ("2", "{tablet}"), "entre 1 et 2 comprimés"),
        (("1", "{tablet}"), ("1.0", "{tablet}"), "1 comprimé"),
        (("500", "mg"), ("2", "mL"), "entre 500 mg et 2 ml"),
        (("5", "mL"), None, "au moins 5 ml"),
        (None, ("10", "mg"), "au plus 10 mg"),
        (None, None, ""),
    ],
)
def test_range(low: tuple[str, str] | None, high: tuple[str, str] | None, words: str) -> None:
    between = QuantityRange(Quantity(*low) if low else None, Quantity(*high) if high else None)
    assert plain(range_words(between, FRENCH)) == words


@pytest.mark.parametrize(
    ("top", "bottom", "words"),
    [
        (("500", "mg"), ("1", "{tablet}"), "500 mg par comprimé"),
        (("250", "mg"), ("5", "mL"), "250 mg pour 5 ml"),
        (("200", "mg"), ("1", "d"), "200 mg par jour"),
        (("20", "mg"), ("1", "1"), "20 mg par unité"),
        (("20", "mg"), None, "20 mg"),
        (None, ("1", "mL"), ""),
    ],
)
def test_ratio(top: tuple[str, str] | None, bottom: tuple[str, str] | None, words: str) -> None:
    ratio = Ratio(Quantity(*top) if top else None, Quantity(*bottom) if bottom else None)
    assert plain(ratio_words(ratio, FRENCH)) == words
