"""What an import has to say: findings with the file, the sheet and the row, the first of a kind in full.

The ONE rule: nothing that was changed, left out or doubted goes unsaid; what is said often is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from cdatk.diagnostics import Report

_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")
SHOWN: Final = 10
"""How many rows of a part are named for one kind of finding; the others are counted."""


class Notes:
    """Collects the findings of one import into a report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._said: Counter[tuple[str, str]] = Counter()
        self._blanks: Counter[str] = Counter()
        self._dates: Counter[str] = Counter()

    def file(self, finding: str, name: str, /, **context: str | int) -> None:
        """A finding about a whole file."""
        self._add(finding, file=name, **context)

    def row(self, finding: str, part: str, row: int, /, **context: str | int) -> None:
        """A finding about one row; after the first ones of a kind in a part they are only counted."""
        self._said[part, finding] += 1
        if self._said[part, finding] <= SHOWN or self.report.strict:
            self._add(finding, part=part, row=row, **context)

    def part(self, finding: str, part: str, /, **context: str | int) -> None:
        """A finding about a part (a sheet, a value set) of a file; after the first ones of a kind only counted."""
        self._said["*", finding] += 1
        if self._said["*", finding] <= SHOWN or self.report.strict:
            self._add(finding, part=part, **context)

    def _add(self, finding: str, /, **context: str | int) -> None:
        values: dict[str, object] = dict(context)
        self.report.add(finding, None, None, **values)

    def trimmed(self, part: str, text: str) -> str:
        """The text without blanks at its ends and with single ones inside; what was removed is counted.

        No-break spaces inside stay: French puts them before a colon.
        """
        clean = _BLANKS.sub(" ", text.strip())
        if clean != text:
            self._blanks[part] += 1
        return clean

    def date(self, part: str, text: str | None) -> str | None:
        """The day of a timestamp as ISO, None where there is none; what is no date is counted."""
        found = iso_day(text or "")
        if found is None and text and text.strip():
            self._dates[part] += 1
        return found

    def finish(self) -> None:
        """Say what was only counted."""
        for (part, code), number in self._said.items():
            if number > SHOWN and not self.report.strict:
                self.report.add("TRM-124", part=part, count=number - SHOWN, finding=code)
        for part, number in self._blanks.items():
            self.report.add("TRM-120", part=part, count=number)
        for part, number in self._dates.items():
            self.report.add("TRM-114", part=part, count=number)


def iso_day(text: str) -> str | None:
    """The day in "2024-04-22T…", "20240422…", "22.4.2024" as "2024-04-22"; None for anything else or a zero date."""
    text = text.strip()
    head = text.replace("T", " ").split(" ")[0]
    if head.count(".") == 2:
        parts = head.split(".")[::-1]
    elif head.count("-") == 2:
        parts = head.split("-")
    elif len(head) >= 8 and head[:8].isdigit():
        parts = [head[:4], head[4:6], head[6:8]]
    else:
        return None
    if not all(part.isdigit() for part in parts) or len(parts[0]) != 4:
        return None
    year, month, day = (int(part) for part in parts)
    return f"{year:04}-{month:02}-{day:02}" if year and 1 <= month <= 12 and 1 <= day <= 31 else None
