"""Whole outputs kept beside a sample, and what differs from them.

The rule: a difference in a golden output is shown as the few lines or values that changed, never as two files.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cdatk.harness.difference import Difference, word
from cdatk.harness.outcome import Outcome, text_of

MOST: Final = 20  # differences shown of one output
MUCH: Final = 300  # characters of a text shown whole
NEAR: Final = 60  # characters shown around a difference in a longer one


def golden_differences(golden: dict[str, str], outcome: Outcome, folder: Path, language: str) -> Iterator[Difference]:
    """Differences between outputs and the files that ``golden`` names, relative to ``folder``."""
    for to, name in golden.items():
        output = outcome.output(to)
        try:
            kept = (folder / name).read_bytes()
        except OSError as error:
            yield Difference("golden", name, to, error.strerror)
            continue
        if output is None:
            yield Difference("golden", name, to, word("no-output", language))
        elif output != kept:
            yield from _changed(to, name, kept, output)


def _changed(to: str, name: str, kept: bytes, output: bytes) -> Iterator[Difference]:
    if to == "fhir":
        changes = list(json_changes(json.loads(kept), json.loads(output)))
    elif to == "html":
        changes = list(line_changes(text_of(kept.decode("utf-8")), text_of(output.decode("utf-8"))))
    else:
        changes = list(line_changes(kept.decode("utf-8"), output.decode("utf-8")))
    for place, before, after in changes[:MOST]:
        yield Difference("golden", f"{name} {place}".rstrip(), before, after)
    if not changes or len(changes) > MOST:
        yield Difference("golden", name, f"{len(kept)} bytes", f"{len(output)} bytes, {len(changes)} changes")


def json_changes(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, str | None, str | None]]:
    """(path, before, after) of every value that differs; None where there is none."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield from json_changes(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
            if old != new:
                yield from json_changes(old, new, f"{path}[{number}]")
    else:
        yield path, _brief(before), _brief(after)


def _brief(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)[:300]


def line_changes(before: str, after: str) -> Iterator[tuple[str, str | None, str | None]]:
    """(line number, before, after) of every run of lines that differs."""
    old, new = before.splitlines(), after.splitlines()
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            left, right = _around("\n".join(old[a:b]), "\n".join(new[c:d]))
            yield str(a + 1), left or None, right or None


def _around(old: str, new: str) -> tuple[str, str]:
    """Two texts cut to where they differ, when they are long (a whole document may stand on one line)."""
    shortest = min(len(old), len(new))
    start = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    rest = shortest - start
    end = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    return _cut(old, start, len(old) - end), _cut(new, start, len(new) - end)


def _cut(text: str, start: int, stop: int) -> str:
    """The part from ``start`` to ``stop`` with some of what stands around it."""
    if len(text) <= MUCH:
        return text
    first, last = max(0, start - NEAR), min(len(text), min(stop, start + MUCH) + NEAR)
    return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
