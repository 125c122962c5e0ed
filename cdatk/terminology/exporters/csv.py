"""Exports as CSV: codes with one column a language, or mappings.

The ONE rule: the columns are those that the importer of plain tables reads.
"""

from __future__ import annotations

import csv
import io

from cdatk.terminology.content import Key
from cdatk.terminology.exporters.selection import Selection

HEAD = ("value_set", "value_set_name", "version", "system", "code", "english")
MAPPING = (
    "source_system", "source_code", "target_system", "target_code", "equivalence", "quality", "status",
)  # fmt: skip


def codes_csv(selection: Selection) -> bytes:
    """The codes of all value sets, then those outside any; synonyms stand in a column of their own, between bars."""
    tags = [tag for tag in selection.languages() if tag.lower() != "en"]
    synonyms = [tag for tag in tags if any(len(w.get(tag, ())) > 1 for w in selection.wordings.values())]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*HEAD, *tags, *(f"synonyms_{tag}" for tag in synonyms)])
    listed: set[Key] = set()
    for version, members in selection.sets:
        for member in members:
            key = (member.system, member.code)
            listed.add(key)
            head = [version.oid, version.name, version.label, *key, member.display or member.english]
            writer.writerow([*head, *_words(selection, key, tags, synonyms)])
    for key, by_language in selection.wordings.items():
        if key not in listed:
            english = next((rows[0].text for tag, rows in by_language.items() if tag[:2].lower() == "en"), "")
            writer.writerow(["", "", "", *key, english, *_words(selection, key, tags, synonyms)])
    return stream.getvalue().encode("utf-8")


def mappings_csv(selection: Selection) -> bytes:
    """The associations."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(MAPPING)
    for row in selection.mappings:
        writer.writerow([getattr(row, name) for name in MAPPING])
    return stream.getvalue().encode("utf-8")


def _words(selection: Selection, key: Key, tags: list[str], synonyms: list[str]) -> list[str]:
    held = selection.wordings.get(key, {})
    first = [held[tag][0].text if tag in held else "" for tag in tags]
    return first + ["|".join(row.text for row in held.get(tag, ())[1:]) for tag in synonyms]
