"""``python -m benchmarks [-o FOLDER] [--quick] [--full] [--faults N] [--peers]``: measure everything; results.json, .md and .html."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import batch, faults, peers, plots, speed
from cdatk.version import VERSION


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks")
    reader.add_argument("-o", "--output", type=Path, default=Path("build/benchmarks"))
    reader.add_argument("--quick", action="store_true", help="a minute: few documents and rounds")
    reader.add_argument("--full", action="store_true", help="20,000 documents in the batch, 10,000 for memory")
    reader.add_argument("--faults", type=int, metavar="N", help="a batch of N documents that everything happens to")
    reader.add_argument("--peers", action="store_true", help="other converters beside ours; downloads them")
    asked = reader.parse_args()
    rounds = 3 if asked.quick else 9
    count = 200 if asked.quick else 20_000 if asked.full else 1_600
    held = 200 if asked.quick else 10_000 if asked.full else 3_000
    documents = speed.corpus(8 if asked.quick else None)
    results: dict[str, Any] = {
        "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "cdatk": VERSION},
        "load_before": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "single": speed.single(documents, rounds),
        "stages": {to: speed.stages(documents, to) for to in ("fhir", "html")},
        "where": {to: speed.where(documents, to) for to in ("fhir", "html")},
        "starts": speed.starts(rounds),
    }
    with tempfile.TemporaryDirectory() as folder:
        results["batch"] = batch.scaling(Path(folder), count)
        results["memory"] = [batch.memory(Path(folder), held, "fhir"), batch.memory(Path(folder), held // 10, "html")]
        if asked.faults:
            results["faults"] = faults.trial(Path(folder) / "faults", asked.faults)
    if asked.peers:
        results["peers"] = peers.measure(documents[:16], asked.output.parent / "peers")
    asked.output.mkdir(parents=True, exist_ok=True)
    (asked.output / "results.json").write_text(json.dumps(results, indent=1, default=str), "utf-8")
    page = "\n".join(lines(results)) + "\n"
    (asked.output / "results.md").write_text(page, "utf-8")
    (asked.output / "results.html").write_text(plots.page(results), "utf-8")
    print(page)


def lines(results: dict[str, Any]) -> list[str]:
    """The page, in Markdown."""
    single, starts, many = results["single"], results["starts"], results["batch"]
    out = [f"# cdatk {VERSION}: measures", "", f"{results['machine']}, load before: {results['load_before']}", ""]
    out += ["| what | measured | wanted |", "|---|---|---|"]
    for name, ratio in single["ratios"].items():
        wanted = f"≤ {single['targets'][name]:g}" if name in single["targets"] else "-"
        out.append(f"| one document to {name}, warm, ratio to the floor | {ratio:.1f} | {wanted} |")
    for name, ratio in starts["ratios"].items():
        said = f"{ratio:.1f} ({starts['ms'][name]:.0f} ms, {starts['cpu'][name]:.0f} ms of the processor)"
        out.append(f"| cold {name}, ratio to bare Python | {said} | ≤ {starts['targets'][name]:g} |")
    wanted = many["targets"]
    out.append(f"| two workers against one | {many['scaling']:.2f} | ≥ {wanted['scaling']:g} |")
    rate = many["documents_a_second"]["all-2"]
    out.append(f"| documents a second, two workers, generated documents | {rate:.0f} | - |")
    rate, kb = many["eight"]["documents_a_second"], ", ".join(str(size) for size in many["eight"]["kb"])
    floor = many["eight"]["floor_documents_a_second"]
    what = f"documents a second, two workers, eight documents of {kb} KB (floor on one processor: {floor:.0f})"
    out.append(f"| {what} | {rate:.0f} | ≥ {wanted['documents_a_second']:g} |")
    out.append(f"| rate on the whole set against a quarter of it | {many['growth']:.2f} | 1 |")
    out.append(f"| documents a second when resuming a finished run | {many['resume_documents_a_second']:.0f} | - |")
    for held in results["memory"]:
        growth = f"{held['growth']:.3f} (at most {held['largest_mb']:.0f} MB)"
        out.append(
            f"| memory over {held['documents']} documents, {held['to']} | {growth} | ≤ {wanted['memory_growth']:g} |"
        )
    out += ["", f"Documents of the batch: {many['documents']}, {many['mean_bytes'] / 1000:.0f} KB on average; "
            f"the floor does {many['floor_documents_a_second']:.0f} a second on one processor."]  # fmt: skip
    for to, parts in results["stages"].items():
        shares = ", ".join(f"{stage} {part:.0%}" for stage, part in parts.items())
        out += ["", f"## Where the time goes: {to}", "", f"By stage: {shares} (a profiler's view).", ""]
        out += ["| function | calls | own | with what it calls |", "|---|---|---|---|"]
        for row in results["where"][to]:
            out.append(f"| `{row['function']}` | {row['calls']} | {row['own']:.1%} | {row['with_below']:.1%} |")
    if "faults" in results:
        out += ["", "## Everything that can happen", "", f"```json\n{json.dumps(results['faults'], indent=1)}\n```"]
    if "peers" in results:
        out += ["", "## Other converters", "", *peers.lines(results["peers"])]
    out += ["", "## Single documents (ms)", "", "| document | KB | floor | fhir | validate | html | cda |"]
    out.append("|---|---|---|---|---|---|---|")
    for row in single["documents"]:
        figures = " | ".join(f"{row[name]:.2f}" for name in ("floor", "fhir", "validate", "html", "cda"))
        out.append(f"| {row['document']} | {row['bytes'] / 1000:.0f} | {figures} |")
    return out


if __name__ == "__main__":
    main()
