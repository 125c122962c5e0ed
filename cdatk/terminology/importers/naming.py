"""Lists that tie OIDs of code systems to URIs, and language files of the HL7 CDA stylesheet.

The ONE rule: a row that names no OID, or a key that names no code, is none of ours and is left out without guessing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cdatk.safe_xml import local
from cdatk.terminology.importers.json import Node, parse, text
from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.xml import attribute, line_of, root_of
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import ConceptRecord, Place, Record, SystemRecord, Wording

_KEY: Final = re.compile(r"([0-2](?:\.\d+)+)-(.+)")


def read_systems(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """Code systems of a JSON list of {oid, uri, name}; of several rows for an OID the preferred one comes first."""
    for source in sources:
        rows = [row for row in _rows(parse(source.data)) if row.get("kind", "codesystem") == "codesystem"]
        if not any(text(row, "oid") for row in rows):
            raise Refused("TRM-101", "json")
        numbered = sorted(enumerate(rows, 1), key=lambda found: found[1].get("preferred") is not True)
        for number, row in numbered:
            if text(row, "oid"):
                name = text(row, "title") or text(row, "name")
                yield SystemRecord(Place(source.name, number), text(row, "oid"), name, text(row, "uri"))


def _rows(node: object) -> list[Node]:
    return [row for row in node if isinstance(row, dict)] if isinstance(node, list) else []


def read_l10n(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """Wordings of a language file; its keys are `<OID of the code system>-<code>`, the others are words of a page."""
    for source in sources:
        others = 0
        for element in root_of(source.data):
            if local(element) != "translation":
                continue
            key = _KEY.fullmatch(attribute(element, "key"))
            if key is None:
                others += 1
                continue
            wordings = tuple(
                Wording(notes.trimmed(source.name, child.text or ""), _tag(attribute(child, "lang")))
                for child in element
                if local(child) == "value" and (child.text or "").strip() and attribute(child, "lang")
            )
            english = next((w.text for w in wordings if w.language.startswith("en")), "")
            place = Place(source.name, line_of(element))
            yield ConceptRecord(place, key[1], key[2], english=english, wordings=wordings)
        if others:
            notes.part("TRM-127", source.name, count=others)


def _tag(language: str) -> str:
    """A language tag as BCP 47 writes it: fr-fr is fr-FR."""
    base, _, region = language.replace("_", "-").partition("-")
    return f"{base.lower()}-{region.upper()}" if region else base.lower()
