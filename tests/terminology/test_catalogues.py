"""Every catalogue of the shared folder: read or refused as its README says, with its figures.

The rule: the numbers come from that README or from a count made here with other means, never from the importer.
"""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminology.catalogues import bring, codes, strings

import cdatk
from cdatk.diagnostics import Report
from cdatk.settings import Settings
from cdatk.terminology.content import dump, members, versions
from cdatk.terminology.coverage import DocumentCoverage, Met, catalogue_coverage
from cdatk.terminology.diff import compare, side_of
from cdatk.terminology.exporters.selection import select
from cdatk.terminology.exporters.workbook import workbook
from cdatk.terminology.lookup import Terminology

pytestmark = pytest.mark.shared
EDQM = "0.4.0.127.0.16.1.1.2.1"
Counts = dict[str, int]
French = dict[tuple[str, str], set[str]]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "terminology"


@pytest.fixture(scope="module")
def mtc(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the embedded tables and the French workbook."""
    store = tmp_path_factory.mktemp("mtc") / "store"
    bring(store, folder / "xlsx" / "MTC_FR_2024-04.xlsx", embedded=True)
    return store


def imported(store: Path, path: Path, **options: object) -> tuple[Counts, Report]:
    (summary,), report = bring(store, path, **options)  # type: ignore[arg-type]
    return dict(summary.counts), report


@pytest.mark.parametrize(
    ("path", "options", "expected", "findings"),
    [
        ("art-decor/2024-04-22", {}, {"value-sets": 60, "concepts": 36_549, "exceptions": 11}, {"TRM-115"}),
        ("art-decor/2022-02-01", {}, {"value-sets": 51, "concepts": 24_478, "exceptions": 11}, {"TRM-115"}),
        ("xlsx/MVC_2024-04.xlsx", {}, {"value-sets": 60, "concepts": 36_560, "en-GB": 36_560}, set()),
        ("xlsx/MTC_FR_2024-04.xlsx", {}, {"value-sets": 60, "concepts": 36_560, "fr-FR": 23_209}, set()),
        ("svs/ans-3-0", {"language": "fr"}, {"value-sets": 53, "concepts": 964, "fr": 964}, {"TRM-102"}),
        ("svs/ans-2-41", {"language": "fr"}, {"value-sets": 7, "concepts": 340}, set()),
        ("svs/untranslated", {"language": "fr", "embedded": True}, {"concepts": 1_503}, {"TRM-112"}),
        ("svs/epsos-2011", {}, {"concepts": 3_710, "repeated": 3_710 - 1_852}, {"TRM-108"}),
        ("fhir/CodeSystem-edqm-routes-fr-supplement.json", {"embedded": True}, {"concepts": 101, "fr": 101}, set()),
        ("fhir/ValueSet-eHDSISection-expansion.json", {"embedded": True}, {"concepts": 18, "fr-FR": 17}, set()),
        ("fhir/ConceptMap-cim10-fr-to-ehdsi-icd10.json", {"embedded": True}, {"associations": 38}, set()),
        ("fhir/ConceptMap-local-to-snomed.json", {"embedded": True}, {"associations": 16}, {"TRM-118"}),
        (
            "fhir/test.myhealth.eu.fhir.mvc-package-8.1.0-test.tgz",
            {"embedded": True},
            {"value-sets": 15, "concepts": 672},
            set(),
        ),
        ("fhir/namingsystems.r4-7.0.1.json", {"embedded": True}, {}, set()),
        ("fhir/codesystem-oids.r4-7.0.1.json", {"embedded": True}, {}, set()),
        ("ltrdb/openncp_ltrdb_slice.sql", {}, {"value-sets": 36, "en-GB": 3_346, "code-systems": 18}, set()),
        ("ltrdb/tsam-test", {}, {}, {"TRM-113"}),
        ("display-repository/LOINC.xml", {"embedded": True}, {"concepts": 26}, set()),
        ("display-repository/epSOSDisplayLabels.xml", {"embedded": True}, {"concepts": 87}, set()),
        ("display-repository/EDQM.xml", {"embedded": True}, {"concepts": 603}, {"TRM-122"}),
        # 1,945 keys, of which 807 are words of a page
        ("l10n/cda_l10n.xml", {"embedded": True}, {"concepts": 1_945 - 807, "fr-FR": 1_033}, {"TRM-127"}),
        ("lists/edqm-fr.csv", {"system": EDQM}, {"concepts": 979, "fr": 949}, set()),
        ("lists/snomed-fr-ch-be.csv", {"system": "2.16.840.1.113883.6.96"}, {"concepts": 2_213}, set()),
        ("lists/cim10-fr.csv.gz", {"system": "2.999.10", "columns": {"fr": "long"}}, {"concepts": 42_886}, set()),
        (
            "lists/orphanet-fr.csv.gz",
            {"system": "2.999.11", "columns": {"code": "orpha_code", "fr": "label_fr"}},
            {"concepts": 10_839, "fr": 10_839 + 13_322},
            set(),
        ),
        (
            "lists/atc-fr-unaccented.csv",
            {"system": "2.999.12", "columns": {"code": "atc_code", "fr": "name_fr_unaccented"}},
            {"concepts": 1_968, "fr": 1_824},
            set(),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_catalogue_imports_with_the_figures_of_its_readme(
    folder: Path, tmp_path: Path, path: str, options: dict[str, object], expected: Counts, findings: set[str]
) -> None:
    counts, report = imported(tmp_path / "s", folder / path, **options)
    assert {name: counts.get(name, 0) for name in expected} == expected
    assert counts
    assert findings <= codes(report)
    for finding in report:
        assert finding.text("fr") and finding.text("en")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("svs/ans-3-0/JDV_StatutGrossesse_CISIS.xml", {"TRM-111", "TRM-126"}),
        ("svs/ans-3-0/ActPharmacySupplyType.xml", {"TRM-102", "TRM-126"}),
        ("lists/edqm-fr.csv", {"TRM-105", "TRM-126"}),
        ("xlsx/MTC_FR_2024-04.coverage.csv", {"TRM-105", "TRM-126"}),
        ("README.md", {"TRM-101", "TRM-126"}),
    ],
)
def test_what_cannot_be_read_is_refused(folder: Path, tmp_path: Path, path: str, expected: set[str]) -> None:
    _, report = imported(tmp_path / "s", folder / path)
    assert expected <= codes(report)
    assert not (tmp_path / "s").exists()


def test_a_dump_and_its_transcodings_are_one_database(folder: Path, tmp_path: Path) -> None:
    counts, report = imported(tmp_path / "s", folder / "ltrdb")
    assert counts["associations"] >= 41
    with Terminology.open(tmp_path / "s") as found:
        (row,) = found.associations("2.16.840.1.113883.6.3", "I110")
        assert (row.target_system, row.target_code) == ("1.3.6.1.4.1.12559.11.10.1.3.1.44.2", "I11.0")
    alone, report = imported(tmp_path / "t", folder / "ltrdb" / "transcoding_fixture.sql")
    assert alone.get("associations", 0) == 0
    assert "TRM-106" in codes(report)


def test_names_of_the_untranslated_sets_are_no_french(folder: Path, tmp_path: Path) -> None:
    imported(tmp_path / "s", folder / "art-decor" / "2024-04-22")
    counts, report = imported(tmp_path / "s", folder / "svs" / "untranslated", language="fr")
    assert counts.get("fr", 0) == 0
    assert len([f for f in report if f.code == "TRM-112"]) == 4


def test_a_workbook_out_and_in_again_is_the_same(folder: Path, tmp_path: Path) -> None:
    imported(tmp_path / "s", folder / "xlsx" / "MTC_FR_2024-04.xlsx")
    with Terminology.open(tmp_path / "s") as found:
        before = list(dump(found))
        (tmp_path / "out.xlsx").write_bytes(workbook(select(found)))
    imported(tmp_path / "t", tmp_path / "out.xlsx")
    with Terminology.open(tmp_path / "t") as found:
        assert list(dump(found)) == before


def raw(path: Path) -> dict[str, dict[tuple[str, str], str]]:
    """Value sets of ART-DECOR files by other means: standard library, codes and names as they stand."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for file in sorted(path.glob("*.xml")):
        for value_set in ET.parse(file).getroot().iter("valueSet"):
            listed = found.setdefault(value_set.get("id", ""), {})
            for concept in value_set.iter():
                if concept.tag in ("concept", "exception"):
                    key = (concept.get("codeSystem", "").strip(), concept.get("code", "").strip())
                    listed.setdefault(key, concept.get("displayName", ""))
    return found


def test_the_two_releases_differ_as_counted_by_other_means(folder: Path, tmp_path: Path) -> None:
    sides = []
    for name in ("2022-02-01", "2024-04-22"):
        imported(tmp_path / name, folder / "art-decor" / name)
        with Terminology.open(tmp_path / name) as found:
            sides.append(side_of(found))
    found = compare(*sides)
    old, new = raw(folder / "art-decor" / "2022-02-01"), raw(folder / "art-decor" / "2024-04-22")
    common = old.keys() & new.keys()
    assert {oid for oid, _ in found.new_sets} == new.keys() - old.keys()
    assert (len(found.new_sets), found.gone_sets, found.renamed_sets) == (9, (), ())
    assert sum(change.before != change.after for change in found.sets) == 23
    assert sum(len(c.added) for c in found.sets) == sum(len(new[o].keys() - old[o].keys()) for o in common)
    assert sum(len(c.removed) for c in found.sets) == sum(len(old[o].keys() - new[o].keys()) for o in common)
    changed = [(old[o][k], new[o][k]) for o in common for k in old[o].keys() & new[o].keys() if old[o][k] != new[o][k]]
    respaced = sum(a.split() == b.split() for a, b in changed)
    assert (sum(c.respaced for c in found.sets), respaced) == (507, 507)
    assert sum(len(c.renamed) for c in found.sets) == len(changed) - respaced
    totals = sum(len(c.added) for c in found.sets), sum(len(c.removed) for c in found.sets), len(changed)
    assert totals == (2_347, 398, 3_895)


def test_the_figures_of_the_readme_and_what_they_count(folder: Path) -> None:
    """2,351 added, 402 removed, 3,883 renamed there: codes with the blanks around them, without exceptional values.

    Four codes differ by a blank only, ten exceptional values were renamed, and of codes listed twice the README takes
    the last name: so `diff` says 2,347, 398 and 3,388 + 507.
    """
    sides = []
    for release in ("2022-02-01", "2024-04-22"):
        found: dict[str, dict[tuple[str, str], str]] = {}
        for file in sorted((folder / "art-decor" / release).glob("*.xml")):
            for value_set in ET.parse(file).getroot().iter("valueSet"):
                listed = found.setdefault(value_set.get("id", ""), {})
                rows = value_set.iter("concept")
                listed.update({(c.get("codeSystem", ""), c.get("code", "")): c.get("displayName", "") for c in rows})
        sides.append(found)
    old, new = sides
    common = old.keys() & new.keys()
    assert sum(len(new[o].keys() - old[o].keys()) for o in common) == 2_351
    assert sum(len(old[o].keys() - new[o].keys()) for o in common) == 402
    assert sum(old[o][k] != new[o][k] for o in common for k in old[o].keys() & new[o].keys()) == 3_883


def summaries(shared: Path) -> list[Path]:
    return sorted((shared / "data" / "cda" / "patient-summary").glob("**/*.xml"))


def coverage(store: Path | None, paths: list[Path]) -> tuple[DocumentCoverage, list[Met]]:
    toolkit = cdatk.Toolkit(Settings(store=store))
    found, all_met = DocumentCoverage(), []
    for path in paths:
        inspection = toolkit.inspect(path.read_bytes())
        met = [Met(c.path, c.system, c.code, c.standing, c.state, c.text, c.occurrences) for c in inspection.codes]
        found.add(met)
        all_met += met
    return found, all_met


def single(text: str) -> str:
    """A text with single plain blanks, whatever kinds of them it has."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def french(folder: Path) -> French:
    """French by code, read with openpyxl: the independent count."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(folder / "xlsx" / "MTC_FR_2024-04.xlsx", read_only=True)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=7, values_only=True):
            if sheet.title != "INFO" and len(row) > 5 and row[5]:
                found[str(row[0]).strip(), str(row[2]).strip()].add(single(str(row[5])))
    return found


def test_every_code_the_workbook_names_comes_out_in_french(french: French, mtc: Path, shared: Path) -> None:
    _, met = coverage(mtc, summaries(shared))
    with Terminology.open(mtc) as found:
        systems = {m.system: (found.system(m.system) or found.system("2.16.840.1.113883.6.1")) for m in met}
    named = [(m, french[systems[m.system].oid, m.code]) for m in met if systems[m.system]]  # type: ignore[union-attr]
    named = [(m, words) for m, words in named if words and m.standing not in ("structural", "null")]
    assert sum(m.occurrences for m, _ in named) > 500
    assert [(m.system, m.code, m.state, m.text) for m, words in named if single(m.text) not in words] == []


def test_the_words_reach_every_output(french: French, mtc: Path, shared: Path) -> None:
    toolkit = cdatk.Toolkit(Settings(store=mtc))
    checked, missing = 0, []
    for path in summaries(shared):
        data = path.read_bytes()
        words = {
            (c.path, single(c.text))
            for c in toolkit.inspect(data).codes
            if single(c.text) in french[c.system, c.code] and c.standing not in ("structural", "null")
        }
        outputs = [(toolkit.convert(data, to).output or b"").decode("utf-8") for to in ("fhir", "html", "cda")]
        fhir = single(" | ".join(strings(json.loads(outputs[0])))).casefold()
        page = single(html.unescape(re.sub("<[^>]+>", " ", outputs[1]))).casefold()
        translated = single(html.unescape(outputs[2]))
        for role, word in words:
            checked += 1
            found = word.casefold() in fhir, word.casefold() in page, word in translated
            if not all(found):
                missing.append((path.name, role, word, found))
    assert checked > 400
    assert missing == []


def test_embedded_tables_alone_give_nine_tenths_of_the_catalogue_in_french(folder: Path, shared: Path) -> None:
    listed = {key for value_set in raw(folder / "art-decor" / "2024-04-22").values() for key in value_set}
    found, met = coverage(None, summaries(shared))
    assert found.adds_up()
    mvc = [m for m in met if (m.system, m.code) in listed and m.standing not in ("structural", "null")]
    total = sum(m.occurrences for m in mvc)
    translated = sum(m.occurrences for m in mvc if m.state == "translated")
    assert total > 500
    assert translated / total >= 0.90


def test_no_code_of_any_document_is_untouched(mtc: Path, shared: Path) -> None:
    paths = sorted((shared / "data" / "cda").glob("**/*.xml"))
    toolkit = cdatk.Toolkit(Settings(store=mtc))
    standings: Counter[str] = Counter()
    for path in paths:
        facts = toolkit.inspect(path.read_bytes()).facts
        if facts is not None:
            assert sum(facts.counts.standings.values()) == facts.counts.coded_in, path.name
            assert sum(facts.counts.states.values()) == facts.counts.coded_in, path.name
            standings.update(facts.counts.standings)
    assert standings["known"] > 1_000


def test_the_figures_of_the_french_workbook(folder: Path, mtc: Path) -> None:
    """The table "Measured" of the README, value set by value set, from the file beside the workbook."""
    with Terminology.open(mtc) as found:
        rows = {row.name: row for row in catalogue_coverage(found, "fr-FR", 2, 2)}
        assert sum(len(list(members(found, v.number))) for v in versions(found, 2)) == 36_560
    assert (sum(r.codes for r in rows.values()), sum(r.worded for r in rows.values())) == (36_560, 23_209)
    expected = {
        "eHDSIIllnessandDisorder": (14_158, 13_992), "eHDSIRareDisease": (7_325, 7_325), "eHDSIBodySite": (2_721, 136),
        "eHDSIVaccine": (218, 52), "eHDSICountry": (249, 249), "eHDSISeverity": (6, 6), "eHDSIUnit": (891, 2),
    }  # fmt: skip
    assert {name: (rows[name].codes, rows[name].worded) for name in expected} == expected
