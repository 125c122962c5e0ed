"""``cdatk test``: expectations written, kept, broken; reports; the pytest plugin; another catalogue."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ended

from cdatk.harness import generator
from cdatk.resources import terminology_dir
from cdatk.terminology.store import build_store
from cdatk.terminology.tables import fill_store, read_manifest

Call = Callable[..., Ended]


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    for sample in generator.make_many(generator.Wish(seed=3, sizes=("small",), countries=("PT",)), 3):
        (tmp_path / "s").mkdir(exist_ok=True)
        (tmp_path / "s" / f"{sample.name}.xml").write_bytes(sample.data)
    return tmp_path / "s"


def test_expectations_are_written_then_hold(samples: Path, cdatk: Call) -> None:
    without = cdatk("test", "s")
    assert without.code == 0 and "3 without expectations" in without.text
    assert "3 expectations written" in cdatk("test", "s", "--update").text
    held = cdatk("test", "s", "-v")
    assert held.code == 0 and "3 passed" in held.text and held.text.count(": passed") == 3
    before = {path: path.read_bytes() for path in samples.iterdir()}
    cdatk("test", "s", "--update")
    assert {path: path.read_bytes() for path in samples.iterdir()} == before


def test_an_update_keeps_what_is_written_by_hand(samples: Path, cdatk: Call) -> None:
    (path, *_) = sorted(samples.glob("*.xml"))
    expected = path.with_name(f"{path.stem}.expect.yaml")
    text = "# by hand\nkinds: {allergy: 99}  # wrong\nfhir:\n  - {type: Patient, count: 1}\nhtml: [Allergies]\n"
    expected.write_text(text, "utf-8")
    assert cdatk("test", "s", "-k", path.stem).code == 1
    cdatk("test", "s", "--update", "-k", path.stem)
    new = expected.read_text("utf-8")
    assert new.startswith("# by hand\nkinds: {") and "99" not in new
    assert "fhir:\n  - {type: Patient, count: 1}\nhtml: [Allergies]\n" in new
    assert len(list(samples.glob("*.expect.yaml"))) == 1


def test_reports_for_machines_and_testers(samples: Path, cdatk: Call, tmp_path: Path) -> None:
    cdatk("test", "s", "--update")
    path = sorted(samples.glob("*.expect.yaml"))[0]
    path.write_text(
        path.read_text("utf-8").replace("allergy: 1", "allergy: 7 ").replace("country: PT", 'country: "<&"')
    )
    ended = cdatk("test", "s", "--junit", "j.xml", "--html", "p.html", LANG="fr_FR.UTF-8")
    assert ended.code == 1 and "attendu\u00a0: 7" in ended.text
    suite = ET.parse(tmp_path / "j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert "attendu\u00a0: 7" in (suite.findtext("testcase/failure") or "")
    page = (tmp_path / "p.html").read_text("utf-8")
    assert "&lt;&amp;" in page and "<script" not in page and page.count("<li") == 3


def test_golden_outputs_are_kept_and_compared(samples: Path, cdatk: Call) -> None:
    assert cdatk("test", "s", "--golden", "fhir").code == 2
    cdatk("test", "s", "--update", "--golden", "fhir", "--golden", "cda")
    assert cdatk("test", "s").code == 0
    kept = sorted(samples.glob("*.golden.json"))[0]
    kept.write_text(kept.read_text("utf-8").replace('"Patient"', '"Person"'), "utf-8")
    ended = cdatk("test", "s")
    assert ended.code == 1 and "Person" in ended.text
    cdatk("test", "s", "--update")
    assert cdatk("test", "s").code == 0


def test_several_processes_say_the_same(tmp_path: Path, cdatk: Call) -> None:
    for sample in generator.make_many(generator.Wish(seed=3, sizes=("small",)), 7):
        (tmp_path / "m").mkdir(exist_ok=True)
        (tmp_path / "m" / f"{sample.name}.xml").write_bytes(sample.data)
    cdatk("test", "m", "--update", "--workers", "2")
    assert cdatk("test", "m", "--workers", "2", "-v").out == cdatk("test", "m", "--workers", "1", "-v").out


def test_what_cannot_be_meant(samples: Path, cdatk: Call) -> None:
    assert cdatk("test", "nowhere").code == 3
    assert cdatk("test", "s", "-k", "nothing").code == 3
    path = sorted(samples.glob("*.xml"))[0]
    path.with_name(f"{path.stem}.expect.yaml").write_text("colour: red", "utf-8")
    ended = cdatk("test", "s")
    assert ended.code == 1 and "colour" in ended.text


def store_with(tmp_path: Path, change: Callable[[str], str], table: str) -> Path:
    """A store of the embedded tables with one table changed."""
    folder = tmp_path / "tables"
    shutil.copytree(terminology_dir(), folder)
    path = folder / table
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    import hashlib
    import re

    manifest = folder / "manifest.toml"
    old = hashlib.sha256((terminology_dir() / table).read_bytes()).hexdigest()
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(re.sub(old, new, manifest.read_text("utf-8")), "utf-8")
    target = tmp_path / "changed.sqlite"
    build_store(target, lambda database: fill_store(database, folder, read_manifest(folder)))
    return target


def test_a_changed_french_word_is_caught_and_shown(samples: Path, cdatk: Call, tmp_path: Path) -> None:
    cdatk("test", "s", "--update")
    row = "2.16.840.1.113883.6.96,64572001,Maladie,"
    table = "mtc/fr/findings.csv"
    assert row in (terminology_dir() / table).read_text("utf-8")
    store = store_with(tmp_path, lambda held: held.replace(row, row.replace("Maladie", "Malaise")), table)
    ended = cdatk("test", "s", "--store", store)
    assert ended.code == 1 and "Malaise" in ended.text and "Maladie" in ended.text and "64572001" in ended.text
    shown = cdatk("test", "s", "--against", store)
    assert shown.code == 1 and "64572001" in shown.text and "Maladie → Malaise" in shown.text
    assert "3 sample(s)" in shown.text


def test_the_same_catalogue_changes_nothing(samples: Path, cdatk: Call, tmp_path: Path) -> None:
    store = store_with(tmp_path, lambda held: held, "mtc/fr/findings.csv")
    ended = cdatk("test", "s", "--against", store)
    assert ended.code == 0 and "0 code(s)" in ended.text


def run_pytest(root: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "cdatk.harness.plugin", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_pytest_plugin_collects_samples(samples: Path, root: Path, cdatk: Call) -> None:
    cdatk("test", "s", "--update")
    assert run_pytest(root, samples).returncode == 0
    path = sorted(samples.glob("*.expect.yaml"))[0]
    path.write_text(path.read_text("utf-8").replace("country: PT", "country: ES"), "utf-8")
    sorted(samples.glob("*.xml"))[1].unlink()
    ended = run_pytest(root, samples)
    assert ended.returncode == 1 and "2 failed, 1 passed" in ended.stdout
    assert "expected: ES" in ended.stdout and "is missing" in ended.stdout


def test_the_plugin_costs_other_runs_nothing(root: Path, tmp_path: Path) -> None:
    code = (
        "import sys, pytest; import cdatk.harness.plugin; "
        "print([m for m in sys.modules if m.startswith('cdatk.') or m in ('lxml', 'pydantic', 'yaml', 'msgspec')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(root)}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert set(eval(ended.stdout)) <= {"cdatk.version", "cdatk.harness", "cdatk.harness.plugin"}
