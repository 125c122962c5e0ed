"""``python -m benchmarks.faults [--documents 20000]``: a batch that everything happens to, against an undisturbed one.

Documents are generated, one in a hundred broken in one of ten ways. Then: an undisturbed run; one whose workers are
ended by kill -9 again and again; one that is ended itself, twice, and taken up; one whose disk is full, and taken up on
a bigger one; a resume of a finished run. After each: every document has one line in the journal, the broken ones and no
others are refused, outputs and lines are those of the undisturbed run. Exit code 1 when anything differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from cdatk.harness import generator

ROOT = Path(__file__).resolve().parent.parent
WISH = generator.Wish(seed=31, sizes=("small", "medium"), faults=tuple(sorted(generator.BREAKING)), share=0.01)


class Failed(Exception):
    pass


def fill(folder: Path, count: int) -> Counter[str]:
    """The documents, and how many have which fault."""
    faults: Counter[str] = Counter()
    for sample in generator.make_many(WISH, count):
        path = folder / f"{sample.number % 100:02}" / f"{sample.name}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.data)
        faults[sample.fault] += 1
    return faults


def start(source: Path, out: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cdatk", "batch", str(source), str(out), "--workers", "2", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)


def finished(out: Path) -> dict[str, dict[str, object]]:
    """The line that counts of every document, without the time it took."""
    lines = (out / "_batch" / "journal.ndjson").read_bytes().splitlines()
    return {row["input"]: {**row, "ms": 0} for row in map(json.loads, lines)}


def tree(out: Path) -> dict[str, str]:
    """Checksums of all outputs and of what was put aside."""
    paths = [*out.rglob("*.json"), *out.rglob("*.xml")]
    return {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def check(source: Path, out: Path, whole: Path) -> None:
    """Raise Failed where a run that was disturbed left something else than the undisturbed one."""
    rows, names = finished(out), {path.relative_to(source).as_posix() for path in source.rglob("*.xml")}
    if set(rows) != names:
        raise Failed(f"{len(names)} documents, {len(rows)} in the journal")
    broken = {name for name in names if not name.rpartition("-w")[2].removesuffix(".xml").isdigit()}
    refused = {name for name, row in rows.items() if row["outcome"] != "converted"}
    if broken != refused:
        raise Failed(f"broken and refused are not the same: {sorted(broken ^ refused)[:5]}")
    if whole != out and any(rows[name] != row for name, row in finished(whole).items() if name in rows):
        raise Failed("lines of the journal differ")
    if whole != out:
        wanted = tree(whole)
        different = [name for name, checksum in tree(out).items() if wanted.get(name) != checksum]
        if different or len(tree(out)) != len(wanted):
            raise Failed(f"outputs differ: {different[:5]}")
    if (out / "_batch" / "unfinished").exists():
        raise Failed("something unfinished was left behind")


def children(pid: int) -> list[int]:
    """Processes that ``pid`` started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def kill_workers(run: subprocess.Popen[bytes], times: int) -> int:
    """End workers, one at a time, at moments that nobody chose; how many were."""
    chance, ended = random.Random(1), 0
    while run.poll() is None:
        time.sleep(chance.uniform(1.0, 4.0))
        workers = [worker for server in children(run.pid) for worker in children(server)]
        if workers and ended < times:
            os.kill(chance.choice(workers), signal.SIGKILL)
            ended += 1
    return ended


def kill_main(source: Path, out: Path, count: int) -> int:
    """End the batch twice on its way and take it up; how many lines the journal had by then."""
    journal, lines = out / "_batch" / "journal.ndjson", 0
    for part in (0.2, 0.6):
        run = start(source, out, "--resume")
        while run.poll() is None and lines < part * count:
            time.sleep(0.05)
            lines = journal.read_bytes().count(b"\n") if journal.exists() else 0
        run.kill()
        run.wait()
    start(source, out, "--resume").wait()
    return lines


def full_disk(source: Path, out: Path, count: int) -> None:
    """A run on a disk that holds half of the outputs, taken up when it has room for all. Raises Failed."""
    out.mkdir()
    half = max(400, count * 20)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={half}k", "cdatk", str(out)], check=True)
    try:
        if start(source, out).wait() != 4:
            raise Failed("a full disk did not end the run")
        if not 0 < len(finished(out)) < count:
            raise Failed("the disk was not full on the way")
        subprocess.run(["mount", "-o", f"remount,size={half * 8}k", str(out)], check=True)
        start(source, out, "--resume").wait()
        start(source, whole := out.with_name("part")).wait()
        check(source, out, whole)
    finally:
        subprocess.run(["umount", str(out)], check=True)


def trial(folder: Path, count: int) -> dict[str, object]:
    """All runs. Raises Failed."""
    source, whole = folder / "in", folder / "whole"
    said: dict[str, object] = {}
    source.mkdir(parents=True)
    said["faults"] = dict(fill(source, count))
    began = time.perf_counter()
    start(source, whole).wait()
    said["undisturbed_seconds"] = time.perf_counter() - began
    check(source, whole, whole)
    print("undisturbed:", said, flush=True)
    run = start(source, folder / "workers")
    said["workers_killed"] = kill_workers(run, 8)
    check(source, folder / "workers", whole)
    print("workers killed:", said["workers_killed"], flush=True)
    said["lines_when_killed"] = kill_main(source, folder / "main", count)
    check(source, folder / "main", whole)
    print("main process killed, taken up", flush=True)
    journal = (whole / "_batch" / "journal.ndjson").read_bytes()
    began = time.perf_counter()
    start(source, whole, "--resume").wait()
    said["resume_seconds"] = time.perf_counter() - began
    if (whole / "_batch" / "journal.ndjson").read_bytes() != journal:
        raise Failed("a resume of a finished run did something")
    part = folder / "tenth"
    part.mkdir()
    for number in range(10 if count > 400 else 100):
        if (source / f"{number:02}").is_dir():
            (source / f"{number:02}").rename(part / f"{number:02}")
    if sys.platform == "linux" and os.geteuid() == 0:
        full_disk(part, folder / "disk", len(list(part.rglob("*.xml"))))
        said["full_disk"] = "taken up"
    else:
        said["full_disk"] = "not tried: only the superuser may mount a small disk"
    return said


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    reader.add_argument("--documents", type=int, default=2_000)
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            print(json.dumps({"documents": asked.documents, **trial(Path(folder), asked.documents)}, indent=1))
        except Failed as error:
            print(f"FAILED: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
