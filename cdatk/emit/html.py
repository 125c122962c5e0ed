"""The French (or English) page of a translated CDA, by the stylesheets in ``xslt/display``.

The one rule: the sheets are compiled once, from our own files, and then the processor is locked: a document can
make it read no file, no address and no environment, and run no code.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from cdatk import resources

if TYPE_CHECKING:
    from saxonche import PySaxonProcessor, PyXsltExecutable

LANGUAGES: Final = ("fr", "en")
"""Languages of the page's own words (``xslt/display/labels.xml``)."""

_FEATURE: Final = "http://saxon.sf.net/feature/"
_LOCK: Final = (
    (f"{_FEATURE}allowedProtocols", ""),
    (f"{_FEATURE}allow-external-functions", "false"),
    (f"{_FEATURE}disableXslEvaluate", "true"),
    # The colon is percent-encoded because Saxon reads this name as a URI.
    (f"{_FEATURE}parserFeature?uri=http%3A//apache.org/xml/features/disallow-doctype-decl", "true"),
    # Without DOCTYPE there are no entities to multiply. The parser's own limits would refuse what ``Limits`` lets in:
    # 101 levels of nested lists, 100,000 "&lt;" in a narrative. 1,000 levels keep the sheets within their stack.
    (f"{_FEATURE}parserProperty?uri=jdk.xml.maxElementDepth", "1000"),
    (f"{_FEATURE}parserProperty?uri=jdk.xml.elementAttributeLimit", "0"),
    (f"{_FEATURE}parserProperty?uri=jdk.xml.maxXMLNameLimit", "0"),
    (f"{_FEATURE}parserProperty?uri=jdk.xml.maxGeneralEntitySizeLimit", "0"),
    (f"{_FEATURE}parserProperty?uri=jdk.xml.totalEntitySizeLimit", "0"),
)


class HtmlError(Exception):
    """The page could not be made; no output exists. The message holds no text of the document."""


class HtmlEmitter:
    """The display sheets, compiled on first use and kept; the language is a parameter of each page.

    Safe to use from several threads: one page is made at a time (Saxon's native library gains nothing from
    more). Use one emitter a process; create it after a fork, never before.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Take the sheets from ``folder`` (default: the ``display`` folder of the installed ``xslt`` tree)."""
        self._folder: Final = folder if folder is not None else resources.xslt_dir() / "display"
        self._guard: Final = threading.Lock()
        self._processor: PySaxonProcessor | None = None
        self._sheet: PyXsltExecutable | None = None

    def emit_html(self, cda: bytes, language: str, *, written_here: bool = False) -> bytes:
        """One self-contained HTML5 page (UTF-8) of a CDA R2 document.

        :param cda: a ClinicalDocument in UTF-8, as ``emit/cda`` writes it (annotated or plain).
        :param language: "fr" or "en", the language of labels; terms come from the document.
        :param written_here: the bytes come from our own XML writer. Others are checked first, because Saxon prints
            what is wrong with them, with words of the document, to the terminal.
        :raises HtmlError: the bytes are not UTF-8 XML without DOCTYPE, the language has no labels, or a sheet failed.
        """
        if language not in LANGUAGES:
            raise HtmlError(f"no labels for the language {language!r}; there are: {', '.join(LANGUAGES)}")
        try:
            text = cda.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise HtmlError(f"the document is not UTF-8 (byte {error.start})") from None
        if not (written_here or _well_formed(cda)):
            raise HtmlError("the document is not well-formed XML, or holds a DOCTYPE")
        with self._guard:
            return self._transform(text, language)

    def _transform(self, text: str, language: str) -> bytes:
        from saxonche import PySaxonApiError  # lazily: 45 MB and 170 ms that only this output needs

        try:
            processor, sheet = self._ready()
            sheet.set_parameter("language", processor.make_string_value(language))
            source = processor.parse_xml(xml_text=text)  # with ``encoding`` the text would be encoded once more
            if source is None:
                raise HtmlError("the document is not well-formed XML, or holds a DOCTYPE")
            page = sheet.transform_to_string(xdm_node=source)
        except PySaxonApiError as error:
            raise HtmlError(_without_content(error)) from None
        if not page:
            raise HtmlError("the stylesheet made no page")
        return str(page).encode("utf-8")

    def _ready(self) -> tuple[PySaxonProcessor, PyXsltExecutable]:
        if self._processor is not None and self._sheet is not None:
            return self._processor, self._sheet
        from saxonche import PySaxonProcessor

        main = self._folder / "cda.xsl"
        if not main.is_file():
            raise HtmlError("the display sheet cda.xsl is missing from the installation")
        processor = PySaxonProcessor(license=False)
        sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(main))
        for name, value in _LOCK:  # after compiling: it also forbids reading our own sheets
            processor.set_configuration_property(name, value)
        self._processor, self._sheet = processor, sheet
        return processor, sheet


def _well_formed(data: bytes) -> bool:
    """Whether bytes are XML without DOCTYPE (nothing of an entity is expanded: a DOCTYPE ends the look)."""
    parser = expat.ParserCreate("UTF-8", " ")
    doctypes: list[str] = []

    def refuse(name: str, *_: object) -> None:
        doctypes.append(name)
        raise expat.ExpatError("DOCTYPE")

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return False
    return not doctypes


def _without_content(error: Exception) -> str:
    """What failed, without the values a Saxon message may quote from the document."""
    code = next(
        (
            word.strip(".:;,")
            for word in str(error).split()
            if word[:4] in ("XPTY", "XPDY", "XTDE", "XTTE", "SXXP", "FODC", "FORG", "XTMM")
        ),
        "",
    )
    return f"the display sheet stopped ({code})" if code else "the display sheet stopped"
