"""Cost of the schema, the profile rules and the terminology bindings, in floors.

    python benchmarks/validation.py FOLDER [FOLDER …]

The floor of a document is ``lxml.etree.fromstring`` and ``tostring`` of it; the figures are the medians over the
documents of the best of several warm runs. The target: schema, rules and bindings together cost at most two floors;
what mapping adds, which the bindings rest on and which every conversion pays too, is shown beside it. Fails when the
target is missed. The rule: nothing is measured but our stages; the collector is off, so that its pauses do not fall
on whoever comes last. Without folders the samples of this checkout are measured.
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
from cdatk.validate.schema import SchemaCheck

RUNS = 15
STAGES = ("floor", "parse and read", "schema", "rules", "mapping", "bindings")
CHECKS = ("schema", "rules", "bindings")
TARGET = 2.0  # floors


def measure(
    data: bytes, schema: SchemaCheck, terminology: Terminology, mappers: dict[tuple[str, str], Mapper]
) -> dict[str, float] | None:
    """Seconds of each stage for one document, None when it cannot be read."""
    best = dict.fromkeys(STAGES, float("inf"))
    for _ in range(RUNS):
        report = Report()
        spent: dict[str, float] = {}
        for _ in range(2):  # the second one counts: it finds the caches as a stage finds them, full of this document
            timed(spent, "floor", lambda: etree.tostring(etree.fromstring(data)))
        started = time.perf_counter()
        root = parse(data, Limits(), report)
        if root is None or not check_source(root, report):
            return None
        profile = _profile_for(root)
        document = read(root, profile, report, False)
        spent["parse and read"] = time.perf_counter() - started
        timed(spent, "schema", lambda x=root, r=report: schema.check(x, r))
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


def main() -> int:
    """Measure; 1 when the checks cost more than their target."""
    folders = [Path(name) for name in sys.argv[1:]] or [Path(__file__).resolve().parent.parent / "samples"]
    files = sorted(file for folder in folders for file in folder.rglob("*.xml"))
    mappers: dict[tuple[str, str], Mapper] = {}
    gc.disable()
    with open_embedded() as terminology:
        schema = SchemaCheck()
        read_files = (file.read_bytes() for file in files)
        rows = [row for data in read_files if (row := measure(data, schema, terminology, mappers)) is not None]
    print(f"{len(rows)} documents, best of {RUNS} runs, medians")
    for stage in STAGES:
        milliseconds = statistics.median(row[stage] for row in rows) * 1000
        floors = statistics.median(row[stage] / row["floor"] for row in rows)
        print(f"{stage:15} {milliseconds:8.3f} ms {floors:6.2f} floors")
    checks = statistics.median(sum(row[stage] for stage in CHECKS) / row["floor"] for row in rows)
    mapped = statistics.median(sum(row[stage] for stage in (*CHECKS, "mapping")) / row["floor"] for row in rows)
    print(f"schema, rules and bindings: {checks:.2f} floors (target {TARGET:.1f}); with mapping {mapped:.2f}")
    return int(checks > TARGET)


if __name__ == "__main__":
    sys.exit(main())
