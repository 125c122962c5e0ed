"""The program starts quickly and alone: real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("lxml", "pydantic", "saxonche", "msgspec", "babel", "pypdfium2", "xmlschema", "sqlite3")
SAY_LOADED = f"""
import sys
sys.argv = ["cdatk", *{{arguments!r}}]
from cdatk.cli import main
try:
    main()
except SystemExit:
    pass
print("loaded:", *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""


def python(root: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    environment = {"PYTHONPATH": str(root), "PATH": "", "LC_ALL": "C.UTF-8"}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, *arguments], capture_output=True, env=environment, timeout=60, check=False, **options
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], ["explain", "XML-003"], ["--bad"], ["bad"]])
def test_nothing_heavy_is_loaded(arguments: list[str], root: Path) -> None:
    ended = python(root, "-c", SAY_LOADED.format(arguments=arguments))
    assert ended.stderr.decode().splitlines()[-1] == "loaded:"


def test_import_costs_nothing_heavy(root: Path) -> None:
    ended = python(root, "-c", f"import sys, cdatk; print([n for n in {HEAVY!r} if n in sys.modules])")
    assert ended.stdout.strip() == b"[]"


def test_as_a_module(root: Path) -> None:
    from cdatk.version import VERSION

    ended = python(root, "-m", "cdatk", "--version")
    assert (ended.returncode, ended.stdout.decode().strip()) == (0, f"cdatk {VERSION}")


def test_exit_code_reaches_the_shell(root: Path, tmp_path: Path) -> None:
    ended = python(root, "-m", "cdatk", "convert", "missing.xml", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (3, b"")
    assert b"missing.xml" in ended.stderr and b"Traceback" not in ended.stderr


def test_standard_input_to_standard_output(root: Path, tmp_path: Path) -> None:
    ended = python(root, "-m", "cdatk", "validate", "-", "--format", "json", cwd=tmp_path, input=b"not xml")
    assert ended.returncode == 3
    assert b'"XML-006"' in ended.stdout
