"""How much of a catalogue, or of documents, can be said in a language.

The ONE rule: every code is counted once under one standing, and the standings add up to all codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cdatk.terminology.content import versions
from cdatk.terminology.lookup import Terminology, base_language

_COVERED = """SELECT count(*), coalesce(sum(worded), 0), coalesce(sum(worded AND same), 0) FROM (
 SELECT EXISTS (SELECT 1 FROM designation d WHERE d.concept_id = m.concept_id AND {language} {release}) AS worded,
 EXISTS (SELECT 1 FROM designation d JOIN concept c ON c.id = d.concept_id WHERE d.concept_id = m.concept_id
   AND {language} {release} AND lower(d.text) = lower(c.english)) AS same
 FROM value_set_member m WHERE m.version_id = :version)"""


@dataclass(frozen=True, slots=True)
class SetCoverage:
    """One value set: its codes, how many are worded in the language, how many of those exactly as in English."""

    oid: str
    name: str
    version: str
    codes: int
    worded: int
    same_as_english: int
    complete: bool

    @property
    def share(self) -> float:
        """The worded part, 0 to 1; a set without codes counts as 0."""
        return self.worded / self.codes if self.codes else 0.0


def catalogue_coverage(
    terminology: Terminology, language: str, release: int | None = None, wording: int | None = None
) -> list[SetCoverage]:
    """Coverage of the current value sets, or of those of one import; `wording` counts only words of one import.

    The words count in the language asked for and, where it has no region, in all its regions.
    """
    base = base_language(language)
    condition = "d.status = 'current' AND " + (
        "(d.language = :language OR d.language LIKE :base)" if language.lower() == base else "d.language = :language"
    )
    only = "" if wording is None else "AND d.release_id = :wording"
    statement = _COVERED.format(language=condition, release=only)
    found = []
    for version in versions(terminology, release):
        values: dict[str, str | int] = {"language": language, "base": base + "-%", "version": version.number}
        if wording is not None:
            values["wording"] = wording
        codes, worded, same = terminology.rows(statement, values)[0]
        found.append(SetCoverage(version.oid, version.name, version.label, codes, worded, same, version.complete))
    return sorted(found, key=lambda row: (-row.codes, row.name))


@dataclass(frozen=True, slots=True)
class Met:
    """A code as documents have it: how it stands in the catalogue, in what words it is shown, how often it is met."""

    path: str
    system: str
    code: str
    standing: str
    state: str
    text: str
    occurrences: int


@dataclass(slots=True)
class DocumentCoverage:
    """Coverage of documents: occurrences by standing and by state, and the codes without words.

    `said` are the states of the codes that had to be looked up, `states` those of all.
    """

    documents: int = 0
    unreadable: int = 0
    occurrences: int = 0
    standings: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    missing: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    def add(self, codes: Iterable[Met]) -> None:
        """Count one document."""
        self.documents += 1
        for met in codes:
            self.occurrences += met.occurrences
            self.standings[met.standing] += met.occurrences
            if met.standing == "structural":
                self.states["structural"] += met.occurrences
                continue
            self.states[met.state] += met.occurrences
            if met.standing == "null":
                continue
            self.said[met.state] += met.occurrences
            if met.state != "translated":
                self.missing[met.system, met.code, met.standing, met.state] += met.occurrences

    @property
    def translated(self) -> int:
        """Occurrences of codes of the catalogue that are shown in the reader's language."""
        return self.states["translated"]

    @property
    def looked_up(self) -> int:
        """Occurrences that had to be looked up: neither structural nor null."""
        return self.occurrences - self.standings["structural"] - self.standings["null"]

    def adds_up(self) -> bool:
        """Whether the standings, and the states, each make up all occurrences."""
        whole = self.standings.total() == self.occurrences == self.states.total()
        return whole and self.said.total() == self.looked_up

    def top_missing(self, number: int) -> Sequence[tuple[tuple[str, str, str, str], int]]:
        """The codes without words in the language, the most frequent first."""
        return sorted(self.missing.items(), key=lambda row: (-row[1], row[0]))[:number]
