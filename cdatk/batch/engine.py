"""A batch from its first document to its last.

The rule: rows go into the journal in the order of the inputs, each after its outputs; a run that ends early leaves a
journal that says exactly what was done.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import msgspec

from cdatk.batch.files import OutputError, Place, clear
from cdatk.batch.journal import Journal, Row
from cdatk.batch.pool import Chunk, Pool, Work
from cdatk.batch.shards import Streams
from cdatk.batch.sources import Inputs, Source
from cdatk.batch.tally import Tally
from cdatk.batch.work import Done, Order, Task, do_chunk
from cdatk.settings import Settings
from cdatk.terminology.embedded import open_embedded
from cdatk.terminology.lookup import Terminology

MOST: Final = 32  # documents in a chunk
HEAVIEST: Final = 8_000_000  # bytes in a chunk
SHARD: Final = 256_000_000
_AHEAD: Final = 3  # chunks given out for each worker
_HELD: Final = 64  # chunks that may wait for an earlier one


class InUse(Exception):
    """Another batch writes into the same folder."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. ``total`` is the number of documents where it is known beforehand."""

    inputs: Inputs
    order: Order
    workers: int
    resume: bool = False
    shard: int = SHARD
    total: int | None = None
    do: Work = do_chunk


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is; ``seconds`` since it began, ``new`` documents were not kept from an earlier run."""

    done: int
    new: int
    total: int | None
    aside: int
    seconds: float

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds to go, None when nobody knows."""
        return (self.total - self.done) / self.rate if self.total is not None and self.rate > 0 else None


@dataclass(slots=True)
class Batch:
    """A run. ``interrupt`` may be called from a signal handler."""

    wish: Wish
    watch: Callable[[Progress], None]
    tally: Tally = field(default_factory=Tally)
    interrupts: int = 0
    seconds: float = 0.0
    losses: int = 0
    _ready: dict[int, list[Done]] = field(default_factory=dict)
    _next: int = 0
    _stuck: bool = False

    def interrupt(self) -> None:
        """End the run: once finishes what is under way, twice gives it up."""
        self.interrupts += 1

    def run(self) -> Tally:
        """Do everything; the sums.

        Raises InUse; OutputError when an output or the journal cannot be written; TerminologyError and
        FileNotFoundError when tables or files of our own cannot be used; NoWorkers when no process lives. The journal
        is true in all these cases.
        """
        place = self.wish.order.place
        lock = _lock(place)
        try:
            clear(place.scratch)
            if not self.wish.resume:
                _begin_anew(place)
            journal = Journal(place.journal)
            streams = self._streams(journal)
            pool = Pool(self.wish.order, self.wish.workers, self.wish.do)
            whole = False
            try:
                self._loop(journal, streams, pool)
                whole = self.interrupts < 2
            finally:
                self.losses = pool.losses
                pool.close() if whole else pool.kill()
                journal.close()
            if whole:
                clear(place.scratch)
        finally:
            lock.close()
        return self.tally

    def _loop(self, journal: Journal, streams: Streams | None, pool: Pool) -> None:
        started = time.monotonic()
        chunks = self._chunks(journal)
        more = True
        try:
            while self.interrupts < 2:
                while (
                    more and not self.interrupts and len(pool) < self.wish.workers * _AHEAD and len(self._ready) < _HELD
                ):
                    chunk = next(chunks, None)
                    more = chunk is not None
                    if chunk is not None:
                        pool.give(chunk)
                if not len(pool):
                    break
                for finished, done in pool.take(0.2):
                    self._ready[finished.number] = done
                    self._write_down(journal, streams, in_order=True)
                self.seconds = time.monotonic() - started
                self.watch(self._progress())
        finally:
            self.seconds = time.monotonic() - started
            if not self._stuck:
                self._write_down(journal, streams, in_order=False)

    def _chunks(self, journal: Journal) -> Iterator[Chunk]:
        """The documents in chunks: many enough to keep all workers busy, small enough to lose little."""
        total = self.wish.total
        most = MOST if total is None else max(1, min(MOST, total // (self.wish.workers * 4)))
        held: list[Task] = []
        number = weight = 0
        for source in self.wish.inputs:
            held.append(Task(source, journal.row(source.name) if self.wish.resume else None))
            weight += _weight(source)
            if len(held) >= most or weight >= HEAVIEST:
                yield Chunk(number, tuple(held))
                held, number, weight = [], number + 1, 0
        if held:
            yield Chunk(number, tuple(held))

    def _write_down(self, journal: Journal, streams: Streams | None, in_order: bool) -> None:
        """Journal the chunks that are finished: in the order of the inputs, or all of them at the end."""
        while self._ready:
            number = self._next if in_order else min(self._ready)
            if number not in self._ready:
                return
            done = self._ready.pop(number)
            self._next = number + 1
            new = [one for one in done if not one.kept]
            before = [journal.row(one.row.input) for one in new] if streams is not None else []
            self._stuck = True  # what follows is done wholly, or nothing is added to the stream any more
            if new:
                journal.append(_placed(new, streams))
            self._stuck = False
            for old in before:
                if old is not None and streams is not None:
                    streams.blank(old)
            for one in done:
                self.tally.add(one.row, one.kept)

    def _streams(self, journal: Journal) -> Streams | None:
        if not self.wish.order.stream:
            return None
        streams = Streams(self.wish.order.place, self.wish.shard)
        streams.take_up(journal)
        return streams

    def _progress(self) -> Progress:
        tally = self.tally
        aside = tally.total - tally.outcomes["converted"]
        return Progress(tally.total, tally.total - tally.kept, self.wish.total, aside, self.seconds)


def releases(settings: Settings) -> tuple[str, ...]:
    """The catalogues in use, as the journal names them. Raises TerminologyError."""
    opened = Terminology.open(settings.store) if settings.store is not None else open_embedded()
    with opened as terminology:
        return tuple(f"{r.source} {r.release} {r.sha256[:16]}" for r in terminology.releases)


def _placed(done: list[Done], streams: Streams | None) -> list[Row]:
    """The rows, with the places of their outputs in the streams, which are written here."""
    if streams is None:
        return [one.row for one in done]
    places = streams.add([one.outputs for one in done])
    return [msgspec.structs.replace(one.row, outputs=held) for one, held in zip(done, places, strict=True)]


def _weight(source: Source) -> int:
    return source.size if source.data is None else max(source.size, len(source.data))


def _begin_anew(place: Place) -> None:
    """Keep the journal of the run before under another name."""
    try:
        if place.journal.exists():
            os.replace(place.journal, place.journal.with_suffix(".previous.ndjson"))
    except OSError as error:
        raise OutputError(str(place.journal), error.strerror or "") from error


def _lock(place: Place) -> IO[bytes]:
    """Keep other batches out of the folder for as long as this process lives. Raises InUse, OutputError."""
    path: Path = place.own / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "ab")  # noqa: SIM115 (closed by the caller)
    except OSError as error:
        raise OutputError(str(path), error.strerror or "") from error
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise InUse from error
    return file
