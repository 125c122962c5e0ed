"""Spark beside the local engine on one machine: ``python -m benchmarks.spark [--count N] [-o FILE]``.

Both convert the same documents with one and with two processors, Spark in a session that is already warm (a small
folder was converted in it before); what a session costs to begin with stands apart. Needs the extra ``spark`` and Java.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import batch
from cdatk.batch.spark import convert_files, job_for
from cdatk.batch.spark.session import missing, session

ROOT = Path(__file__).resolve().parent.parent


def measure(folder: Path, count: int) -> dict[str, object]:
    """Documents a second by engine and processors, and seconds that a session takes before it is warm."""
    batch.fill(folder / "in", count)
    batch.fill(folder / "few", 20)
    job = job_for()
    rates: dict[str, float] = {}
    starts: dict[str, float] = {}
    resumes: dict[str, float] = {}
    for processors in (1, 2):
        local = batch.run(folder / "in", folder / f"local-{processors}", processors)
        rates[f"local-{processors}"] = local.tally.total / local.seconds
        before = time.perf_counter()
        with session(processors, progress=False) as spark:
            starts[f"session-{processors}"] = time.perf_counter() - before
            few = convert_files(spark, [str(folder / "few")], str(folder / f"few-{processors}"), job)
            starts[f"first-run-{processors}"] = few.seconds
            out = str(folder / f"spark-{processors}")
            done = convert_files(spark, [str(folder / "in")], out, job)
            again = convert_files(spark, [str(folder / "in")], out, job, resume=True)
        assert done.tally.total == again.tally.kept == count
        rates[f"spark-{processors}"] = done.tally.total / done.seconds
        resumes[f"spark-{processors}"] = again.tally.total / again.seconds
    return {
        "documents": count,
        "documents_a_second": rates,
        "spark_to_local": {n: rates[f"spark-{n}"] / rates[f"local-{n}"] for n in (1, 2)},
        "scaling": {engine: rates[f"{engine}-2"] / rates[f"{engine}-1"] for engine in ("local", "spark")},
        "seconds_before_warm": starts,
        "resume_documents_a_second": resumes,
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
    }


def as_program(count: int, folder: Path) -> dict[str, object] | str:
    """The measures, made by a program of their own (it brings Java up), or why there are none."""
    if missing():
        return f"not measured: {', '.join(missing())} not installed (pip install 'cdatk[spark]')"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "not measured: no Java"
    output = folder / "spark.json"
    command = [sys.executable, "-m", "benchmarks.spark", "--count", str(count), "-o", str(output)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        return f"not measured: {(ended.stderr.strip().splitlines() or ['?'])[-1]}"
    found: dict[str, object] = json.loads(output.read_text("utf-8"))
    return found


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.spark")
    reader.add_argument("--count", type=int, default=2000)
    reader.add_argument("-o", "--output", type=Path)
    asked = reader.parse_args()
    if missing():
        sys.exit("install the extra: pip install -e '.[spark]'")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(measure(Path(folder), asked.count), indent=1)
    if asked.output is not None:
        asked.output.write_text(text + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
