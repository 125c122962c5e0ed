"""A failure that has a sentence and an exit code.

The rule: raised for what the caller can mend (a file, a folder, the tables), never for a finding in a document.
"""

from __future__ import annotations

from cdatk.diagnostics import ExitCode


class Failure(Exception):
    """``key`` and ``values`` word it (``cdatk.cli.messages``), ``code`` is the exit code it calls for."""

    def __init__(self, code: ExitCode, key: str, **values: object) -> None:
        """Keep the exit code, the message's key and its values."""
        super().__init__(key)
        self.code = code
        self.key = key
        self.values = values
