"""The outputs: FHIR bundle, French page, translated CDA.

The rule: an emitter gets the document, its translation and facts about the run, and gives back bytes; each format's
code is loaded when it is first asked for, so that a conversion to FHIR never loads Saxon.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cdatk.diagnostics import Report
from cdatk.model import Attachment, Document, Output, Run, Translation
from cdatk.terminology.rows import TerminologyError

if TYPE_CHECKING:
    from cdatk.emit.html import HtmlEmitter

_SHOWN: Final = re.compile(rb' data-entry="(\d+)"')  # written by xslt/display where an entry is shown whole


def emit_fhir(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """FHIR R4 document Bundle as JSON."""
    from cdatk.emit import fhir

    return fhir.emit_fhir(document, translation, run, report)


def check_fhir(data: bytes, report: Report) -> bool:
    """Whether FHIR output follows the R4B schema of fhir.resources; finding FHR-009 when it does not.

    Raises ModuleNotFoundError when the extra ``check`` is not installed.
    """
    from cdatk.emit.fhir.check import check

    return check(data, report)


def prepare_fhir(profile: Path | None, check: bool) -> None:
    """Find out early that a profile file or the library for ``check`` cannot be used. Raises TerminologyError."""
    if check:
        from importlib.util import find_spec

        if find_spec("fhir") is None:
            raise TerminologyError("fhir.resources: pip install 'cdatk[check]'")
    if profile is None:
        return
    from cdatk.emit.fhir.tables import ProfileError, maps

    try:
        maps(profile)
    except ProfileError as error:
        raise TerminologyError(str(error)) from error


def emit_cda(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """The CDA with translations written back."""
    from cdatk.emit import cda

    return cda.emit_cda(document, translation, run, report)


def emit_html(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """The page for the reader, made by the stylesheet from the translated CDA; None after finding HTM-001."""
    from cdatk.emit import cda
    from cdatk.emit.html import HtmlError

    translated = cda.emit_cda(document, translation, run, report, marks_only=True)
    try:
        page = _page_maker().emit_html(translated.data, run.language, written_here=True)
    except HtmlError as error:
        report.add("HTM-001", reason=str(error))
        return None
    return Output(page, frozenset(int(number) for number in _SHOWN.findall(page)))


def emit_pdf(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """The page printed to PDF; None after finding HTM-001 or HTM-002."""
    from cdatk.emit import pdf

    browser = pdf.find_browser()
    if not browser:
        report.add("HTM-002", reason="Chromium: -")
        return None
    page = emit_html(document, translation, run, report)
    if page is None:
        return None
    try:
        return Output(pdf.print_page(page.data, browser), page.entries)
    except pdf.PdfError as error:
        report.add("HTM-002", reason=str(error))
        return None


def emit_pivot(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """The CDA with national codes replaced by European ones."""
    from cdatk.emit import cda

    return cda.emit_pivot(document, translation, run, report)


def attachment_beside(document: Document, other: Document | None, report: Report) -> Attachment | None:
    """The original of a structured document, attached to another one; None after finding HTM-003."""
    from cdatk.emit.cda.beside import attachment_beside

    return attachment_beside(document, other, report)


@cache
def _page_maker() -> HtmlEmitter:
    """The compiled stylesheets of this process: compiling them costs a hundred pages."""
    from cdatk.emit.html import HtmlEmitter

    return HtmlEmitter()
