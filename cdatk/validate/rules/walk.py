"""One walk through a document: the elements that rules ask about, by tag.

The rule: whatever the number of rules, a document is walked once and an element is fetched once; what is asked of it
is decided later, when the generation of the document is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdatk.safe_xml import Element

Found = Mapping[str, list[Element]]


def walk(root: Element, tags: Iterable[str]) -> Found:
    """Every element of these tags, in document order."""
    found: dict[str, list[Element]] = {tag: [] for tag in tags}
    for element in root.iter(*found):
        found[element.tag].append(element)
    return found


def ranks(root: Element, elements: Iterable[Element]) -> dict[Element, int]:
    """The order in which these elements stand in the document."""
    wanted = set(elements)
    found = (element for element in root.iter(*{element.tag for element in wanted}) if element in wanted)
    return {element: rank for rank, element in zip(range(len(wanted)), found, strict=False)}
