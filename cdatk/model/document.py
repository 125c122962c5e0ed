"""A whole CDA document as a value: header, sections, entries, attachment, and the list of its coded values.

The rule: what stands here was read from the source and stays unchanged; later stages put their results
beside it, at the same index as ``Document.codes``.
"""

from __future__ import annotations

from collections.abc import Mapping

from cdatk.model.datatypes import Address, CodedValue, Identifier, Interval, Moment, Name, Telecom, Value
from cdatk.model.entries import Entry
from cdatk.model.statement import Organization, Participation
from cdatk.safe_xml import Element


class Guardian(Value, frozen=True):
    """patient/guardian: a person or an organisation."""

    ids: tuple[Identifier, ...] = ()
    code: CodedValue | None = None
    names: tuple[Name, ...] = ()
    addresses: tuple[Address, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    organizations: tuple[Organization, ...] = ()


class LanguageAbility(Value, frozen=True):
    """patient/languageCommunication."""

    language: CodedValue | None = None
    coded: tuple[CodedValue, ...] = ()
    preferred: bool | None = None


class Patient(Value, frozen=True):
    """recordTarget/patientRole."""

    ids: tuple[Identifier, ...] = ()
    names: tuple[Name, ...] = ()
    addresses: tuple[Address, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    gender: CodedValue | None = None
    birth: Moment | None = None
    deceased: Moment | None = None
    marital: CodedValue | None = None
    coded: tuple[CodedValue, ...] = ()
    birthplace: Address | None = None
    guardians: tuple[Guardian, ...] = ()
    languages: tuple[LanguageAbility, ...] = ()
    providers: tuple[Organization, ...] = ()


class ServiceEvent(Value, frozen=True):
    """documentationOf/serviceEvent, componentOf/encompassingEncounter or authorization/consent (``name`` tells
    which).
    """

    name: str
    ids: tuple[Identifier, ...] = ()
    class_code: str = ""
    code: CodedValue | None = None
    time: Interval | None = None
    performers: tuple[Participation, ...] = ()
    coded: tuple[CodedValue, ...] = ()


class RelatedDocument(Value, frozen=True):
    """relatedDocument (``type_code`` XFRM, APND, RPLC) or inFulfillmentOf (``type_code`` FLFS)."""

    type_code: str
    ids: tuple[Identifier, ...] = ()
    set_id: Identifier | None = None
    version: str = ""
    code: CodedValue | None = None


class Header(Value, frozen=True):
    """The CDA header."""

    ids: tuple[Identifier, ...] = ()
    set_id: Identifier | None = None
    version: str = ""
    template_ids: tuple[str, ...] = ()
    realm: str = ""
    code: CodedValue | None = None
    title: str = ""
    time: Moment | None = None
    confidentiality: CodedValue | None = None
    language: CodedValue | None = None
    patient: Patient | None = None
    participations: tuple[Participation, ...] = ()
    custodian: Organization | None = None
    events: tuple[ServiceEvent, ...] = ()
    related: tuple[RelatedDocument, ...] = ()
    rest: tuple[Element, ...] = ()

    def taking_part(self, name: str) -> tuple[Participation, ...]:
        """Participations by element name: author, legalAuthenticator, authenticator, participant, informant …"""
        return tuple(p for p in self.participations if p.name == name)


class Section(Value, frozen=True):
    """A section of the body; nested sections stand in document order with their ``depth``."""

    element: Element
    number: int
    depth: int = 0
    code: CodedValue | None = None
    title: str = ""
    ids: tuple[Identifier, ...] = ()
    template_ids: tuple[str, ...] = ()
    null_flavor: str = ""
    narrative: Element | None = None
    language: str = ""
    kind: str = ""
    entries: tuple[Entry, ...] = ()
    participations: tuple[Participation, ...] = ()


class Attachment(Value, frozen=True):
    """An L1 body: the bytes exactly as they were attached, and what could be learnt of them."""

    element: Element
    media_type: str = ""
    detected_type: str = ""
    data: bytes = b""
    sha256: str = ""
    sha1: str = ""
    pages: tuple[str, ...] = ()
    language: str = ""
    state: str = ""


class Document(Value, frozen=True):
    """The document: ``level`` is L1 or L3 ("L2" for sections without entries); ``codes`` lists every coded value
    that is looked up, in document order; ``roles`` names the profile path of a code by its index, for instance
    ``allergy.agent``; ``structural`` holds the indices of codes that only label a statement.
    """

    element: Element
    level: str
    header: Header
    sections: tuple[Section, ...] = ()
    attachment: Attachment | None = None
    codes: tuple[CodedValue, ...] = ()
    roles: Mapping[int, str] = {}
    units: tuple[str, ...] = ()
    narrative_ids: Mapping[str, Element] = {}

    @property
    def language(self) -> str:
        """LanguageCode of the document, or ""."""
        language = self.header.language
        return language.code if language is not None else ""

    @property
    def entry_count(self) -> int:
        """Number of entries in all sections."""
        return sum(len(s.entries) for s in self.sections)
