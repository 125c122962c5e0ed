"""Batches on Spark: the outcomes and bytes of the local engine, whatever happens to the executors."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from batch.conftest import Run
from batch.making import SMALL, fill, rows, tree
from batch.poison import do_poisoned
from batch.sparks import (
    EXECUTOR,
    MARKS,
    PYTHON_WORKER,
    ROOT,
    Cluster,
    do_with_marks,
    environment,
    kill,
    rows_of,
    session,
    timeless,
    usable,
)

from cdatk.batch.spark import SparkRefusal, convert_files, convert_table, convert_udf, engine, job_for, results
from cdatk.harness import generator
from cdatk.pipeline import Toolkit
from cdatk.settings import Limits, Settings

pytestmark = [pytest.mark.spark, usable()]
ALL = ("fhir", "html", "cda")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with environment(), session("local[1,4]") as made:
        yield made


def runs(out: Path, form: str = "parquet") -> list[str]:
    return sorted(path.name for path in (out / form).iterdir())


def faulty(folder: Path) -> None:
    fill(folder, 6)
    fill(folder, 3, replace(SMALL, seed=8, faults=("doctype", "cut-off", "empty")))


def test_rows_and_bytes_are_those_of_the_local_engine(spark: Any, tmp_path: Path, run: Run) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "in")
    faulty(tmp_path / "in" / "more")
    local = run(order={"formats": ALL})
    done = convert_files(spark, [str(tmp_path / "in")], str(tmp_path / "spark"), job_for(ALL))
    found = rows_of(results(spark, str(tmp_path / "spark"), ALL), *ALL, "document", "report")
    known, outputs = rows(tmp_path / "out"), tree(tmp_path / "out")
    assert {name: one[0] for name, one in found.items()} == {name: timeless(row) for name, row in known.items()}
    assert {w.path: one[1 + ALL.index(to)] for one in found.values() for to, w in one[0].outputs.items()} == outputs
    for name, (row, *converted, document, report) in found.items():
        if row.outcome == "converted":
            assert None not in converted and document is None and report is None
        else:
            aside = tmp_path / "out" / "_batch" / "aside" / name
            assert converted == [None, None, None] and document == aside.read_bytes()
            assert report == aside.with_name(aside.name + ".report.json").read_text("utf-8")
    assert (done.tally.outcomes, done.tally.worst) == (local.tally.outcomes, local.tally.worst)
    assert done.tally.outcomes["refused"] == 3


def test_resume_does_what_is_new_and_nothing_twice(spark: Any, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    fill(source, 3)
    fill(source, 1, replace(SMALL, seed=8, faults=("empty",)))
    job = job_for()
    first = convert_files(spark, [str(source)], str(out), job).tally
    with pytest.raises(SparkRefusal) as refused:
        convert_files(spark, [str(source)], str(out), job)
    assert refused.value.key == "spark-results"
    again = convert_files(spark, [str(source)], str(out), job, resume=True).tally
    assert (first.total, first.kept, again.total, again.kept, again.outcomes) == (4, 0, 4, 4, first.outcomes)
    assert runs(out) == ["run=00001"]
    changed = min(source.rglob("*.xml"))
    changed.write_bytes(generator.make(replace(SMALL, seed=99), 1).data)
    (source / "new.xml").write_bytes(generator.make(replace(SMALL, seed=98), 1).data)
    third = convert_files(spark, [str(source)], str(out), job, resume=True).tally
    assert (third.total, third.kept) == (5, 3) and runs(out) == ["run=00001", "run=00002"]
    row = rows_of(results(spark, str(out)))[changed.relative_to(source).as_posix()][0]
    assert row.bytes == changed.stat().st_size


def test_what_cannot_be_read_is_accounted_for(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    look = engine._sums
    gone, big, *_ = fill(source, 6)
    (source / "x.ZIP").write_bytes(b"PK")
    (source / "a [b]{c} %20é").mkdir()
    (source / "a [b]{c} %20é" / "ü*.Xml").write_bytes(big.read_bytes())
    (source / "note.dat").touch()
    big.write_bytes(big.read_bytes() + b" " * 50_000)
    limit = 40_000
    job = job_for(settings=Settings(limits=Limits(max_bytes=limit)))
    inputs = [str(source), str(tmp_path / "nowhere"), str(source / "note.dat")]
    monkeypatch.setattr(engine, "_sums", lambda named: (look(named), gone.unlink(missing_ok=True))[0])
    done = convert_files(spark, inputs, str(out), job)
    found = rows_of(results(spark, str(out)), "report")
    name = {path: "in/" + path.relative_to(source).as_posix() for path in (gone, big)}
    assert {n: o[0].findings for n, o in found.items() if o[0].outcome == "unreadable"} == {
        missing: {"BAT-003": 1} for missing in (name[gone], "in/x.ZIP", "nowhere")
    }
    assert found[name[big]][0].outcome == "refused" and found[name[big]][0].bytes > limit
    assert set(found[name[big]][0].findings) == {"XML-002"}
    assert json.loads(found["in/x.ZIP"][1])["findings"][0]["context"] == {"why": "packed"}
    assert found["in/a [b]{c} %20é/ü*.Xml"][0].outcome == "converted"
    assert found["note.dat"][0].outcome == "refused"
    assert done.tally.outcomes == {"converted": 5, "unreadable": 3, "refused": 2}
    again = convert_files(spark, inputs, str(out), job, resume=True).tally
    assert (again.total, again.kept) == (9, 7)  # the one that is gone is not there any more


def test_a_document_that_kills_its_process_is_put_aside(spark: Any, tmp_path: Path) -> None:
    fill(tmp_path / "in", 8)
    whole = next((tmp_path / "in").rglob("*.xml")).read_bytes()
    for name in ("kill", "fault"):
        (tmp_path / "in" / f"{name}.xml").write_bytes(whole)
    done = convert_files(spark, [str(tmp_path / "in")], str(tmp_path / "out"), replace(job_for(), do=do_poisoned))
    found = rows_of(results(spark, str(tmp_path / "out")), "document")
    assert done.tally.outcomes == {"converted": 8, "failed": 2}
    assert {name: set(found[f"{name}.xml"][0].findings) for name in ("kill", "fault")} == {
        "kill": {"BAT-001"}, "fault": {"BAT-004"},
    }  # fmt: skip
    assert found["kill.xml"][1] == whole


def test_lines_of_ndjson_hold_the_bundle_byte_for_byte(spark: Any, tmp_path: Path, run: Run) -> None:
    faulty(tmp_path / "in")
    run(order={"stream": True})
    stream = (tmp_path / "out" / "fhir-00001.ndjson").read_bytes().splitlines()
    done = convert_files(spark, [str(tmp_path / "in")], str(tmp_path / "spark"), job_for(text=True))
    files = (tmp_path / "spark" / "ndjson" / "run=00001").glob("part-*")
    lines = [line for path in files for line in path.read_bytes().splitlines()]
    assert done.tally.outcomes == {"converted": 6, "refused": 3} and len(lines) == 9
    bundles = [line.partition(b',"fhir":')[2][:-1] for line in lines if b'"outcome":"converted"' in line]
    assert sorted(bundles) == sorted(stream)
    held = [json.loads(line) for line in lines]
    known = {name: json.loads(msgspec.json.encode(row)) for name, row in rows(tmp_path / "out").items()}
    for one in held:
        assert {key: one[key] for key in known[one["input"]] if key not in ("ms", "outputs")} == {
            key: value for key, value in known[one["input"]].items() if key not in ("ms", "outputs")
        }
    again = convert_files(spark, [str(tmp_path / "in")], str(tmp_path / "spark"), job_for(text=True), resume=True)
    assert again.tally.kept == 9 and runs(tmp_path / "spark", "ndjson") == ["run=00001"]


def test_a_table_and_a_function_of_columns(spark: Any, tmp_path: Path) -> None:
    paths = fill(tmp_path / "in", 4)
    documents = [(f"../{path.name}", path.read_bytes()) for path in paths] + [("none", None)]
    frame = spark.createDataFrame(documents, "name string, content binary")
    job, toolkit = job_for(), Toolkit()
    expected = {f"__/{path.name}": toolkit.convert(path.read_bytes(), "fhir").output for path in paths} | {"none": None}
    done = convert_table(spark, frame, str(tmp_path / "out"), job)
    found = rows_of(results(spark, str(tmp_path / "out")), "fhir")
    assert {name: one[1] for name, one in found.items()} == expected
    assert done.tally.outcomes == {"converted": 4, "unreadable": 1}
    convert = convert_udf(job)
    own = frame.withColumn("result", convert("name", "content")).select("name", "result.*")
    assert {one.input: one.fhir for one in own.collect()} == expected
    for table, key in (
        (frame.unionByName(frame), "spark-same-name"),
        (spark.createDataFrame([(None, b"")], frame.schema), "spark-no-name"),
        (frame.drop("content"), "spark-columns"),
    ):
        with pytest.raises(SparkRefusal) as refused:
            convert_table(spark, table, str(tmp_path / "refused"), job)
        assert refused.value.key == key
    assert spark.conf.get("spark.sql.files.minPartitionNum", None) is None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
def test_executors_of_a_cluster_may_be_killed(spark: Any, tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 60, replace(SMALL, faults=("empty", "tags"), share=0.2))
    local = run(workers=1)
    spark.stop()
    cluster, marks = Cluster(tmp_path), tmp_path / "marks"
    marks.mkdir()
    over = threading.Event()
    killed_under_way: list[bytes] = []

    def disturb() -> None:
        """End a Python worker, then an executor with all that is below it, each while documents are converted."""
        for number, sign in enumerate((PYTHON_WORKER, EXECUTOR)):
            seen = len(list(marks.iterdir())) if number else 0
            while len(list(marks.iterdir())) <= seen and not over.wait(0.05):
                pass
            kill(cluster.find(sign)[-1])
            if not over.is_set():
                killed_under_way.append(sign)

    options = {
        "spark.executor.cores": "1",
        "spark.executor.memory": "512m",
        f"spark.executorEnv.{MARKS}": str(marks),
    }
    try:
        cluster.start()
        with session(cluster.master, options) as made:
            disturber = threading.Thread(target=disturb)
            disturber.start()
            try:
                job = replace(job_for(), do=do_with_marks)
                done = convert_files(made, [str(tmp_path / "in")], str(tmp_path / "spark"), job)
            finally:
                over.set()
                disturber.join()
            found = rows_of(results(made, str(tmp_path / "spark")), "fhir")
    finally:
        cluster.stop()
    known = rows(tmp_path / "out")
    assert killed_under_way == [PYTHON_WORKER, EXECUTOR]
    assert {name: one[0] for name, one in found.items()} == {name: timeless(row) for name, row in known.items()}
    assert {one[0].outputs["fhir"].path: one[1] for one in found.values() if one[0].outputs} == tree(tmp_path / "out")
    assert done.tally.outcomes == local.tally.outcomes and done.tally.total == 60
