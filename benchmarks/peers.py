"""``python -m benchmarks.peers [--cache FOLDER] [--stylesheet CDA.xsl]``: other converters beside ours.

Each is installed from its registry into the cache folder (never into our environment), converts the same documents in
a process of its own, warm, in this same run, and is asked how many FHIR resources came of it: speed says little about a
converter that finds nothing. What cannot be installed or run is named with the reason. HL7's style sheet for CDA is on
no registry: give its path to measure it through libxslt.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from benchmarks import speed
from cdatk.pipeline import Toolkit

CONVERTERS = Path(__file__).resolve().parent / "converters"
ROUNDS = 3
_PYTHON = """
import json, sys, time, statistics, logging
logging.disable(logging.CRITICAL)
{prepare}
out = []
for path in json.load(open(sys.argv[1])):
    text = open(path, encoding="utf-8-sig", errors="replace").read()
    times, count = [], None
    try:
        for number in range({rounds} + 1):
            started = time.process_time()
            found = convert(text)
            times.append((time.process_time() - started) * 1000)
        count = count_of(found)
    except Exception as error:
        out.append({{"error": type(error).__name__}})
        continue
    out.append({{"ms": statistics.median(times[1:]), "resources": count}})
print("RESULT" + json.dumps(out))
"""
HEALTHCHAIN = """
from healthchain.interop import create_interop, FormatType
engine = create_interop()
convert = lambda text: engine.to_fhir(text, src_format=FormatType.CDA)
count_of = len
"""
FHIR_CONVERTER = """
from fhir_converter.renderers import CcdaRenderer
renderer = CcdaRenderer()
convert = lambda text: renderer.render_fhir_string("CCD", text)
count_of = lambda found: len(json.loads(found).get("entry", []))
"""
MEDPLUM = """
globalThis.WebSocket ??= class {};
const fs = require("fs"), { performance } = require("perf_hooks");
const { convertXmlToCcda, convertCcdaToFhir } = require("@medplum/ccda");
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const out = JSON.parse(fs.readFileSync(process.argv[2])).map((path) => {
  const text = fs.readFileSync(path, "utf8"), times = [];
  let bundle;
  try {
    for (let number = 0; number <= ROUNDS; number++) {
      const started = performance.now();
      bundle = convertCcdaToFhir(convertXmlToCcda(text), { ignoreUnsupportedSections: true });
      JSON.stringify(bundle);
      times.push(performance.now() - started);
    }
  } catch (error) { return { error: error.constructor.name }; }
  return { ms: median(times.slice(1)), resources: bundle.entry.length };
});
console.log("RESULT" + JSON.stringify(out));
"""


class NotRun(Exception):
    """Why a converter was not measured."""


def ours(paths: list[Path]) -> list[dict[str, object]]:
    toolkit = Toolkit()
    return [_timed(lambda data: toolkit.convert(data, "fhir").output or b"", path, _entries) for path in paths]


def floor(paths: list[Path]) -> list[dict[str, object]]:
    return [_timed(lambda data: etree.tostring(etree.fromstring(data)), path, lambda _: 0) for path in paths]


def stylesheet(paths: list[Path], sheet: Path | None) -> list[dict[str, object]]:
    if sheet is None:
        raise NotRun("on no registry: give its path with --stylesheet")
    transform = etree.XSLT(etree.parse(str(sheet)))
    return [_timed(lambda data: bytes(transform(etree.fromstring(data))), path, lambda _: 0) for path in paths]


def in_python(paths: list[Path], cache: Path, package: str, prepare: str) -> list[dict[str, object]]:
    home = cache / package.partition("=")[0].partition("[")[0]
    if not (home / "done").exists():
        _run([sys.executable, "-m", "venv", str(home)], "no virtual environment")
        _run([str(home / "bin" / "pip"), "install", "-q", package], "pip cannot install it")
        (home / "done").touch()
    code = _PYTHON.format(prepare=prepare, rounds=ROUNDS)
    return _asked([str(home / "bin" / "python"), "-c", code], paths, home)


def medplum(paths: list[Path], cache: Path) -> list[dict[str, object]]:
    home = cache / "medplum"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "done").exists():
        packages = ["@medplum/ccda@5.1.10", "@medplum/core@5.1.10"]
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), *packages], "npm")
        (home / "done").touch()
    (home / "measure.cjs").write_text(MEDPLUM.replace("ROUNDS", str(ROUNDS)), "utf-8")
    return _asked(["node", str(home / "measure.cjs")], paths, home)


def in_java(paths: list[Path], cache: Path, project: str) -> list[dict[str, object]]:
    """A converter of Maven Central, called by the program in ``converters/<project>``."""
    home = cache.resolve() / project
    if not (home / "done").exists():
        folders = [f"-Dconverter.folder={home / 'target'}", f"-DoutputDirectory={home / 'lib'}"]
        build = ["mvn", "-q", "-B", "-f", str(CONVERTERS / project / "pom.xml"), *folders]
        _run([*build, "package", "dependency:copy-dependencies"], "mvn cannot build it")
        (home / "done").touch()
    libraries = f"{home / 'target' / 'classes'}{os.pathsep}{home / 'lib'}{os.sep}*"
    return _rows(["java", "-cp", libraries, "Convert", str(ROUNDS), *map(str, paths)])


def measure(documents: list[speed.Document], cache: Path, sheet: Path | None = None) -> dict[str, object]:
    """By name: medians over the documents (ms, ratio to the floor, documents a second) or why there are none."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, document in enumerate(documents):
            paths.append(Path(folder) / f"{number:03}-{document.name}")
            paths[-1].write_bytes(document.data)
        base = floor(paths)
        found: dict[str, object] = {"floor": _summary(base, base)}
        wanted: dict[str, Callable[[], list[dict[str, object]]]] = {
            "cdatk": lambda: ours(paths),
            "HealthChain 0.16.1": lambda: in_python(paths, cache, "healthchain[cda]==0.16.1", HEALTHCHAIN),
            "python-fhir-converter 0.3.0": lambda: in_python(
                paths, cache, "python-fhir-converter==0.3.0", FHIR_CONVERTER
            ),
            "Medplum ccda 5.1.10": lambda: medplum(paths, cache),
            "HL7 C-CDA converter 6.5.27 (Java)": lambda: in_java(paths, cache, "hl7"),
            "HL7 style sheet (HTML), libxslt": lambda: stylesheet(paths, sheet),
        }
        for name, action in wanted.items():
            try:
                found[name] = _summary(action(), base)
            except NotRun as error:
                found[name] = {"not_run": str(error)}
    return found


def lines(found: dict[str, object]) -> list[str]:
    """A table in Markdown."""
    out = [
        "| converter | ms | ratio to the floor | documents a second | resources | failed |",
        "|---|---|---|---|---|---|",
    ]
    for name, held in found.items():
        assert isinstance(held, dict)
        if "not_run" in held:
            out.append(f"| {name} | not run: {held['not_run']} | | | | |")
        else:
            out.append(
                f"| {name} | {held['ms']:.1f} | {held['ratio']:.1f} | {held['documents_a_second']:.0f} | "
                f"{held['resources']} | {held['failed']} of {held['documents']} |"
            )
    return out


def _summary(rows: list[dict[str, object]], base: list[dict[str, object]]) -> dict[str, object]:
    pairs = [(float(str(r["ms"])), float(str(b["ms"]))) for r, b in zip(rows, base, strict=True) if "ms" in r]
    if not pairs:
        raise NotRun(f"every document failed ({rows[0].get('error')})")
    times = [ms for ms, _ in pairs]
    return {
        "ms": statistics.median(times),
        "ratio": statistics.median(ms / own for ms, own in pairs),
        "documents_a_second": 1000 * len(times) / sum(times),
        "resources": sum(int(str(row.get("resources", 0))) for row in rows),
        "failed": len(rows) - len(pairs),
        "documents": len(rows),
    }


def _timed(action: Callable[[bytes], bytes], path: Path, count: Callable[[bytes], int]) -> dict[str, object]:
    data, times, output = path.read_bytes(), [], b""
    for _ in range(ROUNDS + 1):
        started = time.process_time()
        output = action(data)
        times.append((time.process_time() - started) * 1000)
    return {"ms": statistics.median(times[1:]), "resources": count(output)}


def _entries(output: bytes) -> int:
    return len(json.loads(output)["entry"]) if output else 0


def _asked(command: list[str], paths: list[Path], home: Path) -> list[dict[str, object]]:
    listed = home / "documents.json"
    listed.write_text(json.dumps([str(path) for path in paths]), "utf-8")
    return _rows([*command, str(listed)])


def _rows(command: list[str]) -> list[dict[str, object]]:
    text = _run(command, "it does not run")
    line = next((line for line in text.splitlines() if line.startswith("RESULT")), None)
    if line is None:
        raise NotRun("it gave no result")
    rows: list[dict[str, object]] = json.loads(line.removeprefix("RESULT"))
    return rows


def _run(command: list[str], why: str) -> str:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRun(f"{why}: {type(error).__name__}") from error
    if ended.returncode:
        last = [line for line in ended.stderr.splitlines() if line.strip()][-1:]
        raise NotRun(f"{why}: {''.join(last)[:120]}")
    return ended.stdout


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    reader.add_argument("--cache", type=Path, default=Path("build/peers"))
    reader.add_argument("--stylesheet", type=Path)
    reader.add_argument("--documents", type=int, default=16, help="so many of our samples (and of the shared ones)")
    asked = reader.parse_args()
    print("\n".join(lines(measure(speed.corpus(asked.documents), asked.cache, asked.stylesheet))))


if __name__ == "__main__":
    main()
