"""The bundle of each of our samples, whole, against the one that was looked at and kept.

The rule: a change of a golden file is a change of what receivers get: look at the difference, then
``pytest tests/emit/fhir/test_fhir_golden.py --update-golden``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from documents import SAMPLES

import cdatk

GOLDEN = Path(__file__).resolve().parent.parent.parent / "golden"


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def steady(node: Any) -> Any:
    """The bundle without what changes with every release: versions and checksums of tool and tables, long data."""
    if isinstance(node, dict):
        if node.get("resourceType") == "Provenance":
            node = {**node, "entity": node["entity"][:1]}
        if node.get("resourceType") == "Device" and node.get("deviceName", [{}])[0].get("name") == "cdatk":
            node = {k: v for k, v in node.items() if k != "version"}
        return {k: f"{len(v)} characters" if k == "data" else steady(v) for k, v in node.items()}
    return [steady(item) for item in node] if isinstance(node, list) else node


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_bundle_of_a_sample(path: Path, toolkit: cdatk.Toolkit, request: pytest.FixtureRequest) -> None:
    made = steady(json.loads(toolkit.convert(path.read_bytes(), "fhir").output or b""))
    file = GOLDEN / f"{path.stem}.fhir.json"
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert file.is_file(), f"no {file.name}: run pytest with --update-golden"
    assert made == json.loads(file.read_text("utf-8")), (
        f"{file.name}: see the difference with --update-golden and git diff"
    )
