"""The schema stage: documents that are right but for one thing, and what is said about it.

The rule: each test changes one thing in a document that is valid, and names the code and the place it expects.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import allergy, document, problem, section
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdatk.diagnostics import Report
from cdatk.resources import data_file
from cdatk.safe_xml import EPSOS, PHARM, Element, local, locate, parse
from cdatk.settings import Limits
from cdatk.validate.diagnose import Diagnosis
from cdatk.validate.schema import MOST_BROTHERS, PLACES, SchemaCheck, SchemaError

ALLERGY = allergy('<code code="J01" codeSystem="2.16.840.1.113883.6.73"/>', value='<value xsi:type="CD" code="a"/>')
WITH_ALLERGY = document(section("48765-2", ALLERGY)).decode()
TIMES = (
    '<effectiveTime xsi:type="IVL_TS"><low value="2020"/></effectiveTime>'
    '<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="8" unit="h"/></effectiveTime>'
)
PHARM_MATERIAL = (
    "<pharm:desc>pills</pharm:desc>"
    '<pharm:formCode code="10219000" codeSystem="0.4.0.127.0.16.1.1.2.1"/>'
    '<pharm:ingredient classCode="ACTI"><pharm:quantity><numerator xsi:type="PQ" value="5" unit="mg"/>'
    '<denominator xsi:type="PQ" value="1"/></pharm:quantity>'
    '<pharm:ingredientSubstance classCode="MMAT" determinerCode="KIND"><pharm:name>x</pharm:name>'
    "</pharm:ingredientSubstance></pharm:ingredient>"
)
EPSOS_MATERIAL = (
    '<epsos:formCode code="10219000"><epsos:originalText>pill</epsos:originalText></epsos:formCode>'
    '<epsos:ingredient classCode="ACTI"><epsos:quantity><epsos:numerator xsi:type="epsos:PQ" value="5" unit="mg"/>'
    '<epsos:denominator xsi:type="epsos:PQ" value="1"/></epsos:quantity></epsos:ingredient>'
)


def medication(material: str) -> bytes:
    """A patient summary with one medication whose material holds this beyond code and name."""
    return document(
        section(
            "10160-0",
            f'<substanceAdministration classCode="SBADM" moodCode="INT"><id root="2.999.7"/>{TIMES}'
            '<consumable><manufacturedProduct classCode="MANU"><manufacturedMaterial classCode="MMAT" '
            f'determinerCode="KIND"><code code="1"/><name>x</name>{material}</manufacturedMaterial>'
            "</manufacturedProduct></consumable></substanceAdministration>",
        )
    )


@pytest.fixture(scope="module")
def check() -> SchemaCheck:
    return SchemaCheck()


def findings(check: SchemaCheck | Diagnosis, data: bytes | str) -> list[tuple[str, str]]:
    """Codes and places found."""
    root = etree.fromstring(data.encode() if isinstance(data, str) else data)
    report = Report()
    assert check.check(root, report) == (len(report) == 0)
    assert all(isinstance(finding.at, etree._Element) for finding in report)
    return [(finding.code, locate(finding.at)) for finding in report if isinstance(finding.at, etree._Element)]


def changed(old: str, new: str, times: int = 1) -> str:
    """The document with an allergy, one thing changed."""
    assert old in WITH_ALLERGY
    return WITH_ALLERGY.replace(old, new, times)


@pytest.mark.parametrize(
    "data",
    [
        document(section("48765-2")),
        WITH_ALLERGY.encode(),
        document(section("11450-4", problem('<value xsi:type="CE" code="A00" codeSystem="2.999"/>'))),
        medication(""),
        medication(PHARM_MATERIAL),
        medication(EPSOS_MATERIAL),
        medication("<lotNumberText>L1</lotNumberText>"),
    ],
)
def test_right_documents_are_valid(check: SchemaCheck, data: bytes) -> None:
    assert findings(check, data) == []


OBSERVATION = "section/entry/act/entryRelationship/observation"
BIRTH = '<birthTime value="19610312"/>'
VALUE = '<value xsi:type="CD" code="a"/>'
GENDER = "administrativeGenderCode"
PATIENT = "/ClinicalDocument/recordTarget/patientRole/patient"

# what is changed, the code, the end of the path, and words of the English text; below it what nearly is the same
ONE_THING = [
    (BIRTH, '<birthTime value="1961"/><birthTime value="1961"/>', "XSD-001", "birthTime[2]", "guardian"),
    ('<title>Test document</title>', "<title>Test <b>x</b></title>", "XSD-001", "title/b", "nothing more"),
    ("<given>Ana</given>", '<given xmlns="">Ana</given>', "XSD-001", "*[local-name()='given'][1]", "validTime"),
    ('<signatureCode code="S"/>', "", "XSD-001", "legalAuthenticator/assignedEntity", "signatureCode"),
    ('<time value="20240305"/><assignedAuthor>', "<assignedAuthor>", "XSD-001", "author/assignedAuthor", "time"),
    ('<patientRole><id root="2.999.2" extension="P-1"/>', "<patientRole>", "XSD-001", "patientRole/addr", "id"),
    ('<languageCode code', '<languageCode codeSystem="1.2" code', "XSD-003", "languageCode", "codeSystem"),
    ('classCode="OBS" ', "", "XSD-004", OBSERVATION, "classCode"),
    ('value="19610312"', 'value="1961-03-12"', "XSD-005", "birthTime", "YYYYMMDD"),
    ('value="19610312"', 'value=""', "XSD-005", "birthTime", "YYYYMMDD"),
    ('moodCode="EVN"', 'moodCode="DONE"', "XSD-005", "section/entry/act", "EVN, INT, RQO"),
    ('"2.16.840.1.113883.5.1"', '"urn:oid:2.16"', "XSD-005", GENDER, "an OID or a UUID"),
    ('displayName="Female"', 'displayName=""', "XSD-005", GENDER, "a text that is not empty"),
    ('113883.1.3" ext', '113883.1.4" ext', "XSD-005", "typeId", "2.16.840.1.113883.1.3"),
    ("<paragraph>", '<paragraph ID="a"/><paragraph ID="a">', "XSD-005", "text/paragraph[2]", "stands only once"),
    ('<telecom nullFlavor="NI"/>', '<telecom nullFlavor="NONE"/>', "XSD-005", "patientRole/telecom", "NI, UNK"),
    ('20240305101500+0100"/>', '20240305101500+0100">now</effectiveTime>', "XSD-006", "/effectiveTime", "empty"),
    ("<recordTarget>", "<recordTarget>Ana", "XSD-006", "recordTarget", "elements only"),
    (VALUE, '<value code="a"/>', "XSD-008", "/observation/value", "xsi:type"),
    (VALUE, '<value xsi:type="QTY"/>', "XSD-008", "/observation/value", "xsi:type"),
    (VALUE, '<value xsi:type="CDX" code="a"/>', "XSD-009", "/observation/value", "does not exist"),
    ("<effectiveTime value", '<effectiveTime xsi:type="CD" value', "XSD-009", "/effectiveTime", "may not stand"),
    ("<value xsi:type", '<value xsi:nil="true" xsi:type', "XSD-013", "/observation/value", "xsi:nil"),
]  # fmt: skip
ALMOST = [
    (BIRTH, '<birthTime value="1961"/>'),
    (BIRTH, ""),
    ("<title>Test document</title>", ""),
    ('<languageCode code="pt-PT"/>', '<languageCode code="pt-PT" nullFlavor="NI"/>'),
    ('value="19610312"', 'nullFlavor="UNK"'),
    ("20240305101500+0100", "20240305101500.25+0100"),
    ('codeSystem="2.16.840.1.113883.5.1"', 'codeSystem="123E4567-E89B-12D3-A456-426614174000"'),
    ("<paragraph>", '<paragraph ID="a"/><paragraph ID="b">'),
    (VALUE, '<value xsi:type="PQ" value="1.5e3" unit="mm[Hg]"/>'),
    (VALUE, '<value xmlns:v3="urn:hl7-org:v3" xsi:type="v3:INT" value="-1"/>'),
    ("<effectiveTime value", '<effectiveTime xsi:type="TS" value'),
    ("<recordTarget>", "<recordTarget> <!-- the patient --> <?page 1?>"),
]


@pytest.mark.parametrize(("old", "new", "code", "place", "words"), ONE_THING)
def test_one_thing_wrong(check: SchemaCheck, old: str, new: str, code: str, place: str, words: str) -> None:
    root = etree.fromstring(changed(old, new).encode())
    report = Report()
    assert check.check(root, report) is False
    (finding,) = report
    assert finding.code == code
    assert isinstance(finding.at, etree._Element)
    assert locate(finding.at).endswith(place)
    assert words in finding.text("en")
    assert finding.text("fr") != finding.text("en")
    assert finding.line is not None


@pytest.mark.parametrize(("old", "new"), ALMOST)
def test_nothing_wrong(check: SchemaCheck, old: str, new: str) -> None:
    assert findings(check, changed(old, new)) == []


def test_an_element_cut_short_is_incomplete(check: SchemaCheck) -> None:
    assert findings(check, changed("<paragraph>", '<table border="1"/><paragraph>')) == [
        ("XSD-002", "/ClinicalDocument/component/structuredBody/component/section/text/table")
    ]
    whole = "<table><tbody><tr><td>1</td></tr></tbody></table><paragraph>"
    assert findings(check, changed("<paragraph>", whole)) == []


def test_text_of_the_wrong_form(check: SchemaCheck) -> None:
    series = '<value xsi:type="SLIST_PQ"><origin value="0"/><scale value="1"/><digits>{}</digits></value>'
    old = VALUE
    assert [code for code, _ in findings(check, changed(old, series.format("1 b 3")))] == ["XSD-007"]
    assert findings(check, changed(old, series.format("1 2 3"))) == []


@pytest.mark.parametrize("value", ["Ana Exemplo", "x' of the set {'A'}.", "1961' of the atomic type 'Ana'.", "'. \n"])
@pytest.mark.parametrize("attribute", ['value="19610312"', 'classCode="OBS"', 'xsi:type="CD"', 'use="L"'])
def test_no_value_of_the_document_is_repeated(check: SchemaCheck, value: str, attribute: str) -> None:
    data = WITH_ALLERGY.replace("<name><family>Exemplo", '<name use="L"><family>Exemplo', 1)
    name = attribute.partition("=")[0]
    root = etree.fromstring(data.replace(attribute, f'{name}="{value}"', 1).encode())
    report = Report()
    assert check.check(root, report) is False
    for finding in report:
        for language in ("fr", "en"):
            assert "Ana" not in finding.text(language) + finding.hint(language)
            assert "Exemplo" not in finding.text(language)


def test_one_cause_does_not_flood(check: SchemaCheck) -> None:
    twenty = '<templateId root="not an OID"/>' * 20
    found = findings(check, changed("<templateId", twenty + "<templateId"))
    assert [code for code, _ in found] == ["XSD-005"] * PLACES + ["XSD-012"]
    assert found[-1][1] == f"/ClinicalDocument/templateId[{PLACES + 1}]"


def test_an_extension_is_named_and_hides_nothing(check: SchemaCheck) -> None:
    extension = '<sdtc:raceCode xmlns:sdtc="urn:hl7-org:sdtc" code="x"><sdtc:deep/></sdtc:raceCode>'
    data = changed(BIRTH, f'{extension}<birthTime value="x"/>')
    assert findings(check, data) == [
        ("XSD-010", f"{PATIENT}/sdtc:raceCode"),
        ("XSD-005", f"{PATIENT}/birthTime"),
    ]


def test_an_attribute_of_an_extension_is_named(check: SchemaCheck) -> None:
    data = changed("<birthTime value", '<birthTime xmlns:x="urn:x" x:time="12" value')
    assert findings(check, data) == [("XSD-011", f"{PATIENT}/birthTime")]


def test_each_medication_namespace_has_its_schema(check: SchemaCheck) -> None:
    for material, name in ((PHARM_MATERIAL, "cda-pharm.xsd"), (EPSOS_MATERIAL, "cda-epsos.xsd")):
        assert check.entry_point(etree.fromstring(medication(material))).name == name
    assert check.entry_point(etree.fromstring(WITH_ALLERGY.encode())).name == "cda-pharm.xsd"


@pytest.mark.parametrize(
    ("material", "end"),
    [
        (PHARM_MATERIAL.replace('"PQ"', '"epsos:PQ"', 1), "pharm:ingredient/pharm:quantity/numerator"),
        (EPSOS_MATERIAL.replace('"epsos:PQ"', '"PQ"', 1), "epsos:ingredient/epsos:quantity/epsos:numerator"),
        (PHARM_MATERIAL + EPSOS_MATERIAL, "manufacturedMaterial/pharm:desc"),
        (EPSOS_MATERIAL.replace("epsos:originalText", "originalText"), "epsos:formCode/originalText"),
    ],
)
def test_namespaces_and_types_of_the_extensions_do_not_mix(check: SchemaCheck, material: str, end: str) -> None:
    found = findings(check, medication(material))
    assert found
    assert found[0][1].endswith(end)


def test_a_document_too_big_is_not_called_valid(check: SchemaCheck) -> None:
    few, many = ('<templateId root="2.999"/>' * count for count in (MOST_BROTHERS - 50, MOST_BROTHERS))
    assert findings(check, changed("<templateId", few + "<templateId")) == []
    assert findings(check, changed("<templateId", many + "<templateId")) == [("XSD-014", "/ClinicalDocument")]


def test_another_root_is_not_valid(check: SchemaCheck) -> None:
    assert findings(check, b'<section xmlns="urn:hl7-org:v3"/>') == [("XSD-013", "/section")]


def test_french_says_what_was_expected(check: SchemaCheck) -> None:
    report = Report()
    check.check(etree.fromstring(changed('value="19610312"', 'value="1961/03"').encode()), report)
    assert [f.text("fr") for f in report] == [
        "L'attribut value de l'élément birthTime n'a pas la forme attendue. Attendu\u00a0: une date AAAAMMJJ, ou une "
        "date et une heure AAAAMMJJhhmmss avec le décalage par rapport à UTC (+0100)."
    ]


@pytest.fixture(scope="module")
def diagnosis(check: SchemaCheck) -> Diagnosis:
    return Diagnosis(check)


def test_diagnosis_finds_what_stands_behind_the_first_error(check: SchemaCheck, diagnosis: Diagnosis) -> None:
    data = changed('<administrativeGenderCode code="F"', '<extra/><administrativeGenderCode code="F F"')
    first = ("XSD-001", f"{PATIENT}/extra")
    assert findings(check, data) == [first]
    assert findings(diagnosis, data) == [first, ("XSD-005", f"{PATIENT}/administrativeGenderCode")]


def test_diagnosis_of_a_valid_document_is_empty(diagnosis: Diagnosis) -> None:
    assert findings(diagnosis, WITH_ALLERGY) == []


@pytest.mark.parametrize(("old", "new"), [row[:2] for row in ONE_THING])
def test_diagnosis_keeps_what_the_check_found(check: SchemaCheck, diagnosis: Diagnosis, old: str, new: str) -> None:
    data = changed(old, new)
    found = findings(check, data)
    assert findings(diagnosis, data)[: len(found)] == found


def test_a_users_own_folder(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="ClinicalDocument"):
        SchemaCheck(tmp_path)
    schema = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3">'
        '<xs:element name="ClinicalDocument">{}</xs:element></xs:schema>'
    )
    inside = '<xs:complexType><xs:sequence/><xs:attribute name="own" use="required"/></xs:complexType>'
    (tmp_path / "own.xsd").write_text(schema.format(inside), "utf-8")
    own = SchemaCheck(tmp_path)
    assert findings(own, b'<ClinicalDocument xmlns="urn:hl7-org:v3" own="1"/>') == []
    assert findings(own, b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>') == [("XSD-004", "/ClinicalDocument")]
    (tmp_path / "own.xsd").write_text(schema.format('<xs:complexType name="x"/>'), "utf-8")
    with pytest.raises(SchemaError, match=r"own\.xsd"):
        SchemaCheck(tmp_path).valid(etree.fromstring(b"<x/>"))


def test_our_own_files_serve_as_a_users_folder() -> None:
    folder = SchemaCheck(data_file("validate/schemas"))
    assert {folder.entry_point(etree.fromstring(medication(m))).name for m in (PHARM_MATERIAL, EPSOS_MATERIAL)} == {
        "cda-pharm.xsd", "cda-epsos.xsd",
    }  # fmt: skip


def test_the_schemas_belong_to_no_other_namespace() -> None:
    for path in data_file("validate/schemas").glob("*.xsd"):
        target = etree.parse(str(path)).getroot().get("targetNamespace")
        assert target in (None, "urn:hl7-org:v3", PHARM, EPSOS), path.name


ORDERED = ("ClinicalDocument", "patient", "assignedAuthor", "observation", "act", "section", "custodian")
DAMAGE = SchemaCheck()


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(ORDERED), data=st.data())
def test_shuffled_children_are_never_valid(name: str, data: st.DataObject) -> None:
    root = etree.fromstring(WITH_ALLERGY.encode())
    parent = next(e for e in root.iter("*") if local(e) == name)
    children = list(parent)
    order = data.draw(st.permutations(range(len(children))))
    if [children[i].tag for i in order] == [child.tag for child in children]:
        assert DAMAGE.valid(root)
        return
    parent[:] = [children[i] for i in order]
    assert not DAMAGE.valid(root)


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=len(WITH_ALLERGY.encode()) - 1))
def test_truncated_documents_never_reach_the_schema(length: int) -> None:
    report = Report()
    whole = WITH_ALLERGY.rstrip().encode()
    assert parse(whole[: min(length, len(whole) - 1)], Limits(), report) is None
    assert report.fatal


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_document_without_one_of_its_required_elements_is_never_valid(data: st.DataObject) -> None:
    root = etree.fromstring(WITH_ALLERGY.encode())
    required = {
        "typeId", "id", "code", "effectiveTime", "confidentialityCode", "recordTarget", "author", "custodian",
        "component",
    }  # fmt: skip
    victim: Element = data.draw(st.sampled_from([e for e in root if local(e) in required]))
    root.remove(victim)
    assert not DAMAGE.valid(root)
