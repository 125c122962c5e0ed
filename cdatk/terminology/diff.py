"""What changed between two catalogues.

The ONE rule: codes are compared value set by value set, by code system and code; a name that differs only by blanks
is no other name, and is counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from cdatk.terminology.content import Key, members, versions, words
from cdatk.terminology.lookup import Terminology


@dataclass(frozen=True, slots=True)
class SetContent:
    """A value set of one side: name, version, and the name of each code as listed there."""

    name: str
    label: str
    names: dict[Key, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two catalogues: value sets by OID, wordings by code and language."""

    sets: dict[str, SetContent]
    words: dict[tuple[str, str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SetChange:
    """Changes of a value set; `renamed` holds (code, before, after), `respaced` counts names that differ by blanks."""

    oid: str
    name: str
    before: str
    after: str
    added: tuple[Key, ...]
    removed: tuple[Key, ...]
    renamed: tuple[tuple[Key, str, str], ...]
    respaced: int

    @property
    def changed(self) -> bool:
        """Whether anything but the label of the version differs."""
        return bool(self.added or self.removed or self.renamed or self.respaced)


@dataclass(frozen=True, slots=True)
class Moved:
    """A code that left one value set and came into another, or changed its code system within one."""

    code: str
    before: tuple[str, str]
    after: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes: value sets as (OID, name), changes of the common sets, moved codes, changed wordings."""

    new_sets: tuple[tuple[str, str], ...]
    gone_sets: tuple[tuple[str, str], ...]
    renamed_sets: tuple[tuple[str, str, str], ...]
    sets: tuple[SetChange, ...]
    moved: tuple[Moved, ...]
    reworded: tuple[tuple[tuple[str, str, str], tuple[str, ...], tuple[str, ...]], ...] = field(default=())

    def touched(self) -> dict[Key, str]:
        """Codes that may come out otherwise: removed, renamed, moved, reworded, or of a set that is gone."""
        found: dict[Key, str] = {}
        for change in self.sets:
            found.update((key, "renamed") for key, _, _ in change.renamed)
            found.update((key, "added") for key in change.added)
            found.update((key, "removed") for key in change.removed)
        found.update(((system, code), "reworded") for (system, code, _), _, _ in self.reworded)
        return found


def side_of(terminology: Terminology, release: int | None = None) -> Side:
    """One side of a comparison: the current content of a store, or what one import brought."""
    sets = {}
    for version in versions(terminology, release):
        names = {(m.system, m.code): m.display for m in members(terminology, version.number)}
        sets[version.oid] = SetContent(version.name, version.label, names)
    texts: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in words(terminology, release):
        if row.language[:2].lower() != "en":
            texts[row.system, row.code, row.language].append(row.text)
    return Side(sets, {key: tuple(found) for key, found in texts.items()})


def compare(before: Side, after: Side) -> Difference:
    """The changes from one catalogue to another."""
    common = sorted(before.sets.keys() & after.sets.keys())
    changes = tuple(_change(oid, before.sets[oid], after.sets[oid]) for oid in common)
    pairs = [(oid, before.sets[oid], after.sets[oid]) for oid in common]
    both = {language for _, _, language in before.words} & {language for _, _, language in after.words}
    keys = sorted(key for key in before.words.keys() | after.words.keys() if key[2] in both)
    return Difference(
        new_sets=tuple((o, after.sets[o].name) for o in sorted(after.sets.keys() - before.sets.keys())),
        gone_sets=tuple((o, before.sets[o].name) for o in sorted(before.sets.keys() - after.sets.keys())),
        renamed_sets=tuple((oid, b.name, a.name) for oid, b, a in pairs if b.name != a.name),
        sets=changes,
        moved=tuple(_moved(before, after)),
        reworded=tuple(
            (key, before.words.get(key, ()), after.words.get(key, ()))
            for key in keys
            if before.words.get(key, ())[:1] != after.words.get(key, ())[:1]
        ),
    )


def _change(oid: str, before: SetContent, after: SetContent) -> SetChange:
    renamed, respaced = [], 0
    for key in sorted(before.names.keys() & after.names.keys()):
        old, new = before.names[key], after.names[key]
        if " ".join(old.split()) != " ".join(new.split()):
            renamed.append((key, old, new))
        elif old != new:
            respaced += 1
    added = tuple(sorted(after.names.keys() - before.names.keys()))
    removed = tuple(sorted(before.names.keys() - after.names.keys()))
    return SetChange(oid, after.name, before.label, after.label, added, removed, tuple(renamed), respaced)


def _moved(before: Side, after: Side) -> list[Moved]:
    left: dict[str, list[tuple[str, str]]] = defaultdict(list)
    came: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for oid in before.sets.keys() | after.sets.keys():
        old = before.sets[oid].names.keys() if oid in before.sets else set()
        new = after.sets[oid].names.keys() if oid in after.sets else set()
        for system, code in old - new:
            left[code].append((oid, system))
        for system, code in new - old:
            came[code].append((oid, system))
    found: list[Moved] = []
    for code in sorted(left.keys() & came.keys()):
        for old_place in sorted(left[code]):
            # the same code of the same system in another set, or of another system in the same set
            fitting = [
                place for place in sorted(came[code]) if (place[0] == old_place[0]) != (place[1] == old_place[1])
            ]
            found.extend(Moved(code, old_place, place) for place in fitting[:1])
    return found
