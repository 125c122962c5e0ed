"""The catalogue of findings is read row by row; it says the same as the whole file."""

from __future__ import annotations

import tomllib

import pytest

from cdatk.diagnostics import catalogue, words
from cdatk.resources import data_file

WHOLE = tomllib.loads(data_file("diagnostics.toml").read_text("utf-8"))


def test_all_rows_are_found_in_their_order() -> None:
    assert list(catalogue()) == [code for code in WHOLE if code != "words"]
    assert len(catalogue()) == len(WHOLE) - 1 > 100


def test_rows_are_those_of_the_file() -> None:
    for code, entry in catalogue().items():
        row = WHOLE[code]
        assert (entry.code, entry.severity.value, entry.reference) == (code, row["severity"], row["reference"])
        assert entry.texts == {"fr": row["fr"], "en": row["en"]}
        assert entry.hints == {"fr": row["hint_fr"], "en": row["hint_en"]}


def test_words_are_those_of_the_file_and_are_no_findings() -> None:
    assert words() == WHOLE["words"]
    assert "words" not in catalogue() and "words.row" not in catalogue()
    with pytest.raises(KeyError):
        catalogue()["XML-999"]
