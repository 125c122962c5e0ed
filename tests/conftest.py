"""What tests share: the checkout, the developers' shared folder, documents made on the spot, the command line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from documents import SAMPLES

ROOT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path | None:
    """The developers' shared folder: CDATK_SHARED, else ``../shared`` beside the checkout, else None."""
    named = os.environ.get("CDATK_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder if (folder / "data" / "cda").is_dir() else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-golden`` writes the golden bundles anew (tests/emit/fhir/test_fhir_golden.py)."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/*.json anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the shared folder, and say so, when it is not there."""
    if shared_folder() is None:
        reason = "the shared folder is not here (set CDATK_SHARED, or put it beside the checkout as ../shared)"
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True, scope="session")
def _no_store_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tests see the embedded tables only, whatever catalogues the person running them has imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder; use with ``@pytest.mark.shared``."""
    folder = shared_folder()
    assert folder is not None
    return folder


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest) -> bytes:
    """Each of our own samples in turn."""
    path: Path = request.param
    return path.read_bytes()


@dataclass(frozen=True)
class Ended:
    """What a call of the command line left."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


@pytest.fixture
def cdatk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ended]:
    """The command line in this process, in an empty folder, in English unless the environment says otherwise."""
    from cdatk.cli.program import run

    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, stdin: bytes = b"", **environment: str) -> Ended:
        out, err = io.BytesIO(), io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out, "utf-8"))
            patch.setattr(sys, "stderr", io.TextIOWrapper(err, "utf-8"))
            code = run([str(a) for a in arguments], environment)
            sys.stdout.flush()
            sys.stderr.flush()
            return Ended(code, out.getvalue(), err.getvalue().decode("utf-8"))

    return call
