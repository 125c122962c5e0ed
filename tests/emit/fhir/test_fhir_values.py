"""Data types and entries in detail: dates, numbers, units, names, dosage, panels, pregnancy, narrative."""

from __future__ import annotations

from typing import get_args

import pytest
from documents import document, section

from cdatk.emit.fhir.narrative import Narrative
from cdatk.emit.fhir.primitives import in_order, number, stamp, system_uri
from cdatk.emit.fhir.slots import SAYS
from cdatk.emit.fhir.ucum import is_ucum
from cdatk.model import AnyValue
from cdatk.safe_xml import parser

LOINC = 'codeSystem="2.16.840.1.113883.6.1"'
SNOMED = 'codeSystem="2.16.840.1.113883.6.96"'
PQ = 'xsi:type="PQ"'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024", "2024"),
        ("202402", "2024-02"),
        ("20240229", "2024-02-29"),
        ("20240305101500+0100", "2024-03-05T10:15:00+01:00"),
        ("202403051015+0100", "2024-03-05T10:15:00+01:00"),
        ("20240305101500.250Z", "2024-03-05T10:15:00.250Z"),
        ("20240305101500", "2024-03-05"),
        ("2024030510+0100", "2024-03-05"),
        ("20230229", None),
        ("20241301", None),
        ("0000", None),
        ("20240", None),
        ("spring", None),
    ],
)
def test_a_date_keeps_its_precision_and_gains_no_zone(value, expected):
    read = stamp(value)
    assert (read.date_time if read is not None else None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.50", "0.50"),
        ("007", "7"),
        (".5", "0.5"),
        ("+3", "3"),
        ("-1.0", "-1.0"),
        ("5.", "5"),
        ("0", "0"),
        ("00", "0"),
    ],
)
def test_a_number_keeps_its_digits(value, expected):
    found = number(value)
    assert found is not None
    assert bytes(found).decode() == expected


@pytest.mark.parametrize("value", ["", "abc", "1,5", "1.5.5", "-", "NaN", "1 2"])
def test_what_is_no_number_is_none(value):
    assert number(value) is None


@pytest.mark.parametrize(
    "unit", ["mg", "mm[Hg]", "mL/d", "{pack}/d", "[iU]", "10*9/L", "1", "%", "ug", "mmol/L", "/d", "kg/m2"]
)
def test_ucum(unit):
    assert is_ucum(unit)


@pytest.mark.parametrize("unit", ["units", "µg", "mcg/l", "Pen", "..", "dose", "tablets", "", "mg tabl"])
def test_not_ucum(unit):
    assert not is_ucum(unit)


def test_roots_become_uris():
    assert system_uri("2.999.1") == "urn:oid:2.999.1"
    assert system_uri("615FB152-A6E3-4585-9926-50E345D583AE") == "urn:uuid:615fb152-a6e3-4585-9926-50e345d583ae"
    assert system_uri("CNPEM") == ""


def test_dates_of_different_precision_are_in_order_unless_shown_otherwise():
    assert in_order("2024", "20240101")
    assert in_order("20240101120000+0100", "20240101120000Z")
    assert not in_order("2024", "2023")


def medication(times: str, dose: str = "", below: str = "", product: str = "") -> str:
    return (
        '<substanceAdministration classCode="SBADM" moodCode="INT"><statusCode code="completed"/>'
        f"{times}{dose}<consumable><manufacturedProduct><manufacturedMaterial>{product}"
        f"</manufacturedMaterial></manufacturedProduct></consumable>{below}</substanceAdministration>"
    )


PERIOD = '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="8" unit="h"/></effectiveTime>'
BEDTIME = '<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="HS"/></effectiveTime>'
TREATMENT = '<effectiveTime xsi:type="IVL_TS"><low value="20240301"/><high value="20240307"/></effectiveTime>'


def test_a_period_stays_the_period_that_was_written(bundle):
    made = bundle(section("10160-0", medication(TREATMENT + PERIOD, '<doseQuantity value="0.50" unit="mg"/>')))
    statement = made.one("MedicationStatement")
    assert statement["effectivePeriod"] == {"start": "2024-03-01", "end": "2024-03-07"}
    (dosage,) = statement["dosage"]
    assert dosage["timing"]["repeat"] == {"frequency": 1, "period": 8, "periodUnit": "h"}
    assert b'"value":0.50' in made.data
    assert statement["status"] == "completed"


def test_times_that_hold_together_are_one_dosage(bundle):
    made = bundle(section("10160-0", medication(TREATMENT + PERIOD + BEDTIME, '<doseQuantity value="1"/>')))
    (dosage,) = made.one("MedicationStatement")["dosage"]
    assert dosage["timing"]["repeat"]["when"] == ["HS"]
    assert dosage["timing"]["repeat"]["period"] == 8


def test_two_periods_are_two_dosages(bundle):
    made = bundle(section("10160-0", medication(TREATMENT + PERIOD + PERIOD.replace('"8"', '"1"'))))
    periods = [d["timing"]["repeat"]["period"] for d in made.one("MedicationStatement")["dosage"]]
    assert periods == [8, 1]


def test_a_treatment_without_a_date_says_so(bundle):
    made = bundle(section("10160-0", medication('<effectiveTime xsi:type="IVL_TS" nullFlavor="ASKU"/>')))
    statement = made.one("MedicationStatement")
    assert statement["_effectiveDateTime"]["extension"][0]["valueCode"] == "asked-unknown"


def test_the_product_keeps_code_class_name_strength_and_package(bundle):
    product = (
        '<code code="5" codeSystem="2.999.5"/><name>Marca</name>'
        '<pharm:formCode code="10219000" codeSystem="0.4.0.127.0.16.1.1.2.1" displayName="Tablet"/>'
        '<pharm:asContent><pharm:quantity value="30" unit="1"/><pharm:containerPackagedProduct>'
        '<pharm:formCode code="30009000" codeSystem="0.4.0.127.0.16.1.1.2.1" displayName="Box"/>'
        "</pharm:containerPackagedProduct></pharm:asContent>"
        "<pharm:asSpecializedKind><pharm:generalizedMaterialKind>"
        '<pharm:code code="C09AA05" codeSystem="2.16.840.1.113883.6.73" displayName="ramipril"/>'
        "</pharm:generalizedMaterialKind></pharm:asSpecializedKind>"
        '<pharm:ingredient classCode="ACTI"><pharm:quantity xsi:type="RTO_PQ_PQ"><numerator value="2.5" unit="mg"/>'
        '<denominator value="1" unit="1"/></pharm:quantity><pharm:ingredientSubstance>'
        '<pharm:code code="C09AA05" codeSystem="2.16.840.1.113883.6.73" displayName="ramipril"/>'
        "</pharm:ingredientSubstance></pharm:ingredient>"
    )
    made = bundle(section("10160-0", medication(TREATMENT, product=product)))
    drug = made.follow(made.one("MedicationStatement")["medicationReference"])
    assert [c["code"] for c in drug["code"]["coding"]] == ["5", "C09AA05"]
    assert drug["code"]["text"] == "Marca"
    (ingredient,) = drug["ingredient"]
    assert ingredient["isActive"] is True
    assert ingredient["strength"]["numerator"] == {
        "value": 2.5, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg",
    }  # fmt: skip
    assert "30009000" in str(drug["extension"])


def test_foreign_words_of_a_product_without_a_name_keep_their_language(bundle):
    product = '<code nullFlavor="OTH"><originalText>Comprimidos X</originalText></code>'
    made = bundle(section("10160-0", medication(TREATMENT, product=product)))
    drug = made.follow(made.one("MedicationStatement")["medicationReference"])
    assert drug["code"]["text"] == "Comprimidos X"
    assert drug["code"]["_text"]["extension"], "whose words these are"


def test_a_prescription_is_an_order_with_its_substitution_rule(bundle):
    supply = (
        '<entryRelationship typeCode="COMP"><supply moodCode="RQO"><quantity value="2" unit="1"/></supply>'
        "</entryRelationship>"
        '<entryRelationship typeCode="SUBJ"><observation moodCode="DEF"><code code="SUBST" '
        'codeSystem="2.16.840.1.113883.5.6"/><value xsi:type="CE" code="N" codeSystem="2.16.840.1.113883.5.1070"/>'
        "</observation></entryRelationship>"
    )
    made = bundle(section("57828-6", medication(TREATMENT, below=supply)), code="57833-6")
    request = made.one("MedicationRequest")
    assert (request["status"], request["intent"]) == ("completed", "order")
    assert request["dispenseRequest"]["quantity"]["value"] == 2
    assert request["substitution"]["allowedBoolean"] is False
    assert request["requester"]


def pressure(code: str, value: str, time: str = "20240301") -> str:
    return (
        f'<component><observation moodCode="EVN"><code code="{code}" {LOINC}/><statusCode code="completed"/>'
        f'<effectiveTime value="{time}"/><value {PQ} value="{value}" unit="mm[Hg]"/></observation></component>'
    )


def vitals(*components: str) -> str:
    return (
        f'<organizer classCode="CLUSTER" moodCode="EVN"><code code="46680005" {SNOMED}/><statusCode code="completed"/>'
        f'<effectiveTime value="20240301"/>{"".join(components)}</organizer>'
    )


def test_two_pressures_are_one_panel_with_the_date_that_differs_kept(bundle):
    made = bundle(section("8716-3", vitals(pressure("8480-6", "120"), pressure("8462-4", "80", "20240302"))))
    panel = made.one("Observation")
    assert panel["code"]["coding"][0]["code"] == "85354-9"
    assert [c["valueQuantity"]["value"] for c in panel["component"]] == [120, 80]
    assert panel["effectiveDateTime"] == "2024-03-01"
    assert "2024-03-02" in str(panel["component"][1]["extension"])


def test_one_pressure_alone_is_no_panel(bundle):
    made = bundle(section("8716-3", vitals(pressure("8480-6", "120"))))
    assert all(c["code"] != "85354-9" for o in made.all("Observation") for c in o["code"].get("coding", []))


def test_a_pregnancy_leads_to_the_expected_date(bundle):
    entry = (
        f'<observation moodCode="EVN"><code code="82810-3" {LOINC}/><statusCode code="completed"/>'
        f'<effectiveTime><low value="20240201"/></effectiveTime><value xsi:type="CD" code="77386006" {SNOMED}/>'
        f'<entryRelationship typeCode="COMP"><observation moodCode="EVN"><code code="11778-8" {LOINC}/>'
        '<statusCode code="completed"/><value xsi:type="TS" value="20240914"/></observation></entryRelationship>'
        "</observation>"
    )
    made = bundle(section("10162-6", entry))
    (reference,) = made.section("10162-6")["entry"]
    pregnancy = made.follow(reference)
    assert pregnancy["effectiveDateTime"] == "2024-02-01"
    expected = made.follow(pregnancy["hasMember"][0])
    assert expected["valueDateTime"] == "2024-09-14"
    assert expected["_effectiveDateTime"]


def test_a_result_without_value_gives_the_reason(bundle):
    value = '<value xsi:type="CD" nullFlavor="NASK"/>'
    entry = f'<observation moodCode="EVN"><code code="34530-6" {LOINC}/>{value}</observation>'
    observation = bundle(section("30954-2", entry)).one("Observation")
    assert observation["dataAbsentReason"]["coding"][0]["code"] == "not-asked"
    assert observation["status"] == "unknown"
    assert not any(key.startswith("value") for key in observation)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ('<low value="4"/>', '<high value="2"/>'),
        ('<low value="2" unit="mg"/>', '<high value="4"/>'),
        ('<low value="2"/>', '<high value="four"/>'),
    ],
    ids=["wrong order", "one unit only", "no number"],
)
def test_bounds_that_cannot_be_compared_are_kept_apart(bundle, low, high):
    made = bundle(section("10160-0", medication(TREATMENT, f"<doseQuantity>{low}{high}</doseQuantity>")))
    bounds = made.one("MedicationStatement")["dosage"][0]["doseAndRate"][0]["doseRange"]
    assert "low" not in bounds
    assert [e["url"].rpartition(":")[2] for e in bounds["extension"]] == ["low", "high"]
    assert "value" in bounds["extension"][0]["valueQuantity"]


def test_times_without_zone_lose_the_time_and_say_so(bundle):
    made = bundle(
        section("10160-0", medication('<effectiveTime xsi:type="IVL_TS"><low value="20240301103000"/></effectiveTime>'))
    )
    period = made.one("MedicationStatement")["effectivePeriod"]
    assert period["start"] == "2024-03-01"
    assert period["_start"]["extension"][0]["valueTime"] == "10:30:00"
    assert "FHR-002" in made.codes


def test_a_contact_a_guardian_and_a_general_practitioner(bundle_of):
    people = (
        '<participant typeCode="IND"><functionCode code="PCP" codeSystem="2.16.840.1.113883.5.88"/>'
        '<associatedEntity classCode="PRS"><associatedPerson><name><family>Medica</family></name></associatedPerson>'
        '</associatedEntity></participant><participant typeCode="IND"><associatedEntity classCode="NOK">'
        '<telecom value="tel:+351210000000" use="HP"/><associatedPerson><name><family>Filha</family></name>'
        "</associatedPerson></associatedEntity></participant>"
    )
    data = document(section("8716-3")).replace(
        b"<component><structuredBody>", people.encode() + b"<component><structuredBody>"
    )
    patient = bundle_of(data).one("Patient")
    assert len(patient["generalPractitioner"]) == 1
    (contact,) = patient["contact"]
    assert contact["name"] == {"family": "Filha"}
    assert contact["telecom"] == [{"system": "phone", "value": "+351210000000", "use": "home"}]
    assert patient["gender"] == "female"
    assert patient["birthDate"] == "1961-03-12"


def text_of(xml: str) -> str:
    from lxml import etree

    return Narrative("pt-PT", "imagem").div([(etree.fromstring(xml, parser()), "pt-PT")])


def test_narrative_keeps_words_ids_and_styles_and_drops_what_is_active():
    div = text_of(
        '<text xmlns="urn:hl7-org:v3"><paragraph ID="p1" styleCode="Bold">A &lt; B<br/>C</paragraph>'
        '<list listType="ordered"><caption>L</caption><item>um</item></list>'
        '<linkHtml href="javascript:alert(1)">x</linkHtml><linkHtml href="https://example.org/">y</linkHtml>'
        '<content revised="delete">velho</content>'
        '<table onclick="z"><tbody><tr><td colspan="2">1</td></tr></tbody></table>'
        "<script>mal</script></text>"
    )
    assert '<p id="p1" class="Bold">A &lt; B<br/>C</p>' in div
    assert "<ol><li>L</li><li>um</li></ol>" in div
    assert "javascript" not in div
    assert "onclick" not in div
    assert "mal" not in div
    assert '<a href="https://example.org/">y</a>' in div
    assert '<span style="text-decoration: line-through" class="revised-delete">velho</span>' in div
    assert '<td colspan="2">1</td>' in div
    assert div.startswith('<div xmlns="http://www.w3.org/1999/xhtml" lang="pt-PT" xml:lang="pt-PT">')


def test_a_narrative_without_words_is_none():
    assert text_of('<text xmlns="urn:hl7-org:v3"><paragraph ID="p"> </paragraph></text>') == ""


def test_words_beside_a_footnote_do_not_run_together():
    assert "rosto <span>Kit</span>" in text_of(
        '<text xmlns="urn:hl7-org:v3"><paragraph>rosto<footnote>Kit</footnote></paragraph></text>'
    )


def test_every_kind_of_value_is_accounted_for():
    """A data type that the model gains and the accounting does not know would be lost, or stop a conversion."""
    assert set(SAYS) == set(get_args(AnyValue))
