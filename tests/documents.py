"""Builds small CDA documents for tests: a complete header, and the sections a test gives.

The rule: what a test is about stands in the test; only the frame stands here.
"""

from __future__ import annotations

from pathlib import Path

SAMPLES = sorted((Path(__file__).resolve().parent.parent / "samples").glob("*/*.xml"))

HEADER = """<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:pharm="urn:hl7-org:pharm" xmlns:epsos="urn:epsos-org:ep:medication">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.1.3"/>
<id root="2.999.1" extension="doc-1"/>
<code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName="Patient summary Document"/>
<title>Test document</title>
<effectiveTime value="20240305101500+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="normal"/>
<languageCode code="{language}"/>
<recordTarget><patientRole><id root="2.999.2" extension="P-1"/>
<addr><country>PT</country></addr><telecom nullFlavor="NI"/>
<patient><name><family>Exemplo</family><given>Ana</given></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1" displayName="Female"/>
<birthTime value="19610312"/></patient></patientRole></recordTarget>
<author><time value="20240305"/><assignedAuthor><id root="2.999.3" extension="A-1"/>
<assignedPerson><name><family>Autora</family><given>Rita</given></name></assignedPerson>
<representedOrganization><id root="2.999.4"/><name>Hospital Exemplo</name></representedOrganization>
</assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="2.999.4"/><name>Hospital Exemplo</name>
<telecom nullFlavor="NI"/><addr><country>PT</country></addr></representedCustodianOrganization>
</assignedCustodian></custodian>
<legalAuthenticator><time value="20240305"/><signatureCode code="S"/><assignedEntity><id root="2.999.3" extension="A-1"/>
<assignedPerson><name><family>Autora</family><given>Rita</given></name></assignedPerson></assignedEntity>
</legalAuthenticator>
"""


def document(*sections: str, code: str = "60591-5", language: str = "pt-PT") -> bytes:
    """A patient summary with these sections (XML of ``<section>`` elements)."""
    body = "".join(f"<component>{section}</component>" for section in sections)
    head = HEADER.format(code=code, language=language)
    return f"{head}<component><structuredBody>{body}</structuredBody></component></ClinicalDocument>".encode()


def section(code: str, *entries: str, text: str = "<paragraph>Texto</paragraph>", title: str = "Título") -> str:
    """A section with this LOINC code; ``entries`` are the statements inside its entries."""
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        f'<section><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><title>{title}</title>'
        f"<text>{text}</text>{inside}</section>"
    )


def allergy(agent: str, *below: str, negated: bool = False, value: str = "", status: str = "active") -> str:
    """An allergy concern act; ``agent`` is the agent's ``code`` element, ``below`` nested relationships."""
    negation = ' negationInd="true"' if negated else ""
    participant = (
        '<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">'
        f"{agent}</playingEntity></participantRole></participant>"
        if agent
        else ""
    )
    return (
        '<act classCode="ACT" moodCode="EVN"><templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.3.16"/>'
        '<id root="2.999.5" extension="a1"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>'
        f'<statusCode code="{status}"/><effectiveTime><low value="2019"/></effectiveTime>'
        '<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"' + negation + ">"
        '<id root="2.999.5" extension="o1"/><code code="609328004" codeSystem="2.16.840.1.113883.6.96"/>'
        '<statusCode code="completed"/><effectiveTime><low value="201903"/></effectiveTime>'
        f"{value}{participant}{''.join(below)}</observation></entryRelationship></act>"
    )


def problem(value: str, *below: str, negated: bool = False, act: str = "") -> str:
    """A problem concern act; ``value`` is the observation's ``value`` element."""
    negation = ' negationInd="true"' if negated else ""
    return (
        f'<act classCode="ACT" moodCode="EVN"{act}><id root="2.999.6" extension="a1"/>'
        '<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/>'
        '<effectiveTime><low value="2018"/></effectiveTime>'
        f'<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negation}>'
        '<id root="2.999.6" extension="o1"/><code code="55607006" codeSystem="2.16.840.1.113883.6.96"/>'
        '<statusCode code="completed"/><effectiveTime><low value="2018"/></effectiveTime>'
        f"{value}{''.join(below)}</observation></entryRelationship></act>"
    )


def relation(observation: str, link: str = "SUBJ") -> str:
    """An entryRelationship around a nested observation's content."""
    return (
        f'<entryRelationship typeCode="{link}"><observation classCode="OBS" moodCode="EVN">{observation}'
        "</observation></entryRelationship>"
    )
