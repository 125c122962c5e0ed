"""Documents and what a batch left of them, for the tests of batches."""

from __future__ import annotations

from pathlib import Path

from cdatk.batch.journal import Journal, Row
from cdatk.harness import generator

REQUIRED = tuple(key for key, section in generator.SECTIONS.items() if section.required)
SMALL = generator.Wish(seed=7, sizes=("small",), sections=REQUIRED)


def fill(folder: Path, count: int, wish: generator.Wish = SMALL) -> list[Path]:
    """Documents in two folders below ``folder``."""
    paths = []
    for sample in generator.make_many(wish, count):
        path = folder / f"{sample.number % 2}" / f"{sample.name}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.data)
        paths.append(path)
    return paths


def rows(out: Path) -> dict[str, Row]:
    journal = Journal(out / "_batch" / "journal.ndjson")
    try:
        return {row.input: row for row in journal.rows()}
    finally:
        journal.close()


def tree(out: Path) -> dict[str, bytes]:
    """Every output, without what the batch keeps for itself."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and "_batch" not in path.relative_to(out).parts
    }
