"""How worker processes begin.

The rule: nothing is imported here but what starts a process, so that it can be called first of all: the server that
workers are forked from loads the modules of a conversion while its parent is still loading its own.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Final

# What every conversion loads; the last three are found out only in the middle of the first one.
_PRELOADED: Final = ["cdatk.batch.work", "cdatk.emit.fhir", "cdatk.emit.cda", "babel.dates", "platformdirs", "zoneinfo"]


def start_method() -> str:
    """``forkserver`` where it is safe: a fork of a process that loaded native libraries is not."""
    return "forkserver" if sys.platform == "linux" else "spawn"


def prepare() -> None:
    """Begin to start the server that workers are forked from, and do not wait for it. Again: nothing happens."""
    if start_method() == "forkserver":
        from multiprocessing import forkserver

        multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOADED)
        forkserver.ensure_running()
