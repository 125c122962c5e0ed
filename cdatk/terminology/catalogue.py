"""Imports catalogues into a store of the user's own, all of them or none.

The ONE rule: one call is one transaction: the store is what it was, or holds everything that was asked for; the same
catalogue twice changes nothing. The clock is the caller's: `imported` is what the caller says it is.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cdatk.diagnostics import Report, Severity
from cdatk.terminology.embedded import EmbeddedStore, embedded_release
from cdatk.terminology.importers.recognise import FORMATS, recognise
from cdatk.terminology.importers.source import Options, Refused, Source, files, unpacked
from cdatk.terminology.layer import Layer, release_number
from cdatk.terminology.notes import Notes
from cdatk.terminology.records import AboutRecord
from cdatk.terminology.rows import Release, StoreError
from cdatk.terminology.store import Database, build_store, update_store
from cdatk.terminology.writer import add_counts, add_release

Progress = Callable[[str, int], None]
"""Told the file that is being read and the rows read so far in it."""
EVERY = 1000


@dataclass(frozen=True, slots=True)
class Import:
    """A catalogue to import: where it lies, what the caller states about it, and when (ISO, the caller's clock).

    `source`, `release` and `licence` are taken from the catalogue where the caller leaves them blank.
    """

    path: Path
    options: Options = field(default_factory=Options)
    source: str = ""
    release: str = ""
    licence: str = ""
    imported: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import put into the store; `new` is False for a catalogue that was there already."""

    source: str
    release: str
    format: str
    files: int
    counts: tuple[tuple[str, int], ...]
    new: bool


def import_catalogues(
    store: Path,
    imports: Sequence[Import],
    report: Report,
    embedded: bool = True,
    fresh: bool = False,
    progress: Progress | None = None,
) -> tuple[Summary, ...]:
    """Import catalogues into the store at `store`, which is made where there is none.

    A new store (`fresh`: also in place of an old one) begins with the embedded tables, or empty. A strict report
    keeps nothing when there is a finding of level warning. Raises TerminologyError and OSError when the store
    cannot be used; it is then what it was. Findings are of family TRM-1xx.
    """
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("not-written", store.name) from error
    summaries: list[Summary] = []
    before = len(report)

    def change(database: Database) -> bool:
        if not fresh:
            _compare_base(database, report)
        for wanted in imports:
            summaries.extend(_import(database, each, report, progress) for each in _catalogues(wanted))
        bad = sum(1 for finding in list(report)[before:] if finding.severity.rank >= Severity.ERROR.rank)
        if report.strict and bad:
            report.add("TRM-119", count=bad)
            summaries.clear()
            return False
        return any(summary.new for summary in summaries)

    with _base(store, embedded, fresh) as base:
        update_store(store, base, change)
    return tuple(summaries)


@contextmanager
def _base(store: Path, embedded: bool, fresh: bool) -> Iterator[Path]:
    """The store an import begins with."""
    if store.exists() and not fresh:
        yield store
    elif embedded:
        with EmbeddedStore() as base:
            yield base
    else:
        empty = store.with_name(store.name + ".empty")
        build_store(empty, lambda database: None)
        try:
            yield empty
        finally:
            empty.unlink(missing_ok=True)


def _catalogues(wanted: Import) -> Iterator[Import]:
    """A folder that holds only folders is several catalogues."""
    path = wanted.path
    inside = sorted(p for p in path.iterdir() if not p.name.startswith(".")) if path.is_dir() else []
    if inside and all(p.is_dir() for p in inside):
        for folder in inside:
            yield from _catalogues(replace(wanted, path=folder))
    else:
        yield wanted


def _compare_base(database: Database, report: Report) -> None:
    row = database.connection.execute("SELECT release, sha256 FROM release WHERE format = 'cdatk'").fetchone()
    if row is not None:
        current = embedded_release()
        if current[1] != row[1]:
            held, now = (f"{label} ({digest[:8]})" for label, digest in (row, current))
            report.add("TRM-121", held=held, current=now)


def _import(database: Database, wanted: Import, report: Report, progress: Progress | None) -> Summary:
    name = wanted.path.name
    sha256 = _checksum(wanted.path)
    if release_number(database, sha256, wanted.options.key()) is not None:
        report.add("TRM-117", file=name)
        return Summary(wanted.source or name, wanted.release, "", 0, (), False)
    row = Release(wanted.source or name, wanted.release, sha256, wanted.imported, wanted.licence, (), "")
    release = add_release(database, row, wanted.options.key())
    notes = Notes(report)
    layer = Layer(database, release, wanted.source or name, notes)
    formats: set[str] = set()
    number = 0
    for form, sources in _groups(wanted, notes):
        formats.add(form)
        number += len(sources)
        _read(form, sources, wanted.options, layer, notes, progress)
    layer.finish()
    notes.finish()
    if not layer.counts.total():
        report.add("TRM-126", file=name)
        database.connection.execute("DELETE FROM release WHERE id = ?", (release,))
        return Summary(wanted.source or name, wanted.release, "", number, (), False)
    counts = tuple(sorted((what, count) for what, count in layer.counts.items() if count))
    add_counts(database, release, counts)
    about = layer.about
    if len(formats) > 1:
        about = AboutRecord()  # what one file of many says is not said of all
    source = wanted.source or about.name or name
    label = wanted.release or about.release or wanted.path.stem
    database.connection.execute(
        "UPDATE release SET source = ?, release = ?, licence = ?, format = ? WHERE id = ?",
        (source, label, wanted.licence or about.licence, ", ".join(sorted(formats)), release),
    )
    return Summary(source, label, ", ".join(sorted(formats)), number, counts, True)


def _read(
    form: str, sources: list[Source], options: Options, layer: Layer, notes: Notes, progress: Progress | None
) -> None:
    part = sources[0].name
    number = 0
    try:
        for number, record in enumerate(FORMATS[form].read(sources, options, notes), 1):
            layer.put(record)
            if progress is not None and number % EVERY == 0:
                progress(part, number)
    except Refused as refused:
        _say(refused, part, notes)
    if progress is not None:
        progress(part, number)


def _groups(wanted: Import, notes: Notes) -> Iterator[tuple[str, list[Source]]]:
    """The files of a catalogue with their format, those of one database together and last."""
    together: dict[tuple[str, str, str], list[Source]] = defaultdict(list)
    for name, path in files(wanted.path):
        try:
            for source in unpacked(name, path.read_bytes()):
                form = _format(source, wanted.options, notes)
                if form is None:
                    continue
                if FORMATS[form].together:
                    ending = source.name.rpartition(".")[2].lower()
                    together[form, source.folder, ending].append(source)
                else:
                    yield form, [source]
        except Refused as refused:
            _say(refused, name, notes)
    for (form, _, _), sources in together.items():
        yield form, sources


def _format(source: Source, options: Options, notes: Notes) -> str | None:
    if not source.data.strip():
        notes.file("TRM-102", source.name)
        return None
    form = options.form or recognise(source)
    if form is None:
        notes.file("TRM-101", source.name)
    return form


def _say(refused: Refused, name: str, notes: Notes) -> None:
    notes.file(refused.code, name, why=refused.why)


def _checksum(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of the files of a folder in their order."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    whole = hashlib.sha256()
    for name, found in files(path):
        whole.update(name.encode("utf-8", "surrogateescape") + b"\0")
        whole.update(hashlib.sha256(found.read_bytes()).digest())
    return whole.hexdigest()
