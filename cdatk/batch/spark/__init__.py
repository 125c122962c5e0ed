"""Many documents on a Spark cluster: the same outcomes, rows and bytes as the local engine's (docs/spark.md).

The rule: nothing here needs PySpark until it is called, so that cdatk works without the extra named ``spark``.
"""

from __future__ import annotations

from cdatk.batch.spark.columns import columns
from cdatk.batch.spark.engine import SparkRefusal, convert_files, convert_table, results
from cdatk.batch.spark.job import Job, job_for
from cdatk.batch.spark.udf import convert_udf

__all__ = [
    "Job",
    "SparkRefusal",
    "columns",
    "convert_files",
    "convert_table",
    "convert_udf",
    "job_for",
    "results",
]
