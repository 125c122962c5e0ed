"""How long a worker may work on a document, and how long it lives.

The rule: a worker never outlives the process that started it, and never stays in a document for ever: an exception
first, and where native code does not let it through, the end of the process.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import connection
from types import FrameType
from typing import IO, Final

ALARMS: Final = hasattr(signal, "setitimer")
MEASURED: Final = sys.platform == "linux"
_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if MEASURED else 0


class TimeUp(Exception):
    """The time limit of a document is over."""


@dataclass(slots=True)
class Guard:
    """The time limit of documents, ``seconds`` each (0: none).

    TimeUp first; where that goes unheard, the end of the process between once and twice ``hard_limit`` after the
    document began. This last resort stays armed from one document to the next while ``on_duty``: to arm it starts a
    thread, which for every small document would cost a third of its conversion.
    """

    seconds: float
    _nowhere: IO[str] | None = None
    _until: float = 0.0

    @contextlib.contextmanager
    def on_duty(self) -> Iterator[None]:
        """Be ready for documents; not while waiting for some, which may last."""
        if not self.seconds or self._nowhere is not None:
            yield
            return
        # Dumps nothing of interest: what counts is that it ends the process without needing the interpreter.
        with open(os.devnull, "w") as self._nowhere:
            before = signal.signal(signal.SIGALRM, _raise) if ALARMS else None
            try:
                yield
            finally:
                faulthandler.cancel_dump_traceback_later()
                if ALARMS:
                    signal.signal(signal.SIGALRM, before)
                self._nowhere, self._until = None, 0.0

    @contextlib.contextmanager
    def document(self) -> Iterator[None]:
        """Raise TimeUp when the limit is over before the block ends."""
        if not self.seconds or self._nowhere is None:
            yield
            return
        most = hard_limit(self.seconds)
        now = time.monotonic()
        if self._until < now + most:
            faulthandler.dump_traceback_later(2 * most, exit=True, file=self._nowhere)
            self._until = now + 2 * most
        try:
            if ALARMS:
                signal.setitimer(signal.ITIMER_REAL, self.seconds)
            yield
        finally:
            if ALARMS:
                signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """The limit for one document alone."""
    guard = Guard(seconds)
    with guard.on_duty(), guard.document():
        yield


@contextlib.contextmanager
def memory_limit(megabytes: int) -> Iterator[None]:
    """Raise MemoryError where a document takes more than so many MB on top of what the process holds (0: no limit).

    Linux only. The limit is on writable memory (RLIMIT_DATA) and not on addresses: Saxon reserves 33 GB of these.
    """
    if not megabytes or not MEASURED:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _held() + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _held() -> int:
    """Bytes of writable memory of this process."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[5]) * _PAGE


def hard_limit(seconds: float) -> float:
    """When a process that does not hear the time limit is ended."""
    return seconds * 1.5 + 1


def leave_interrupts_to_parent() -> None:
    """Ctrl-C reaches every process of the terminal: what follows from it is the parent's decision."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def live_no_longer_than_parent() -> None:
    """End this process when the one that started the pool has gone: it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        connection.wait([sentinel])
        os._exit(70)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def _raise(number: int, frame: FrameType | None) -> None:
    raise TimeUp
