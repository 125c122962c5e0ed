"""The header of a generated patient summary and the frame around its sections.

The rule: every person, place and identifier is invented (people.toml, arc 2.999).
"""

from __future__ import annotations

import tomllib
from functools import cache
from random import Random
from typing import Final, TypedDict
from xml.sax.saxutils import escape

from cdatk.resources import data_file

EPSOS: Final = "4"  # the wave whose medication namespace is that of epSOS
WAVES: Final = ("4", "6", "8")


class People(TypedDict):
    """A row of people.toml."""

    language: str
    oid: str
    given: list[str]
    family: list[str]
    street: str
    city: str
    postal: str
    doctor: str
    organization: str
    title: str


@cache
def people() -> dict[str, People]:
    """Rows of people.toml by country."""
    rows: dict[str, People] = tomllib.loads(data_file("harness/generator/people.toml").read_text("utf-8"))
    return rows


def document(country: str, wave: str, number: int, sections: list[str], chance: Random) -> str:
    """A whole CDA document around ``sections``."""
    who = people()[country]
    epsos = wave == EPSOS
    extension = ' xmlns:epsos="urn:epsos-org:ep:medication"' if epsos else ' xmlns:pharm="urn:hl7-org:pharm"'
    made = f"2024{chance.randint(1, 12):02}{chance.randint(1, 28):02}101500+0100"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<!-- Synthetic document made by cdatk sample make. Every person, identifier and place is invented. -->\n"
        f'<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{extension}>\n'
        '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>\n'
        '<templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.1.3"/>\n'
        f'<id root="2.999.{who["oid"]}.2" extension="GEN-{number}"/>\n'
        '<code code="60591-5" codeSystem="2.16.840.1.113883.6.1" displayName="Patient summary Document"/>\n'
        f'<title>{escape(who["title"])}</title>\n<effectiveTime value="{made}"/>\n'
        '<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="normal"/>\n'
        f'<languageCode code="{who["language"]}"/>\n',
        _patient(who, country, number, chance),
        _people(who, country, made),
        f'<relatedDocument typeCode="XFRM"><parentDocument><id root="2.999.{who["oid"]}.2" extension="SRC-{number}"/>'
        "</parentDocument></relatedDocument>\n",
        '<component><structuredBody>\n',
        *(f"<component>{section}</component>\n" for section in sections),
        "</structuredBody></component>\n</ClinicalDocument>\n",
    ]  # fmt: skip
    return "".join(parts)


def _address(who: People, country: str, number: int) -> str:
    return (
        f"<addr><streetAddressLine>{escape(who['street'])} {number}</streetAddressLine>"
        f"<city>{escape(who['city'])}</city><postalCode>{who['postal']}</postalCode><country>{country}</country></addr>"
    )


def _patient(who: People, country: str, number: int, chance: Random) -> str:
    gender, word = chance.choice((("F", "Female"), ("M", "Male")))
    birth = f"{chance.randint(1930, 2015)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    given, family = escape(chance.choice(who["given"])), escape(chance.choice(who["family"]))
    return (
        f'<recordTarget><patientRole><id root="2.999.{who["oid"]}.1" extension="P-{number}"/>'
        f'{_address(who, country, chance.randint(1, 99))}<telecom nullFlavor="NI"/>\n'
        f"<patient><name><given>{given}</given><family>{family}</family></name>"
        f'<administrativeGenderCode code="{gender}" codeSystem="2.16.840.1.113883.5.1" displayName="{word}"/>'
        f'<birthTime value="{birth}"/></patient></patientRole></recordTarget>\n'
    )


def _people(who: People, country: str, made: str) -> str:
    """Author, custodian and legal authenticator."""
    oid, name = who["oid"], escape(who["organization"])
    telecom = '<telecom use="WP" value="tel:+000-555-0100"/>'
    place = _address(who, country, 12)
    organization = f'<id root="2.999.{oid}.4" extension="ORG-1"/><name>{name}</name>{telecom}{place}'
    person = f"<assignedPerson><name><given>X.</given><family>{escape(who['doctor'])}</family></name></assignedPerson>"
    doctor = f'<id root="2.999.{oid}.5" extension="DOC-1"/>{place}{telecom}{person}'
    represented = f"<representedOrganization>{organization}</representedOrganization>"
    return (
        '<author><functionCode code="221" codeSystem="2.16.840.1.113883.2.9.6.2.7" displayName="Medical doctors"/>'
        f'<time value="{made}"/><assignedAuthor>{doctor}{represented}</assignedAuthor></author>\n'
        f"<custodian><assignedCustodian><representedCustodianOrganization>{organization}"
        "</representedCustodianOrganization></assignedCustodian></custodian>\n"
        f'<legalAuthenticator><time value="{made}"/><signatureCode code="S"/><assignedEntity>{doctor}{represented}'
        "</assignedEntity></legalAuthenticator>\n"
        '<participant typeCode="IND"><templateId root="1.3.6.1.4.1.19376.1.5.3.1.2.4"/>'
        '<functionCode code="PCP" codeSystem="2.16.840.1.113883.5.88" displayName="primary care physician"/>'
        f'<associatedEntity classCode="PRS">{place}{telecom}<associatedPerson><name><given>X.</given>'
        f"<family>{escape(who['doctor'])}</family></name></associatedPerson></associatedEntity></participant>\n"
        '<documentationOf><serviceEvent classCode="PCPR"><effectiveTime><high value="'
        f'{made[:8]}"/></effectiveTime></serviceEvent></documentationOf>\n'
    )
