"""What must never change its meaning: negation, absence, status, certainty, dates, numbers, codes."""

from __future__ import annotations

import pytest
from documents import allergy, problem, relation, section

LOINC = 'codeSystem="2.16.840.1.113883.6.1"'
SNOMED = 'codeSystem="2.16.840.1.113883.6.96"'
ICD = 'codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2"'
CD = 'xsi:type="CD"'
LATEX = f'<code code="111088007" {SNOMED} displayName="Latex"/>'
ASTHMA = f'<value {CD} code="J45" {ICD} displayName="Asthma"/>'
STATUS = f'<code code="33999-4" {LOINC}/><value xsi:type="CE" code="{{}}" {SNOMED}/>'
CERTAINTY = f'<code code="66455-7" {LOINC}/><value {CD} code="confirmed" codeSystem="2.16.840.1.113883.4.642.4.1371"/>'


def coded(node):
    return [c["code"] for c in node.get("coding", [])]


# ---- negation


def test_a_denied_allergy_and_a_denied_problem_are_refuted(bundle):
    made = bundle(section("48765-2", allergy(LATEX, negated=True)), section("11450-4", problem(ASTHMA, negated=True)))
    assert coded(made.one("AllergyIntolerance")["verificationStatus"]) == ["refuted"]
    assert coded(made.one("Condition")["verificationStatus"]) == ["refuted"]


def test_a_denied_concern_denies_what_it_holds(bundle):
    made = bundle(section("11450-4", problem(ASTHMA, act=' negationInd="true"')))
    assert coded(made.one("Condition")["verificationStatus"]) == ["refuted"]


def test_a_denied_relation_denies_what_it_leads_to(bundle):
    entry = problem(ASTHMA).replace(
        '<entryRelationship typeCode="SUBJ">', '<entryRelationship typeCode="SUBJ" negationInd="true">', 1
    )
    assert coded(bundle(section("11450-4", entry)).one("Condition")["verificationStatus"]) == ["refuted"]


def test_nothing_is_confirmed_that_the_document_does_not_confirm(bundle):
    made = bundle(section("48765-2", allergy(LATEX)), section("11450-4", problem(ASTHMA)))
    assert "verificationStatus" not in made.one("AllergyIntolerance")
    assert "verificationStatus" not in made.one("Condition")
    stated = bundle(section("48765-2", allergy(LATEX, relation(CERTAINTY))))
    assert coded(stated.one("AllergyIntolerance")["verificationStatus"])[0] == "confirmed"


def test_a_denied_manifestation_is_no_reaction_of_the_allergy(bundle):
    denied = relation(
        f'<code code="404684003" {SNOMED}/><value {CD} code="39579001" {SNOMED} displayName="Anaphylaxis"/>', "MFST"
    )
    denied = denied.replace("<observation ", '<observation negationInd="true" ')
    made = bundle(section("48765-2", allergy(LATEX, denied)))
    assert "reaction" not in made.one("AllergyIntolerance")
    observation = made.one("Observation")
    assert observation["modifierExtension"][0]["valueBoolean"] is True
    assert coded(observation["valueCodeableConcept"]) == ["39579001"]


def test_a_denied_status_does_not_become_the_status(bundle):
    denied = relation(STATUS.format("413322009"), "REFR").replace("<observation ", '<observation negationInd="true" ')
    made = bundle(section("11450-4", problem(ASTHMA, denied)))
    assert coded(made.one("Condition")["clinicalStatus"]) == ["active"]


PRODUCT = (
    "<consumable><manufacturedProduct><manufacturedMaterial>"
    f'<code code="387517004" {SNOMED}/></manufacturedMaterial></manufacturedProduct></consumable>'
)
NOT_DONE = {
    "Procedure": ("47519-4", f'<procedure negationInd="true"><code code="80146002" {SNOMED}/></procedure>'),
    "Immunization": (
        "11369-6",
        '<substanceAdministration moodCode="EVN" negationInd="true"><code code="IMMUNIZ"/>'
        f"{PRODUCT}</substanceAdministration>",
    ),
    "MedicationStatement": (
        "10160-0",
        '<substanceAdministration moodCode="INT" negationInd="true"><statusCode code="active"/>'
        f"{PRODUCT}</substanceAdministration>",
    ),
}


@pytest.mark.parametrize(("type_", "status"), [("Procedure", "not-done"), ("Immunization", "not-done"),
                                               ("MedicationStatement", "not-taken")])  # fmt: skip
def test_what_was_not_done_is_not_done(bundle, type_, status):
    code, entry = NOT_DONE[type_]
    assert bundle(section(code, entry)).one(type_)["status"] == status


def test_a_denied_observation_carries_a_modifier(bundle):
    entry = f'<observation moodCode="EVN" negationInd="true"><code code="229819007" {SNOMED}/></observation>'
    assert bundle(section("29762-2", entry)).one("Observation")["modifierExtension"]
    assert "modifierExtension" not in bundle(section("29762-2", entry.replace(' negationInd="true"', ""))).one(
        "Observation"
    )


# ---- status


def test_completed_act_does_not_resolve_an_allergy_that_is_said_to_be_active(bundle):
    active = relation(STATUS.format("55561003"), "REFR")
    made = bundle(section("48765-2", allergy(LATEX, active, status="completed")))
    assert coded(made.one("AllergyIntolerance")["clinicalStatus"])[0] == "active"


def test_a_status_that_nobody_states_is_marked_as_such(bundle):
    made = bundle(section("48765-2", allergy(LATEX, status="suspended")))
    clinical = made.one("AllergyIntolerance")["clinicalStatus"]
    assert clinical["extension"] == [{"url": "urn:cdatk:fhir:extension:not-stated", "valueBoolean": True}]
    assert "FHR-008" in made.codes


def test_past_illnesses_are_inactive_unless_the_document_says_otherwise(bundle):
    past = section("11348-0", problem(ASTHMA))
    assert coded(bundle(past).one("Condition")["clinicalStatus"]) == ["inactive"]
    stated = section("11348-0", problem(ASTHMA, relation(STATUS.format("55561003"), "REFR")))
    assert coded(bundle(stated).one("Condition")["clinicalStatus"])[0] == "active"


def test_an_active_problem_keeps_its_end_without_an_abatement(bundle):
    entry = problem(ASTHMA, relation(STATUS.format("55561003"), "REFR")).replace(
        '<effectiveTime><low value="2018"/></effectiveTime><value',
        '<effectiveTime><low value="2018"/><high value="2019"/></effectiveTime><value',
    )
    condition = bundle(section("11450-4", entry)).one("Condition")
    assert "abatementDateTime" not in condition
    assert '"2019"' in str(condition["extension"]).replace("'", '"')


def test_known_absence_no_information_and_silence_are_three_things(bundle):
    known = bundle(
        section(
            "48765-2",
            allergy("", value=f'<value {CD} code="no-known-allergies" codeSystem="2.16.840.1.113883.5.1150.1"/>'),
        )
    )
    unknown = bundle(
        section(
            "48765-2",
            allergy("", value=f'<value {CD} code="no-allergy-info" codeSystem="2.16.840.1.113883.5.1150.1"/>'),
        )
    )
    silent = bundle(section("48765-2", text=""))
    assert coded(known.one("AllergyIntolerance")["code"]) == ["no-known-allergies"]
    assert coded(unknown.one("AllergyIntolerance")["code"]) == ["no-allergy-info"]
    assert silent.all("AllergyIntolerance") == []
    assert "reaction" not in known.one("AllergyIntolerance")


# ---- codes and words


def test_french_stands_in_text_and_translation_and_display_stays_english(bundle):
    code = bundle(section("11450-4", problem(ASTHMA))).one("Condition")["code"]
    assert code["text"] == "fr:Asthma"
    assert code["coding"][0]["display"] == "Asthma"
    parts = code["coding"][0]["_display"]["extension"][0]["extension"]
    assert {p["url"]: p.get("valueCode") or p.get("valueString") for p in parts} == {
        "lang": "fr",
        "content": "fr:Asthma",
    }


def test_every_nested_translation_is_a_further_coding(bundle):
    value = (
        f'<value {CD} code="J45" {ICD} displayName="Asthma"><translation code="A1" codeSystem="2.999.7">'
        '<translation code="B2" codeSystem="2.999.8"/></translation></value>'
    )
    code = bundle(section("11450-4", problem(value))).one("Condition")["code"]
    assert [(c["system"], c["code"]) for c in code["coding"][1:]] == [
        ("urn:oid:2.999.7", "A1"),
        ("urn:oid:2.999.8", "B2"),
    ]


def test_a_code_without_a_usable_system_is_a_coding_without_system(bundle):
    code = bundle(section("11450-4", problem(f'<value {CD} code="7" codeSystem="CNPEM"/>'))).one("Condition")["code"]
    assert "system" not in code["coding"][0]
    assert "CNPEM" in str(code["coding"][0])


def test_other_with_a_translation_codes_only_the_translation(bundle):
    inside = '<originalText>Asma</originalText><translation code="A1" codeSystem="2.999.7"/>'
    value = f'<value {CD} nullFlavor="OTH">{inside}</value>'
    code = bundle(section("11450-4", problem(value))).one("Condition")["code"]
    assert coded(code) == ["A1"]
    assert code["text"] == "Asma"


def test_a_bare_null_value_gives_its_reason_and_no_code(bundle):
    code = bundle(section("11450-4", problem(f'<value {CD} nullFlavor="MSK"/>'))).one("Condition")["code"]
    assert code == {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
    }


def test_words_of_the_document_are_marked_with_their_language(bundle):
    value = f'<value {CD} nullFlavor="OTH"><originalText>Asma</originalText></value>'
    code = bundle(section("11450-4", problem(value))).one("Condition")["code"]
    assert code["_text"]["extension"][0]["extension"][0] == {"url": "lang", "valueCode": "pt-PT"}


# ---- nothing is lost


def test_a_nested_statement_nobody_knows_becomes_a_linked_observation(bundle):
    strange = relation('<code code="X1" codeSystem="2.999.9"/><value xsi:type="PQ" value="0.50" unit="mg"/>', "SPRT")
    made = bundle(section("48765-2", allergy(LATEX, strange)))
    observation = made.one("Observation")
    assert coded(observation["code"]) == ["X1"]
    assert observation["focus"][0]["reference"].endswith(made.one("AllergyIntolerance")["id"])


def test_what_has_no_element_is_carried_and_said(bundle):
    value = f'<value {CD} code="161901003" {SNOMED}/><interpretationCode code="A" codeSystem="2.999.9"/>'
    outcome = relation(f'<code code="11323-3" {LOINC}/>{value}', "REFR")
    made = bundle(section("11450-4", problem(ASTHMA, outcome)))
    carried = str(made.one("Condition")["extension"])
    assert "161901003" in carried
    assert "urn:oid:2.999.9" in carried
    assert "FHR-004" in made.codes


def test_a_comment_is_a_note(bundle):
    comment = (
        f'<entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="EVN"><code code="48767-8" {LOINC}/>'
        "<text>Só no verão</text></act></entryRelationship>"
    )
    assert bundle(section("48765-2", allergy(LATEX, comment))).one("AllergyIntolerance")["note"] == [
        {"text": "Só no verão"}
    ]


def test_a_planned_vaccination_is_no_vaccination(bundle):
    planned = f'<substanceAdministration moodCode="INT"><code code="IMMUNIZ"/>{PRODUCT}</substanceAdministration>'
    made = bundle(section("11369-6", planned))
    assert made.all("Immunization") == []
    assert made.one("MedicationRequest")["intent"] == "plan"
    assert made.follow(made.section("11369-6")["entry"][0])["resourceType"] == "DocumentReference"
