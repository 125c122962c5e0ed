"""The conversion as a function for columns, for people with a Spark job of their own.

The rule: one value out for each row in, in the same order; a document that cannot be converted gives a row that says
why, never an error of the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cdatk.batch.spark.columns import Carried, arrow_fields, columns, record
from cdatk.batch.spark.job import Job
from cdatk.batch.spark.names import safe
from cdatk.batch.spark.worker import TOO_BIG, Given, bench, chunks_of

if TYPE_CHECKING:
    import pyarrow


def convert_udf(job: Job) -> Any:  # PySpark's own type for it is a function of columns or names
    """A user-defined function of two columns, name (text) and content (binary), for ``select`` and ``withColumn``.

    Its value is a struct with the columns of ``cdatk.batch.spark.columns(job.formats)``: the journal's row, the
    outputs as bytes, and the report of a document that gave none. Null content counts as a missing file.
    Raises ImportError without PySpark and PyArrow (extra ``spark``).
    """
    import pyarrow as pa
    from pyspark.sql.pandas.functions import arrow_udf

    make: Any = arrow_udf

    def convert(batches: Iterator[tuple[Any, ...]]) -> Iterator[Any]:
        for names, contents in batches:
            yield convert_arrays(job, names, contents)

    # Spark reads what kind of function it is from these, which have to be the types and not their names.
    convert.__annotations__ = {"batches": Iterator[tuple[pa.Array, ...]], "return": Iterator[pa.Array]}
    return make(convert, f"struct<{columns(job.formats)}>")


def convert_arrays(job: Job, names: pyarrow.Array, contents: pyarrow.Array) -> pyarrow.Array:
    """The rows for documents in two arrays of the same length, as an array of structs."""
    import pyarrow as pa

    here, limit = bench(job), job.settings.limits.max_bytes
    given = [_given(name, data, limit) for name, data in zip(names.to_pylist(), contents.to_pylist(), strict=True)]
    readable = [one for one in given if not one.problem]
    by_chunk = dict(here.convert(chunks_of(readable)))
    came: Iterable[Carried] = (one for number in sorted(by_chunk) for one in by_chunk[number])
    held = iter(came)
    rows = [record(next(held) if not one.problem else here.unread(one), job.formats) for one in given]
    return pa.array(rows, pa.struct(arrow_fields(job.formats)))


def _given(name: str | None, data: bytes | None, limit: int) -> Given:
    problem = "missing" if data is None else TOO_BIG if len(data) > limit else ""
    length = len(data) if data is not None else 0
    return Given(safe(name or "") or "document", name or "", None if problem else data, length, problem)
