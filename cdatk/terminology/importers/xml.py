"""XML of catalogues, parsed by the toolkit's one parser.

The ONE rule: a file that parser refuses is refused here too, with its finding named.
"""

from __future__ import annotations

from cdatk.diagnostics import Report
from cdatk.safe_xml import Element, parse
from cdatk.terminology.importers.source import LIMITS, Refused


def root_of(data: bytes) -> Element:
    """The root of an XML file; raises Refused (TRM-104) with the code of the finding of the parser."""
    report = Report()
    root = parse(data, LIMITS, report)
    if root is None:
        raise Refused("TRM-104", next((finding.code for finding in report), "XML-004"))
    return root


def attribute(element: Element, name: str) -> str:
    """An attribute without blanks at its ends, "" where it is missing."""
    return (element.get(name) or "").strip()


def line_of(element: Element) -> int:
    """The line an element begins in, 0 where it is not known."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
