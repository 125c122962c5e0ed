"""The official HL7 validator (HAPI's FhirInstanceValidator with the IPS package, no terminology server) as a judge.

usage: hl7.py [--profile URL] BUNDLE.json...      errors of each file; exit status 1 when there are any
       hl7.py --prove                             the official IPS examples (accepted) and mutants of them (rejected)

Needs java, mvn and npm; Maven Central and npm are asked on first use only. Build results and libraries go to a cache
folder (CDATK_JUDGES, else the user's cache). Users of cdatk need none of this.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
IPS_BUNDLE = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"
IPS_PACKAGE = "hl7.fhir.uv.ips@2.0.0"
# Errors that are no fault of a bundle: a code that the document itself states and that its code system does not have, or
# whose code system has an OID too short for the validator (1.2.3).
SOURCE_CODES = ("Unknown code '", "OIDs must be valid (")
Bundle = dict[str, Any]


class Message(NamedTuple):
    file: str
    severity: str
    kind: str
    place: str
    text: str


def cache() -> Path:
    named = os.environ.get("CDATK_JUDGES")
    return Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cdatk-judges"


def available() -> bool:
    """True where the judge can run."""
    return all(shutil.which(tool) for tool in ("java", "mvn", "npm"))


def ready() -> tuple[Path, Path]:
    """Folder of the Java program with its libraries, and of the IPS package; both are made on first use."""
    folder = cache()
    source = HERE / "hl7" / "src" / "main" / "java" / "Judge.java"
    built = folder / "target" / "classes" / "Judge.class"
    if not built.is_file() or built.stat().st_mtime < source.stat().st_mtime:
        command = ["mvn", "-q", "-B", "-f", str(HERE / "hl7" / "pom.xml"), f"-Djudge.folder={folder / 'target'}"]
        goals = ["package", "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}"]
        subprocess.run([*command, *goals], check=True, stdout=sys.stderr)
    package = folder / "npm" / "node_modules" / "hl7.fhir.uv.ips"
    if not package.is_dir():
        (folder / "npm").mkdir(parents=True, exist_ok=True)
        # npm has no other FHIR package that IPS names as a dependency; --force and overrides leave them out.
        names = ("hl7.fhir.r4.core", "hl7.terminology.r4", "hl7.fhir.uv.extensions.r4", "hl7.fhir.uv.ipa")
        overrides = {"hl7.fhir.uv.ips": dict.fromkeys(names, "npm:xmlchars@2.2.0")}
        name, _, version = IPS_PACKAGE.rpartition("@")
        manifest = {"name": "judge", "private": True, "dependencies": {name: version}, "overrides": overrides}
        (folder / "npm" / "package.json").write_text(json.dumps(manifest))
        subprocess.run(["npm", "install", "--silent"], cwd=folder / "npm", check=True, stdout=sys.stderr)
    return folder, package


def judge(files: Iterable[Path], profile: str = "-") -> list[Message]:
    """All messages of the validator; one Java process for all files."""
    folder, package = ready()
    path = os.pathsep.join((str(folder / "target" / "classes"), str(folder / "lib" / "*")))
    command = ["java", "-Xmx2g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path, "Judge", str(package)]
    asked = "".join(f"{profile}\t{file}\n" for file in files)
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, encoding="utf-8")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    if sum(1 for row in rows if row[1:] == ["done"]) != asked.count("\n"):
        raise RuntimeError(done.stderr[-2000:])
    return [Message(*row) for row in rows if len(row) == 5]


def errors(messages: Iterable[Message]) -> list[Message]:
    """The errors, without those about codes that stand in the source document like that."""
    return [m for m in messages if m.severity in ("ERROR", "FATAL") and not m.text.startswith(SOURCE_CODES)]


# ---- proof that the judge sees something -----------------------------------------------------------------------------


def _first(bundle: Bundle, type_: str) -> Bundle:
    found: Bundle = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == type_)
    return found


def _section(bundle: Bundle, code: str) -> Bundle:
    sections = _first(bundle, "Composition")["section"]
    found: Bundle = next(s for s in sections if any(c["code"] == code for c in s["code"]["coding"]))
    return found


def _without(node: Bundle, *keys: str) -> None:
    for key in keys:
        node.pop(key, None)


MUTANTS: dict[str, Callable[[Bundle], object]] = {
    "no allergy section": lambda b: _first(b, "Composition")["section"].remove(_section(b, "48765-2")),
    "no subject": lambda b: _without(_first(b, "Composition"), "subject"),
    "wrong document type": lambda b: _first(b, "Composition")["type"]["coding"][0].update(code="34133-9"),
    "patient without name": lambda b: _without(_first(b, "Patient"), "name"),
    "patient without birth date": lambda b: _without(_first(b, "Patient"), "birthDate"),
    "entry without fullUrl": lambda b: _without(b["entry"][1], "fullUrl"),
    "collection": lambda b: b.update(type="collection"),
    "neither entry nor emptyReason": lambda b: _without(_section(b, "48765-2"), "entry", "emptyReason"),
    "allergy without code": lambda b: _without(_first(b, "AllergyIntolerance"), "code"),
    "unknown clinical status": lambda b: _first(b, "Condition")["clinicalStatus"]["coding"][0].update(code="bogus"),
    "unknown element": lambda b: _first(b, "Patient").update(favouriteColour="blue"),
    "impossible date": lambda b: _first(b, "Patient").update(birthDate="1972-13-45"),
    "section without text": lambda b: _without(_section(b, "48765-2"), "text"),
    "no identifier": lambda b: _without(b, "identifier"),
    "no timestamp": lambda b: _without(b, "timestamp"),
    "medication without time": lambda b: _without(
        _first(b, "MedicationStatement"), "effectivePeriod", "effectiveDateTime", "_effectiveDateTime"
    ),
    "script in the narrative": lambda b: _section(b, "48765-2").update(
        text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">a<script>x</script></div>'}
    ),
    "composition last": lambda b: b["entry"].append(b["entry"].pop(0)),
    "same fullUrl twice": lambda b: b["entry"][2].update(fullUrl=b["entry"][1]["fullUrl"]),
    "dangling reference": lambda b: _section(b, "48765-2")["entry"][0].update(reference="urn:uuid:" + "0" * 8),
    "status outside its value set": lambda b: _first(b, "Composition").update(status="finished"),
    "list for one value": lambda b: _first(b, "Patient").update(gender=["female"]),
    "no author": lambda b: _without(_first(b, "Composition"), "author"),
    "empty string": lambda b: _section(b, "48765-2").update(title=""),
}


def examples() -> list[Path]:
    """The official example bundles of the IPS package."""
    return sorted(ready()[1].glob("example/Bundle-*.json"))


def prove() -> tuple[int, int, list[str], list[str]]:
    """How many examples and mutants there are, the examples that are rejected, and the mutants that are not."""
    good = examples()
    rejected = sorted({Path(m.file).name for m in errors(judge(good, IPS_BUNDLE))})
    base = json.loads(next(p for p in good if "IPS-examples-Bundle-01" in p.name).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, change in enumerate(MUTANTS.values()):
            mutant = copy.deepcopy(base)
            change(mutant)
            files.append(Path(folder) / f"{number}.json")
            files[-1].write_text(json.dumps(mutant))
        caught = {int(Path(m.file).stem) for m in judge(files, IPS_BUNDLE) if m.severity in ("ERROR", "FATAL")}
    missed = [name for number, name in enumerate(MUTANTS) if number not in caught]
    return len(good), len(MUTANTS), rejected, missed


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--profile", default="-", help="profile of the bundles; - for those they claim")
    parser.add_argument("--prove", action="store_true")
    chosen = parser.parse_args()
    if chosen.prove:
        count, mutants, rejected, missed = prove()
        print(f"examples accepted: {count - len(rejected)} of {count} {rejected}")
        print(f"mutants rejected: {mutants - len(missed)} of {mutants} {missed}")
        return 1 if rejected else 0
    messages = judge([file.resolve() for file in chosen.files], chosen.profile)
    found = errors(messages)
    for message in found:
        print(f"{Path(message.file).name}: {message.place}: {message.text}")
    of_source = sum(1 for m in messages if m.severity == "ERROR") - len(found)
    print(f"{len(chosen.files)} files, {len(found)} errors, {of_source} codes of the source that do not exist")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
