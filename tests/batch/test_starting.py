"""How workers begin: nothing of a conversion is left to load, and a conversion leaves nothing for the collector."""

from __future__ import annotations

import gc
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from cdatk.batch.starting import prepare, start_method
from cdatk.harness import generator
from cdatk.pipeline import Toolkit

LATE = "[name for name in ('cdatk.emit.fhir', 'babel.dates', 'zoneinfo') if name not in __import__('sys').modules]"


@pytest.mark.skipif(start_method() != "forkserver", reason="workers are forked on Linux only")
def test_a_worker_begins_with_the_modules_of_a_conversion() -> None:
    prepare()
    prepare()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(start_method())) as pool:
        assert pool.submit(eval, LATE).result() == []


def test_a_conversion_leaves_no_cycles() -> None:
    """Workers hardly ever look for them (``do_chunk``)."""
    data = next(iter(generator.make_many(generator.Wish(seed=5, sizes=("medium",)), 1))).data
    toolkit = Toolkit()
    toolkit.convert(data, "fhir")
    gc.collect()
    gc.disable()
    try:
        toolkit.convert(data, "fhir")
        assert gc.collect() < 100
    finally:
        gc.enable()
