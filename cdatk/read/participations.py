"""Who takes part: authors, performers, participants, contacts, organisations.

The rule: one reader for all roles of CDA, so that a code, a name or an id found in an unusual place is still read.
"""

from __future__ import annotations

from cdatk.model import CodedValue, Device, Identifier, Name, Organization, Participation, Role, Text
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


def role(reader: Reader, element: Element) -> Role:
    """A role with the person, thing, device or organisation that plays or scopes it."""
    ids: list[Identifier] = []
    addresses, telecoms, organizations = [], [], []
    names: list[Name] = []
    entity_names: list[Name] = []
    entity_texts: list[Text] = []
    coded: list[CodedValue] = []
    code: CodedValue | None = None
    entity_code: CodedValue | None = None
    entity_class = ""
    device: Device | None = None
    for child in element:
        tag = local(child)
        if tag == "id":
            ids.append(dt.identifier(child))
        elif tag == "code":
            code = reader.coded(child, "role-code")
        elif tag == "addr":
            addresses.append(dt.address(reader, child))
        elif tag == "telecom":
            telecoms.append(dt.telecom(child))
        elif tag in PERSONS:
            names.extend(dt.name(c) for c in child if local(c) == "name")
            coded.extend(reader.coded(c, local(c)) for c in child if local(c).endswith("Code"))
        elif tag in ENTITIES:
            entity_class = child.get("classCode", "")
            for part in child:
                match local(part):
                    case "code":
                        entity_code = reader.coded(part, "entity-code")
                    case "name":
                        entity_names.append(dt.name(part))
                    case "desc" | "manufacturerModelName" | "softwareName":
                        entity_texts.append(dt.text(reader, part))
        elif tag == "assignedAuthoringDevice":
            device = _device(reader, child)
        elif tag in ORGANIZATIONS:
            organizations.append(organization(reader, child))
        elif tag and (child.get("code") is not None or (tag.endswith("Code") and child.get("nullFlavor"))):
            coded.append(reader.coded(child, tag))
    return Role(
        element, element.get("classCode", ""), tuple(ids), code, tuple(addresses), tuple(telecoms), tuple(names),
        entity_class, entity_code, tuple(entity_names), tuple(entity_texts), device, tuple(organizations),
        tuple(coded),
    )  # fmt: skip


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
