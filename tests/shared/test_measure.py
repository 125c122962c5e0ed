"""The independent measure of ../shared/tools/measure on every visible patient summary.

The rule: the judge is not ours; what it demands is what the issue demands.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cdatk

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def compare(shared: Path) -> ModuleType:
    folder = shared / "tools" / "measure"
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("compare_fhir", folder / "compare_fhir.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def test_every_summary_is_whole_and_nothing_is_invented(
    shared: Path, compare: ModuleType, toolkit: cdatk.Toolkit, tmp_path: Path
) -> None:
    summaries = sorted((shared / "data" / "cda" / "patient-summary").glob("*.xml"))
    assert summaries
    faults = []
    for path in summaries:
        result = toolkit.convert(path.read_bytes(), "fhir")
        assert result.output is not None, path.name
        bundle = tmp_path / "bundle.json"
        bundle.write_bytes(result.output)
        found = compare.compare(str(path), str(bundle))
        faults += [f"{path.name}: {fault}" for fault in _faults(found)]
        assert json.loads(result.output)["type"] == "document"
    assert not faults, "\n".join(faults)


def _faults(found: dict[str, dict[str, Any]]) -> list[str]:
    codes = found["codes"]["clinical"]
    # A code system that is a name ("CNPEM") gives a Coding without system, because FHIR wants a URI; the measure
    # counts the code as found under a wrong system. Those are told apart here; all others have to be right.
    named = [c for c in codes["wrong_system_list"] if not c["codeSystem"].replace(".", "").isdigit()]
    lost = codes["missing"] + codes["wrong_system"] - len(named)
    invented, negation, sections = found["invented"], found["negation"], found["sections"]["share"]
    faults = []
    if codes["distinct"] and lost / codes["distinct"] > 0.02:
        faults.append(f"clinical codes {codes['missing_list']} {codes['wrong_system_list']}")
    if invented["invented"] or invented["quantities"] or invented["dates"]:
        faults.append(f"invented {invented['invented_list']} {invented['quantities_list']} {invented['dates_list']}")
    if negation["turned_positive"]:
        faults.append(f"turned positive {negation['turned_positive_list']}")
    if sections is not None and sections < 1:
        faults.append(f"section codes {sections}")
    return faults
