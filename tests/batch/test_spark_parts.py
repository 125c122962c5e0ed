"""What of the Spark engine can be told without Spark."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from french import faults

from cdatk.batch.files import Place
from cdatk.batch.journal import Row
from cdatk.batch.spark import columns, job_for
from cdatk.batch.spark.columns import journal_columns
from cdatk.batch.spark.names import Names, path_of, safe
from cdatk.batch.work import Order
from cdatk.cli.messages import MESSAGES
from cdatk.cli.messages_spark import SPARK
from cdatk.settings import Fhir, Settings

WITHOUT = """
import sys
for name in {gone}:
    sys.modules[name] = None
from cdatk.cli import main
sys.argv = ["cdatk", *sys.argv[1:]]
main()
"""


def call(root: Path, folder: Path, gone: tuple[str, ...], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT.format(gone=gone), *arguments]
    environment = {"PYTHONPATH": str(root), "LC_ALL": "C.UTF-8", "PATH": "", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("gone", [("pyspark", "pyarrow", "pandas"), ("pyarrow",)])
def test_without_the_extra_the_command_says_what_to_install(root: Path, tmp_path: Path, gone: tuple[str, ...]) -> None:
    ended = call(root, tmp_path, gone, "batch", "in", "out", "--engine", "spark")
    assert ended.returncode == 4 and "Traceback" not in ended.stderr
    assert 'pip install "cdatk[spark]"' in ended.stderr and gone[-1] in ended.stderr


def test_what_the_engine_does_not_do_is_refused(root: Path, tmp_path: Path) -> None:
    for more in (("--shard-size", "3"), ("--bulk",), ("--ndjson", "--to", "html")):
        assert call(root, tmp_path, (), "batch", "in", "out", "--engine", "spark", *more).returncode == 2
    assert call(root, tmp_path, (), "batch", "table:x", "in", "out", "--engine", "spark").returncode == 2


def test_the_columns_are_the_keys_of_the_journal() -> None:
    assert list(journal_columns()) == [field.name for field in msgspec.structs.fields(Row)]
    said = columns(("fhir", "cda"))
    assert said.startswith("`schema` string, `input` string") and said.endswith("`fhir` binary, `cda` binary")


def test_the_journal_names_the_settings_as_the_local_engine_does() -> None:
    job = job_for(("fhir", "html"))
    place = Place(Path("anywhere"), "fr")
    assert job.key == Order(Settings(), ("fhir", "html"), place, False, 0, (), "en").key
    assert job.key != job_for(("fhir",)).key != job_for(("fhir",), text=True).key
    assert job == job_for(("fhir", "html")) and hash(job) == hash(job_for(("fhir", "html")))


@pytest.mark.parametrize(
    ("formats", "settings", "text"),
    [
        ((), Settings(), False),
        (("pdf",), Settings(), False),
        (("html",), Settings(), True),
        (("fhir",), Settings(pretty=True), True),
        (("fhir",), Settings(fhir=Fhir(ndjson=True)), True),
    ],
)
def test_what_cannot_be_a_job(formats: tuple[str, ...], settings: Settings, text: bool) -> None:
    with pytest.raises(ValueError, match="format"):
        job_for(formats, settings, text=text)


def test_names_lie_below_the_output_folder() -> None:
    names = Names((("hdfs://name:8020/a", ""), ("file:/b c", "b c/")), {"s3a://bucket/x.xml": "x.xml", "s3a://k/y": ""})
    assert names.of("hdfs://name:8020/a/1/é.xml") == "1/é.xml"
    assert names.of("file:/b c/%20.xml") == "b c/%20.xml"
    assert names.of("s3a://bucket/x.xml") == "x.xml" and names.of("s3a://k/y") == "y"
    assert names.of("hdfs://name:8020/ab/x.xml") == "ab/x.xml"
    assert Names().of("../../etc/./x\\y\0") == "__/__/etc/x%5Cy%00"
    assert path_of("/plain:name") == "/plain:name"
    long = safe("/".join(["x" * 100] * 20))
    assert len(long) == 1000 and long != safe("/".join(["x" * 100] * 21))


def test_another_version_or_another_catalogue_ends_the_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spark = pytest.importorskip("pyspark", reason="pyspark not installed: pip install -e '.[spark]'")
    from cdatk.batch.spark.worker import NotTheSame, bench

    monkeypatch.setattr(spark.SparkFiles, "getRootDirectory", lambda: str(tmp_path))
    for other in (replace(job_for(), version="0"), replace(job_for(), catalogues=("another",))):
        with pytest.raises(NotTheSame):
            bench(other)
    one = bench(job_for())
    assert one is bench(job_for()) and one is not bench(job_for(("cda",)))
    assert len(list(tmp_path.glob("cdatk-*"))) == 2
    for number in range(4):
        bench(job_for(seconds=number + 1.0))
    assert len(list(tmp_path.glob("cdatk-*"))) == 4  # those that have not been used for longest are gone


def test_words_are_there_in_good_french() -> None:
    assert {key: MESSAGES[key] for key in SPARK} == dict(SPARK)
    for french, english in SPARK.values():
        assert not faults(french) and "\u00a0" not in english
