"""Extensions: the standard ones by their canonical URL, and how they are put on an element.

The rule: a standard extension is used where HL7 defines one; our own stand under one base URN (``maps.toml``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cdatk.emit.fhir.context import Context, Node

_STANDARD: Final = "http://hl7.org/fhir/StructureDefinition/"
ABSENT_REASON: Final = _STANDARD + "data-absent-reason"
TRANSLATION: Final = _STANDARD + "translation"
ORIGINAL_TEXT: Final = _STANDARD + "originalText"
NARRATIVE_LINK: Final = _STANDARD + "narrativeLink"
NULL_FLAVOR: Final = _STANDARD + "iso21090-nullFlavor"
ABATEMENT: Final = _STANDARD + "allergyintolerance-abatement"
BIRTH_PLACE: Final = _STANDARD + "patient-birthPlace"
ABSENT_REASON_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


def extend(node: Node, extension: Node) -> None:
    """Add an extension to an element."""
    held = node.get("extension")
    if isinstance(held, list):
        held.append(extension)
    else:
        node["extension"] = [extension]


def held(node: Node) -> list[Node]:
    """The extensions of an element."""
    found = node.get("extension")
    return found if isinstance(found, list) else []


def append(node: Node, key: str, item: object) -> None:
    """Add an item to a list element, making the list where needed."""
    held = node.get(key)
    if isinstance(held, list):
        held.append(item)
    else:
        node[key] = [item]


def translation(language: str, content: str) -> Node:
    """The translation extension."""
    parts = [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": content}]
    return {"url": TRANSLATION, "extension": parts}


def in_language(language: str, content: str) -> Node:
    """The ``_x`` companion of a string that stands in another language than the reader's."""
    return {"extension": [translation(language, content)]}


@lru_cache(maxsize=2048)
def designation(language: str, content: str) -> Node:
    """The same for a designation of the tables: one node for all that show it, which nobody may change."""
    return in_language(language, content)


def reason(ctx: Context, null_flavor: str) -> str:
    """The data-absent-reason code of a nullFlavor; "unknown" when the document says nothing."""
    return ctx.maps.null_flavor.get(null_flavor, "unknown")


def absent(ctx: Context, null_flavor: str = "") -> Node:
    """An element without a value: the data-absent-reason extension alone."""
    return {"extension": [{"url": ABSENT_REASON, "valueCode": ctx.maps.null_flavor.get(null_flavor, "unknown")}]}


def negate(ctx: Context, node: Node) -> None:
    """Say that a resource denies what it states (negationInd) where R4 has no element for it."""
    append(node, "modifierExtension", {"url": ctx.extension("negated"), "valueBoolean": True})
