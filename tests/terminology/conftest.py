"""The checkout's own tables and a store built from them once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cdatk import resources
from cdatk.terminology.embedded import open_embedded
from cdatk.terminology.lookup import Terminology


@pytest.fixture(scope="session")
def tables() -> Path:
    return resources.terminology_dir()


@pytest.fixture(scope="session")
def terminology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminology]:
    with open_embedded(tmp_path_factory.mktemp("cache")) as opened:
        yield opened
