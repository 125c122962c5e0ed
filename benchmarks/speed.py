"""One document at a time: medians and their ratio to the floor, where the time goes, cold starts.

The floor is ``lxml.etree.fromstring`` and ``tostring`` of the same document, measured in the same run and in time of the
processor, so that a busy machine changes little.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from cdatk.pipeline import Toolkit
from cdatk.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
# design section 5: upper limits of the ratio to the floor
TARGETS = {"fhir without checks": 4.0, "fhir": 6.0, "fhir with schema": 6.0, "html": 10.0}
STARTS = {"--help": 7.0, "convert": 20.0}  # upper limits of the ratio to a bare start of Python


@dataclass(frozen=True)
class Document:
    name: str
    data: bytes


def corpus(limit: int | None = None) -> list[Document]:
    """Our samples, and the developers' shared documents where they are."""
    shared = Path(os.environ.get("CDATK_SHARED") or ROOT.parent / "shared") / "data" / "cda"
    folders = [ROOT / "samples"] + ([shared] if shared.is_dir() else [])
    paths = [path for folder in folders for path in sorted(folder.rglob("*.xml"))]
    documents = [Document(path.name, path.read_bytes()) for path in paths]
    toolkit = Toolkit(Settings())
    whole = [document for document in documents if toolkit.convert(document.data, "fhir").output is not None]
    return whole[:limit]


def single(documents: list[Document], rounds: int) -> dict[str, object]:
    """Median milliseconds and ratios to the floor, by document and over all of them."""
    toolkit, plain, whole = Toolkit(Settings()), Toolkit(Settings(checks=False)), Toolkit(Settings(schema_check=True))
    actions: dict[str, Callable[[bytes], object]] = {
        "floor": lambda data: etree.tostring(etree.fromstring(data)),
        "fhir without checks": lambda data: plain.convert(data, "fhir"),
        "fhir": lambda data: toolkit.convert(data, "fhir"),
        "fhir with schema": lambda data: whole.convert(data, "fhir"),
        "validate": toolkit.validate,
        "html": lambda data: toolkit.convert(data, "html"),
        "cda": lambda data: toolkit.convert(data, "cda"),
    }
    rows = []
    for document in documents:
        times: dict[str, list[float]] = {name: [] for name in actions}
        for name, action in actions.items():  # each by itself: a floor that finds other caches looks too slow
            for number in range(rounds + 1):
                started = time.process_time()
                action(document.data)
                if number:  # the first round warms
                    times[name].append((time.process_time() - started) * 1000)
        medians = {name: statistics.median(held) for name, held in times.items()}
        rows.append({"document": document.name, "bytes": len(document.data), **medians})
    ratios = {
        name: statistics.median(row[name] / row["floor"] for row in rows)  # type: ignore[operator]
        for name in actions
        if name != "floor"
    }
    return {"ratios": ratios, "targets": TARGETS, "rounds": rounds, "documents": rows}


def where(documents: list[Document], to: str) -> list[dict[str, object]]:
    """The functions in which a warm run spends its time, by their own part of it, the greatest first."""
    toolkit = Toolkit(Settings())
    for document in documents:
        toolkit.convert(document.data, to)
    profile = cProfile.Profile()
    profile.enable()
    for document in documents:
        toolkit.convert(document.data, to)
    profile.disable()
    stats = pstats.Stats(profile)
    total = sum(row[2] for row in stats.stats.values())  # type: ignore[attr-defined]
    rows = [
        {
            "function": f"{Path(file).relative_to(ROOT) if file.startswith(str(ROOT)) else Path(file).name}:{name}",
            "calls": calls,
            "own": own / total,
            "with_below": whole / total,
        }
        for (file, _, name), (_, calls, own, whole, _) in stats.stats.items()  # type: ignore[attr-defined]
    ]
    return sorted(rows, key=lambda row: -float(str(row["own"])))


STAGES = {
    "parse": "safe_xml.py:parse", "read": "read/__init__.py:read", "check": "check_document",
    "map": "mapping.py:map_codes", "translate": "translate.py:translate", "emit": "emit_",
}  # fmt: skip


def stages(functions: list[dict[str, object]]) -> dict[str, float]:
    """The part of each stage in the time of a warm run, as the profiler sees it (what ``where`` found)."""
    found = {}
    for stage, ending in STAGES.items():
        parts = [float(str(row["with_below"])) for row in functions if ending in str(row["function"])]
        found[stage] = max(parts, default=0.0)
    return found


def starts(rounds: int) -> dict[str, object]:
    """Median milliseconds of whole processes: bare Python, ``--help``, one conversion.

    With compiled modules, as pip leaves them: a checkout may be run where none are kept. ``cpu`` is time of the
    processor, which a busy machine changes less.
    """
    sample = sorted((ROOT / "samples").glob("*/*.xml"))[0]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "--help": [sys.executable, "-m", "cdatk", "--help"],
            "convert": [sys.executable, "-m", "cdatk", "convert", str(sample), "-o", f"{folder}/x.json"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        spent: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                started, before = time.perf_counter(), os.times()
                subprocess.run(command, env=environment, capture_output=True, check=False)
                after = os.times()
                if number:  # the first round compiles
                    times[name].append((time.perf_counter() - started) * 1000)
                    used = after.children_user - before.children_user + after.children_system - before.children_system
                    spent[name].append(used * 1000)
    medians = {name: statistics.median(held) for name, held in times.items()}
    ratios = {name: medians[name] / medians["python"] for name in STARTS}
    cpu = {name: statistics.median(held) for name, held in spent.items()}
    return {"ms": medians, "cpu": cpu, "ratios": ratios, "targets": STARTS}
