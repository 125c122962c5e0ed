"""Codes to put into generated documents, from the embedded tables of value sets.

The rule: only codes of the value set that the guides name for the place; none is invented here.
"""

from __future__ import annotations

import csv
from functools import cache
from random import Random
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from cdatk.resources import terminology_dir


class Code(NamedTuple):
    """A code with its English designation."""

    system: str
    code: str
    english: str

    def attributes(self) -> str:
        """As attributes of a coded element."""
        return f"code={quoteattr(self.code)} codeSystem={quoteattr(self.system)} displayName={quoteattr(self.english)}"


@cache
def value_set(name: str) -> tuple[Code, ...]:
    """The members of a value set, in the order of the table. Raises FileNotFoundError for an unknown name."""
    path = terminology_dir() / "mvc" / "members" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Code(row["system"], row["code"], row["english"]) for row in csv.DictReader(file)]
    return tuple(row for row in rows if row.english)


@cache
def members(name: str, start: str) -> tuple[Code, ...]:
    """The members whose code begins with ``start``, in an order that is not that of the code."""
    found = [member for member in value_set(name) if member.code.startswith(start)]
    Random(name).shuffle(found)
    return tuple(found)


def pick(chance: Random, name: str, start: str = "") -> Code:
    """A member whose code begins with ``start``; some come often and most seldom, as in life."""
    return often(chance, members(name, start))


def often(chance: Random, codes: tuple[Code, ...]) -> Code:
    """One of them: the first ones far more often."""
    return codes[int(len(codes) * chance.random() ** 4)]


@cache
def substances() -> tuple[Code, ...]:
    """Single substances of ATC: codes of the fifth level."""
    return tuple(code for code in value_set("eHDSIActiveIngredient") if len(code.code) == 7)


@cache
def vaccines() -> tuple[Code, ...]:
    """Vaccines by SNOMED CT or by a fifth-level ATC code."""
    return tuple(c for c in value_set("eHDSIVaccine") if c.system.endswith(".6.96") or len(c.code) == 7)
