"""Every input has one outcome, whatever happens on the way, and the outputs are those of an undisturbed run."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from batch.conftest import Run
from batch.making import SMALL, fill, rows, tree
from batch.poison import do_poisoned, do_slowly

from cdatk.batch.engine import Batch, InUse, Wish
from cdatk.batch.files import OutputError, Place
from cdatk.harness import generator
from cdatk.pipeline import Toolkit


def test_outputs_are_mirrored_and_are_those_of_convert(tmp_path: Path, run: Run) -> None:
    paths = fill(tmp_path / "in", 6)
    tally = run(workers=2).tally
    toolkit = Toolkit()
    results = {path: toolkit.convert(path.read_bytes(), "fhir") for path in paths}
    names = {path: path.relative_to(tmp_path / "in").as_posix().replace(".xml", ".fhir.json") for path in paths}
    assert tree(tmp_path / "out") == {names[path]: result.output for path, result in results.items()}
    worst = max(result.report.exit_code for result in results.values())
    assert (tally.total, tally.outcomes["converted"], tally.worst) == (6, 6, worst)


def test_several_formats_or_none(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 2)
    fill(tmp_path / "in", 1, replace(SMALL, seed=8, faults=("cut-off",)))
    run(order={"formats": ("fhir", "cda")})
    names = sorted(tree(tmp_path / "out"))
    assert len(names) == 4 and {name.partition(".")[2] for name in names} == {"fhir.json", "fr.xml"}


@pytest.mark.parametrize("fault", sorted(generator.BREAKING))
def test_a_broken_document_is_put_aside_with_its_report(fault: str, tmp_path: Path, run: Run) -> None:
    (path,) = fill(tmp_path / "in", 1, replace(SMALL, faults=(fault,)))
    tally = run().tally
    name = path.relative_to(tmp_path / "in").as_posix()
    row = rows(tmp_path / "out")[name]
    aside = tmp_path / "out" / "_batch" / "aside" / name
    report = json.loads(aside.with_name(aside.name + ".report.json").read_text("utf-8"))
    assert (row.outcome, row.exit_code, tally.worst, row.outputs) == ("refused", 3, 3, {})
    assert aside.read_bytes() == path.read_bytes()
    assert {finding["code"] for finding in report["findings"]} == set(row.findings)


def test_the_journal_is_the_same_for_any_number_of_workers_but_for_the_time(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 12, replace(SMALL, faults=("empty", "tags"), share=0.3))
    journals = []
    for workers in (1, 2):
        run(workers=workers, total=12)
        text = (tmp_path / "out" / "_batch" / "journal.ndjson").read_text("utf-8")
        journals.append([{**json.loads(line), "ms": 0} for line in text.splitlines()])
    assert journals[0] == journals[1] and len(journals[0]) == 12
    assert (tmp_path / "out" / "_batch" / "journal.previous.ndjson").is_file()


def test_resume_after_success_does_nothing(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 5, replace(SMALL, faults=("empty",), share=0.4))
    run()
    before, journal = tree(tmp_path / "out"), (tmp_path / "out" / "_batch" / "journal.ndjson").read_bytes()
    times = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.json")}
    tally = run(resume=True).tally
    assert (tally.kept, tally.total) == (5, 5)
    assert tree(tmp_path / "out") == before
    assert (tmp_path / "out" / "_batch" / "journal.ndjson").read_bytes() == journal
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.json")} == times


def test_resume_does_what_changed_is_new_or_lost_its_output(tmp_path: Path, run: Run) -> None:
    paths = fill(tmp_path / "in", 5)
    run()
    paths[0].write_bytes(generator.make(replace(SMALL, seed=99), 1).data)
    (tmp_path / "in" / "new.xml").write_bytes(generator.make(replace(SMALL, seed=98), 1).data)
    lost = next((tmp_path / "out").rglob("ps-000002*.fhir.json"))
    lost.unlink()
    tally = run(resume=True).tally
    assert (tally.total, tally.kept) == (6, 3)
    assert lost.is_file()


def test_resume_with_other_settings_does_everything(tmp_path: Path, run: Run, wish: Wish) -> None:
    fill(tmp_path / "in", 3)
    run()
    strict = wish.order.settings.changed(strict=True)
    assert run(resume=True, order={"settings": strict}).tally.kept == 0


def test_another_catalogue_release_makes_those_documents_run_that_consulted_it(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 4)
    fill(tmp_path / "in", 1, replace(SMALL, seed=8, faults=("not-xml",)))
    run()
    tally = run(resume=True, order={"catalogues": ("other 2 0123",)}).tally
    assert (tally.total, tally.kept, tally.outcomes["refused"]) == (5, 1, 1)


def test_a_document_that_gets_better_or_worse_leaves_nothing_behind(tmp_path: Path, run: Run) -> None:
    (path,) = fill(tmp_path / "in", 1)
    good = path.read_bytes()
    run()
    path.write_bytes(b"")
    run(resume=True)
    aside = tmp_path / "out" / "_batch" / "aside"
    assert not tree(tmp_path / "out") and [p.name for p in aside.rglob("*.xml")] == [path.name]
    path.write_bytes(good)
    run(resume=True)
    assert len(tree(tmp_path / "out")) == 1 and not [p for p in aside.rglob("*") if p.is_file()]


def renamed(path: Path, word: str) -> None:
    path.rename(path.with_name(f"{word}-{path.name}"))


@pytest.mark.parametrize(("word", "code"), [("kill", "BAT-001"), ("hang", "BAT-002"), ("fault", "BAT-004")])
def test_the_document_that_brings_a_worker_down_is_found(
    word: str, code: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    if word == "hang":
        monkeypatch.setattr("cdatk.batch.pool.hard_limit", lambda seconds: 1.2)  # the hanging work ends after 1.3 s
    paths = fill(tmp_path / "in", 8)
    renamed(paths[3], word)
    tally = run(do=do_poisoned, workers=2).tally
    bad = [row for row in rows(tmp_path / "out").values() if row.outcome != "converted"]
    assert (tally.total, tally.outcomes["converted"], tally.worst) == (8, 7, 5)
    assert [(row.outcome, list(row.findings), row.exit_code) for row in bad] == [("failed", [code], 5)]
    assert len(list((tmp_path / "out" / "_batch" / "aside").rglob(f"{word}-*.xml"))) == 1


def test_a_worker_that_is_ended_from_outside_loses_nothing(tmp_path: Path, run: Run) -> None:
    paths = fill(tmp_path / "in", 8)
    run()
    undisturbed = tree(tmp_path / "out")
    for path in (paths[2], paths[5]):
        renamed(path, "once")
    batch = run(do=do_poisoned, workers=2)
    assert batch.tally.outcomes["converted"] == 8 and batch.losses >= 1
    assert not {"BAT-001", "BAT-004"} & batch.tally.documents.keys()
    assert not (tmp_path / "out" / "_batch" / "unfinished").exists()
    new = {name.replace("once-", ""): data for name, data in tree(tmp_path / "out").items()}
    assert new == undisturbed


def test_the_time_limit_of_a_document(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 2)
    tally = run(order={"seconds": 0.0001}).tally
    assert (tally.outcomes["failed"], tally.worst) == (2, 5)
    assert tally.documents == {"BAT-002": 2}
    assert run(resume=True).tally.outcomes["converted"] == 2  # a failure is not for ever


def test_a_file_that_may_not_be_read_or_is_not_there(tmp_path: Path, run: Run, wish: Wish) -> None:
    fill(tmp_path / "in", 1)
    (tmp_path / "in" / "gone.xml").symlink_to("nowhere")
    tally = run().tally
    row = rows(tmp_path / "out")["gone.xml"]
    assert (tally.total, row.outcome, row.findings, tally.worst) == (2, "unreadable", {"BAT-003": 1}, 3)


def test_an_output_that_cannot_be_written_ends_the_run_with_a_true_journal(tmp_path: Path, run: Run) -> None:
    fill(tmp_path / "in", 4)
    out = tmp_path / "out"
    (out / "1").mkdir(parents=True)
    (out / "1" / "ps-000003-x.fhir.json").mkdir()
    bad = next((tmp_path / "in" / "1").glob("ps-000003*"))
    bad.rename(bad.with_name("ps-000003-x.xml"))
    with pytest.raises(OutputError):
        run(total=4)
    done = rows(out)
    assert len(done) < 4
    assert all((out / row.outputs["fhir"].path).is_file() for row in done.values())
    (out / "1" / "ps-000003-x.fhir.json").rmdir()
    assert run(resume=True).tally.outcomes["converted"] == 4


def test_an_interrupted_run_finishes_what_is_under_way_and_can_be_taken_up(
    tmp_path: Path, wish: Wish, run: Run
) -> None:
    fill(tmp_path / "in", 30)
    run()
    undisturbed = tree(tmp_path / "out")
    wish = replace(wish, order=replace(wish.order, place=Place(tmp_path / "other", "fr")), do=do_slowly, total=30)
    batch = Batch(wish, lambda progress: batch.interrupt() if not batch.interrupts else None)
    batch.run()
    assert 0 < batch.tally.total < 30
    assert set(rows(tmp_path / "other")) == {n.replace(".fhir.json", ".xml") for n in tree(tmp_path / "other")}
    again = Batch(replace(wish, resume=True), lambda progress: None)
    assert again.run().total == 30 and again.tally.kept == batch.tally.total
    assert tree(tmp_path / "other") == undisturbed


def test_two_interrupts_give_up_at_once(tmp_path: Path, wish: Wish) -> None:
    fill(tmp_path / "in", 12)
    batch = Batch(replace(wish, do=do_slowly, total=12), lambda progress: (batch.interrupt(), batch.interrupt())[0])
    assert batch.run().total < 12


@pytest.mark.skipif(sys.platform == "win32", reason="no locks on files there")
def test_two_batches_in_one_folder_are_one_too_many(tmp_path: Path, wish: Wish) -> None:
    fill(tmp_path / "in", 1)
    met = []

    def second(progress: object) -> None:
        with pytest.raises(InUse):
            Batch(wish, lambda _: None).run()
        met.append(progress)

    Batch(wish, second).run()
    assert met


def test_progress_is_told(tmp_path: Path, wish: Wish) -> None:
    fill(tmp_path / "in", 6)
    told = []
    Batch(replace(wish, total=6), told.append).run()
    assert told[-1].done == 6 and told[-1].rate > 0 and told[-1].left == 0
