"""Typed readers of entries, one file a group; the dictionary below is the whole registration.

The rule: a reader takes the root statement of an entry and returns the items it recognises, or () when the
structure is not its own; the caller then carries the statement generically and says so. To add a kind of entry, add
a function and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.model import Item, Statement
from cdatk.read.entries.allergy import read_allergies
from cdatk.read.entries.device import read_device
from cdatk.read.entries.finding import read_finding
from cdatk.read.entries.immunization import read_immunization
from cdatk.read.entries.medication import read_dispensation, read_medication
from cdatk.read.entries.problem import read_problems
from cdatk.read.entries.procedure import read_procedure
from cdatk.read.reader import Reader

EntryReader = Callable[[Reader, Statement, str], tuple[Item, ...]]

ENTRY_READERS: Final[dict[str, EntryReader]] = {
    "allergy": read_allergies,
    "problem": read_problems,
    "medication": read_medication,
    "prescription": read_medication,
    "dispensation": read_dispensation,
    "immunization": read_immunization,
    "procedure": read_procedure,
    "device": read_device,
    "result": read_finding,
    "vital-sign": read_finding,
    "social-history": read_finding,
    "pregnancy": read_finding,
    "functional-status": read_finding,
    "travel": read_finding,
    "care-plan": read_finding,
    "advance-directive": read_finding,
}
