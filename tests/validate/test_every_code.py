"""Every diagnostic code has a case that calls for it and one that comes near (code_cases.py, ``cases/*.yaml``, or a
pair of tests named in every_code.py); a code that lacks either fails ``test_every_code_has_both_cases``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from terminology.catalogues import bring
from validate.code_cases import DOCUMENTS, HEAD, HERE, Case
from validate.every_code import ELSEWHERE

import cdatk
from cdatk.diagnostics import catalogue
from cdatk.emit.html import HtmlError
from cdatk.facts import say_unaccounted
from cdatk.model import Output
from cdatk.profiles import profile_for_code
from cdatk.read import read
from cdatk.safe_xml import parse
from cdatk.settings import Settings

TESTS = HERE.parent
ROWS: list[dict[str, Any]] = [
    row for path in sorted((HERE / "cases").glob("*.yaml")) for row in yaml.safe_load(path.read_text("utf-8"))
]


def codes(data: bytes, to: str, toolkit: cdatk.Toolkit) -> set[str]:
    result = toolkit.convert(data, to) if to else toolkit.validate(data)
    return {finding.code for finding in result.report}


@pytest.fixture(scope="module")
def toolkits() -> Callable[[Settings], cdatk.Toolkit]:
    return cache(lambda settings: cdatk.Toolkit(settings))


def name_of(case: Case) -> str:
    return case.code


@pytest.mark.parametrize("case", DOCUMENTS, ids=name_of)
def test_what_calls_for_a_code(case: Case, toolkits: Callable[[Settings], cdatk.Toolkit]) -> None:
    assert case.code in codes(case.broken, case.to, toolkits(case.settings))


@pytest.mark.parametrize("case", DOCUMENTS, ids=name_of)
def test_what_comes_near(case: Case, toolkits: Callable[[Settings], cdatk.Toolkit]) -> None:
    assert case.code not in codes(case.near, case.to, toolkits(case.settings_near or case.settings))


def test_an_entry_that_an_output_does_not_hold(toolkits: Callable[[Settings], cdatk.Toolkit]) -> None:
    settings = Settings()
    root = parse(HEAD, settings.limits, cdatk.Report())
    assert root is not None
    document = read(root, profile_for_code("60591-5"), cdatk.Report(), False)
    held = frozenset(range(document.entry_count))
    for entries, expected in ((held, []), (held - {1}, ["FHR-001"])):
        report = cdatk.Report()
        say_unaccounted(document, Output(b"", entries), report)
        assert [finding.code for finding in report] == expected


def test_a_stylesheet_that_stops(
    toolkits: Callable[[Settings], cdatk.Toolkit], monkeypatch: pytest.MonkeyPatch
) -> None:
    toolkit = toolkits(Settings())
    assert "HTM-001" not in codes(HEAD, "html", toolkit)

    class Stopped:
        def emit_html(self, *given: object, **more: object) -> bytes:
            raise HtmlError("XPTY0004")

    monkeypatch.setattr("cdatk.emit._page_maker", Stopped)
    assert "HTM-001" in codes(HEAD, "html", toolkit)


def test_a_store_made_from_older_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, store = tmp_path / "t.csv", tmp_path / "s.sqlite"
    table.write_text("system,code,fr\n2.999.7,1,un\n", "utf-8")
    _, first = bring(store, table, embedded=True)
    _, second = bring(store, table)
    assert "TRM-121" not in {finding.code for finding in (*first, *second)}
    monkeypatch.setattr("cdatk.terminology.catalogue.embedded_release", lambda: ("later", "0" * 64))
    _, third = bring(store, table)
    assert "TRM-121" in {finding.code for finding in third}


def mentions(test: str) -> str:
    """The text of a test, its decorators with it; "" when there is no such test."""
    name, _, function = test.partition("::")
    path = TESTS / name
    text = path.read_text("utf-8") if path.is_file() else ""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            return "\n".join(text.split("\n")[start - 1 : node.end_lineno])
    return ""


def test_every_code_has_both_cases() -> None:
    """A code is in the table above, in a case file, or in a pair of tests of which the first speaks of it."""
    here = {case.code for case in DOCUMENTS} | {row["code"] for row in ROWS if row["broken"] and row["near"]}
    assert catalogue().keys() - here - ELSEWHERE.keys() == set(), "codes without a case"
    assert ELSEWHERE.keys() <= catalogue().keys()
    for code, (broken, near) in ELSEWHERE.items():
        assert code in mentions(broken), f"{broken} does not speak of {code}"
        assert mentions(near), f"no test {near}"
        assert near != broken, f"{code} has one test for both"
