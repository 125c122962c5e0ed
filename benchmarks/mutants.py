"""How many wrong rules the tests of the FHIR emitter notice.

usage: python benchmarks/mutants.py [--code-only] [-o FILE]

Each row of the mapping tables in maps.toml is made wrong in turn (a value changed, a list entry dropped), then each edit
of ``EDITS`` is made in a copy of the code; the tests of tests/emit/fhir have to fail every time. Not among the rows: the
atoms of UCUM and the fixed wordings. Prints the figure and what nothing noticed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = [f"tests/emit/fhir/test_fhir_{name}.py" for name in ("rules", "meaning", "values", "structure")]
LEFT_OUT = {"ucum", "words", "extension_base"}
F = "cdatk/emit/fhir/"
EDITS: tuple[tuple[str, str, str], ...] = (
    (F + "allergy.py", '"code": "refuted"', '"code": "confirmed"'),
    (F + "allergy.py", "item.absent is not None:\n        return concept(ctx, item.absent)", "item.absent is None:\n        return {}"),
    (F + "condition.py", 'if ctx.negated(item.statement):', "if False:"),
    (F + "condition.py", 'return "inactive"\n    if _abated', 'return "active"\n    if _abated'),
    (F + "medication.py", '"not-taken" if ctx.negated(main) else', ""),
    (F + "medication.py", 'node["doNotPerform"] = True', "pass"),
    (F + "immunization.py", '"not-done" if ctx.negated(main) else', ""),
    (F + "procedure.py", '"not-done" if ctx.negated(main) else', ""),
    (F + "observation.py", "ext.negate(ctx, node)", "pass"),
    (F + "observation.py", 'node["valueQuantity"] = quantity(ctx, value)', "pass"),
    (F + "context.py", "denied = negated or relation.negated or below", "denied = relation.negated or below"),
    (F + "context.py", "return None if id(value) in self._denials else value", "return value"),
    (F + "carry.py", "found.append(carried(ctx, _label(statement) + name, value))", "pass"),
    (F + "carry.py", "        if id(participation) not in claimed and (", "        if False and ("),
    (F + "dispatch.py", "link(ctx, main, emit_statement(ctx, statement))", "pass"),
    (F + "concepts.py", "_add_translations(ctx, coded, codings)", "pass"),
    (F + "concepts.py", "codings.append({**{k:", "[].append({**{k:"),
    (F + "primitives.py", 'f"{date}T{time}{zone}" if zone else date', 'f"{date}T{time}{zone or \'Z\'}"'),
    (F + "primitives.py", 'fraction = f".{found[3]}" if found[3] else ""', 'fraction = ""'),
    (F + "datatypes.py", 'node["code"] = unit', "pass"),
    (F + "datatypes.py", "    if low is not None and high is not None and not in_order", "    if False and not in_order"),
    (F + "sections.py", 'node["emptyReason"] = empty_reason(ctx.maps', 'node["emptyReason"] = empty_reason("nilknown") or (ctx.maps'),
    (F + "sections.py", 'if code not in present', "if False"),
    (F + "documents.py", "base64.b64encode(attachment.data)", "base64.b64encode(attachment.data[1:])"),
    (F + "narrative.py", "if name in DROPPED or not name:", "if not name:"),
    (F + "narrative.py", "if value.strip().lower().startswith(SAFE_LINKS):", "if True:"),
    (F + "timing.py", 'repeat["period"] = size', 'repeat["period"] = 1'),
    (F + "vitals.py", "return sorted(codes) == sorted(ctx.maps.blood_pressure.components)", "return False"),
    (F + "bundle.py", 'bundle["timestamp"] = moment', 'bundle["timestamp"] = NO_TIME'),
    (F + "story.py", 'tell.denial("refuted", main),', '"",'),
    (F + "hooks.py", "return _checked(hook(ctx, root), template)", "return []"),
)  # fmt: skip


def rows(table: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every row that can be made wrong, with a wrong value for it."""
    for key, value in table.items():
        here = (*path, key)
        if here[0] in LEFT_OUT:
            continue
        if isinstance(value, dict):
            yield from rows(value, here)
        elif isinstance(value, bool):
            yield here, not value
        elif isinstance(value, str):
            yield here, "mutant"
        else:
            for number in range(len(value)):
                yield (*here, value[number]), value[:number] + value[number + 1 :]


def patch(path: tuple[str, ...], value: Any, is_list: bool) -> dict[str, Any]:
    steps = path[:-1] if is_list else path
    node: Any = value
    for step in reversed(steps):
        node = {step: node}
    return dict(node)


def fails() -> bool:
    """True when a test fails; in this process, because starting one costs more than the tests."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return any(pytest.main(["-x", "-q", "-p", "no:cacheprovider", str(ROOT / test)]) != 0 for test in TESTS)


def row_mutants(folder: Path) -> tuple[int, list[str]]:
    table = tomllib.loads((ROOT / F / "maps.toml").read_text("utf-8"))
    missed: list[str] = []
    count = 0
    if fails():
        raise SystemExit("the tests fail without any mutant")
    for count, (path, value) in enumerate(rows(table), 1):
        file = folder / f"{count}.toml"
        file.write_text(_toml(patch(path, value, isinstance(value, list))), "utf-8")
        os.environ["CDATK_MUTANT"] = str(file)
        if not fails():
            missed.append("/".join(path))
        del os.environ["CDATK_MUTANT"]
    return count, missed


def _toml(node: dict[str, Any], path: str = "") -> str:
    """Nested tables with one value, as TOML (JSON strings and lists are TOML too)."""
    ((key, value),) = node.items()
    quoted = f"{path}{json.dumps(key)}"
    return _toml(value, quoted + ".") if isinstance(value, dict) else f"{quoted} = {json.dumps(value)}\n"


def code_mutants(folder: Path) -> tuple[int, list[str]]:
    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache", ".venv", "out"))
    missed: list[str] = []
    for name, old, new in EDITS:
        file = copy / name
        text = file.read_text("utf-8")
        if old not in text:
            raise SystemExit(f"{name} has changed: {old!r} is not there")
        file.write_text(text.replace(old, new), "utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "tests/emit/fhir"]
        done = subprocess.run(
            command, cwd=copy, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(copy)}
        )
        if done.returncode == 0:
            missed.append(f"{name}: {old}")
        file.write_text(text, "utf-8")
    return len(EDITS), missed


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--code-only", action="store_true")
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    os.chdir(ROOT)
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        if not chosen.code_only:
            count, missed = row_mutants(Path(name))
            result["rows"] = {"mutants": count, "noticed": count - len(missed), "missed": missed}
        count, missed = code_mutants(Path(name))
        result["code"] = {"mutants": count, "noticed": count - len(missed), "missed": missed}
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    if chosen.output:
        chosen.output.write_text(text, "utf-8")
    print(text, end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
