"""Runs samples: finds them, compares each with its expectations, in one process or several.

The rule: a sample without expectations is named, never taken for one that passed.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

from cdatk.harness.compare import compare
from cdatk.harness.difference import Difference
from cdatk.harness.expectation import ExpectationError, beside, load
from cdatk.harness.outcome import Outcome
from cdatk.harness.update import update
from cdatk.pipeline import Toolkit
from cdatk.settings import Settings

Verdict = Literal["passed", "failed", "without", "written", "unchanged"]
_FEW: Final = 6  # samples for which more processes cost more than they bring


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a sample; ``name`` is its path below the folder. ``without``: it has no expectations."""

    name: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """What to do: compare, or write expectations; ``golden`` formats are kept whole when writing; ``messages`` is the
    language of explanations (that of the outputs is in the settings).
    """

    settings: Settings
    updating: bool = False
    golden: tuple[str, ...] = ()
    messages: str = "en"


def find(folder: Path, words: Sequence[str] = ()) -> list[Path]:
    """The samples below a folder (or the one file), those whose path holds all the words."""
    if folder.is_file():
        return [folder]
    found = sorted(path for path in folder.rglob("*.xml") if not path.name.endswith(".golden.xml"))
    return [p for p in found if all(word.casefold() in str(p.relative_to(folder)).casefold() for word in words)]


def run(check: Check, folder: Path, samples: Sequence[Path], workers: int = 1) -> Iterator[Checked]:
    """Check every sample, in order. Raises TerminologyError, and OSError when a sample cannot be read or written."""
    one = partial(_named, check, folder)
    if workers < 2 or len(samples) < _FEW:
        toolkit = Toolkit(check.settings)
        for sample in samples:
            yield one(sample, toolkit)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        size = max(1, len(samples) // (workers * 4))
        chunks = [samples[start : start + size] for start in range(0, len(samples), size)]
        for done in pool.map(partial(_several, check, folder), chunks):
            yield from done


def check_sample(check: Check, sample: Path, toolkit: Toolkit) -> tuple[Verdict, list[Difference]]:
    """Compare one sample, or write its expectations. Raises OSError."""
    outcome = Outcome(sample.read_bytes(), toolkit)
    if not beside(sample).exists() and not check.updating:
        return "without", []
    try:
        if check.updating:
            return ("written" if update(sample, outcome, check.golden) else "unchanged"), []
        differences = compare(load(beside(sample)), outcome, sample.parent, check.messages)
    except ExpectationError as error:
        return "failed", [Difference("expectations", "", None, str(error))]
    return ("failed" if differences else "passed"), differences


def _named(check: Check, folder: Path, sample: Path, toolkit: Toolkit) -> Checked:
    started = time.perf_counter()
    verdict, differences = check_sample(check, sample, toolkit)
    name = sample.relative_to(folder).as_posix() if folder.is_dir() else sample.name
    return Checked(name, verdict, tuple(differences), time.perf_counter() - started)


def _several(check: Check, folder: Path, samples: Sequence[Path]) -> list[Checked]:
    toolkit = Toolkit(check.settings)
    return [_named(check, folder, sample, toolkit) for sample in samples]
