"""Sums over the rows of a batch.

The rule: every row is counted once, and the outcomes add up to the number of documents.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field

from cdatk.batch.journal import Row
from cdatk.batch.work import COUNTED

SLOWEST = 15
BOUNDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)  # ms, classes of durations


@dataclass(slots=True)
class Tally:
    """``documents`` and ``occurrences`` of findings by code; ``slow`` holds the slowest documents."""

    total: int = 0
    kept: int = 0
    bytes: int = 0
    ms: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    exit_codes: Counter[int] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    occurrences: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    durations: Counter[int] = field(default_factory=Counter)
    catalogues: Counter[tuple[str, ...]] = field(default_factory=Counter)
    slow: list[tuple[float, str, int]] = field(default_factory=list)
    aside: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, row: Row, kept: bool) -> None:
        """Count a row."""
        self.total += 1
        self.kept += kept
        self.bytes += row.bytes
        self.ms += row.ms
        self.outcomes[row.outcome] += 1
        self.exit_codes[row.exit_code] += 1
        self.documents.update(row.findings.keys())
        self.occurrences.update(row.findings)
        self.counts.update({name: row.counts.get(name, 0) for name in COUNTED})
        self.types[row.type] += 1
        self.countries[row.country] += 1
        self.catalogues[row.catalogues] += 1
        self.durations[next((bound for bound in BOUNDS if row.ms <= bound), 0)] += 1
        push = heapq.heappushpop if len(self.slow) >= SLOWEST else heapq.heappush
        push(self.slow, (row.ms, row.input, row.bytes))
        if row.outcome != "converted" and len(self.aside) < 200:
            self.aside.append((row.input, row.outcome, ", ".join(row.findings)))

    @property
    def worst(self) -> int:
        """The worst exit code."""
        return max(self.exit_codes, default=0)
