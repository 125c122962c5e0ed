"""Files of the display repository of OpenNCP, in the form of today and in that of epSOS.

The ONE rule: these files word codes and say nothing sure about membership (all versions are merged), so value sets
stay as they are; a fault in the XML that cannot change a word is mended, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from cdatk.safe_xml import Element, local
from cdatk.terminology.importers.source import Options, Refused, Source
from cdatk.terminology.importers.xml import attribute, line_of, root_of
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import ConceptRecord, Place, Record, Wording

_AMPERSAND: Final = re.compile(rb"&(?!(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][\w.-]*);)")
_PREFIX: Final = re.compile(rb"<([A-Za-z_][\w.-]*):")
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.:-]*)")


def read(sources: Sequence[Source], options: Options, notes: Notes) -> Iterator[Record]:
    """The records of display files; raises Refused where a file holds no entry."""
    for source in sources:
        root = _root(source, notes)
        key = attribute(root, "oid") or PurePosixPath(source.name).stem
        number = 0
        for element in root.iter():
            if local(element) and element.get("code") is not None:
                number += 1
                yield _concept(element, source.name, attribute(element, "oid") or key, options, notes)
        if not number:
            raise Refused("TRM-105", "no-code-column")


def _root(source: Source, notes: Notes) -> Element:
    """The root; undeclared prefixes are declared and bare ampersands escaped where the file needs it."""
    try:
        return root_of(source.data)
    except Refused as refused:
        mended = _AMPERSAND.sub(b"&amp;", source.data)
        if mended != source.data:
            notes.file("TRM-123", source.name, why="ampersand")
        prefixes = {p for p in _PREFIX.findall(mended) if b"xmlns:" + p + b"=" not in mended}
        if prefixes:
            notes.file("TRM-123", source.name, why="prefix")
            start = _ROOT.search(mended)
            if start is None:
                raise refused
            declared = b"".join(b' xmlns:%s="urn:undeclared:%s"' % (p, p) for p in sorted(prefixes))
            mended = mended[: start.end()] + declared + mended[start.end() :]
        if mended == source.data:
            raise
        return root_of(mended)


def _concept(element: Element, part: str, near: str, options: Options, notes: Notes) -> ConceptRecord:
    wordings = []
    for child in element:
        language = attribute(child, "lang") or options.language
        text = notes.trimmed(part, child.text or "")
        if local(child) in ("designation", "displayName") and text and language:
            wordings.append(Wording(text, language.replace("_", "-")))
    english = next((w.text for w in wordings if w.language[:2].lower() == "en"), "")
    return ConceptRecord(
        Place(part, line_of(element)),
        attribute(element, "codeSystem") or options.system,
        notes.trimmed(part, element.get("code") or ""),
        english=english,
        wordings=tuple(wordings),
        near=near,
    )
