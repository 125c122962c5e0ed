"""A batch on Spark from its first document to its last.

The rule: every document found has one row in the results that counts, a task that is done twice leaves one, and what
a run left when it ended early is kept: rows are there for good as soon as their task has ended.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cdatk.batch.engine import MOST
from cdatk.batch.journal import Row
from cdatk.batch.spark.columns import RUN, columns, journal_columns
from cdatk.batch.spark.documents import Documents, from_files, from_table
from cdatk.batch.spark.hadoop import Hadoop
from cdatk.batch.spark.job import Job
from cdatk.batch.spark.worker import TOO_BIG, convert_batches
from cdatk.batch.tally import Tally
from cdatk.batch.work import LASTING

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import Column, DataFrame, SparkSession

TASK_BYTES: Final = 64_000_000  # of documents in a task
TASK_DOCUMENTS: Final = 1000
_BROADCAST: Final = 2_000_000  # rows that hold: up to so many are sent to every executor, which spares moving contents
_AT_ONCE: Final = 20_000  # rows of the journal that come to the driver together
# What opening a file costs. Spark thinks of 4 MB, and would count documents with a task for every thirty of them.
_COST: Final = MappingProxyType({"spark.sql.files.openCostInBytes": str(TASK_BYTES // TASK_DOCUMENTS)})
# A task's rows are in their place when it ends, not when the last one does: a driver that dies loses the tasks under
# way. Every file has the name of its task, so that a task done twice replaces its own file.
_COMMIT: Final = MappingProxyType({
    "mapreduce.fileoutputcommitter.algorithm.version": "2",
    "parquet.block.size": str(32 * 1024 * 1024),
})  # fmt: skip


class SparkRefusal(Exception):
    """What the caller can mend before anything is done: ``key`` says what, ``values`` name it."""

    def __init__(self, key: str, **values: object) -> None:
        """Keep both."""
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a batch: its sums, the folder of its rows, and how long it took."""

    tally: Tally
    folder: str
    seconds: float


def convert_files(
    spark: SparkSession, inputs: Iterable[str], out: str, job: Job, resume: bool = False, listed: Iterable[str] = ()
) -> Done:
    """Convert files of any file system that Hadoop reads, given as folders, patterns, lists or documents, into ``out``.

    ``listed`` are the paths that ``-`` among the inputs stands for; ``resume`` keeps what still holds.
    Raises SparkRefusal for what cannot be meant, OutputError, and what Spark raises when it gives a job up.
    """
    return _Run(spark, out, job, resume).do(from_files(spark, inputs, listed, job.settings.limits.max_bytes))


def convert_table(spark: SparkSession, frame: DataFrame, out: str, job: Job, resume: bool = False) -> Done:
    """Convert the documents of a table with the columns ``name`` (text) and ``content`` (binary) into ``out``.

    Raises as ``convert_files``; names have to be there and to differ.
    """
    kinds = dict(frame.dtypes)
    if kinds.get("name") != "string" or kinds.get("content") != "binary":
        raise SparkRefusal("spark-columns")
    return _Run(spark, out, job, resume).do(from_table(frame, job.settings.limits.max_bytes))


def results(spark: SparkSession, out: str, formats: Iterable[str] = ("fhir",), text: bool = False) -> DataFrame:
    """The rows that count of an output folder: of several rows of a document that of the last run."""
    from pyspark.sql import functions as F  # noqa: N812 (its usual name)

    folder = _folder(out, text)
    rows = _rows(spark, folder, tuple(formats), text)
    if len(_runs(Hadoop(spark), folder)) < 2:
        return rows
    last = rows.groupBy("input").agg(F.max(RUN).alias("last"), F.count("*").alias("times")).where("times > 1")
    older = rows.select("input", RUN).join(last, "input").where(F.col(RUN) < F.col("last")).select("input", RUN)
    return rows.join(F.broadcast(older), ["input", RUN], "left_anti")


class _Run:
    """One run into an output folder."""

    def __init__(self, spark: SparkSession, out: str, job: Job, resume: bool) -> None:
        self._spark: Final = spark
        self._job: Final = job
        self._hadoop: Final = Hadoop(spark)
        self._out: Final = out
        self._folder: Final = _folder(out, job.text)
        before = _runs(self._hadoop, self._folder)
        if before and not resume:
            raise SparkRefusal("spark-results", path=self._folder)
        self._resume: Final = bool(before)
        self._number: Final = max(before, default=0) + 1
        store = job.settings.store
        if store is not None:
            spark.sparkContext.addFile(str(store.resolve()))

    def do(self, documents: Documents) -> Done:
        """Do everything; the sums."""
        started = time.monotonic()
        with contextlib.ExitStack() as stack:
            stack.enter_context(_tuned(self._spark, _COST))
            named = _held(stack, documents.named())
            sums = _sums(named)
            more = documents.overlooked(named, sums.count)
            if more is not None:
                named = _held(stack, named.unionByName(replace(documents, given=more).named()))
                documents = replace(documents, given=documents.given.unionByName(more))
                sums = _sums(named)
            with _tuned(self._spark, self._options(sums)):
                holding = _held(stack, self._holding(documents, named)) if self._resume else None
                todo = named if holding is None else named.join(holding, ["input", "source"], "left_anti")
                if sums.count and not (holding is not None and todo.isEmpty()):
                    self._convert(documents, todo, holding, sums.unreadable > 0)
                    if self._resume:  # what is lost has a row of an earlier run: the sums do not show it
                        self._account_for_unread(documents, todo)
                tally = self._tally(named, sums.count)
                if not self._resume and tally.total != sums.count:
                    self._account_for_unread(documents, todo)
                    tally = self._tally(named, sums.count)
        if tally.total != sums.count:
            raise RuntimeError("documents without a row")
        return Done(tally, self._folder, time.monotonic() - started)

    def _options(self, sums: _Sums) -> dict[str, str]:
        """Spark's settings for the time of this run: how many documents go together."""
        at_once = self._spark.sparkContext.defaultParallelism
        wanted = max(-(-sums.bytes // TASK_BYTES), -(-sums.count // TASK_DOCUMENTS))
        tasks = max(wanted, min(-(-sums.count // MOST), 4 * at_once), min(sums.count, at_once), 1)
        return {
            "spark.sql.files.minPartitionNum": str(tasks),
            "spark.sql.files.maxPartitionBytes": str(TASK_BYTES),
            **_COST,
            "spark.sql.execution.arrow.maxRecordsPerBatch": str(MOST),
            "spark.sql.execution.arrow.maxBytesPerBatch": str(TASK_BYTES),
            "spark.sql.execution.arrow.useLargeVarTypes": "false",
        }

    def _holding(self, documents: Documents, named: DataFrame) -> DataFrame:
        """The documents whose row of an earlier run is what would come out again."""
        from pyspark.sql import functions as F  # noqa: N812

        rows = results(self._spark, self._out, self._job.formats, self._job.text)
        rows = rows.where((F.col("settings") == self._job.key) & F.col("outcome").isin(*LASTING))
        rows = rows.where((F.size("catalogues") == 0) | (F.col("catalogues") == _array(self._job.catalogues)))
        known = rows.select("input", "source", F.col("sha256").alias("known"), F.col("bytes").alias("known_bytes"))
        known = named.join(known, ["input", "source"])
        read = _readable(documents.given, self._limit).select("source", F.sha2("content", 256).alias("now"))
        same = known.join(read, "source").where("now = known").select("input", "source")
        # What is too big to be read is judged by its length alone.
        big = known.where((F.col("problem") == TOO_BIG) & (F.col("known_bytes") == F.col("length")))
        return same.unionByName(big.select("input", "source"))

    def _convert(self, documents: Documents, todo: DataFrame, holding: DataFrame | None, unread: bool) -> None:
        from pyspark.sql import functions as F  # noqa: N812

        given = _readable(documents.given, self._limit)
        if holding is not None:
            held = holding.select("source")
            small = held.count() <= _BROADCAST
            given = given.join(F.broadcast(held) if small else held, "source", "left_anti")
        nothing = F.lit(None).cast("binary").alias("content")
        unreadable = todo.where("problem != ''").select("source", "length", nothing, "problem")
        if unread and not unreadable.isEmpty():
            given = given.unionByName(unreadable.coalesce(self._spark.sparkContext.defaultParallelism))
        self._write(documents, given)

    def _account_for_unread(self, documents: Documents, todo: DataFrame) -> None:
        """Rows for documents that were found but could not be read when their turn came."""
        from pyspark.sql import functions as F  # noqa: N812

        rows = _rows(self._spark, self._folder, self._job.formats, self._job.text)
        there = rows.where(F.col(RUN) == self._number).select("source")
        lost = [row.source for row in todo.join(there, "source", "left_anti").select("source").collect()]
        if lost:
            why = self._hadoop.why_unread if documents.files else (lambda source: "device")
            given = [(source, 0, None, why(source)) for source in lost]
            self._write(documents, self._spark.createDataFrame(given, documents.given.schema))

    def _write(self, documents: Documents, given: DataFrame) -> None:
        job, names = self._job, documents.names

        def rows(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
            return convert_batches(batches, job, names)

        kinds = "value string" if job.text else columns(job.formats)
        writer = given.select("source", "length", "content", "problem").mapInArrow(rows, kinds).write
        writer = writer.mode("append").options(**_COMMIT)
        path = f"{self._folder}/{RUN}={self._number:05}"
        if job.text:
            writer.text(path)
        else:
            writer.parquet(path)

    def _tally(self, named: DataFrame, count: int) -> Tally:
        """The sums over the rows that count of the ``count`` documents of this run."""
        from pyspark.sql import functions as F  # noqa: N812

        tally, decoder = Tally(), msgspec.json.Decoder(Row)
        if self._hadoop.exists(self._folder):
            rows = results(self._spark, self._out, self._job.formats, self._job.text)
            whole = F.to_json(F.struct(*journal_columns())).alias("row")
            mine = rows.join(named.select("input", "source"), ["input", "source"]).select(whole, RUN)
            some = mine.coalesce(1 + count // _AT_ONCE)  # a job each: one for every task of the run would take longer
            for held in some.toLocalIterator(prefetchPartitions=True):
                tally.add(decoder.decode(held.row), held[RUN] < self._number)
        return tally

    @property
    def _limit(self) -> int:
        return self._job.settings.limits.max_bytes


def _readable(given: DataFrame, limit: int) -> DataFrame:
    """The documents to be read. The length is what Spark can look at before it reads a file."""
    from pyspark.sql import functions as F  # noqa: N812

    return given.where(F.col("length") <= limit).where("problem = ''")


def _held(stack: contextlib.ExitStack, frame: DataFrame) -> DataFrame:
    """A frame that is computed once, and let go with the stack."""
    held = frame.persist()
    stack.callback(held.unpersist)
    return held


@dataclass(frozen=True, slots=True)
class _Sums:
    count: int
    bytes: int
    unreadable: int


def _sums(named: DataFrame) -> _Sums:
    """How many documents there are. Raises SparkRefusal where two have one name, or one has none."""
    from pyspark.sql import functions as F  # noqa: N812

    nameless = F.count_if((F.col("input") == "") | F.col("source").isNull())
    unreadable = F.count_if(F.col("problem") != "")
    volume = F.coalesce(F.sum("length"), F.lit(0))
    held = named.agg(F.count("*"), volume, F.count_distinct("input"), nameless, unreadable)
    count, size, names, without, problems = held.collect()[0]
    if without:
        raise SparkRefusal("spark-no-name", count=without)
    if names != count:
        raise SparkRefusal("spark-same-name", count=count - names)
    return _Sums(count, size, problems)


def _runs(hadoop: Hadoop, folder: str) -> list[int]:
    """Numbers of the runs that left something in a folder."""
    return [int(name.partition("=")[2]) for name in hadoop.names(folder) if name.startswith(f"{RUN}=")]


def _rows(spark: SparkSession, folder: str, formats: tuple[str, ...], text: bool) -> DataFrame:
    reader = spark.read.schema(f"{columns(formats, text)}, {RUN} int")
    return reader.json(folder) if text else reader.parquet(folder)


def _folder(out: str, text: bool) -> str:
    return f"{out.rstrip('/')}/{'ndjson' if text else 'parquet'}"


def _array(values: Iterable[str]) -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    return F.array(*map(F.lit, values)).cast("array<string>")


@contextlib.contextmanager
def _tuned(spark: SparkSession, options: Mapping[str, str]) -> Iterator[None]:
    """Settings of the session for the time of a run; what the caller had set comes back."""
    before: dict[str, Any] = {name: spark.conf.get(name, None) for name in options}
    try:
        for name, value in options.items():
            spark.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, value)
