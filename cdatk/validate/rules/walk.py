"""One walk through a document: every element that rules look at is looked at once, when it is reached.

The rule: whatever the number of rules, a document is walked once. What a look keeps is asked later, when the generation
of the document is known; an element nothing is wrong with is not kept (keeping costs more than looking).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cdatk.safe_xml import Element
from cdatk.validate.rules.checks import Check

Look = Callable[[Element], None]
Checks = Mapping[str, tuple[Check, ...]]
Suspects = Mapping[str, list[Element]]


def walk(root: Element, looks: Mapping[str, Look]) -> None:
    """Show every element of these tags to the look for its tag, in document order."""
    for element in root.iter(*looks):
        looks[element.tag](element)


def together(first: Mapping[str, Look], second: Mapping[str, Look]) -> dict[str, Look]:
    """The looks of both; a tag that both look at is shown to each."""
    looks = {**first, **second}
    for tag in first.keys() & second.keys():
        looks[tag] = _both(first[tag], second[tag])
    return looks


def _both(one: Look, other: Look) -> Look:
    def look(element: Element) -> None:
        one(element)
        other(element)

    return look


def suspects_of(checks: Checks) -> tuple[Suspects, dict[str, Look]]:
    """For each tag a list, and the look that puts an element there when one of the checks for its tag says so."""
    suspects: dict[str, list[Element]] = {tag: [] for tag in checks}
    return suspects, {tag: _look(checks[tag], found) for tag, found in suspects.items()}


def _look(checks: tuple[Check, ...], found: list[Element]) -> Look:
    def look(element: Element) -> None:
        for check in checks:
            if check(element):
                found.append(element)
                return

    return look
