from __future__ import annotations

import pytest

from cdatk.model import Interval, Moment, Quantity
from cdatk.wording.dates import age_words, interval_words, moment_title, moment_words


def plain(text: str) -> str:
    """Words with every no-break space as a common one."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("digits", "french", "english"),
    [
        ("20240303", "3 mars 2024", "3 March 2024"),
        ("20240401", "1er avril 2024", "1 April 2024"),
        ("202403", "mars 2024", "March 2024"),
        ("2024", "2024", "2024"),
        ("202403031405", "3 mars 2024 à 14 h 05", "3 March 2024 at 14:05"),
        ("20240303140530.5+0100", "3 mars 2024 à 14 h 05", "3 March 2024 at 14:05"),
        ("2024030308", "3 mars 2024 à 8 h", "3 March 2024 at 08:00"),
        ("20240230", "20240230", "20240230"),
        ("20241301", "20241301", "20241301"),
        ("20240000", "20240000", "20240000"),
        ("2024030325", "2024030325", "2024030325"),
        ("01012002", "01012002", "01012002"),
        ("2024-03-03", "2024-03-03", "2024-03-03"),
        ("hier", "hier", "hier"),
    ],
)
def test_moment_is_said_with_its_own_precision(digits: str, french: str, english: str) -> None:
    assert plain(moment_words(digits, "fr")) == french
    assert plain(moment_words(digits, "en")) == english


def test_title_keeps_seconds_and_zone() -> None:
    assert plain(moment_title("20240303140530+0100", "fr")) == "3 mars 2024 à 14 h 05 min 30 s (UTC+01:00)"
    assert plain(moment_title("20240303140530-05", "en")) == "3 March 2024 at 14:05:30 (UTC-05:00)"
    assert moment_title("20240303", "fr") == "3 mars 2024"


def between(low: str = "", high: str = "", low_null: str = "", high_null: str = "") -> Interval:
    return Interval(
        low=Moment(low, low_null) if low or low_null else None,
        high=Moment(high, high_null) if high or high_null else None,
    )


@pytest.mark.parametrize(
    ("interval", "french"),
    [
        (between("20240303", "20240401"), "du 3 mars 2024 au 1er avril 2024"),
        (between("202403", "202406"), "de mars 2024 à juin 2024"),
        (between("202404", "202408"), "d'avril 2024 à août 2024"),
        (between("2019", "20210605"), "de 2019 au 5 juin 2021"),
        (between("20240303", "20240303"), "le 3 mars 2024"),
        (between("20240303"), "depuis le 3 mars 2024"),
        (between("202403"), "depuis mars 2024"),
        (between("20240303", high_null="NA"), "depuis le 3 mars 2024"),
        (between("20240303", high_null="PINF"), "depuis le 3 mars 2024, sans date de fin"),
        (between("20240303", high_null="UNK"), "à partir du 3 mars 2024, fin inconnue"),
        (between("201910", high_null="NI"), "à partir d'octobre 2019, fin non renseignée"),
        (between(high="20240303"), "jusqu'au 3 mars 2024"),
        (between(high="2024", low_null="UNK"), "jusqu'en 2024"),
        (between(high="demain"), "jusqu'à demain"),
        (Interval(value="20240303"), "le 3 mars 2024"),
        (Interval(value="2024"), "en 2024"),
        (Interval(center=Moment("20240303")), "vers le 3 mars 2024"),
        (Interval(width=Quantity("7", "d")), "pendant 7 jours"),
        (
            Interval(low=Moment("20240303"), width=Quantity("7", "d")),
            "pendant 7 jours, à partir du 3 mars 2024",
        ),
        (Interval(null_flavor="UNK"), "date inconnue"),
        (between(low_null="UNK", high_null="UNK"), "date inconnue"),
        (between(low_null="NI"), "date non renseignée"),
        (Interval(null_flavor="NA"), ""),
        (Interval(), ""),
    ],
)
def test_interval_in_french(interval: Interval, french: str) -> None:
    assert plain(interval_words(interval, "fr")) == french


def test_interval_in_english() -> None:
    assert interval_words(between("20240303", "202404"), "en") == "from 3 March 2024 to April 2024"
    assert interval_words(between("2024", high_null="UNK"), "en") == "from 2024, end unknown"


@pytest.mark.parametrize(
    ("birth", "at", "age"),
    [
        ("19620303", "20240303", "62 ans"),
        ("19620304", "20240303", "61 ans"),
        ("1962", "20240303", "61 ou 62 ans"),
        ("196203", "20240401", "62 ans"),
        ("20220303", "20240303", "2 ans"),
        ("20230703", "20240303", "8 mois"),
        ("20240220", "20240303", "12 jours"),
        ("20240302", "20240303", "1 jour"),
        ("202403", "20240303", "moins d'un mois"),
        ("20250101", "20240303", ""),
        ("", "20240303", ""),
        ("19620303", "", ""),
    ],
)
def test_age_at_the_date_of_the_document(birth: str, at: str, age: str) -> None:
    assert plain(age_words(birth, at, "fr")) == age
