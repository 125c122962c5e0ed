"""Where the toolkit's own data files lie: the only module that knows.

The rule: ``xslt/`` and ``terminology/`` stand inside the package in an installed wheel and at the top of
the repository in a checkout; nobody else builds such a path.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _top_level(name: str) -> Path:
    """The data folder ``name``: ``cdatk/_data/<name>`` in a wheel, ``<repository>/<name>`` in a checkout."""
    installed = PACKAGE / "_data" / name
    if installed.is_dir():
        return installed
    checkout = PACKAGE.parent / name
    if checkout.is_dir():
        return checkout
    raise FileNotFoundError(f"cdatk's own folder {name!r} is missing from this installation")


def xslt_dir() -> Path:
    """Folder of the stylesheets (``display/`` …).

    Raises FileNotFoundError when the installation is damaged.
    """
    return _top_level("xslt")


def terminology_dir() -> Path:
    """Folder of the embedded terminology tables.

    Raises FileNotFoundError when the installation is damaged.
    """
    return _top_level("terminology")


def profiles_dir() -> Path:
    """Folder of the document profiles (TOML)."""
    return PACKAGE / "profiles"


def data_file(name: str) -> Path:
    """A data file inside the package, by its path from ``cdatk/`` (``diagnostics.toml`` …)."""
    return PACKAGE / name


def cache_folder() -> Path:
    """The user's folder for what can be made again (compiled rules …); it need not exist yet."""
    import platformdirs  # lazily: only callers that keep something need it

    return platformdirs.user_cache_path("cdatk", appauthor=False)
