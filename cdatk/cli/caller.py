"""Who calls: the language of the messages, what the terminal can show, and how a failure is told.

The rule: whatever happens becomes a sentence and a code of ``ExitCode``, never a traceback and never words of a
document; ``--debug`` shows the places in our code, not the values.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass

import click

from cdatk.cli.failure import Failure
from cdatk.cli.messages import say
from cdatk.diagnostics import ExitCode


@dataclass(frozen=True, slots=True)
class Caller:
    """``terminal`` is True when a person watches standard error; ``colour`` when it may be coloured."""

    language: str
    debug: bool = False
    terminal: bool = False
    colour: bool = False

    def tell(self, key: str, /, **values: object) -> None:
        """A message on standard error, after the name of the program."""
        click.echo(say(self.language, "error", message=say(self.language, key, **values)), err=True)

    def note(self, key: str, /, **values: object) -> None:
        """A message on standard error, as it stands."""
        click.echo(say(self.language, key, **values), err=True)

    def guarded(self, action: Callable[[], int | None], source: str = "") -> int:
        """Run ``action``: its exit code, or the one of its failure. Wrong usage passes through."""
        try:
            return action() or ExitCode.CLEAN
        except Failure as failure:
            self.tell(failure.key, **failure.said(self.language))
            return failure.code
        except (click.ClickException, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # the one catch of the program
            self._own_fault(error, source)
            return ExitCode.INTERNAL

    def _own_fault(self, error: Exception, source: str) -> None:
        kind = type(error).__name__
        self.tell("internal" if source else "internal-alone", source=source, kind=kind)
        if self.debug:
            click.echo("".join(traceback.format_tb(error.__traceback__)) + kind, err=True)
