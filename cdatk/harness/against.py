"""What another catalogue would change: the words and standings of codes, sample by sample.

The rule: no expectations are needed and none is looked at; both sides come from the same documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cdatk.harness.outcome import Outcome
from cdatk.pipeline import Toolkit


@dataclass(frozen=True, slots=True)
class Change:
    """A coded value that would be shown otherwise: before, after, and the samples it stands in."""

    code: str
    before: str
    after: str
    samples: tuple[str, ...]


@dataclass(slots=True)
class Comparison:
    """Two toolkits, that of the present catalogue and that of the other."""

    present: Toolkit
    other: Toolkit
    documents: int = 0
    better: int = 0
    worse: int = 0

    def changes(self, folder: Path, samples: Sequence[Path]) -> list[Change]:
        """All changes over the samples, the most frequent first. Raises OSError."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for sample in samples:
            self.documents += 1
            data = sample.read_bytes()
            name = sample.relative_to(folder).as_posix() if folder.is_dir() else sample.name
            for change in self._of(Outcome(data, self.present), Outcome(data, self.other)):
                found.setdefault(change, []).append(name)
        ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
        return [Change(code, before, after, tuple(names)) for (code, before, after), names in ordered]

    def _of(self, before: Outcome, after: Outcome) -> Iterator[tuple[str, str, str]]:
        for old, new in ((before.inspection.facts, after.inspection.facts),):
            if old is not None and new is not None:
                self.better += new.counts.translated > old.counts.translated
                self.worse += new.counts.translated < old.counts.translated
        for code in dict.fromkeys((*before.words, *after.words)):
            if before.words.get(code) != after.words.get(code):
                yield code, before.words.get(code, "-"), after.words.get(code, "-")
