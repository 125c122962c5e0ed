"""The terminology store: one SQLite file, written once, replaced whole, read without a lock.

The ONE rule: a store appears complete or not at all, and the same rows give the same content (no clock, no random).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cdatk.terminology.cards import write_cards
from cdatk.terminology.rows import StoreError, TerminologyError
from cdatk.terminology.schema import SCHEMA, SCHEMA_VERSION

Value = str | int | None


class Database:
    """Rows into an open store; an SQLite complaint becomes a TerminologyError that names the row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def insert(self, statement: str, values: tuple[Value, ...]) -> int:
        """Run an INSERT; the number of the new row. Raises TerminologyError when it contradicts an earlier one."""
        try:
            row = self.connection.execute(statement, values).lastrowid
        except sqlite3.IntegrityError as error:
            raise TerminologyError(f"row {values!r} contradicts an earlier one: {error}") from error
        return row or 0

    def number(self, statement: str, values: tuple[Value, ...] = ()) -> int | None:
        """The first column of the first row of a query, where it is a number."""
        row = self.connection.execute(statement, values).fetchone()
        return None if row is None or row[0] is None else int(row[0])


def build_store(target: Path, fill: Callable[[Database], object]) -> None:
    """Build a store beside `target` and put it in place in one step.

    `fill` receives the database with empty tables and adds all rows. Raises TerminologyError when rows are unusable
    and OSError when the folder cannot be written; in both cases an earlier store at `target` stays as it was.
    """
    with _beside(target) as work:
        with _writing(work) as database:
            for statement in SCHEMA.split(";"):
                database.connection.execute(statement)
            fill(database)
        _sync(work)
        work.replace(target)


def update_store(target: Path, base: Path, change: Callable[[Database], bool]) -> bool:
    """Change a copy of the store `base` and put it in place of `target` in one step; False: nothing was to change.

    Processes that have the earlier file open go on reading it. Raises as `build_store` does, and TerminologyError
    (a StoreError) when another process is changing the same store.
    """
    import shutil

    check_version(base)
    with _alone(target), _beside(target) as work:
        shutil.copyfile(base, work)
        with _writing(work) as database:
            changed = change(database)
        if changed:
            _sync(work)
            work.replace(target)
    return changed


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open a finished store without locks or journal.

    Raises StoreError when the file is missing, is no store, or has another schema version.
    """
    if not path.is_file():
        raise StoreError("no-store" if path.exists() else "not-there", path.name)
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise StoreError("damaged", path.name) from error
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA_VERSION:
            trouble = "newer" if version > SCHEMA_VERSION else "older" if version else "no-store"
            raise StoreError(trouble, path.name)
        connection.execute("SELECT 1 FROM release LIMIT 1").fetchone()
        connection.execute("PRAGMA mmap_size = 268435456")
    except sqlite3.Error as error:
        connection.close()
        raise StoreError("no-store" if "not a database" in str(error) else "damaged", path.name) from error
    except StoreError:
        connection.close()
        raise
    return connection


def check_version(path: Path) -> None:
    """Raise TerminologyError when the file is no store of this schema version."""
    open_read_only(path).close()


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file beside `target` that is gone afterwards, unless it was put in its place."""
    import tempfile  # slow to import, and needed only to build

    handle, name = tempfile.mkstemp(prefix=target.name, suffix=".tmp", dir=target.parent)
    os.close(handle)
    work = Path(name)
    try:
        yield work
    finally:
        work.unlink(missing_ok=True)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep other imports away from a store; the lock is SQLite's own, so it goes with its process."""
    try:
        lock = sqlite3.connect(target.with_name(target.name + ".lock"), timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise StoreError("not-written", target.name) from error
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise StoreError("busy" if "locked" in str(error) else "not-written", target.name) from error
        yield
    finally:
        lock.close()


@contextmanager
def _writing(path: Path) -> Iterator[Database]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # Durability comes from the fsync before the rename: a journal of a half-built file helps nobody.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("BEGIN")
        yield Database(connection)
        write_cards(connection)
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("ANALYZE")
    except sqlite3.Error as error:
        raise TerminologyError(f"the terminology store cannot be built: {error}") from error
    finally:
        connection.close()


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
