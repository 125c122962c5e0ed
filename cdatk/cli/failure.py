"""A failure that has a sentence and an exit code.

The rule: raised for what the caller can mend (a file, a folder, the tables), never for a finding in a document.
"""

from __future__ import annotations

from cdatk.diagnostics import Diagnostic, ExitCode


class Failure(Exception):
    """``key`` and ``values`` word it (``cdatk.cli.messages``), ``code`` is the exit code it calls for."""

    def __init__(self, code: ExitCode, key: str, **values: object) -> None:
        """Keep the exit code, the message's key and its values."""
        super().__init__(key)
        self.code = code
        self.key = key
        self.values = values

    def said(self, language: str) -> dict[str, object]:
        """The values; a finding among them is given as its code, its text and what to do about it."""
        finding = self.values.get("finding")
        if not isinstance(finding, Diagnostic):
            return self.values
        return {"code": finding.code, "text": finding.text(language), "hint": finding.hint(language)}
