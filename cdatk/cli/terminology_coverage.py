"""``cdatk terminology coverage``: how much of a catalogue, or of documents, can be said in a language.

The rule: figures only; no word of a document goes out but codes, and the standings of its codes add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Refused
from cdatk.cli.files import read_input
from cdatk.cli.messages import LANGUAGES, say
from cdatk.cli.terminology import (
    Part,
    deliver,
    encode,
    existing,
    find_release,
    form_option,
    open_store,
    progress_line,
    release_option,
    store_path,
)
from cdatk.cli.work import open_toolkit, with_tables
from cdatk.diagnostics import ExitCode, words
from cdatk.settings import Settings
from cdatk.terminology.chart import Bar, html, svg
from cdatk.terminology.coverage import DocumentCoverage, Met, SetCoverage, catalogue_coverage
from cdatk.terminology.lookup import base_language

SCHEMA = "cdatk.terminology.coverage/1"
FORMS = ("text", "json", "svg", "html")
STANDINGS = ("known", "outside", "unknown-code", "unknown-system", "no-system", "null", "structural")


STATES = ("translated", "fallback", "original", "code-only")


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    text = f"{say(language, 'terminology-coverage')}\n\n{say(language, 'terminology-coverage-more')}"
    return Part(
        "coverage",
        language,
        text,
        callback=coverage,
        params=[
            click.Argument(["documents"], nargs=-1, metavar=f"[{say(language, 'document')}]..."),
            click.Option(
                ["--language", "tongue"],
                metavar=say(language, "tag"),
                default="fr",
                help=say(language, "in-language-option"),
            ),
            release_option(language),
            click.Option(["--limit"], type=click.IntRange(0, 1000), default=20, help=say(language, "limit-option")),
            click.Option(["-o", "--output"], metavar=say(language, "file"), help=say(language, "to-file-option")),
            form_option(language, FORMS),
        ],
    )


@click.pass_obj
def coverage(
    caller: Caller,
    documents: tuple[str, ...],
    tongue: str,
    release: str | None,
    limit: int,
    output: str | None,
    form: str,
    store: Path | None,
    lang: str | None,
) -> int:
    """Measure a catalogue, or documents."""
    if documents:
        if base_language(tongue) not in LANGUAGES:
            raise Refused(say(caller.language, "documents-in", languages=", ".join(LANGUAGES)))
        return _of_documents(caller, documents, tongue, limit, output, form, store)
    with open_store(store) as terminology:
        found = find_release(terminology, release)
        number = found.number if found is not None else None
        sets = catalogue_coverage(terminology, tongue, number, number)
    deliver(_catalogue_form(caller, sets, tongue, form), output)
    return ExitCode.CLEAN


def document_files(paths: tuple[str, ...]) -> Iterator[Path]:
    """The documents named, and the XML files of the folders named, in the order of their names."""
    for path in map(existing, paths):
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*.xml") if found.is_file())
        else:
            yield path


def _of_documents(
    caller: Caller,
    documents: tuple[str, ...],
    tongue: str,
    limit: int,
    output: str | None,
    form: str,
    store: Path | None,
) -> int:
    language: Literal["fr", "en"] = "en" if base_language(tongue) == "en" else "fr"
    path = store_path(store)
    toolkit = open_toolkit(Settings(language=language, store=path if store is not None or path.exists() else None))
    found = DocumentCoverage()
    for file in document_files(documents):
        progress_line(caller, str(file))
        data = read_input(str(file), toolkit.settings.limits.max_bytes)
        inspection = with_tables(partial(toolkit.inspect, data))
        if inspection.facts is None:
            found.unreadable += 1
            continue
        found.add(Met(c.path, c.system, c.code, c.standing, c.state, c.text, c.occurrences) for c in inspection.codes)
    progress_line(caller, "")
    deliver(_documents_form(caller, found, limit, form), output)
    if not found.adds_up():
        return ExitCode.INTERNAL
    return ExitCode.UNREADABLE if found.unreadable else ExitCode.CLEAN


def _catalogue_form(caller: Caller, sets: list[SetCoverage], tongue: str, form: str) -> str:
    codes, worded = sum(s.codes for s in sets), sum(s.worded for s in sets)
    title = f"{say(caller.language, 'coverage-title')} ({tongue})"
    if form == "json":
        return encode({
            "schema": SCHEMA, "language": tongue, "codes": codes, "worded": worded,
            "value_sets": [
                {
                    "oid": s.oid, "name": s.name, "version": s.version, "codes": s.codes, "worded": s.worded,
                    "same_as_english": s.same_as_english, "complete": s.complete,
                }
                for s in sets
            ],
        })  # fmt: skip
    rows = [(s.name, s.worded, s.codes) for s in sets] + [(say(caller.language, "all-sets"), worded, codes)]
    bars = [Bar(name, part, whole, f"{part}/{whole}  {_share(caller, part, whole)}") for name, part, whole in rows]
    return _drawn(caller, title, bars, [], form)


def _documents_form(caller: Caller, found: DocumentCoverage, limit: int, form: str) -> str:
    missing = found.top_missing(limit)
    if form == "json":
        return encode({
            "schema": SCHEMA, "documents": found.documents, "unreadable": found.unreadable,
            "occurrences": found.occurrences, "looked_up": found.looked_up, "translated": found.translated,
            "standings": {name: found.standings[name] for name in STANDINGS},
            "states": dict(sorted(found.states.items())),
            "said": {name: found.said[name] for name in STATES},
            "missing": [
                {"system": system, "code": code, "standing": standing, "state": state, "occurrences": number}
                for (system, code, standing, state), number in missing
            ],
        })  # fmt: skip
    bars = [Bar(_standing(caller, name), found.standings[name], found.occurrences, "") for name in STANDINGS]
    bars += [Bar(f"→ {_state(caller, name)}", found.said[name], found.looked_up, "") for name in STATES]
    share = _share(caller, found.translated, found.looked_up)
    notes = [
        say(
            caller.language, "documents-read", documents=found.documents, unreadable=found.unreadable,
            occurrences=found.occurrences,
        ),
        say(caller.language, "translated-of", translated=found.translated, looked_up=found.looked_up, share=share),
    ]  # fmt: skip
    if missing:
        notes.append(say(caller.language, "missing-codes"))
        notes += [
            f"{number:>6}  {code}  ({system or '-'})  {_standing(caller, standing)}, {_state(caller, state)}"
            for (system, code, standing, state), number in missing
        ]
    labelled = [Bar(b.label, b.part, b.whole, f"{b.part}  {_share(caller, b.part, b.whole)}") for b in bars]
    return _drawn(caller, say(caller.language, "coverage-title"), labelled, notes, form)


def _standing(caller: Caller, name: str) -> str:
    if name == "null":
        return say(caller.language, "standing-null")
    if name == "structural":
        return say(caller.language, "standing-structural")
    return words()["standing"][name][caller.language]


def _state(caller: Caller, name: str) -> str:
    return words()["state"][name][caller.language]


def _drawn(caller: Caller, title: str, bars: list[Bar], notes: list[str], form: str) -> str:
    if form == "svg":
        return svg(title, bars)
    if form == "html":
        return html(title, caller.language, bars, notes)
    width = max((len(bar.label) for bar in bars), default=0)
    return "\n".join([title, *(f"{bar.label:<{width}}  {bar.text:>18}" for bar in bars), *notes]) + "\n"


def _share(caller: Caller, part: int, whole: int) -> str:
    if not whole:
        return "\u2013"
    percent = f"{100 * part / whole:.1f}"
    return f"{percent.replace('.', ',')}\u00a0%" if caller.language == "fr" else f"{percent}%"
