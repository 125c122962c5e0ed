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
from types import MappingProxyType
from typing import Final

from lxml import etree

from cdatk.safe_xml import EPSOS, HL7, PHARM, XSI, Element

SPACES: Final = MappingProxyType({"h": HL7, "pharm": PHARM, "epsos": EPSOS, "x": XSI})
EHDSI: Final = "1.3.6.1.4.1.12559.11.10.1.3.1."
ROOT: Final = "/h:ClinicalDocument"
_STEP: Final = re.compile(r"(?P<name>@?[A-Za-z][\w:]*)(?P<tests>(\[[^\]]+\])*)")
_BARE: Final = re.compile(r"/descendant::(?P<prefix>\w+):(?P<name>\w+)")
_LONGEST_SHORT: Final = 5  # "3.31"; anything longer is a whole OID


def template_oid(short: str) -> str:
    """The template id a row means: "3.4" is the eHDSI entry template 4."""
    return EHDSI + short if len(short) <= _LONGEST_SHORT else short


def xpath(path: str) -> str:
    """A short path as XPath, relative to its element. Raises ValueError for a path that cannot be read."""
    return "/".join(_step(step) for step in _steps(path))


def places(at: str) -> list[str]:
    """The places of a row as XPath: ``/`` is ClinicalDocument, names stand anywhere in the document."""
    found = []
    for place in (part.strip() for part in at.split("|")):
        if place == "/":
            found.append(ROOT)
        elif place.startswith("/"):
            found.append(f"{ROOT}/{xpath(place[1:])}")
        else:
            found.append("/descendant::" + xpath(place))
    return found


def name_of(place: str) -> str:
    """Local name of the elements at a place of ``places``."""
    return re.split("[/:]", place)[-1]


def tag_of(place: str) -> str:
    """The tag of the elements at a place that is a bare name, "" for every other place."""
    match = _BARE.fullmatch(place)
    return f"{{{SPACES[match['prefix']]}}}{match['name']}" if match is not None else ""


def standing(place: str) -> str:
    """An XPath that is true for the elements at a place of ``places``, asked at the element itself."""
    if place.startswith("/descendant::"):
        return f"self::{place.removeprefix('/descendant::')}"
    steps = place.strip("/").split("/")
    asked = "not(parent::*)"
    for step in steps[:-1]:
        asked = f"parent::{step}[{asked}]"
    return f"{asked} and self::{steps[-1]}"


def compiled(expression: str) -> etree.XPath:
    """An XPath over elements; strings it gives are plain strings.

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
