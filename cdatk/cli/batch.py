"""``cdatk batch``: many documents, a journal, and a run that can be taken up again.

The rule: what happens to the documents is decided in ``cdatk.batch``; here is what the caller says and sees.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from cdatk.cli.caller import Caller
from cdatk.cli.commands import CHECKS, Localised, Refused, checks_option, lang_option, store_option
from cdatk.cli.failure import Failure
from cdatk.cli.messages import say
from cdatk.cli.plan import FORMATS
from cdatk.cli.program import INTERRUPTED
from cdatk.cli.work import with_store, with_tables
from cdatk.diagnostics import ExitCode
from cdatk.settings import Fhir, Settings

if TYPE_CHECKING:
    from cdatk.batch.engine import Batch, Progress, Wish

_SELDOM = 30.0  # seconds between lines of progress that nobody watches
_OFTEN = 0.2
_LOCAL = ("bulk", "compress", "shard_size")  # options that Spark has its own ways for


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""

    def option(name: str, text: str, metavar: str = "", **attributes: Any) -> click.Option:
        return click.Option([f"--{name}"], help=text, metavar=metavar or None, **attributes)

    number = say(language, "number")
    return Localised(
        "batch",
        language,
        callback=batch,
        params=[
            click.Argument(["inputs"], nargs=-1, required=True, metavar=say(language, "input") + "..."),
            click.Argument(["out"], required=True, metavar=say(language, "folder")),
            option("to", say(language, "batch-to-option"), type=click.Choice(FORMATS), multiple=True),
            option("workers", say(language, "workers-option"), number, type=click.IntRange(1, 256)),
            option("resume", say(language, "resume-option"), is_flag=True),
            option("ndjson", say(language, "stream-option"), is_flag=True),
            option("bulk", say(language, "bulk-option"), is_flag=True),
            option("compress", say(language, "compress-option"), type=click.Choice(("gzip", "zstd"))),
            option("shard-size", say(language, "shard-option"), number, type=click.IntRange(1), default=256),
            option("engine", say(language, "engine-option"), type=click.Choice(("local", "spark")), default="local"),
            option(
                "time-limit",
                say(language, "time-limit-option"),
                say(language, "seconds"),
                type=click.FloatRange(0),
                default=60.0,
            ),
            option("memory-limit", say(language, "memory-limit-option"), number, type=click.IntRange(0), default=2000),
            lang_option(language, "lang-option"),
            checks_option(language),
            option("strict", say(language, "strict-option"), is_flag=True),
            store_option(language),
        ],
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options as they were given."""

    inputs: tuple[str, ...]
    out: str
    to: tuple[str, ...]
    workers: int | None
    resume: bool
    ndjson: bool
    bulk: bool
    compress: Literal["gzip", "zstd"] | None
    shard_size: int
    engine: Literal["local", "spark"]
    time_limit: float
    memory_limit: int
    lang: Literal["fr", "en"] | None
    checks: Literal["none", "rules", "schema"]
    strict: bool
    store: Path | None

    @property
    def formats(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.to)) or ("fhir",)

    @property
    def settings(self) -> Settings:
        rules, schema = CHECKS[self.checks]
        chosen = Settings(language=self.lang or "fr", strict=self.strict, store=self.store, checks=rules)
        return chosen.changed(schema_check=schema, fhir=Fhir(ndjson=self.bulk))


@click.pass_obj
def batch(caller: Caller, /, **options: Any) -> int:
    """Convert everything; the worst exit code."""
    asked = _Asked(**options)
    _check(caller, asked)
    settings = with_store(asked.settings)
    workers = asked.workers or _processors()
    if asked.engine == "spark":
        from cdatk.cli.batch_spark import batch_on_spark

        return batch_on_spark(
            caller, asked.inputs, asked.out, asked.formats, settings, workers, asked.resume, asked.ndjson,
            asked.time_limit, asked.memory_limit,
        )  # fmt: skip
    return _run(caller, _wish(caller, asked, settings, workers))


def _check(caller: Caller, asked: _Asked) -> None:
    """Refuse what does not go together."""
    if (asked.ndjson or asked.bulk) and asked.formats != ("fhir",):
        raise Refused(say(caller.language, "ndjson-is-fhir"))
    if asked.engine == "spark":
        source = click.get_current_context().get_parameter_source
        given = [name for name in _LOCAL if source(name) is ParameterSource.COMMANDLINE]
        if given:
            names = ", ".join("--" + name.replace("_", "-") for name in given)
            raise Refused(say(caller.language, "spark-shard", names=names))
    elif Path(asked.out).exists() and not Path(asked.out).is_dir():
        raise Refused(say(caller.language, "not-a-folder", path=asked.out))
    if asked.compress == "zstd" and find_spec("zstandard") is None:
        raise Failure(ExitCode.UNUSABLE, "no-zstd")


def _wish(caller: Caller, asked: _Asked, settings: Settings, workers: int) -> Wish:
    """Everything that was asked for, with the inputs looked for. Raises Failure."""
    from cdatk.batch.engine import Wish, releases
    from cdatk.batch.files import Place
    from cdatk.batch.sources import STANDARD, Inputs, lines_of
    from cdatk.batch.work import Order

    listed = lines_of(sys.stdin.buffer.read()) if STANDARD in asked.inputs else ()
    found = Inputs(asked.inputs, listed, os.path.realpath(asked.out), settings.limits.max_bytes)
    total = found.count()
    if total == 0:
        raise Failure(ExitCode.UNREADABLE, "nothing-found")
    catalogues = with_tables(lambda: releases(settings))
    place = Place(Path(asked.out), settings.language, asked.compress or "")
    stream = asked.ndjson or asked.bulk
    order = Order(
        settings, asked.formats, place, stream, asked.time_limit, catalogues, caller.language,
        asked.memory_limit, asked.bulk,
    )  # fmt: skip
    return Wish(found, order, workers, asked.resume, asked.shard_size * 1_000_000, total)


def _run(caller: Caller, wish: Wish) -> int:
    from cdatk.batch.engine import Batch, InUse
    from cdatk.batch.files import OutputError
    from cdatk.batch.pool import NoWorkers

    place = wish.order.place
    run = Batch(wish, _Watcher(caller).watch)
    try:
        with _signals(caller, run):
            with_tables(run.run)
    except NoWorkers as error:
        caller.note("batch-incomplete")
        raise Failure(ExitCode.UNUSABLE, "no-workers") from error
    except InUse as error:
        raise Failure(ExitCode.UNUSABLE, "in-use", path=place.folder) from error
    except OutputError as error:
        _tell(caller, run)
        caller.note("batch-incomplete")
        raise Failure(ExitCode.UNUSABLE, "not-written", path=error.path, reason=error.reason) from error
    _tell(caller, run)
    if run.interrupts:
        caller.tell("batch-incomplete")
        return INTERRUPTED
    return run.tally.worst


def _tell(caller: Caller, run: Batch) -> None:
    """The totals, the page, what was lost on the way."""
    from cdatk.batch.files import OutputError, write
    from cdatk.batch.page import page

    tally, path = run.tally, run.wish.order.place.summary
    if caller.terminal:
        click.echo("\r\x1b[K", err=True, nl=False)
    if run.losses:
        caller.note("batch-losses", count=run.losses)
    outcomes = {name: tally.outcomes[name] for name in ("converted", "refused", "unreadable", "failed")}
    caller.note("batch-summary", total=tally.total, kept=tally.kept, seconds=round(run.seconds, 1), **outcomes)
    incomplete = bool(run.interrupts) or (run.wish.total is not None and tally.total < run.wish.total)
    with contextlib.suppress(OutputError):  # the disk may be full: the journal is what counts
        write(path, page(tally, run.seconds, incomplete, caller.language).encode("utf-8"), run.wish.order.place.own)
        caller.note("batch-page", path=path)


class _Watcher:
    """Shows progress: a line that is written over for a person, a line now and then for a log."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._last = time.monotonic()

    def watch(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < (_OFTEN if self._caller.terminal else _SELDOM):
            return
        self._last = now
        left = progress.left
        text = say(
            self._caller.language,
            "batch-progress",
            done=progress.done,
            total=progress.total if progress.total is not None else "?",
            rate=round(progress.rate),
            left=f"{int(left // 60)}:{int(left % 60):02}" if left is not None else "?",
            aside=progress.aside,
        )
        click.echo(f"\r\x1b[K{text}" if self._caller.terminal else text, err=True, nl=not self._caller.terminal)


@contextlib.contextmanager
def _signals(caller: Caller, run: Batch) -> Iterator[None]:
    """Ctrl-C and an orderly end of the system interrupt the run in place of the program."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        run.interrupt()
        if run.interrupts == 1:
            caller.tell("batch-finishing")

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
