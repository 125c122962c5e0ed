"""Work for a pool that goes wrong where the name of a document says so; runs in the workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from cdatk.batch.limit import time_limit
from cdatk.batch.work import Done, Task, do_chunk


def do_poisoned(tasks: Sequence[Task]) -> list[Done]:
    for task in tasks:
        path = Path(task.source.path)
        if "kill" in path.name:
            os.kill(os.getpid(), signal.SIGKILL)
        if "once" in path.name and not path.with_suffix(".seen").exists():
            path.with_suffix(".seen").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if "fault" in path.name:
            raise ZeroDivisionError
        if "hang" in path.name:  # native code that lets no signal through
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            with time_limit(0.2):
                time.sleep(60)
    return do_chunk(tasks)


def do_slowly(tasks: Sequence[Task]) -> list[Done]:
    time.sleep(0.3)
    return do_chunk(tasks)


def do_and_change(tasks: Sequence[Task]) -> list[Done]:
    """Convert; then documents change whose name says so."""
    done = do_chunk(tasks)
    for task in tasks:
        path = Path(task.source.path)
        if "change" in path.name:
            path.write_bytes(path.read_bytes().replace(b"<title>", b"<title>New: ", 1))
    return done


def die_at_start(order: object) -> None:
    os._exit(3)
