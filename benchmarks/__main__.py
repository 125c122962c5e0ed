"""``python -m benchmarks [-o FOLDER] [--quick|--full] [--faults N] [--peers]``: measure everything, in one command.

Writes results.json, .md and .html. On an idle machine with two processors about 1 minute with ``--quick``, 5 without,
15 with ``--full``, which is what the design's measures ask for: 20,000 documents in a batch, 10,000 for memory.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import batch, faults, peers, plots, report, spark, speed
from benchmarks.progress import Progress
from cdatk.version import VERSION

# By size of the measurement: rounds for one document, documents of the batch, for memory by format, for Spark.
SIZES: dict[str, tuple[int, int, dict[str, int], int]] = {
    "quick": (2, 200, {"fhir": 200, "html": 40}, 100),
    "usual": (5, 2_000, {"fhir": 2_000, "html": 500}, 500),
    "full": (9, 20_000, {"fhir": 10_000, "html": 10_000}, 1_500),
}


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks")
    reader.add_argument("-o", "--output", type=Path, default=Path("build/benchmarks"))
    size = reader.add_mutually_exclusive_group()
    size.add_argument("--quick", dest="size", action="store_const", const="quick", help="a minute: few documents")
    size.add_argument("--full", dest="size", action="store_const", const="full", help="20,000 documents in the batch")
    reader.add_argument("--faults", type=int, metavar="N", help="a batch of N documents that everything happens to")
    reader.add_argument("--peers", action="store_true", help="other converters beside ours; downloads them")
    reader.set_defaults(size="usual")
    asked = reader.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), asked)
    (asked.output / "results.json").write_text(json.dumps(results, indent=1, default=str), "utf-8")
    page = "\n".join(report.lines(results)) + "\n"
    (asked.output / "results.md").write_text(page, "utf-8")
    (asked.output / "results.html").write_text(plots.page(results), "utf-8")
    print(page)


def measure(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All measures, one after the other: two at once would disturb each other."""
    rounds, count, held, few = SIZES[asked.size]
    documents = speed.corpus(8 if asked.size == "quick" else None)
    progress = Progress(plan(asked, len(documents)))
    results: dict[str, Any] = {
        "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "cdatk": VERSION},
        "load_before": os.getloadavg() if hasattr(os, "getloadavg") else None,
    }
    progress.begin("one document")
    results["single"] = speed.single(documents, rounds)
    progress.begin("where the time goes")
    results["where"] = {to: speed.where(documents, to) for to in ("fhir", "html")}
    results["stages"] = {to: speed.stages(rows) for to, rows in results["where"].items()}
    results["where"] = {to: rows[:15] for to, rows in results["where"].items()}
    progress.begin("starts")
    results["starts"] = speed.starts(rounds)
    progress.begin("batch")
    results["batch"] = batch.scaling(folder, count, progress.say)
    progress.begin("memory")
    results["memory"] = batch.memory(folder, folder / "all", held)
    progress.begin("spark")
    results["spark"] = spark.as_program(few, folder)
    if asked.faults:
        progress.begin("faults")
        results["faults"] = faults.trial(folder / "faults", asked.faults)
    if asked.peers:
        progress.begin("peers")
        results["peers"] = peers.measure(documents[:16], asked.output.parent / "peers")
    return results


def plan(asked: argparse.Namespace, documents: int) -> dict[str, float]:
    """Seconds of each part, as measured once on two idle processors."""
    rounds, count, held, few = SIZES[asked.size]
    wanted = {
        "one document": 0.1 * documents * (rounds + 1),
        "where the time goes": 0.25 * documents,
        "starts": 0.7 * (rounds + 1),
        "batch": 4 + 0.009 * count + 0.02 * min(count, batch.EIGHT),
        "memory": max(0.009 * held["fhir"], 0.03 * held["html"]),
        "spark": 60 + 0.04 * few,
    }
    if asked.faults:
        wanted["faults"] = 10 + 0.03 * asked.faults
    return wanted


if __name__ == "__main__":
    main()
