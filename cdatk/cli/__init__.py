"""The command line: options in, exit code out.

The rule: thin. A command turns options into settings, calls the pipeline, and words what came of it; nothing heavy
is imported before it is used, so that ``cdatk --help`` is instant.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of the console script ``cdatk``."""
    from cdatk.cli.program import run

    sys.exit(run(sys.argv[1:], os.environ))
