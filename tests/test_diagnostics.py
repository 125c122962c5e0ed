"""The catalogue of findings is complete, bilingual and used; the report and its exit codes keep their promises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from french import faults
from lxml import etree

from cdatk.diagnostics import Diagnostic, Entry, ExitCode, Report, Severity, catalogue, words
from cdatk.profiles import all_profiles, rule_book
from cdatk.reporters.catalogue_page import FAMILIES, page
from cdatk.reporters.form import WORDS

CODES = sorted(catalogue())
PLACEHOLDER = re.compile(r"\{(\w*)\}")
CODE = re.compile(r"[A-Z]{3}-\d{3}")


def used_in_code(root: Path) -> Iterator[tuple[str, str]]:
    """(code, file) for every catalogue code that stands as a string in the package."""
    for path in sorted((root / "cdatk").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield node.value, path.name


def test_every_code_used_is_in_the_catalogue(root: Path) -> None:
    families = tuple(FAMILIES)
    missing = [found for found in used_in_code(root) if found[0].startswith(families) and found[0] not in catalogue()]
    assert not missing


def test_every_code_of_the_catalogue_is_used(root: Path) -> None:
    used = {code for code, _ in used_in_code(root)}
    used |= {row.code for profile in all_profiles().values() for row in rule_book(profile).rule}
    assert set(CODES) - used == set()


def test_codes_of_an_unknown_family_do_not_exist() -> None:
    assert {code[:3] for code in CODES} == set(FAMILIES)


@pytest.mark.parametrize("code", CODES)
def test_entry_is_whole(code: str) -> None:
    entry = catalogue()[code]
    assert CODE.fullmatch(code)
    assert entry.reference
    for texts in (entry.texts, entry.hints):
        assert set(texts) == {"fr", "en"}
        assert all(text[0].isupper() or text[0] == "{" for text in texts.values())
        assert all(text.endswith(".") for text in texts.values())


@pytest.mark.parametrize("code", CODES)
def test_placeholders_are_the_same_in_both_languages(code: str) -> None:
    entry = catalogue()[code]
    for texts in (entry.texts, entry.hints):
        assert sorted(PLACEHOLDER.findall(texts["fr"])) == sorted(PLACEHOLDER.findall(texts["en"]))
    assert set(PLACEHOLDER.findall(entry.hints["en"])) <= set(PLACEHOLDER.findall(entry.texts["en"]))


@pytest.mark.parametrize("code", CODES)
def test_french_typography(code: str) -> None:
    entry = catalogue()[code]
    assert not faults(entry.texts["fr"]) + faults(entry.hints["fr"])


def test_the_typography_test_can_fail() -> None:
    assert faults("Attention: danger") and faults("Attention : danger") and faults("l\u2019été") and faults("5 %")
    assert not faults("À 14:05, voir http://exemple\u00a0; «\u00a0bien\u00a0»\u00a0!")


@pytest.mark.parametrize("code", [c for c in CODES if catalogue()[c].severity is not Severity.INFO])
def test_only_notes_need_no_action(code: str) -> None:
    assert not catalogue()[code].hints["en"].startswith("Nothing to do")


def test_words_stand_in_both_languages() -> None:
    for subject in words().values():
        for word in subject.values():
            assert set(word) == {"fr", "en"} and not faults(word["fr"])
    assert {s.value for s in Severity} == set(words()["severity"]) == set(words()["severities"])
    assert {s.value for s in Severity} == set(words()["consequence"])


@pytest.mark.parametrize("key", sorted(WORDS))
def test_words_of_the_reporters(key: str) -> None:
    french, english = WORDS[key]
    assert not faults(french)
    assert sorted(PLACEHOLDER.findall(french)) == sorted(PLACEHOLDER.findall(english))


def test_page_is_in_step(root: Path) -> None:
    assert (root / "docs" / "diagnostics.md").read_text("utf-8") == page(), (
        "python -m cdatk.reporters.catalogue_page > docs/diagnostics.md"
    )


def test_page_names_every_code() -> None:
    assert all(f"### {code} (" in page() for code in CODES)


def test_an_unknown_code_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Report().add("XML-999")


def test_a_missing_placeholder_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Report().add("XML-002", size=1)


def test_words_of_our_own_follow_the_language() -> None:
    report = Report()
    report.add("XML-009", what="depth", limit=200)
    (finding,) = report
    assert "depth of nested elements" in finding.text("en")
    assert "profondeur" in finding.text("fr")


def test_a_value_may_come_in_both_languages() -> None:
    report = Report()
    report.add("CDA-007", section="48765-2", title_fr="Allergies et hypersensibilités", title_en="Allergies")
    (finding,) = report
    assert "(Allergies)" in finding.text("en")
    assert "(Allergies et hypersensibilités)" in finding.text("fr")


def test_values_are_never_templates() -> None:
    report = Report()
    report.add("TRM-001", system="{code}", code="{system}")
    (finding,) = report
    assert "{code}" in finding.text("en") and "{system}" in finding.text("en")


def context_of(entry: Entry) -> dict[str, str]:
    return {name: "1" for name in entry.placeholders if name != "line"}


def reported(code: str, strict: bool = False) -> Report:
    report = Report(strict=strict)
    report.add(code, line=1, **context_of(catalogue()[code]))
    return report


@pytest.mark.parametrize("code", CODES)
def test_every_finding_can_be_said(code: str) -> None:
    (finding,) = reported(code)
    for language in ("fr", "en"):
        assert "{" not in finding.text(language) + finding.hint(language)


@pytest.mark.parametrize(
    ("code", "exit_code", "fatal"),
    [
        ("XML-003", ExitCode.UNREADABLE, True),
        ("CDA-001", ExitCode.FINDINGS, True),
        ("TRM-012", ExitCode.UNUSABLE, True),
        ("CDA-007", ExitCode.FINDINGS, False),
        ("TRM-002", ExitCode.CLEAN, False),
        ("TRM-006", ExitCode.CLEAN, False),
    ],
)
def test_exit_codes(code: str, exit_code: ExitCode, fatal: bool) -> None:
    report = reported(code)
    assert (report.exit_code, report.fatal, report.stops) == (exit_code, fatal, fatal)


def test_a_clean_report() -> None:
    assert (Report().exit_code, Report().fatal, len(Report())) == (ExitCode.CLEAN, False, 0)


def test_strict_lifts_warnings_but_not_notes() -> None:
    assert [f.severity for f in reported("TRM-002", strict=True)] == [Severity.ERROR]
    assert reported("TRM-002", strict=True).stops
    assert [f.severity for f in reported("TRM-006", strict=True)] == [Severity.INFO]
    assert not reported("TRM-006", strict=True).stops


def test_findings_said_again_are_as_strict_as_the_report() -> None:
    made = reported("TRM-002")
    place = etree.Element("a")
    for strict, severity in ((False, Severity.WARNING), (True, Severity.ERROR)):
        report = Report(strict=strict)
        report.again(made, place)
        ((finding,), (first,)) = report, made
        assert (finding.code, finding.severity, finding.at) == ("TRM-002", severity, place)
        assert finding.context == first.context and finding.context is not first.context


def test_the_worst_finding_decides() -> None:
    report = reported("TRM-002")
    report.extend([*reported("CDA-007"), *reported("XML-001")])
    assert report.exit_code is ExitCode.UNREADABLE
    assert [report.count(s) for s in Severity] == [1, 1, 1, 0]


def test_a_finding_cannot_be_changed() -> None:
    (finding,) = reported("XML-001")
    with pytest.raises(AttributeError):
        finding.code = "XML-002"  # type: ignore[misc]
    assert isinstance(finding, Diagnostic)
