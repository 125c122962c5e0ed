"""A wrong setting is refused where it is written, not found out by what comes of it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from cdatk.settings import Fhir, Limits, Settings


@pytest.mark.parametrize(
    "wrong", [{"language": "de"}, {"strict": "yes"}, {"store": 3}, {"limits": {"max_bytes": 0}}, {"fhir": {"no": 1}}]
)
def test_wrong_values_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)


def test_limits_are_at_least_one() -> None:
    with pytest.raises(ValueError, match="max_depth"):
        Limits(max_depth=0)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(TypeError):
        Settings(languages="fr")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Settings().changed(strickt=True)


def test_settings_do_not_change_but_are_copied_with_changes() -> None:
    settings = Settings()
    with pytest.raises(AttributeError):
        settings.strict = True  # type: ignore[misc]
    assert settings.changed(strict=True) == Settings(strict=True) != settings
    with pytest.raises(ValueError, match="language"):
        settings.changed(language="xx")


def test_paths_may_be_text_and_settings_reach_other_processes() -> None:
    settings = Settings(store="x.sqlite", fhir=Fhir(trace=True))  # type: ignore[arg-type]
    assert settings.store == Path("x.sqlite")
    assert pickle.loads(pickle.dumps(settings)) == settings and len({settings, settings.changed()}) == 1
