"""What an export holds: value sets with their codes and the wordings of each code.

The ONE rule: of each language the words of the catalogue imported last are exported, first the preferred one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cdatk.terminology.content import Key, Member, Version, Words, mappings, members, versions, words
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import Association, CodeSystem

DESCRIPTION = "description"
"""Kind of an English wording that is the description column of a workbook: exported as that column."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected of a store; `wordings` are by code and language, the preferred one first."""

    name: str
    release: str
    sets: tuple[tuple[Version, tuple[Member, ...]], ...]
    wordings: dict[Key, dict[str, tuple[Words, ...]]]
    mappings: tuple[Association, ...]
    systems: dict[str, CodeSystem]

    def languages(self) -> list[str]:
        """The languages of the wordings, English first."""
        found = {language for by_language in self.wordings.values() for language in by_language}
        return sorted(found, key=lambda tag: (not tag.lower().startswith("en"), tag))

    def outside_sets(self) -> list[Key]:
        """The codes with wordings that no selected value set lists; a workbook has no place for them."""
        listed = {(member.system, member.code) for _, members in self.sets for member in members}
        return [key for key in self.wordings if key not in listed]


def select(
    terminology: Terminology,
    release: int | None = None,
    value_sets: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> Selection:
    """Select the current content of a store or what one import brought; value sets by OID or name."""
    wanted = {name.lower() for name in languages}
    chosen = [v for v in versions(terminology, release) if not value_sets or {v.oid, v.name} & set(value_sets)]
    sets = tuple((version, tuple(members(terminology, version.number))) for version in chosen)
    keys = {(m.system, m.code) for _, listed in sets for m in listed} if value_sets else None
    wordings: dict[Key, dict[str, list[Words]]] = defaultdict(lambda: defaultdict(list))
    for row in words(terminology, release):
        key = (row.system, row.code)
        if (keys is None or key in keys) and (not wanted or row.language.lower() in wanted):
            said = wordings[key][row.language]
            if row.use != DESCRIPTION and (not said or said[0].release == row.release):
                said.append(row)
    held = {row.number: row for row in terminology.releases}
    about = held.get(release or 0)
    tied = tuple(mappings(terminology, release))
    names = {s for s, _ in wordings} | {m.system for _, listed in sets for m in listed}
    names |= {a.source_system for a in tied} | {a.target_system for a in tied}
    systems = {name: system for name in names if (system := terminology.system(name)) is not None}
    kept = {
        key: {tag: tuple(rows) for tag, rows in by_language.items() if rows}
        for key, by_language in sorted(wordings.items())
    }
    name = about.source if about else "cdatk"
    return Selection(name, about.release if about else "", sets, kept, tied, systems)
