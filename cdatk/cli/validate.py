"""``cdatk validate``: findings only.

The rule: the report is the output and goes to standard output; nothing is converted. Findings that a baseline
accepts stay in the report.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Localised, lang_option, store_option
from cdatk.cli.failure import Failure
from cdatk.cli.files import STANDARD, read_input, write_output, write_standard
from cdatk.cli.messages import say
from cdatk.cli.work import each, open_toolkit, stdout_form, with_tables
from cdatk.diagnostics import ExitCode, Severity
from cdatk.pipeline import Toolkit
from cdatk.reporters import REPORTERS, SUMMARIES, Form, Judged, judged, verdict
from cdatk.reporters.baseline import BASELINE_SCHEMA, Baseline, baseline_of, read_baseline
from cdatk.resources import cache_folder
from cdatk.settings import DEFAULT_PHASE, Settings
from cdatk.validate.schema import SchemaCheck, SchemaError

LARGEST_BASELINE = 50_000_000  # bytes


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    forms = click.Choice((*REPORTERS, *SUMMARIES))
    severities = click.Choice(tuple(severity.value for severity in Severity))
    return Localised(
        "validate",
        language,
        callback=validate,
        params=[
            click.Argument(["inputs"], nargs=-1, required=True, metavar=say(language, "input") + "..."),
            _option(["--format", "form"], say(language, "validate-format-option"), type=forms, default="text"),
            _option(["--fail-on"], say(language, "fail-on-option"), type=severities, default="error"),
            _option(["--baseline"], say(language, "baseline-option"), metavar=say(language, "file")),
            _option(["--write-baseline"], say(language, "write-baseline-option"), metavar=say(language, "file")),
            lang_option(language, "lang-option"),
            click.Option(["--strict"], is_flag=True, help=say(language, "strict-option")),
            _option(["--schema"], say(language, "schema-option"), metavar=say(language, "folder")),
            click.Option(["--diagnose"], is_flag=True, help=say(language, "diagnose-option")),
            _option(["--schematron"], say(language, "schematron-option"), metavar=say(language, "pack")),
            click.Option(["--phase"], help=say(language, "phase-option")),
            store_option(language),
            click.Option(["-v", "--verbose"], is_flag=True, help=say(language, "verbose-option")),
        ],
    )


def _option(
    names: list[str],
    words: str,
    type: click.Choice[str] | None = None,
    default: str | None = None,
    metavar: str | None = None,
) -> click.Option:
    kind: click.Choice[str] | click.Path = type if type is not None else click.Path(path_type=Path)
    return click.Option(names, type=kind, default=default, metavar=metavar, help=words, show_default=False)


@click.pass_obj
def validate(
    caller: Caller,
    inputs: tuple[str, ...],
    form: str,
    fail_on: str,
    baseline: Path | None,
    write_baseline: Path | None,
    lang: Literal["fr", "en"] | None,
    strict: bool,
    schema: Path | None,
    diagnose: bool,
    schematron: Path | None,
    phase: str | None,
    store: Path | None,
    verbose: bool,
) -> int:
    """Check every input; the worst exit code."""
    known = _read(baseline) if baseline is not None else Baseline(BASELINE_SCHEMA)
    sources = [source for given in inputs for source in _expanded(given)]
    toolkit = open_toolkit(_settings(lang, strict, schema, diagnose, schematron, phase, store))
    wish = replace(stdout_form(caller, "", verbose, len(sources) > 1), fail_on=Severity(fail_on))
    documents: list[Judged] = []

    def check(source: str) -> int:
        shown = replace(wish, source=source, accepted=known.of(source))
        document: Judged | None = Judged(source, "", (), ExitCode.UNREADABLE)
        try:
            code, document = _check(toolkit, source, form, shown, write_baseline is not None)
        finally:  # a document that could not be read stands in the report all the same
            if document is not None:
                documents.append(document)
        return code

    code = each(caller, sources, str, check)
    if form in SUMMARIES:
        write_standard(SUMMARIES[form](documents, wish).encode("utf-8"))
    if write_baseline is not None:
        write_output(write_baseline, baseline_of(documents))
    return code


def _require_usable(folder: Path) -> None:
    """A schema folder of the user's own is compiled before any document is read. Raises Failure if it cannot be."""
    try:
        SchemaCheck(folder).prepare()
    except SchemaError as error:
        if error.reason == "folder":
            raise Failure(ExitCode.UNUSABLE, "bad-schema-folder", path=folder) from error
        if error.reason == "document":
            raise Failure(ExitCode.UNUSABLE, "bad-schema-document", path=folder) from error
        named = {"path": folder, "name": error.name, "detail": error.detail}
        raise Failure(ExitCode.UNUSABLE, "bad-schema-file", **named) from error


def _settings(
    lang: Literal["fr", "en"] | None,
    strict: bool,
    schema: Path | None,
    diagnose: bool,
    schematron: Path | None,
    phase: str | None,
    store: Path | None,
) -> Settings:
    """The settings for these options; compiled rules are kept in the user's cache. Raises Failure for a bad schema."""
    if schema is not None:
        _require_usable(schema)
    return Settings(
        language=lang or "fr",
        strict=strict,
        store=store,
        schema_folder=schema,
        diagnose=diagnose,
        schematron=schematron,
        phase=phase or DEFAULT_PHASE,
        rule_cache=cache_folder() if schematron is not None else None,
    )


def _check(toolkit: Toolkit, source: str, form: str, wish: Form, keep: bool) -> tuple[int, Judged | None]:
    """One document: its exit code, and its findings in words where a later report needs them."""
    data = read_input(source, toolkit.settings.limits.max_bytes)
    result = with_tables(lambda: toolkit.validate(data))
    if form in REPORTERS:
        write_standard(REPORTERS[form](result, wish).encode("utf-8"))
    document = judged(result, wish) if keep or form in SUMMARIES else None
    return verdict(result.report, wish), document


def _expanded(given: str) -> list[str]:
    """The documents an input names: itself, or every .xml file in a folder and below, by name."""
    path = Path(given)
    if given == STANDARD or not path.is_dir():
        return [given]
    found = sorted(str(file) for file in path.rglob("*.xml") if file.is_file())
    if not found:
        raise Failure(ExitCode.UNREADABLE, "no-documents", path=given)
    return found


def _read(path: Path) -> Baseline:
    """A baseline file. Raises Failure when it cannot be used."""
    try:
        return read_baseline(read_input(str(path), LARGEST_BASELINE))
    except ValueError as error:
        raise Failure(ExitCode.UNUSABLE, "bad-baseline", path=path, reason=error) from error
