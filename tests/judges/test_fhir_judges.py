"""Official judges on the bundles of every visible document: fhir-oracle (npm) and the HL7 validator (Maven).

The rule: these judges need libraries that were fetched before (CDATK_JUDGES, FHIR_ORACLE_CACHE); a test never fetches
them, it skips and says so. ``.ci`` machines and users need neither.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

import cdatk

pytestmark = pytest.mark.shared
OTHERS = ("eprescription", "edispensation", "orcd", "mro")


@pytest.fixture(scope="module")
def bundles(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundles of all visible documents, in folders as in the shared one."""
    folder = tmp_path_factory.mktemp("bundles")
    toolkit = cdatk.Toolkit()
    for path in sorted((shared / "data" / "cda").glob("*/*.xml")):
        (folder / path.parent.name).mkdir(exist_ok=True)
        output = toolkit.convert(path.read_bytes(), "fhir").output
        assert output is not None, path.name
        (folder / path.parent.name / f"{path.stem}.json").write_bytes(output)
    return folder


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Path:
    cache = Path(os.environ.get("FHIR_ORACLE_CACHE", Path.home() / ".cache" / "fhir-oracle"))
    if shutil.which("node") is None or not list(cache.glob("*/node_modules")):
        pytest.skip("fhir-oracle is not set up (node, and ../shared/tools/fhir-oracle/check --setup)")
    return shared / "tools" / "fhir-oracle" / "check"


@pytest.fixture(scope="module")
def hl7(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("hl7", root / "benchmarks" / "judges" / "hl7.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not module.available() or not (module.cache() / "target" / "classes" / "Judge.class").is_file():
        pytest.skip("the HL7 validator is not set up (java, mvn, npm, and benchmarks/judges/hl7.py --prove)")
    return module


def test_the_oracle_accepts_every_summary(oracle: Path, bundles: Path) -> None:
    files = sorted(map(str, (bundles / "patient-summary").glob("*.json")))
    done = subprocess.run([str(oracle), *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_r4_judges_of_the_oracle_accept_every_other_document(oracle: Path, bundles: Path) -> None:
    files = sorted(str(path) for kind in OTHERS for path in (bundles / kind).glob("*.json"))
    command = [str(oracle), "--judges", "invariants,schema,codes", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_hl7_validator_sees_what_it_should(hl7: ModuleType) -> None:
    count, mutants, rejected, missed = hl7.prove()
    assert not rejected
    assert count == 5
    assert len(missed) <= 2, missed  # IPS leaves entries open: what only breaks the profile of a resource passes
    assert mutants >= 24


def test_the_hl7_validator_has_no_error_on_any_summary(hl7: ModuleType, bundles: Path) -> None:
    files = sorted((bundles / "patient-summary").glob("*.json"))
    assert hl7.errors(hl7.judge(files, hl7.IPS_BUNDLE)) == []


def test_the_hl7_validator_has_no_error_on_any_other_document(hl7: ModuleType, bundles: Path) -> None:
    files = sorted(path for kind in OTHERS for path in (bundles / kind).glob("*.json"))
    assert hl7.errors(hl7.judge(files)) == []
