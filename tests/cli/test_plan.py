"""Which input gives which output."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdatk.cli.commands import Refused
from cdatk.cli.plan import Plan, plan


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.xml").write_bytes(b"a")
    Path("b.xml").write_bytes(b"b")
    Path("there").mkdir()
    Path("a-link.xml").symlink_to("a.xml")


def targets(laid_out: Plan) -> list[tuple[str, str, str]]:
    return [(job.source, t.to, str(t.path or "-")) for job in laid_out.jobs for t in job.targets]


@pytest.mark.parametrize(
    ("inputs", "formats", "output", "expected"),
    [
        (["a.xml"], [], None, [("a.xml", "fhir", "-")]),
        (["a.xml"], ["html"], None, [("a.xml", "html", "-")]),
        (["a.xml"], ["html", "html"], "-", [("a.xml", "html", "-")]),
        (["-"], [], "out.json", [("-", "fhir", "out.json")]),
        (["a.xml"], [], "page.html", [("a.xml", "html", "page.html")]),
        (["a.xml"], [], "new.xml", [("a.xml", "cda", "new.xml")]),
        (["a.xml"], [], "new", [("a.xml", "fhir", "new")]),
        (["a.xml"], ["cda"], "new.json", [("a.xml", "cda", "new.json")]),
        (["-"], ["cda"], "there", [("-", "cda", "there/stdin.fr.xml")]),
        (["a.xml"], [], "there", [("a.xml", "fhir", "there/a.fhir.json"), ("a.xml", "html", "there/a.fr.html")]),
        (["a.xml"], ["fhir"], "new/", [("a.xml", "fhir", "new/a.fhir.json")]),
        (["a.xml", "b.xml"], ["html"], "x", [("a.xml", "html", "x/a.fr.html"), ("b.xml", "html", "x/b.fr.html")]),
    ],
)
def test_outputs(
    inputs: list[str], formats: list[str], output: str | None, expected: list[tuple[str, str, str]]
) -> None:
    assert targets(plan(inputs, formats, output, None, "fr", "en")) == expected


@pytest.mark.parametrize(
    ("inputs", "formats", "output", "report", "words"),
    [
        (["a.xml", "b.xml"], [], None, None, "folder"),
        (["a.xml"], ["fhir", "html"], None, None, "folder"),
        (["a.xml", "b.xml"], [], "a.xml", None, "not a folder"),
        (["-", "-"], [], "there", None, "only once"),
        (["a.xml"], ["cda"], "a.xml", None, "overwritten"),
        (["a-link.xml"], ["cda"], "a.xml", None, "overwritten"),
        (["a.xml"], ["cda"], "a-link.xml", None, "overwritten"),
        (["a.xml", "there/a.xml"], ["fhir"], "there", None, "same file"),
        (["a.xml"], ["fhir"], None, "-", "standard output"),
        (["a.xml"], ["fhir"], "out.json", "out.json", "name of an output"),
        (["a.xml"], ["fhir"], "out.json", "a.xml", "overwritten"),
    ],
)
def test_contradictions_are_refused(
    inputs: list[str], formats: list[str], output: str | None, report: str | None, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        plan(inputs, formats, output, report, "fr", "en")


def test_the_language_names_the_outputs() -> None:
    assert targets(plan(["a.xml"], ["html"], "there", None, "en", "fr"))[0][2] == "there/a.en.html"
