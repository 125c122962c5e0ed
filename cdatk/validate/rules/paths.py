"""From the short paths of the profile's rule rows to XPath.

The rule: a row is compiled once when a profile is first used; a path that cannot be read is refused then.

    name            an element of urn:hl7-org:v3; pharm:name, epsos:name of the medication namespaces; @name
    name[3.31]      … that carries the eHDSI template E.31; a long OID names any template
    name[IVL_TS]    … that declares this type
    name[@code=a|b] … with one of these attribute values
    name[country]   … that holds this element; several tests may follow one another
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from types import MappingProxyType
from typing import Final

from lxml import etree

from cdatk.safe_xml import EPSOS, HL7, PHARM, XSI, Element

SPACES: Final = MappingProxyType({"h": HL7, "pharm": PHARM, "epsos": EPSOS, "x": XSI})
EHDSI: Final = "1.3.6.1.4.1.12559.11.10.1.3.1."
ANYWHERE: Final = "descendant-or-self::"
_STEP: Final = re.compile(r"(?P<name>@?[A-Za-z][\w:]*)(?P<tests>(\[[^\]]+\])*)")
_BARE: Final = re.compile(rf"{ANYWHERE}(?P<prefix>\w+):(?P<name>\w+)")
Place = tuple[str, ...]
_LONGEST_SHORT: Final = 5  # "3.31"; anything longer is a whole OID


def template_oid(short: str) -> str:
    """The template id a row means: "3.4" is the eHDSI entry template 4."""
    return EHDSI + short if len(short) <= _LONGEST_SHORT else short


def xpath(path: str) -> str:
    """A short path as XPath, relative to its element. Raises ValueError for a path that cannot be read."""
    return "/".join(_taken(path))


def places(at: str) -> list[Place]:
    """The places of a row as steps from ClinicalDocument: none for ``/``; a bare name stands anywhere."""
    return [_place(part.strip()) for part in at.split("|")]


def _place(at: str) -> Place:
    if at == "/":
        return ()
    if at.startswith("/"):
        return _taken(at[1:])
    return (ANYWHERE + xpath(at),)


def tag_of(place: Place) -> str:
    """The tag of the elements at a place that is a bare name, "" for every other place."""
    match = _BARE.fullmatch(place[0]) if place else None
    return f"{{{SPACES[match['prefix']]}}}{match['name']}" if match is not None else ""


def all_of(paths: Iterable[str], tests: str = "") -> str:
    """An XPath that holds only where all of these short paths lead to something that passes these tests.

    Steps that paths share are taken once, so it may fail where two brothers have one half each: then every path must
    be asked by itself.
    """
    return _all_of([(*steps[:-1], steps[-1] + ("" if steps[-1][0] == "@" else tests)) for steps in map(_taken, paths)])


def _all_of(paths: Iterable[Place]) -> str:
    beyond: dict[str, list[Place]] = {}
    for first, *rest in paths:
        beyond.setdefault(first, []).append(tuple(rest))
    further = {first: [rest for rest in found if rest] for first, found in beyond.items()}
    return " and ".join(f"{first}[{_all_of(rest)}]" if rest else first for first, rest in further.items()) or "true()"


def _taken(path: str) -> Place:
    return tuple(_step(step) for step in _steps(path))


@cache
def compiled(expression: str) -> etree.XPath:
    """An XPath over elements; strings it gives are plain strings. Rules ask with a fixed set of them.

    It knows only the prefixes it uses and no regular expressions: libxml2 sets both up anew at every call.
    """
    spaces = {prefix: space for prefix, space in SPACES.items() if f"{prefix}:" in expression}
    return etree.XPath(expression, namespaces=spaces, smart_strings=False, regexp=False)


def elements(expression: etree.XPath, root: Element) -> list[Element]:
    """The elements an XPath finds."""
    found = expression(root)
    return [item for item in found if isinstance(item, Element)] if isinstance(found, list) else []


def strings(expression: etree.XPath, root: Element) -> list[str]:
    """The attribute values an XPath finds."""
    found = expression(root)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def last_name(path: str) -> str:
    """The path as a person reads it: without its tests."""
    return re.sub(r"\[[^\]]*\]", "", path)


def _steps(path: str) -> list[str]:
    found = re.findall(r"(?:[^/\[]|\[[^\]]*\])+", path)
    if "/".join(found) != path:
        raise ValueError(f"not a path: {path}")
    return found


def _step(step: str) -> str:
    match = _STEP.fullmatch(step)
    if match is None:
        raise ValueError(f"not a step: {step}")
    name = match["name"]
    named = name if ":" in name or name.startswith("@") else f"h:{name}"
    return named + "".join(_test(test) for test in re.findall(r"\[([^\]]+)\]", match["tests"]))


def _test(test: str) -> str:
    if test[0].isdigit():
        return f"[h:templateId/@root='{template_oid(test)}']"
    if test.startswith("@"):
        name, _, values = test.partition("=")
        return "[" + " or ".join(f"{name}='{value}'" for value in values.split("|")) + "]"
    if test.isupper():
        return f"[@x:type='{test}' or substring-after(@x:type, ':')='{test}']"
    return f"[{xpath(test)}]"
