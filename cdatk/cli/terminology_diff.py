"""``cdatk terminology diff``: what changed between two catalogues, and which documents it touches.

The rule: a side is what it is by itself: a catalogue is compared without the embedded tables.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from cdatk.cli.caller import Caller
from cdatk.cli.files import read_input
from cdatk.cli.messages import say
from cdatk.cli.terminology import Part, deliver, encode, find_release, form_option, open_store
from cdatk.cli.terminology_coverage import document_files
from cdatk.cli.terminology_words import word
from cdatk.cli.work import findings_text, open_toolkit, with_tables
from cdatk.diagnostics import ExitCode, Report
from cdatk.settings import Settings
from cdatk.terminology.catalogue import Import, import_catalogues
from cdatk.terminology.content import Key
from cdatk.terminology.diff import Difference, SetChange, Side, compare, side_of
from cdatk.terminology.importers.source import Options
from cdatk.terminology.lookup import Terminology

SCHEMA = "cdatk.terminology.diff/1"
SHOWN = 5
"""How many codes of a kind are named for a document; the JSON form names all."""
_STORE = b"SQLite format 3\0"


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    text = f"{say(language, 'terminology-diff')}\n\n{say(language, 'terminology-diff-more')}"
    return Part(
        "diff",
        language,
        text,
        callback=diff,
        params=[
            click.Argument(["before"], required=True, metavar=say(language, "before")),
            click.Argument(["after"], required=True, metavar=say(language, "after")),
            click.Option(
                ["--language", "tongue"],
                metavar=say(language, "tag"),
                default="",
                help=say(language, "language-option"),
            ),
            click.Option(["--documents"], multiple=True, help=say(language, "documents-option")),
            click.Option(["-o", "--output"], metavar=say(language, "file"), help=say(language, "to-file-option")),
            form_option(language, ("text", "json")),
        ],
    )


@click.pass_obj
def diff(
    caller: Caller,
    before: str,
    after: str,
    tongue: str,
    documents: tuple[str, ...],
    output: str | None,
    form: str,
    store: Path | None,
    lang: str | None,
) -> int:
    """Compare two catalogues."""
    found = compare(_side(caller, before, tongue, store), _side(caller, after, tongue, store))
    touched = _touched(found, documents, store) if documents else []
    text = encode(_form(found, touched)) if form == "json" else _text(caller, found, touched)
    deliver(text, output)
    return ExitCode.CLEAN


def _side(caller: Caller, name: str, tongue: str, store: Path | None) -> Side:
    path = Path(name)
    if not path.exists():
        with open_store(store) as terminology:
            found = find_release(terminology, name)
            return side_of(terminology, found.number if found is not None else None)
    if path.is_file() and path.read_bytes()[: len(_STORE)] == _STORE:
        with with_tables(lambda: Terminology.open(path)) as terminology:
            return side_of(terminology)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="cdatk-diff-") as folder:
        target = Path(folder) / "store"
        wanted = [Import(path, Options(language=tongue))]
        with_tables(lambda: import_catalogues(target, wanted, report, embedded=False))
        if report.exit_code is not ExitCode.CLEAN:
            click.echo(findings_text(caller, name, [_Found(report)], False, False), err=True, nl=False)
        if not target.exists():
            return Side({}, {})
        with Terminology.open(target) as terminology:
            return side_of(terminology)


class _Found:
    """A report without a document."""

    facts = None

    def __init__(self, report: Report) -> None:
        self.report = report


def _touched(found: Difference, documents: tuple[str, ...], store: Path | None) -> list[tuple[str, dict[Key, str]]]:
    """The documents that use a changed code, with the codes and what became of them."""
    changed = found.touched()
    toolkit = open_toolkit(Settings(store=store))
    rows = []
    for file in document_files(documents):
        data = read_input(str(file), toolkit.settings.limits.max_bytes)
        codes = {(c.system, c.code) for c in toolkit.inspect(data).codes}
        used = {key: changed[key] for key in sorted(codes & changed.keys())}
        if used:
            rows.append((str(file), used))
    return rows


def _text(caller: Caller, found: Difference, touched: list[tuple[str, dict[Key, str]]]) -> str:
    lines = [say(caller.language, "diff-totals", **_totals(found))]
    lines += [say(caller.language, "new-set", name=name, oid=oid) for oid, name in found.new_sets]
    lines += [say(caller.language, "gone-set", name=name, oid=oid) for oid, name in found.gone_sets]
    for change in found.sets:
        if change.changed or change.before != change.after:
            lines.append(
                say(
                    caller.language, "diff-set", name=change.name, before=change.before, after=change.after,
                    added=len(change.added), removed=len(change.removed), renamed=len(change.renamed),
                    respaced=change.respaced,
                )
            )  # fmt: skip
    for path, codes in touched:
        lines.append(say(caller.language, "touched-document", path=path, codes=_named(caller.language, codes)))
    return "\n".join(lines) + "\n"


def _named(language: str, codes: dict[Key, str]) -> str:
    """The changed codes of a document by what became of them, the gravest first, the first few by name."""
    kinds: dict[str, list[str]] = {kind: [] for kind in ("removed", "reworded", "renamed", "added")}
    for (_, code), what in codes.items():
        kinds[what].append(code)
    return ", ".join(
        f"{len(found)} {word(language, kind)} ({', '.join(found[:SHOWN])}{', …' if len(found) > SHOWN else ''})"
        for kind, found in kinds.items()
        if found
    )


def _totals(found: Difference) -> dict[str, int]:
    return {
        "new": len(found.new_sets),
        "gone": len(found.gone_sets),
        "renamed_sets": len(found.renamed_sets),
        "versions": sum(change.before != change.after for change in found.sets),
        "added": sum(len(change.added) for change in found.sets),
        "removed": sum(len(change.removed) for change in found.sets),
        "renamed": sum(len(change.renamed) for change in found.sets),
        "respaced": sum(change.respaced for change in found.sets),
        "moved": len(found.moved),
        "reworded": len(found.reworded),
    }


def _form(found: Difference, touched: list[tuple[str, dict[Key, str]]]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "totals": _totals(found),
        "new_sets": [{"oid": oid, "name": name} for oid, name in found.new_sets],
        "gone_sets": [{"oid": oid, "name": name} for oid, name in found.gone_sets],
        "renamed_sets": [{"oid": o, "before": b, "after": a} for o, b, a in found.renamed_sets],
        "value_sets": [_change(change) for change in found.sets if change.changed or change.before != change.after],
        "moved": [{"code": m.code, "before": m.before, "after": m.after} for m in found.moved],
        "reworded": [
            {"system": s, "code": c, "language": tag, "before": b, "after": a} for (s, c, tag), b, a in found.reworded
        ],
        "documents": [
            {"path": path, "codes": [{"system": s, "code": c, "change": what} for (s, c), what in codes.items()]}
            for path, codes in touched
        ],
    }


def _change(change: SetChange) -> dict[str, object]:
    return {
        "oid": change.oid, "name": change.name, "before": change.before, "after": change.after,
        "added": change.added, "removed": change.removed, "respaced": change.respaced,
        "renamed": [{"system": s, "code": c, "before": b, "after": a} for (s, c), b, a in change.renamed],
    }  # fmt: skip
