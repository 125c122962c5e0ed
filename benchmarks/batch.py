"""Many documents: scaling over workers, growth with the number of files, memory of a worker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from lxml import etree

from benchmarks import speed
from cdatk.batch.engine import Batch, Wish, releases
from cdatk.batch.files import Place
from cdatk.batch.sources import Inputs
from cdatk.batch.work import Order
from cdatk.harness import generator
from cdatk.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
MIX = generator.Wish(seed=20, sizes=("small", "medium"))
TARGETS = {"scaling": 1.8, "documents_a_second": 250.0, "memory_growth": 1.05, "memory_mb": 120.0}


def fill(folder: Path, count: int, wish: generator.Wish = MIX) -> None:
    for sample in generator.make_many(wish, count):
        path = folder / f"{sample.number % 100:02}" / f"{sample.name}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.data)


def run(source: Path, out: Path, workers: int, **changes: object) -> Batch:
    settings = Settings()
    place = Place(out, "fr")
    order = Order(settings, ("fhir",), place, False, 60.0, releases(settings), "en")
    inputs = Inputs((str(source),), (), os.path.realpath(out), settings.limits.max_bytes)
    wish = Wish(inputs, order, workers, total=inputs.count())
    batch = Batch(replace(wish, **changes), lambda progress: None)  # type: ignore[arg-type]
    batch.run()
    return batch


def scaling(folder: Path, count: int) -> dict[str, object]:
    """Documents a second with one and two workers, on the whole set and on a quarter of it."""
    fill(folder / "all", count)
    fill(folder / "part", count // 4)
    paths = sorted((folder / "all").rglob("*.xml"))
    started = time.perf_counter()
    for path in paths:
        etree.tostring(etree.fromstring(path.read_bytes()))
    floor = len(paths) / (time.perf_counter() - started)
    rates = {}
    run(folder / "part", folder / "warm", 2)
    eight = eight_documents(folder / "eight", count)
    for name in ("part", "all"):
        for workers in (1, 2):
            batch = run(folder / name, folder / f"{name}-{workers}", workers)
            rates[f"{name}-{workers}"] = batch.tally.total / batch.seconds
    again = run(folder / "all", folder / "all-2", 2, resume=True)
    return {
        "documents": count,
        "mean_bytes": sum(path.stat().st_size for path in paths) / len(paths),
        "floor_documents_a_second": floor,
        "documents_a_second": rates,
        "resume_documents_a_second": again.tally.total / again.seconds,
        "scaling": rates["all-2"] / rates["all-1"],
        "growth": rates["all-2"] / rates["part-2"],
        "eight": eight,
        "targets": TARGETS,
    }


def eight_documents(folder: Path, count: int) -> dict[str, object]:
    """Documents a second on two workers over copies of eight real documents and samples, small and big ones (in the
    middle of each eighth by size); the same by the floor on one processor.
    """
    by_size = sorted(speed.corpus(), key=lambda document: len(document.data))
    chosen = [by_size[len(by_size) * (2 * step + 1) // 16] for step in range(8)]
    for number in range(max(1, count // 8)):
        for kind, document in enumerate(chosen):
            path = folder / "in" / f"{number % 50:02}" / f"{number:05}-{kind}.xml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(document.data)
    started = time.perf_counter()
    for _ in range(5):
        for document in chosen:
            etree.tostring(etree.fromstring(document.data))
    floor = 40 / (time.perf_counter() - started)
    batch = run(folder / "in", folder / "out", 2)
    rate = batch.tally.total / batch.seconds
    return {"kb": [len(d.data) // 1000 for d in chosen], "floor_documents_a_second": floor, "documents_a_second": rate}


CHILD = """
import json, sys
from pathlib import Path
from cdatk.batch.files import Place
from cdatk.batch.sources import Source
from cdatk.batch import work
from cdatk.batch.work import Order, Task
from cdatk.settings import Settings
from benchmarks.batch import MIX
from cdatk.harness import generator

count, to, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
work.set_up(Order(Settings(), (to,), Place(Path(folder), "fr"), True, 60.0, (), "en"))
sizes, chunk = [], []
for sample in generator.make_many(MIX, count):
    chunk.append(Task(Source(sample.name, "", data=sample.data)))
    if len(chunk) == 32:
        work.do_chunk(chunk)
        chunk.clear()
    if sample.number % max(1, count // 40) == 0:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        sizes.append((sample.number, pages * 4096 / 1e6))
print(json.dumps(sizes))
"""


def memory(folder: Path, count: int, to: str) -> dict[str, object]:
    """Resident megabytes of one worker along ``count`` documents that are all different; the last 1,000 against the
    second 1,000 (tenths of the set where it is smaller than 3,000).
    """
    import json

    command = [sys.executable, "-c", CHILD, str(count), to, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    sizes: list[tuple[int, float]] = json.loads(ended.stdout)
    first, last = (1_000, count - 1_000) if count >= 3_000 else (count * 0.1, count * 0.9)
    early = [size for number, size in sizes if first < number <= 2 * first]
    late = [size for number, size in sizes if number > last]
    growth = (sum(late) / len(late)) / (sum(early) / len(early))
    return {"documents": count, "to": to, "mb": sizes, "growth": growth, "largest_mb": max(size for _, size in sizes)}
