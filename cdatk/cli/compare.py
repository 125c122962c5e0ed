"""``cdatk compare``: two outputs of one document side by side.

The rule: it reads outputs, never converts; equal outputs end with 0, different ones with 1.
"""

from __future__ import annotations

from pathlib import Path

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, lang_option
from cdatk.cli.files import STANDARD, read_input, write_output, write_standard
from cdatk.cli.messages import say
from cdatk.settings import Limits


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    return Localised(
        "compare",
        language,
        callback=compare,
        params=[
            click.Argument(["before"], required=True, metavar=say(language, "compare-before")),
            click.Argument(["after"], required=True, metavar=say(language, "compare-after")),
            click.Option(["-o", "--output"], metavar=say(language, "file"), help=say(language, "compare-output")),
            lang_option(language, "messages-lang-option"),
        ],
    )


@click.pass_obj
def compare(caller: Caller, before: str, after: str, output: str | None, lang: str | None) -> int:
    """Write the page; 1 when the outputs differ."""
    from cdatk.emit.compare import compare_outputs

    limit = Limits().max_bytes
    names = Path(before).name, Path(after).name
    found = compare_outputs(read_input(before, limit), read_input(after, limit), names, caller.language)
    if output is None or output == STANDARD:
        write_standard(found.page)
    else:
        write_output(Path(output), found.page)
    return 1 if found.differences else 0
