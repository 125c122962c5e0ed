"""A mapping row that someone broke and a French term that someone changed are caught by our samples, and shown so that
a tester sees what changed: in the terminal, on the page, for a build server.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cdatk.terminology.manifest import main as renew_manifest

TABLE = "terminology/mtc/fr/findings.csv"


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """An installation of one's own, to be broken."""
    for name in ("cdatk", "samples", "terminology"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "xslt").symlink_to(root / "xslt")
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is not the one row that was meant"
    path.write_text(text.replace(old, new), "utf-8")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, "-m", "cdatk", "test", "samples", "--workers", "1", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def rows_of(page: str) -> list[tuple[str, str, str]]:
    """What differs, what was expected, what was found."""
    found = re.findall(r"<tr><td>(.*?)</td><td class=\"expected\">(.*?)</td><td class=\"found\">(.*?)</td></tr>", page)
    return [tuple(re.sub("<[^>]*>", "", cell) for cell in row) for row in found]  # type: ignore[misc]


def test_a_broken_row_of_the_fhir_mapping(copy: Path) -> None:
    maps = copy / "cdatk" / "emit" / "fhir" / "maps.toml"
    change(maps, '[status.immunization]\ncompleted = "completed"', '[status.immunization]\ncompleted = "not-done"')
    ended = run(copy, "-k", "pt-ps-l3-negation", "--html", "page.html", "--junit", "junit.xml")
    assert ended.returncode == 1
    expected = "code: http://www.whocc.no/atc|J07AM51, status: completed, occurrenceDateTime: 2017-05-03"
    found = expected.replace("completed", "not-done")
    assert f"FHIR resource Immunization\n      expected: {expected}\n      found: {found}" in ended.stdout
    (row,) = rows_of((copy / "page.html").read_text("utf-8"))
    assert row == ("FHIR resource Immunization", expected, found)
    assert "not-done" in (ET.parse(copy / "junit.xml").getroot().findtext(".//failure") or "")


def test_a_broken_row_of_code_systems(copy: Path) -> None:
    row = "2.16.840.1.113883.6.73,ATC,http://www.whocc.no/atc,"
    change(copy / "terminology" / "code-systems.csv", row, row.replace("/atc", "/act"))
    renew_manifest([str(copy / "terminology")])
    ended = run(copy, "-k", "pt-ps-l3-negation")
    assert ended.returncode == 1
    assert "expected: code: http://www.whocc.no/atc|J01CE02, verificationStatus: refuted" in ended.stdout
    assert "found: code: http://www.whocc.no/act|J01CE02, verificationStatus: refuted" in ended.stdout


def test_a_profile_row_that_reads_a_section_otherwise(copy: Path) -> None:
    base = copy / "cdatk" / "profiles" / "base.toml"
    text = base.read_text("utf-8")
    section = text.index('code = "48765-2"')
    kind = text.index('kind = "allergy"', section)
    base.write_text(text[:kind] + 'kind = "problem"' + text[kind + len('kind = "allergy"') :], "utf-8")
    ended = run(copy, "-k", "pt-ps-l3-negation")
    assert ended.returncode == 1
    assert "Entries of the kind allergy\n      expected: 2\n      found: nothing" in ended.stdout


def test_a_changed_french_term(copy: Path) -> None:
    (copy / "samples" / "cz" / "cz-ps-l3-full.expect.yaml").unlink()
    assert run(copy, "-k", "cz-ps-l3-full", "--update").returncode == 0  # now with the word of every code
    row = "2.16.840.1.113883.6.96,64572001,Maladie,"
    change(copy / TABLE, row, row.replace("Maladie", "Malaise"))
    renew_manifest([str(copy / "terminology")])
    ended = run(copy, "-k", "cz-ps-l3-full", "--html", "page.html")
    assert ended.returncode == 1
    changed = [row for row in rows_of((copy / "page.html").read_text("utf-8")) if "64572001" in row[0]]
    assert changed and all("Maladie" in before and "Malaise" in after for _, before, after in changed)
    assert all(what.startswith("Word shown for the code") for what, _, _ in changed)
    assert "expected: Maladie\n      found: Malaise" in ended.stdout


def test_samples_that_nobody_broke_pass(copy: Path) -> None:
    ended = run(copy, "-k", "pt-ps")
    assert (ended.returncode, "2 passed, 0 failed" in ended.stdout) == (0, True)
