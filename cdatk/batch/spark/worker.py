"""What runs in the Python workers of the executors: documents in, rows and outputs out.

The rule: a document is converted in a process of its own beside Spark's worker, the local engine's pool of one: a
document that kills its process is found and put aside, and Spark's task goes on.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from cdatk.batch.engine import HEAVIEST, MOST, releases
from cdatk.batch.journal import Written
from cdatk.batch.pool import Chunk, Pool
from cdatk.batch.sources import Source
from cdatk.batch.spark.columns import Carried, batch_of
from cdatk.batch.spark.job import Job
from cdatk.batch.spark.names import Names
from cdatk.batch.work import Desk, Done, Order, Task
from cdatk.diagnostics import Report
from cdatk.version import VERSION

if TYPE_CHECKING:
    import pyarrow

TOO_BIG: Final = "too-big"  # a document above the limit: its content is not even read
_AHEAD: Final = 2  # chunks: one under way, one ready
_KEPT: Final = 4  # warm benches in one worker, where one query uses several jobs


class NotTheSame(Exception):
    """An executor has another version of cdatk or other catalogues than the driver."""


@dataclass(frozen=True, slots=True)
class Given:
    """A document as it comes from Spark; ``problem`` is ``TOO_BIG`` or a value of ``words.why``."""

    name: str
    source: str
    data: bytes | None
    length: int = 0
    problem: str = ""


@dataclass(slots=True)
class Bench:
    """A warm process for one job, and the folder where it puts documents aside until they are carried off."""

    job: Job
    scratch: Path
    order: Order = field(init=False)
    key: str = field(init=False)
    pool: Pool = field(init=False)

    def __post_init__(self) -> None:
        self.order, self.key = self.job.order(self.scratch), self.job.key
        self.pool = Pool(self.order, 1, self.job.do)

    def convert(self, chunks: Iterable[Sequence[Given]]) -> Iterator[tuple[int, list[Carried]]]:
        """Number of a chunk and what came of its documents, in their order; chunks as they are finished."""
        held: dict[int, Sequence[Given]] = {}
        try:
            for number, chunk in enumerate(chunks):
                held[number] = chunk
                self.pool.give(Chunk(number, tuple(map(_task, chunk))))
                while len(self.pool) >= _AHEAD:
                    yield from self._finished(held)
            while len(self.pool):
                yield from self._finished(held)
        finally:
            if len(self.pool):  # Spark wants no more of it: the next task finds an empty pool
                self.pool.kill()

    def close(self) -> None:
        """End the process; take the folder away."""
        self.pool.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _finished(self, held: dict[int, Sequence[Given]]) -> Iterator[tuple[int, list[Carried]]]:
        for chunk, done in self.pool.take(5.0):
            given = held.pop(chunk.number)
            yield chunk.number, [self._carry(one, came) for one, came in zip(given, done, strict=True)]

    def _carry(self, given: Given, done: Done) -> Carried:
        """Take a document's row, outputs and report off the bench."""
        place, row = self.order.place, done.row
        if given.problem == TOO_BIG:
            row = msgspec.structs.replace(row, outcome="refused", bytes=given.length)
        written = {
            to: Written(place.output(row.input, to), hashlib.sha256(output).hexdigest(), len(output))
            for to, output in done.outputs
        }
        row = msgspec.structs.replace(row, settings=self.key, outputs=written)
        if row.outcome == "converted":
            return Carried(row, given.source, dict(done.outputs))
        document, report = place.aside(row.input)
        text = report.read_text("utf-8")
        for path in (document, report):
            path.unlink(missing_ok=True)
        return Carried(row, given.source, {}, text, given.data)

    def unread(self, given: Given) -> Carried:
        """The row of a document without bytes."""
        if given.problem != TOO_BIG:
            return self._carry(given, Desk(self.order).do(_task(given)))
        report = Report()
        report.add("XML-002", size=given.length, limit=self.job.settings.limits.max_bytes)
        return self._carry(given, Desk(self.order).give_up(_task(given).source, report))


@dataclass(slots=True)
class _Held:
    benches: dict[Job, Bench] = field(default_factory=dict)


_HELD: Final = _Held()  # a Python worker serves many tasks: what has to stay warm can be kept nowhere else


def bench(job: Job) -> Bench:
    """The warm bench of a job in this process. Raises NotTheSame, TerminologyError."""
    held = _HELD.benches
    if job not in held:
        while len(held) >= _KEPT:
            held.pop(next(iter(held))).close()
        held[job] = _new_bench(job)
    return held[job]


def convert_batches(batches: Iterable[pyarrow.RecordBatch], job: Job, names: Names) -> Iterator[pyarrow.RecordBatch]:
    """Rows for record batches with the columns ``source``, ``length``, ``content``, ``problem``."""
    here = bench(job)
    unread: list[Carried] = []

    def documents() -> Iterator[Given]:
        for batch in batches:
            for one in batch.to_pylist():
                given = Given(names.of(one["source"]), one["source"], one["content"], one["length"], one["problem"])
                if given.data is not None:
                    yield given
                else:
                    unread.append(here.unread(given))

    for _, carried in here.convert(chunks_of(documents())):
        yield batch_of(carried, job)
    for start in range(0, len(unread), MOST):
        yield batch_of(unread[start : start + MOST], job)


def chunks_of(documents: Iterable[Given]) -> Iterator[list[Given]]:
    """Documents in chunks that are small enough to lose little."""
    held: list[Given] = []
    weight = 0
    for given in documents:
        held.append(given)
        weight += len(given.data or b"")
        if len(held) >= MOST or weight >= HEAVIEST:
            yield held
            held, weight = [], 0
    if held:
        yield held


def _task(given: Given) -> Task:
    return Task(Source(given.name, given.source, "", given.length, given.data, given.problem))


def _new_bench(job: Job) -> Bench:
    from pyspark import SparkFiles

    root = Path(SparkFiles.getRootDirectory())
    settings = job.settings
    if settings.store is not None and (root / settings.store.name).is_file():
        settings = settings.changed(store=root / settings.store.name)
    if job.version != VERSION or releases(settings) != job.catalogues:
        raise NotTheSame(f"driver: cdatk {job.version}, {job.catalogues}; here: cdatk {VERSION}")
    here = replace(job, settings=settings)
    return Bench(here, Path(tempfile.mkdtemp(prefix="cdatk-", dir=root)))
