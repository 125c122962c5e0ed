"""Brings the numbers of `terminology/manifest.toml` up to date after a table was edited.

The ONE rule: only `rows` and `sha256` are rewritten; a file without a line in the manifest is an error, not a guess.

Run: `python -m cdatk.terminology.manifest [folder]`.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from cdatk import resources
from cdatk.terminology.rows import MANIFEST, TerminologyError
from cdatk.terminology.tables import parse_rows, read_manifest

_BLOCK = re.compile(r"(?=^\[\[table\]\]$)", re.MULTILINE)
_VALUE = re.compile(r'^(rows|sha256|path) = "?([^"\n]*)"?$', re.MULTILINE)


def refreshed(folder: Path) -> str:
    """The text of the manifest with the row counts and checksums of the files as they are now.

    Raises TerminologyError when a CSV file and the manifest do not name each other.
    """
    manifest = read_manifest(folder)
    listed = {table.path: table.kind for table in manifest.tables}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    if found != listed.keys():
        raise TerminologyError(f"{MANIFEST} and the folder differ: {sorted(found ^ listed.keys())}")
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    return "".join(_refresh(block, folder, listed) for block in _BLOCK.split(text))


def _refresh(block: str, folder: Path, kinds: dict[str, str]) -> str:
    path = dict(_VALUE.findall(block)).get("path")
    if path is None:
        return block
    content = (folder / path).read_bytes()
    rows = sum(1 for _ in parse_rows(path, kinds[path], content))
    block = re.sub(r"^rows = .*$", f"rows = {rows}", block, flags=re.MULTILINE)
    digest = hashlib.sha256(content).hexdigest()
    return re.sub(r"^sha256 = .*$", f'sha256 = "{digest}"', block, flags=re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Rewrite the manifest of the folder named (or of this checkout); returns 0."""
    folder = Path(arguments[0]) if arguments else resources.terminology_dir()
    text = refreshed(folder)
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
