from __future__ import annotations

import subprocess
import sys

import pytest

from cdatk.model import Name, NamePart
from cdatk.wording.geography import country_name, iso_country, language_name
from cdatk.wording.persons import born_word, person_name, sex_word


@pytest.mark.parametrize(
    ("code", "french"),
    [
        ("PT", "Portugal"),
        ("CZ", "Tchéquie"),
        ("hr", "Croatie"),
        ("EL", "Grèce"),
        ("UK", "Royaume-Uni"),
        ("PRT", "Portugal"),
        ("FRANCE", "FRANCE"),
        ("XQ", "XQ"),
        ("", ""),
    ],
)
def test_country(code: str, french: str) -> None:
    assert country_name(code, "fr") == french


def test_country_in_english_and_its_code() -> None:
    assert country_name("EE", "en") == "Estonia"
    assert (iso_country("EL"), iso_country("USA"), iso_country("Portugal")) == ("GR", "US", "")


@pytest.mark.parametrize(
    ("tag", "french"),
    [
        ("pt-PT", "portugais (Portugal)"),
        ("pt", "portugais"),
        ("mt", "maltais"),
        ("eng", "anglais"),
        ("el_GR", "grec (Grèce)"),
        ("qq-QQ", "qq-QQ"),
        ("", ""),
    ],
)
def test_language(tag: str, french: str) -> None:
    assert language_name(tag, "fr") == french


def test_person_in_the_french_order() -> None:
    parts = (NamePart("given", "Dolores"), NamePart("family", "Borg"))
    assert person_name(Name(parts)) == "BORG Dolores"
    titled = (NamePart("prefix", "Dr"), *parts, NamePart("given", "Maria"), NamePart("suffix", "MD"))
    assert person_name(Name(titled)) == "Dr BORG Dolores Maria MD"
    assert person_name(Name((NamePart("", "Éva Kovács"),))) == "Éva Kovács"
    assert person_name(Name()) == ""


def test_sex_is_what_the_document_states() -> None:
    assert [sex_word(code, "fr") for code in ("M", "F", "UN", "UNK", "X")] == [
        "masculin", "féminin", "indéterminé", "inconnu", "X",
    ]  # fmt: skip
    assert [born_word(code, "fr") for code in ("M", "F", "UN", "")] == ["né le", "née le", "né(e) le", "né(e) le"]
    assert sex_word("F", "en") == "female"


def test_importing_wording_does_not_load_babel() -> None:
    script = "import cdatk.wording.dosage, sys; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
