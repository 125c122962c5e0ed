"""The store: reproducible, whole or absent, refused when foreign, safe when two build it at once."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from pathlib import Path

import pytest

from cdatk.terminology.embedded import open_embedded, store_name
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import (
    CodeSystem,
    DesignationRow,
    MemberRow,
    Release,
    StoreError,
    TerminologyError,
    ValueSet,
)
from cdatk.terminology.schema import SCHEMA_VERSION
from cdatk.terminology.store import Database, build_store
from cdatk.terminology.tables import fill_store, read_manifest
from cdatk.terminology.writer import StoreWriter


def small(database: Database) -> StoreWriter:
    writer = StoreWriter(database, Release("test", "1", "0" * 64, None, "", ()))
    writer.add_systems([CodeSystem("1.2", "Colours", None, ("1.2.9",), "test")])
    writer.add_value_sets([ValueSet("9.1", "Warm", "1", True)])
    writer.add_members([MemberRow("9.1", "1.2", "R", "red", "test")])
    return writer


def test_two_builds_are_the_same_to_the_byte(tables: Path, tmp_path: Path) -> None:
    manifest = read_manifest(tables)
    for name in ("a", "b"):
        build_store(tmp_path / name, lambda database: fill_store(database, tables, manifest))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_failed_build_leaves_the_earlier_store(tmp_path: Path) -> None:
    target = tmp_path / "store.sqlite"
    build_store(target, small)
    before = target.read_bytes()

    def bad(database: Database) -> None:
        small(database).add_designations([DesignationRow("7.7", "x", "y", "fr", True, "current", "test")])

    with pytest.raises(TerminologyError, match=r"7\.7"):
        build_store(target, bad)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["store.sqlite"]


def test_a_system_named_twice_is_refused(tmp_path: Path) -> None:
    def bad(database: Database) -> None:
        small(database).add_systems([CodeSystem("1.2.9", "Colours again", None, (), "test")])

    with pytest.raises(TerminologyError, match=r"1\.2\.9"):
        build_store(tmp_path / "store.sqlite", bad)


def test_a_repeated_member_is_refused(tmp_path: Path) -> None:
    def bad(database: Database) -> None:
        small(database).add_members([MemberRow("9.1", "1.2", "R", "red", "test")])

    with pytest.raises(TerminologyError, match="contradicts"):
        build_store(tmp_path / "store.sqlite", bad)


def test_the_store_cannot_be_written(tmp_path: Path) -> None:
    build_store(tmp_path / "s", small)
    with Terminology.open(tmp_path / "s") as opened, pytest.raises(sqlite3.OperationalError):
        opened._db.execute("DELETE FROM concept")


@pytest.mark.parametrize("content", [b"", b"no database at all, just text" * 100])
def test_what_is_no_store_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="no terminology store"):
        Terminology.open(path)


def test_a_missing_or_newer_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        Terminology.open(tmp_path / "none")
    build_store(tmp_path / "s", small)
    connection = sqlite3.connect(tmp_path / "s")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Terminology.open(tmp_path / "s")


def test_first_use_builds_and_second_use_reads(tables: Path, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache"
    open_embedded(cache, tables).close()
    (store,) = cache.iterdir()
    assert store.name == store_name(tables)
    stamp = store.stat().st_mtime_ns
    open_embedded(cache, tables).close()
    assert store.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("content", [b"", b"cut short by a full disk" * 500])
def test_a_damaged_store_is_built_again(tables: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / store_name(tables)).write_bytes(content)
    with open_embedded(tmp_path, tables) as opened:
        assert opened.value_set("1.3.6.1.4.1.12559.11.10.1.3.1.42.13")


def test_an_unwritable_cache_gives_a_private_store_that_goes_away(tables: Path, tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("a file stands where the cache folder should be")
    opened = open_embedded(occupied, tables)
    assert opened._holder is not None
    private = Path(opened._holder.name)
    assert opened.concept("2.16.840.1.113883.5.1", "F")
    opened.close()
    assert not private.exists()


def test_missing_tables_are_said(tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match="missing"):
        open_embedded(tmp_path / "cache", tmp_path / "nowhere")


def test_an_edited_table_is_not_built(tables: Path, tmp_path: Path) -> None:
    copy = tmp_path / "terminology"
    shutil.copytree(tables, copy)
    with (copy / "mvc" / "value-sets.csv").open("ab") as stream:
        stream.write(b"1.2.3,Own,1,yes\n")
    with pytest.raises(TerminologyError, match=r"value-sets\.csv"):
        open_embedded(tmp_path / "cache", copy)
    assert list((tmp_path / "cache").iterdir()) == []


def _open_in_another_process(cache: str, tables: str) -> int:
    with open_embedded(Path(cache), Path(tables)) as opened:
        return len(opened.designations("2.16.840.1.113883.5.1", "F"))


def test_two_processes_at_once(tables: Path, tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        arguments = [(str(tmp_path), str(tables))] * 2
        assert pool.starmap(_open_in_another_process, arguments) == [2, 2]
    assert [path.name for path in tmp_path.iterdir()] == [store_name(tables)]
