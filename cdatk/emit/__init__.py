"""The outputs: FHIR bundle, French page, translated CDA.

The rule: an emitter gets the document, its translation and facts about the run, and gives back bytes; each format's
code is loaded when it is first asked for, so that a conversion to FHIR never loads Saxon.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from cdatk.diagnostics import Report
from cdatk.model import Document, Output, Run, Translation

if TYPE_CHECKING:
    from cdatk.emit.html import HtmlEmitter

_SHOWN: Final = re.compile(rb' data-entry="(\d+)"')  # written by xslt/display where an entry is shown whole


def emit_fhir(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """FHIR R4 document Bundle as JSON."""
    from cdatk.emit import fhir

    return fhir.emit_fhir(document, translation, run, report)


def emit_cda(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """The CDA with translations written back."""
    from cdatk.emit import cda

    return cda.emit_cda(document, translation, run, report)


def emit_html(document: Document, translation: Translation, run: Run, report: Report) -> Output | None:
    """The page for the reader, made by the stylesheet from the translated CDA; None after finding HTM-001."""
    from cdatk.emit import cda
    from cdatk.emit.html import HtmlError

    translated = cda.emit_cda(document, translation, run, report)
    try:
        page = _page_maker().emit_html(translated.data, run.language)
    except HtmlError as error:
        report.add("HTM-001", reason=str(error))
        return None
    return Output(page, frozenset(int(number) for number in _SHOWN.findall(page)))


@cache
def _page_maker() -> HtmlEmitter:
    """The compiled stylesheets of this process: compiling them costs a hundred pages."""
    from cdatk.emit.html import HtmlEmitter

    return HtmlEmitter()
