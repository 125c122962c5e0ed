"""Out and in again gives the same; what changed between two catalogues; how much is covered; near codes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from terminology.catalogues import HEAD, ICD10, SNOMED, VS, bring, codes, put, svs, texts, value_set, workbook

from cdatk.terminology.content import dump, release_of
from cdatk.terminology.coverage import DocumentCoverage, Met, catalogue_coverage
from cdatk.terminology.diff import compare, side_of
from cdatk.terminology.exporters.csv import codes_csv, mappings_csv
from cdatk.terminology.exporters.fhir import bundle
from cdatk.terminology.exporters.selection import select
from cdatk.terminology.exporters.workbook import workbook as workbook_of
from cdatk.terminology.hints import Near, hints, search
from cdatk.terminology.lookup import Terminology

MAPPING = "source_system,source_code,target_system,target_code,equivalence,quality,status\n2.999.1,A,1.2.3,R,wider,2,current\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    rows = [
        ("1.2.3", "", "R", " Red ", "Red", "Rouge", "Vermeil"),
        ("1.2.3", "", "4", "Four <&>", "Four <&>", "", ""),
        (SNOMED, "", "24484000", "Severe", "Severe (x)", "Grave", ""),
    ]
    first = value_set(*rows, head=(*HEAD, "fr-FR"))
    second = value_set(
        ("1.2.3", "", "R", "Red", "Red", "Rouge"), oid="2.999.9.2", name="A/B: a name of more than 31 signs, cut"
    )
    empty = value_set(oid="2.999.9.3", name="A/B: a name of more than 31 signs, too")
    path = put(tmp_path, "w.xlsx", workbook({"a": first, "b": second, "c": empty}))
    bring(tmp_path / "store", path, put(tmp_path, "m.csv", MAPPING))
    return tmp_path / "store"


def content(path: Path) -> list[tuple[str | bool, ...]]:
    with Terminology.open(path) as found:
        return list(dump(found))


def test_a_workbook_out_and_in_again(store: Path, tmp_path: Path) -> None:
    with Terminology.open(store) as found:
        data = workbook_of(select(found))
        assert data == workbook_of(select(found))
    bring(tmp_path / "again", put(tmp_path, "out.xlsx", data))
    assert content(tmp_path / "again") == [row for row in content(store) if row[0] != "mapping"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = archive.read("xl/workbook.xml").decode()
    assert 'name="AB a name of more than 31 signs"' in book
    assert "~2" in book


def test_no_break_spaces_of_a_wording_stay(tmp_path: Path) -> None:
    """French puts one before a colon; blanks at the ends and double ones go."""
    said = "Troubles liés à l'alcool\u00a0: intoxication\u202f; aiguë"
    book = workbook({"a": value_set(("1.2.3", "", "A", "A", "A", f"\u00a0 {said.replace(' aiguë', '  aiguë')} "))})
    bring(tmp_path / "s", put(tmp_path, "w.xlsx", book))
    with Terminology.open(tmp_path / "s") as found:
        assert texts(found, "1.2.3", "A", "fr-FR") == [said]
        again = put(tmp_path, "again.xlsx", workbook_of(select(found)))
    bring(tmp_path / "t", again)
    assert content(tmp_path / "t") == content(tmp_path / "s")


def test_words_are_found_in_any_language_and_script(tmp_path: Path) -> None:
    head = ("Code System ID", "Code System Version", "Concept Code", "Description", "en-GB", "el-GR", "de-AT", "bg-BG")
    row = ("1.2.3", "", "A", "Anaphylaxis", "Anaphylaxis", "Αναφυλαξίας", "Größte Überempfindlichkeit", "Анафилаксия")
    bring(tmp_path / "s", put(tmp_path, "w.xlsx", workbook({"a": value_set(row, head=head)})))
    with Terminology.open(tmp_path / "s") as found:
        for words, language in (
            ("αναφυλαξια", "el-GR"), ("ΑΝΑΦΥΛΑΞΊΑΣ", "el-GR"), ("GRÖSSTE ü", "de-AT"), ("анафил", "bg-BG"),
            ("anaphyl", "en-GB"),
        ):  # fmt: skip
            assert next((code, tag[:2]) for _, code, _, tag in search(found, words)) == ("A", language[:2])


def test_a_table_out_and_in_again(store: Path, tmp_path: Path) -> None:
    with Terminology.open(store) as found:
        selection = select(found)
    tables = put(tmp_path, "c.csv", codes_csv(selection)), put(tmp_path, "d.csv", mappings_csv(selection))
    bring(tmp_path / "again", *tables)
    assert content(tmp_path / "again") == [
        row for row in content(store) if "2.999.9.3" not in row
    ]  # a set without rows


def test_fhir_out_and_in_again(store: Path, tmp_path: Path) -> None:
    with Terminology.open(store) as found:
        data = bundle(select(found))
    node = json.loads(data)
    kinds = [entry["resource"]["resourceType"] for entry in node["entry"]]
    assert kinds == ["CodeSystem", "CodeSystem", "ValueSet", "ValueSet", "ValueSet", "ConceptMap"]
    bring(tmp_path / "again", put(tmp_path, "b.json", data))

    def trimmed(rows: list[tuple[str | bool, ...]]) -> set[tuple[str | bool, ...]]:
        plain = {tuple(cell.strip() if isinstance(cell, str) else cell for cell in row) for row in rows}
        # FHIR has one display a code in a set: the description beside another English name comes back as a name
        return {row for row in plain if row[:1] != ("words",) or row[3] != "en"}

    assert trimmed(content(tmp_path / "again")) == trimmed(content(store))


def test_a_selection_by_set_language_and_release(store: Path) -> None:
    with Terminology.open(store) as found:
        release = release_of(found, "w")
        assert release is not None
        selection = select(found, release.number, ["2.999.9.2"], ["FR-fr"])
        assert release_of(found, "nothing") is None
    assert [version.oid for version, _ in selection.sets] == ["2.999.9.2"]
    assert selection.languages() == ["fr-FR"]
    assert selection.mappings == ()


def test_what_changed(tmp_path: Path) -> None:
    one = svs(
        ("1.2.3", "R", "Red"), ("1.2.3", "G", "Green"), ("1.2.3", "B", "Blue"), ("1.2.3", "W", "White"), language="en"
    )
    two = svs(
        ("1.2.3", "R", "Red "),
        ("1.2.3", "G", "Greenish"),
        ("1.2.3", "P", "Pink"),
        ("2.999.4", "W", "White"),
        language="en",
        version="2",
    )
    other = svs(("1.2.3", "B", "Blue"), oid="2.999.9.8", language="en")
    sides = []
    for name, files in (("a", [one]), ("b", [two, other])):
        paths = [put(tmp_path, f"{name}{n}.xml", data) for n, data in enumerate(files)]
        bring(tmp_path / name, *paths)
        with Terminology.open(tmp_path / name) as found:
            sides.append(side_of(found))
    found = compare(*sides)
    (change,) = found.sets
    assert [oid for oid, _ in found.new_sets] == ["2.999.9.8"]
    assert change.added == (("1.2.3", "P"), ("2.999.4", "W"))
    assert change.removed == (("1.2.3", "B"), ("1.2.3", "W"))
    assert change.renamed == ((("1.2.3", "G"), "Green", "Greenish"),)
    assert change.respaced == 1
    assert [(m.code, m.after) for m in found.moved] == [("B", ("2.999.9.8", "1.2.3")), ("W", ("2.999.9.2", "2.999.4"))]
    assert found.touched()["1.2.3", "G"] == "renamed"


def test_coverage_of_a_catalogue(store: Path) -> None:
    with Terminology.open(store) as found:
        rows = {row.oid: row for row in catalogue_coverage(found, "fr")}
        assert (rows["2.999.9.1"].codes, rows["2.999.9.1"].worded) == (3, 2)
        assert rows["2.999.9.3"].share == 0.0
        assert sum(row.worded for row in catalogue_coverage(found, "fr-BE")) == 0


def test_coverage_of_documents_adds_up() -> None:
    found = DocumentCoverage()
    found.add([
        Met("p", "1", "a", "known", "translated", "x", 3), Met("p", "1", "b", "unknown-code", "original", "", 2),
        Met("p", "1", "c", "structural", "translated", "x", 4), Met("p", "", "NI", "null", "null", "x", 1),
        Met("p", "1", "d", "known", "fallback", "x", 5),
    ])  # fmt: skip
    assert found.adds_up()
    assert (found.occurrences, found.looked_up, found.translated) == (15, 10, 3)
    assert [key[1] for key, _ in found.top_missing(1)] == ["d"]


@pytest.mark.parametrize(
    ("system", "code", "why", "near"),
    [
        (ICD10, "E119", Near.DOT, "E11.9"),
        ("", "E119", Near.DOT, "E11.9"),
        ("", "e11.9", Near.CASE, "E11.9"),
        ("", "I2100", Near.WIDER, "I21.0"),
        (ICD10, "e11.9", Near.CASE, "E11.9"),
        (ICD10, "I21.00", Near.WIDER, "I21.0"),
        (ICD10, "E11.9+", Near.DOT, "E11.9"),
        ("2.999.1.1", "24484000", Near.SYSTEM, "24484000"),
        (SNOMED, "24484000.0", Near.ZEROS, "24484000"),
        ("2.16.840.1.113883.5.1150.1", "no-known-procedure", Near.REPLACED, "no-known-procedures"),
    ],
)
def test_what_may_have_been_meant(terminology: Terminology, system: str, code: str, why: Near, near: str) -> None:
    found = hints(terminology, system, code)
    assert (found[0].why, found[0].code) == (why, near)


def test_a_code_in_good_standing_needs_no_hint(terminology: Terminology) -> None:
    assert hints(terminology, SNOMED, "24484000") == ()
    assert hints(terminology, SNOMED, "no such thing") == ()


def test_a_search_by_words(terminology: Terminology) -> None:
    assert ("24484000", "Sévère") in [(code, text) for _, code, text, _ in search(terminology, "SEVERE")]
    assert search(terminology, "100% sure_thing") == []
    plain = search(terminology, "Cholera")
    assert plain and search(terminology, "Cholera (icd-10)") == plain


def test_validity(tmp_path: Path) -> None:
    content = svs(("1.2.3", "R", "Red"), language="en").replace(
        b'code="R"', b'code="R" dateValid="20200101" dateFin="20211231"'
    )
    bring(tmp_path / "s", put(tmp_path, "v.xml", content))
    with Terminology.open(tmp_path / "s") as found:
        concept = found.concept("1.2.3", "R")
        assert concept is not None
        assert [concept.usable(day) for day in ("2019-12-31", "2020-01-01", "2021-12-31", "2022-01-01", None)] == [
            False, True, True, False, True,
        ]  # fmt: skip
        assert found.is_member("2.999.9.2", "1.2.3", "R", on="2022-01-01") is False
        assert found.is_member("2.999.9.2", "1.2.3", "R", on="2021-01-01") is True


def test_a_set_that_no_release_holds(terminology: Terminology) -> None:
    assert terminology.value_set(VS + "13", version="of another day") is None
    assert terminology.is_member(VS + "13", SNOMED, "24484000", version="of another day") is None
    assert [v.name for v in terminology.sets_of(SNOMED, "24484000")] == ["eHDSISeverity"]


def test_systems_by_uri_and_a_system_that_is_an_alias(tmp_path: Path) -> None:
    node = {"resourceType": "ValueSet", "url": "http://example.org/v", "compose": {"include": [
        {"system": "http://hl7.org/fhir/sid/icd-10", "concept": [{"code": "A00", "display": "Cholera"}]},
    ]}}  # fmt: skip
    _, report = bring(tmp_path / "s", put(tmp_path, "v.json", json.dumps(node)), embedded=True)
    assert "TRM-110" not in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert found.is_member("http://example.org/v", "2.16.840.1.113883.6.3", "A00") is True
