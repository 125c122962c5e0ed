"""``cdatk terminology import``: catalogues into a store of the user's own.

The rule: the clock is read here and nowhere below; what was found wrong is said before what was imported.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Refused
from cdatk.cli.failure import Failure
from cdatk.cli.messages import say
from cdatk.cli.terminology import Part, deliver, encode, existing, form_option, progress_line, store_path
from cdatk.cli.terminology_words import counted
from cdatk.cli.work import findings_text, with_tables
from cdatk.diagnostics import ExitCode, Report
from cdatk.terminology.catalogue import Import, Summary, import_catalogues
from cdatk.terminology.importers.recognise import FORMATS
from cdatk.terminology.importers.source import Options

SCHEMA = "cdatk.terminology.import/1"


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    text = f"{say(language, 'terminology-import')}\n\n{say(language, 'terminology-import-more')}"
    return Part(
        "import",
        language,
        text,
        callback=import_,
        params=[
            click.Argument(["catalogues"], nargs=-1, required=True, metavar=say(language, "catalogue") + "..."),
            click.Option(
                ["--format", "kind"], type=click.Choice(tuple(FORMATS)), help=say(language, "import-format-option")
            ),
            click.Option(
                ["--language", "tongue"],
                metavar=say(language, "tag"),
                default="",
                help=say(language, "language-option"),
            ),
            click.Option(["--system"], metavar="OID", default="", help=say(language, "system-option")),
            click.Option(["--value-set"], metavar="OID", default="", help=say(language, "into-set-option")),
            click.Option(["--column"], metavar="A=B", multiple=True, help=say(language, "column-option")),
            click.Option(
                ["--encoding"], metavar=say(language, "name"), default="", help=say(language, "encoding-option")
            ),
            click.Option(["--source"], metavar=say(language, "name"), default="", help=say(language, "source-option")),
            click.Option(
                ["--release"], metavar=say(language, "name"), default="", help=say(language, "release-option")
            ),
            click.Option(
                ["--licence"], metavar=say(language, "terms"), default="", help=say(language, "licence-option")
            ),
            click.Option(["--strict"], is_flag=True, help=say(language, "import-strict-option")),
            click.Option(["--fresh"], is_flag=True, help=say(language, "fresh-option")),
            click.Option(["--without-embedded"], is_flag=True, help=say(language, "without-embedded-option")),
            form_option_of_report(language),
            click.Option(["-v", "--verbose"], is_flag=True, help=say(language, "verbose-option")),
        ],
    )


def form_option_of_report(language: str) -> click.Option:
    """``--report-format``: ``--format`` is that of the catalogue here."""
    option = form_option(language, ("text", "json"))
    option.opts = ["--report-format"]
    return option


@click.pass_obj
def import_(
    caller: Caller,
    catalogues: tuple[str, ...],
    kind: str | None,
    tongue: str,
    system: str,
    value_set: str,
    column: tuple[str, ...],
    encoding: str,
    source: str,
    release: str,
    licence: str,
    strict: bool,
    fresh: bool,
    without_embedded: bool,
    form: str,
    verbose: bool,
    store: Path | None,
    lang: str | None,
) -> int:
    """Import every catalogue in one transaction; the exit code of the findings."""
    options = Options(tongue, system, value_set, _columns(caller, column), encoding, kind or "")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    imports = [Import(existing(path), options, source, release, licence, now) for path in catalogues]
    report = Report(strict=strict)
    path = store_path(store)
    summaries = _imported(caller, path, imports, report, not without_embedded, fresh)
    progress_line(caller, "")
    click.echo(findings_text(caller, ", ".join(catalogues), [_Found(report)], verbose, False), err=True, nl=False)
    if form == "json":
        deliver(encode(_form(summaries, report, str(path), caller.language)), None)
    else:
        deliver("".join(_line(caller, s, str(path)) + "\n" for s in summaries if s.counts or not s.files), None)
    return report.exit_code


def _imported(
    caller: Caller, path: Path, imports: list[Import], report: Report, embedded: bool, fresh: bool
) -> tuple[Summary, ...]:
    def progress(part: str, rows: int) -> None:
        progress_line(caller, say(caller.language, "row-progress", part=part, rows=rows))

    try:
        return with_tables(lambda: import_catalogues(path, imports, report, embedded, fresh, progress))
    except PermissionError as error:
        raise Failure(ExitCode.UNREADABLE, "not-allowed", path=error.filename) from error


class _Found:
    """A report without a document."""

    facts = None

    def __init__(self, report: Report) -> None:
        self.report = report


def _columns(caller: Caller, columns: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for column in columns:
        name, sign, theirs = column.partition("=")
        if not sign or not name or not theirs:
            raise Refused(say(caller.language, "bad-column", column=column))
        found[name] = theirs
    return found


def _line(caller: Caller, summary: Summary, path: str) -> str:
    if not summary.counts:
        return say(caller.language, "held-already", source=summary.source)
    name = summary.source if summary.source == summary.release else f"{summary.source} {summary.release}"
    counts = counted(caller.language, summary.counts)
    return say(caller.language, "imported", name=name, format=summary.format, counts=counts, path=path)


def _form(summaries: tuple[Summary, ...], report: Report, path: str, language: str) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "store": path,
        "imports": [
            {
                "source": s.source, "release": s.release, "format": s.format, "files": s.files, "new": s.new,
                "counts": dict(s.counts),
            }
            for s in summaries
        ],
        "findings": [
            {"code": f.code, "severity": f.severity.value, "text": f.text(language), "context": f.context}
            for f in report
        ],
    }  # fmt: skip
