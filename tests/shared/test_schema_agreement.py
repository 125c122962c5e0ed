"""Our schema against the official ones, on the visible documents and a few hundred mutants.

The rule: the measurement itself is ``benchmarks/schema_agreement.py``; this runs it small. Differences it may find
are those argued in ``docs/decisions/0010-own-schema.md``.
"""

from __future__ import annotations

import copy
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def agreement(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("schema_agreement", root / "benchmarks" / "schema_agreement.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_visible_documents(agreement: ModuleType, shared: Path) -> None:
    tally = agreement.visible(agreement.Judges(shared))
    assert tally.seen.total() >= 68
    assert tally.valid.total() >= 53
    assert tally.classes == {}


def test_mutants_of_visible_documents(agreement: ModuleType, shared: Path) -> None:
    judges = agreement.Judges(shared)
    bases = [(n, r) for n, r in agreement.documents(shared) if judges.official_says(copy.deepcopy(r))]
    tally = agreement.mutants(judges, bases, 600, 11, "mutants")
    assert len(tally.seen) == 12
    assert 100 < tally.valid.total() < 500
    assert tally.classes.total() <= 3, tally.classes


def test_documents_made_from_the_schemas_and_their_mutants(agreement: ModuleType, shared: Path) -> None:
    judges = agreement.Judges(shared)
    tally, made = agreement.generated(judges, 90, 3)
    assert tally.valid.total() >= 80
    assert tally.classes.total() <= 1, tally.classes
    changed = agreement.mutants(judges, made, 300, 3, "mutants")
    assert changed.classes.total() <= 3, changed.classes
