"""The bundle as a whole: order, references, identity, absence of sections, bytes."""

from __future__ import annotations

import base64
import hashlib
import uuid

from documents import HEADER, allergy, document, problem, section

LOINC = 'codeSystem="2.16.840.1.113883.6.1"'
SNOMED = 'codeSystem="2.16.840.1.113883.6.96"'
CD = 'xsi:type="CD"'
AGENT = f'<code code="111088007" {SNOMED} displayName="Latex"/>'
ASTHMA = f'<value {CD} code="J45" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2" displayName="Asthma"/>'
SUMMARY = ("11450-4", "48765-2", "10160-0")


def test_composition_first_one_patient_and_every_reference_resolves(bundle):
    made = bundle(section("48765-2", allergy(AGENT)), section("11450-4", problem(ASTHMA)))
    assert made.json["type"] == "document"
    assert made.json["entry"][0]["resource"]["resourceType"] == "Composition"
    assert len(made.all("Patient")) == 1
    assert made.json["identifier"] == {"system": "urn:oid:2.999.1", "value": "doc-1"}
    assert made.json["timestamp"] == "2024-03-05T10:15:00+01:00"
    references = [node["reference"] for node in made.walk() if isinstance(node.get("reference"), str)]
    assert references
    assert set(references) <= made.by_url.keys()


def test_same_input_same_bytes_and_another_document_other_ids(bundle, bundle_of):
    one, two = bundle(section("48765-2", allergy(AGENT))), bundle(section("48765-2", allergy(AGENT)))
    assert one.data == two.data
    other = document(section("48765-2", allergy(AGENT))).replace(b'extension="doc-1"', b'extension="doc-2"')
    assert set(bundle_of(other).by_url).isdisjoint(one.by_url)


def test_ids_are_name_based_uuids_of_the_document_and_the_place(bundle):
    made = bundle(section("48765-2", allergy(AGENT)))
    ids = {r["resourceType"]: uuid.UUID(r["id"]) for r in (e["resource"] for e in made.json["entry"])}
    assert {(i.version, i.variant) for i in ids.values()} == {(5, uuid.RFC_4122)}
    digest = hashlib.sha1(b"cdatk|2.999.1|doc-1|entry/0/AllergyIntolerance/0").digest()
    assert ids["AllergyIntolerance"] == uuid.UUID(bytes=digest[:16], version=5)


def test_what_is_shared_between_bundles_is_not_changed_by_any(bundle):
    coded = section("48765-2", allergy(AGENT)), section("11450-4", problem(ASTHMA))
    first = bundle(*coded).data
    bundle(section("11450-4", problem(ASTHMA.replace("/>", "><originalText>Asthma bronchiale</originalText></value>"))))
    assert bundle(*coded).data == first


def test_sections_that_ips_requires_are_unavailable_never_nilknown(bundle):
    made = bundle(section("8716-3"))
    for code in SUMMARY:
        found = made.section(code)
        assert found["emptyReason"]["coding"][0]["code"] == "unavailable"
        assert found["text"]["status"] == "generated"
        assert "entry" not in found


def test_no_section_is_added_to_another_document_type(bundle):
    made = bundle(section("57828-6"), code="57833-6")
    assert [s["code"]["coding"][0]["code"] for s in made.one("Composition")["section"]] == ["57828-6"]


def test_a_section_null_flavor_gives_its_reason(bundle):
    masked = section("11369-6", text="").replace("<section>", '<section nullFlavor="MSK">')
    assert bundle(masked).section("11369-6")["emptyReason"]["coding"][0]["code"] == "withheld"


def test_a_section_of_words_alone_has_a_document_and_no_empty_reason(bundle):
    made = bundle(section("42348-3", text="<paragraph>Não reanimar</paragraph>"))
    found = made.section("42348-3")
    assert "emptyReason" not in found
    held = made.follow(found["entry"][0])
    data = base64.b64decode(held["content"][0]["attachment"]["data"]).decode()
    assert "Não reanimar" in data


def test_a_plan_of_words_alone_is_a_care_plan_of_unknown_status(bundle):
    made = bundle(section("18776-5", text="<paragraph>Controlo</paragraph>"))
    plan = made.follow(made.section("18776-5")["entry"][0])
    assert (plan["resourceType"], plan["status"], plan["intent"]) == ("CarePlan", "unknown", "plan")
    assert "Controlo" in plan["text"]["div"]


def test_repeated_sections_become_one_with_both_texts_and_lists(bundle):
    first = section("11450-4", problem(ASTHMA), text="<paragraph>primeiro</paragraph>")
    second = section("11450-4", problem(ASTHMA), text="<paragraph>segundo</paragraph>")
    found = bundle(first, second).section("11450-4")
    assert len(found["entry"]) == 2
    assert "primeiro" in found["text"]["div"]
    assert "segundo" in found["text"]["div"]


def test_an_unrecognised_entry_is_in_the_list_through_a_document_reference(bundle):
    made = bundle(
        section("11450-4", f'<encounter classCode="ENC" moodCode="EVN"><code code="1" {SNOMED}/></encounter>')
    )
    wrapper = made.follow(made.section("11450-4")["entry"][0])
    assert wrapper["resourceType"] == "DocumentReference"
    assert made.follow(wrapper["context"]["related"][0])["resourceType"] == "Encounter"
    assert made.entries == frozenset({0})


def test_a_void_entry_is_no_problem_but_a_reason_for_an_empty_list(bundle):
    void = '<act nullFlavor="NASK"><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/></act>'
    made = bundle(section("11450-4", void))
    assert made.all("Condition") == []
    assert made.section("11450-4")["emptyReason"]["coding"][0]["code"] == "notasked"


def test_provenance_names_source_and_tool_and_uses_no_clock(bundle):
    made = bundle(section("8716-3"))
    provenance = made.one("Provenance")
    assert provenance["recorded"] == "2024-03-05T10:15:00+01:00"
    assert "00" * 32 in provenance["entity"][0]["what"]["display"]
    device = made.follow(provenance["agent"][0]["who"])
    assert device["deviceName"][0]["name"] == "cdatk"
    authors = [made.follow(author)["resourceType"] for author in made.one("Composition")["author"]]
    assert "Device" not in authors


def test_an_attached_document_leaves_byte_for_byte(bundle_of):
    content = b"%PDF-1.4 \x00\xff test"
    body = (
        '<component><nonXMLBody><text mediaType="application/pdf" representation="B64">'
        f"{base64.b64encode(content).decode()}</text></nonXMLBody></component></ClinicalDocument>"
    )
    made = bundle_of((HEADER.format(code="60591-5", language="pt-PT") + body).encode())
    binary = made.one("Binary")
    assert base64.b64decode(binary["data"]) == content
    held = made.one("DocumentReference")["content"][0]["attachment"]
    assert made.by_url[held["url"]] == binary
    assert base64.b64decode(held["hash"]) == hashlib.sha1(content).digest()
    for code in SUMMARY:
        assert made.section(code)["emptyReason"]["coding"][0]["code"] == "unavailable"


def test_strings_hold_ascii_blanks_only_and_narrative_keeps_its_own(bundle):
    made = bundle(section("8716-3", text="<paragraph>10\u00a0mg</paragraph>", title="Sinais\u00a0vitais"))
    assert b"\xc2\xa0" not in made.data
    found = made.section("8716-3")
    assert found["title"] == "Sinais vitais"
    assert "10&#160;mg" in found["text"]["div"]
