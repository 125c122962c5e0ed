"""From arguments to exit code.

The rule: language, terminal and environment are looked at here, once, and handed on.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Program, complaint
from cdatk.cli.language import language_of
from cdatk.diagnostics import ExitCode

INTERRUPTED = 130  # what shells expect after Ctrl-C


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the program; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # an accent never stops a run in an old locale
    caller = _caller(arguments, environment)
    program = Program(caller.language)
    try:
        return caller.guarded(lambda: program.main(list(arguments), "cdatk", standalone_mode=False, obj=caller))
    except click.UsageError as error:
        caller.tell("error-alone", message=complaint(error, caller.language))
        caller.note("try-help", command=error.ctx.command_path if error.ctx is not None else "cdatk")
        return ExitCode.USAGE
    except click.Abort:
        caller.tell("interrupted")
        return INTERRUPTED


def _caller(arguments: Sequence[str], environment: Mapping[str, str]) -> Caller:
    terminal = sys.stderr.isatty()
    return Caller(
        language=language_of(arguments, environment),
        debug=bool(environment.get("CDATK_DEBUG")) or "--debug" in arguments,
        terminal=terminal,
        colour=terminal and not environment.get("NO_COLOR"),
    )
