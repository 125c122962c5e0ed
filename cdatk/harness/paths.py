"""Single values out of an output: by XPath in a CDA, by path in a FHIR bundle.

The rule: a path that leads nowhere gives no values; it is never an error, because that is what a test has to see.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from cdatk.safe_xml import EPSOS, HL7, PHARM, SDTC, XSI, Element

_SPACES: Final = {"cda": HL7, "pharm": PHARM, "epsos": EPSOS, "sdtc": SDTC, "xsi": XSI}
_BARE: Final = re.compile(r"(?<![\w:@.\-'\"(|])([A-Za-z][\w.\-]*)(?![\w:(.\-]|\s*[('\"])")
_QUOTED: Final = re.compile(r"""('[^']*'|"[^"]*")""")
_STEP: Final = re.compile(r"([A-Za-z_]\w*)(?:\[(\d+)\])?$")
_WORDS: Final = frozenset({"and", "or", "not", "div", "mod"})


class PathError(Exception):
    """The path is not one."""


def in_cda(root: Element, path: str) -> list[str]:
    """Texts at an XPath, in which names without prefix are those of ``urn:hl7-org:v3``.

    Elements give the text they hold, attributes their value, functions their result. Raises PathError.
    """
    try:
        found = root.getroottree().xpath(_with_prefixes(path), namespaces=_SPACES)
    except etree.XPathError as error:
        raise PathError(f"{path}: {error}") from error
    if not isinstance(found, list):
        return [str(found)]
    return [" ".join("".join(_texts(one)).split()) if isinstance(one, Element) else str(one) for one in found]


def in_fhir(resources: list[dict[str, Any]], path: str) -> list[str]:
    """Values at ``Type.field.field`` in all resources of a type, ``Type[2].field[1]`` counts from 1.

    Lists are gone through, as in FHIRPath. Raises PathError.
    """
    steps = [_STEP.fullmatch(step) for step in path.split(".")]
    if any(step is None for step in steps):
        raise PathError(path)
    nodes: list[Any] = []
    for number, step in enumerate(s for s in steps if s is not None):
        name, index = step[1], step[2]
        if number == 0:
            nodes = [r for r in resources if r["resourceType"] == name]
        else:
            nodes = [one for node in nodes if isinstance(node, dict) for one in _listed(node.get(name))]
        if index is not None:
            nodes = nodes[int(index) - 1 : int(index)]
    return [_plain(node) for node in nodes]


def _listed(node: Any) -> list[Any]:
    if node is None:
        return []
    return node if isinstance(node, list) else [node]


def _plain(node: Any) -> str:
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, dict):
        return "{" + ", ".join(sorted(node)) + "}"
    return str(node)


def _texts(element: Element) -> list[str]:
    return [str(text) for text in element.itertext()]


def _with_prefixes(path: str) -> str:
    """Give bare element names the prefix of CDA; quoted texts stay as they are."""
    pieces = _QUOTED.split(path)
    return "".join(p if n % 2 else _BARE.sub(_prefixed, p) for n, p in enumerate(pieces))


def _prefixed(match: re.Match[str]) -> str:
    return match[1] if match[1] in _WORDS else f"cda:{match[1]}"
