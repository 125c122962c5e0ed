"""``cdatk terminology export``: catalogues as CSV, FHIR or a workbook.

The rule: an output is bytes that depend on the store and the wishes only.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Refused
from cdatk.cli.failure import Failure
from cdatk.cli.files import STANDARD
from cdatk.cli.messages import say
from cdatk.cli.terminology import Part, deliver, find_release, open_store, release_option
from cdatk.diagnostics import ExitCode
from cdatk.terminology.content import versions
from cdatk.terminology.exporters.csv import codes_csv, mappings_csv
from cdatk.terminology.exporters.fhir import KINDS, bundle
from cdatk.terminology.exporters.selection import select
from cdatk.terminology.exporters.workbook import workbook

MAKERS: Final = MappingProxyType({"csv": codes_csv, "mappings": mappings_csv, "xlsx": workbook})


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    text = f"{say(language, 'terminology-export')}\n\n{say(language, 'terminology-export-more')}"
    return Part(
        "export",
        language,
        text,
        callback=export,
        params=[
            click.Option(
                ["--to"], type=click.Choice((*MAKERS, "fhir")), default="csv", help=say(language, "export-to-option")
            ),
            click.Option(["--kind"], type=click.Choice(KINDS), multiple=True, help=say(language, "kind-option")),
            release_option(language),
            click.Option(["--value-set"], multiple=True, metavar="OID", help=say(language, "value-set-option")),
            click.Option(
                ["--language", "tongues"],
                multiple=True,
                metavar=say(language, "tag"),
                help=say(language, "export-language-option"),
            ),
            click.Option(["-o", "--output"], metavar=say(language, "file"), help=say(language, "to-file-option")),
        ],
    )


@click.pass_obj
def export(
    caller: Caller,
    to: str,
    kind: tuple[str, ...],
    release: str | None,
    value_set: tuple[str, ...],
    tongues: tuple[str, ...],
    output: str | None,
    store: Path | None,
    lang: str | None,
) -> int:
    """Export what was selected."""
    with open_store(store) as terminology:
        found = find_release(terminology, release)
        number = found.number if found is not None else None
        known = {name for v in versions(terminology, number) for name in (v.oid, v.name)}
        for name in value_set:
            if name not in known:
                raise Failure(ExitCode.USAGE, "no-such-value-set", name=name)
        selection = select(terminology, number, value_set, tongues)
    if to == "xlsx" and output in (None, STANDARD) and sys.stdout.isatty():
        raise Refused(say(caller.language, "binary"))
    if to == "xlsx" and (left := len(selection.outside_sets())):
        caller.note("outside-sets", count=left)
    deliver(bundle(selection, kind or KINDS) if to == "fhir" else MAKERS[to](selection), output)
    return ExitCode.CLEAN
