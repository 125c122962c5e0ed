"""pytest plugin: every ``<name>.expect.yaml`` that pytest comes by is a test of the sample beside it.

The rule: nothing of cdatk is loaded until such a file is met, so that the plugin costs other test runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cdatk.harness.difference import Difference
    from cdatk.pipeline import Toolkit
    from cdatk.settings import Settings

_ENDING = ".expect.yaml"
_TOOLKIT: pytest.StashKey[Toolkit] = pytest.StashKey()


class Differs(Exception):
    """A sample that does not give what was expected."""

    def __init__(self, differences: list[Difference]) -> None:
        """Keep the differences."""
        super().__init__()
        self.differences = differences


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """A collector for a file of expectations."""
    if file_path.name.endswith(_ENDING):
        collector: pytest.File = SampleFile.from_parent(parent, path=file_path)
        return collector
    return None


class SampleFile(pytest.File):
    """A file of expectations."""

    def collect(self) -> Iterator[pytest.Item]:
        """The one test of the sample."""
        yield SampleItem.from_parent(self, name=self.path.name.removesuffix(_ENDING))


class SampleItem(pytest.Item):
    """A sample compared with its expectations."""

    def runtest(self) -> None:
        """Compare. Raises Differs."""
        from cdatk.harness.run import Check, check_sample
        from cdatk.settings import Settings

        settings = Settings(language="fr")
        sample = self.path.with_name(self.name + ".xml")
        if not sample.exists():
            pytest.fail(f"{sample.name} is missing beside its expectations", pytrace=False)
        _, differences = check_sample(Check(settings), sample, self._toolkit(settings))
        if differences:
            raise Differs(differences)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The differences in words; anything else as pytest does."""
        if isinstance(excinfo.value, Differs):
            return "\n".join(difference.text("en") for difference in excinfo.value.differences)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test stands."""
        return self.path, None, f"sample: {self.name}"

    def _toolkit(self, settings: Settings) -> Toolkit:
        """Warm tables for the whole run."""
        from cdatk.pipeline import Toolkit

        stash = self.session.stash
        if _TOOLKIT not in stash:
            stash[_TOOLKIT] = Toolkit(settings)
        return stash[_TOOLKIT]
