"""The CDA header.

The rule: every element of the header is read or, when no field takes it, kept in ``Header.rest``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.model import (
    CodedValue,
    Guardian,
    Header,
    Identifier,
    LanguageAbility,
    Moment,
    Participation,
    Patient,
    RelatedDocument,
    ServiceEvent,
)
from cdatk.read import datatypes as dt
from cdatk.read.participations import organization, participation
from cdatk.read.reader import Reader, words
from cdatk.safe_xml import NAMES, ByTag, Element, children, local

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
SKIPPED: Final = frozenset({"typeId", "component"})


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of local names, or None."""
    for name in path:
        if element is None:
            return None
        for found in children(element):
            if NAMES[found.tag] == name:
                element = found
                break
        else:
            return None
    return element


class _Draft:
    """A header while its elements are being read; ``single`` holds those that stand once and need no reader yet."""

    ids: tuple[Identifier, ...] = ()
    templates: tuple[str, ...] = ()
    people: tuple[Participation, ...] = ()
    events: tuple[ServiceEvent, ...] = ()
    related: tuple[RelatedDocument, ...] = ()
    rest: tuple[Element, ...] = ()

    def __init__(self) -> None:
        self.codes: dict[str, CodedValue] = {}
        self.single: dict[str, Element] = {}

    def attribute(self, element: str, name: str) -> str:
        """An attribute of a single element, "" when either is missing."""
        return self.single[element].get(name, "") if element in self.single else ""


def read_header(reader: Reader, root: Element) -> Header:
    """The header of a ClinicalDocument."""
    draft = _Draft()
    for element in children(root):
        TAKERS[element.tag](reader, element, draft)
    codes, single = draft.codes, draft.single
    reader.bind_one("document.code", codes.get("code"))
    reader.bind_one("document.confidentiality", codes.get("confidentialityCode"))
    holder = child(single.get("custodian"), "assignedCustodian", "representedCustodianOrganization")
    role = child(single.get("recordTarget"), "patientRole")
    return Header(
        ids=draft.ids,
        set_id=dt.identifier(single["setId"]) if "setId" in single else None,
        version=draft.attribute("versionNumber", "value"),
        template_ids=draft.templates,
        realm=draft.attribute("realmCode", "code"),
        code=codes.get("code"),
        title=words(single["title"]) if "title" in single else "",
        time=dt.moment(single["effectiveTime"]) if "effectiveTime" in single else None,
        confidentiality=codes.get("confidentialityCode"),
        language=codes.get("languageCode"),
        patient=_patient(reader, role) if role is not None else None,
        participations=draft.people,
        custodian=organization(reader, holder) if holder is not None else None,
        events=draft.events,
        related=draft.related,
        rest=draft.rest,
    )


def _id(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.ids += (dt.identifier(element),)


def _template(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.templates += (element.get("root", "").strip(),)


def _code(reader: Reader, element: Element, draft: _Draft) -> None:
    name = local(element)
    if name in draft.codes:
        _other(reader, element, draft)
    else:
        draft.codes[name] = reader.coded(element, name)


def _taking_part(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.people += (participation(reader, element),)


def _events(reader: Reader, element: Element, draft: _Draft) -> None:
    wanted = EVENTS[local(element)]
    draft.events += tuple([_event(reader, e) for e in children(element) if local(e) == wanted])


def _parent(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.related += (_related(reader, element, child(element, "parentDocument"), "XFRM"),)


def _order(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.related += (_related(reader, element, child(element, "order"), "FLFS"),)


def _single(reader: Reader, element: Element, draft: _Draft) -> None:
    name = local(element)
    if name in draft.single:
        _other(reader, element, draft)
    else:
        draft.single[name] = element


def _skipped(reader: Reader, element: Element, draft: _Draft) -> None:
    """The body, and what says nothing."""


def _other(reader: Reader, element: Element, draft: _Draft) -> None:
    """No field takes it: a second ``code`` or ``recordTarget``, an element that is none of CDA's."""
    draft.rest += (element,)


TAKERS: Final[ByTag[Callable[[Reader, Element, _Draft], None]]] = ByTag(
    {
        "id": _id,
        "templateId": _template,
        **dict.fromkeys(CODES, _code),
        **dict.fromkeys(TAKING_PART, _taking_part),
        **dict.fromkeys(EVENTS, _events),
        "relatedDocument": _parent,
        "inFulfillmentOf": _order,
        **dict.fromkeys(SINGLE, _single),
        **dict.fromkeys(SKIPPED, _skipped),
    },
    other=_other,
    unseen=_skipped,
)


def _related(reader: Reader, link: Element, target: Element | None, default: str) -> RelatedDocument:
    parts = children(target) if target is not None else []
    found = {local(c): c for c in parts}
    ids = tuple([dt.identifier(c) for c in parts if local(c) == "id"])
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
    for item in children(element):
        match NAMES[item.tag]:
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
    for element in children(person) if person is not None else ():
        name = NAMES[element.tag]
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
            birthplace = dt.address(place) if place is not None else None
        elif name.endswith("Code"):
            codes[f"{name}{len(codes)}" if name in codes else name] = reader.coded(element, name)
    gender = codes.pop("administrativeGenderCode", None)
    marital = codes.pop("maritalStatusCode", None)
    reader.bind_one("patient.gender", gender)
    parts = _parts(role)
    return Patient(
        ids=tuple([dt.identifier(c) for c in parts.get("id", ())]),
        names=tuple(names),
        addresses=tuple([dt.address(c) for c in parts.get("addr", ())]),
        telecoms=tuple([dt.telecom(c) for c in parts.get("telecom", ())]),
        gender=gender,
        birth=moments.get("birthTime"),
        deceased=moments.get("deceasedTime"),
        marital=marital,
        coded=tuple(codes.values()),
        birthplace=birthplace,
        guardians=tuple(guardians),
        languages=tuple(languages),
        providers=tuple([organization(reader, c) for c in parts.get("providerOrganization", ())]),
    )


def _parts(element: Element) -> dict[str, list[Element]]:
    """The children by local name, in document order within a name."""
    found: dict[str, list[Element]] = {}
    for part in children(element):
        found.setdefault(NAMES[part.tag], []).append(part)
    return found


def _guardian(reader: Reader, element: Element) -> Guardian:
    code = child(element, "code")
    person = child(element, "guardianPerson")
    parts = _parts(element)
    return Guardian(
        tuple([dt.identifier(c) for c in parts.get("id", ())]),
        reader.coded(code, "role-code") if code is not None else None,
        tuple([dt.name(c) for c in children(person) if local(c) == "name"]) if person is not None else (),
        tuple([dt.address(c) for c in parts.get("addr", ())]),
        tuple([dt.telecom(c) for c in parts.get("telecom", ())]),
        tuple([organization(reader, c) for c in parts.get("guardianOrganization", ())]),
    )


def _language(reader: Reader, element: Element) -> LanguageAbility:
    language = child(element, "languageCode")
    preferred = child(element, "preferenceInd")
    others = [c for c in children(element) if local(c) in ("modeCode", "proficiencyLevelCode")]
    return LanguageAbility(
        reader.coded(language, "languageCode") if language is not None else None,
        tuple([reader.coded(c, local(c)) for c in others]),
        dt.TRUE.get(preferred.get("value", "")) if preferred is not None else None,
    )
