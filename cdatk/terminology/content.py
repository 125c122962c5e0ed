"""What a store holds, in bulk: releases, versions of value sets, members, wordings, mappings.

The ONE rule: everything that looks at a whole catalogue (coverage, comparison, export) reads it here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import Association, Release

Key = tuple[str, str]
"""Code system (OID) and code."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a value set with its number in the store and how many codes it lists."""

    number: int
    oid: str
    name: str
    label: str
    complete: bool
    status: str
    effective: str | None
    uri: str | None
    release: int
    members: int
    current: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A code of a value set: `display` as that set lists it, `english` as the code is named today."""

    system: str
    code: str
    display: str
    english: str
    exception: bool
    concept: int


@dataclass(frozen=True, slots=True)
class Words:
    """One wording of a code with the import it came with."""

    system: str
    code: str
    language: str
    text: str
    preferred: bool
    status: str
    use: str
    release: int


_VERSIONS = """SELECT v.id, s.oid, v.name, v.label, v.complete, v.status, v.effective, s.uri, v.release_id,
 (SELECT count(*) FROM value_set_member m WHERE m.version_id = v.id), v.id = s.current_id
 FROM value_set_version v JOIN value_set s ON s.id = v.value_set_id ORDER BY v.id"""
_MEMBERS = """SELECT s.oid, c.code, coalesce(m.display, c.english, ''), coalesce(c.english, ''), m.exception, c.id
 FROM value_set_member m JOIN concept c ON c.id = m.concept_id JOIN code_system s ON s.id = c.system_id
 WHERE m.version_id = ? ORDER BY m.position"""
_WORDS = """SELECT s.oid, c.code, d.language, d.text, d.preferred, d.status, d.kind, d.release_id FROM designation d
 JOIN concept c ON c.id = d.concept_id JOIN code_system s ON s.id = c.system_id"""
_ORDER = " ORDER BY d.release_id DESC, d.status <> 'current', d.preferred DESC, d.id"
_MAPPINGS = """SELECT s.oid, c.code, coalesce(t.oid, ''), coalesce(e.code, ''), a.equivalence, a.status, a.source,
 a.quality FROM association a JOIN concept c ON c.id = a.source_id JOIN code_system s ON s.id = c.system_id
 LEFT JOIN concept e ON e.id = a.target_id LEFT JOIN code_system t ON t.id = e.system_id"""


def versions(terminology: Terminology, release: int | None = None) -> list[Version]:
    """The versions of value sets: of one import, or the current one of each set."""
    found = [
        Version(number, oid, name, label, bool(complete), status, effective, uri, origin, members, bool(current))
        for number, oid, name, label, complete, status, effective, uri, origin, members, current in terminology.rows(
            _VERSIONS
        )
    ]
    return [v for v in found if (v.current if release is None else v.release == release)]


def members(terminology: Terminology, version: int) -> Iterator[Member]:
    """The codes of a version in the order of its catalogue."""
    for system, code, display, english, exception, concept in terminology.rows(_MEMBERS, (version,)):
        yield Member(system, code, display, english, bool(exception), concept)


def words(terminology: Terminology, release: int | None = None) -> Iterator[Words]:
    """All wordings: of one import, or of all with those imported last first; the ones to prefer first."""
    if release is None:
        rows = terminology.rows(_WORDS + _ORDER)
    else:
        rows = terminology.rows(f"{_WORDS} WHERE d.release_id = ?{_ORDER}", (release,))
    for system, code, language, text, preferred, status, use, origin in rows:
        yield Words(system, code, language, text, bool(preferred), status, use, origin)


def mappings(terminology: Terminology, release: int | None = None) -> Iterator[Association]:
    """All associations: of one import, or of all."""
    if release is None:
        rows = terminology.rows(_MAPPINGS + " ORDER BY a.id")
    else:
        rows = terminology.rows(_MAPPINGS + " WHERE a.release_id = ? ORDER BY a.id", (release,))
    yield from (Association(*row) for row in rows)


def release_of(terminology: Terminology, name: str) -> Release | None:
    """The import a caller names: by its number, its release or its source; the last one where several match."""
    matching = [row for row in terminology.releases if name in (str(row.number), row.release, row.source, row.sha256)]
    return matching[-1] if matching else None


def dump(terminology: Terminology, release: int | None = None) -> Iterator[tuple[str | bool, ...]]:
    """The content of a store (or of one import) as rows that can be compared, without numbers and provenance."""
    for version in sorted(versions(terminology, release), key=lambda v: (v.oid, v.label)):
        yield "value-set", version.oid, version.name, version.label, version.complete
        for member in members(terminology, version.number):
            yield "member", version.oid, member.system, member.code, member.display, member.exception
    found = ((w.system, w.code, w.language, w.text, w.preferred, w.use) for w in words(terminology, release))
    yield from (("words", *row) for row in sorted(found))
    for row in sorted(mappings(terminology, release), key=lambda a: (a.source_system, a.source_code, a.target_code)):
        yield "mapping", row.source_system, row.source_code, row.target_system, row.target_code, row.equivalence
