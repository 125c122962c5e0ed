"""``cdatk inspect``: what a document is and holds, without its patient.

The rule: the description goes to standard output and quotes no word of the document but section titles.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, lang_option, store_option
from cdatk.cli.files import read_input, write_standard
from cdatk.cli.messages import say
from cdatk.cli.work import each, open_toolkit, stdout_form, with_tables
from cdatk.reporters import INSPECTORS
from cdatk.settings import Settings


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    return Localised(
        "inspect",
        language,
        callback=inspect,
        params=[
            click.Argument(["inputs"], nargs=-1, required=True, metavar=say(language, "input") + "..."),
            click.Option(
                ["--format", "form"], type=click.Choice(tuple(INSPECTORS)), default="text", show_default=False,
                help=say(language, "format-option"),
            ),
            lang_option(language, "lang-option"),
            store_option(language),
            click.Option(["-v", "--verbose"], is_flag=True, help=say(language, "verbose-option")),
        ],
    )  # fmt: skip


@click.pass_obj
def inspect(
    caller: Caller,
    inputs: tuple[str, ...],
    form: str,
    lang: Literal["fr", "en"] | None,
    store: Path | None,
    verbose: bool,
) -> int:
    """Describe every input; the worst exit code."""
    toolkit = open_toolkit(Settings(language=lang or "fr", store=store))

    def describe(source: str) -> int:
        data = read_input(source, toolkit.settings.limits.max_bytes)
        inspection = with_tables(lambda: toolkit.inspect(data))
        text = INSPECTORS[form](inspection, stdout_form(caller, source, verbose, len(inputs) > 1))
        write_standard(text.encode("utf-8"))
        return inspection.report.exit_code

    return each(caller, inputs, str, describe)
