"""Is the attached file of a level 1 document sound and harmless?

The rule: nothing of the file is ever executed; every finding speaks of its structure and quotes none of its
content. pikepdf is loaded only when there is a PDF to look at.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cdatk.diagnostics import Report
from cdatk.model import Attachment

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

_CLAIM: Final = re.compile(rb"pdfaid:(part|conformance)(?:\s*=\s*[\"']|(?:\s[^<>]*)?>)\s*([0-9A-Za-z]{1,4})")
_ACTIONS: Final = frozenset({"/Launch", "/JavaScript", "/URI", "/GoToR", "/SubmitForm", "/ImportData", "/Rendition"})
_OUTSIDE: Final = frozenset({"/Launch", "/GoToR", "/SubmitForm", "/ImportData", "/Rendition"})
_PNG_END: Final = b"IEND\xaeB`\x82"
_JPEG_END: Final = b"\xff\xd9"
_LARGEST: Final = 30_000  # pixels on one side
_DEEP: Final = 8  # containers inside one another
_MANY: Final = 20_000  # objects of a PDF that are looked at


def check_attachment(attachment: Attachment, report: Report) -> None:
    """Findings of family ATT- on the bytes of an attachment that could be decoded."""
    if not attachment.data:
        return
    if attachment.detected_type == "application/pdf":
        _check_pdf(attachment, report)
    elif attachment.detected_type == "image/png":
        _check_image(attachment, _png_size(attachment.data), _PNG_END in attachment.data[-64:], report)
    elif attachment.detected_type == "image/jpeg":
        _check_image(attachment, _jpeg_size(attachment.data), _JPEG_END in attachment.data[-64:], report)


def _check_image(attachment: Attachment, size: tuple[int, int], whole: bool, report: Report) -> None:
    width, height = size
    if not whole:
        report.add("ATT-013", attachment.element, type=attachment.detected_type)
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        report.add("ATT-014", attachment.element, width=width, height=height)


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height from the header of a PNG, zeros when it has none."""
    if data[12:16] != b"IHDR" or len(data) < 24:
        return 0, 0
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the frame of a JPEG, zeros when it has none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0


def _check_pdf(attachment: Attachment, report: Report) -> None:
    at = attachment.element
    try:
        import pikepdf
    except ImportError:
        report.add("ATT-017", at)
        return
    try:
        with pikepdf.open(io.BytesIO(attachment.data)) as pdf:
            _check_content(pdf, attachment, report)
    except pikepdf.PasswordError:
        return  # said when it was read (ATT-004)
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError):
        if attachment.state == "readable":
            report.add("ATT-008", at)


def _check_content(pdf: Pdf, attachment: Attachment, report: Report) -> None:
    at = attachment.element
    if not len(pdf.pages):
        report.add("ATT-009", at)
    kinds = _actions(pdf)
    if "/JavaScript" in kinds:
        report.add("ATT-010", at)
    outside = sorted(kind.removeprefix("/") for kind in kinds & _OUTSIDE)
    if outside:
        report.add("ATT-011", at, actions=", ".join(outside))
    if len(pdf.attachments):
        report.add("ATT-012", at, count=len(pdf.attachments))
    if pdf.is_encrypted:
        report.add("ATT-015", at)
    claim = _claim(pdf)
    report.add("ATT-016", at, pages=len(pdf.pages), claim=claim or "-", sha256=attachment.sha256[:16])


def _actions(pdf: Pdf) -> set[str]:
    """Kinds of actions anywhere in the document: at opening, on pages, links, fields, in the list of scripts."""
    kinds = {kind for item in _dictionaries(pdf) if (kind := str(item.get("/S", ""))) in _ACTIONS}
    names = pdf.Root.get("/Names")
    if names is not None and "/JavaScript" in names:
        kinds.add("/JavaScript")
    return kinds


def _dictionaries(pdf: Pdf) -> Iterator[Object]:
    """The dictionaries of the document, with those that stand inside others."""
    import pikepdf

    waiting = [(item, 0) for _, item in zip(range(_MANY), pdf.objects, strict=False)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item
            inner = [value for _, value in item.items()]
        elif isinstance(item, pikepdf.Array):
            inner = list(item.as_list())
        else:
            continue
        if depth < _DEEP:
            waiting += [(value, depth + 1) for value in inner if _is_direct(value)]


def _is_direct(value: object) -> bool:
    """A container that stands in place; one that is only referred to is met among the objects."""
    import pikepdf

    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _claim(pdf: Pdf) -> str:
    """The PDF/A part and level that the metadata claim, "" when they claim none."""
    import pikepdf

    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return ""
    found = {name: value.decode("ascii") for name, value in _CLAIM.findall(bytes(metadata.read_bytes()))}
    part = found.get(b"part", "")
    return f"PDF/A-{part}{found.get(b'conformance', '').lower()}" if part else ""
