"""``cdatk terminology`` as a caller meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ended
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
    assert "concepts 1" in ended.text
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
        assert (ended.code, "concepts" in ended.text) == (0, True)
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
    assert found["translated"] / found["looked_up"] > 0.85
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
