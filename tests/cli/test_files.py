"""Outputs appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cdatk.cli import files
from cdatk.cli.failure import Failure
from cdatk.diagnostics import ExitCode


def test_a_new_file(tmp_path: Path) -> None:
    files.write_output(tmp_path / "x", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("x", b"new")]


def test_an_existing_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o640)
    files.write_output(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    files.write_output(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(Failure) as caught:
        files.write_output(path, b"new")
    assert (caught.value.code, caught.value.key) == (ExitCode.UNUSABLE, "not-written")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("x", b"old")]


def test_an_interruption_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_output(tmp_path / "x", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_to() -> None:
    files.write_output(Path(os.devnull), b"new")
    assert not Path(os.devnull).is_file()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Failure):
        files.write_output(tmp_path / "missing" / "x", b"new")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Failure):
        files.make_folder(tmp_path / "file" / "below")


@pytest.mark.parametrize(("name", "key"), [("missing", "not-found"), (".", "is-folder"), ("a\0b", "not-readable")])
def test_unreadable_inputs(name: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure) as caught:
        files.read_input(name, 10)
    assert (caught.value.code, caught.value.key) == (ExitCode.UNREADABLE, key)


def test_no_more_is_read_than_the_limit_needs(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    assert files.read_input(str(tmp_path / "x"), 4) == b"01234"
    assert files.read_input("/dev/zero", 1000) == bytes(1001)
