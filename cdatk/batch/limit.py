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
from collections.abc import Iterator
from multiprocessing import connection
from types import FrameType

ALARMS = hasattr(signal, "setitimer")


class TimeUp(Exception):
    """The time limit of a document is over."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp after ``seconds`` (0: never); end the process where that goes unheard, see ``hard_limit``."""
    if not seconds:
        yield
        return
    # Dumps nothing of interest: what counts is that it ends the process without needing the interpreter.
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(hard_limit(seconds), exit=True, file=nowhere)
        before = signal.signal(signal.SIGALRM, _raise) if ALARMS else None
        try:
            if ALARMS:
                signal.setitimer(signal.ITIMER_REAL, seconds)
            yield
        finally:
            if ALARMS:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
            faulthandler.cancel_dump_traceback_later()


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


def start_method() -> str:
    """``forkserver`` where it is safe: a fork of a process that loaded native libraries is not."""
    return "forkserver" if sys.platform == "linux" else "spawn"


def _raise(number: int, frame: FrameType | None) -> None:
    raise TimeUp
