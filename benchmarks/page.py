"""How long the page takes, against the floor: parsing the same bytes with lxml and serialising them again.

For each document the floor, each stage and the whole are run in turn, ``--rounds`` times; the least of each counts, so
that other work on the machine disturbs little. Printed are the ratios of every document and their median.

    python benchmarks/page.py [FOLDER_OR_FILE...]      (default: the visible documents, else our samples)
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from lxml import etree

from cdatk import Toolkit
from cdatk.emit.html import HtmlEmitter

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = 10


def least(work: Callable[[], object], rounds: int) -> float:
    """Seconds of processor time of the fastest of some runs."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def floor(data: bytes) -> None:
    etree.tostring(etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True)))


def documents(named: list[str]) -> list[Path]:
    shared = Path(os.environ.get("CDATK_SHARED") or ROOT.parent / "shared") / "data" / "cda"
    places = [Path(name) for name in named] or ([shared] if shared.is_dir() else [ROOT / "samples"])
    return [path for place in places for path in (sorted(place.rglob("*.xml")) if place.is_dir() else [place])]


def main() -> int:
    options = argparse.ArgumentParser(description="The page against the floor.")
    options.add_argument("inputs", nargs="*", help="files or folders of documents")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--endurance", type=int, default=0, help="convert this many documents and print the memory")
    chosen = options.parse_args()
    toolkit, sheets = Toolkit(), HtmlEmitter()
    paths = documents(chosen.inputs)
    if chosen.endurance:
        return endurance(toolkit, paths, chosen.endurance)
    rows = []
    for path in paths:
        data = path.read_bytes()
        translated = toolkit.convert(data, "cda").output
        if translated is None:
            continue
        base = least(partial(floor, data), chosen.rounds)
        whole = least(partial(toolkit.convert, data, "html"), chosen.rounds) / base
        alone = least(partial(sheets.emit_html, translated, "fr", written_here=True), chosen.rounds) / base
        rows.append((whole, alone))
        print(f"{path.name:58} floor {base * 1e3:6.2f} ms, whole x{whole:5.1f}, sheets x{alone:5.1f}")
    whole = statistics.median(row[0] for row in rows)
    alone = statistics.median(row[1] for row in rows)
    print(f"median of {len(rows)}: whole x{whole:.1f} (asked: x{TARGET}), sheets alone x{alone:.1f}")
    return 0 if whole <= TARGET else 1


def endurance(toolkit: Toolkit, paths: list[Path], count: int) -> int:
    """The memory of one process over many documents."""
    data = [path.read_bytes() for path in paths]
    for number in range(count):
        toolkit.convert(data[number % len(data)], "html")
        if number in (0, 9, 99, 999, count - 1):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{number + 1} documents: {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
