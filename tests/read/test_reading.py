"""Reading: typed entries in the shapes real documents show, and the promise that no code is left behind."""

from __future__ import annotations

import pytest
from documents import allergy, document, problem, relation, section
from lxml import etree

from cdatk.diagnostics import Report
from cdatk.model import Allergy, Dispensation, Document, Finding, Generic, Immunization, Medication, Problem
from cdatk.profiles import profile_for_code
from cdatk.read import read
from cdatk.safe_xml import parse
from cdatk.settings import Limits

CD = 'xsi:type="CD"'
SNOMED = 'codeSystem="2.16.840.1.113883.6.96"'


def read_bytes(data: bytes, code: str = "60591-5") -> tuple[Document, Report]:
    report = Report()
    root = parse(data, Limits(), report)
    assert root is not None
    return read(root, profile_for_code(code), report), report


def only_item(data: bytes, code: str = "60591-5") -> object:
    result, _ = read_bytes(data, code)
    (entry,) = result.sections[0].entries
    (item,) = entry.items
    return item


def test_an_allergy_has_agent_reaction_severity_and_statuses() -> None:
    severity = relation(f'<code code="SEV" codeSystem="2.16.840.1.113883.5.4"/><value {CD} code="24484000" {SNOMED}/>')
    manifestation = relation(
        f'<code code="404684003" {SNOMED}/><value {CD} code="39579001" {SNOMED}/>{severity}', "MFST"
    )
    criticality = relation(
        f'<code code="82606-5" codeSystem="2.16.840.1.113883.6.1"/><value {CD} code="high" '
        'codeSystem="2.16.840.1.113883.4.642.4.130"/>'
    )
    certainty = relation(
        f'<code code="66455-7" codeSystem="2.16.840.1.113883.6.1"/><value {CD} code="confirmed" '
        'codeSystem="2.16.840.1.113883.4.642.4.1371"/>'
    )
    status = relation(
        f'<code code="33999-4" codeSystem="2.16.840.1.113883.6.1"/><value {CD} code="active" '
        'codeSystem="2.16.840.1.113883.4.642.4.1373"/>',
        "REFR",
    )
    entry = allergy(f'<code code="111088007" {SNOMED}/>', manifestation, criticality, certainty, status)
    item = only_item(document(section("48765-2", entry)))
    assert isinstance(item, Allergy)
    assert item.type is not None
    assert item.type.code == "609328004"
    assert [a.code.code for a in item.agents if a.code] == ["111088007"]
    (reaction,) = item.reactions
    assert reaction.value is not None
    assert reaction.value.code == "39579001"
    assert reaction.severity is not None
    assert reaction.severity.code == "24484000"
    assert item.severity is None
    assert [c.code for c in (item.criticality, item.certainty, item.status) if c] == ["high", "confirmed", "active"]
    assert item.others == ()


def test_a_nested_statement_nobody_knows_stays_in_others() -> None:
    entry = allergy(f'<code code="111088007" {SNOMED}/>', relation('<code code="X1" codeSystem="2.999"/>', "SPRT"))
    item = only_item(document(section("48765-2", entry)))
    assert isinstance(item, Allergy)
    assert [s.code.code for s in item.others if s.code] == ["X1"]


def test_no_known_allergy_is_absence_and_no_agent() -> None:
    value = f'<value {CD} code="no-known-allergies" codeSystem="2.16.840.1.113883.5.1150.1"/>'
    item = only_item(document(section("48765-2", allergy("", value=value))))
    assert isinstance(item, Allergy)
    assert item.absent is not None
    assert item.agents == ()
    assert item.values == ()


def test_every_diagnosis_of_an_observation_is_kept_whatever_its_system() -> None:
    value = (
        f'<value {CD} code="E11" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2"/>'
        f'<value {CD} code="199" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.5"/>'
    )
    item = only_item(document(section("11450-4", problem(value))))
    assert isinstance(item, Problem)
    assert [v.code for v in item.values] == ["E11", "199"]


@pytest.mark.parametrize("negated", [True, False])
def test_negation_stays_on_the_statement(negated: bool) -> None:
    value = f'<value {CD} code="E11" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2"/>'
    item = only_item(document(section("11450-4", problem(value, negated=negated))))
    assert isinstance(item, Problem)
    assert item.statement.negated is (True if negated else None)


PRODUCT = """<consumable><manufacturedProduct><manufacturedMaterial>
<code code="N1" codeSystem="2.999.9"/><name>Marque</name>
<{p}:formCode code="10219000" codeSystem="0.4.0.127.0.16.1.1.2.1"/>
<{p}:asContent><{p}:quantity xsi:type="{p}:PQ" value="28" unit="1"/>
<{p}:{container}><{p}:formCode code="30007000" codeSystem="0.4.0.127.0.16.1.1.2.1"/></{p}:{container}></{p}:asContent>
<{p}:asSpecializedKind><{p}:{kind}><{p}:code code="C09AA05" codeSystem="2.16.840.1.113883.6.73"/></{p}:{kind}>
</{p}:asSpecializedKind>
<{p}:ingredient classCode="ACTI"><{p}:quantity><{p}:numerator value="5" unit="mg"/>
<{p}:denominator value="1" unit="1"/></{p}:quantity>
<{p}:{substance}><{p}:code code="C09AA05" codeSystem="2.16.840.1.113883.6.73"/><{p}:name>ramipril</{p}:name>
</{p}:{substance}></{p}:ingredient>
</manufacturedMaterial></manufacturedProduct></consumable>"""


@pytest.mark.parametrize(
    ("prefix", "container", "kind", "substance"),
    [
        ("pharm", "containerPackagedProduct", "generalizedMaterialKind", "ingredientSubstance"),
        ("epsos", "containerPackagedMedicine", "generalizedMedicineClass", "ingredient"),
    ],
)
def test_products_of_both_medication_namespaces_read_the_same(
    prefix: str, container: str, kind: str, substance: str
) -> None:
    product = PRODUCT.format(p=prefix, container=container, kind=kind, substance=substance)
    entry = (
        '<substanceAdministration classCode="SBADM" moodCode="INT"><id root="2.999.7"/><statusCode code="active"/>'
        '<effectiveTime xsi:type="IVL_TS"><low value="20230101"/></effectiveTime>'
        '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>'
        f'<doseQuantity value="1"/>{product}</substanceAdministration>'
    )
    item = only_item(document(section("10160-0", entry)))
    assert isinstance(item, Medication)
    held = item.product
    assert held is not None
    assert held.form is not None
    assert held.form.code == "10219000"
    assert held.package is not None
    assert held.package.quantity is not None
    assert held.package.quantity.value == "28"
    assert held.package.form is not None
    assert [k.code.code for k in held.kinds if k.code] == ["C09AA05"]
    (ingredient,) = held.ingredients
    assert ingredient.names[0].text == "ramipril"
    assert ingredient.strength is not None
    assert item.duration is not None
    assert item.duration.start == "20230101"
    assert len(item.schedule) == 1


def test_a_dispensation_holds_the_prescription_it_answers() -> None:
    entry = (
        '<supply classCode="SPLY" moodCode="EVN"><id root="2.999.8"/><quantity value="2" unit="1"/>'
        '<entryRelationship typeCode="REFR"><substanceAdministration classCode="SBADM" moodCode="INT">'
        '<id root="2.999.7" extension="rx"/></substanceAdministration></entryRelationship></supply>'
    )
    item = only_item(document(section("60590-7", entry), code="60593-1"), "60593-1")
    assert isinstance(item, Dispensation)
    assert item.prescription is not None
    assert item.prescription.statement.ids[0].extension == "rx"


def test_an_immunization_not_given_says_so() -> None:
    entry = (
        '<substanceAdministration classCode="SBADM" moodCode="EVN" negationInd="true"><id root="2.999.7"/>'
        '<code code="IMMUNIZ" codeSystem="1.3.5.1.4.1.19376.1.5.3.2"/><statusCode code="completed"/>'
        '<effectiveTime value="202401"/></substanceAdministration>'
    )
    item = only_item(document(section("11369-6", entry)))
    assert isinstance(item, Immunization)
    assert item.statement.negated is True


def test_an_expected_delivery_date_stays_with_the_pregnancy() -> None:
    nested = relation(
        '<code code="11778-8" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="TS" value="20240901"/>', "COMP"
    )
    entry = (
        '<observation classCode="OBS" moodCode="EVN"><code code="82810-3" codeSystem="2.16.840.1.113883.6.1"/>'
        f'<value {CD} code="77386006" {SNOMED}/>{nested}</observation>'
    )
    item = only_item(document(section("10162-6", entry)))
    assert isinstance(item, Finding)
    assert [p.code.code for p in item.parts if p.code] == ["11778-8"]


def test_an_unknown_structure_is_carried_generically_and_said() -> None:
    entry = (
        '<encounter classCode="ENC" moodCode="EVN"><code code="AMB" codeSystem="2.16.840.1.113883.5.4"/></encounter>'
    )
    result, report = read_bytes(document(section("48765-2", entry)))
    (read_entry,) = result.sections[0].entries
    assert isinstance(read_entry.items[0], Generic)
    assert [d.code for d in report] == ["CDA-013"]


def test_an_entry_without_a_statement_is_void_but_counted() -> None:
    result, report = read_bytes(document(section("48765-2", "")))
    assert result.entry_count == 1
    assert result.sections[0].entries[0].items == ()
    assert [d.code for d in report] == ["CDA-014"]


def test_original_text_comes_from_the_narrative_and_a_dangling_reference_is_said() -> None:
    text = '<content ID="p1">Asma <content>brônquica</content></content>'
    value = f'<value {CD} nullFlavor="OTH"><originalText><reference value="#{{}}"/></originalText></value>'
    result, _ = read_bytes(document(section("11450-4", problem(value.format("p1")), text=text)))
    item = result.sections[0].entries[0].items[0]
    assert isinstance(item, Problem)
    assert item.values[0].original_text == "Asma brônquica"
    _, report = read_bytes(document(section("11450-4", problem(value.format("p2")), text=text)))
    assert [d.code for d in report] == ["CDA-016"]


def test_an_element_no_field_takes_is_said_and_its_codes_are_kept() -> None:
    strange = '<foo xmlns="urn:example"><bar code="Z9" codeSystem="2.999"/></foo>'
    value = f'<value {CD} code="E11" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2"/>{strange}'
    result, report = read_bytes(document(section("11450-4", problem(value))))
    assert [d.code for d in report] == ["CDA-015"]
    assert "Z9" in {c.code for c in result.codes}


def test_nested_sections_are_read_in_document_order() -> None:
    inner = f"<component>{section('48765-2')}</component>"
    outer = section("11450-4").replace("</section>", inner + "</section>")
    result, _ = read_bytes(document(outer, section("10160-0")))
    assert [(s.code.code, s.depth) for s in result.sections if s.code] == [
        ("11450-4", 0),
        ("48765-2", 1),
        ("10160-0", 0),
    ]


def test_no_coded_element_of_an_entry_is_left_behind(sample: bytes) -> None:
    report = Report()
    root = parse(sample, Limits(), report)
    assert root is not None
    code = next(e.get("code") for e in root if etree.QName(e).localname == "code")
    result = read(root, profile_for_code(code or ""), report)
    seen = {value.element for value in result.codes}
    left = [
        root.getroottree().getpath(e)
        for entry in root.iter("{urn:hl7-org:v3}entry")
        for e in entry.iter()
        if isinstance(e.tag, str) and e.get("code") is not None and e not in seen
        and etree.QName(e).localname not in ("statusCode", "translation", "languageCode")
        and not any(etree.QName(a).localname == "translation" for a in e.iterancestors())
    ]  # fmt: skip
    assert left == []
