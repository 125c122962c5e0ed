"""``cdatk validate``: findings only.

The rule: the report is the output and goes to standard output; nothing is converted.
"""

from __future__ import annotations

from typing import Literal

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, lang_option
from cdatk.cli.files import read_input, write_standard
from cdatk.cli.messages import say
from cdatk.cli.work import each, open_toolkit, stdout_form, with_tables
from cdatk.reporters import REPORTERS
from cdatk.settings import Settings


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    return Localised(
        "validate",
        language,
        callback=validate,
        params=[
            click.Argument(["inputs"], nargs=-1, required=True, metavar=say(language, "input") + "..."),
            click.Option(
                ["--format", "form"], type=click.Choice(tuple(REPORTERS)), default="text", show_default=False,
                help=say(language, "format-option"),
            ),
            lang_option(language, "lang-option"),
            click.Option(["--strict"], is_flag=True, help=say(language, "strict-option")),
            click.Option(["-v", "--verbose"], is_flag=True, help=say(language, "verbose-option")),
        ],
    )  # fmt: skip


@click.pass_obj
def validate(
    caller: Caller,
    inputs: tuple[str, ...],
    form: str,
    lang: Literal["fr", "en"] | None,
    strict: bool,
    verbose: bool,
) -> int:
    """Check every input; the worst exit code."""
    toolkit = open_toolkit(Settings(language=lang or "fr", strict=strict))

    def check(source: str) -> int:
        data = read_input(source, toolkit.settings.limits.max_bytes)
        result = with_tables(lambda: toolkit.validate(data))
        text = REPORTERS[form](result, stdout_form(caller, source, verbose, len(inputs) > 1))
        write_standard(text.encode("utf-8"))
        return result.report.exit_code

    return each(caller, inputs, str, check)
