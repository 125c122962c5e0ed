"""The only XML parser configuration of the toolkit, and readable places in documents.

The rule: nothing else in cdatk builds a parser. A document with a DOCTYPE is refused (with entities switched off
libxml2 would drop their text in silence), nothing is fetched, and size, depth and lengths are limited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter, methodcaller
from typing import Final, TypeVar

from lxml import etree

from cdatk.diagnostics import Report
from cdatk.settings import Limits

Element = etree._Element  # the one name for it in the code base; lxml has no public type

HL7: Final = "urn:hl7-org:v3"
PHARM: Final = "urn:hl7-org:pharm"
EPSOS: Final = "urn:epsos-org:ep:medication"
SDTC: Final = "urn:hl7-org:sdtc"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XSI_TYPE: Final = f"{{{XSI}}}type"
PREFIXES: Final = {HL7: "", PHARM: "pharm", EPSOS: "epsos", SDTC: "sdtc"}

_BUILT_IN = 9_000_000  # bytes below which libxml2's own limits (10 MB of text, amplification) are left in force
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_ASCII_LIKE = re.compile(rb"(utf-?8|us-ascii|ascii|iso-?8859-?\d+|latin-?\d|windows-125\d|cp125\d)$", re.IGNORECASE)
_DEEP = 255  # libxml2 refuses deeper documents while its limits are in force
_DEEPEST = 2048  # … and these whatever its options
_LONGEST_NAME = 50_000  # characters, libxml2
_ENCODING_ERRORS = frozenset({
    etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
})  # fmt: skip
_NAMESPACE_ERRORS = range(200, 205)
_ROOT = re.compile(rb"<([A-Za-z_][^\s/>]*)")
_BLANK = b" \t\r\n"
_T = TypeVar("_T")
_EMPTY = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_SHALLOW = 32  # depth that is asked for first: hardly a document goes below it
_PAUSE = re.compile(rb"[ \t\r\n]*")
_PROLOG = ((b"<?", b"?>"), (b"<!--", b"-->"))  # what may stand before a DOCTYPE or the root element


def parser(huge: bool = False) -> etree.XMLParser:
    """A parser that resolves nothing and fetches nothing.

    ``huge`` lifts libxml2's own limits, among them the one on entity amplification: only for bytes that were seen
    to have no DOCTYPE.
    """
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=huge
    )


def parse(data: bytes, limits: Limits, report: Report) -> Element | None:
    """Root element of a well-formed document, or None after a fatal finding (family ``XML-``).

    libxml2's own limits are lifted only for a big document (a PDF of 8 MB is one text node of 11 MB) whose prolog
    can be read byte by byte; then ours decide.
    """
    if not (data[:64].strip(_EMPTY) or data.strip(_EMPTY)):
        report.add("XML-001")
        return None
    if len(data) > limits.max_bytes:
        report.add("XML-002", size=len(data), limit=limits.max_bytes)
        return None
    if _has_doctype(data):
        report.add("XML-003")
        return None
    try:
        big = len(data) > _BUILT_IN or limits.max_depth > _DEEP
        root = etree.fromstring(data, parser(huge=big and _ascii_like(data)))
    except etree.XMLSyntaxError as error:
        _report_syntax(error, data, limits, report)
        return None
    except ValueError:
        report.add("XML-004", line=1, reason="not_text")
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        report.add("XML-003")
        return None
    return root if _within_limits(root, data, limits, report) else None


def _ascii_like(data: bytes) -> bool:
    """True when markup characters are their ASCII bytes, so that a prolog can be read before parsing."""
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:300])
    return b"\x00" not in data[:4] and (declared is None or _ASCII_LIKE.match(declared[1]) is not None)


def _has_doctype(data: bytes) -> bool:
    """True when a DOCTYPE stands before the root element (in UTF-8 and its like, or UTF-16)."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        text = data.lstrip(b"\xff\xfe").replace(b"\x00", b"")
    start = 0
    while True:
        pause = _PAUSE.match(text, start)
        start = pause.end() if pause is not None else start
        closing = next((closing for opening, closing in _PROLOG if text.startswith(opening, start)), b"")
        if not closing:
            return text[start : start + 9].upper() == b"<!DOCTYPE"
        end = text.find(closing, start + (2 if closing == b"?>" else 4))
        if end < 0:
            return False
        start = end + len(closing)


def _report_syntax(error: etree.XMLSyntaxError, data: bytes, limits: Limits, report: Report) -> None:
    """One finding for a parser error, without the parser's quotation of the content (it may name the patient)."""
    line = error.lineno or 1
    code: int = getattr(error, "code", 0)  # not in the stubs
    types = etree.ErrorTypes
    if code == types.ERR_NO_MEMORY:
        raise MemoryError from error  # it says nothing about the document
    declared = _DECLARED.match(data[:300])
    if code == types.ERR_RESOURCE_LIMIT:
        _report_limit(error.msg or "", limits, report)
    elif code == types.ERR_NAME_TOO_LONG:
        report.add("XML-009", line=line, what="name-length", limit=_LONGEST_NAME)
    elif code in _ENCODING_ERRORS and _cut_in_character(data):
        report.add("XML-007", line=line)
    elif code in _ENCODING_ERRORS or (declared is not None and b"16" in declared[1]):
        report.add("XML-005", line=line)
    elif code in (types.ERR_DOCUMENT_EMPTY, types.ERR_DOCUMENT_START):
        report.add("XML-006", line=line)
    elif code == types.ERR_UNDECLARED_ENTITY:
        report.add("XML-008", line=line)
    elif code not in _NAMESPACE_ERRORS and _cut_off(data):
        report.add("XML-007", line=line)
    else:
        name = types._getName(code, "ERR_UNKNOWN").removeprefix("ERR_").lower()
        report.add("XML-004", line=line, reason=name)


def _report_limit(message: str, limits: Limits, report: Report) -> None:
    """Name the limit of libxml2 that was hit; amplification needs entities, hence a DOCTYPE."""
    if "amplification" in message:
        report.add("XML-003")
    elif "depth" in message:
        report.add("XML-009", what="depth", limit=min(limits.max_depth, _DEEPEST))
    else:
        report.add("XML-009", what="text-length", limit=min(limits.max_text_length, _BUILT_IN))


def _cut_off(data: bytes) -> bool:
    """True when nothing in the document is wrong but its end: a parser waiting for more has no complaint."""
    root = _ROOT.search(data)
    if root is not None and data.rstrip(_BLANK).endswith(b"</" + root[1] + b">"):
        return False
    waiting = parser()
    try:
        waiting.feed(data)
    except etree.XMLSyntaxError:
        return False
    return True


def _cut_in_character(data: bytes) -> bool:
    """True when the only bytes that fit no character are the last ones."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


def _within_limits(root: Element, data: bytes, limits: Limits, report: Report) -> bool:
    """Check depth, attributes and text of the parsed tree; a finding of code XML-009 names the first excess.

    A length that exceeds the size of the whole document cannot occur and is not looked for.
    """
    size = len(data)
    if _short(data, min(limits.max_attribute_length, limits.max_text_length)) and not _suspicious(
        min(limits.max_depth, _SHALLOW), limits.max_attributes
    )(root):
        return True
    checks = (
        ("depth", limits.max_depth, _deeper(limits.max_depth), True),
        ("attributes", limits.max_attributes, f"//@*[{limits.max_attributes + 1}]/..", True),
        ("attribute-length", limits.max_attribute_length, "//@*[string-length() > {0}]/..", False),
        ("text-length", limits.max_text_length, "//text()[string-length() > {0}]/..", False),
    )
    for what, limit, expression, always in checks:
        if not always and size <= limit:
            continue
        found = _first(root, f"({expression.format(limit)})[1]")
        if found is not None:
            report.add("XML-009", at=found, what=what, limit=limit)
            return False
    return True


def _deeper(depth: int) -> str:
    """Path of the elements one step below the deepest ones allowed."""
    return "/*" * (min(depth, _DEEPEST) + 1)


def _short(data: bytes, limit: int) -> bool:
    """True when the bytes alone show that no attribute and no text is longer: neither can hold a "<".

    A text in a CDATA section can, and in other encodings the byte may be half a character: then the tree is asked.
    """
    if len(data) <= limit:
        return True
    if (b"[" in data and b"[CDATA[" in data) or not _ascii_like(data):
        return False
    start = 0
    while len(data) - start > limit:
        last = data.rfind(b"<", start, start + limit + 1)
        if last < 0:
            return False
        start = last + 1
    return True


@lru_cache(maxsize=16)
def _suspicious(depth: int, attributes: int) -> etree.XPath:
    # Both limits in one compiled question, because every document pays for it: a tenth of what two searches for the
    # place cost. "descendant-or-self::*" visits elements only, "//" all nodes.
    return etree.XPath(f"boolean(/descendant-or-self::*/@*[{attributes + 1}]) or boolean({_deeper(depth)})")


# All children of an element at once, comments and processing instructions among them: three times as fast as to
# iterate over it. (A slice, which the stubs of lxml do not know.)
children: Final[Callable[[Element], list[Element]]] = itemgetter(slice(None))
# All attributes of an element: cheaper than to ask for each, where there is mostly none or one.
attributes: Final[Callable[[Element], list[tuple[str, str]]]] = methodcaller("items")


class _Names(dict[object, str]):
    """Local names by tag, "" for comments and processing instructions; forgets all when a document has too many."""

    def __missing__(self, tag: object) -> str:
        if len(self) > 4096:
            self.clear()
        name = self[tag] = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        return name


NAMES: Final = _Names()  # asked for every element of a document: loops use it directly, ``NAMES[element.tag]``


class ByTag(dict[object, _T]):
    """A table by local name that is asked with the tag of an element: ``table[element.tag]``, one look-up in place of
    two. ``other`` stands for the names that the table does not have, ``unseen`` for comments and processing
    instructions. Forgets the tags it met when they are too many.
    """

    def __init__(self, table: Mapping[str, _T], other: _T, unseen: _T) -> None:
        super().__init__()
        self._table, self._other, self._unseen = dict(table), other, unseen

    def __missing__(self, tag: object) -> _T:
        if len(self) > 4096:
            self.clear()
        name = NAMES[tag]
        found = self[tag] = self._table.get(name, self._other) if name else self._unseen
        return found


def local(element: Element) -> str:
    """Local name of an element; "" for comments and processing instructions."""
    return NAMES[element.tag]


def namespace(element: Element) -> str:
    """Namespace of an element, "" when it has none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag[0] == "{" else ""


def locate(element: Element) -> str:
    """Readable XPath of an element: bare names for ``urn:hl7-org:v3``, known prefixes for the extensions.

    A position stands only where brothers share the name; other namespaces give ``*[local-name()='x'][n]``.
    ``resolve(root, locate(e)) is e`` holds for every element (a test keeps it).
    """
    steps = []
    node: Element | None = element
    while node is not None:
        steps.append(_step(node))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def _step(element: Element) -> str:
    parent = element.getparent()
    tag = element.tag
    space, name = namespace(element), local(element)
    prefix = PREFIXES.get(space)
    if prefix is None:
        before = sum(1 for e in element.itersiblings(preceding=True) if local(e) == name)
        return f"*[local-name()='{name}'][{before + 1}]"
    label = f"{prefix}:{name}" if prefix else name
    if parent is None:
        return label
    same = parent.findall(str(tag))
    return label if len(same) == 1 else f"{label}[{same.index(element) + 1}]"


def resolve(root: Element, path: str) -> Element | None:
    """The element at a path written by ``locate``, or None."""
    spaces = {"cda": HL7, "pharm": PHARM, "epsos": EPSOS, "sdtc": SDTC}
    steps = [s if ":" in s.partition("[")[0] or s.startswith("*") else f"cda:{s}" for s in path.strip("/").split("/")]
    return _first(root, "/" + "/".join(steps), spaces)


def _first(root: Element, expression: str, namespaces: Mapping[str, str] | None = None) -> Element | None:
    """The first element an XPath finds, or None."""
    found = root.xpath(expression, namespaces=namespaces)
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, etree._Element) else None
