"""Cost of the profile rules and of the terminology bindings, in floors.

    python benchmarks/validation.py FOLDER [FOLDER …]

The floor of a document is ``lxml.etree.fromstring`` and ``tostring`` of it; the figures are the medians over the
documents of the best of several warm runs. The rule: nothing is measured but our stages; the collector is off, so
that its pauses do not fall on whoever comes last. Without folders the samples of this checkout are measured.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from cdatk.diagnostics import Report
from cdatk.mapping import Mapper
from cdatk.pipeline import _profile_for
from cdatk.profiles import Profile
from cdatk.read import read
from cdatk.safe_xml import parse
from cdatk.settings import Limits
from cdatk.terminology.embedded import open_embedded
from cdatk.terminology.lookup import Terminology
from cdatk.validate import check_bindings, check_document, check_source

RUNS = 15
STAGES = ("floor", "parse and read", "rules", "mapping", "bindings")


def measure(data: bytes, terminology: Terminology, mappers: dict[tuple[str, str], Mapper]) -> dict[str, float] | None:
    """Seconds of each stage for one document, None when it cannot be read."""
    best = dict.fromkeys(STAGES, float("inf"))
    for _ in range(RUNS):
        report = Report()
        spent: dict[str, float] = {}
        timed(spent, "floor", lambda: etree.tostring(etree.fromstring(data)))
        started = time.perf_counter()
        root = parse(data, Limits(), report)
        if root is None or not check_source(root, report):
            return None
        profile = _profile_for(root)
        document = read(root, profile, report, False)
        spent["parse and read"] = time.perf_counter() - started
        timed(spent, "rules", lambda d=document, p=profile, r=report: check_document(d, p, r))
        mapper = mapper_of(profile, terminology, mappers)
        started = time.perf_counter()
        mapped = mapper.map_codes(document, report)
        spent["mapping"] = time.perf_counter() - started
        started = time.perf_counter()
        check_bindings(document, mapped, profile, terminology, report)
        spent["bindings"] = time.perf_counter() - started
        best = {stage: min(best[stage], spent[stage]) for stage in STAGES}
    return best


def timed(spent: dict[str, float], stage: str, action: Callable[[], object]) -> None:
    started = time.perf_counter()
    action()
    spent[stage] = time.perf_counter() - started


def mapper_of(profile: Profile, terminology: Terminology, mappers: dict[tuple[str, str], Mapper]) -> Mapper:
    key = profile.key, profile.country
    if key not in mappers:
        mappers[key] = Mapper(terminology, profile)
    return mappers[key]


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]] or [Path(__file__).resolve().parent.parent / "samples"]
    files = sorted(file for folder in folders for file in folder.rglob("*.xml"))
    mappers: dict[tuple[str, str], Mapper] = {}
    gc.disable()
    with open_embedded() as terminology:
        rows = [row for file in files if (row := measure(file.read_bytes(), terminology, mappers)) is not None]
    print(f"{len(rows)} documents, best of {RUNS} runs, medians")
    for stage in STAGES:
        milliseconds = statistics.median(row[stage] for row in rows) * 1000
        floors = statistics.median(row[stage] / row["floor"] for row in rows)
        print(f"{stage:15} {milliseconds:8.3f} ms {floors:6.2f} floors")
    both = statistics.median((row["rules"] + row["mapping"] + row["bindings"]) / row["floor"] for row in rows)
    print(f"rules, mapping and bindings together: {both:.2f} floors")


if __name__ == "__main__":
    main()
