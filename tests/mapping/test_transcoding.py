"""National codes become European ones by what a catalogue maps, and only where that adds no meaning."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from documents import document, problem, section
from terminology.catalogues import bring, put

import cdatk
from cdatk.diagnostics import Report
from cdatk.mapping import Mapper
from cdatk.model import Standing, Term, TermState
from cdatk.profiles import profile_for_code
from cdatk.read import read
from cdatk.safe_xml import parse
from cdatk.settings import Limits, Settings
from cdatk.terminology.lookup import Terminology
from cdatk.translate import Translator

ICD = "1.3.6.1.4.1.12559.11.10.1.3.1.44.2"
HL7_ICD = "2.16.840.1.113883.6.3"  # the same code system under its HL7 OID
LOCAL, SNOMED = "2.999.620.1", "2.16.840.1.113883.6.96"
DISEASES = "1.3.6.1.4.1.12559.11.10.1.3.1.42.5"
HEAD = "source_system,source_code,target_system,target_code,equivalence,status\n"
Ask = Callable[[str, str], tuple[Term, list[str]]]
Make = Callable[..., Ask]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    """A store of the embedded tables with mappings and national codes, and a question about a problem's code."""
    opened: list[Terminology] = []

    def make(*mappings: str, codes: str = "") -> Ask:
        files = [put(tmp_path, "map.csv", HEAD + "\n".join(mappings))]
        if codes:
            files.append(put(tmp_path, "codes.csv", "system,code,english,fr\n" + codes))
        bring(tmp_path / "store", *files, embedded=True)
        opened.append(Terminology.open(tmp_path / "store"))
        return lambda system, code: asked(opened[-1], system, code)

    yield make
    for terminology in opened:
        terminology.close()


def asked(terminology: Terminology, system: str, code: str) -> tuple[Term, list[str]]:
    value = f'<value xsi:type="CD" code="{code}" codeSystem="{system}" displayName="As the sender says it"/>'
    report = Report()
    root = parse(document(section("11450-4", problem(value))), Limits(), report)
    assert root is not None
    profile = profile_for_code("60591-5")
    found = read(root, profile, report)
    mapped = Mapper(terminology, profile).map_codes(found, report)
    translation = Translator(terminology, "fr").translate(found, mapped, report)
    source = next(v for v in found.codes if v.name == "value" and v.code == code)
    assert (source.system, source.display) == (system, "As the sender says it")  # the document is never changed
    return translation.of(source), [d.code for d in report if d.at is source.element]


def pivot(term: Term) -> tuple[str, str, bool]:
    return term.mapped.system, term.mapped.code, term.mapped.transcoded


def test_a_national_code_that_its_own_catalogue_lists_is_transcoded(made: Make) -> None:
    """The set is not held whole, and the code shares its code system with the pivot: neither may hide the mapping."""
    ask = made(f"{HL7_ICD},I110,{ICD},I11.0,equivalent,current", codes=f"{HL7_ICD},I110,,Cardiopathie (nationale)")
    term, codes = ask(HL7_ICD, "I110")
    assert pivot(term) == (ICD, "I11.0", True)
    assert (term.mapped.standing, term.state, term.language) == (Standing.KNOWN, TermState.TRANSLATED, "fr")
    assert term.text == ask(ICD, "I11.0")[0].text != "Cardiopathie (nationale)"
    assert codes == ["TRM-014"]


def test_a_code_that_no_catalogue_lists_is_transcoded(made: Make) -> None:
    term, codes = made(f"{LOCAL},PT-1,{ICD},J45,relatedto,current")(LOCAL, "PT-1")
    assert (pivot(term), term.text, codes) == ((ICD, "J45", True), "Asthme", ["TRM-014"])


def test_a_code_of_the_set_is_kept_whatever_a_catalogue_maps(made: Make) -> None:
    term, codes = made(f"{ICD},J45,{ICD},I10,equivalent,current")(ICD, "J45")
    assert (pivot(term), codes) == ((ICD, "J45", False), ["TRM-006"])


def test_a_code_of_another_european_set_is_kept_where_membership_is_unknown(made: Make) -> None:
    """A European code is no national one: only a target that the set is known to list may replace it."""
    target = "I10-I15.made-up"
    ask = made(f"{SNOMED},24484000,{ICD},{target},equivalent,current", codes=f"{ICD},{target},Made up,")
    term, _ = ask(SNOMED, "24484000")
    assert not term.mapped.transcoded and term.mapped.code == "24484000"


@pytest.mark.parametrize("equivalence", ["narrower", "specializes", "inexact", "unmatched", "disjoint"])
def test_a_target_that_says_more_or_something_else_is_never_taken(made: Make, equivalence: str) -> None:
    term, codes = made(f"{LOCAL},PT-1,{ICD},J45,{equivalence},current")(LOCAL, "PT-1")
    assert (term.mapped.transcoded, term.mapped.code) == (False, "PT-1")
    assert term.text == "As the sender says it" and {"TRM-001", "TRM-002"} & set(codes)


def test_a_mapping_that_is_not_valid_is_never_taken(made: Make) -> None:
    term, _ = made(f"{LOCAL},PT-1,{ICD},J45,equivalent,retired")(LOCAL, "PT-1")
    assert not term.mapped.transcoded


@pytest.mark.parametrize("equivalence", ["wider", "subsumes"])
def test_a_wider_target_is_taken_and_said(made: Make, equivalence: str) -> None:
    term, codes = made(f"{LOCAL},PT-1,{ICD},J45,{equivalence},current")(LOCAL, "PT-1")
    assert (pivot(term), codes) == ((ICD, "J45", True), ["TRM-024"])


def test_the_nearest_meaning_comes_first(made: Make) -> None:
    ask = made(
        f"{LOCAL},PT-1,{ICD},J44,wider,current",
        f"{LOCAL},PT-1,{ICD},I10,narrower,current",
        f"{LOCAL},PT-1,{ICD},J45,equivalent,current",
    )
    term, codes = ask(LOCAL, "PT-1")
    assert (pivot(term), codes) == ((ICD, "J45", True), ["TRM-014"])


def test_two_targets_equally_near_are_said(made: Make) -> None:
    ask = made(f"{LOCAL},PT-1,{ICD},J45,equivalent,current", f"{LOCAL},PT-1,{ICD},I10,equivalent,current")
    term, codes = ask(LOCAL, "PT-1")
    assert (pivot(term), codes) == ((ICD, "J45", True), ["TRM-014", "TRM-023"])


def test_a_listed_target_goes_before_one_that_may_be_listed(made: Make) -> None:
    other = "J45.made-up"
    ask = made(
        f"{LOCAL},PT-1,{ICD},{other},equivalent,current", f"{LOCAL},PT-1,{ICD},J45,relatedto,current",
        codes=f"{ICD},{other},Made up,",
    )  # fmt: skip
    assert pivot(ask(LOCAL, "PT-1")[0]) == (ICD, "J45", True)


def test_a_held_target_counts_where_the_set_is_not_held_whole(made: Make) -> None:
    other = "J45.made-up"
    ask = made(f"{LOCAL},PT-1,{ICD},{other},equivalent,current", codes=f"{ICD},{other},Made up,Inventée")
    term, _ = ask(LOCAL, "PT-1")
    assert (pivot(term), term.text) == ((ICD, other, True), "Inventée")


def test_a_target_that_nobody_lists_is_not_taken(made: Make) -> None:
    term, _ = made(f"{LOCAL},PT-1,{ICD},J45.nowhere,equivalent,current")(LOCAL, "PT-1")
    assert not term.mapped.transcoded


def test_a_target_of_a_foreign_code_system_is_not_taken(made: Make) -> None:
    """A severity is no disease, even where the set of diseases is not held whole."""
    ask = made(f"{LOCAL},PT-1,{SNOMED},24484000,equivalent,current", codes=f"{LOCAL},PT-1,,Grave (national)")
    term, _ = ask(LOCAL, "PT-1")
    assert (term.mapped.transcoded, term.text) == (False, "Grave (national)")


@pytest.mark.shared
def test_every_row_of_a_real_concept_map(tmp_path: Path, shared: Path) -> None:
    """37 real CIM-10 FR codes; what is expected is read from the JSON here, not by the importer."""
    path = shared / "data" / "terminology" / "fhir" / "ConceptMap-cim10-fr-to-ehdsi-icd10.json"
    whole = shared / "data/terminology/art-decor/2024-04-22" / f"voc-{DISEASES}-DYNAMIC.xml"
    bring(tmp_path / "store", whole, path, embedded=True)
    (group,) = json.loads(path.read_text("utf-8"))["group"]
    seen = 0
    with Terminology.open(tmp_path / "store") as terminology:
        for element in group["element"]:
            best = {t.get("equivalence"): t.get("code") for t in element["target"]}
            wanted = best.get("equivalent") or best.get("wider")
            term, codes = asked(terminology, HL7_ICD, element["code"])
            if wanted is None:
                assert not term.mapped.transcoded, element["code"]
            elif wanted != element["code"]:
                assert pivot(term) == (ICD, wanted, True), element["code"]
                assert ("TRM-024" in codes) is ("equivalent" not in best), element["code"]
                seen += 1
    assert seen >= 30


@pytest.mark.shared
def test_a_real_database_with_its_transcodings(tmp_path: Path, shared: Path) -> None:
    """The national codes are concepts of the dump, with French names, under the OID of their European counterparts."""
    folder = shared / "data" / "terminology" / "ltrdb"
    base = tmp_path / "dump"
    for name in ("openncp_ltrdb_slice.sql", "transcoding_fixture.sql"):
        put(base, name, (folder / name).read_bytes())
    bring(tmp_path / "store", base, embedded=True)
    with Terminology.open(tmp_path / "store") as terminology:
        for code, target in (("I110", "I11.0"), ("I200", "I20.0"), ("N185", "N18.5")):
            assert pivot(asked(terminology, HL7_ICD, code)[0]) == (ICD, target, True)


def test_a_national_code_under_an_alias_keeps_its_own_oid_in_fhir(tmp_path: Path) -> None:
    """The alias leads to the URI of ICD-10, whose code it is not."""
    mapping = put(tmp_path, "map.csv", HEAD + f"{HL7_ICD},I110,{ICD},I11.0,equivalent,current\n")
    bring(tmp_path / "store", mapping, embedded=True)
    value = f'<value xsi:type="CD" code="I110" codeSystem="{HL7_ICD}" displayName="Cardiopathie hypertensive"/>'
    data = document(section("11450-4", problem(value)))
    output = cdatk.Toolkit(Settings(store=tmp_path / "store")).convert(data, "fhir").output
    resources = [entry["resource"] for entry in json.loads(output or b"")["entry"]]
    (condition,) = (resource for resource in resources if resource["resourceType"] == "Condition")
    assert [(c["system"], c["code"]) for c in condition["code"]["coding"]] == [
        ("http://hl7.org/fhir/sid/icd-10", "I11.0"),
        (f"urn:oid:{HL7_ICD}", "I110"),
    ]
