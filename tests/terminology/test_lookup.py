"""Look-up: aliases, membership of three answers, wordings in their order, the language steps."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from terminology.catalogues import bring, put

from cdatk.terminology.lookup import Terminology, choose
from cdatk.terminology.rows import Designation, LanguageStep, StoreError

VS = "1.3.6.1.4.1.12559.11.10.1.3.1.42."
SNOMED, LOINC, ATC = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.73"
ICD10, EDQM = "1.3.6.1.4.1.12559.11.10.1.3.1.44.2", "0.4.0.127.0.16.1.1.2.1"
ORPHA = "1.3.6.1.4.1.12559.11.10.1.3.1.44.5"


def word(text: str, language: str, *, preferred: bool = True, status: str = "current") -> Designation:
    return Designation(text, language, preferred, status, "test")


def french(terminology: Terminology, oid: str, code: str) -> str:
    chosen = choose(terminology.designations(oid, code), "fr")
    assert chosen is not None
    assert chosen[1] is LanguageStep.EXACT
    return chosen[0].text


@pytest.mark.parametrize(
    ("oid", "uri"),
    [
        (SNOMED, "http://snomed.info/sct"),
        ("2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
        (ICD10, "http://hl7.org/fhir/sid/icd-10"),
        ("1.3.6.1.4.1.12559.11.10.1.3.1.44.1", "http://standardterms.edqm.eu"),
        (EDQM, "http://standardterms.edqm.eu"),
        (" 2.16.840.1.113883.5.1 ", "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender"),
        ("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
        ("1.3.5.1.4.1.19376.1.5.3.2", "urn:oid:1.3.6.1.4.1.19376.1.5.3.2"),
    ],
)
def test_a_system_is_found_by_oid_or_alias(terminology: Terminology, oid: str, uri: str) -> None:
    system = terminology.system(oid)
    assert system is not None
    assert system.uri == uri


def test_what_is_not_held_is_none(terminology: Terminology) -> None:
    assert terminology.system("1.2.3.4.5") is None
    assert terminology.system("") is None
    assert terminology.concept("1.2.3.4.5", "1") is None
    assert terminology.concept(SNOMED, "no such code") is None
    assert terminology.designations(SNOMED, "no such code") == ()
    assert terminology.associations(SNOMED, "no such code") == ()
    assert terminology.value_set(VS + "61") is None


def test_a_concept_follows_aliases_and_blanks(terminology: Terminology) -> None:
    concept = terminology.concept("1.3.6.1.4.1.12559.11.10.1.3.1.44.1", " 20053000 ")
    assert concept is not None
    assert (concept.system, concept.code, concept.english) == (EDQM, "20053000", "Oral use")
    assert concept.status == "current"


@pytest.mark.parametrize(
    ("value_set", "oid", "code", "member"),
    [
        ("13", SNOMED, "24484000", True),
        ("13", SNOMED, "404684003", False),
        ("13", "1.2.3.4.5", "24484000", False),
        ("5", ICD10, "I10", True),
        ("5", "2.16.840.1.113883.6.3", "I10", True),
        ("5", ICD10, "no such code", None),
        ("24", ATC, "N02BE01", True),
        ("24", ATC, "no such code", False),
        ("45", SNOMED, "14106009", None),
        ("61", SNOMED, "24484000", None),
        ("63", ORPHA, "199", True),
        ("63", ORPHA, "0", False),
        ("49", "2.16.840.1.113883.5.1150.1", "no-known-medications", True),
        ("49", "2.16.840.1.113883.5.1150.1", "no-known-problems", False),
    ],
)
def test_membership_is_yes_no_or_cannot_say(
    terminology: Terminology, value_set: str, oid: str, code: str, member: bool | None
) -> None:
    for _ in range(2):  # the second answer comes from the cache
        assert terminology.is_member(VS + value_set, oid, code) is member


@pytest.mark.parametrize(
    ("oid", "code", "text"),
    [
        (SNOMED, "24484000", "Sévère"),
        (LOINC, "48765-2", "Allergies et effets indésirables"),
        (ATC, "J01CA04", "amoxicilline"),
        (ATC, "H03AA01", "lévothyroxine sodique"),
        (ATC, "N02BA01", "acide acétylsalicylique"),
        (ICD10, "E11", "Diabète sucré de type 2"),
        (ORPHA, "199", "Syndrome de Cornelia de Lange"),
        (EDQM, "10221000", "Comprimé pelliculé"),
        ("2.16.840.1.113883.6.8", "ug", "microgramme"),
        ("2.16.840.1.113883.6.8", "mm[Hg]", "mmHg"),
        ("2.16.840.1.113883.5.139", "ACM", "avant le petit-déjeuner"),
        ("2.16.840.1.113883.5.1150.1", "no-known-allergies", "Aucune allergie connue"),
        ("2.16.840.1.113883.5.1150.1", "no-allergy-info", "Aucune information sur les allergies"),
        ("2.16.840.1.113883.2.9.6.2.7", "2211", "Médecin généraliste"),
    ],
)
def test_french_wording(terminology: Terminology, oid: str, code: str, text: str) -> None:
    assert french(terminology, oid, code) == text


def test_units_have_their_plural_as_synonym(terminology: Terminology) -> None:
    words = terminology.designations("2.16.840.1.113883.6.8", "{tablet}")
    assert [(row.text, row.preferred) for row in words if row.language == "fr"] == [
        ("comprimé", True),
        ("comprimés", False),
    ]


def test_english_comes_last_and_is_the_last_step(terminology: Terminology) -> None:
    words = terminology.designations(SNOMED, "24484000")
    assert [row.language for row in words] == ["fr", "en"]
    chosen = choose(words, "pt-PT")
    assert chosen is not None
    assert (chosen[0].text, chosen[1]) == ("Severe", LanguageStep.ENGLISH)


def test_a_misspelt_pivot_code_has_an_association(terminology: Terminology) -> None:
    (found,) = terminology.associations("2.16.840.1.113883.5.1150.1", "no-known-procedure")
    assert (found.target_code, found.equivalence, found.status) == ("no-known-procedures", "equivalent", "current")


def test_the_release_is_named_with_its_checksum(terminology: Terminology) -> None:
    (release,) = terminology.releases
    assert release.source == "cdatk"
    assert len(release.sha256) == 64
    assert release.imported is None
    assert dict(release.counts)["value-sets"] == 60


WORDS = (
    word("strong", "en-GB"),
    word("fort (ancien)", "fr-FR", status="retired"),
    word("vigoureux", "fr-FR", preferred=False),
    word("fort", "fr-FR"),
    word("costaud", "fr-BE"),
    word("forte", "it"),
)


@pytest.mark.parametrize(
    ("language", "text", "step"),
    [
        ("fr-FR", "fort", LanguageStep.EXACT),
        ("FR-fr", "fort", LanguageStep.EXACT),
        ("fr-BE", "costaud", LanguageStep.EXACT),
        ("fr", "fort", LanguageStep.BASE),
        ("fr-CH", "fort", LanguageStep.BASE),
        ("it-IT", "forte", LanguageStep.BASE),
        ("en-GB", "strong", LanguageStep.EXACT),
        ("en", "strong", LanguageStep.BASE),
        ("el-GR", "strong", LanguageStep.ENGLISH),
    ],
)
def test_choose(language: str, text: str, step: LanguageStep) -> None:
    chosen = choose(WORDS, language)
    assert chosen is not None
    assert (chosen[0].text, chosen[1]) == (text, step)


def test_choose_without_anything_suitable() -> None:
    assert choose((), "fr") is None
    assert choose((word("forte", "it"),), "fr") is None


def test_choose_prefers_current_over_preferred_and_then_the_first() -> None:
    words = (word("a", "fr", status="retired"), word("b", "fr", preferred=False), word("c", "fr", preferred=False))
    chosen = choose(words, "fr")
    assert chosen is not None
    assert chosen[0].text == "b"


def test_a_closed_store_says_so(tables: Path, tmp_path: Path) -> None:
    from cdatk.terminology.embedded import open_embedded
    from cdatk.terminology.rows import TerminologyError

    opened = open_embedded(tmp_path, tables)
    opened.close()
    opened.close()
    with pytest.raises(TerminologyError, match="closed"):
        opened.concept(SNOMED, "24484000")


def test_memory_stays_flat_and_answers_stay_right(terminology: Terminology, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdatk.terminology.lookup.KEPT", 3)
    for number in range(20):
        assert terminology.concept(SNOMED, f"no such code {number}") is None
        assert terminology.is_member(VS + "13", SNOMED, f"no such code {number}") is False
        assert terminology.associations(SNOMED, f"no such code {number}") == ()
        assert terminology.is_member(VS + "13", SNOMED, "24484000") is True
    caches = (terminology._concepts, terminology._members, terminology._associations)
    assert [len(cache) <= 3 for cache in caches] == [True, True, True]


def test_a_card_says_what_the_tables_say(terminology: Terminology) -> None:
    """The packed answers against the tables they are made from, code by code."""
    words = terminology.rows(
        "SELECT s.oid, c.code, d.text, d.language FROM designation d JOIN concept c ON c.id = d.concept_id"
        " JOIN code_system s ON s.id = c.system_id"
    )
    members = terminology.rows(
        "SELECT v.oid, s.oid, c.code FROM value_set v JOIN value_set_member m ON m.version_id = v.current_id"
        " JOIN concept c ON c.id = m.concept_id JOIN code_system s ON s.id = c.system_id"
    )
    assert len(words) > 10_000 and len(members) > 10_000
    for oid, code, text, language in words[::7]:
        assert (text, language) in {(d.text, d.language) for d in terminology.designations(oid, code)}
    for value_set, oid, code in members[::7]:
        assert terminology.is_member(value_set, oid, code) is True
    numbers = "SELECT count(*), (SELECT count(*) FROM concept), (SELECT sum(listed) FROM concept) FROM card"
    cards, concepts, listed = terminology.rows(numbers)[0]
    assert cards == concepts >= listed


def test_a_damaged_card_is_said(tmp_path: Path) -> None:
    bring(tmp_path / "s", put(tmp_path, "c.csv", "system,code,english\n1.2.3,R,Red\n"))
    with sqlite3.connect(tmp_path / "s") as connection:
        connection.execute("UPDATE card SET content = x'00'")
    connection.close()
    with Terminology.open(tmp_path / "s") as found, pytest.raises(StoreError, match="damaged"):
        found.concept("1.2.3", "R")


def test_a_code_that_another_one_replaced_is_out_of_use_and_keeps_its_words(terminology: Terminology) -> None:
    concept = terminology.concept(SNOMED, "160244002")
    assert concept is not None and not concept.usable()
    successor = terminology.replacement(SNOMED, "160244002")
    assert successor is not None and successor.target_code == "716186003"
    assert french(terminology, SNOMED, "160244002") == "Aucune allergie connue"
