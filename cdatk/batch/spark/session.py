"""The session for the command line, and what can be said when Spark does not do its part.

The rule: what the user has configured (spark-submit, PYSPARK_SUBMIT_ARGS, spark-defaults.conf) comes first; only
where nothing names a cluster is this machine used.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from cdatk.batch.spark.engine import SparkRefusal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEEDED: Final = ("pyspark", "pyarrow", "pandas")
_TRIES: Final = 4  # of a task: on one machine Spark gives up after the first unless told otherwise
_KIND: Final = re.compile(r"^(?:\w+\.)*(\w*(?:Error|Exception|NotTheSame|NoWorkers))\b", re.MULTILINE)


class SparkGaveUp(Exception):
    """Spark could not bring the work to its end; ``kind`` is the name of what stopped it."""

    def __init__(self, kind: str) -> None:
        """Keep the name: a message of Spark's may hold anything."""
        super().__init__(kind)
        self.kind = kind


def missing() -> tuple[str, ...]:
    """Packages of the extra ``spark`` that are not installed."""
    return tuple(name for name in NEEDED if find_spec(name) is None)


@contextlib.contextmanager
def session(processors: int, progress: bool) -> Iterator[SparkSession]:
    """A session that ends with the block. ``processors`` counts where no cluster is configured.

    Raises SparkRefusal where packages or Java are missing.
    """
    if missing():
        raise SparkRefusal("spark-missing", names=", ".join(missing()))
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    try:
        SparkContext._ensure_initialized()
    except (PySparkRuntimeError, OSError) as error:
        raise SparkRefusal("spark-java") from error
    builder = SparkSession.builder.appName("cdatk batch").config("spark.ui.showConsoleProgress", str(progress).lower())
    if SparkConf().get("spark.master", "local[*]") == "local[*]":
        builder = builder.master(f"local[{processors},{_TRIES}]").config("spark.ui.enabled", "false")
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what Spark raises into SparkGaveUp."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except Py4JJavaError as error:
        raise SparkGaveUp(str(error.java_exception.getClass().getSimpleName())) from error
    except (PySparkException, Py4JError, ConnectionError) as error:
        kinds = _KIND.findall(str(error))
        raise SparkGaveUp(kinds[-1] if kinds else type(error).__name__) from error
