"""What comes near a code of every_code.py without calling for it: one test a code, named there beside its case.

The rule: each test differs in one thing from the case of its code, and fails when the code is said too easily.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import document, problem, section
from terminology.catalogues import SNOMED, VS, bring, codes, put, texts
from validate.code_cases import ASTHMA, BASE, HEAD, ICD, edit

import cdatk
from cdatk.diagnostics import Report
from cdatk.facts import say_unaccounted
from cdatk.model import Output
from cdatk.profiles import profile_for_code
from cdatk.read import read
from cdatk.safe_xml import parse
from cdatk.settings import Fhir, Settings
from cdatk.terminology.lookup import Terminology

CODED = "system,code,english,system_version\n1.3.6.1.4.1.12559.11.10.1.3.1.44.2,J45,Asthma,2019\n"
MAPPED = "source_system,source_code,target_system,target_code,equivalence\n2.999.1,A,1.2.3,R,{}\n"


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def test_a_conversion_with_its_checks(toolkit: cdatk.Toolkit) -> None:
    """CDA-061: a document without findings is no document that was not checked."""
    result = toolkit.convert(HEAD, "fhir")
    assert result.output is not None
    assert "CDA-061" not in codes(result.report)


def test_an_output_that_holds_every_entry() -> None:
    """FHR-001: more numbers than entries lose nothing."""
    root = parse(HEAD, Settings().limits, Report())
    assert root is not None
    read_document = read(root, profile_for_code("60591-5"), Report(), False)
    report = Report()
    say_unaccounted(read_document, Output(b"", frozenset(range(read_document.entry_count + 1))), report)
    assert not list(report)


def test_a_bundle_with_words_of_a_profile_that_follow_the_models(tmp_path: Path) -> None:
    """FHR-009: the same tables changed, to a code without blanks at its ends or two in a row."""
    pytest.importorskip("fhir.resources", reason="the extra 'check' is not installed")
    profile = tmp_path / "mine.toml"
    profile.write_text('[gender]\nF = "other"\n[status.observation]\ncompleted = "amended"\n')
    result = cdatk.Toolkit(Settings(fhir=Fhir(check=True, profile=profile))).convert(HEAD, "fhir")
    assert result.output is not None
    assert "FHR-009" not in codes(result.report)


def test_a_stylesheet_that_runs_to_its_end(toolkit: cdatk.Toolkit) -> None:
    """HTM-001: a document with nothing in it but its header and one empty section."""
    start, end = BASE.index("<structuredBody>") + len("<structuredBody>"), BASE.index("</structuredBody>")
    empty = BASE[:start] + "<component><section/></component>" + BASE[end:]
    result = toolkit.convert(empty.encode(), "html")
    assert result.output is not None
    assert "HTM-001" not in codes(result.report)


def test_an_unknown_code_that_resembles_none(toolkit: cdatk.Toolkit) -> None:
    """TRM-026: unknown as the case is, and like nothing the catalogue holds."""
    data = edit(BASE, (ASTHMA, f'code="QQ-7" {ICD}')).encode()
    found = codes(toolkit.validate(data).report)
    assert "TRM-002" in found and "TRM-026" not in found


@pytest.mark.parametrize("version", ["", 'codeSystemVersion="2019"'])
def test_the_version_that_the_catalogue_holds(version: str, tmp_path: Path) -> None:
    """TRM-025: the version held, and none."""
    store = tmp_path / "s"
    bring(store, put(tmp_path, "c.csv", CODED), embedded=True)
    value = f'<value xsi:type="CD" code="J45" {ICD} {version}/>'
    report = cdatk.Toolkit(Settings(store=store)).validate(document(section("11450-4", problem(value)))).report
    assert "TRM-025" not in codes(report)


def test_the_tables_of_today_beside_a_store_that_has_them(tmp_path: Path) -> None:
    """TRM-121: a store of the same release, opened again."""
    store = tmp_path / "s"
    bring(store, put(tmp_path, "c.csv", CODED), embedded=True)
    _, report = bring(store, put(tmp_path, "d.csv", CODED.replace("J45,Asthma", "J46,Status asthmaticus")))
    assert "TRM-121" not in codes(report)


def test_a_code_without_system_that_its_value_set_lists(tmp_path: Path) -> None:
    """TRM-122: the row of the set says the system, nothing is taken for granted."""
    words = f"""<epSOS:XInformation><epSOS:XEntry oid="{VS}13" epsosName="Severity" code="24484000">
    <displayName lang='fr'>Grave</displayName></epSOS:XEntry></epSOS:XInformation>"""
    _, report = bring(tmp_path / "s", put(tmp_path, "a.xml", words), embedded=True)
    assert "TRM-122" not in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert texts(found, SNOMED, "24484000", "fr")[0] == "Grave"


@pytest.mark.parametrize("stated", ["", "Equivalent", "disjoint"])
def test_a_nearness_that_is_known(stated: str, tmp_path: Path) -> None:
    """TRM-128: a word of the lists, in any letters, and no word."""
    _, report = bring(tmp_path / "s", put(tmp_path, "m.csv", MAPPED.format(stated)))
    assert "TRM-128" not in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert len(found.all_associations("2.999.1", "A")) == 1
