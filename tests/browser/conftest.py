"""The browser, the packages from npm, and the pages of every document at hand: made once for all checks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from browser.chromium import Chromium, executable
from browser.install import folder
from conftest import shared_folder
from documents import SAMPLES

from cdatk import Toolkit


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine has no tools for."""
    missing = ""
    if executable() is None:
        missing = "no Chromium here (the package chromium)"
    elif not (folder() / "ready").exists():
        missing = "the npm packages are not here (run tests/browser/install.py)"
    for item in items:
        if item.get_closest_marker("browser") and missing:
            item.add_marker(pytest.mark.skip(reason=missing))


class Shown(NamedTuple):
    """A document and what was made of it."""

    name: str
    source: bytes
    translated: bytes
    file: Path


def _documents() -> list[Path]:
    """The samples and every sixth visible document; all of them, a quarter of an hour, with CDATK_BROWSER=all."""
    shared = shared_folder()
    visible = sorted((shared / "data" / "cda").glob("*/*.xml")) if shared is not None else []
    return [*SAMPLES, *(visible if os.environ.get("CDATK_BROWSER") == "all" else visible[::6])]


@pytest.fixture(scope="session")
def toolkit() -> Toolkit:
    return Toolkit()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, toolkit: Toolkit) -> list[Shown]:
    """Every sample and visible document that is looked at, as a page in a file."""
    target = tmp_path_factory.mktemp("pages")
    made = []
    for path in _documents():
        source = path.read_bytes()
        page, translated = toolkit.convert(source, "html").output, toolkit.convert(source, "cda").output
        assert page is not None, path.name
        assert translated is not None, path.name
        file = target / f"{path.parent.name}-{path.stem}.html"
        file.write_bytes(page)
        made.append(Shown(f"{path.parent.name}/{path.name}", source, translated, file))
    return made


@pytest.fixture(scope="session")
def packages() -> Path:
    """Folder of the packages from npm."""
    return folder() / "node_modules"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    program = executable()
    assert program is not None
    browser = Chromium(program)
    yield browser
    browser.close()
