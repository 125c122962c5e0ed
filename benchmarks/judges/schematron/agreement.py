"""Our Schematron runner against independent engines: same failed assertions and reports, same places.

The engines are SchXslt 1 and the ISO skeleton as ph-schematron carries them, run by Java; Maven fetches them. Without
java and mvn there is nothing to compare, and the script says so. SchXslt needs about half a minute a rule set, the
skeleton minutes for the large ones: those are asked for by ``--large``.

    python benchmarks/judges/schematron/agreement.py --shared ../shared [--large]
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from cdatk.safe_xml import Element, parser
from cdatk.validate.schematron import DEFAULT, SchematronCheck

HERE = Path(__file__).resolve().parent
STEP = re.compile(r"/(?:Q\{([^}]*)\}([\w.\-]+)|\*:([\w.\-]+)\[namespace-uri\(\)='([^']*)'\])\[(\d+)\]")
Finding = tuple[str, str, str, str]


def bare(test: str) -> str:
    """A test without braces, commas, quotes and blanks: the skeleton takes what stands in braces for a template."""
    return re.sub(r"[{},'\"\s]+", "", test)


def theirs_at(location: str) -> str:
    """A place as the engines write it, in our form; what is below the last element is left out."""
    steps = [(m[1] or m[4] or "", m[2] or m[3], m[5]) for m in STEP.finditer(location)]
    return "".join(f"/{{{space}}}{name}[{number}]" for space, name, number in steps)


def ours_at(element: Element) -> str:
    """The same for an element of ours."""
    steps: list[str] = []
    node: Element | None = element
    while node is not None:
        steps.append(f"/{node.tag}[{1 + sum(1 for _ in node.itersiblings(str(node.tag), preceding=True))}]")
        node = node.getparent()
    return "".join(reversed(steps))


def classpath(folder: Path) -> str:
    """Let Maven fetch the engines."""
    shutil.copy(HERE / "pom.xml", folder)
    command = ["mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath.txt"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return (folder / "classpath.txt").read_text("utf-8").strip()


def theirs(path: str, engine: str, rules: Path, phase: str, documents: list[Path]) -> list[Counter[Finding]] | None:
    """Findings of an engine, document by document; None when it refuses the rule set."""
    command = ["java", "-cp", path, str(HERE / "Judge.java"), engine, str(rules), phase, *map(str, documents)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or done.stdout.startswith("refused") or not done.stdout:
        return None
    found: list[Counter[Finding]] = []
    for line in done.stdout.splitlines():
        parts = line.split("\t")
        if parts[0] == "document":
            found.append(Counter())
        else:
            root = ours_at(etree.parse(str(documents[len(found) - 1]), parser()).getroot())
            found[-1][(parts[0], parts[1], bare(parts[2]), theirs_at(parts[3]) or root)] += 1
    return found


def ours(check: SchematronCheck, document: Path) -> Counter[Finding]:
    """Our findings on a document."""
    outcome = check.outcome(etree.parse(str(document), parser()).getroot())
    assert outcome is not None
    return Counter(
        (f.check.kind, f.check.role, bare(f.check.test), ours_at(f.element)) for f in outcome.findings if f.check
    )


def cases(shared: Path, folder: Path, large: bool) -> Iterator[tuple[str, Path, str, list[Path]]]:
    """Engine, rule set, phase and documents."""
    cda = shared / "data" / "cda"
    summaries = sorted(cda.glob("patient-summary/*.xml"))
    for engine in ("schxslt", "iso"):
        yield engine, HERE / "constructs.sch", "most", sorted(cda.glob("*/*.xml"))
        yield engine, shared / "data/schematron/openncp-2010/epSOS-PatientSummary-Friendly.sch", DEFAULT, summaries
        for name in ("OrCD_Laboratory_Result", "PatientSummary_L1"):
            yield engine, folder / f"epsos-{name}.sch", DEFAULT, sorted(cda.glob("orcd/*.xml")) + summaries[-3:]
    yield "schxslt", HERE / "constructs.sch", "texts", summaries
    if large:
        yield "iso", folder / "epsos-ePrescription.sch", DEFAULT, sorted(cda.glob("eprescription/*.xml"))
        yield "schxslt", folder / "epsos-PatientSummary.sch", DEFAULT, summaries


def main() -> int:
    """Compare; 0 when all agree."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    options.add_argument("--large", action="store_true")
    given = options.parse_args()
    if shutil.which("java") is None or shutil.which("mvn") is None:
        print("skipped: the independent engines need java and mvn, which are not here")
        return 0
    worst = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with zipfile.ZipFile(given.shared / "data/schematron/ehdsi-art-decor-2024-04.zip") as archive:
            archive.extractall(folder / "pack")
        path = classpath(folder)
        for engine, rules, phase, documents in cases(given.shared, folder / "pack", given.large):
            judged = theirs(path, engine, rules, phase, documents)
            if judged is None:
                print(f"{engine:8} {rules.name}: the engine refuses this rule set")
                continue
            check = SchematronCheck(rules, phase)
            findings, different = 0, 0
            for document, expected in zip(documents, judged, strict=True):
                found = ours(check, document)
                findings += expected.total()
                different += (found - expected).total() + (expected - found).total()
                for each in [*(found - expected), *(expected - found)][:2]:
                    print("   ", document.name, "only ours:" if each in found - expected else "only theirs:", each)
            print(f"{engine:8} {rules.name}: {len(documents)} documents, {findings} findings, {different} different")
            worst = max(worst, different)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
