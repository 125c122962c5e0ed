"""Mapping and translation: the standing of a code, and the step by which its words were found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import allergy, document, problem, section
from terminology.catalogues import bring, put

from cdatk.diagnostics import Report
from cdatk.mapping import Mapper
from cdatk.model import Document, Standing, Term, TermState, Translation
from cdatk.profiles import profile_for_code
from cdatk.read import read
from cdatk.safe_xml import parse
from cdatk.settings import Limits
from cdatk.terminology.embedded import open_embedded
from cdatk.terminology.lookup import Terminology
from cdatk.translate import Translator

ICD = "1.3.6.1.4.1.12559.11.10.1.3.1.44.2"
SNOMED = "2.16.840.1.113883.6.96"


@pytest.fixture(scope="module")
def terminology() -> Iterator[Terminology]:
    with open_embedded() as opened:
        yield opened


def translate(
    data: bytes,
    terminology: Terminology,
    language: str = "fr",
    mapper: Mapper | None = None,
    translator: Translator | None = None,
) -> tuple[Document, Translation, Report]:
    report = Report()
    root = parse(data, Limits(), report)
    assert root is not None
    profile = profile_for_code("60591-5")
    read_document = read(root, profile, report)
    mapped = (mapper or Mapper(terminology, profile)).map_codes(read_document, report)
    translator = translator or Translator(terminology, language)
    return read_document, translator.translate(read_document, mapped, report), report


def term_of(value: str, terminology: Terminology, language: str = "fr") -> tuple[Term, list[str]]:
    data = document(section("11450-4", problem(f'<value xsi:type="CD" {value}/>')))
    read_document, translation, report = translate(data, terminology, language)
    found = next(v for v in read_document.codes if v.name == "value")
    return translation.of(found), [d.code for d in report if d.at is found.element]


def test_a_code_of_the_set_is_translated(terminology: Terminology) -> None:
    term, codes = term_of(f'code="J45" codeSystem="{ICD}" displayName="Asthma"', terminology)
    assert (term.mapped.standing, term.state, term.language) == (Standing.KNOWN, TermState.TRANSLATED, "fr")
    assert term.text == "Asthme"
    assert codes == []


def test_a_system_with_blanks_is_the_same_system(terminology: Terminology) -> None:
    term, _ = term_of(f'code="J45" codeSystem="{ICD} "', terminology)
    assert term.text == "Asthme"


def test_an_unknown_code_is_said_and_its_words_are_kept(terminology: Terminology) -> None:
    term, codes = term_of(f'code="Q99999" codeSystem="{ICD}" displayName="Doença rara"', terminology)
    assert (term.mapped.standing, term.state, term.text) == (Standing.UNKNOWN_CODE, TermState.ORIGINAL, "Doença rara")
    assert term.mark == "unknown-code"
    assert "TRM-002" in codes


@pytest.mark.parametrize(
    ("code", "near", "why"),
    [("E119", "E11.9", "dot"), ("e11.9", "E11.9", "case"), ("I21.09", "I21.0", "wider"), ("N02ZZ99", None, "")],
)
def test_an_unknown_code_that_resembles_a_known_one(
    terminology: Terminology, code: str, near: str | None, why: str
) -> None:
    """The hint is said; the code stays unknown and nothing is translated from it."""
    data = document(section("11450-4", problem(f'<value xsi:type="CD" code="{code}" codeSystem="{ICD}"/>')))
    read_document, translation, report = translate(data, terminology)
    found = next(v for v in read_document.codes if v.name == "value")
    assert translation.of(found).mapped.standing is Standing.UNKNOWN_CODE
    assert translation.of(found).text == code
    expected = [{"system": ICD, "code": code, "near": near, "nearness": why}] if near else []
    assert [d.context for d in report if d.code == "TRM-026"] == expected


def test_an_unknown_code_without_words_shows_the_code(terminology: Terminology) -> None:
    term, codes = term_of(f'code="Q99999" codeSystem="{ICD}"', terminology)
    assert (term.state, term.text) == (TermState.CODE_ONLY, "Q99999")
    assert {"TRM-002", "TRM-013"} <= set(codes)


def test_an_unknown_system_is_said(terminology: Terminology) -> None:
    term, codes = term_of('code="A1" codeSystem="2.999.77" displayName="Asma"', terminology)
    assert (term.mapped.standing, term.mark, term.text) == (Standing.UNKNOWN_SYSTEM, "unknown-system", "Asma")
    assert "TRM-001" in codes


@pytest.mark.parametrize("system", ['codeSystem="CNPEM"', ""])
def test_a_code_without_an_oid_is_said(system: str, terminology: Terminology) -> None:
    term, codes = term_of(f'code="A1" {system} displayName="Asma"', terminology)
    assert term.mapped.standing is Standing.NO_SYSTEM
    assert "TRM-005" in codes


def test_a_code_outside_its_value_set_is_shown_in_french_and_marked(terminology: Terminology) -> None:
    agent = f'<code code="111088007" codeSystem="{SNOMED}"/>'
    data = document(section("48765-2", allergy(agent).replace("609328004", "281050002")))
    read_document, translation, report = translate(data, terminology)
    found = next(v for v in read_document.codes if v.code == "281050002")
    term = translation.of(found)
    assert (term.mapped.standing, term.state, term.mark) == (Standing.OUTSIDE, TermState.TRANSLATED, "outside")
    assert "TRM-003" in [d.code for d in report if d.at is found.element]


def test_null_flavors_keep_their_meaning(terminology: Terminology) -> None:
    term, _ = term_of('nullFlavor="UNK"', terminology)
    assert (term.mapped.standing, term.state, term.text) == (Standing.NULL, TermState.NULL, "Inconnu")
    term, _ = term_of('nullFlavor="NI"', terminology)
    assert term.text == "Non renseigné"


def test_a_null_code_with_national_words_shows_them(terminology: Terminology) -> None:
    inner = '<translation code="123" codeSystem="2.999.7" displayName="Asma ligeira"/>'
    data = document(section("11450-4", problem(f'<value xsi:type="CD" nullFlavor="OTH">{inner}</value>')))
    read_document, translation, _ = translate(data, terminology)
    term = translation.of(next(v for v in read_document.codes if v.name == "value"))
    assert (term.state, term.text, term.language) == (TermState.ORIGINAL, "Asma ligeira", "pt-PT")


def test_english_stays_english_for_an_english_reader(terminology: Terminology) -> None:
    term, _ = term_of(f'code="J45" codeSystem="{ICD}"', terminology, "en")
    assert (term.state, term.text) == (TermState.TRANSLATED, "Asthma")


def test_a_wrong_display_name_is_said_and_the_catalogue_wins(terminology: Terminology) -> None:
    term, codes = term_of(f'code="J45" codeSystem="{ICD}" displayName="Fracture of femur"', terminology)
    assert term.text == "Asthme"
    assert term.source.display == "Fracture of femur"
    assert "TRM-006" in codes


def test_what_is_kept_for_the_next_document_is_said_of_the_next_document(terminology: Terminology) -> None:
    values = [
        f'code="Q99999" codeSystem="{ICD}" displayName="Doença"',
        f'code="J45" codeSystem="{ICD}" displayName="Outra coisa"',
        f'code="J45" codeSystem="{ICD}" displayName="Asthma"',
        'code="X1" codeSystem="1.2.3"',
        'nullFlavor="UNK"',
    ]
    profile = profile_for_code("60591-5")
    mapper, translator = Mapper(terminology, profile), Translator(terminology, "fr")
    for _ in range(2):
        for value in values:
            data = document(section("11450-4", problem(f'<value xsi:type="CD" {value}/>')))
            once, translation, alone = translate(data, terminology)
            kept, again, report = translate(data, terminology, mapper=mapper, translator=translator)
            assert [(f.code, f.severity, f.context) for f in report] == [(f.code, f.severity, f.context) for f in alone]
            inside = {id(element) for element in kept.element.iter()}
            assert all(f.at is None or id(f.at) in inside for f in report)
            assert [(t.mapped, t.state, t.text) for t in again.terms] == [
                (t.mapped, t.state, t.text) for t in translation.terms
            ]
            assert len(kept.codes) == len(once.codes)


def test_structural_codes_are_neither_looked_up_nor_reported(terminology: Terminology) -> None:
    data = document(section("11450-4", problem(f'<value xsi:type="CD" code="J45" codeSystem="{ICD}"/>')))
    read_document, translation, report = translate(data, terminology)
    found = next(v for v in read_document.codes if v.code == "CONC")
    assert translation.of(found).mapped.standing is Standing.STRUCTURAL
    assert not [d for d in report if d.at is found.element]


def test_standings_add_up_to_all_codes(sample: bytes, terminology: Terminology) -> None:
    read_document, translation, _ = translate(sample, terminology)
    assert len(translation.terms) == len(read_document.codes)
    assert [t.source for t in translation.terms] == list(read_document.codes)
    assert all(t.text for t in translation.terms)


def test_another_version_of_a_code_system_is_said_once_and_never_stops_the_look_up(tmp_path: Path) -> None:
    table = put(tmp_path, "c.csv", f"system,code,english,system_version\n{ICD},J45,Asthma,2019\n")
    bring(tmp_path / "s", table, embedded=True)
    with Terminology.open(tmp_path / "s") as found:
        for version, expected in (("2016", 1), ("2019", 0)):
            values = (
                f'<value xsi:type="CD" code="{code}" codeSystem="{ICD}" codeSystemVersion="{version}"/>'
                for code in ("J45", "I10")
            )
            _, translation, report = translate(document(section("11450-4", *map(problem, values))), found)
            assert [d.context["held"] for d in report if d.code == "TRM-025"] == ["2019"] * expected
            assert "Asthme" in [term.text for term in translation.terms]


def test_a_retired_code_is_kept_where_no_expected_set_is_known_to_list_its_successor(terminology: Terminology) -> None:
    """Of the sets expected here one is not held and the others do not list the successor: nothing is replaced."""
    retired = f'<value xsi:type="CD" code="160244002" codeSystem="{SNOMED}" displayName="No known allergies"/>'
    data = document(section("48765-2", allergy("", value=retired)))
    read_document, translation, _ = translate(data, terminology)
    term = translation.of(next(v for v in read_document.codes if v.code == "160244002"))
    assert (term.mapped.code, term.mapped.transcoded, term.text) == ("160244002", False, "Aucune allergie connue")
