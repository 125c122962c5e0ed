"""The body of an L1 document: bytes out of base64, and what they are.

The rule: the bytes are kept exactly; the media type that is declared and the one the first bytes show are both
told; nothing in them is ever executed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from cdatk.diagnostics import Report
from cdatk.model import Attachment
from cdatk.safe_xml import Element

EXPECTED = frozenset({"application/pdf", "image/png", "image/jpeg"})
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"{\\rtf", "text/rtf"),
)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")


def read_attachment(element: Element, language: str, report: Report, with_pages: bool) -> Attachment:
    """The attachment in ``nonXMLBody/text``; page texts only when asked for, because they cost a PDF reader."""
    declared = element.get("mediaType", "text/plain")
    data = _bytes(element, report)
    if data is None:
        return Attachment(element, declared, language=language, state="unreadable")
    if not data:
        report.add("ATT-005", element)
        return Attachment(element, declared, language=language, state="unreadable")
    found = detect(data)
    if (found and found != declared) or (not found and declared in EXPECTED):
        report.add("ATT-002", element, declared=declared, found=found or "unknown")
    if declared not in EXPECTED:
        report.add("ATT-007", element, declared=declared)
    state = "readable"
    pages: tuple[str, ...] = ()
    if found == "application/pdf" and with_pages:
        state, pages = _pages(data, element, report)
    elif not found and declared in EXPECTED:
        state = "unreadable"
    return Attachment(
        element, declared, found, data, hashlib.sha256(data).hexdigest(), hashlib.sha1(data).hexdigest(), pages,
        element.get("language", "") or language, state,
    )  # fmt: skip


def detect(data: bytes) -> str:
    """Media type by the first bytes; a PDF may have rubbish before its header (ISO 32000 readers accept 1 kB)."""
    for signature, media_type in SIGNATURES:
        if data.startswith(signature):
            return media_type
    return "application/pdf" if b"%PDF-" in data[:1024] else ""


def _bytes(element: Element, report: Report) -> bytes | None:
    """The content: base64 where the element says so, else its text as UTF-8; None when damaged."""
    content = "".join(str(part) for part in element.itertext())
    if element.get("representation", "TXT").upper() != "B64":
        return content.strip().encode()
    packed = "".join(content.split())
    damage = _NOT_BASE64.search(packed)
    try:
        if damage is not None:
            raise binascii.Error
        return base64.b64decode(packed, validate=True)
    except binascii.Error:
        report.add("ATT-001", element, position=damage.start() if damage is not None else len(packed))
        return None


def _pages(data: bytes, element: Element, report: Report) -> tuple[str, tuple[str, ...]]:
    """State and text by page of a PDF, through pdfium (imported here: it is slow to load and rarely needed)."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            pages = tuple(_page_text(page) for page in document)
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        report.add("ATT-004" if encrypted else "ATT-003", element)
        return "encrypted" if encrypted else "unreadable", ()
    if not any(pages):
        report.add("ATT-006", element, pages=len(pages))
    return "readable", pages


def _page_text(page: object) -> str:
    text = page.get_textpage()  # type: ignore[attr-defined]
    content: str = text.get_text_range()
    text.close()
    page.close()  # type: ignore[attr-defined]
    lines = (" ".join(line.split()) for line in content.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
