"""Who takes part: authors, performers, participants, contacts, organisations.

The rule: one reader for all roles of CDA, so that a code, a name or an id found in an unusual place is still read.
"""

from __future__ import annotations

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
from cdatk.safe_xml import Element, local

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
    for child in element:
        match local(child):
            case "id":
                ids.append(dt.identifier(child))
            case "name" | "desc":
                names.append(dt.name(child))
            case "telecom":
                telecoms.append(dt.telecom(child))
            case "addr":
                addresses.append(dt.address(reader, child))
            case "standardIndustryClassCode" | "code":
                code = reader.coded(child, "organization-code")
            case "asOrganizationPartOf":
                whole = next((c for c in child if local(c) == "wholeOrganization"), None)
                part_of = organization(reader, whole) if whole is not None else None
    return Organization(tuple(ids), tuple(names), tuple(telecoms), tuple(addresses), code, part_of)


def _device(reader: Reader, element: Element) -> Device:
    found = {local(child): child for child in element}
    code = found.get("code")
    return Device(
        reader.coded(code, "code") if code is not None else None,
        words(found["manufacturerModelName"]) if "manufacturerModelName" in found else "",
        words(found["softwareName"]) if "softwareName" in found else "",
    )


class _Draft:
    """A role while its children are being read."""

    __slots__ = ("addresses", "code", "coded", "device", "entity_class", "entity_code", "entity_names", "entity_texts",
                 "ids", "names", "organizations", "telecoms")  # fmt: skip

    def __init__(self) -> None:
        self.ids: list[Identifier] = []
        self.code: CodedValue | None = None
        self.addresses: list[Address] = []
        self.telecoms: list[Telecom] = []
        self.names: list[Name] = []
        self.entity_class = ""
        self.entity_code: CodedValue | None = None
        self.entity_names: list[Name] = []
        self.entity_texts: list[Text] = []
        self.device: Device | None = None
        self.organizations: list[Organization] = []
        self.coded: list[CodedValue] = []


def role(reader: Reader, element: Element) -> Role:
    """A role with the person, thing, device or organisation that plays or scopes it."""
    draft = _Draft()
    for child in element:
        _take(reader, child, local(child), draft)
    return Role(
        element, element.get("classCode", ""), tuple(draft.ids), draft.code, tuple(draft.addresses),
        tuple(draft.telecoms), tuple(draft.names), draft.entity_class, draft.entity_code, tuple(draft.entity_names),
        tuple(draft.entity_texts), draft.device, tuple(draft.organizations), tuple(draft.coded),
    )  # fmt: skip


def _take(reader: Reader, child: Element, tag: str, draft: _Draft) -> None:
    """One child of a role; an unknown one that carries a code is kept among ``coded``."""
    if tag == "id":
        draft.ids.append(dt.identifier(child))
    elif tag == "code":
        draft.code = reader.coded(child, "role-code")
    elif tag == "addr":
        draft.addresses.append(dt.address(reader, child))
    elif tag == "telecom":
        draft.telecoms.append(dt.telecom(child))
    elif tag in PERSONS:
        draft.names.extend(dt.name(c) for c in child if local(c) == "name")
        draft.coded.extend(reader.coded(c, local(c)) for c in child if local(c).endswith("Code"))
    elif tag in ENTITIES:
        _entity(reader, child, draft)
    elif tag == "assignedAuthoringDevice":
        draft.device = _device(reader, child)
    elif tag in ORGANIZATIONS:
        draft.organizations.append(organization(reader, child))
    elif tag and (child.get("code") is not None or (tag.endswith("Code") and child.get("nullFlavor"))):
        draft.coded.append(reader.coded(child, tag))


def _entity(reader: Reader, element: Element, draft: _Draft) -> None:
    """The thing that plays the role: a substance, a device, a specimen."""
    draft.entity_class = element.get("classCode", "")
    for part in element:
        match local(part):
            case "code":
                draft.entity_code = reader.coded(part, "entity-code")
            case "name":
                draft.entity_names.append(dt.name(part))
            case "desc" | "manufacturerModelName" | "softwareName":
                draft.entity_texts.append(dt.text(reader, part))


def participation(reader: Reader, element: Element) -> Participation:
    """author, performer, informant, participant, legalAuthenticator …"""
    found: dict[str, CodedValue] = {}
    templates: list[str] = []
    time = None
    who: Role | None = None
    for child in element:
        tag = local(child)
        if tag == "templateId":
            templates.append(child.get("root", "").strip())
        elif tag == "time":
            time = dt.interval(reader, child)
        elif tag in PARTICIPATION_CODES:
            found[PARTICIPATION_CODES[tag]] = reader.coded(child, tag)
        elif tag in ROLES:
            who = role(reader, child)
    name = local(element)
    if name in ("author", "performer"):
        reader.bind("participant.function", [found.get("function")])
    if who is not None and local(who.element) == "associatedEntity":
        reader.bind("contact.relationship", [who.code])
    return Participation(
        element, name, element.get("typeCode", ""), tuple(templates), found.get("function"), time,
        found.get("mode"), found.get("signature"), who, element.get("nullFlavor", ""),
    )  # fmt: skip
