"""``cdatk test``: samples against the expectations beside them.

The rule: every sample is named with its verdict; a sample without expectations is never counted as passed.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, Refused, lang_option, store_option
from cdatk.cli.failure import Failure
from cdatk.cli.files import write_output
from cdatk.cli.messages import say
from cdatk.cli.plan import FORMATS
from cdatk.cli.work import open_toolkit, with_store, with_tables
from cdatk.diagnostics import ExitCode
from cdatk.settings import Settings

if TYPE_CHECKING:
    from cdatk.harness.run import Checked


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    file, part = say(language, "file"), say(language, "part")

    def option(name: str, text: str, metavar: str = "", **attributes: Any) -> click.Option:
        return click.Option([f"--{name}"], help=text, metavar=metavar or None, **attributes)

    return Localised(
        "test",
        language,
        callback=test,
        params=[
            click.Argument(["folder"], required=True, metavar=say(language, "folder")),
            option("junit", say(language, "junit-option"), file),
            option("html", say(language, "html-option"), file),
            option("update", say(language, "update-option"), is_flag=True),
            option("golden", say(language, "golden-option"), type=click.Choice(FORMATS), multiple=True),
            click.Option(["-k", "words"], metavar=part, multiple=True, help=say(language, "filter-option")),
            option("workers", say(language, "workers-option"), say(language, "number"), type=click.IntRange(1, 256)),
            store_option(language),
            option("against", say(language, "against-option"), file),
            lang_option(language, "lang-option"),
            click.Option(["-v", "--verbose"], is_flag=True, help=say(language, "verbose-option")),
        ],
    )  # fmt: skip


@click.pass_obj
def test(
    caller: Caller,
    folder: str,
    junit: str | None,
    html: str | None,
    update: bool,
    golden: tuple[Literal["fhir", "html", "cda"], ...],
    words: tuple[str, ...],
    workers: int | None,
    store: Path | None,
    against: str | None,
    lang: Literal["fr", "en"] | None,
    verbose: bool,
) -> int:
    """Compare, or write expectations; 1 when anything differs."""
    from cdatk.harness.run import find

    if golden and not update:
        raise Refused(say(caller.language, "golden-needs-update"))
    place = Path(folder)
    samples = find(place, words) if place.exists() else []
    if not samples:
        raise Failure(ExitCode.UNREADABLE, "no-samples", path=folder)
    settings = with_store(Settings(language=lang or "fr", store=store))
    if against is not None:
        return _against(caller, settings, Path(against), place, samples)
    return _check(
        caller, settings, place, samples, update, golden, workers or os.cpu_count() or 1, junit, html, verbose
    )


def _check(
    caller: Caller,
    settings: Settings,
    place: Path,
    samples: list[Path],
    update: bool,
    golden: tuple[str, ...],
    workers: int,
    junit: str | None,
    html: str | None,
    verbose: bool,
) -> int:
    from cdatk.harness import reports
    from cdatk.harness.run import Check, run

    done: list[Checked] = []

    def check() -> None:
        for one in run(Check(settings, update, golden, caller.language), place, samples, workers):
            done.append(one)
            if one.verdict != "passed" or verbose:
                click.echo(_verdict(caller.language, one))
            for difference in one.differences:
                click.echo("  " + difference.text(caller.language).replace("\n", "\n  "))

    with_tables(check)
    verdicts = Counter(one.verdict for one in done)
    click.echo(
        say(
            caller.language, "test-summary", total=len(done), passed=verdicts["passed"], failed=verdicts["failed"],
            without=verdicts["without"], written=verdicts["written"],
        )
    )  # fmt: skip
    for path, made in ((junit, reports.junit), (html, reports.page)):
        if path is not None:
            write_output(Path(path), made(done, caller.language).encode("utf-8"))
    return ExitCode.FINDINGS if verdicts["failed"] else ExitCode.CLEAN


def _verdict(language: str, one: Checked) -> str:
    """A sample and what came of it."""
    match one.verdict:
        case "passed":
            return say(language, "sample-passed", name=one.name)
        case "failed":
            return say(language, "sample-failed", name=one.name, count=len(one.differences))
        case "without":
            return say(language, "sample-without", name=one.name)
        case "written":
            return say(language, "sample-written", name=one.name)
        case "unchanged":
            return say(language, "sample-unchanged", name=one.name)


def _against(caller: Caller, settings: Settings, other: Path, place: Path, samples: list[Path]) -> int:
    """Show what another catalogue would change; 1 when it changes anything."""
    from cdatk.harness.against import Comparison

    comparison = Comparison(open_toolkit(settings), open_toolkit(settings.changed(store=other)))
    changes = comparison.changes(place, samples)
    for change in changes:
        values = {"code": change.code, "before": change.before, "after": change.after, "count": len(change.samples)}
        click.echo(say(caller.language, "change", **values))
    click.echo(
        say(
            caller.language, "change-summary", total=comparison.documents, count=len(changes),
            better=comparison.better, worse=comparison.worse,
        )
    )  # fmt: skip
    return ExitCode.FINDINGS if changes else ExitCode.CLEAN
