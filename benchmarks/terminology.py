"""Measures of the terminology: import, opening, look-ups, translation of a document against its floor.

Run: `python benchmarks/terminology.py [shared folder]`; without the shared folder a workbook of the same size is made
on the spot. Prints one line a measure with the figure asked for.
"""

from __future__ import annotations

import copy
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

import cdatk
from cdatk.diagnostics import Report
from cdatk.settings import Settings
from cdatk.terminology.catalogue import Import, import_catalogues
from cdatk.terminology.content import Member, Version, Words
from cdatk.terminology.embedded import open_embedded
from cdatk.terminology.exporters.selection import Selection
from cdatk.terminology.exporters.workbook import workbook
from cdatk.terminology.lookup import Terminology

CONCEPTS = 36_549
CODES = 180
ROOT = Path(__file__).resolve().parent.parent


def made_up(folder: Path) -> Path:
    """A workbook of 36,549 codes in two languages."""
    version = Version(1, "2.999.1", "Made", "1", True, "current", None, None, 1, CONCEPTS, True)
    members = tuple(Member("2.999.2", f"C{n:05}", f"Concept number {n}", "", False, n) for n in range(CONCEPTS))
    words = {
        ("2.999.2", f"C{n:05}"): {
            tag: (Words("2.999.2", f"C{n:05}", tag, f"{name} {n}", True, "current", "", 1),)
            for tag, name in (("en-GB", "Concept number"), ("fr-FR", "Concept numéro"))
        }
        for n in range(CONCEPTS)
    }
    path = folder / "made.xlsx"
    path.write_bytes(workbook(Selection("made", "1", ((version, members),), words, (), {})))
    return path


def best(action: Callable[[], object], times: int = 5) -> float:
    """The shortest of several runs, in seconds of this process."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return min(taken)


def lookups(store: Path) -> float:
    """Uncached look-ups a second: a code with its concept, its status and dates, and all of its wordings."""
    with Terminology.open(store) as found:
        keys = found.rows(
            "SELECT s.oid, c.code FROM concept c JOIN code_system s ON s.id = c.system_id WHERE listed = 1"
        )
    taken = []
    for _ in range(3):
        with Terminology.open(store) as found:  # opened anew: nothing is cached
            start = time.process_time()  # what one process can do, whatever else the machine is doing
            for system, code in keys:
                found.designations(system, code)
            taken.append(time.process_time() - start)
    return len(keys) / min(taken)


def main(arguments: list[str]) -> int:
    """Print the figures; 1 where one is missed."""
    shared = Path(arguments[0]) if arguments else Path(os.environ.get("CDATK_SHARED", ROOT.parent / "shared"))
    real = shared / "data" / "terminology" / "xlsx" / "MTC_FR_2024-04.xlsx"
    missed = 0

    def say(what: str, figure: float, limit: float, unit: str, more: bool = False) -> None:
        nonlocal missed
        good = figure >= limit if more else figure <= limit
        missed += not good
        print(
            f"{what:<58} {figure:>12,.2f} {unit:<5} ({'>=' if more else '<='} {limit:,g}) {'ok' if good else 'MISSED'}"
        )

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = real if real.exists() else made_up(folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        open_embedded().close()  # built on first use, not by every import
        start = time.process_time()
        import_catalogues(folder / "store", [Import(path)], Report())
        say(f"import of {path.name}", time.process_time() - start, 60, "s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        say("  memory at its peak", max(peak, before) / 1024, 400, "MB")
        store = folder / "store"
        say("opening the store", 1000 * best(lambda: Terminology.open(store).close(), 20), 5, "ms")
        say("uncached look-ups a second", lookups(store), 50_000, "", more=True)
        document = with_codes(CODES)
        toolkit = cdatk.Toolkit(Settings(store=store))
        codes, taken = translation(toolkit, document)
        floor = best(lambda: etree.tostring(etree.fromstring(document)), 20)
        say(f"mapping and translating {codes} coded values, warm, x floor", taken / floor, 1, "x")
    return 1 if missed else 0


def with_codes(number: int) -> bytes:
    """A summary with at least this many coded values: the largest sample, its problems given again under other ids."""
    path = max((ROOT / "samples").glob("*/*-ps-l3-*.xml"), key=lambda found: found.stat().st_size)
    root = etree.fromstring(path.read_bytes())
    section = next(s for s in root.iter("{urn:hl7-org:v3}section") if s.find("{*}code").get("code") == "11450-4")
    entries = section.findall("{*}entry")
    while sum(1 for e in root.iter() if e.get("code") and e.get("codeSystem")) < number:
        section.extend([copy.deepcopy(entry) for entry in entries])
    return etree.tostring(root)


def translation(toolkit: cdatk.Toolkit, data: bytes) -> tuple[int, float]:
    """Coded values of a document, and the time mapping and translation take of it when warm."""
    from cdatk.pipeline import _profile_for
    from cdatk.read import read
    from cdatk.safe_xml import parse

    root = parse(data, toolkit.settings.limits, Report())
    assert root is not None
    profile = _profile_for(root)
    document = read(root, profile, Report(), False)
    mapper, translator = toolkit._mapper(profile), toolkit._translator

    def translate() -> None:
        translator.translate(document, mapper.map_codes(document, Report()), Report())

    return len(document.codes), best(translate, 20)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
