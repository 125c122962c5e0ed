"""The benchmarks that name lines of our code still fit it.

The rule: nothing is measured here; a benchmark that could no longer run is noticed before somebody needs it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_every_edit_of_the_mutant_run_fits_the_code(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("mutants", root / "benchmarks" / "mutants.py")
    assert spec is not None
    assert spec.loader is not None
    mutants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutants)
    gone = [(name, old) for name, old, _ in mutants.EDITS if old not in (root / name).read_text("utf-8")]
    assert mutants.EDITS
    assert not gone
