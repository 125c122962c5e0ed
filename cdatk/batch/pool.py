"""A pool of worker processes that survives the loss of any of them.

The rule: a chunk that was given to it comes back, whatever happens to the workers: chunks that were under way when a
worker died are tried again apart from the others and halved until the document that kills is alone.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Final

from cdatk.batch.files import OutputError
from cdatk.batch.limit import hard_limit
from cdatk.batch.starting import prepare, start_method
from cdatk.batch.work import Desk, Done, Order, Task, do_chunk, set_up
from cdatk.diagnostics import Report
from cdatk.terminology.rows import TerminologyError


class NoWorkers(Exception):
    """Processes of the pool end before they can do anything: it is not the documents."""


ENDING: Final = (OutputError, TerminologyError, FileNotFoundError)  # what a worker raises to end the run

Work = Callable[[Sequence[Task]], list[Done]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Documents that go to a worker together, and their number in the order of the inputs."""

    number: int
    tasks: tuple[Task, ...]


@dataclass(slots=True)
class Pool:
    """``workers`` processes with a desk each; ``do`` is what they do with a chunk."""

    order: Order
    workers: int
    do: Work = do_chunk
    losses: int = 0
    _executor: ProcessPoolExecutor | None = None
    _under_way: dict[Future[list[Done]], Chunk] = field(default_factory=dict)
    _others: frozenset[int | None] = field(default_factory=lambda: _children())

    def __len__(self) -> int:
        """Number of chunks under way."""
        return len(self._under_way)

    def give(self, chunk: Chunk) -> None:
        """Give a chunk to the next free worker."""
        try:
            self._under_way[self._ready().submit(self.do, chunk.tasks)] = chunk
        except BrokenProcessPool:  # a worker died while idle: what was under way is found by take()
            future: Future[list[Done]] = Future()
            future.set_exception(BrokenProcessPool())
            self._under_way[future] = chunk

    def take(self, seconds: float) -> Iterator[tuple[Chunk, list[Done]]]:
        """The chunks that were finished within ``seconds``.

        Raises what ends the run: OutputError, TerminologyError, FileNotFoundError (our own files are missing),
        NoWorkers.
        """
        finished, _ = wait(self._under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        lost: list[Chunk] = []
        broken = False
        for future in finished:
            chunk = self._under_way.pop(future)
            error = future.exception()
            if error is None:
                yield chunk, future.result()
            elif isinstance(error, ENDING):
                raise error
            elif isinstance(error, BrokenProcessPool):
                broken = True
                lost.append(chunk)
            else:
                yield chunk, self._one_by_one(chunk.tasks)
        if broken:
            lost += self._abandon()
        for chunk in sorted(lost, key=lambda c: c.number):
            yield chunk, self._apart(chunk.tasks)

    def close(self) -> None:
        """Let the workers go; what is under way is finished first."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def kill(self) -> None:
        """End the workers at once; what was under way is lost."""
        for child in multiprocessing.active_children():
            if child.pid not in self._others:
                child.kill()
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None
        self._under_way.clear()

    def _ready(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = _new_pool(self.order, self.workers)
        return self._executor

    def _abandon(self) -> list[Chunk]:
        """Let a broken pool go; the chunks that were under way, those without a result."""
        self.losses += 1
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None
        chunks = list(self._under_way.values())
        self._under_way.clear()
        return chunks

    def _one_by_one(self, tasks: Sequence[Task]) -> list[Done]:
        """Do documents one at a time, one of which a fault of the program stopped: the workers live on."""
        done: list[Done] = []
        futures = [self._ready().submit(self.do, [task]) for task in tasks]
        for task, future in zip(tasks, futures, strict=True):
            error = future.exception()
            if error is None:
                done += future.result()
            elif isinstance(error, ENDING):
                raise error
            elif isinstance(error, BrokenProcessPool):
                done += self._apart([task])
            else:
                done.append(self._give_up(task, error, 0.0))
        return done

    def _apart(self, tasks: Sequence[Task]) -> list[Done]:
        """Do documents in a process of their own; halve them as long as they fail."""
        tries = 2 if len(tasks) == 1 else 1  # a worker may have been ended from outside: a document gets two
        error: BaseException | None = None
        seconds = 0.0
        for _ in range(tries):
            started = time.monotonic()
            with _new_pool(self.order, 1) as executor:
                future = executor.submit(self.do, tasks)
                error = future.exception()
                if error is None:
                    return future.result()
                if isinstance(error, ENDING):
                    raise error
            seconds = time.monotonic() - started
            self.losses += isinstance(error, BrokenProcessPool)
        if len(tasks) > 1:
            middle = len(tasks) // 2
            return self._apart(tasks[:middle]) + self._apart(tasks[middle:])
        return [self._give_up(tasks[0], error, seconds)]

    def _give_up(self, task: Task, error: BaseException | None, seconds: float) -> Done:
        """Put a document aside, saying why as far as that can be known from outside."""
        report = Report()
        limit = self.order.seconds
        if isinstance(error, BrokenProcessPool):
            self._look_for_life()
        if not isinstance(error, BrokenProcessPool):
            report.add("BAT-004", kind=type(error).__name__)
        elif limit and seconds >= hard_limit(limit):
            report.add("BAT-002", seconds=f"{limit:g}")
        else:
            report.add("BAT-001")
        return Desk(self.order).give_up(task.source, report)

    def _look_for_life(self) -> None:
        """Raise NoWorkers when a new process cannot even say its number."""
        with _new_pool(self.order, 1) as executor:
            error = executor.submit(os.getpid).exception()
        if error is not None:
            raise NoWorkers from error


def _new_pool(order: Order, workers: int) -> ProcessPoolExecutor:
    prepare()
    context = multiprocessing.get_context(start_method())
    return ProcessPoolExecutor(workers, mp_context=context, initializer=set_up, initargs=(order,))


def _children() -> frozenset[int | None]:
    """Processes that this one already has, which are none of ours."""
    return frozenset(child.pid for child in multiprocessing.active_children())
