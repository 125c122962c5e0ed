"""Entries of generated sections, one function a kind, in the shapes that the guides describe.

The rule: an entry refers to its own line of the narrative, and everything coded comes from ``codes``.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from cdatk.harness.generator.codes import Code, often, pick, substances, vaccines
from cdatk.harness.generator.frame import EPSOS

ACTIVE = "1.3.6.1.4.1.12559.11.10.1.3.1.3"
PCC = "1.3.6.1.4.1.19376.1.5.3.1.4"
SEVERITY = f'<templateId root="{PCC}.1"/>'
FINDING = Code("2.16.840.1.113883.6.96", "418799008", "Finding reported by subject or history provider")
STATUS = Code("2.16.840.1.113883.6.1", "33999-4", "Status")
ROUTES = ("20053000", "20035000", "20045000")


@dataclass(slots=True)
class Maker:
    """Makes entries of one document; ``wave`` decides on template ids and the namespace of medication."""

    chance: Random
    wave: str
    oid: str
    made: int = 0

    def next_id(self) -> tuple[str, str]:
        """An ``id`` element and the reference to the narrative line of the entry."""
        self.made += 1
        identifier = f'<id root="2.999.{self.oid}.3" extension="e{self.made}"/>'
        return identifier, f'<text><reference value="#n{self.made}"/></text>'

    def template(self, own: str, pcc: str) -> str:
        """Template ids as the wave writes them: ``own`` of eHDSI, ``pcc`` of IHE."""
        ids = {EPSOS: (pcc,), "6": (f"{ACTIVE}.{own}", pcc)}.get(self.wave, (f"{ACTIVE}.{own}",))
        return "".join(f'<templateId root="{root}"/>' for root in ids)

    def day(self) -> str:
        """A date, sometimes only a month or a year."""
        full = f"{self.chance.randint(1995, 2023)}{self.chance.randint(1, 12):02}{self.chance.randint(1, 28):02}"
        return full[: self.chance.choice((8, 8, 8, 6, 4))]


def allergy(make: Maker) -> tuple[str, str]:
    """A concern act with an allergy, its agent, reaction and severity."""
    chance = make.chance
    agent = pick(chance, "eHDSIAllergenNoDrug") if chance.random() < 0.6 else often(chance, substances())
    reaction, grave = pick(chance, "eHDSIReactionAllergy"), pick(chance, "eHDSISeverity")
    identifier, text = make.next_id()
    day, kind = make.day(), pick(chance, "eHDSIAdverseEventType")
    severity = _observation("SUBJ", SEVERITY, Code("2.16.840.1.113883.5.4", "SEV", "Severity"), text, grave)
    manifestation = (
        f'<entryRelationship typeCode="MFST"><observation classCode="OBS" moodCode="EVN">'
        f"{make.template('44', f'{PCC}.5')}{identifier}"
        f'<code {FINDING.attributes()}/>{text}<statusCode code="completed"/>'
        f'<effectiveTime><low value="{day}"/></effectiveTime><value xsi:type="CD" {reaction.attributes()}/>{severity}'
        "</observation></entryRelationship>"
    )
    inside = (
        f'{make.template("17", f"{PCC}.6")}{identifier}<code {kind.attributes()}/>{text}<statusCode code="completed"/>'
        f'<effectiveTime><low value="{day}"/></effectiveTime><participant typeCode="CSM"><participantRole '
        'classCode="MANU"><playingEntity classCode="MMAT">'
        f"<code {agent.attributes()}/></playingEntity></participantRole></participant>{manifestation}"
    )
    return _concern(make.template("16", f"{PCC}.5.3"), identifier, text, day, inside), agent.english


def problem(make: Maker) -> tuple[str, str]:
    """A concern act with a diagnosis of ICD-10 and its clinical status."""
    chance = make.chance
    disease, status = pick(chance, "eHDSIIllnessandDisorder"), pick(chance, "eHDSIStatusCode")
    identifier, text = make.next_id()
    day = make.day()
    state = _observation("REFR", make.template("9", f"{PCC}.1.1"), STATUS, text, status, "CE")
    inside = (
        f"{make.template('7', f'{PCC}.5')}{identifier}"
        f'<code code="64572001" codeSystem="2.16.840.1.113883.6.96" displayName="Disease"/>{text}'
        '<statusCode code="completed"/>'
        f'<effectiveTime><low value="{day}"/></effectiveTime><value xsi:type="CD" {disease.attributes()}/>{state}'
    )
    return _concern(make.template("15", f"{PCC}.5.2"), identifier, text, day, inside), disease.english


def medication(make: Maker) -> tuple[str, str]:
    """A treatment with one substance, its strength, form, route and rhythm."""
    chance = make.chance
    substance, form = often(chance, substances()), pick(chance, "eHDSIDoseForm", "102")
    route = pick(chance, "eHDSIRouteofAdministration", chance.choice(ROUTES))
    identifier, text = make.next_id()
    strength, hours = chance.choice((1, 5, 10, 25, 100, 500)), chance.choice((6, 8, 12, 24))
    product = _product(make, substance, form, strength)
    entry = (
        '<substanceAdministration classCode="SBADM" moodCode="INT">'
        f'<templateId root="2.16.840.1.113883.10.20.1.24"/>{make.template("4", f"{PCC}.7")}{identifier}{text}'
        f'<statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="{make.day()}"/></effectiveTime>'
        f'<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="{hours}" unit="h"/></effectiveTime>'
        f'<routeCode {route.attributes()}/><doseQuantity value="{chance.randint(1, 2)}" unit="1"/>'
        f"{product}</substanceAdministration>"
    )
    return entry, f"{substance.english} {strength} mg / {hours} h"


def _product(make: Maker, substance: Code, form: Code, strength: int) -> str:
    """The consumable, in the medication namespace of the wave."""
    epsos = make.wave == EPSOS
    ns, typed = ("epsos", "epsos:PQ") if epsos else ("pharm", "PQ")
    kind = "generalizedMedicineClass" if epsos else "generalizedMaterialKind"
    held = "ingredient" if epsos else "ingredientSubstance"
    named = f"<{ns}:code {substance.attributes()}/>"
    prefix = "epsos:" if epsos else ""
    quantity = "".join(
        f'<{prefix}{part} xsi:type="{typed}" value="{value}" unit="{unit}"/>'
        for part, value, unit in (("numerator", strength, "mg"), ("denominator", 1, "1"))
    )
    return (
        f'<consumable><manufacturedProduct classCode="MANU">{make.template("31", f"{PCC}.7.2")}'
        f'<manufacturedMaterial classCode="MMAT" determinerCode="KIND">{make.template("32", f"{PCC}.7.2")}'
        f"<name>Fictivum {strength}</name><{ns}:formCode {form.attributes()}/>"
        f'<{ns}:asSpecializedKind classCode="GEN"><{ns}:{kind} classCode="MMAT" determinerCode="KIND">{named}'
        f"</{ns}:{kind}></{ns}:asSpecializedKind>"
        f'<{ns}:ingredient classCode="ACTI"><{ns}:quantity>{quantity}</{ns}:quantity>'
        f'<{ns}:{held} classCode="MMAT" determinerCode="KIND">{named}</{ns}:{held}></{ns}:ingredient>'
        "</manufacturedMaterial></manufacturedProduct></consumable>"
    )


def procedure(make: Maker) -> tuple[str, str]:
    """A procedure with its date."""
    done = pick(make.chance, "eHDSIProcedure")
    identifier, text = make.next_id()
    entry = (
        f'<procedure classCode="PROC" moodCode="EVN">{make.template("26", f"{PCC}.19")}{identifier}'
        f'<code {done.attributes()}/>{text}<statusCode code="completed"/><effectiveTime value="{make.day()}"/>'
        "</procedure>"
    )
    return entry, done.english


def device(make: Maker) -> tuple[str, str]:
    """A medical device in use."""
    used = pick(make.chance, "eHDSIMedicalDevice")
    _, text = make.next_id()
    entry = (
        f'<supply classCode="SPLY" moodCode="EVN">{make.template("5", "2.16.840.1.113883.10.20.1.34")}{text}'
        f'<effectiveTime xsi:type="IVL_TS"><low value="{make.day()}"/></effectiveTime><participant typeCode="DEV">'
        f'<participantRole classCode="MANU"><id root="2.999.{make.oid}.6" extension="{make.made}"/>'
        f'<playingDevice classCode="DEV" determinerCode="INSTANCE"><code {used.attributes()}/></playingDevice>'
        "</participantRole></participant></supply>"
    )
    return entry, used.english


def immunization(make: Maker) -> tuple[str, str]:
    """A vaccination; a few were not given."""
    vaccine = often(make.chance, vaccines())
    negated = "true" if make.chance.random() < 0.1 else "false"
    identifier, text = make.next_id()
    entry = (
        f'<substanceAdministration classCode="SBADM" moodCode="EVN" negationInd="{negated}">'
        f'<templateId root="2.16.840.1.113883.10.20.1.24"/>{make.template("19", f"{PCC}.12")}{identifier}'
        f'<code code="IMMUNIZ" codeSystem="2.16.840.1.113883.5.4"/>{text}<statusCode code="completed"/>'
        f'<effectiveTime value="{make.day()}"/><consumable><manufacturedProduct classCode="MANU">'
        f"{make.template('18', f'{PCC}.7.2')}"
        f'<manufacturedMaterial classCode="MMAT" determinerCode="KIND"><code {vaccine.attributes()}/>'
        "<name>Vaccinum fictivum</name></manufacturedMaterial></manufacturedProduct></consumable>"
        "</substanceAdministration>"
    )
    return entry, vaccine.english


def vital_signs(make: Maker) -> tuple[str, str]:
    """A blood pressure: an organizer with two observations."""
    identifier, text = make.next_id()
    day = make.day()[:8]
    high, low = make.chance.randint(100, 180), make.chance.randint(55, 100)
    measured = "".join(
        f'<component><observation classCode="OBS" moodCode="EVN">{make.template("22", f"{PCC}.13.2")}{identifier}'
        f'<code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName="{name}"/>{text}'
        f'<statusCode code="completed"/><effectiveTime value="{day}"/><value xsi:type="PQ" value="{value}" '
        'unit="mm[Hg]"/></observation></component>'
        for code, name, value in (
            ("8480-6", "Systolic blood pressure", high),
            ("8462-4", "Diastolic blood pressure", low),
        )
    )
    entry = (
        f'<organizer classCode="CLUSTER" moodCode="EVN">{make.template("21", f"{PCC}.13.1")}{identifier}'
        '<code code="46680005" codeSystem="2.16.840.1.113883.6.96" displayName="Vital signs"/>'
        f'<statusCode code="completed"/><effectiveTime value="{day}"/>{measured}</organizer>'
    )
    return entry, f"{high}/{low} mmHg"


def blood_group(make: Maker) -> tuple[str, str]:
    """A blood group."""
    group = pick(make.chance, "eHDSIBloodGroup")
    identifier, text = make.next_id()
    entry = (
        f'<observation classCode="OBS" moodCode="EVN">{make.template("25", f"{PCC}.13")}{identifier}'
        '<code code="34530-6" codeSystem="2.16.840.1.113883.6.1" displayName="ABO and Rh group panel - Blood"/>'
        f'{text}<statusCode code="completed"/><effectiveTime value="{make.day()}"/>'
        f'<value xsi:type="CE" {group.attributes()}/></observation>'
    )
    return entry, group.english


def social_history(make: Maker) -> tuple[str, str]:
    """A habit with a quantity."""
    identifier, text = make.next_id()
    amount = make.chance.randint(1, 30)
    entry = (
        f'<observation classCode="OBS" moodCode="EVN">{make.template("23", f"{PCC}.13.4")}{identifier}'
        '<code code="229819007" codeSystem="2.16.840.1.113883.6.96" displayName="Tobacco use and exposure"/>'
        f'{text}<statusCode code="completed"/><effectiveTime><low value="{make.day()}"/></effectiveTime>'
        f'<value xsi:type="PQ" value="{amount}" unit="{{cigarettes}}/d"/></observation>'
    )
    return entry, f"{amount} / d"


def pregnancy(make: Maker) -> tuple[str, str]:
    """A pregnancy status."""
    status = pick(make.chance, "eHDSICurrentPregnancyStatus")
    identifier, text = make.next_id()
    entry = (
        f'<observation classCode="OBS" moodCode="EVN">{make.template("45", f"{PCC}.13.5")}{identifier}'
        '<code code="82810-3" codeSystem="2.16.840.1.113883.6.1" displayName="Pregnancy status"/>'
        f'{text}<statusCode code="completed"/><effectiveTime value="{make.day()}"/>'
        f'<value xsi:type="CD" {status.attributes()}/></observation>'
    )
    return entry, status.english


def _concern(templates: str, identifier: str, text: str, day: str, inside: str) -> str:
    return (
        f'<act classCode="ACT" moodCode="EVN">{templates}{identifier}'
        f'<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>{text}<statusCode code="active"/>'
        f'<effectiveTime><low value="{day}"/></effectiveTime><entryRelationship typeCode="SUBJ" inversionInd="false">'
        f'<observation classCode="OBS" moodCode="EVN">{inside}</observation></entryRelationship></act>'
    )


def _observation(link: str, templates: str, code: Code, text: str, value: Code, typed: str = "CD") -> str:
    return (
        f'<entryRelationship typeCode="{link}"><observation classCode="OBS" moodCode="EVN">{templates}'
        f'<code {code.attributes()}/>{text}<statusCode code="completed"/>'
        f'<value xsi:type="{typed}" {value.attributes()}/></observation></entryRelationship>'
    )
