"""Baselines: findings that are known and accepted, by document, code and place.

The rule: a baseline names findings one by one, never a code as a whole; nothing about the patient stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

import msgspec

from cdatk.reporters.judged import Judged

BASELINE_SCHEMA: Final = "cdatk.baseline/1"


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One accepted finding; ``document`` is the name of the file without its folder."""

    document: str
    code: str
    path: str = ""


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A baseline file."""

    schema: str
    accepted: tuple[Known, ...] = ()

    def of(self, source: str) -> frozenset[tuple[str, str]]:
        """Codes and places that are accepted in a document."""
        name = PurePath(source).name
        return frozenset((known.code, known.path) for known in self.accepted if known.document == name)


def read_baseline(data: bytes) -> Baseline:
    """The baseline in a file. Raises ValueError when it is none."""
    try:
        baseline = msgspec.json.decode(data, type=Baseline)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    if baseline.schema != BASELINE_SCHEMA:
        raise ValueError(f"schema {baseline.schema!r}, expected {BASELINE_SCHEMA!r}")
    return baseline


def baseline_of(documents: Iterable[Judged]) -> bytes:
    """A baseline that accepts every finding on these documents, except fatal ones."""
    known = {
        (PurePath(document.source).name, judgement.code, judgement.path)
        for document in documents
        for judgement in document.judgements
        if judgement.severity.value != "fatal"
    }
    baseline = Baseline(BASELINE_SCHEMA, tuple(Known(*row) for row in sorted(known)))
    return msgspec.json.format(msgspec.json.encode(baseline), indent=2) + b"\n"
