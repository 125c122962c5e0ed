"""The Patient.

The rule: exactly one, whatever the document has; what is missing is said to be missing, a birth date keeps its
precision, and a gender that FHIR has no word for is carried as a code.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import carried
from cdatk.emit.fhir.concepts import concept, says_something, word_beside
from cdatk.emit.fhir.contact import address, addresses, contact_points, human_names, put_list
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.datatypes import identifiers, put_moment
from cdatk.emit.fhir.people import organization, party
from cdatk.emit.fhir.primitives import language
from cdatk.model import (
    Address,
    CodedValue,
    Guardian,
    LanguageAbility,
    Moment,
    Name,
    Organization,
    Participation,
    Patient,
    Telecom,
)


def emit_patient(ctx: Context) -> None:
    """Fill the Patient from recordTarget, guardians and the participants of the header."""
    node = ctx.patient.node
    patient = ctx.document.header.patient or Patient()
    put_list(node, "identifier", identifiers(ctx, patient.ids, with_null=True))
    node["name"] = human_names(ctx, patient.names, required=True)
    put_list(node, "telecom", contact_points(ctx, patient.telecoms))
    _put_gender(ctx, node, patient.gender)
    birth = patient.birth or Moment()
    put_moment(ctx, node, "birthDate", birth.value, birth.null_flavor, date_only=True)
    if patient.deceased is not None and patient.deceased.value:
        put_moment(ctx, node, "deceasedDateTime", patient.deceased.value)
    put_list(node, "address", addresses(ctx, patient.addresses))
    if patient.marital is not None and says_something(patient.marital):
        node["maritalStatus"] = concept(ctx, patient.marital)
    _put_people(ctx, node, patient)
    put_list(node, "communication", [c for c in (_communication(ctx, a) for a in patient.languages) if c])
    if patient.birthplace is not None:
        place = address(ctx, patient.birthplace)
        if place:
            ext.extend(node, {"url": ext.BIRTH_PLACE, "valueAddress": place})
    for value in patient.coded:
        if says_something(value):
            ext.extend(node, carried(ctx, value.name, value))


def _put_gender(ctx: Context, node: Node, gender: CodedValue | None) -> None:
    if gender is None:
        return
    mapped = ctx.maps.gender.get(gender.code)
    if mapped is None and gender.null_flavor:
        mapped = "unknown"
        node["_gender"] = {"extension": [{"url": ext.NULL_FLAVOR, "valueCode": gender.null_flavor}]}
    if mapped is not None:
        node["gender"] = mapped
        word_beside(ctx, node, "gender", gender)
    if (mapped is None and says_something(gender)) or gender.translations:
        ext.extend(node, carried(ctx, gender.name, gender))
    ctx.claim(gender)


def _put_people(ctx: Context, node: Node, patient: Patient) -> None:
    contacts = [_guardian(ctx, guardian) for guardian in patient.guardians]
    practitioners: list[Node] = []
    for participation in ctx.document.header.taking_part("participant"):
        if _is_primary_care(ctx, participation):
            found = party(ctx, participation)
            if found is not None and found.type != "Device" and found.reference not in practitioners:
                practitioners.append(found.reference)
                ctx.claim(participation)
        elif _is_contact(ctx, participation):
            contacts.append(_contact(ctx, participation))
    put_list(node, "contact", [contact for contact in contacts if contact])
    put_list(node, "generalPractitioner", practitioners)
    place = next((o for o in (organization(ctx, p) for p in patient.providers) if o is not None), None)
    if place is not None:
        node["managingOrganization"] = place.reference


def _is_primary_care(ctx: Context, participation: Participation) -> bool:
    function = participation.function
    return function is not None and function.code in ctx.maps.primary_care.functions


def _is_contact(ctx: Context, participation: Participation) -> bool:
    role = participation.role
    return role is not None and role.class_code in ctx.maps.contact_classes.codes and participation.function is None


def _contact(ctx: Context, participation: Participation) -> Node | None:
    role = participation.role
    if role is None:
        return None
    node = _contact_details(ctx, role.names, role.telecoms, role.addresses, role.organizations)
    if node is None:
        return None
    codes = [role.code] if role.code is not None and says_something(role.code) else []
    relationship = [concept(ctx, code) for code in codes]
    classes = "2.16.840.1.113883.5.110"
    relationship.append({"coding": [{"system": ctx.uris[classes], "code": role.class_code}]})
    ctx.claim(participation)
    return {"relationship": relationship, **node}


def _guardian(ctx: Context, guardian: Guardian) -> Node | None:
    node = _contact_details(ctx, guardian.names, guardian.telecoms, guardian.addresses, guardian.organizations)
    if node is None:
        return None
    relationship: list[Node] = []
    if guardian.code is not None and says_something(guardian.code):
        relationship.append(concept(ctx, guardian.code))
    relationship.append({"coding": [{"system": ctx.uris["2.16.840.1.113883.5.110"], "code": "GUARD"}]})
    for value in identifiers(ctx, guardian.ids):
        ext.extend(node, {"url": ctx.extension("identifier"), "valueIdentifier": value})
    return {"relationship": relationship, **node}


def _contact_details(
    ctx: Context,
    names: tuple[Name, ...],
    telecoms: tuple[Telecom, ...],
    places: tuple[Address, ...],
    organizations: tuple[Organization, ...],
) -> Node | None:
    """Contact details; None when there is nothing to reach anybody with (pat-1)."""
    node: Node = {}
    people = human_names(ctx, names)
    if people:
        node["name"] = people[0]
    put_list(node, "telecom", contact_points(ctx, telecoms))
    known = addresses(ctx, places)
    if known:
        node["address"] = known[0]
    place = next((o for o in (organization(ctx, o) for o in organizations) if o is not None), None)
    if place is not None:
        node["organization"] = place.reference
    return node or None


def _communication(ctx: Context, ability: LanguageAbility) -> Node | None:
    if ability.language is None or not ability.language.code:
        return None
    tag = language(ability.language.code)
    spoken: Node = {"coding": [{"system": "urn:ietf:bcp:47", "code": tag}]} if tag else {"text": ability.language.code}
    node: Node = {"language": spoken}
    if ability.preferred is not None:
        node["preferred"] = ability.preferred
    for value in ability.coded:
        if value.code in ctx.maps.null_flavor:  # a nullFlavor in the place of a code says as much as a nullFlavor
            ext.extend(node, {"url": ext.NULL_FLAVOR, "valueCode": value.code})
        elif says_something(value):
            ext.extend(node, carried(ctx, value.name, value))
    return node
