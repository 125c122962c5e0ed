"""The results as a page in Markdown: what was measured beside what is wanted."""

from __future__ import annotations

import json
from typing import Any

from benchmarks import peers
from benchmarks.batch import MEMORY
from cdatk.version import VERSION

COLUMNS = ("floor", "fhir without checks", "fhir", "fhir with schema", "validate", "html", "cda")


def lines(results: dict[str, Any]) -> list[str]:
    """The page."""
    out = [f"# cdatk {VERSION}: measures", "", f"{results['machine']}, load before: {results['load_before']}", ""]
    out += ["| what | measured | wanted |", "|---|---|---|"]
    out += [*_single(results), *_batch(results["batch"]), *_memory(results["memory"]), *_spark(results["spark"])]
    many = results["batch"]
    out += ["", f"Documents of the batch: {many['documents']}, {many['mean_bytes'] / 1000:.0f} KB on average; "
            f"the floor does {many['floor_documents_a_second']:.0f} a second on one processor."]  # fmt: skip
    out += _where(results)
    if "faults" in results:
        out += ["", "## Everything that can happen", "", f"```json\n{json.dumps(results['faults'], indent=1)}\n```"]
    if "peers" in results:
        out += ["", "## Other converters", "", *peers.lines(results["peers"])]
    out += ["", "## Single documents (ms)", "", f"| document | KB | {' | '.join(COLUMNS)} |"]
    out.append("|---" * (len(COLUMNS) + 2) + "|")
    for row in results["single"]["documents"]:
        figures = " | ".join(f"{row[name]:.2f}" for name in COLUMNS)
        out.append(f"| {row['document']} | {row['bytes'] / 1000:.0f} | {figures} |")
    return out


def _single(results: dict[str, Any]) -> list[str]:
    single, starts = results["single"], results["starts"]
    out = []
    for name, ratio in single["ratios"].items():
        wanted = f"≤ {single['targets'][name]:g}" if name in single["targets"] else "-"
        out.append(f"| one document to {name}, warm, ratio to the floor | {ratio:.1f} | {wanted} |")
    for name, ratio in starts["ratios"].items():
        said = f"{ratio:.1f} ({starts['ms'][name]:.0f} ms, {starts['cpu'][name]:.0f} ms of the processor)"
        out.append(f"| cold {name}, ratio to bare Python | {said} | ≤ {starts['targets'][name]:g} |")
    return out


def _batch(many: dict[str, Any]) -> list[str]:
    wanted, eight = many["targets"], many["eight"]
    mix = f"eight documents of {', '.join(map(str, eight['kb']))} KB"
    out = [
        f"| two workers against one, {mix} | {eight['scaling']:.2f} | ≥ {wanted['scaling']:g} |",
        f"| documents a second, two workers, {mix} (the floor on one processor: "
        f"{eight['floor_documents_a_second']:.0f}) | {eight['documents_a_second']:.0f} "
        f"| ≥ {wanted['documents_a_second']:g} |",
        f"| two workers against one, generated documents | {many['scaling']:.2f} | ≥ {wanted['scaling']:g} |",
    ]
    for name, rate in many["documents_a_second"].items():
        count, _, workers = name.partition("-")
        out.append(f"| documents a second, {count} generated documents, {workers} worker(s) | {rate:.0f} | - |")
    out.append(f"| time of a document in the last three quarters against the first | {many['growth']:.2f} | 1 |")
    out.append(f"| documents a second when resuming a finished run | {many['resume_documents_a_second']:.0f} | - |")
    return out


def _memory(workers: list[dict[str, Any]]) -> list[str]:
    out = []
    for held in workers:
        what = f"one worker over {held['documents']} documents, {held['to']}"
        share = f"of these {held['files_mb']:.0f} of libraries and tables, shared by all workers"
        said = f"{held['mb'][-1][1]:.0f} ({share}; at its peak {held['peak_mb']:.0f})"
        out.append(f"| resident MB of {what} | {said} | ≤ {MEMORY[held['to']]:g} |")
        out.append(f"| memory at the end against the beginning, {what} | {held['growth']:.3f} | ≤ 1.05 |")
    return out


def _spark(found: dict[str, Any] | str) -> list[str]:
    if isinstance(found, str):
        return [f"| Spark beside the local engine | {found} | - |"]
    ratios, what = found["spark_to_local"], f"{found['documents']} documents"
    return [f"| Spark against the local engine, {what}, {n} processor(s) | {ratios[n]:.2f} | - |" for n in ratios]


def _where(results: dict[str, Any]) -> list[str]:
    out = []
    for to, parts in results["stages"].items():
        shares = ", ".join(f"{stage} {part:.0%}" for stage, part in parts.items())
        out += ["", f"## Where the time goes: {to}", "", f"By stage: {shares} (a profiler's view).", ""]
        out += ["| function | calls | own | with what it calls |", "|---|---|---|---|"]
        for row in results["where"][to]:
            out.append(f"| `{row['function']}` | {row['calls']} | {row['own']:.1%} | {row['with_below']:.1%} |")
    return out
