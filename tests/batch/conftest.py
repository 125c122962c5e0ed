"""Batches in an empty folder, with small documents made on the spot."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cdatk.batch.engine import Batch, Wish, releases
from cdatk.batch.files import Place
from cdatk.batch.sources import Inputs
from cdatk.batch.work import Order
from cdatk.settings import Settings

Run = Callable[..., Batch]


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    """One worker, ``in`` to ``out``, FHIR."""
    settings = Settings()
    place = Place(tmp_path / "out", "fr")
    order = Order(settings, ("fhir",), place, False, 60.0, releases(settings), "en")
    inputs = Inputs((str(tmp_path / "in"),), (), os.path.realpath(place.folder), settings.limits.max_bytes)
    return Wish(inputs, order, 1)


@pytest.fixture
def run(wish: Wish) -> Run:
    """Runs a batch; ``order`` changes its order, the rest the wish."""

    def call(order: dict[str, object] | None = None, **changes: object) -> Batch:
        changed = replace(wish, order=replace(wish.order, **(order or {})), **changes)  # type: ignore[arg-type]
        batch = Batch(changed, lambda progress: None)
        batch.run()
        return batch

    return call
