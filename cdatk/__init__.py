"""cdatk: European patient summaries (CDA R2, MyHealth@EU) checked, translated to French, as FHIR, HTML or CDA.

The rule: what stands in ``__all__`` is the public API; nothing else is promised to stay.

    >>> import cdatk
    >>> result = cdatk.convert("summary.xml", to="fhir")  # doctest: +SKIP
    >>> result.output, result.report.exit_code  # doctest: +SKIP

Names are loaded on first use, so that ``import cdatk`` costs next to nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cdatk.version import VERSION

if TYPE_CHECKING:
    from cdatk.diagnostics import Diagnostic, ExitCode, Report, Severity
    from cdatk.facts import Facts, Inspection
    from cdatk.pipeline import Result, Toolkit
    from cdatk.settings import Limits, Settings
    from cdatk.terminology.lookup import Terminology

__version__ = VERSION
__all__ = [
    "Diagnostic", "ExitCode", "Facts", "Inspection", "Limits", "Report", "Result", "Settings", "Severity",
    "Terminology", "Toolkit", "__version__", "convert", "inspect", "validate",
]  # fmt: skip

_HOMES = {
    "Diagnostic": "cdatk.diagnostics",
    "ExitCode": "cdatk.diagnostics",
    "Report": "cdatk.diagnostics",
    "Severity": "cdatk.diagnostics",
    "Facts": "cdatk.facts",
    "Inspection": "cdatk.facts",
    "Result": "cdatk.pipeline",
    "Toolkit": "cdatk.pipeline",
    "Limits": "cdatk.settings",
    "Settings": "cdatk.settings",
    "Terminology": "cdatk.terminology.lookup",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use (PEP 562)."""
    import importlib

    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'cdatk' has no attribute {name!r}")


def convert(
    source: bytes | str | Path,
    to: Literal["fhir", "html", "cda"] = "fhir",
    lang: Literal["fr", "en"] = "fr",
    settings: Settings | None = None,
) -> Result:
    """Convert one CDA document.

    ``source`` is the document itself (bytes) or a path; ``lang`` wins over the language in ``settings``.
    For many documents make one ``Toolkit`` and call it: the tables stay warm.

    Raises OSError when the path cannot be read and TerminologyError when the tables are unusable. Everything wrong
    with the document is in ``Result.report``; after a fatal finding ``Result.output`` is None.
    """
    return _toolkit(settings, lang).convert(_bytes(source), to)


def validate(source: bytes | str | Path, settings: Settings | None = None) -> Report:
    """Check one CDA document against its profile and the terminology; the findings.

    Raises OSError and TerminologyError as ``convert`` does.
    """
    return _toolkit(settings, None).validate(_bytes(source)).report


def inspect(source: bytes | str | Path, settings: Settings | None = None) -> Inspection:
    """What a CDA document is and holds (type, level, sections, entries, codes), without patient data.

    Raises OSError and TerminologyError as ``convert`` does.
    """
    return _toolkit(settings, None).inspect(_bytes(source))


def _toolkit(settings: Settings | None, lang: Literal["fr", "en"] | None) -> Toolkit:
    from cdatk.pipeline import Toolkit
    from cdatk.settings import Settings

    chosen = settings if settings is not None else Settings()
    return Toolkit(chosen.changed(language=lang) if lang is not None else chosen)


def _bytes(source: bytes | str | Path) -> bytes:
    return source if isinstance(source, bytes) else Path(source).read_bytes()
