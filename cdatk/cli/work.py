"""What the commands on documents share: warm tables, one input after the other, the worst exit code.

The rule: one document never stops the others, and none of them is skipped in silence.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import click

from cdatk.cli.caller import Caller
from cdatk.cli.failure import Failure
from cdatk.cli.messages import say
from cdatk.diagnostics import Diagnostic, ExitCode, Report, Severity
from cdatk.pipeline import Toolkit
from cdatk.reporters import REPORTERS, Form
from cdatk.reporters.places import Reported, path_of
from cdatk.settings import Settings
from cdatk.terminology.embedded import user_store
from cdatk.terminology.rows import StoreError, TerminologyError

Named = TypeVar("Named")


def with_store(settings: Settings) -> Settings:
    """The settings with the user's own terminology store, where there is one and they name none."""
    own = user_store()
    return settings.changed(store=own) if settings.store is None and own.is_file() else settings


def open_toolkit(settings: Settings) -> Toolkit:
    """A toolkit for these settings, with the user's own store where they name none.

    Raises Failure (exit code 4) when the tables cannot be used.
    """
    return with_tables(lambda: Toolkit(with_store(settings)))


def with_tables(action: Callable[[], Named]) -> Named:
    """Run ``action``; unusable tables become a Failure. A file of our own that is missing counts as such."""
    try:
        return action()
    except StoreError as error:
        raise Failure(ExitCode.UNUSABLE, "finding", finding=error.finding) from error
    except TerminologyError as error:
        raise Failure(ExitCode.UNUSABLE, "unusable", reason=error) from error
    except FileNotFoundError as error:
        raise Failure(ExitCode.UNUSABLE, "unusable", reason=error) from error


def each(caller: Caller, jobs: Sequence[Named], name: Callable[[Named], str], action: Callable[[Named], int]) -> int:
    """Run ``action`` on every job; the worst exit code. Several jobs end with a line of totals."""
    codes: Counter[int] = Counter()
    for number, job in enumerate(jobs, 1):
        _progress(caller, number, len(jobs), name(job))
        codes[caller.guarded(partial(action, job), name(job))] += 1
    if len(jobs) > 1:
        clean, findings = codes[ExitCode.CLEAN], codes[ExitCode.FINDINGS]
        failed = len(jobs) - clean - findings
        caller.note("summary", total=len(jobs), clean=clean, findings=findings, failed=failed)
    return max(codes, default=ExitCode.CLEAN)


def _progress(caller: Caller, done: int, total: int, source: str) -> None:
    """A line that is written over, for a person who watches many documents."""
    if caller.terminal and total > 1:
        line = say(caller.language, "progress", done=done, total=total, source=source)
        click.echo(f"\r\x1b[K{line[:100]}\r", err=True, nl=False)


def stdout_form(caller: Caller, source: str, verbose: bool, compact: bool) -> Form:
    """The form of a report that is itself the output; it is only coloured for a person."""
    colour = caller.colour and sys.stdout.isatty()
    return Form(caller.language, source, colour=colour, verbose=verbose, compact=compact)


def findings_text(caller: Caller, source: str, results: Iterable[Reported], verbose: bool, many: bool) -> str:
    """The findings of the conversions of one document, each said once.

    Unless ``verbose``, notes are only counted, and warnings too where ``many`` documents are converted.
    """
    least = Severity.INFO if verbose else Severity.ERROR if many else Severity.WARNING
    form = Form(caller.language, source, colour=caller.colour, verbose=verbose, least=least)
    return REPORTERS["text"](_Together(results), form)


class _Together:
    """Several results of one document as one."""

    def __init__(self, results: Iterable[Reported]) -> None:
        self.facts = None
        self.report = Report()
        said: set[tuple[object, ...]] = set()
        for result in results:
            new = [f for f in result.report if _key(f) not in said]
            said.update(_key(f) for f in new)
            self.report.extend(new)


def _key(finding: Diagnostic) -> tuple[object, ...]:
    return finding.code, finding.line, path_of(finding), tuple(sorted(finding.context.items()))
