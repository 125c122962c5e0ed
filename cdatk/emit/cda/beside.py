"""The original PDF of a structured document: taken from a second document, and its marks for the page.

The rule: it is shown only when both documents are about the same patient; that neither names the other is said.
"""

from __future__ import annotations

import base64

from cdatk.diagnostics import Report
from cdatk.emit.cda.marks import Mark, content_of
from cdatk.model import Attachment, Document, Identifier

TRANSFORMED = "XFRM"


def attachment_beside(document: Document, other: Document | None, report: Report) -> Attachment | None:
    """The attachment of ``other``; None after finding HTM-003 (no attachment, or not the same patient)."""
    attachment = other.attachment if other is not None else None
    if other is None or attachment is None or not _patients(document) & _patients(other):
        report.add("HTM-003")
        return None
    if not _names(document, other) and not _names(other, document):
        report.add("HTM-004")
    return attachment


def _key(identifier: Identifier) -> tuple[str, str]:
    return identifier.root.strip(), identifier.extension.strip()


def _patients(document: Document) -> set[tuple[str, str]]:
    patient = document.header.patient
    return {_key(one) for one in patient.ids if one.root or one.extension} if patient is not None else set()


def _names(document: Document, other: Document) -> bool:
    """Whether a document says that it was transformed from the other."""
    own = {_key(one) for one in other.header.ids}
    related = (r for r in document.header.related if r.type_code == TRANSFORMED)
    return any(_key(one) in own for r in related for one in r.ids)


def beside_marks(attachment: Attachment) -> list[Mark]:
    """The mark of the original with its content, then one for each page of its text."""
    facts = {
        "media-type": attachment.detected_type or attachment.media_type,
        "bytes": str(len(attachment.data)),
        "pages": str(len(attachment.pages)),
        "sha256": attachment.sha256,
        "state": "readable" if attachment.state == "readable" else "unreadable",
        "content": base64.b64encode(attachment.data).decode("ascii"),
    }
    pages = enumerate(attachment.pages, start=1)
    return [
        content_of("beside", facts),
        *(content_of("beside-page", {"number": str(n), "text": t}) for n, t in pages),
    ]
