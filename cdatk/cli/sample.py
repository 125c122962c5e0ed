"""``cdatk sample make``: synthetic patient summaries with chosen features.

The rule: the same options give the same files.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, Refused, lang_option
from cdatk.cli.files import make_folder, write_output
from cdatk.cli.messages import say
from cdatk.harness import generator


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    names, figure = say(language, "names"), say(language, "number")

    def several(name: str, text: str) -> click.Option:
        return click.Option([f"--{name}"], metavar=names, help=text)

    def number(name: str, text: str, kind: Any, default: float) -> click.Option:
        return click.Option([f"--{name}"], type=kind, default=default, metavar=figure, help=text)

    countries = ", ".join(name.lower() for name in generator.people())
    waves, sections = ", ".join(generator.WAVES), ", ".join(generator.SECTIONS)
    sizes, faults = ", ".join(generator.SIZES), ", ".join(generator.FAULTS)
    return Localised(
        "sample",
        language,
        callback=sample,
        params=[
            click.Argument(["action"], type=click.Choice(["make"]), metavar=say(language, "action")),
            click.Argument(["folder"], metavar=say(language, "folder")),
            number("count", say(language, "count-option"), click.IntRange(1), 1),
            number("seed", say(language, "seed-option"), click.INT, 1),
            several("country", say(language, "country-option", known=countries)),
            several("wave", say(language, "wave-option", known=waves)),
            several("sections", say(language, "sections-option", known=sections)),
            several("size", say(language, "size-option", known=sizes)),
            several("faults", say(language, "faults-option", known=faults)),
            number("share", say(language, "share-option"), click.FloatRange(0, 1), 1.0),
            lang_option(language, "messages-lang-option"),
        ],
    )


@click.pass_obj
def sample(
    caller: Caller,
    action: str,
    folder: str,
    count: int,
    seed: int,
    country: str | None,
    wave: str | None,
    sections: str | None,
    size: str | None,
    faults: str | None,
    share: float,
    lang: str | None,
) -> int:
    """Make the documents."""
    wish = generator.Wish(
        seed=seed,
        countries=_chosen(caller, "--country", (country or "").upper(), generator.people()),
        waves=_chosen(caller, "--wave", wave, generator.WAVES),
        sections=_chosen(caller, "--sections", sections, generator.SECTIONS),
        sizes=_chosen(caller, "--size", size, generator.SIZES),
        faults=_chosen(caller, "--faults", faults, generator.FAULTS),
        share=share,
    )
    place = Path(folder)
    make_folder(place)
    for made in generator.make_many(wish, count):
        write_output(place / f"{made.name}.xml", made.data)
    caller.note("samples-made", count=count, path=folder)
    return 0


def _chosen(caller: Caller, option: str, text: str | None, known: Iterable[str]) -> tuple[str, ...]:
    """The names of a comma-separated option. Raises Refused for one that does not exist."""
    names = tuple(name.strip() for name in (text or "").split(",") if name.strip())
    there = list(known)
    for name in names:
        if name not in there:
            values = {"name": option, "asked": name, "known": ", ".join(there)}
            raise Refused(say(caller.language, "unknown-names", **values))
    return names
