"""Writes expectations from what the tool gives: for regression, never for what is right.

The rule: only what is generated is rewritten (see ``GENERATED``); facts of the bundle and texts of the page are
written by hand and stay as they are, with every comment.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cdatk.harness.compare import codes_of_findings, counts, described, sections, value_at
from cdatk.harness.expectation import Expectation, beside, load
from cdatk.harness.outcome import Outcome

GENERATED: Final = ("document", "sections", "kinds", "counts", "findings", "codes", "values")
_DOCUMENT: Final = ("code", "type", "level", "language", "country")
_COUNTS: Final = ("entries_in", "coded_in", "mapped", "translated", "untranslated", "unknown")
_KEY: Final = re.compile(r"^([A-Za-z_]+):", re.MULTILINE)


def update(sample: Path, outcome: Outcome, golden: tuple[str, ...] = ()) -> bool:
    """Write the expectations of a sample, new or as far as they changed; True when anything was written.

    ``golden``: formats whose whole output is to be kept beside the sample. Raises ExpectationError when the present
    file cannot be read, OSError when it cannot be written.
    """
    path = beside(sample)
    old = path.read_text("utf-8") if path.exists() else ""
    expected = load(path) if old else Expectation()
    files = dict(expected.golden) | {
        to: f"{sample.stem}.golden.{_suffix(to)}" for to in golden if to not in expected.golden
    }
    blocks = _blocks(expected, outcome, new=not old)
    if files != expected.golden:
        blocks["golden"] = _flow("golden", files)
    text = _replaced(old, expected, blocks) if old else "".join(blocks.values())
    written = _write(path, text.encode("utf-8")) if text != old else False
    for to, name in files.items():
        output = outcome.output(to)
        kept = sample.with_name(name)
        if output is not None and (not kept.exists() or kept.read_bytes() != output):
            written = _write(kept, output)
    return written


def _suffix(to: str) -> str:
    return {"fhir": "json", "html": "html", "cda": "xml"}[to]


def _blocks(expected: Expectation, outcome: Outcome, new: bool) -> dict[str, str]:
    """The lines of every generated key: all of them for a new file, else those that the file has."""
    names = dict.fromkeys(_DOCUMENT, "") if new else expected.document
    wanted = dict.fromkeys(_COUNTS, 0) if new else expected.counts
    blocks: dict[str, str] = {}
    if names:
        blocks["document"] = _flow("document", described(outcome, names))
    if new or expected.sections is not None:
        blocks["sections"] = _flow("sections", sections(outcome))
    if new or expected.kinds is not None:
        blocks["kinds"] = _flow("kinds", outcome.inspection.kinds)
    if wanted:
        blocks["counts"] = _flow("counts", counts(outcome, wanted))
    if new or expected.findings is not None:
        blocks["findings"] = f"findings: [{', '.join(codes_of_findings(outcome))}]\n"
    if new or expected.codes is not None:
        blocks["codes"] = _lines("codes", outcome.words)
    if expected.values.cda or expected.values.fhir:
        blocks["values"] = "values:\n" + "".join(
            f"  {to}:\n" + "".join(f"    {_quoted(p)}: {_value(value_at(outcome, to, p))}\n" for p in paths)
            for to, paths in (("cda", expected.values.cda), ("fhir", expected.values.fhir))
            if paths
        )
    return blocks


def _replaced(text: str, expected: Expectation, blocks: Mapping[str, str]) -> str:
    """The text with those blocks replaced whose content changed; new ones at the end."""
    starts = [(match.start(), match[1]) for match in _KEY.finditer(text)]
    pieces = [text[: starts[0][0]]] if starts else [text]
    done = set()
    for number, (start, name) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        held = text[start:end]
        same = name not in blocks or _same(name, held, blocks[name])
        pieces.append(held if same else blocks[name])
        done.add(name)
    return "".join(pieces) + "".join(block for name, block in blocks.items() if name not in done)


def _same(name: str, held: str, block: str) -> bool:
    """True when both say the same, in whatever order and spelling."""
    from cdatk.harness.expectation import parse

    before, after = parse(held, name), parse(block, name)
    if name == "findings":
        return {f if isinstance(f, str) else f.code for f in before.findings or []} == set(after.findings or [])
    return bool(getattr(before, name) == getattr(after, name))


def _flow(name: str, held: Mapping[str, object]) -> str:
    inside = ", ".join(
        f"{_quoted(key)}: {_quoted(value) if isinstance(value, str) else value}" for key, value in held.items()
    )
    return f"{name}: {{{inside}}}\n"


def _lines(name: str, held: Mapping[str, str]) -> str:
    if not held:
        return f"{name}: {{}}\n"
    return f"{name}:\n" + "".join(f"  {_quoted(key)}: {_quoted(value)}\n" for key, value in sorted(held.items()))


def _value(found: list[str]) -> str:
    return _quoted(found[0]) if len(found) == 1 else "[" + ", ".join(map(_quoted, found)) + "]"


def _quoted(text: str) -> str:
    """A YAML scalar: bare where it cannot be taken for anything else."""
    bare = re.fullmatch(r"[A-Za-z_][\w-]*", text) and text.lower() not in (
        "yes",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
        "y",
        "n",
    )
    return text if bare else json.dumps(text, ensure_ascii=False)


def _write(path: Path, data: bytes) -> bool:
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    temporary.write_bytes(data)
    os.replace(temporary, path)
    return True
