"""Many documents: scaling over workers, growth with the number of files, memory of a worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
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
TARGETS = {"scaling": 1.8, "documents_a_second": 250.0, "memory_growth": 1.05}
MEMORY = {"fhir": 120.0, "html": 220.0}  # megabytes of a worker
EIGHT = 1_600  # copies of the eight documents: seconds enough, whatever the size of the rest
Say = Callable[[str], None]


def fill(folder: Path, count: int, wish: generator.Wish = MIX) -> None:
    for sample in generator.make_many(wish, count):
        path = folder / f"{sample.number % 100:02}" / f"{sample.name}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.data)


def part(source: Path, folder: Path, count: int) -> Path:
    """The first ``count`` documents of a folder, as links."""
    for path in sorted(source.rglob("*.xml"))[:count]:
        link = folder / path.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, link)
    return folder


def run(source: Path, out: Path, workers: int, resume: bool = False) -> Batch:
    settings = Settings()
    place = Place(out, "fr")
    order = Order(settings, ("fhir",), place, False, 60.0, releases(settings), "en", 2000)
    inputs = Inputs((str(source),), (), os.path.realpath(out), settings.limits.max_bytes)
    batch = Batch(Wish(inputs, order, workers, resume, total=inputs.count()), lambda progress: None)
    batch.run()
    return batch


def scaling(folder: Path, count: int, say: Say) -> dict[str, object]:
    """Documents a second with one and two workers and on a twentieth, a quarter and the whole of ``count`` documents,
    which stay in ``folder``/all. ``growth`` is the time of a document in the last three quarters against the first.
    """
    say(f"batch: {count} documents are made")
    fill(folder / "all", count)
    paths = sorted((folder / "all").rglob("*.xml"))
    few, quarter = count // 20, count // 4
    sets = {few: part(folder / "all", folder / "few", few), quarter: part(folder / "all", folder / "quarter", quarter)}
    sets[count] = folder / "all"
    floor = floor_rate([path.read_bytes() for path in paths[:500]])
    run(sets[few], folder / "warm", 2)
    seconds: dict[str, float] = {}
    for size, workers in ((few, 2), (quarter, 1), (quarter, 2), (count, 2)):
        say(f"batch: {size} documents, {workers} worker(s)")
        seconds[f"{size}-{workers}"] = run(sets[size], folder / f"{size}-{workers}", workers).seconds
    early = (seconds[f"{quarter}-2"] - seconds[f"{few}-2"]) / (quarter - few)
    late = (seconds[f"{count}-2"] - seconds[f"{quarter}-2"]) / (count - quarter)
    say(f"batch: {count} documents again, --resume")
    again = run(folder / "all", folder / f"{count}-2", 2, resume=True)
    return {
        "documents": count,
        "mean_bytes": sum(path.stat().st_size for path in paths) / len(paths),
        "floor_documents_a_second": floor,
        "seconds": seconds,
        "documents_a_second": {name: int(name.partition("-")[0]) / spent for name, spent in seconds.items()},
        "resume_documents_a_second": again.tally.total / again.seconds,
        "scaling": seconds[f"{quarter}-1"] / seconds[f"{quarter}-2"],
        "growth": late / early,
        "eight": eight_documents(folder / "eight", min(count, EIGHT), say),
        "targets": TARGETS,
    }


def floor_rate(documents: list[bytes]) -> float:
    """Documents a second of the floor on one processor."""
    started = time.perf_counter()
    for data in documents:
        etree.tostring(etree.fromstring(data))
    return len(documents) / (time.perf_counter() - started)


def eight_documents(folder: Path, count: int, say: Say) -> dict[str, object]:
    """Documents a second on one and two workers over copies of eight real documents and samples, small and big ones
    (in the middle of each eighth by size); the same by the floor on one processor.
    """
    by_size = sorted(speed.corpus(), key=lambda document: len(document.data))
    chosen = [by_size[len(by_size) * (2 * step + 1) // 16] for step in range(8)]
    for number in range(max(1, count // 8)):
        for kind, document in enumerate(chosen):
            path = folder / "in" / f"{number % 50:02}" / f"{number:05}-{kind}.xml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(document.data)
    floor = floor_rate([document.data for document in chosen] * 5)
    rates = {}
    for workers in (1, 2):
        say(f"batch: {count} copies of eight documents, {workers} worker(s)")
        batch = run(folder / "in", folder / f"out-{workers}", workers)
        rates[workers] = batch.tally.total / batch.seconds
    return {
        "kb": [len(d.data) // 1000 for d in chosen],
        "floor_documents_a_second": floor,
        "documents_a_second": rates[2],
        "scaling": rates[2] / rates[1],
    }


CHILD = """
import json, sys
from itertools import islice
from pathlib import Path
from cdatk.batch import work
from cdatk.batch.files import Place
from cdatk.batch.sources import Source
from cdatk.batch.work import Order, Task
from cdatk.settings import Settings

def megabytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(name + ":"))

source, count, to, out = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
work.set_up(Order(Settings(), (to,), Place(out, "fr"), False, 60.0, (), "en", 2000))
paths = iter(sorted(source.rglob("*.xml"))[:count])
sizes, done = [], 0
while tasks := [Task(Source(f"{place}.xml", str(path))) for place, path in enumerate(islice(paths, 32))]:
    work.do_chunk(tasks)
    before, done = done, done + len(tasks)
    step = max(1, count // 40)
    if before // step != done // step:
        sizes.append((done, megabytes("VmRSS")))
print(json.dumps({"mb": sizes, "peak_mb": megabytes("VmHWM"), "files_mb": megabytes("RssFile")}))
"""


def memory(folder: Path, source: Path, counts: dict[str, int]) -> list[dict[str, object]]:
    """Resident megabytes of one worker along so many documents of ``source``, by format; the workers side by side.

    ``growth`` is the last 1,000 against the second 1,000 (tenths of the set where it is smaller than 3,000);
    ``files_mb`` the part that is read from libraries and tables, which all workers share.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = {}
    for to, count in counts.items():
        command = [sys.executable, "-c", CHILD, str(source), str(count), to, str(folder / f"memory-{to}")]
        started[to] = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return [{"documents": counts[to], "to": to, **_held(child, counts[to])} for to, child in started.items()]


def _held(child: subprocess.Popen[str], count: int) -> dict[str, object]:
    said, _ = child.communicate()
    if child.returncode:
        raise SystemExit("the worker whose memory is measured has failed")
    found = json.loads(said)
    sizes: list[tuple[int, float]] = found["mb"]
    first, last = (1_000, count - 1_000) if count >= 3_000 else (count * 0.1, count * 0.9)
    early = [size for number, size in sizes if first < number <= 2 * first] or [sizes[0][1]]
    late = [size for number, size in sizes if number > last]
    growth = (sum(late) / len(late)) / (sum(early) / len(early))
    return {**found, "growth": growth, "largest_mb": max(size for _, size in sizes)}
