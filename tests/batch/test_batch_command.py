"""``cdatk batch`` as a person calls it, and as a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from batch.making import SMALL, fill, rows, tree
from conftest import Ended
from french import faults

from cdatk.batch.page import WORDS
from cdatk.cli.messages import MESSAGES
from cdatk.cli.messages_many import MANY

Call = Callable[..., Ended]


def test_a_folder_to_a_folder(cdatk: Call, tmp_path: Path) -> None:
    fill(tmp_path / "in", 1)
    fill(tmp_path / "in", 2, replace(SMALL, seed=8, faults=("doctype",)))
    ended = cdatk("batch", "in", "out", "--to", "fhir", "--to", "cda")
    assert ended.code == 3
    assert "3 document(s)" in ended.err and "1 converted, 2 refused" in ended.err
    assert len(tree(tmp_path / "out")) == 2
    page = (tmp_path / "out" / "_batch" / "summary.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>") and "<script" not in page and "XML-003" in page and "<svg" in page
    again = cdatk("batch", "in", "out", "--to", "fhir", "--to", "cda", "--resume", LANG="fr_FR.UTF-8")
    assert again.code == 3 and "dont 3 déjà faits" in again.err


def test_a_list_on_standard_input(cdatk: Call, tmp_path: Path) -> None:
    paths = fill(tmp_path / "in", 2)
    names = "\n".join(path.relative_to(tmp_path).as_posix() for path in paths)
    ended = cdatk("batch", "-", "out", "--workers", "1", stdin=names.encode())
    assert ended.code in (0, 1)
    assert set(rows(tmp_path / "out")) == set(names.splitlines())


def test_checks_are_chosen_and_a_run_with_other_checks_is_another_run(cdatk: Call, tmp_path: Path) -> None:
    fill(tmp_path / "in", 1)

    def codes(*words: str) -> set[str]:
        assert cdatk("batch", "in", "out", "--workers", "1", "--resume", *words).code in (0, 1)
        return {code for row in rows(tmp_path / "out").values() for code in row.findings}

    without = codes("--checks", "none")
    assert "CDA-061" in without
    assert "CDA-061" not in codes(), "done anew, because the checks are not the same"


def test_what_cannot_be_meant(cdatk: Call, tmp_path: Path) -> None:
    fill(tmp_path / "in", 1)
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    assert cdatk("batch", "in", "out", "--to", "html", "--ndjson").code == 2
    assert cdatk("batch", "in", "file").code == 2
    assert cdatk("batch", "in").code == 2
    nothing = cdatk("batch", "empty", "out")
    assert nothing.code == 3 and "no document" in nothing.err
    assert cdatk("batch", "in", "out", "--store", "missing.sqlite").code == 4


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written(cdatk: Call, tmp_path: Path) -> None:
    fill(tmp_path / "in", 1)
    (tmp_path / "out").mkdir(mode=0o500)
    assert cdatk("batch", "in", "out").code == 4


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from cdatk.cli import main
sys.argv = ["cdatk", "batch", "in", "out", "--workers", "1"]
if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(os.name == "nt", reason="no limits of that kind there")
def test_a_disk_that_takes_no_more_leaves_a_true_journal(root: Path, tmp_path: Path) -> None:
    fill(tmp_path / "in", 2)
    (tmp_path / "limited.py").write_text(LIMITED)
    environment = {**os.environ, "PYTHONPATH": str(root), "LC_ALL": "C.UTF-8"}
    ended = subprocess.run(
        [sys.executable, "limited.py"], cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == 4 and b"cannot be written" in ended.stderr and b"--resume" in ended.stderr
    assert not rows(tmp_path / "out") and not tree(tmp_path / "out")


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_is_ended_and_taken_up_gives_the_same(number: int, root: Path, tmp_path: Path) -> None:
    fill(tmp_path / "in", 60, replace(SMALL, faults=("empty", "tags"), share=0.1))
    environment = {**os.environ, "PYTHONPATH": str(root), "LC_ALL": "C.UTF-8"}

    def start(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "cdatk", "batch", "in", *words, "--ndjson", "--workers", "2"]
        return subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE)

    def stream(folder: str) -> bytes:
        return b"".join(path.read_bytes() for path in sorted((tmp_path / folder).glob("fhir-*.ndjson")))

    assert start("whole").wait(120) == 3
    broken = start("broken")
    journal = tmp_path / "broken" / "_batch" / "journal.ndjson"
    deadline = time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.005)
    broken.send_signal(number)
    broken.communicate(timeout=60)
    resumed = start("broken", "--resume")
    assert resumed.communicate(timeout=120) and resumed.returncode == 3
    assert stream("broken") == stream("whole")
    ours, theirs = rows(tmp_path / "broken"), rows(tmp_path / "whole")
    assert len(ours) == 60 and {n: r.outcome for n, r in ours.items()} == {n: r.outcome for n, r in theirs.items()}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_words_of_the_page(key: str) -> None:
    assert all(WORDS[key]) and not faults(WORDS[key][0])


def test_no_other_command_changes_our_words() -> None:
    assert {key: MESSAGES[key] for key in MANY} == dict(MANY)
