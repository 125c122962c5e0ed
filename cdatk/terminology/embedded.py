"""Opens the store of the embedded tables, building it on first use in the platform's cache folder.

The ONE rule: the store's file name holds everything its content depends on, so a stale store is never opened.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cdatk import resources
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import MANIFEST, TerminologyError
from cdatk.terminology.schema import SCHEMA_VERSION
from cdatk.terminology.store import Database, build_store


def open_embedded(cache_folder: Path | None = None, tables: Path | None = None) -> Terminology:
    """Open the embedded terminology.

    `cache_folder` defaults to the platform's cache folder, `tables` to the tables of this installation. Where the
    cache folder cannot be written the store is built in a private temporary folder that goes with the object.
    Two processes may do this at once: each builds aside and the last rename wins with the same content.
    Raises TerminologyError when the tables are missing or are not those of their manifest.
    """
    folder = tables if tables is not None else _own_tables()
    name = store_name(folder)
    try:
        target = _cache_folder(cache_folder) / name
        if not target.exists():
            _build(target, folder)
        return _open_or_rebuild(target, folder)
    except OSError:
        import tempfile  # slow to import, and needed only here

        holder = tempfile.TemporaryDirectory(prefix="cdatk-terminology-")
        target = Path(holder.name) / name
        _build(target, folder)
        return Terminology.open(target, holder)


class EmbeddedStore:
    """The file of the embedded store for as long as the context lasts, built where it has to be."""

    def __init__(self, cache_folder: Path | None = None) -> None:
        self._opened = open_embedded(cache_folder)

    def __enter__(self) -> Path:
        return self._opened.path

    def __exit__(self, *_: object) -> None:
        self._opened.close()


def embedded_release() -> tuple[str, str]:
    """Release and checksum of the embedded tables of this installation."""
    try:
        content = (_own_tables() / MANIFEST).read_bytes()
    except OSError as error:
        raise TerminologyError(f"the embedded terminology tables are missing: {error}") from error
    return _release(content), hashlib.sha256(content).hexdigest()


def user_store() -> Path:
    """Where a user's own store lies unless the caller says otherwise: the platform's data folder."""
    import platformdirs

    return platformdirs.user_data_path("cdatk", appauthor=False) / "terminology.sqlite"


def store_name(folder: Path) -> str:
    """The file name of the store built from the tables in `folder`: checksum of the manifest and schema version.

    Only the bytes of the manifest are read, because this runs at every start.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise TerminologyError(f"the embedded terminology tables are missing: {error}") from error
    return f"terminology-{_release(content)}-{hashlib.sha256(content).hexdigest()[:16]}-s{SCHEMA_VERSION}.sqlite"


def _own_tables() -> Path:
    try:
        return resources.terminology_dir()
    except FileNotFoundError as error:
        raise TerminologyError(str(error)) from error


def _release(manifest: bytes) -> str:
    for line in manifest.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "release":
            return "".join(sign for sign in value if sign.isalnum() or sign in ".-")
    raise TerminologyError(f"{MANIFEST} of the terminology tables names no release")


def _cache_folder(chosen: Path | None) -> Path:
    if chosen is None:
        # platformdirs is needed only here, and only when the caller names no folder.
        import platformdirs

        chosen = platformdirs.user_cache_path("cdatk", appauthor=False)
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def _open_or_rebuild(target: Path, folder: Path) -> Terminology:
    try:
        opened = Terminology.open(target)
        if opened.releases:
            return opened
        opened.close()
    except TerminologyError:
        pass  # a store cut short by a full disk or a copy: the tables are at hand, so build it again
    _build(target, folder)
    return Terminology.open(target)


def _build(target: Path, folder: Path) -> None:
    # Reading tables (csv, tomllib) is for the first use only; every later start goes straight to the store.
    from cdatk.terminology.tables import fill_store, read_manifest

    manifest = read_manifest(folder)

    def fill(database: Database) -> None:
        fill_store(database, folder, manifest)

    build_store(target, fill)
