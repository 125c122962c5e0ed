"""From the XML tree to the typed document.

The rule: reading interprets structure, never meaning: it neither translates, nor maps, nor defaults, and all it
cannot place is kept and reported.
"""

from __future__ import annotations

from cdatk.diagnostics import Report
from cdatk.model import Attachment, Document, Section
from cdatk.profiles import Profile
from cdatk.read.attachments import read_attachment
from cdatk.read.header import child, read_header
from cdatk.read.reader import Reader
from cdatk.read.sections import SectionReader
from cdatk.safe_xml import Element

__all__ = ["read"]


def read(root: Element, profile: Profile, report: Report, with_pages: bool = False) -> Document:
    """Read a ClinicalDocument under a profile.

    ``with_pages`` extracts the text of an attached PDF. The level is L1 for an attached body, L3 for sections with
    entries, L2 for sections without any.
    """
    reader = Reader(root, profile, report)
    header = read_header(reader, root)
    body = child(root, "component", "structuredBody")
    content = child(root, "component", "nonXMLBody", "text") if body is None else None
    sections: tuple[Section, ...] = ()
    attachment: Attachment | None = None
    if body is not None:
        sections = SectionReader(reader).read(body)
    elif content is not None:
        language = header.language.code if header.language is not None else ""
        attachment = read_attachment(content, language, report, with_pages)
    level = "L1" if body is None else "L3" if any(s.entries for s in sections) else "L2"
    return Document(
        element=root,
        level=level,
        header=header,
        sections=sections,
        attachment=attachment,
        codes=tuple(reader.codes),
        roles=reader.roles,
        units=tuple(reader.units),
        narrative_ids=reader.ids,
    )
