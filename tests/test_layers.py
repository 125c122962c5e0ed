"""The structure defends itself: who may import whom, which library lives where, how long a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# From the top down; a module imports from lower rows only, never from its own row. "" is cdatk/__init__.py, the API.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("gateway", "web", "batch", "harness", ""),
    ("pipeline",),
    ("read", "validate", "mapping", "translate", "emit", "transport", "reporters"),
    ("facts", "wording"),
    ("profiles", "terminology"),
    ("model",),
    ("safe_xml",),
    ("diagnostics",),
    ("archives", "settings", "resources", "oids", "version"),
)
LIBRARIES: dict[str, tuple[str, ...]] = {
    "lxml": (
        "safe_xml",
        "read",
        "validate",
        "emit.cda",
        "emit.fhir",
        "emit.html",
        "terminology.importers",
        "harness.paths",
    ),
    "saxonche": ("emit.html", "validate.schematron"),
    "click": ("cli",),
    "babel": ("wording", "translate", "emit", "reporters"),
    "sqlite3": ("terminology",),
    "pypdfium2": ("read",),
    "pikepdf": ("validate.attachments",),
    "httpx": ("transport",),
    "starlette": ("gateway", "web"),
    "uvicorn": ("gateway", "web"),
    "pyspark": ("batch",),
}
LONGEST_FILE, LONGEST_FUNCTION = 350, 40
DEBT: dict[str, int] = {}  # "file" or "file:function" -> lines; may only shrink
PACKAGE = Path(__file__).resolve().parent.parent / "cdatk"
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Dotted name from ``cdatk`` on, for instance ``emit.cda``; "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names that a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the layer"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def level(top: str) -> int:
    """Row of a module; a new one has to be given its place."""
    found = [number for number, row in enumerate(LAYERS) if top in row]
    assert found, f"cdatk/{top} has no layer: give it one in tests/test_layers.py"
    return found[0]


def test_the_walk_finds_the_package() -> None:
    assert {"", "pipeline", "safe_xml", "model.document"} <= {name_of(path) for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    own = name_of(path).partition(".")[0]
    for imported in imports(ast.parse(path.read_text("utf-8"))):
        package, _, rest = imported.partition(".")
        target = rest.partition(".")[0]
        if package != "cdatk" or target == own:
            continue
        if target and not (PACKAGE / target).is_dir() and not (PACKAGE / f"{target}.py").is_file():
            target = ""
        assert level(target) > level(own), f"{own or 'cdatk'} may not import {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_libraries_stay_in_their_place(path: Path) -> None:
    name = name_of(path)
    for imported in imports(ast.parse(path.read_text("utf-8"))):
        places = LIBRARIES.get(imported.partition(".")[0])
        allowed = places is None or any(name == place or name.startswith(f"{place}.") for place in places)
        assert allowed, f"{name} may not import {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_says_its_rule(path: Path) -> None:
    assert "rule" in (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").lower()


def lengths() -> Iterator[tuple[str, int, int]]:
    for path in MODULES:
        text = path.read_text("utf-8")
        where = path.relative_to(PACKAGE).as_posix()
        yield where, text.count("\n"), LONGEST_FILE
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{where}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1, LONGEST_FUNCTION


def test_files_and_functions_stay_small() -> None:
    too_long = {where: lines for where, lines, limit in lengths() if lines > limit}
    grown = {where: lines for where, lines in too_long.items() if lines > DEBT.get(where, 0)}
    assert not grown, "split these"
    assert not DEBT.keys() - too_long.keys(), "paid back: take these out of DEBT"
