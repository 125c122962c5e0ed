"""A full disk, files that may not be read or change, too little memory, no processes: totals add up all the same."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from batch.conftest import Run
from batch.making import SMALL, fill, rows, tree
from batch.poison import die_at_start, do_and_change

from cdatk.batch.engine import Wish
from cdatk.batch.files import Outbox, OutputError
from cdatk.batch.limit import MEASURED, hard_limit, memory_limit, time_limit
from cdatk.batch.pool import NoWorkers

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
ROOT = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only the superuser may mount")


def start(root: Path, folder: Path, *words: str, before: Callable[[], None] | None = None) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "cdatk", "batch", *words, "--workers", "2"]
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=before,
    )
    return ended.returncode, ended.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "cdatk", str(disk)], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@ROOT
@pytest.mark.parametrize("more", [(), ("--ndjson",), ("--bulk", "--compress", "gzip")])
def test_a_full_disk_and_then_a_bigger_one(more: tuple[str, ...], root: Path, tmp_path: Path, small_disk: Path) -> None:
    fill(tmp_path / "in", 120, replace(SMALL, faults=("empty",), share=0.05))
    whole, _ = start(root, tmp_path, "in", "whole", *more)
    code, said = start(root, tmp_path, "in", "disk", *more)
    assert (code, "No space left" in said, "--resume" in said) == (4, True, True)
    done = rows(small_disk)
    assert len(done) < 120
    for row in done.values():  # what the journal names is there
        for written in row.outputs.values():
            data = (small_disk / written.path).read_bytes()[written.offset : written.offset + written.bytes]
            assert hashlib.sha256(data).hexdigest() == written.sha256
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert start(root, tmp_path, "in", "disk", *more, "--resume")[0] == whole == 3
    assert tree(small_disk) == tree(tmp_path / "whole")
    assert len(rows(small_disk)) == 120


def _without_privilege() -> None:
    """Root may read everything by two capabilities, which are given up here."""
    if os.geteuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@LINUX
def test_files_and_folders_that_may_not_be_read(root: Path, tmp_path: Path) -> None:
    paths = fill(tmp_path / "in", 4)
    paths[1].chmod(0)
    hidden = tmp_path / "in" / "hidden"
    hidden.mkdir()
    hidden.chmod(0)
    code, _ = start(root, tmp_path, "in", "out", before=_without_privilege)
    done = rows(tmp_path / "out")
    bad = {name: (row.outcome, row.findings) for name, row in done.items() if row.outcome != "converted"}
    name = paths[1].relative_to(tmp_path / "in").as_posix()
    assert code == 3 and len(done) == 5
    assert bad == {name: ("unreadable", {"BAT-003": 1}), "hidden": ("unreadable", {"BAT-003": 1})}
    paths[1].chmod(0o600)
    hidden.rmdir()
    assert "3 of them done before" in start(root, tmp_path, "in", "out", "--resume", before=_without_privilege)[1]
    assert rows(tmp_path / "out")[name].outcome == "converted"


@LINUX
def test_an_output_folder_that_may_not_be_written(root: Path, tmp_path: Path) -> None:
    fill(tmp_path / "in", 1)
    (tmp_path / "out").mkdir(mode=0o500)
    code, said = start(root, tmp_path, "in", "out", before=_without_privilege)
    assert code == 4 and "cannot be written" in said and not list((tmp_path / "out").iterdir())


def test_a_file_that_changes_under_the_reader_is_done_again(tmp_path: Path, run: Run) -> None:
    paths = fill(tmp_path / "in", 5)
    changed = [paths[index].rename(paths[index].with_name(f"change-{index}.xml")) for index in (1, 3)]
    read = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in changed}
    assert "BAT-003" not in run(do=do_and_change).tally.documents
    names = {path.relative_to(tmp_path / "in").as_posix(): path for path in changed}
    done = rows(tmp_path / "out")
    assert {names[name]: row.sha256 for name, row in done.items() if name in names} == read
    tally = run(resume=True).tally
    assert (tally.total, tally.kept, tally.outcomes["converted"]) == (5, 3, 5)
    again = rows(tmp_path / "out")
    assert all(again[n].sha256 == hashlib.sha256(p.read_bytes()).hexdigest() != read[p] for n, p in names.items())


@LINUX
def test_the_memory_limit_of_a_document(tmp_path: Path, run: Run) -> None:
    paths = fill(tmp_path / "in", 3)
    data = paths[1].read_bytes()
    place = data.index(b"<text>") + len(b"<text>")
    paths[1].write_bytes(data[:place] + b"<paragraph>x<content>y</content></paragraph>" * 250_000 + data[place:])
    batch = run(order={"megabytes": 60})
    bad = {name: row for name, row in rows(tmp_path / "out").items() if row.outcome != "converted"}
    assert [(row.outcome, row.findings) for row in bad.values()] == [("failed", {"BAT-005": 1})]
    assert (batch.tally.total, batch.tally.outcomes["converted"], batch.losses) == (3, 2, 0)


@pytest.mark.skipif(not MEASURED, reason="memory is limited on Linux only")
def test_the_memory_limit_ends_with_its_block() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(MemoryError), memory_limit(50):
        bytearray(200_000_000)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    with memory_limit(0):
        assert len(bytearray(200_000_000)) == 200_000_000


def test_the_last_resort_is_disarmed_when_a_limit_ends() -> None:
    with time_limit(0.05):
        pass
    code = f"import time\nfrom cdatk.batch.limit import time_limit\nwith time_limit(0.01):\n    pass\ntime.sleep({2 * hard_limit(0.01) + 0.3})"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_processes_that_do_not_live_end_the_run(
    tmp_path: Path, run: Run, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "in", 3)
    with monkeypatch.context() as patch:
        patch.setattr("cdatk.batch.pool.set_up", die_at_start)
        with pytest.raises(NoWorkers):
            run()
    assert not rows(tmp_path / "out") and not tree(tmp_path / "out")
    assert run(resume=True).tally.outcomes["converted"] == 3


def test_what_was_not_settled_is_nowhere(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "scratch")
    box.put(tmp_path / "a" / "x", b"1")
    assert not (tmp_path / "a").exists()
    box.drop()
    assert not list((tmp_path / "scratch").iterdir())
    box.put(tmp_path / "a" / "x", b"2")
    box.put(tmp_path / "b" / "y", b"3")
    box.settle()
    assert ((tmp_path / "a" / "x").read_bytes(), (tmp_path / "b" / "y").read_bytes()) == (b"2", b"3")
    assert not list((tmp_path / "scratch").iterdir())


def test_a_place_that_is_taken_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x" / "y").mkdir(parents=True)
    box = Outbox(tmp_path / "scratch")
    box.put(tmp_path / "x", b"1")
    with pytest.raises(OutputError):
        box.settle()
    assert not list((tmp_path / "scratch").iterdir())
    shutil.rmtree(tmp_path / "x")
