"""Plain tables of codes (CSV): one row a code, one column a language; or one row a mapping.

The ONE rule: a column is what its header says or what the caller says; without a code system a code is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.tables import decoded, table
from cdatk.terminology.importers.vocabulary import stated, status_of
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import AssociationRecord, ConceptRecord, Place, Record, ValueSetRecord, Wording
from cdatk.terminology.rows import CURRENT

NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "code": "code", "conceptcode": "code", "system": "system", "codesystem": "system", "codesystemoid": "system",
    "codesystemid": "system", "systemversion": "system_version", "codesystemversion": "system_version",
    "valueset": "value_set", "valuesetoid": "value_set", "valuesetname": "value_set_name",
    "version": "version", "valuesetversion": "version", "english": "english", "display": "english",
    "displayname": "english", "description": "english", "designation": "designation", "language": "language",
    "use": "use", "status": "status", "validfrom": "valid_from", "validto": "valid_to",
    "exception": "exception", "sourcesystem": "source_system", "sourcecode": "source_code",
    "targetsystem": "target_system", "targetcode": "target_code", "equivalence": "equivalence",
    "quality": "quality",
})  # fmt: skip
LANGUAGES: Final = frozenset((
    "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "is", "it", "lb",
    "lt", "lv", "mk", "mt", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk",
))  # fmt: skip
_REGION: Final = re.compile(r"[a-z]{2}[-_][A-Za-z0-9]{2,8}")
_EXPONENT: Final = re.compile(r"\d(?:[.,]\d+)?E\+?\d+")
_NO_TERM: Final = frozenset({"-", "\u2013", "n/a", "N/A"})


@dataclass(frozen=True, slots=True)
class _Header:
    columns: dict[str, int]
    languages: tuple[tuple[int, str, bool], ...]

    def get(self, row: list[str], name: str) -> str:
        index = self.columns.get(name, -1)
        return row[index] if 0 <= index < len(row) else ""


def read(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """The records of plain tables; raises Refused where a table has no codes, no code system or no names."""
    for source in sources:
        names, rows = table(decoded(source, options, notes))
        header = header_of(names, options)
        if {"source_code", "target_code"} <= header.columns.keys():
            yield from (_association(Place(source.name, n), header, row, notes) for n, row in rows)
            continue
        _check(header, options)
        yield from _concepts(source.name, header, rows, options, notes)


def header_of(names: Sequence[str], options: Options) -> _Header:
    """What the columns are: by the caller's map first (ours=theirs), then by their names."""
    mapped = {theirs: ours for ours, theirs in options.columns.items()}
    columns: dict[str, int] = {}
    languages = []
    for index, name in enumerate(names):
        ours = mapped.get(name, "")
        plain = "".join(sign for sign in name.lower() if sign.isalnum())
        synonym = ours.startswith("synonyms-") or plain.startswith("synonyms")
        tag = ours.removeprefix("synonyms-") if ours else _tag(name, synonym)
        if ours in NAMES.values():
            columns[ours] = index
        elif tag and (ours or tag != "en" or "english" in columns):
            languages.append((index, tag, synonym))
        elif tag == "en":
            columns["english"] = index
        elif plain in NAMES and NAMES[plain] not in options.columns:
            columns.setdefault(NAMES[plain], index)
    return _Header(columns, tuple(sorted(languages, key=lambda found: found[2])))


def _tag(name: str, synonym: bool) -> str:
    """The language a column's name says: "fr", "fr-FR", "synonyms_fr", "label_fr"."""
    name = name.strip()
    if name.lower() in LANGUAGES:
        return name.lower()
    if _REGION.fullmatch(name) and name[:2] in LANGUAGES:
        return name.replace("_", "-")
    last = name.rpartition("_")[2]
    labelled = synonym or name.lower().startswith(("label_", "name_", "display_", "designation_"))
    return last if labelled and (last in LANGUAGES or (_REGION.fullmatch(last) and last[:2] in LANGUAGES)) else ""


def _check(header: _Header, options: Options) -> None:
    if "code" not in header.columns:
        raise Refused("TRM-105", "no-code-column")
    if "system" not in header.columns and not options.system:
        raise Refused("TRM-105", "no-system-given")
    if not header.languages and not {"english", "designation", "value_set"} & header.columns.keys():
        raise Refused("TRM-105", "no-names")


def _concepts(
    part: str, header: _Header, rows: Iterator[tuple[int, list[str]]], options: Options, notes: Notes
) -> Iterator[Record]:
    begun: dict[str, str] = {}
    for number, row in rows:
        place = Place(part, number)
        value_set = header.get(row, "value_set").strip() or options.value_set
        version = header.get(row, "version").strip()
        if value_set and begun.get(value_set) != version:
            begun[value_set] = version
            yield ValueSetRecord(place, value_set, header.get(row, "value_set_name").strip() or value_set, version)
        record = _concept(place, header, row, value_set, options, notes)
        if record is not None:
            yield record


def _concept(
    place: Place, header: _Header, row: list[str], value_set: str, options: Options, notes: Notes
) -> ConceptRecord | None:
    system = header.get(row, "system").strip() or options.system
    code = notes.trimmed(place.part, header.get(row, "code"))
    if not code or not system:
        notes.row("TRM-106", place.part, place.row, why="no-system" if code else "no-code")
        return None
    if _EXPONENT.fullmatch(code):
        notes.row("TRM-107", place.part, place.row, code=code)
    raw = header.get(row, "english")
    description = notes.trimmed(place.part, raw)
    wordings = tuple(_wordings(place.part, header, row, options, notes))
    english = next((w.text for w in wordings if w.language[:2].lower() == "en"), "") or description
    if description and description != english:
        wordings = (*wordings, Wording(description, "en", preferred=False, use="description"))
    return ConceptRecord(
        place,
        system,
        code,
        value_set,
        english=english,
        display=raw,
        wordings=wordings,
        status=status_of(header.get(row, "status"), CURRENT),
        valid_from=notes.date(place.part, header.get(row, "valid_from")),
        valid_to=notes.date(place.part, header.get(row, "valid_to")),
        system_version=header.get(row, "system_version").strip(),
        exception=header.get(row, "exception").strip() in ("1", "yes"),
    )


def _wordings(part: str, header: _Header, row: list[str], options: Options, notes: Notes) -> Iterator[Wording]:
    said: set[str] = set()
    for index, language, synonyms in header.languages:
        cell = row[index] if index < len(row) else ""
        for text in cell.split("|") if synonyms else [cell]:
            words = notes.trimmed(part, text)
            if words and words not in _NO_TERM:
                first = language not in said and not synonyms
                said.add(language)
                yield Wording(words, language, first, "" if first else "synonym")
    words = notes.trimmed(part, header.get(row, "designation"))
    if words and words not in _NO_TERM:
        language = header.get(row, "language").strip() or options.language
        if not language:
            raise Refused("TRM-111", "")
        synonym = header.get(row, "use").strip() == "synonym"
        yield Wording(words, language, not synonym, "synonym" if synonym else "")


def _association(place: Place, header: _Header, row: list[str], notes: Notes) -> AssociationRecord:
    def cell(name: str) -> str:
        return header.get(row, name).strip()

    return AssociationRecord(
        place, cell("source_system"), cell("source_code"), cell("target_system"), cell("target_code"),
        stated(cell("equivalence"), place, notes), status_of(cell("status"), CURRENT), cell("quality"),
    )  # fmt: skip
