"""Processing instructions of the translated CDA: how they are written, put in place and taken away.

The rule: a mark is named ``cdatk-…`` and holds pseudo-attributes in double quotes, escaped as in XML, so that
neither a quote nor ``?>`` in a text can end it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from lxml import etree

from cdatk.safe_xml import Element

PREFIX: Final = "cdatk-"

_ESCAPES: Final[Mapping[int, str]] = MappingProxyType({
    **dict.fromkeys((*range(0x20), 0xFFFE, 0xFFFF), " "),  # not allowed in XML: texts of PDF pages hold them
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("\t"): "&#9;",
    ord("\n"): "&#10;",
    ord("\r"): "&#13;",
})  # fmt: skip


_SPECIAL: Final = re.compile(r'[\x00-\x1f&<>"\ud800-\udfff\ufffe\uffff]')


class Mark(NamedTuple):
    """A mark: what it is about (``term`` gives ``<?cdatk-term …?>``) and its content."""

    name: str
    content: str


def content_of(name: str, values: Mapping[str, str]) -> Mark:
    """A mark with its values in their order; empty ones are written too."""
    # One search for all: few texts hold a character to escape.
    if _SPECIAL.search("".join(values.values())):
        values = {key: value.translate(_ESCAPES) for key, value in values.items()}
    return Mark(name, " ".join([f'{key}="{value}"' for key, value in values.items()]))


def mark(element: Element, content: Mark) -> None:
    """Put a mark before the first child of an element (its text stays where it is)."""
    element.insert(0, etree.ProcessingInstruction(PREFIX + content.name, content.content))


def strip_marks(root: Element) -> None:
    """Remove all processing instructions of ours below an element; the text around them stays."""
    for instruction in list(root.iter(etree.ProcessingInstruction)):
        parent = instruction.getparent()
        if parent is None or not isinstance(instruction, etree._ProcessingInstruction):
            continue
        if str(instruction.target).startswith(PREFIX):
            _remove(parent, instruction)


def _remove(parent: Element, node: Element) -> None:
    """Remove a node and keep its tail: lxml would drop both."""
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)
