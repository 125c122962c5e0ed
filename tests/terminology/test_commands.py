"""``cdatk terminology`` as a caller meets it."""

from __future__ import annotations

import html
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ended
from documents import document, problem, section
from french import faults
from terminology.catalogues import put, svs, value_set, workbook

Call = Callable[..., Ended]
RED = ("1.2.3", "", "R", "Red", "Red", "Rouge")
PARTS = ("import", "list", "lookup", "diff", "coverage", "export")


@pytest.fixture
def run(cdatk: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The group of commands, far from the store of whoever runs the tests."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("cdatk.terminology.embedded.user_store", lambda: tmp_path / "data" / "own.sqlite")
    return lambda *arguments, **environment: cdatk("terminology", *arguments, **environment)


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    return put(tmp_path, "w.xlsx", workbook({"a": value_set(RED)}))


def form(ended: Ended) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ended.out)
    return found


@pytest.mark.parametrize("part", ["", *PARTS])
def test_help_in_both_languages(run: Call, part: str) -> None:
    words = [part] if part else []
    french, english = run(*words, "--help", LANG="fr_FR.UTF-8"), run(*words, "--help")
    assert (french.code, english.code) == (0, 0)
    assert french.text.startswith("Utilisation\u00a0: cdatk terminology")
    assert english.text.startswith("Usage: cdatk terminology")
    assert not faults(french.text.replace("--", ""))


def test_an_unknown_command_is_refused(run: Call) -> None:
    ended = run("imprt", LANG="fr")
    assert ended.code == 2
    assert "imprt" in ended.err


def test_import_into_the_users_own_store_and_list(run: Call, catalogue: Path, tmp_path: Path) -> None:
    ended = run("import", catalogue, "--release", "2024-04", "--licence", "ours")
    assert ended.code == 0
    assert "codes 1" in ended.text
    assert (tmp_path / "data" / "own.sqlite").is_file()
    listed = form(run("list", "--format", "json"))
    assert listed["schema"] == "cdatk.terminology.list/1"
    assert [row["format"] for row in listed["releases"]] == ["cdatk", "workbook"]
    own = listed["releases"][1]
    assert (own["release"], own["licence"], own["counts"]["concepts"]) == ("2024-04", "ours", 1)
    assert own["imported"].endswith("+00:00")
    assert len(own["sha256"]) == 64
    assert "Colours" in run("list", "--value-sets").text


def test_import_says_what_was_wrong(run: Call, tmp_path: Path) -> None:
    bad = put(tmp_path, "bad.xlsx", workbook({"a": value_set(("1.2.3", "", 4.0, "Four", "", ""))}))
    ended = run("import", bad, "--report-format", "json", "--store", tmp_path / "s")
    assert ended.code == 0
    assert [row["code"] for row in form(ended)["findings"] if row["severity"] != "info"] == ["TRM-107"]
    strict = run("import", bad, "--strict", "--store", tmp_path / "t", LANG="fr")
    assert strict.code == 1
    assert "Rien n'a été importé" in strict.err
    assert not (tmp_path / "t").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import",), 2),
        (("import", "no such file"), 3),
        (("import", "w.xlsx", "--column", "nonsense"), 2),
        (("import", "w.xlsx", "--format", "word"), 2),
        (("list", "--store", "no such store"), 4),
        (("list", "--store", "w.xlsx"), 4),
        (("coverage", "no such document"), 3),
        (("coverage", "--release", "unheard"), 2),
        (("diff", "w.xlsx"), 2),
        (("export", "--to", "word"), 2),
    ],
)
def test_exit_codes(run: Call, catalogue: Path, arguments: tuple[str, ...], code: int) -> None:
    ended = run(*arguments)
    assert ended.code == code
    assert ended.err
    assert "Traceback" not in ended.err


def test_lookup(run: Call) -> None:
    found = form(run("lookup", "24484000", "--format", "json"))
    assert found["codes"][0]["designations"][0]["text"] == "Sévère"
    assert found["codes"][0]["value_sets"][0]["name"] == "eHDSISeverity"
    assert "Sévère" in run("lookup", "severe").text
    near = run("lookup", "E119", "--system", "1.3.6.1.4.1.12559.11.10.1.3.1.44.2", LANG="fr")
    assert near.code == 1
    assert "E11.9" in near.text and "Codes proches" in near.text


def test_export_and_import_again(run: Call, catalogue: Path, tmp_path: Path) -> None:
    run("import", catalogue, "--store", tmp_path / "s")
    for to, name in (("xlsx", "o.xlsx"), ("csv", "o.csv"), ("fhir", "o.json")):
        assert run("export", "--to", to, "--release", "w", "--store", tmp_path / "s", "-o", tmp_path / name).code == 0
        ended = run("import", tmp_path / name, "--store", tmp_path / to)
        assert (ended.code, "codes" in ended.text) == (0, True)
        codes = form(run("lookup", "R", "--system", "1.2.3", "--store", tmp_path / to, "--format", "json"))["codes"]
        assert [d["text"] for d in codes[0]["designations"] if d["language"] == "fr-FR"] == ["Rouge"]


def test_coverage_of_a_catalogue(run: Call, catalogue: Path, tmp_path: Path) -> None:
    run("import", catalogue, "--store", tmp_path / "s")
    found = form(run("coverage", "--store", tmp_path / "s", "--release", "w", "--format", "json"))
    assert (found["schema"], found["codes"], found["worded"]) == ("cdatk.terminology.coverage/1", 1, 1)
    assert "100,0\u00a0%" in run("coverage", "--store", tmp_path / "s", "--release", "w", LANG="fr").text
    assert run("coverage", "--format", "svg").text.startswith("<svg")
    assert run("coverage", "--format", "html", "-o", tmp_path / "c.html").code == 0
    assert "<table>" in (tmp_path / "c.html").read_text("utf-8")


def test_coverage_of_documents_adds_up(run: Call, root: Path) -> None:
    ended = run("coverage", root / "samples", "--format", "json")
    found = form(ended)
    assert ended.code == 0
    assert found["documents"] > 10
    assert sum(found["standings"].values()) == sum(found["states"].values()) == found["occurrences"]
    assert sum(found["said"].values()) == found["looked_up"]
    assert found["said"]["translated"] == found["translated"]
    assert found["translated"] / found["looked_up"] > 0.85
    text = run("coverage", root / "samples", LANG="fr").text
    for state in ("traduit", "présenté en anglais", "présenté dans les mots du document", "seul le code"):
        assert f"→ {state}" in text
    assert "UKÁZKOVÁ" not in ended.text


def test_an_unreadable_document_is_counted(run: Call, tmp_path: Path) -> None:
    ended = run("coverage", put(tmp_path, "x.xml", "<a>"), "--format", "json")
    assert (ended.code, form(ended)["unreadable"]) == (3, 1)


def test_diff_names_the_documents(run: Call, root: Path, tmp_path: Path) -> None:
    severe = ("2.16.840.1.113883.6.96", "24484000")
    before = put(tmp_path, "a.xml", svs((*severe, "Severe"), language="en"))
    after = put(tmp_path, "b.xml", svs((*severe, "Grave"), language="en", version="2"))
    found = form(run("diff", before, after, "--documents", root / "samples", "--format", "json"))
    assert found["totals"]["renamed"] == 1
    assert found["documents"]
    assert "Severe" not in run("diff", before, before).text


ASTHMA = """<value xsi:type="CD" code="J45" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2" displayName="Asthma"/>"""
NEUTRAL = "Asthme (base de l'essai)"
"""A wording that no other catalogue has: it can only come from the store that was named."""


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    return put(tmp_path, "in/a.xml", document(section("11450-4", problem(ASTHMA))))


@pytest.fixture
def named(run: Call, tmp_path: Path) -> Path:
    """A store with one French word of its own, not in the place where the user's store is looked for."""
    row = ("1.3.6.1.4.1.12559.11.10.1.3.1.44.2", "", "J45", "Asthma", "Asthma", NEUTRAL)
    book = workbook({"a": value_set(row, oid="1.3.6.1.4.1.12559.11.10.1.3.1.42.5", name="eHDSIIllnessandDisorder")})
    assert run("import", put(tmp_path, "own.xlsx", book), "--store", tmp_path / "named").code == 0
    return tmp_path / "named"


@pytest.mark.parametrize("to", ["fhir", "html", "cda"])
def test_convert_reads_the_store_named(cdatk: Call, run: Call, named: Path, summary: Path, to: str) -> None:
    written = html.escape(NEUTRAL, quote=False)
    with_it = cdatk("convert", summary, "--to", to, "--store", named, "-o", "-")
    without = cdatk("convert", summary, "--to", to, "-o", "-")
    assert written in html.unescape(with_it.text)
    assert written not in html.unescape(without.text)


def test_every_command_on_documents_reads_the_store_named(
    cdatk: Call, run: Call, named: Path, summary: Path, tmp_path: Path
) -> None:
    inspected = cdatk("inspect", summary, "--format", "json", "--store", named)
    assert NEUTRAL in inspected.text
    assert NEUTRAL not in cdatk("inspect", summary, "--format", "json").text
    validated = json.loads(cdatk("validate", summary, "--format", "json", "--store", named).out)
    assert [row["name"] for row in validated["catalogues"]] == ["cdatk", "own.xlsx"]
    assert cdatk("batch", tmp_path / "in", tmp_path / "out", "--to", "html", "--store", named, "--workers", 1).code < 2
    (page,) = (tmp_path / "out").rglob("a*.html")
    assert NEUTRAL in html.unescape(page.read_text("utf-8"))
    assert NEUTRAL not in run("lookup", "J45").text
    assert NEUTRAL in run("lookup", "J45", "--store", named).text


@pytest.mark.parametrize("command", ["convert", "validate", "inspect", "batch", "test"])
def test_store_is_explained_in_both_languages(cdatk: Call, command: str) -> None:
    french, english = cdatk(command, "--help", LANG="fr").text, cdatk(command, "--help").text
    assert "--store FICHIER" in french and "à la place de celle de" in " ".join(french.split())
    assert "--store FILE" in english and "in place of the user's" in " ".join(english.split())


@pytest.mark.parametrize("command", ["convert", "validate", "inspect"])
@pytest.mark.parametrize(
    ("content", "version", "french", "english"),
    [
        (None, 0, "ce fichier n'existe pas", "there is no such file"),
        (b"no store at all " * 99, 0, "ce n'est pas une base", "it is no terminology store"),
        (b"", 99, "version plus récente", "a newer version of cdatk"),
        (b"", 1, "version plus ancienne", "an older version of cdatk"),
    ],
)
def test_an_unusable_store_is_told(
    cdatk: Call, tmp_path: Path, summary: Path, command: str, content: bytes | None, version: int,
    french: str, english: str,
) -> None:  # fmt: skip
    store = tmp_path / "s.sqlite"
    if content is not None:
        store.write_bytes(content)
    if version:
        with sqlite3.connect(store) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
    for language, words in (("fr", french), ("en", english)):
        ended = cdatk(command, summary, "--store", store, LANG=language)
        assert ended.code == 4 and ended.out == b""
        assert words in ended.err and "s.sqlite" in ended.err and "TRM-012" in ended.err and "--store" in ended.err
        assert not faults(ended.err.replace("--", "").replace("cdatk: ", "")) or language == "en"


def test_importing_twice_says_so(run: Call, catalogue: Path) -> None:
    assert "codes 1" in run("import", catalogue, LANG="fr").text
    again = run("import", catalogue, LANG="fr")
    assert (again.code, again.text) == (0, "w.xlsx\u00a0: déjà dans la base, rien n'a changé.\n")


@pytest.mark.parametrize("store", ["file/s.sqlite", "file/deeper/s.sqlite"])
def test_a_store_that_cannot_be_written_is_told(run: Call, catalogue: Path, tmp_path: Path, store: str) -> None:
    put(tmp_path, "file", "no folder")
    ended = run("import", catalogue, "--store", tmp_path / store, LANG="fr")
    assert ended.code == 4
    assert "ne peut pas être écrite" in ended.err and "s.sqlite" in ended.err


def test_a_catalogue_that_may_not_be_read(run: Call, catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    ended = run("import", catalogue, "--without-embedded", LANG="fr")
    assert ended.code == 3 and "w.xlsx" in ended.err and "droits" in ended.err


def test_lookup_says_what_a_person_reads(run: Call) -> None:
    """No token of the tables in a text; the same words in two languages stand once."""
    retired = run("lookup", "160244002", LANG="fr").text
    assert "remplacé par 716186003" in retired and "équivalent [en vigueur]" in retired
    assert "[en vigueur]" in run("lookup", "24484000", LANG="fr").text
    near = run("lookup", "E119", LANG="fr")
    assert near.code == 1 and "E11.9" in near.text and "le point)" in near.text
    for token in ("current", "equivalent ", ", dot)", "concepts", "value-sets"):
        assert token not in retired + near.text + run("list", LANG="fr").text


def test_words_that_several_languages_share_stand_once(run: Call, tmp_path: Path) -> None:
    same = ("1.2.3", "", "R", "Red", "Red", "Rougeâtre")
    head = ("Code System ID", "Code System Version", "Concept Code", "Description", "en-GB", "fr-FR", "fr-BE")
    book = put(tmp_path, "b.xlsx", workbook({"a": value_set((*same, "Rougeâtre"), head=head)}))
    run("import", book, "--store", tmp_path / "s")
    text = run("lookup", "rougeatre", "--store", tmp_path / "s").text
    assert text.count("Rougeâtre") == 1 and "fr-BE, fr-FR" in text


@pytest.mark.parametrize("day", ["2024-13-01", "yesterday", "01/02/2024"])
def test_a_day_of_validity_must_be_one(run: Call, day: str) -> None:
    ended = run("lookup", "J45", "--on", day)
    assert ended.code == 2 and day in ended.err


def test_a_code_that_is_not_in_force_is_said_to_be_so(run: Call, tmp_path: Path) -> None:
    table = put(tmp_path, "c.csv", "system,code,english,valid_to\n1.2.3,R,Red,2020-12-31\n")
    run("import", table, "--store", tmp_path / "s")
    assert "not usable" in run("lookup", "R", "--on", "2021-01-01", "--store", tmp_path / "s").text
    assert "not usable" not in run("lookup", "R", "--on", "2020-12-31", "--store", tmp_path / "s").text


def test_documents_are_measured_in_a_language_of_ours(run: Call, summary: Path) -> None:
    assert run("coverage", summary, "--language", "de").code == 2
    assert run("coverage", summary, "--language", "fr-FR").code == 0
    english = form(run("coverage", summary, "--language", "en", "--format", "json"))
    assert english["translated"] == english["looked_up"]


def test_what_is_not_there_cannot_be_exported(run: Call, named: Path) -> None:
    ended = run("export", "--value-set", "eHDSINothing")
    assert ended.code == 2 and "eHDSINothing" in ended.err
    empty = form(run("export", "--to", "fhir", "--kind", "concept-map", "--release", "own", "--store", named))
    assert empty == {"resourceType": "Bundle", "type": "collection"}  # FHIR knows no empty lists


def test_diff_names_the_gravest_changes_of_a_document_first(run: Call, root: Path, tmp_path: Path) -> None:
    severe, moderate = ("2.16.840.1.113883.6.96", "24484000"), ("2.16.840.1.113883.6.96", "6736007")
    before = put(tmp_path, "a.xml", svs((*severe, "Severe"), (*moderate, "Moderate"), language="en"))
    after = put(tmp_path, "b.xml", svs((*severe, "Grave"), language="en", version="2"))
    lines = run("diff", before, after, "--documents", root / "samples", LANG="fr").text.splitlines()
    both = [line for line in lines if "6736007" in line and "24484000" in line]
    assert all(line.index("1 retirés (6736007)") < line.index("1 renommés (24484000)") for line in both)
    assert any("renommés (24484000)" in line for line in lines)


def test_a_workbook_says_what_it_has_no_place_for(run: Call, catalogue: Path, tmp_path: Path) -> None:
    loose = put(tmp_path, "c.csv", "system,code,english\n1.2.3,L,Loose\n")
    run("import", catalogue, loose, "--store", tmp_path / "s", "--without-embedded")
    whole = run("export", "--to", "xlsx", "--store", tmp_path / "s", "-o", tmp_path / "o.xlsx")
    assert "1 codes that no value set lists are left out" in whole.err
    bare = run("export", "--to", "xlsx", "--release", "w", "--store", tmp_path / "s", "-o", tmp_path / "o.xlsx")
    assert (bare.code, bare.err) == (0, "")
