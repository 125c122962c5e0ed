"""What a worker does with a document: read, compare with the journal, convert, write, describe.

The rule: a document is converted into all formats or into none; whatever is wrong with it becomes its row, and only
what ends the run (an output that cannot be written, unusable tables) is raised.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from cdatk.batch.files import Outbox, OutputError, Place, remove
from cdatk.batch.journal import Outcome, Row, Written
from cdatk.batch.limit import Guard, TimeUp, memory_limit
from cdatk.batch.packing import pack
from cdatk.batch.sources import Source, why_not
from cdatk.diagnostics import Report
from cdatk.facts import Facts
from cdatk.pipeline import Result, Toolkit
from cdatk.reporters import REPORTERS, Form
from cdatk.settings import Settings
from cdatk.version import VERSION

COUNTED: Final = (
    "entries_in", "entries_out", "entries_reported", "coded_in", "mapped", "translated", "untranslated", "unknown",
)  # fmt: skip
# Objects that may be alive on top of the tables before garbage is looked for. A conversion leaves no cycles behind:
# looking for them in the midst of every document costs a twentieth of its time and finds nothing.
_LIVING: Final = 200_000
LASTING: Final = frozenset({"converted", "refused"})  # outcomes that --resume does not try again


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with every document.

    ``formats`` are the outputs; ``stream`` keeps them for one NDJSON stream in place of a file each; ``seconds``
    is the time limit of a document (0 for none); ``catalogues`` are the releases in use; ``messages`` is the
    language of reports. ``megabytes`` is the memory that a document may take (0 for no limit). ``bulk`` sorts the
    resources of FHIR documents by type, for one stream each; the settings have to ask for resources.
    """

    settings: Settings
    formats: tuple[str, ...]
    place: Place
    stream: bool
    seconds: float
    catalogues: tuple[str, ...]
    messages: str
    megabytes: int = 0
    bulk: bool = False

    @property
    def key(self) -> str:
        """Checksum of everything chosen that an output depends on, the catalogues apart."""
        chosen = msgspec.to_builtins(self.settings.changed(store=None), enc_hook=str)
        held = json.dumps([chosen, self.formats, self.stream, self.bulk, self.place.packing, VERSION], sort_keys=True)
        return hashlib.sha256(held.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Task:
    """A document, and its line in the journal of an earlier run."""

    source: Source
    known: Row | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a document: its row, and its outputs where they go into a stream (by format, in bulk by type).

    ``kept`` is True where the earlier outcome still holds and nothing was done.
    """

    row: Row
    outputs: tuple[tuple[str, bytes], ...] = ()
    kept: bool = False


class Desk:
    """Converts documents in one process, with warm tables."""

    def __init__(self, order: Order) -> None:
        """Keep the order; tables are opened when the first document comes."""
        self._order = order
        self._key = order.key
        self._toolkit: Toolkit | None = None
        self._archives: dict[str, zipfile.ZipFile] = {}
        self._guard = Guard(order.seconds)
        self._box = Outbox(order.place.scratch)

    def do(self, task: Task) -> Done:
        """One document. Raises OutputError and TerminologyError, which end the run."""
        return self.do_all([task])[0]

    def do_all(self, tasks: Sequence[Task]) -> list[Done]:
        """Some documents; their files are put in their places together, at the end. Raises as ``do`` does."""
        try:
            with self._guard.on_duty():
                done = [self._do(task) for task in tasks]
            self._box.settle()
        finally:
            self._box.drop()
        return done

    def _do(self, task: Task) -> Done:
        started = time.perf_counter()
        source = task.source
        data = self._read(source)
        if isinstance(data, str):
            report = Report()
            report.add("BAT-003", why=data)
            return self._give_up(source, "unreadable", [Result(None, report)], b"", started)
        checksum = hashlib.sha256(data).hexdigest()
        if task.known is not None and self._holds(task.known, checksum):
            return Done(task.known, kept=True)
        try:
            results = self._convert(data)
        except TimeUp:
            report = Report()
            report.add("BAT-002", seconds=f"{self._order.seconds:g}")
            return self._give_up(source, "failed", [Result(None, report)], data, started)
        except MemoryError:
            report = Report()
            report.add("BAT-005", megabytes=self._order.megabytes)
            return self._give_up(source, "failed", [Result(None, report)], data, started)
        if any(result.output is None for result in results):
            return self._give_up(source, "refused", results, data, started)
        return self._deliver(task, data, checksum, results, started)

    def give_up(self, source: Source, report: Report) -> Done:
        """The row of a document that cannot be given to a worker again."""
        data = self._read(source)
        held = b"" if isinstance(data, str) else data
        done = self._give_up(source, "failed", [Result(None, report)], held, time.perf_counter())
        self._box.settle()
        return done

    def _convert(self, data: bytes) -> list[Result]:
        """All formats, within the limits. Raises TimeUp and MemoryError."""
        toolkit = self._ready()
        try:
            with self._guard.document(), memory_limit(self._order.megabytes):
                return [toolkit.convert(data, to) for to in self._order.formats]
        except (TimeUp, MemoryError):
            self._toolkit = None  # it was left in the middle of something
            raise

    def _ready(self) -> Toolkit:
        if self._toolkit is None:
            self._toolkit = Toolkit(self._order.settings)
        return self._toolkit

    def _read(self, source: Source) -> bytes | str:
        """The bytes, at most one above the limit, or why there are none (a value of ``words.why``)."""
        limit = self._order.settings.limits.max_bytes
        if source.problem:
            return source.problem
        if source.data is not None:
            return source.data
        try:
            if source.member:
                with self._archive(source.path).open(source.member) as member:
                    return member.read(limit + 1)
            with open(source.path, "rb") as file:
                return file.read(limit + 1)
        except (OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile) as error:
            return why_not(error)

    def _archive(self, path: str) -> zipfile.ZipFile:
        if path not in self._archives:
            for archive in self._archives.values():
                archive.close()
            self._archives = {path: zipfile.ZipFile(path)}
        return self._archives[path]

    def _holds(self, known: Row, checksum: str) -> bool:
        """True when the earlier outcome is what would come out again, and its outputs are there."""
        order = self._order
        same = known.sha256 == checksum and known.settings == self._key and known.outcome in LASTING
        return same and known.catalogues in ((), order.catalogues) and all(map(self._is_there, known.outputs.values()))

    def _is_there(self, written: Written) -> bool:
        try:
            return os.stat(self._order.place.folder / written.path).st_size >= written.offset + written.bytes
        except OSError:
            return False

    def _deliver(self, task: Task, data: bytes, checksum: str, results: Sequence[Result], started: float) -> Done:
        order, source = self._order, task.source
        outputs = [(to, r.output) for to, r in zip(order.formats, results, strict=True) if r.output is not None]
        written: dict[str, Written] = {}
        if not order.stream:
            for to, output in outputs:
                path = order.place.output(source.name, to)
                packed = pack(output, order.place.packing)
                self._box.put(order.place.folder / path, packed)
                written[to] = Written(path, hashlib.sha256(packed).hexdigest(), len(packed))
        if task.known is not None and task.known.outcome != "converted":
            for left in order.place.aside(source.name):
                remove(left)
        row = self._row(source, "converted", results, data, written, started)
        return Done(row, _for_stream(outputs, order) if order.stream else ())

    def _give_up(
        self, source: Source, outcome: Outcome, results: Sequence[Result], data: bytes, started: float
    ) -> Done:
        """Put a document aside with the report that says why; what an earlier run made of it goes."""
        order = self._order
        for to in () if order.stream else order.formats:
            remove(order.place.folder / order.place.output(source.name, to))
        document, report = order.place.aside(source.name)
        reason = next(result for result in results if result.output is None)
        if data or outcome == "refused":
            self._box.put(document, data)
        self._box.put(report, REPORTERS["json"](reason, Form(order.messages, source.name)).encode("utf-8"))
        return Done(self._row(source, outcome, results, data, {}, started))

    def _row(
        self,
        source: Source,
        outcome: Outcome,
        results: Sequence[Result],
        data: bytes,
        written: dict[str, Written],
        started: float,
    ) -> Row:
        facts = next((result.facts for result in results if result.facts is not None), None)
        return Row(
            input=source.name,
            sha256=hashlib.sha256(data).hexdigest() if data or outcome in LASTING else "",
            bytes=len(data),
            outcome=outcome,
            exit_code=max(int(result.report.exit_code) for result in results),
            outputs=written,
            findings=_findings(results),
            counts=_counts(facts),
            type=facts.type if facts is not None else "",
            country=facts.country if facts is not None else "",
            settings=self._key,
            catalogues=self._order.catalogues if facts is not None else (),
            ms=round((time.perf_counter() - started) * 1000, 1),
        )


@dataclass(slots=True)
class _Held:
    desk: Desk | None = None
    warm: bool = False


_HELD: Final = _Held()  # a worker process has one desk: what the pool's initializer makes can be kept nowhere else


def set_up(order: Order) -> None:
    """Initialise a worker process."""
    from cdatk.batch.limit import leave_interrupts_to_parent, live_no_longer_than_parent

    leave_interrupts_to_parent()
    live_no_longer_than_parent()
    _HELD.desk = Desk(order)


def do_chunk(tasks: Sequence[Task]) -> list[Done]:
    """Do some documents in a worker process. Raises RuntimeError outside one."""
    if _HELD.desk is None:
        raise RuntimeError("do_chunk outside a worker")
    done = _HELD.desk.do_all(tasks)
    if not _HELD.warm:
        _HELD.warm = True
        gc.collect()
        gc.freeze()  # what is there now are tables, as old as the process: nobody has to look for garbage in them
        gc.set_threshold(_LIVING)
    return done


def _for_stream(outputs: Sequence[tuple[str, bytes]], order: Order) -> tuple[tuple[str, bytes], ...]:
    """What a document adds to each stream, a line of text at least, packed where that was asked for."""
    if order.bulk:
        outputs = _by_type(outputs)
    packing = order.place.packing
    return tuple((to, pack(output.rstrip(b"\n") + b"\n", packing) if packing else output) for to, output in outputs)


class _Typed(msgspec.Struct):
    resourceType: str  # noqa: N815 (the name in FHIR)


def _by_type(outputs: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Resources, one a line, by their type."""
    sorted_lines: dict[str, list[bytes]] = {}
    for line in (line for _, output in outputs for line in output.splitlines() if line):
        sorted_lines.setdefault(msgspec.json.decode(line, type=_Typed).resourceType, []).append(line)
    return [(kind, b"\n".join(lines)) for kind, lines in sorted(sorted_lines.items())]


def _findings(results: Sequence[Result]) -> dict[str, int]:
    """Findings by code. Formats share those of the reading, so a code counts as often as in the format with most."""
    most: Counter[str] = Counter()
    for result in results:
        most |= Counter(finding.code for finding in result.report)
    return dict(sorted(most.items()))


def _counts(facts: Facts | None) -> dict[str, int]:
    return {name: getattr(facts.counts, name) for name in COUNTED} if facts is not None else {}


__all__ = ["COUNTED", "Desk", "Done", "Order", "OutputError", "Task", "do_chunk", "set_up"]
