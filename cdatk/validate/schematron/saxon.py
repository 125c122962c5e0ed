"""Saxon for the rules of others: compiles and runs a sheet that can open no file, address or environment.

The rule: the processor is locked before it sees anything of a pack; what the rules read comes in as parameters.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from lxml import etree

from cdatk.safe_xml import Element, parser
from cdatk.validate.schematron.errors import PackError
from cdatk.validate.schematron.pack import parsed

if TYPE_CHECKING:
    from saxonche import PyXdmNode, PyXsltExecutable

_FEATURE: Final = "http://saxon.sf.net/feature/"
_LOCK: Final = (
    (f"{_FEATURE}allowedProtocols", ""),
    (f"{_FEATURE}allow-external-functions", "false"),
    (f"{_FEATURE}disableXslEvaluate", "true"),
    # The colon is percent-encoded because Saxon reads this name as a URI.
    (f"{_FEATURE}parserFeature?uri=http%3A//apache.org/xml/features/disallow-doctype-decl", "true"),
)


_FAULT: Final = re.compile(r"\b[A-Z]{4}\d{4}\b.*?(?= Error (?:in \{|in _x|at )|$)")


class RunError(Exception):
    """The rules stopped on this document; ``code`` is the XPath error code, "" when there is none."""

    def __init__(self, code: str) -> None:
        """Keep the code; Saxon's message may quote the document."""
        super().__init__(code)
        self.code = code


class Saxon:
    """A locked processor. One call at a time; make one a process, after a fork."""

    def __init__(self) -> None:
        from saxonche import PySaxonProcessor  # lazily: 45 MB and 170 ms that only rule packs need

        self._processor: Final = PySaxonProcessor(license=False)
        self._guard: Final = threading.Lock()
        for name, value in _LOCK:
            self._processor.set_configuration_property(name, value)

    def executable(self, sheet: str, sets: tuple[str, ...], documents: tuple[bytes, ...], own: str) -> PyXsltExecutable:
        """The compiled sheet with its parameters set. Raises PackError for an expression that is not XPath."""
        from saxonche import PySaxonApiError

        with self._guard:
            try:
                made = self._processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=sheet)
                made.set_save_xsl_message(True)
                for number, values in enumerate(sets):
                    made.set_parameter(f"{{{own}}}set{number}", self._processor.parse_json(json_text=values))
                for number, data in enumerate(documents):
                    made.set_parameter(f"{{{own}}}doc{number}", self._node(data))
            except PySaxonApiError as error:
                raise PackError("compile", _compile_fault(str(error))) from None
            return made

    def run(self, executable: PyXsltExecutable, document: Element) -> tuple[Element, tuple[str, ...]]:
        """The result of the rules on a document, as the sheet writes it, and its messages. Raises RunError."""
        from saxonche import PySaxonApiError

        source = etree.tostring(document.getroottree(), encoding="unicode")
        with self._guard:
            try:
                node = self._processor.parse_xml(xml_text=source)
                result = executable.transform_to_string(xdm_node=node)
                said = executable.get_xsl_messages()
                executable.clear_xsl_messages()
            except PySaxonApiError as error:
                raise RunError(_code(str(error))) from None
        if not result:
            raise RunError("")
        found = etree.fromstring(str(result).encode("utf-8"), parser(huge=True))
        if found.tag == "stopped":
            raise RunError(found.get("code", "").rpartition(":")[2])
        return found, () if said is None else tuple(said.item_at(i).string_value for i in range(said.size))

    def texts(self, data: bytes, path: str, namespaces: Mapping[str, str]) -> list[str]:
        """The values that a path gives in a catalogue, as texts. Raises PackError."""
        from saxonche import PySaxonApiError

        with self._guard:
            try:
                query = self._processor.new_xpath_processor()
                for prefix, uri in namespaces.items():
                    query.declare_namespace(prefix, uri)
                query.set_context(xdm_item=self._node(data))
                found = query.evaluate(f"data(/.{path}) ! string(.)")
            except PySaxonApiError as error:
                raise PackError("compile", _compile_fault(str(error))) from None
            return [] if found is None else [found.item_at(i).string_value for i in range(found.size)]

    def _node(self, data: bytes) -> PyXdmNode:
        return self._processor.parse_xml(xml_text=etree.tostring(parsed(data, "catalogue"), encoding="unicode"))


def _code(message: str) -> str:
    """The error code in a Saxon message, without the words around it."""
    for word in message.replace("(", " ").replace(")", " ").split():
        word = word.strip(".:;,").rpartition(":")[2]
        if len(word) == 8 and word[:4].isupper() and word[4:].isdigit():
            return word
    return ""


def _compile_fault(message: str) -> str:
    """The first fault Saxon names in a sheet: words of the pack, as no document was seen yet."""
    found = _FAULT.search(" ".join(message.split()))
    return found[0].strip()[:240] if found is not None else "?"
