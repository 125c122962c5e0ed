"""Who takes part: authors, performers, participants, contacts, organisations.

The rule: one reader for all roles of CDA, so that a code, a name or an id found in an unusual place is still read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.model import (
    Address,
    CodedValue,
    Device,
    Identifier,
    Name,
    Organization,
    Participation,
    Role,
    Telecom,
    Text,
)
from cdatk.read import datatypes as dt
from cdatk.read.reader import Reader, words
from cdatk.safe_xml import NAMES, ByTag, Element, children, local

ROLES = frozenset({"assignedEntity", "assignedAuthor", "participantRole", "associatedEntity", "relatedEntity",
                   "specimenRole", "relatedSubject", "intendedRecipient", "responsibleParty"})  # fmt: skip
PERSONS = frozenset({"assignedPerson", "associatedPerson", "relatedPerson", "guardianPerson", "informationRecipient",
                     "subject"})  # fmt: skip
ENTITIES = frozenset({"playingEntity", "playingDevice", "specimenPlayingEntity"})
ORGANIZATIONS = frozenset({"representedOrganization", "scopingOrganization", "scopingEntity", "receivedOrganization",
                           "guardianOrganization"})  # fmt: skip
PARTICIPATION_CODES = {"functionCode": "function", "modeCode": "mode", "signatureCode": "signature"}


def organization(reader: Reader, element: Element) -> Organization:
    """An organisation with the ones it belongs to."""
    ids: list[Identifier] = []
    names: list[Name] = []
    telecoms, addresses = [], []
    code: CodedValue | None = None
    part_of: Organization | None = None
    for child in children(element):
        match NAMES[child.tag]:
            case "id":
                ids.append(dt.identifier(child))
            case "name" | "desc":
                names.append(dt.name(child))
            case "telecom":
                telecoms.append(dt.telecom(child))
            case "addr":
                addresses.append(dt.address(child))
            case "standardIndustryClassCode" | "code":
                code = reader.coded(child, "organization-code")
            case "asOrganizationPartOf":
                whole = next((c for c in children(child) if local(c) == "wholeOrganization"), None)
                part_of = organization(reader, whole) if whole is not None else None
    return Organization(tuple(ids), tuple(names), tuple(telecoms), tuple(addresses), code, part_of)


def _device(reader: Reader, element: Element) -> Device:
    found = {local(child): child for child in children(element)}
    code = found.get("code")
    return Device(
        reader.coded(code, "code") if code is not None else None,
        words(found["manufacturerModelName"]) if "manufacturerModelName" in found else "",
        words(found["softwareName"]) if "softwareName" in found else "",
    )


class _Draft:
    """A role while its children are being read."""

    code: CodedValue | None = None
    device: Device | None = None
    ids: tuple[Identifier, ...] = ()
    addresses: tuple[Address, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    names: tuple[Name, ...] = ()
    entity_class = ""
    entity_code: CodedValue | None = None
    entity_names: tuple[Name, ...] = ()
    entity_texts: tuple[Text, ...] = ()
    organizations: tuple[Organization, ...] = ()
    coded: tuple[CodedValue, ...] = ()


def role(reader: Reader, element: Element) -> Role:
    """A role with the person, thing, device or organisation that plays or scopes it."""
    draft = _Draft()
    for child in children(element):
        TAKERS[child.tag](reader, child, draft)
    return Role(
        element, element.get("classCode", ""), draft.ids, draft.code, draft.addresses, draft.telecoms, draft.names,
        draft.entity_class, draft.entity_code, draft.entity_names, draft.entity_texts, draft.device,
        draft.organizations, draft.coded,
    )  # fmt: skip


def _id(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.ids += (dt.identifier(child),)


def _code(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.code = reader.coded(child, "role-code")


def _address(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.addresses += (dt.address(child),)


def _telecom(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.telecoms += (dt.telecom(child),)


def _person(reader: Reader, child: Element, draft: _Draft) -> None:
    parts = [(NAMES[part.tag], part) for part in children(child)]
    draft.names += tuple([dt.name(part) for tag, part in parts if tag == "name"])
    draft.coded += tuple([reader.coded(part, tag) for tag, part in parts if tag.endswith("Code")])


def _entity(reader: Reader, element: Element, draft: _Draft) -> None:
    """The thing that plays the role: a substance, a device, a specimen."""
    draft.entity_class = element.get("classCode", "")
    for part in children(element):
        match NAMES[part.tag]:
            case "code":
                draft.entity_code = reader.coded(part, "entity-code")
            case "name":
                draft.entity_names += (dt.name(part),)
            case "desc" | "manufacturerModelName" | "softwareName":
                draft.entity_texts += (dt.text(reader, part),)


def _authoring(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.device = _device(reader, child)


def _organization(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.organizations += (organization(reader, child),)


def _other(reader: Reader, child: Element, draft: _Draft) -> None:
    """An unknown child that carries a code is kept among ``coded``."""
    tag = local(child)
    if child.get("code") is not None or (tag.endswith("Code") and child.get("nullFlavor")):
        draft.coded += (reader.coded(child, tag),)


def _unseen(reader: Reader, child: Element, draft: _Draft) -> None:
    """Comments and processing instructions."""


TAKERS: Final[ByTag[Callable[[Reader, Element, _Draft], None]]] = ByTag(
    {
        "id": _id,
        "code": _code,
        "addr": _address,
        "telecom": _telecom,
        **dict.fromkeys(PERSONS, _person),
        **dict.fromkeys(ENTITIES, _entity),
        "assignedAuthoringDevice": _authoring,
        **dict.fromkeys(ORGANIZATIONS, _organization),
    },
    other=_other,
    unseen=_unseen,
)


def participation(reader: Reader, element: Element) -> Participation:
    """author, performer, informant, participant, legalAuthenticator …"""
    found: dict[str, CodedValue] = {}
    templates: tuple[str, ...] = ()
    time = None
    who: Role | None = None
    for child in children(element):
        tag = NAMES[child.tag]
        if tag in ROLES:
            who = role(reader, child)
        elif tag == "templateId":
            templates += (child.get("root", "").strip(),)
        elif tag == "time":
            time = dt.interval(reader, child)
        elif tag in PARTICIPATION_CODES:
            found[PARTICIPATION_CODES[tag]] = reader.coded(child, tag)
    name = NAMES[element.tag]
    if name in ("author", "performer"):
        reader.bind_one("participant.function", found.get("function"))
    if who is not None and local(who.element) == "associatedEntity":
        reader.bind_one("contact.relationship", who.code)
    return Participation(
        element, name, element.get("typeCode", ""), templates, found.get("function"), time,
        found.get("mode"), found.get("signature"), who, element.get("nullFlavor", ""),
    )  # fmt: skip
