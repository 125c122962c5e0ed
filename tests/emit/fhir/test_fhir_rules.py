"""Each row of the mapping tables, by a document that states its left side and the FHIR that has to come out.

The rule: the expectations stand here once more, on purpose: a row that is changed or lost has to fail a test
(benchmarks/mutants.py changes every one of them and counts).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from documents import allergy, document, problem, relation, section

from cdatk.emit.fhir.tables import maps

SNOMED = "2.16.840.1.113883.6.96"
AGENT = '<code code="111088007" codeSystem="2.16.840.1.113883.6.96" displayName="Latex"/>'
ASTHMA = '<value xsi:type="CD" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" code="J45.9" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2" displayName="Asthma"/>'


def status_code(code: str) -> str:
    return f'<statusCode code="{code}"/>'


def value(code: str, system: str) -> str:
    return f'<value xsi:type="CD" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" code="{code}" codeSystem="{system}"/>'


PRODUCT = "<consumable><manufacturedProduct><manufacturedMaterial><name>Ficta</name></manufacturedMaterial></manufacturedProduct></consumable>"
CODE = '<code code="1-8" codeSystem="2.16.840.1.113883.6.1" displayName="Test"/>'
TIME = '<effectiveTime value="20240305"/>'
ENTRIES = {
    "observation": ("29762-2", "Observation", f'<observation classCode="OBS" moodCode="EVN">{CODE}%s{TIME}</observation>'),
    "report": ("30954-2", "DiagnosticReport", f'<organizer classCode="BATTERY" moodCode="EVN">{CODE}%s{TIME}</organizer>'),
    "medication-statement": ("10160-0", "MedicationStatement", f'<substanceAdministration classCode="SBADM" moodCode="INT">%s{PRODUCT}</substanceAdministration>'),
    "medication-request": ("57828-6", "MedicationRequest", f'<substanceAdministration classCode="SBADM" moodCode="RQO">%s{PRODUCT}</substanceAdministration>'),
    "medication-dispense": ("60590-7", "MedicationDispense", "<supply classCode='SPLY' moodCode='EVN'>%s<product><manufacturedProduct><manufacturedMaterial><name>Ficta</name></manufacturedMaterial></manufacturedProduct></product></supply>"),
    "immunization": ("11369-6", "Immunization", f'<substanceAdministration classCode="SBADM" moodCode="EVN">%s{TIME}{PRODUCT}</substanceAdministration>'),
    "procedure": ("47519-4", "Procedure", f'<procedure classCode="PROC" moodCode="EVN">{CODE}%s{TIME}</procedure>'),
    "device": ("46264-8", "DeviceUseStatement", "<supply classCode='SPLY' moodCode='EVN'>%s<participant typeCode='DEV'><participantRole classCode='MANU'><playingDevice><code code='360129009' codeSystem='2.16.840.1.113883.6.96' displayName='Stent'/></playingDevice></participantRole></participant></supply>"),
    "request": ("18776-5", "ServiceRequest", f'<observation classCode="OBS" moodCode="RQO">{CODE}%s</observation>'),
    "encounter": ("46240-8", "Encounter", f'<encounter classCode="ENC" moodCode="EVN">{CODE}%s</encounter>'),
    "clinical-impression": ("47420-5", "ClinicalImpression", f'<observation classCode="OBS" moodCode="EVN">{CODE}%s</observation>'),
}  # fmt: skip
OBSERVED = {"completed": "final", "active": "preliminary", "aborted": "cancelled", "cancelled": "cancelled",
            "nullified": "entered-in-error", "new": "registered", "held": "registered"}  # fmt: skip
STATUS = {
    "observation": OBSERVED,
    "report": OBSERVED,
    "medication-statement": {"active": "active", "completed": "completed", "aborted": "stopped", "cancelled": "stopped",
                             "suspended": "on-hold", "held": "on-hold", "nullified": "entered-in-error"},
    "medication-request": {"active": "active", "completed": "completed", "aborted": "stopped", "cancelled": "cancelled",
                           "suspended": "on-hold", "held": "on-hold", "new": "draft", "nullified": "entered-in-error"},
    "medication-dispense": {"active": "in-progress", "completed": "completed", "aborted": "stopped",
                            "cancelled": "cancelled", "suspended": "on-hold", "held": "on-hold", "new": "preparation",
                            "nullified": "entered-in-error"},
    "immunization": {"completed": "completed", "aborted": "not-done", "cancelled": "not-done",
                     "nullified": "entered-in-error"},
    "procedure": {"completed": "completed", "active": "in-progress", "aborted": "stopped", "cancelled": "not-done",
                  "suspended": "on-hold", "held": "on-hold", "new": "preparation", "nullified": "entered-in-error"},
    "device": {"active": "active", "completed": "completed", "aborted": "stopped", "cancelled": "stopped",
               "suspended": "on-hold", "held": "on-hold", "nullified": "entered-in-error"},
    "request": {"active": "active", "completed": "completed", "aborted": "revoked", "cancelled": "revoked",
                "suspended": "on-hold", "held": "on-hold", "new": "draft", "nullified": "entered-in-error"},
    "encounter": {"completed": "finished", "active": "in-progress", "aborted": "cancelled", "cancelled": "cancelled",
                  "suspended": "onleave", "new": "planned", "nullified": "entered-in-error"},
    "clinical-impression": {"completed": "completed", "active": "in-progress", "nullified": "entered-in-error"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "expected"), [(k, c, e) for k, rows in STATUS.items() for c, e in rows.items()]
)
def test_status_of_an_act(bundle, kind, code, expected):
    where, type_, entry = ENTRIES[kind]
    documents = {"medication-request": "57833-6", "medication-dispense": "60593-1"}
    made = bundle(section(where, entry % status_code(code)), code=documents.get(kind, "60591-5"))
    assert made.all(type_)[0]["status"] == expected


CLINICAL = {"55561003": "active", "73425007": "inactive", "413322009": "resolved", "255227004": "recurrence",
            "246455001": "recurrence", "263855007": "relapse", "765205004": "remission", "277022003": "remission"}  # fmt: skip
WORDS = ["active", "inactive", "resolved", "recurrence", "relapse", "remission"]
STATED = '<code code="33999-4" codeSystem="2.16.840.1.113883.6.1"/>'
CERTAINTY = '<code code="66455-7" codeSystem="2.16.840.1.113883.6.1"/>'
CRITICALITY = '<code code="82606-5" codeSystem="2.16.840.1.113883.6.1"/>'
SEVERITY = '<code code="SEV" codeSystem="2.16.840.1.113883.5.4"/>'


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [*((c, SNOMED, e) for c, e in CLINICAL.items()), *((w, "2.999.4.1", w) for w in WORDS)],
)
def test_clinical_status_of_a_problem(bundle, code, system, expected):
    made = bundle(section("11450-4", problem(ASTHMA, relation(STATED + value(code, system), "REFR"))))
    assert made.one("Condition")["clinicalStatus"]["coding"][0]["code"] == expected


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [*((c, SNOMED, CLINICAL[c]) for c in ("55561003", "73425007", "413322009")),
     *((w, "2.999.4.1", w) for w in WORDS[:3])],
)  # fmt: skip
def test_clinical_status_of_an_allergy(bundle, code, system, expected):
    made = bundle(section("48765-2", allergy(AGENT, relation(STATED + value(code, system), "REFR"))))
    assert made.one("AllergyIntolerance")["clinicalStatus"]["coding"][0]["code"] == expected


@pytest.mark.parametrize(
    ("code", "expected"), [("active", "active"), ("completed", "inactive"), ("aborted", "inactive")]
)
def test_status_of_the_concern_is_the_fallback(bundle, code, expected):
    made = bundle(section("48765-2", allergy(AGENT, status=code)))
    assert made.one("AllergyIntolerance")["clinicalStatus"]["coding"][0]["code"] == expected


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [("410605003", SNOMED, "confirmed"), ("415684004", SNOMED, "unconfirmed"), ("410592001", SNOMED, "provisional"),
     ("410516002", SNOMED, "refuted"),
     *((w, "2.999.4.2", w) for w in ("unconfirmed", "provisional", "differential", "confirmed", "refuted",
                                     "entered-in-error"))],
)  # fmt: skip
def test_certainty_of_a_problem(bundle, code, system, expected):
    made = bundle(section("11450-4", problem(ASTHMA, relation(CERTAINTY + value(code, system)))))
    assert made.one("Condition")["verificationStatus"]["coding"][0]["code"] == expected


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [("410605003", SNOMED, "confirmed"), ("410516002", SNOMED, "refuted"),
     *((w, "2.999.4.2", w) for w in ("unconfirmed", "confirmed", "refuted", "entered-in-error"))],
)  # fmt: skip
def test_certainty_of_an_allergy(bundle, code, system, expected):
    made = bundle(section("48765-2", allergy(AGENT, relation(CERTAINTY + value(code, system)))))
    assert made.one("AllergyIntolerance")["verificationStatus"]["coding"][0]["code"] == expected


@pytest.mark.parametrize(("code", "expected"), [("415684004", "unconfirmed"), ("410516002", "refuted")])
def test_a_status_that_speaks_of_certainty(bundle, code, expected):
    made = bundle(section("11450-4", problem(ASTHMA, relation(STATED + value(code, SNOMED), "REFR"))))
    assert made.one("Condition")["verificationStatus"]["coding"][0]["code"] == expected


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [*((c, "2.16.840.1.113883.4.642.4.130", c) for c in ("low", "high", "unable-to-assess")),
     *((c, "2.16.840.1.113883.5.1063", e) for c, e in (("CRITL", "low"), ("CRITH", "high"), ("CRITU", "unable-to-assess"),
                                                       ("L", "low"), ("H", "high")))],
)  # fmt: skip
def test_criticality(bundle, code, system, expected):
    made = bundle(section("48765-2", allergy(AGENT, relation(CRITICALITY + value(code, system)))))
    assert made.one("AllergyIntolerance")["criticality"] == expected


@pytest.mark.parametrize(("code", "expected"), [("255604002", "mild"), ("6736007", "moderate"), ("24484000", "severe")])
def test_severity_of_a_reaction(bundle, code, expected):
    below = relation(SEVERITY + value(code, SNOMED))
    reaction = relation(f'<code code="418799008" codeSystem="{SNOMED}"/>{value("247472004", SNOMED)}{below}', "MFST")
    made = bundle(section("48765-2", allergy(AGENT, reaction)))
    assert made.one("AllergyIntolerance")["reaction"][0]["severity"] == expected


ALLERGY_TYPES = [
    ("609328004", SNOMED, "allergy", None), ("419199007", SNOMED, "allergy", None),
    ("416098002", SNOMED, "allergy", "medication"), ("414285001", SNOMED, "allergy", "food"),
    ("426232007", SNOMED, "allergy", "environment"), ("782197009", SNOMED, "intolerance", None),
    ("59037007", SNOMED, "intolerance", "medication"), ("235719002", SNOMED, "intolerance", "food"),
    ("419511003", SNOMED, None, "medication"), ("418471000", SNOMED, None, "food"),
    *((code, "2.16.840.1.113883.5.4", kind, category) for code, kind, category in (
        ("ALG", "allergy", None), ("DALG", "allergy", "medication"), ("FALG", "allergy", "food"),
        ("EALG", "allergy", "environment"), ("DINT", "intolerance", "medication"), ("FINT", "intolerance", "food"),
        ("EINT", "intolerance", "environment"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "system", "kind", "category"), ALLERGY_TYPES)
def test_type_and_category_of_an_allergy(bundle, code, system, kind, category):
    entry = allergy(AGENT).replace(f'code="609328004" codeSystem="{SNOMED}"', f'code="{code}" codeSystem="{system}"')
    made = bundle(section("48765-2", entry)).one("AllergyIntolerance")
    assert made.get("type") == kind
    assert made.get("category") == ([category] if category else None)


@pytest.mark.parametrize("code", ["420134006", "418038007", "609433001"])
def test_a_propensity_is_neither_allergy_nor_intolerance_and_is_kept(bundle, code):
    entry = allergy(AGENT).replace('code="609328004"', f'code="{code}"')
    made = bundle(section("48765-2", entry)).one("AllergyIntolerance")
    assert "type" not in made
    assert any(e["extension"][0].get("valueString") == "observation/code" for e in made["extension"])


NULLS = {"UNK": "unknown", "ASKU": "asked-unknown", "NAV": "temp-unknown", "NASK": "not-asked", "NI": "unknown",
         "MSK": "masked", "NA": "not-applicable", "NINF": "negative-infinity", "PINF": "positive-infinity",
         "NP": "unknown", "UNC": "as-text", "OTH": "as-text"}  # fmt: skip


@pytest.mark.parametrize(("flavor", "expected"), NULLS.items())
def test_null_flavor_is_a_reason(bundle, flavor, expected):
    entry = ENTRIES["procedure"][2].replace(TIME, f'<effectiveTime nullFlavor="{flavor}"/>') % status_code("completed")
    reason = bundle(section("47519-4", entry)).one("Procedure")["_performedDateTime"]["extension"][0]["valueCode"]
    assert reason == expected


@pytest.mark.parametrize(
    ("flavor", "expected"),
    [("UNK", "unavailable"), ("NI", "unavailable"), ("NAV", "unavailable"), ("ASKU", "unavailable"),
     ("NASK", "notasked"), ("MSK", "withheld")],
)  # fmt: skip
def test_null_flavor_of_a_section_is_why_it_is_empty(bundle, flavor, expected):
    empty = section("11450-4").replace("<section>", f'<section nullFlavor="{flavor}">')
    assert bundle(empty).section("11450-4")["emptyReason"]["coding"][0]["code"] == expected


@pytest.mark.parametrize(
    ("mood", "expected"),
    [("RQO", "order"), ("ARQ", "order"), ("APT", "plan"), ("INT", "plan"), ("PRMS", "plan"), ("PRP", "proposal"),
     ("GOL", "plan"), ("DEF", "option"), ("OPT", "option"), ("SLOT", "option"), ("EVN.CRIT", "option")],
)  # fmt: skip
def test_mood_is_the_intent(bundle, mood, expected):
    made = bundle(section("18776-5", f'<observation classCode="OBS" moodCode="{mood}">{CODE}</observation>'))
    assert made.one("ServiceRequest")["intent"] == expected


@pytest.mark.parametrize("unit", ["s", "min", "h", "d", "wk", "mo", "a"])
def test_period_units(bundle, unit):
    times = f'<effectiveTime xsi:type="PIVL_TS" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><period value="8" unit="{unit}"/></effectiveTime>'
    made = bundle(section("10160-0", ENTRIES["medication-statement"][2] % times)).one("MedicationStatement")
    assert made["dosage"][0]["timing"]["repeat"]["periodUnit"] == unit


@pytest.mark.parametrize("code", ["MORN", "NOON", "AFT", "EVE", "NIGHT", "HS", "WAKE", "C", "CM", "CD", "CV", "AC", "ACM",
                                  "ACD", "ACV", "PC", "PCM", "PCD", "PCV"])  # fmt: skip
def test_events_of_the_day(bundle, code):
    times = f'<effectiveTime xsi:type="EIVL_TS" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><event code="{code}"/></effectiveTime>'
    made = bundle(section("10160-0", ENTRIES["medication-statement"][2] % times)).one("MedicationStatement")
    assert made["dosage"][0]["timing"]["repeat"]["when"] == [code]


@pytest.mark.parametrize(("code", "expected"), [("M", "male"), ("F", "female"), ("UN", "other")])
def test_gender(bundle_of, code, expected):
    data = document().replace(b'Code code="F"', f'Code code="{code}"'.encode())
    patient = bundle_of(data).one("Patient")
    assert patient["gender"] == expected
    (translation,) = patient["_gender"]["extension"]
    assert {e["url"]: e.get("valueCode") or e["valueString"] for e in translation["extension"]}["lang"] == "fr"


def test_marital_status(bundle_of):
    status = b'<maritalStatusCode code="M" codeSystem="2.16.840.1.113883.5.2" displayName="Married"/>'
    data = document().replace(b'<birthTime value="19610312"/>', b'<birthTime value="19610312"/>' + status)
    assert bundle_of(data).one("Patient")["maritalStatus"]["coding"][0]["code"] == "M"


def test_kind_of_an_organisation(bundle_of):
    kind = b'<standardIndustryClassCode code="282N00000X" codeSystem="2.16.840.1.113883.6.101" displayName="Hospital"/>'
    name = b"<name>Hospital Exemplo</name></representedOrganization>"
    data = document().replace(name, name.replace(b"</representedOrganization>", kind + b"</representedOrganization>"))
    kinds = [
        code["code"]
        for made in bundle_of(data).all("Organization")
        for kind in made.get("type", [])
        for code in kind["coding"]
    ]
    assert kinds == ["282N00000X"]


@pytest.mark.parametrize(("code", "expected"), [("XFRM", "transforms"), ("APND", "appends"), ("RPLC", "replaces")])
def test_related_documents(bundle_of, code, expected):
    related = f'<relatedDocument typeCode="{code}"><parentDocument><id root="2.999.9.1" extension="p"/></parentDocument></relatedDocument><component>'
    made = bundle_of(document().replace(b"<component>", related.encode(), 1))
    assert made.one("Composition")["relatesTo"][0]["code"] == expected


@pytest.mark.parametrize("code", ["U", "L", "M", "N", "R", "V"])
def test_confidentiality(bundle_of, code):
    data = document().replace(b'confidentialityCode code="N"', f'confidentialityCode code="{code}"'.encode())
    made = bundle_of(data).one("Composition")
    assert made["confidentiality"] == code
    assert made["_confidentiality"]["extension"][0]["extension"][0] == {"url": "lang", "valueCode": "fr"}
    assert made["meta"]["security"][0]["code"] == code


USES = {"H": "home", "HP": "home", "HV": "home", "WP": "work", "DIR": "work", "PUB": "work", "TMP": "temp",
        "BAD": "old", "OLD": "old"}  # fmt: skip


@pytest.mark.parametrize(("use", "expected"), [*USES.items(), ("MC", "mobile")])
def test_use_of_a_telephone(bundle_of, use, expected):
    data = document().replace(
        b'<telecom nullFlavor="NI"/>\n<patient>', f'<telecom value="tel:1" use="{use}"/><patient>'.encode()
    )
    assert bundle_of(data).one("Patient")["telecom"][0]["use"] == expected


@pytest.mark.parametrize(("use", "expected"), USES.items())
def test_use_of_an_address(bundle_of, use, expected):
    data = document().replace(
        b"<addr><country>PT</country></addr><telecom", f'<addr use="{use}"><city>X</city></addr><telecom'.encode(), 1
    )
    assert bundle_of(data).one("Patient")["address"][0]["use"] == expected


@pytest.mark.parametrize(("use", "expected"), [("PHYS", "physical"), ("PST", "postal")])
def test_type_of_an_address(bundle_of, use, expected):
    data = document().replace(
        b"<addr><country>PT</country></addr><telecom", f'<addr use="{use}"><city>X</city></addr><telecom'.encode(), 1
    )
    assert bundle_of(data).one("Patient")["address"][0]["type"] == expected


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("tel", "phone"),
        ("fax", "fax"),
        ("mailto", "email"),
        ("http", "url"),
        ("https", "url"),
        ("ftp", "url"),
        ("sms", "sms"),
    ],
)
def test_system_of_a_contact(bundle_of, scheme, expected):
    data = document().replace(
        b'<telecom nullFlavor="NI"/>\n<patient>', f'<telecom value="{scheme}:1"/><patient>'.encode()
    )
    assert bundle_of(data).one("Patient")["telecom"][0]["system"] == expected


@pytest.mark.parametrize(
    ("use", "expected"),
    [("L", "official"), ("C", "official"), ("A", "anonymous"), ("P", "nickname"), ("ASGN", "usual"), ("I", "usual")],
)
def test_use_of_a_name(bundle_of, use, expected):
    data = document().replace(b"<name><family>Exemplo", f'<name use="{use}"><family>Exemplo'.encode())
    assert bundle_of(data).one("Patient")["name"][0]["use"] == expected


@pytest.mark.parametrize(
    ("code", "category"), [("30954-2", "laboratory"), ("8716-3", "vital-signs"), ("29762-2", "social-history")]
)
def test_category_of_an_observation(bundle, code, category):
    made = bundle(section(code, ENTRIES["observation"][2] % status_code("completed"))).one("Observation")
    assert made["category"][0]["coding"][0]["code"] == category


@pytest.mark.parametrize(("ended", "expected"), [("", "active"), ('<high value="20230101"/>', "completed")])
def test_a_status_that_fhir_demands_and_nobody_states_is_marked(bundle, ended, expected):
    time = f'<effectiveTime><low value="2020"/>{ended}</effectiveTime>'
    made = bundle(section("46264-8", ENTRIES["device"][2] % time))
    node = made.one("DeviceUseStatement")
    assert node["status"] == expected
    assert node["_status"]["extension"][0] == {"url": "urn:cdatk:fhir:extension:not-stated", "valueBoolean": True}
    assert "FHR-008" in made.codes


def test_a_functional_assessment_without_status_is_marked(bundle):
    node = bundle(section("47420-5", ENTRIES["clinical-impression"][2] % "")).one("ClinicalImpression")
    assert node["status"] == "completed"
    assert "not-stated" in node["_status"]["extension"][0]["url"]


def test_an_allergy_without_status_is_marked(bundle):
    node = bundle(section("48765-2", allergy(AGENT, status="suspended"))).one("AllergyIntolerance")
    assert node["clinicalStatus"]["coding"][0]["code"] == "active"
    assert "not-stated" in node["clinicalStatus"]["extension"][0]["url"]


def test_a_past_illness_without_status_is_inactive(bundle):
    node = bundle(section("11348-0", problem(ASTHMA))).one("Condition")
    assert node["clinicalStatus"]["coding"][0]["code"] == "inactive"


@pytest.mark.parametrize(("code", "allowed"), [("N", False)])
def test_no_substitution_is_false(bundle, code, allowed):
    below = f'<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><code code="SUBST" codeSystem="2.16.840.1.113883.5.6"/>{value(code, "2.16.840.1.113883.5.1070")}</observation></entryRelationship>'
    entry = ENTRIES["medication-request"][2].replace("</substanceAdministration>", below + "</substanceAdministration>")
    made = bundle(section("57828-6", entry % status_code("active")), code="57833-6").one("MedicationRequest")
    assert made["substitution"]["allowedBoolean"] is allowed


# ---- tables of codes, once more --------------------------------------------------------------------------------------

SYSTEMS = {
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.73": "http://www.whocc.no/atc",
    "2.16.840.1.113883.6.8": "http://unitsofmeasure.org",
    "2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
    "1.3.6.1.4.1.12559.11.10.1.3.1.44.2": "http://hl7.org/fhir/sid/icd-10",
    "1.3.6.1.4.1.12559.11.10.1.3.1.44.5": "http://www.orpha.net",
    "1.3.6.1.4.1.12559.11.10.1.3.1.44.1": "http://standardterms.edqm.eu",
    "0.4.0.127.0.16.1.1.2.1": "http://standardterms.edqm.eu",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.6.254": "http://hl7.org/fhir/sid/icf",
    "2.16.840.1.113883.5.1150.1": "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
    "2.16.840.1.113883.5.1": "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
    "2.16.840.1.113883.5.2": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus",
    "2.16.840.1.113883.5.4": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "2.16.840.1.113883.5.6": "http://terminology.hl7.org/CodeSystem/v3-ActClass",
    "2.16.840.1.113883.5.7": "http://terminology.hl7.org/CodeSystem/v3-ActPriority",
    "2.16.840.1.113883.5.14": "http://terminology.hl7.org/CodeSystem/v3-ActStatus",
    "2.16.840.1.113883.5.25": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    "2.16.840.1.113883.5.83": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "2.16.840.1.113883.5.88": "http://terminology.hl7.org/CodeSystem/v3-ParticipationFunction",
    "2.16.840.1.113883.5.110": "http://terminology.hl7.org/CodeSystem/v3-RoleClass",
    "2.16.840.1.113883.5.111": "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
    "2.16.840.1.113883.5.112": "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration",
    "2.16.840.1.113883.5.139": "http://terminology.hl7.org/CodeSystem/v3-TimingEvent",
    "2.16.840.1.113883.5.1008": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
    "2.16.840.1.113883.5.1063": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "2.16.840.1.113883.5.1070": "http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution",
    "1.0.3166.1": "urn:iso:std:iso:3166",
    "1dd183a6-6d2b-4a9d-8f5d-be09d6bb5a6e": "urn:ietf:bcp:47",
}
ABSENCE = {
    "no-known-allergies": "716186003",
    "no-known-medication-allergies": "409137002",
    "no-known-food-allergies": "429625007",
    "no-known-environmental-allergies": "428607008",
    "no-known-problems": "160245001",
    "no-known-medications": "787481004",
    "no-known-procedures": "787480003",
    "no-known-devices": "787483001",
    "no-known-immunizations": "787482006",
    "no-allergy-info": "1287211007",
    "no-problem-info": "1287211007",
    "no-medication-info": "1287211007",
    "no-procedure-info": "1287211007",
    "no-device-info": "1287211007",
    "no-immunization-info": "1287211007",
}
SECTION_TYPES = {
    "11450-4": ["Condition"],
    "11348-0": ["Condition"],
    "48765-2": ["AllergyIntolerance"],
    "10160-0": ["MedicationStatement", "MedicationRequest", "MedicationAdministration", "MedicationDispense"],
    "11369-6": ["Immunization"],
    "30954-2": ["Observation", "DiagnosticReport"],
    "47519-4": ["Procedure"],
    "46264-8": ["DeviceUseStatement"],
    "42348-3": ["Consent"],
    "47420-5": ["Condition", "ClinicalImpression"],
    "10162-6": ["Observation"],
    "18776-5": ["CarePlan", "ImmunizationRecommendation"],
    "29762-2": ["Observation"],
    "8716-3": ["Observation"],
}
MOMENT_ONLY = [
    "82810-3",
    "11778-8",
    "11779-6",
    "11780-4",
    "72166-2",
    "74013-4",
    "11636-8",
    "11637-6",
    "11638-4",
    "11639-2",
    "11640-0",
    "11612-9",
    "11613-7",
    "11614-5",
    "33065-4",
]


@pytest.mark.parametrize(("oid", "uri"), SYSTEMS.items())
def test_uri_of_a_code_system(bundle, oid, uri):
    inner = value("x-1", oid).replace("<value ", "<translation ").replace(' xsi:type="CD"', "")
    made = bundle(section("11450-4", problem(value("y", "2.999.8.1").replace("/>", f">{inner}</value>")))).one(
        "Condition"
    )
    assert made["code"]["coding"][1]["system"] == uri


@pytest.mark.parametrize(("code", "concept"), ABSENCE.items())
def test_snomed_concept_of_an_absence_on_request(bundle, monkeypatch, tmp_path, code, concept):
    profile = tmp_path / "profile.toml"
    given = os.environ.get("CDATK_MUTANT")
    profile.write_text("absence.add_snomed = true\n" + (Path(given).read_text("utf-8") if given else ""), "utf-8")
    monkeypatch.setenv("CDATK_MUTANT", str(profile))
    made = bundle(section("11450-4", problem(value(code, "2.16.840.1.113883.5.1150.1")))).one("Condition")
    codings = [(c["system"], c["code"]) for c in made["code"]["coding"]]
    assert codings[0] == ("http://snomed.info/sct", concept)
    assert ("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", code) in codings


def test_no_snomed_concept_of_an_absence_without_request(bundle):
    made = bundle(section("11450-4", problem(value("no-known-problems", "2.16.840.1.113883.5.1150.1")))).one(
        "Condition"
    )
    assert [c["code"] for c in made["code"]["coding"]] == ["no-known-problems"]


@pytest.mark.parametrize(("code", "types"), SECTION_TYPES.items())
def test_types_that_a_section_admits_are_entries_of_it(code, types):
    assert maps(_profile()).section_types[code] == frozenset(types)


@pytest.mark.parametrize("code", ["11450-4", "48765-2", "10160-0", "11369-6", "47519-4", "46264-8"])
def test_what_a_section_does_not_admit_is_wrapped(bundle, code):
    made = bundle(section(code, f'<encounter classCode="ENC" moodCode="EVN">{CODE}</encounter>'))
    (entry,) = made.section(code)["entry"]
    assert made.follow(entry)["resourceType"] == "DocumentReference"


@pytest.mark.parametrize("code", MOMENT_ONLY)
def test_what_takes_a_moment_takes_no_period(bundle, code):
    time = '<effectiveTime><low value="20240101"/><high value="20240201"/></effectiveTime>'
    entry = f'<observation classCode="OBS" moodCode="EVN"><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/>{time}</observation>'
    made = bundle(section("10162-6", entry)).one("Observation")
    assert made["effectiveDateTime"] == "2024-01-01"


@pytest.mark.parametrize("code", ["MORN.early", "MORN.late", "AFT.early", "AFT.late", "EVE.early", "EVE.late", "PHS"])
def test_finer_events_of_the_day(bundle, code):
    test_events_of_the_day(bundle, code)


@pytest.mark.parametrize("code", ["C", "CM", "CD", "CV"])
def test_a_meal_itself_has_no_offset(bundle, code):
    assert "offset" not in repeat_of(bundle, code)


def test_before_a_meal_has_an_offset(bundle):
    assert repeat_of(bundle, "ACM")["offset"] == 30


def repeat_of(bundle, code):
    times = f'<effectiveTime xsi:type="EIVL_TS" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><event code="{code}"/><offset><low value="30" unit="min"/></offset></effectiveTime>'
    made = bundle(section("10160-0", ENTRIES["medication-statement"][2] % times)).one("MedicationStatement")
    return made["dosage"][0]["timing"]["repeat"]


@pytest.mark.parametrize("code", ["48767-8", "COMMENT", "PINSTRUCT", "FINSTRUCT", "51855-5"])
@pytest.mark.parametrize(("where", "type_", "entry"), [("46264-8", "DeviceUseStatement", ENTRIES["device"][2] % "")])
def test_comment_acts_become_notes(bundle, code, where, type_, entry):
    made = bundle(section(where, with_comment(entry, code))).one(type_)
    assert made["note"] == [{"text": "mot"}]


NOTED = ["AllergyIntolerance", "Condition", "MedicationStatement", "MedicationRequest", "MedicationDispense", "Immunization",
         "Procedure", "DeviceUseStatement", "Observation", "ClinicalImpression", "ServiceRequest"]  # fmt: skip


def test_types_with_a_note():
    assert maps(_profile()).comment.noted == frozenset(NOTED)


def with_comment(entry: str, code: str) -> str:
    head, _, tail = entry.rpartition("</")
    act = f'<act classCode="ACT" moodCode="EVN"><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/><text>mot</text></act>'
    return f'{head}<entryRelationship typeCode="SUBJ">{act}</entryRelationship></{tail}'


def _profile() -> Path | None:
    given = os.environ.get("CDATK_MUTANT")
    return Path(given) if given else None


CONTACTS = ["NOK", "ECON", "CAREGIVER", "PRS", "AGNT", "GUARD", "CON", "QUAL"]


@pytest.mark.parametrize("code", CONTACTS)
def test_contacts_of_the_patient(bundle_of, code):
    person = f'<participant typeCode="IND"><associatedEntity classCode="{code}"><telecom value="tel:9"/><associatedPerson><name><family>Y</family></name></associatedPerson></associatedEntity></participant><component>'
    made = bundle_of(document().replace(b"<component>", person.encode(), 1)).one("Patient")
    assert made["contact"][0]["name"]["family"] == "Y"


def test_the_doctor_of_the_patient(bundle_of):
    person = '<participant typeCode="IND"><functionCode code="PCP" codeSystem="2.16.840.1.113883.5.88"/><associatedEntity classCode="PROV"><id root="2.999.3.7" extension="D"/><associatedPerson><name><family>Y</family></name></associatedPerson></associatedEntity></participant><component>'
    made = bundle_of(document().replace(b"<component>", person.encode(), 1)).one("Patient")
    assert len(made["generalPractitioner"]) == 1


@pytest.mark.parametrize("name", ["author", "performer", "informant"])
def test_people_who_take_part_are_practitioners(bundle, name):
    role = "assignedAuthor" if name == "author" else "assignedEntity"
    person = f'<{name}><{role}><id root="2.999.3.8" extension="{name}"/></{role}></{name}>'
    made = bundle(
        section("10160-0", ENTRIES["medication-statement"][2].replace("<consumable>", person + "<consumable>") % "")
    )
    assert any(i.get("value") == name for p in made.all("Practitioner") for i in p.get("identifier", []))


@pytest.mark.parametrize("name", ["legalAuthenticator", "authenticator", "dataEnterer", "informationRecipient",
                                  "encounterParticipant", "responsibleParty"])  # fmt: skip
def test_participations_of_people(name):
    assert name in maps(_profile()).practitioner_participations.names


@pytest.mark.parametrize(("code", "french", "english"), [
    ("11450-4", "Problèmes actifs", "Active problems"),
    ("48765-2", "Allergies et hypersensibilités", "Allergies and intolerances"),
    ("10160-0", "Traitements", "Medication summary"),
])  # fmt: skip
def test_sections_that_a_summary_has_to_have(bundle, code, french, english):
    made = bundle(section("29762-2"))
    assert made.section(code)["title"] == french
    assert maps(_profile()).summary.en[code] == english


def test_other_documents_need_no_sections_of_a_summary(bundle):
    assert len(bundle(section("57828-6"), code="57833-6").one("Composition")["section"]) == 1


PRESSURES = [("8480-6", "120"), ("8462-4", "80")]


@pytest.mark.parametrize("head", ["46680005", "85354-9", "55284-4"])
def test_blood_pressure_is_one_panel(bundle, head):
    parts = "".join(
        f'<component><observation classCode="OBS" moodCode="EVN"><code code="{c}" codeSystem="2.16.840.1.113883.6.1"/>'
        f'<value xsi:type="PQ" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" value="{v}" unit="mm[Hg]"/></observation></component>'
        for c, v in PRESSURES
    )
    entry = f'<organizer classCode="CLUSTER" moodCode="EVN"><code code="{head}" codeSystem="2.16.840.1.113883.6.1"/>{parts}</organizer>'
    made = bundle(section("8716-3", entry)).one("Observation")
    assert any(c["code"] == "85354-9" for c in made["code"]["coding"])
    assert [c["valueQuantity"]["value"] for c in made["component"]] == [120, 80]


@pytest.mark.parametrize("name", ["independentInd", "seperatableInd", "preferenceInd", "languageCode"])
def test_what_only_steers_an_act_is_not_carried(name):
    assert name in maps(_profile()).unspoken.elements


def test_a_care_plan_in_words_is_a_care_plan(bundle):
    assert bundle(section("18776-5")).one("CarePlan")["status"] == "unknown"


def test_a_denied_order_is_not_to_be_performed(bundle):
    entry = ENTRIES["medication-request"][2].replace('moodCode="RQO"', 'moodCode="RQO" negationInd="true"')
    made = bundle(section("57828-6", entry % status_code("active")), code="57833-6").one("MedicationRequest")
    assert made["doNotPerform"] is True


def test_a_period_that_ends_before_it_begins_is_carried_apart(bundle):
    entry = ENTRIES["procedure"][2].replace(
        TIME, '<effectiveTime><low value="2024"/><high value="2020"/></effectiveTime>'
    )
    made = bundle(section("47519-4", entry % status_code("completed"))).one("Procedure")
    period = made["performedPeriod"]
    assert "start" not in period and "end" not in period
    assert {e["valueDateTime"] for e in period["extension"]} == {"2024", "2020"}
