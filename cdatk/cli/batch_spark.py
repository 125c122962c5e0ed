"""``cdatk batch --engine spark``: the same command on a cluster.

The rule: what happens to the documents is decided in ``cdatk.batch.spark``; here is what the caller says and sees.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Refused
from cdatk.cli.failure import Failure
from cdatk.cli.messages import say
from cdatk.cli.work import with_tables
from cdatk.diagnostics import ExitCode
from cdatk.settings import Settings

if TYPE_CHECKING:
    from cdatk.batch.spark.engine import Done
    from cdatk.batch.spark.job import Job

TABLE: Final = "table:"
_STANDARD: Final = "-"
_USAGE: Final = frozenset({"spark-results", "spark-same-name", "spark-no-name", "spark-columns"})


def batch_on_spark(
    caller: Caller,
    inputs: tuple[str, ...],
    out: str,
    formats: tuple[str, ...],
    settings: Settings,
    processors: int,
    resume: bool,
    ndjson: bool,
    time_limit: float,
    memory_limit: int,
) -> int:
    """Convert everything; the worst exit code. Raises Failure, Refused."""
    from cdatk.batch.spark.job import job_for

    if len(inputs) > 1 and any(name.startswith(TABLE) for name in inputs):
        raise Refused(say(caller.language, "spark-table-alone"))
    job = with_tables(lambda: job_for(formats, settings, time_limit, caller.language, ndjson, memory_limit))
    with _failures():
        done = _done(caller, inputs, out, job, processors, resume)
    if not done.tally.total:
        raise Failure(ExitCode.UNREADABLE, "nothing-found")
    return done.tally.worst


def _done(caller: Caller, inputs: tuple[str, ...], out: str, job: Job, processors: int, resume: bool) -> Done:
    from cdatk.batch.files import OWN
    from cdatk.batch.page import page
    from cdatk.batch.spark.engine import convert_files, convert_table
    from cdatk.batch.spark.hadoop import Hadoop
    from cdatk.batch.spark.session import session, told

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else Spark takes whatever python3 is found first
    with session(processors, caller.terminal) as spark, told():
        if inputs[0].startswith(TABLE):
            done = convert_table(spark, spark.table(inputs[0].removeprefix(TABLE)), out, job, resume)
        else:
            done = convert_files(spark, inputs, out, job, resume, _listed(inputs))
        _tell(caller, done)
        path = f"{out.rstrip('/')}/{OWN}/summary.html"
        Hadoop(spark).write(path, page(done.tally, done.seconds, False, caller.language).encode("utf-8"))
        caller.note("batch-page", path=path)
    return done


def _listed(inputs: tuple[str, ...]) -> tuple[str, ...]:
    from cdatk.batch.sources import lines_of

    return lines_of(sys.stdin.buffer.read()) if _STANDARD in inputs else ()


def _tell(caller: Caller, done: Done) -> None:
    tally = done.tally
    outcomes = {name: tally.outcomes[name] for name in ("converted", "refused", "unreadable", "failed")}
    caller.note("batch-summary", total=tally.total, kept=tally.kept, seconds=round(done.seconds, 1), **outcomes)


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """What went wrong, as a sentence and an exit code."""
    from cdatk.batch.files import OutputError
    from cdatk.batch.spark.engine import SparkRefusal
    from cdatk.batch.spark.session import SparkGaveUp

    try:
        yield
    except SparkRefusal as error:
        code = ExitCode.USAGE if error.key in _USAGE else ExitCode.UNUSABLE
        raise Failure(code, error.key, **error.values) from error
    except SparkGaveUp as error:
        if error.kind == "NotTheSame":
            raise Failure(ExitCode.UNUSABLE, "spark-not-the-same", kind=error.kind) from error
        raise Failure(ExitCode.UNUSABLE, "spark-gave-up", kind=error.kind) from error
    except OutputError as error:
        raise Failure(ExitCode.UNUSABLE, "not-written", path=error.path, reason=error.reason) from error
