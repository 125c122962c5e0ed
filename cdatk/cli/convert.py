"""``cdatk convert``: the main job.

The rule: all outputs of a document are made before the first is written; after a fatal finding none is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import CHECKS, Localised, Refused, checks_option, lang_option, store_option
from cdatk.cli.files import STANDARD, make_folder, read_input, write_output, write_standard
from cdatk.cli.messages import say
from cdatk.cli.plan import FORMATS, Job, Plan, Target, plan
from cdatk.cli.work import each, findings_text, open_toolkit, with_tables
from cdatk.pipeline import Result, Toolkit
from cdatk.reporters import REPORTERS, Form
from cdatk.settings import Fhir, Settings


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    path = say(language, "file-or-dir")
    return Localised(
        "convert",
        language,
        callback=convert,
        params=[
            click.Argument(["inputs"], nargs=-1, required=True, metavar=say(language, "input") + "..."),
            click.Option(["--to"], type=click.Choice(FORMATS), multiple=True, help=say(language, "to-option")),
            lang_option(language, "lang-option"),
            click.Option(["-o", "--output"], metavar=path, help=say(language, "output-option")),
            click.Option(["--report"], metavar=say(language, "file"), help=say(language, "report-option")),
            click.Option(["--with", "beside"], metavar=say(language, "file"), help=say(language, "with-option")),
            click.Option(["--transcode"], is_flag=True, help=say(language, "transcode-option")),
            checks_option(language),
            click.Option(["--strict"], is_flag=True, help=say(language, "strict-option")),
            click.Option(["--pretty"], is_flag=True, help=say(language, "pretty-option")),
            *_fhir_options(language),
            store_option(language),
            click.Option(["-v", "--verbose"], is_flag=True, help=say(language, "verbose-option")),
        ],
    )


@click.pass_obj
def convert(
    caller: Caller,
    inputs: tuple[str, ...],
    to: tuple[str, ...],
    lang: Literal["fr", "en"] | None,
    output: str | None,
    report: str | None,
    beside: str | None,
    transcode: bool,
    checks: str,
    strict: bool,
    pretty: bool,
    ndjson: bool,
    check: bool,
    trace: str | None,
    fhir_profile: Path | None,
    store: Path | None,
    verbose: bool,
) -> int:
    """Convert every input; the worst exit code."""
    fhir = Fhir(profile=fhir_profile, ndjson=ndjson, trace=trace is not None, check=check)
    rules, schema = CHECKS[checks]
    chosen = Settings(language=lang or "fr", strict=strict, store=store, pretty=pretty, fhir=fhir)
    settings = chosen.changed(checks=rules, schema_check=schema)
    laid_out = plan(inputs, to, output, report, settings.language, caller.language)
    if transcode and not any(target.to == "cda" for job in laid_out.jobs for target in job.targets):
        raise Refused(say(caller.language, "transcode-cda"))
    toolkit = open_toolkit(settings)
    if laid_out.folder is not None:
        make_folder(laid_out.folder)
    second = read_input(beside, settings.limits.max_bytes) if beside is not None else None
    work = _Conversion(caller, toolkit, laid_out, verbose, second, transcode)
    code = each(caller, laid_out.jobs, lambda job: job.source, work.convert)
    work.write_reports()
    if trace is not None:
        write_output(Path(trace), b"".join(work.trails))
    return code


def _fhir_options(language: str) -> list[click.Parameter]:
    file = say(language, "file")
    profile = click.Path(path_type=Path)
    return [
        click.Option(["--ndjson"], is_flag=True, help=say(language, "ndjson-option")),
        click.Option(["--check"], is_flag=True, help=say(language, "check-option")),
        click.Option(["--trace"], metavar=file, help=say(language, "trace-option")),
        click.Option(["--fhir-profile"], type=profile, metavar=file, help=say(language, "fhir-profile-option")),
    ]


@dataclass(slots=True)
class _Conversion:
    caller: Caller
    toolkit: Toolkit
    plan: Plan
    verbose: bool
    beside: bytes | None = None
    transcode: bool = False
    reports: list[str] = field(default_factory=list)
    trails: list[bytes] = field(default_factory=list)

    def convert(self, job: Job) -> int:
        """Convert one document into its formats, write them, say what was found; its exit code."""
        data = read_input(job.source, self.toolkit.settings.limits.max_bytes)
        results = [self._result(data, target.to) for target in job.targets]
        whole = all(result.output is not None for result in results)
        self.trails.extend(result.trace for result in results if result.trace is not None)
        for target, result in zip(job.targets, results, strict=True):
            if whole and result.output is not None:
                self._deliver(job.source, target.path, result.output)
            self._keep_report(job.source, target, result, whole)
        many = len(self.plan.jobs) > 1
        click.echo(findings_text(self.caller, job.source, results, self.verbose, many), err=True, nl=False)
        if not whole:
            self.caller.note("no-output", source=job.source)
        return max(int(result.report.exit_code) for result in results)

    def write_reports(self) -> None:
        """Write the reports where they were asked for: one as it is, several on a line each."""
        data = "".join(self.reports).encode("utf-8")
        if self.plan.report is None or not data:
            return
        if self.plan.report == STANDARD:
            write_standard(data)
        else:
            write_output(Path(self.plan.report), data)

    def _result(self, data: bytes, to: str) -> Result:
        form = "pivot" if to == "cda" and self.transcode else to
        return with_tables(lambda: self.toolkit.convert(data, form, self.beside))

    def _deliver(self, source: str, path: Path | None, data: bytes) -> None:
        if path is None:
            write_standard(data)
            return
        write_output(path, data)
        if self.verbose or len(self.plan.jobs) == 1:
            self.caller.note("written", source=source, path=path)

    def _keep_report(self, source: str, target: Target, result: Result, written: bool) -> None:
        if self.plan.report is None:
            return
        several = len(self.plan.jobs) > 1 or len(self.plan.jobs[0].targets) > 1
        output = str(target.path or STANDARD) if written else ""
        form = Form(self.caller.language, source, to=target.to, output=output, compact=several)
        self.reports.append(REPORTERS["json"](result, form))
