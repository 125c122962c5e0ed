"""``cdatk terminology list``: what is in a store.

The rule: every import is named with its release, its checksum and its terms, the embedded tables first.
"""

from __future__ import annotations

from pathlib import Path

import click

from cdatk.cli.caller import Caller
from cdatk.cli.messages import say
from cdatk.cli.terminology import Part, deliver, encode, form_option, open_store
from cdatk.cli.terminology_words import counted
from cdatk.terminology.content import Version, versions
from cdatk.terminology.rows import Release

SCHEMA = "cdatk.terminology.list/1"


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    text = f"{say(language, 'terminology-list')}\n\n{say(language, 'terminology-list-more')}"
    return Part(
        "list",
        language,
        text,
        callback=list_,
        params=[
            click.Option(["--value-sets", "sets"], is_flag=True, help=say(language, "value-sets-option")),
            form_option(language, ("text", "json")),
        ],
    )


@click.pass_obj
def list_(caller: Caller, sets: bool, form: str, store: Path | None, lang: str | None) -> int:
    """List the imports of a store and, where asked, its value sets."""
    with open_store(store) as terminology:
        found = versions(terminology) if sets or form == "json" else []
        releases, path = terminology.releases, str(terminology.path)
    if form == "json":
        deliver(encode(_form(path, releases, found)), None)
    else:
        deliver(
            "\n".join([path, *(_release(caller.language, row) for row in releases), *map(_version, found)]) + "\n", None
        )
    return 0


def _release(language: str, row: Release) -> str:
    counts = counted(language, row.counts)
    moment = f", {row.imported}" if row.imported else ""
    terms = f"\n     {row.licence}" if row.licence else ""
    return (
        f"{row.number:>3}  {row.source} {row.release} ({row.format}{moment})\n     {counts}{terms}\n     {row.sha256}"
    )


def _version(row: Version) -> str:
    return f"{row.members:>7}  {row.oid}  {row.name} {row.label}"


def _form(path: str, releases: tuple[Release, ...], found: list[Version]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "store": path,
        "releases": [
            {
                "number": r.number, "source": r.source, "release": r.release, "format": r.format,
                "sha256": r.sha256, "imported": r.imported, "licence": r.licence, "counts": dict(r.counts),
            }
            for r in releases
        ],
        "value_sets": [
            {
                "oid": v.oid, "name": v.name, "version": v.label, "status": v.status, "effective": v.effective,
                "codes": v.members, "complete": v.complete, "release": v.release,
            }
            for v in found
        ],
    }  # fmt: skip
