from __future__ import annotations

import pytest

from cdatk.wording.numbers import is_plural, number


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        ("0.50", "0,50", "0.50"),
        ("10.0", "10,0", "10.0"),
        ("1", "1", "1"),
        ("1234567.5", "1\u202f234\u202f567,5", "1,234,567.5"),
        ("999", "999", "999"),
        ("-12.5", "-12,5", "-12.5"),
        (".5", "0,5", "0.5"),
        ("5.", "5", "5"),
        ("1e3", "1e3", "1e3"),
        ("1,5", "1,5", "1,5"),
        (".", ".", "."),
        ("", "", ""),
    ],
)
def test_number_keeps_its_digits(written: str, french: str, english: str) -> None:
    assert number(written, "fr") == french
    assert number(written, "en") == english


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        ("0", False, True),
        ("0.5", False, True),
        ("1", False, False),
        ("1.0", False, False),
        ("1.5", False, True),
        ("1.99", False, True),
        ("2", True, True),
        ("-2", True, True),
        ("deux", False, False),
    ],
)
def test_plural_follows_the_number(written: str, french: bool, english: bool) -> None:
    assert is_plural(written, "fr") is french
    assert is_plural(written, "en") is english
