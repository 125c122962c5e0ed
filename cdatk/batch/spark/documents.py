"""Documents as a data frame: which there are, and which of them cannot be read.

The rule: a document is known by where it lies; what Spark cannot open is handed on with the reason, never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

from cdatk.batch.sources import ARCHIVES
from cdatk.batch.spark.hadoop import Found, Hadoop
from cdatk.batch.spark.names import Names
from cdatk.batch.spark.worker import TOO_BIG

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

NAMED: Final = "input string, source string, length bigint, problem string"
GIVEN: Final = "source string, length bigint, content binary, problem string"
PACKED: Final = "packed"  # an archive, which this engine does not open
# Hadoop's patterns know neither "any case" nor two kinds of a match: letter by letter.
_ENDINGS: Final = (".xml", ".cda", *ARCHIVES)


@dataclass(frozen=True, slots=True)
class Documents:
    """``given`` has the columns of ``GIVEN``; ``names`` tells their names; ``files`` is False for a table.

    ``listed`` are the frames that Spark made of a listing of files.
    """

    given: DataFrame
    names: Names
    files: bool
    listed: tuple[DataFrame, ...] = ()
    absent: int = 0

    def named(self) -> DataFrame:
        """Every document with its name, without content."""
        names = self.names

        def with_names(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
            import pyarrow as pa

            for batch in batches:
                sources = batch.column("source").to_pylist()
                inputs = pa.array([names.of(one) if one is not None else "" for one in sources], pa.string())
                yield pa.RecordBatch.from_arrays(
                    [inputs, *(batch.column(name) for name in ("source", "length", "problem"))],
                    ["input", "source", "length", "problem"],
                )

        return self.given.select("source", "length", "problem").mapInArrow(with_names, NAMED)

    def overlooked(self, named: DataFrame, count: int) -> DataFrame | None:
        """What the listing has and Spark leaves out: empty files, and those that went while it looked.

        ``count`` is the number of documents in ``named``; None where that is all.
        """
        spark = named.sparkSession
        hadoop = Hadoop(spark)
        if not self.files or sum(map(hadoop.count, self.listed)) + self.absent == count:
            return None
        every = [(source,) for frame in self.listed for source in hadoop.listed(frame)]
        there = named.select("source")
        frame = spark.createDataFrame(every, "source string")
        lost = [row.source for row in frame.join(there, "source", "left_anti").collect()]
        sizes = {source: hadoop.length(source) for source in lost}
        given = [
            (source, 0, b"" if size == 0 else None, "" if size == 0 else "missing" if size is None else "device")
            for source, size in sizes.items()
        ]
        return spark.createDataFrame(given, GIVEN) if given else None


def from_files(spark: SparkSession, inputs: Iterable[str], listed: Iterable[str], limit: int) -> Documents:
    """Documents below folders, matching patterns, or named. Raises Py4JJavaError where a file system is not there."""
    found = _each_once(Hadoop(spark).find(inputs, listed))
    folders = [one for one in found if one.folder]
    there = [one for one in found if not one.folder and not one.problem]
    absent = [(one.uri, 0, None, one.problem) for one in found if one.problem]
    wanted = "*{" + ",".join(map(_any_case, _ENDINGS)) + "}"
    asked = ((folders, wanted), (there, "*"))
    listings = tuple(_list(spark, places, pattern) for places, pattern in asked if places)
    frames = [_given(listing, limit) for listing in listings]
    if absent or not frames:
        frames.append(spark.createDataFrame(absent, GIVEN))
    frame = reduce(lambda one, other: one.unionByName(other), frames)
    names = Names(tuple((one.uri, one.start) for one in folders), {one.uri: one.start for one in found})
    return Documents(frame, names, True, listings, len(absent))


def from_table(frame: DataFrame, limit: int) -> Documents:
    """Documents of a table with the columns ``name`` and ``content``."""
    from pyspark.sql import functions as F  # noqa: N812 (its usual name)

    given = frame.select(F.col("name").alias("source"), F.length("content").cast("bigint").alias("length"), "content")
    problem = F.when(F.col("content").isNull(), F.lit("missing"))
    problem = problem.when(F.col("length") > limit, F.lit(TOO_BIG)).otherwise(F.lit(""))
    given = given.withColumn("problem", problem).withColumn("length", F.coalesce("length", F.lit(0)))
    return Documents(given, Names(), files=False)


def _each_once(found: Iterable[Found]) -> list[Found]:
    """Inputs without those that lie inside another one: a document met twice is one document."""
    all_of_them = list({one.uri: one for one in found}.values())
    folders = tuple(one.uri + "/" for one in all_of_them if one.folder)
    return [
        one
        for one in all_of_them
        if not one.uri.startswith(folders) or not (one.folder or one.uri.lower().endswith(_ENDINGS))
    ]


def _list(spark: SparkSession, places: Iterable[Found], pattern: str) -> DataFrame:
    reader = spark.read.format("binaryFile").options(
        recursiveFileLookup="true", pathGlobFilter=pattern, ignoreCorruptFiles="true", ignoreMissingFiles="true"
    )  # what is skipped over by these is found missing afterwards, and accounted for
    return reader.load([one.pattern for one in places])


def _given(listed: DataFrame, limit: int) -> DataFrame:
    from pyspark.sql import functions as F  # noqa: N812

    ending = "(?i)(" + "|".join(end.replace(".", r"\.") for end in ARCHIVES) + ")$"
    problem = F.when(F.col("path").rlike(ending), F.lit(PACKED))
    problem = problem.when(F.col("length") > limit, F.lit(TOO_BIG)).otherwise(F.lit(""))
    return listed.select(F.col("path").alias("source"), "length", "content", problem.alias("problem"))


def _any_case(ending: str) -> str:
    return "".join(f"[{sign}{sign.upper()}]" if sign.isalpha() else sign for sign in ending)
