"""Our own samples against the expectations written beside them, by hand, from the documents.

The rule: an expectation is never made from what the tool gives (samples/README.md says how they are written); the
comparison is that of ``cdatk test``, whose own tests show that it can fail (tests/harness).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import SAMPLES

import cdatk
from cdatk.harness.compare import compare
from cdatk.harness.expectation import beside, load
from cdatk.harness.outcome import Outcome


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def test_there_are_samples_of_the_first_countries() -> None:
    assert {path.parent.name for path in SAMPLES} >= {"hr", "mt", "cz", "pt", "es", "ee", "lu"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample(path: Path, toolkit: cdatk.Toolkit) -> None:
    differences = compare(load(beside(path)), Outcome(path.read_bytes(), toolkit), path.parent)
    assert not differences, "\n" + "\n".join(difference.text("en") for difference in differences)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_expectations_say_what_is_needed(path: Path) -> None:
    expected = load(beside(path))
    assert set(expected.document) == {"code", "type", "level", "language", "country"}
    assert expected.sections is not None and expected.kinds is not None and expected.findings is not None
    assert expected.fhir and expected.html
