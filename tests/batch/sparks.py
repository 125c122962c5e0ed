"""A Spark cluster on this machine, and results as the tests compare them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from cdatk.batch.journal import Row
from cdatk.batch.spark.columns import journal_columns
from cdatk.batch.work import Done, Task, do_chunk

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ROOT = Path(__file__).resolve().parent.parent.parent
# The tests are short: compiling to the last would take longer than what is compiled.
LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
PLAIN = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.extraJavaOptions": LIGHT,
}
MARKS = "CDATK_TEST_MARKS"
EXECUTOR = b"CoarseGrainedExecutorBackend"
PYTHON_WORKER = b"pyspark.daemon"
LACKS = [name for name in ("pyspark", "pyarrow", "pandas") if importlib.util.find_spec(name) is None]


def java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(home and (Path(home) / "bin" / "java").exists()) or shutil.which("java") is not None


def usable() -> pytest.MarkDecorator:
    """Skips where Spark cannot run, and says what to install."""
    reason = f"{', '.join(LACKS)} not installed: pip install -e '.[spark]'" if LACKS else "Java 17 or later is not here"
    return pytest.mark.skipif(bool(LACKS) or not java() or os.name == "nt", reason=reason)


@contextlib.contextmanager
def environment() -> Iterator[None]:
    """What driver, executors and their Python workers inherit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tests")]))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_SUBMIT_ARGS", f'--driver-java-options "{LIGHT}" pyspark-shell')
        patch.setenv("SPARK_DAEMON_JAVA_OPTS", LIGHT)
        yield


@contextlib.contextmanager
def session(master: str, options: dict[str, str] | None = None) -> Iterator[Any]:
    """A session, in the same Java process as the one before."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("cdatk tests")
    for name, value in (PLAIN | (options or {})).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    try:
        yield spark
    finally:
        spark.stop()


def do_with_marks(tasks: Sequence[Task]) -> list[Done]:
    """Work that is seen to be under way, for a while."""
    (Path(os.environ[MARKS]) / str(os.getpid())).touch()
    time.sleep(0.1 * len(tasks))
    return do_chunk(tasks)


class Cluster:
    """A master and a worker of a standalone cluster, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.master = ""

    def start(self) -> None:
        self._run("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0")
        self.master = self._said("master", r"(spark://127\.0\.0\.1:\d+)")
        self._run(
            "worker", "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "2", "--memory", "2g",
            "--work-dir", str(self.folder / "work"), self.master,
        )  # fmt: skip
        self._said("worker", r"(Successfully registered with master)")

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)

    def find(self, sign: bytes) -> list[int]:
        """Processes below the worker whose command line holds ``sign``."""
        return [pid for pid in below(self.processes[-1].pid) if sign in _command(pid)]

    def _run(self, name: str, *arguments: str) -> None:
        import pyspark

        command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), *arguments, "--webui-port", "0"]
        own = {**os.environ, "SPARK_DAEMON_MEMORY": "256m"}
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, env=own))

    def _said(self, name: str, pattern: str) -> str:
        log = self.folder / f"{name}.log"
        for _ in range(900):
            found = re.search(pattern, log.read_text("utf-8", "replace"))
            if found:
                return found[1]
            assert self.processes[-1].poll() is None, log.read_text("utf-8", "replace")[-2000:]
            time.sleep(0.1)
        raise AssertionError(f"{name} did not start")


def below(pid: int) -> list[int]:
    """The process and everything it has started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parents.setdefault(int((entry / "stat").read_text().rpartition(")")[2].split()[1]), []).append(
                int(entry.name)
            )
    found, new = [pid], [pid]
    while new:
        new = [child for parent in new for child in parents.get(parent, ())]
        found += new
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def rows_of(results: DataFrame, *more: str) -> dict[str, tuple[Any, ...]]:
    """By document: the row without its duration, and further columns."""
    from pyspark.sql import functions as F  # noqa: N812

    row = F.to_json(F.struct(*journal_columns())).alias("row")
    held = results.select(row, *more).collect()
    found = [(msgspec.json.decode(one.row, type=Row), *(one[name] for name in more)) for one in held]
    assert len({one[0].input for one in found}) == len(found)
    return {one[0].input: (timeless(one[0]), *one[1:]) for one in found}


def timeless(row: Row) -> Row:
    return msgspec.structs.replace(row, ms=0.0)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
