"""Bytes to FHIR bytes: medians, ratios to the floor, per stage, beside the figures of other converters.

usage: python benchmarks/fhir.py [--rounds N] [-o FILE] [FOLDER_OR_FILE...]    (default: our samples and ../shared)

The floor is ``lxml.etree.fromstring`` + ``tostring`` of the same document in the same round. A ratio is that of the best
times of a document; the figure is the median over the documents. ``total`` is a whole conversion without the profile
checks ("validation off" of the design), ``convert`` is ``Toolkit.convert`` as a caller gets it. All are timed alike: right
after a run of the same kind over the same document, because a floor that finds the processor's caches full of something
else takes a third longer, and every ratio to it looks a quarter better than it is.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import cdatk  # noqa: E402
from cdatk import pipeline  # noqa: E402
from cdatk.diagnostics import Report  # noqa: E402
from cdatk.emit import emit_fhir  # noqa: E402
from cdatk.facts import say_unaccounted  # noqa: E402
from cdatk.read import read  # noqa: E402
from cdatk.safe_xml import parse  # noqa: E402
from cdatk.validate import check_document, check_source  # noqa: E402

TARGET = 4.0
# Ratios to the same floor, measured on 2026-11-22 on two shared cores (peers.md of the project's shared reference): HL7
# CCD, eHDSI 54 kB, eHDSI 166 kB, eHDSI 379 kB; and how many of the entries of the eHDSI documents come out (14, 38, 306).
PEERS: dict[str, dict[str, Any]] = {
    "HealthChain": {"ms": [10.3, 6.2, 16.3, 93.0], "entries": [6, 7, 46]},
    "Medplum": {"ms": [19.0, 7.1, 17.2, 51.5], "entries": [3, 20, 1]},
    "kundan": {"ms": [20.6, 4.5, 15.5, 53.0], "entries": [0, 0, 0]},
    "cosyte": {"ms": [24.0, 6.1, 19.9, 88.0], "entries": [0, 0, 0]},
    "python-fhir-converter": {"ms": [56.0, 11.5, 31.5, 120.0], "entries": [0, 0, 0]},
    "ccda-to-fhir": {"ms": [109.0, 30.0, 89.0, 182.0], "entries": [0, 0, 0]},
    "MS FHIR-Converter (Node)": {"ms": [111.0, 28.8, 106.0, 333.0], "entries": [0, 0, 0]},
    "Metriport": {"ms": [691.0, 56.5, 329.0, 560.0], "entries": [0, 0, 0]},
}
PEERS_FLOOR = [1.91, 0.48, 1.78, 5.57]


def documents(places: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for place in places:
        found.extend(sorted(place.rglob("*.xml")) if place.is_dir() else [place])
    return found


def stages(toolkit: cdatk.Toolkit, data: bytes) -> dict[str, float]:
    """Seconds of each stage of one conversion; the stages are those of ``pipeline.py``, called in its order."""
    clock, report, taken = time.perf_counter, Report(), {}

    def timed(name: str, action: Callable[[], Any]) -> Any:
        start = clock()
        result = action()
        taken[name] = clock() - start
        return result

    root = timed("parse", lambda: parse(data, toolkit.settings.limits, report))
    profile = timed("profile", lambda: pipeline._profile_for(root))
    document = timed("read", lambda: read(root, profile, report, False))
    timed("checks", lambda: (check_source(root, report), check_document(document, profile, report)))
    mapped = timed("map", lambda: toolkit._mapper(profile).map_codes(document, report))
    translation = timed("translate", lambda: toolkit._translator.translate(document, mapped, report))
    run = timed("run", lambda: toolkit._run(data, profile))
    output = timed("emit", lambda: emit_fhir(document, translation, run, report))

    def account() -> None:
        say_unaccounted(document, output, report)
        toolkit._facts(pipeline._Understood(document, profile, translation), output, report)

    timed("account", account)
    return taken


def _warm(action: Callable[[bytes], Any], data: bytes) -> float:
    """Seconds of a run right after another."""
    action(data)
    start = time.perf_counter()
    action(data)
    return time.perf_counter() - start


def measure(paths: list[Path], rounds: int) -> dict[str, Any]:
    toolkit, plain = cdatk.Toolkit(), cdatk.Toolkit(cdatk.Settings(checks=False))
    data = {path: path.read_bytes() for path in paths}
    paths = [path for path in paths if toolkit.convert(data[path], "fhir").output is not None]
    best: dict[Path, dict[str, float]] = {path: {} for path in paths}
    for _ in range(rounds):
        for path in paths:
            taken = {"floor": _warm(lambda d: etree.tostring(etree.fromstring(d)), data[path])}
            taken["total"] = _warm(lambda d: plain.convert(d, "fhir"), data[path])
            taken["convert"] = _warm(lambda d: toolkit.convert(d, "fhir"), data[path])
            taken = stages(toolkit, data[path]) | taken
            held = best[path]
            for name, seconds in taken.items():
                held[name] = min(seconds, held.get(name, seconds))
    rows = {p.name: {k: round(1000 * s, 3) for k, s in b.items()} for p, b in best.items()}
    names = [name for name in next(iter(best.values())) if name != "floor"]
    ratios = {n: round(statistics.median(b[n] / b["floor"] for b in best.values()), 2) for n in names}
    return {
        "documents": len(paths),
        "rounds": rounds,
        "floor_ms": round(statistics.median(1000 * b["floor"] for b in best.values()), 3),
        "ratio": ratios,
        "target": TARGET,
        "reached": ratios["total"] <= TARGET,
        "peers": {
            name: {
                "ratio": [round(m / f, 1) for m, f in zip(p["ms"], PEERS_FLOOR, strict=True)],
                "entries": p["entries"],
            }
            for name, p in PEERS.items()
        },
        "milliseconds": rows,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("places", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    shared = ROOT.parent / "shared" / "data" / "cda" / "patient-summary"
    places = chosen.places or [shared if shared.is_dir() else ROOT / "samples"]
    result = measure(documents(places), chosen.rounds)
    if chosen.output:
        chosen.output.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"{result['documents']} documents, floor {result['floor_ms']} ms (median)")
    for name, ratio in result["ratio"].items():
        print(f"  {name:10} {ratio:6.2f} x floor")
    print(f"target {TARGET} x floor: {'reached' if result['reached'] else 'NOT reached'}")
    print("others (HL7 CCD, eHDSI 54, 166, 379 kB; entries out of 14, 38, 306):")
    for name, peer in result["peers"].items():
        print(f"  {name:26} {peer['ratio']}  entries {peer['entries']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
