"""Why a pack of Schematron rules cannot be used.

The rule: ``fault`` is a word of the catalogue (``[words.fault]`` in ``diagnostics.toml``), ``detail`` names a file,
an id or an error code of the pack; nothing here speaks of a patient's document.
"""

from __future__ import annotations


class PackError(Exception):
    """A pack that cannot be read or compiled."""

    def __init__(self, fault: str, detail: str) -> None:
        """Keep the kind of fault and where it lies."""
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail
