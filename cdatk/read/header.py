"""The CDA header.

The rule: every element of the header is read or, when no field takes it, kept in ``Header.rest``.
"""

from __future__ import annotations

from typing import Final

from cdatk.model import (
    CodedValue,
    Guardian,
    Header,
    Identifier,
    LanguageAbility,
    Moment,
    Organization,
    Participation,
    Patient,
    RelatedDocument,
    ServiceEvent,
)
from cdatk.read import datatypes as dt
from cdatk.read.participations import organization, participation
from cdatk.read.reader import Reader, words
from cdatk.safe_xml import NAMES, Element, local

TAKING_PART: Final = frozenset({
    "author", "dataEnterer", "informant", "informationRecipient", "legalAuthenticator", "authenticator", "participant",
})  # fmt: skip
EVENTS: Final = {
    "documentationOf": "serviceEvent", "componentOf": "encompassingEncounter", "authorization": "consent",
}  # fmt: skip
CODES: Final = frozenset({"code", "confidentialityCode", "languageCode"})
SINGLE: Final = frozenset({
    "setId", "versionNumber", "title", "effectiveTime", "recordTarget", "custodian", "realmCode",
})  # fmt: skip
SKIPPED: Final = frozenset({"", "typeId", "component"})


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of local names, or None."""
    for name in path:
        if element is None:
            return None
        for found in element:
            if NAMES[found.tag] == name:
                element = found
                break
        else:
            return None
    return element


class _Draft:
    """A header while its elements are being read; ``single`` holds those that stand once and need no reader yet."""

    __slots__ = ("codes", "events", "ids", "people", "related", "rest", "single", "templates")

    def __init__(self) -> None:
        self.ids: list[Identifier] = []
        self.templates: list[str] = []
        self.codes: dict[str, CodedValue] = {}
        self.people: list[Participation] = []
        self.events: list[ServiceEvent] = []
        self.related: list[RelatedDocument] = []
        self.rest: list[Element] = []
        self.single: dict[str, Element] = {}

    def attribute(self, element: str, name: str) -> str:
        """An attribute of a single element, "" when either is missing."""
        return self.single[element].get(name, "") if element in self.single else ""


def read_header(reader: Reader, root: Element) -> Header:
    """The header of a ClinicalDocument."""
    draft = _Draft()
    for element in root:
        _take(reader, element, draft)
    codes, single = draft.codes, draft.single
    reader.bind("document.code", [codes.get("code")])
    reader.bind("document.confidentiality", [codes.get("confidentialityCode")])
    holder = child(single.get("custodian"), "assignedCustodian", "representedCustodianOrganization")
    role = child(single.get("recordTarget"), "patientRole")
    return Header(
        ids=tuple(draft.ids),
        set_id=dt.identifier(single["setId"]) if "setId" in single else None,
        version=draft.attribute("versionNumber", "value"),
        template_ids=tuple(draft.templates),
        realm=draft.attribute("realmCode", "code"),
        code=codes.get("code"),
        title=words(single["title"]) if "title" in single else "",
        time=dt.moment(single["effectiveTime"]) if "effectiveTime" in single else None,
        confidentiality=codes.get("confidentialityCode"),
        language=codes.get("languageCode"),
        patient=_patient(reader, role) if role is not None else None,
        participations=tuple(draft.people),
        custodian=organization(reader, holder) if holder is not None else None,
        events=tuple(draft.events),
        related=tuple(draft.related),
        rest=tuple(draft.rest),
    )


def _take(reader: Reader, element: Element, draft: _Draft) -> None:
    """One child of ClinicalDocument; a second ``code`` or ``recordTarget`` ends in ``rest``."""
    name = local(element)
    if name == "id":
        draft.ids.append(dt.identifier(element))
    elif name == "templateId":
        draft.templates.append(element.get("root", "").strip())
    elif name in CODES and name not in draft.codes:
        draft.codes[name] = reader.coded(element, name)
    elif name in TAKING_PART:
        draft.people.append(participation(reader, element))
    elif name in EVENTS:
        draft.events.extend(_event(reader, e) for e in element if local(e) == EVENTS[name])
    elif name == "relatedDocument":
        draft.related.append(_related(reader, element, child(element, "parentDocument"), "XFRM"))
    elif name == "inFulfillmentOf":
        draft.related.append(_related(reader, element, child(element, "order"), "FLFS"))
    elif name in SINGLE and name not in draft.single:
        draft.single[name] = element
    elif name not in SKIPPED:
        draft.rest.append(element)


def _related(reader: Reader, link: Element, target: Element | None, default: str) -> RelatedDocument:
    found = {local(c): c for c in target} if target is not None else {}
    ids = tuple(dt.identifier(c) for c in target if local(c) == "id") if target is not None else ()
    return RelatedDocument(
        default if default == "FLFS" else link.get("typeCode", default),
        ids,
        dt.identifier(found["setId"]) if "setId" in found else None,
        found["versionNumber"].get("value", "") if "versionNumber" in found else "",
        reader.coded(found["code"], "code") if "code" in found else None,
    )


def _event(reader: Reader, element: Element) -> ServiceEvent:
    ids: list[Identifier] = []
    performers: list[Participation] = []
    coded: list[CodedValue] = []
    code: CodedValue | None = None
    time = None
    for item in element:
        match local(item):
            case "id":
                ids.append(dt.identifier(item))
            case "code":
                code = reader.coded(item, "code")
            case "effectiveTime":
                time = dt.interval(reader, item)
            case "performer" | "responsibleParty" | "encounterParticipant":
                performers.append(participation(reader, item))
            case "location":
                place = child(item, "healthCareFacility", "code")
                coded.extend([reader.coded(place, "facility-code")] if place is not None else [])
            case name if name.endswith("Code"):
                coded.append(reader.coded(item, name))
    return ServiceEvent(
        local(element), tuple(ids), element.get("classCode", ""), code, time, tuple(performers), tuple(coded)
    )


def _patient(reader: Reader, role: Element) -> Patient:
    person = child(role, "patient")
    codes: dict[str, CodedValue] = {}
    names, guardians, languages = [], [], []
    moments: dict[str, Moment] = {}
    birthplace = None
    for element in person if person is not None else ():
        name = local(element)
        if name == "name":
            names.append(dt.name(element))
        elif name in ("birthTime", "deceasedTime"):
            moments[name] = dt.moment(element)
        elif name == "guardian":
            guardians.append(_guardian(reader, element))
        elif name == "languageCommunication":
            languages.append(_language(reader, element))
        elif name == "birthplace":
            place = child(element, "place", "addr")
            birthplace = dt.address(reader, place) if place is not None else None
        elif name.endswith("Code"):
            codes[f"{name}{len(codes)}" if name in codes else name] = reader.coded(element, name)
    gender = codes.pop("administrativeGenderCode", None)
    marital = codes.pop("maritalStatusCode", None)
    reader.bind("patient.gender", [gender])
    return Patient(
        ids=tuple(dt.identifier(c) for c in role if local(c) == "id"),
        names=tuple(names),
        addresses=tuple(dt.address(reader, c) for c in role if local(c) == "addr"),
        telecoms=tuple(dt.telecom(c) for c in role if local(c) == "telecom"),
        gender=gender,
        birth=moments.get("birthTime"),
        deceased=moments.get("deceasedTime"),
        marital=marital,
        coded=tuple(codes.values()),
        birthplace=birthplace,
        guardians=tuple(guardians),
        languages=tuple(languages),
        providers=_providers(reader, role),
    )


def _providers(reader: Reader, role: Element) -> tuple[Organization, ...]:
    return tuple(organization(reader, c) for c in role if local(c) == "providerOrganization")


def _guardian(reader: Reader, element: Element) -> Guardian:
    code = child(element, "code")
    person = child(element, "guardianPerson")
    return Guardian(
        tuple(dt.identifier(c) for c in element if local(c) == "id"),
        reader.coded(code, "role-code") if code is not None else None,
        tuple(dt.name(c) for c in person if local(c) == "name") if person is not None else (),
        tuple(dt.address(reader, c) for c in element if local(c) == "addr"),
        tuple(dt.telecom(c) for c in element if local(c) == "telecom"),
        tuple(organization(reader, c) for c in element if local(c) == "guardianOrganization"),
    )


def _language(reader: Reader, element: Element) -> LanguageAbility:
    language = child(element, "languageCode")
    preferred = child(element, "preferenceInd")
    others = [c for c in element if local(c) in ("modeCode", "proficiencyLevelCode")]
    return LanguageAbility(
        reader.coded(language, "languageCode") if language is not None else None,
        tuple(reader.coded(c, local(c)) for c in others),
        dt.TRUE.get(preferred.get("value", "")) if preferred is not None else None,
    )
