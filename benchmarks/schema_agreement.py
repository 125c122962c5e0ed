"""Does our schema say of a document what the official ones say?

Measured is the verdict alone: valid under either official set (pharm, epsos) against valid under ours, on

1. the visible documents,
2. mutants of the valid ones: one change each, its place chosen so that rare elements get as many as common ones,
3. documents made at random from a schema (the official pharm set and both of ours; ``xmlschema`` cannot build the
   official epsos set), which reach every class and data type of CDA, and mutants of these.

Seeds are fixed. Each disagreement is counted under its class: the change, who is stricter, and the first thing the
stricter one says, with one example. What remains, and why, stands in docs/decisions/0010-own-schema.md.

    python benchmarks/schema_agreement.py --mutants 20000 --generated 2000

The official schemas and the documents are read from CDATK_SHARED, or from ../shared beside the checkout.
"""

from __future__ import annotations

import argparse
import copy
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import xmlschema
from lxml import etree
from xmlschema import XsdElement

from cdatk.resources import data_file
from cdatk.safe_xml import EPSOS, HL7, PHARM, XSI, XSI_TYPE, Element, locate, parser
from cdatk.validate.schema import SchemaCheck

ROOT: Final = Path(__file__).resolve().parent.parent
OFFICIAL: Final = {"pharm": "cda-pharm-mit/CDA_Pharma.xsd", "epsos": "cda-epsos/CDA_extended.xsd"}
ASKED: Final = 0.995
SPACES: Final = (HL7, PHARM, EPSOS, "urn:hl7-org:sdtc", "")
TYPES: Final = (
    "CD", "CE", "CV", "CS", "CO", "ED", "ST", "SC", "II", "TEL", "TS", "PQ", "INT", "REAL", "BL", "MO",
    "IVL_TS", "IVL_PQ", "IVL_INT", "PIVL_TS", "EIVL_TS", "SXPR_TS", "RTO", "RTO_PQ_PQ", "ANY", "QTY",
    "AD", "PN", "EN", "ON", "TN", "PQR", "SXCM_TS", "epsos:PQ", "epsos:CE", "pharm:PQ", "nothing:CD",
    "Unknown",
)  # fmt: skip
VALUES: Final = (
    "", " ", "x", "x y", "1", "-1", "1.5", "1,5", "1e3", "true", "True", "0", "20240305", "2024-03-05",
    "202403051015", "20240305101500+0100", "20240305101500.5", "2.999.1", "2.999.", "02.1",
    "urn:oid:2.999", "NI", "UNK", "EVN", "INT", "COMP", "SUBJ", "SBJ", "NOK", "ACTI", "FAM", "OBS", "ACT",
    "KIND", "INSTANCE", "B64", "TXT", "text/plain", "fr-FR", "A", "I", "HP WP", "L", "a.b@c", "tel:+33",
    "#id", "123e4567-e89b-12d3-a456-426614174000",
)  # fmt: skip


@dataclass
class Judges:
    """Both official sets and ours."""

    shared: Path
    ours: SchemaCheck = field(default_factory=SchemaCheck)

    @cached_property
    def official(self) -> dict[str, etree.XMLSchema]:
        return {key: etree.XMLSchema(etree.parse(str(path), parser())) for key, path in self.paths.items()}

    @property
    def paths(self) -> dict[str, Path]:
        return {key: self.shared / "data" / "schemas" / name for key, name in OFFICIAL.items()}

    def official_says(self, root: Element) -> bool:
        return any(schema.validate(root) for schema in self.official.values())

    def stricter(self, root: Element, official: bool) -> str:
        """Who refuses, and the first thing said: element and rule, without paths and values."""
        if official:
            found = self.ours.violations(root)[0]
            return f"ours stricter: {found.code} at {etree.QName(found.element).localname} {found.about}"
        key = "epsos" if "epsos" in self.ours.entry_point(root).name else "pharm"
        schema = self.official[key]
        schema.validate(root)
        entry = next(iter(schema.error_log))  # type: ignore[call-overload]
        return f"official {key} stricter: {entry.message[:110]}"


@dataclass
class Tally:
    """Agreement of one part of the measurement."""

    name: str
    seen: Counter[str] = field(default_factory=Counter)
    valid: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def judge(self, judges: Judges, root: Element, kind: str, example: str) -> None:
        official, ours = judges.official_says(root), judges.ours.valid(root)
        self.seen[kind] += 1
        self.valid[kind] += official
        if official != ours:
            said = f"{kind} | {judges.stricter(root, official)}"
            self.classes[said] += 1
            self.examples.setdefault(said, example)

    @property
    def agreement(self) -> float:
        return 1 - self.classes.total() / max(1, self.seen.total())

    def print(self) -> None:
        total = self.seen.total()
        print(f"{self.name}: {total - self.classes.total()} of {total} agree ({self.agreement:.3%})")
        for kind in self.seen if len(self.seen) > 1 else ():
            wrong = sum(n for said, n in self.classes.items() if said.startswith(f"{kind} |"))
            print(f"  {kind:18} {self.seen[kind]:6}, {self.valid[kind]:5} still valid, {wrong:4} disagree")
        for said, count in self.classes.most_common():
            print(f"    {count:5} x {said}\n            e.g. {self.examples[said]}")


@dataclass
class Mutator:
    """Changes one thing in a document; names come from all documents seen."""

    chance: random.Random
    names: list[str]
    attributes: list[str]

    def mutant(self, root: Element) -> tuple[str, str, Element]:
        """A changed copy, what was changed, and where."""
        pick = self.chance.choice
        changes: dict[str, Callable[[Element], None]] = {
            "dropped": lambda e: _parent(e).remove(e), "doubled": lambda e: e.addnext(copy.deepcopy(e)),
            "added": self._add, "moved": self._move, "swapped": self._swap, "renamed": self._rename,
            "namespace": self._namespace, "attribute": self._change, "attribute dropped": self._unset,
            "attribute added": lambda e: e.set(pick(self.attributes), pick(VALUES)),
            "data type": lambda e: e.set(XSI_TYPE, pick(TYPES)), "text": self._text,
        }  # fmt: skip
        kind = self.chance.choice(list(changes))
        changed = copy.deepcopy(root)
        wanted = {"data type": XSI_TYPE, "attribute": "", "attribute dropped": ""}.get(kind)
        element = self._somewhere(changed, wanted)
        where = locate(element)
        changes[kind](element)
        return kind, where, changed

    def _somewhere(self, root: Element, attribute: str | None) -> Element:
        """An element below the root; every pair of parent and name is as likely as any other."""
        groups: dict[tuple[object, object], list[Element]] = {}
        for element in root.iterdescendants("*"):
            parent = element.getparent()
            typed = attribute == XSI_TYPE and self.chance.random() < 0.8
            if (typed and XSI_TYPE not in element.attrib) or (attribute == "" and not element.attrib):
                continue
            groups.setdefault((parent.tag if parent is not None else "", element.tag), []).append(element)
        if not groups:
            return next(root.iterdescendants("*"))
        return self.chance.choice(groups[self.chance.choice(list(groups))])

    def _add(self, element: Element) -> None:
        element.insert(self.chance.randint(0, len(element)), etree.Element(self.chance.choice(self.names)))

    def _move(self, element: Element) -> None:
        inside = set(element.iter("*"))
        others = [e for e in element.getroottree().getroot().iter("*") if e not in inside]
        target = self.chance.choice(others)
        target.insert(self.chance.randint(0, len(target)), element)

    def _swap(self, element: Element) -> None:
        brothers = [e for e in _parent(element) if e is not element]
        if brothers:
            _parent(element).insert(_parent(element).index(self.chance.choice(brothers)), element)

    def _rename(self, element: Element) -> None:
        element.tag = self.chance.choice(self.names)

    def _namespace(self, element: Element) -> None:
        space = self.chance.choice(SPACES)
        for each in element.iter("*") if self.chance.random() < 0.5 else [element]:
            local = etree.QName(each).localname
            each.tag = f"{{{space}}}{local}" if space else local

    def _change(self, element: Element) -> None:
        if element.attrib:
            element.set(self.chance.choice(list(element.attrib)), self.chance.choice(VALUES))

    def _unset(self, element: Element) -> None:
        if element.attrib:
            del element.attrib[self.chance.choice(list(element.attrib))]

    def _text(self, element: Element) -> None:
        element.text = self.chance.choice(["x", " ", "", "20240305"])


def _parent(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    return parent


class Generator:
    """Random documents that follow a schema, read with the ``xmlschema`` package."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self._schema = xmlschema.XMLSchema(str(path), allow="local")
        self._chance = chance
        self._values: dict[Any, list[str]] = {}
        self._ids = 0
        maps = self._schema.maps.types
        self._types = [t for t in maps.values() if t.is_complex() and t.target_namespace in (HL7, EPSOS)]

    def document(self) -> Element:
        spaces = f'xmlns="{HL7}" xmlns:pharm="{PHARM}" xmlns:epsos="{EPSOS}" xmlns:xsi="{XSI}"'
        root = etree.fromstring(f"<ClinicalDocument {spaces}/>", parser())
        self._fill(root, self._schema.elements["ClinicalDocument"].type, 0)
        return root

    def _fill(self, element: Element, kind: Any, depth: int) -> None:
        if kind.abstract or (depth > 3 and self._chance.random() < 0.05):
            kind = self._derived(kind)
            if _is_data_type(kind):
                element.set(XSI_TYPE, ("epsos:" if kind.target_namespace == EPSOS else "") + kind.local_name)
        if kind.is_simple() or kind.has_simple_content():
            element.text = self._value(kind if kind.is_simple() else kind.content)
            return
        for name, attribute in kind.attributes.items():
            if attribute.use != "prohibited" and (attribute.use == "required" or self._chance.random() < 0.15):
                element.set(name, attribute.fixed or self._value(attribute.type))
        if kind.mixed and self._chance.random() < 0.3:
            element.text = "text"
        self._particle(element, kind.content, depth)

    def _derived(self, kind: Any) -> Any:
        fit = [t for t in self._types if not t.abstract and t.name and t.is_derived(kind)]
        named = [t for t in fit if _is_data_type(t)]
        return self._chance.choice(named) if named else kind

    def _particle(self, element: Element, particle: Any, depth: int) -> None:
        often = 0.5 if depth < 4 else 1.4 / depth
        least = particle.min_occurs
        most = (
            least
            if self._chance.random() > often
            else max(least, 2 if particle.max_occurs is None else min(particle.max_occurs, 2))
        )
        for _ in range(self._chance.randint(least, most)):
            if isinstance(particle, XsdElement):
                child = etree.SubElement(element, particle.name)
                self._fill(child, particle.type, depth + 1)
            elif particle.model == "choice":
                if len(particle):
                    self._particle(element, self._chance.choice(list(particle)), depth)
            else:
                for part in particle:
                    self._particle(element, part, depth)

    def _value(self, kind: Any) -> str:
        if kind.is_derived(self._schema.maps.types["{http://www.w3.org/2001/XMLSchema}ID"]):
            self._ids += 1
            return f"i{self._ids}"
        if kind not in self._values:
            codes = [str(code) for code in kind.enumeration or ()]
            self._values[kind] = codes or [v for v in (*VALUES, "DF", "D", "H") if kind.is_valid(v)] or ["1"]
        return self._chance.choice(self._values[kind])


def _is_data_type(kind: Any) -> bool:
    """True for the types whose names documents show, and which are therefore the same everywhere."""
    return kind.name is not None and "." not in kind.name and kind.local_name.partition("_")[0].isupper()


def documents(shared: Path) -> Iterator[tuple[str, Element]]:
    """The visible documents, by folder and name."""
    for path in sorted((shared / "data" / "cda").glob("*/*.xml")):
        yield f"{path.parent.name}/{path.name}", etree.parse(str(path), parser(huge=True)).getroot()


def vocabulary(roots: list[Element]) -> tuple[list[str], list[str]]:
    """Names of elements and attributes that occur, each once."""
    every = [element for root in roots for element in root.iter("*")]
    names = sorted({str(e.tag) for e in every})
    return names, sorted({str(a) for e in every for a in e.attrib})


def visible(judges: Judges) -> Tally:
    """Part 1."""
    tally = Tally("visible documents")
    for name, root in documents(judges.shared):
        tally.judge(judges, root, "as found", name)
    return tally


def mutants(judges: Judges, bases: list[tuple[str, Element]], count: int, seed: int, name: str) -> Tally:
    """Part 2, and the second half of part 3."""
    chance = random.Random(seed)
    mutator = Mutator(chance, *vocabulary([root for _, root in bases]))
    tally = Tally(name)
    for _ in range(count):
        source, root = chance.choice(bases)
        kind, where, changed = mutator.mutant(root)
        tally.judge(judges, changed, kind, f"{source} {where}")
    return tally


def generated(judges: Judges, count: int, seed: int) -> tuple[Tally, list[tuple[str, Element]]]:
    """The first half of part 3: the tally and the documents."""
    sources = {f"our {key}": data_file(f"validate/schemas/cda-{key}.xsd") for key in OFFICIAL}
    sources["official pharm"] = judges.paths["pharm"]
    tally, made = Tally("documents out of the schemas"), []
    for key, path in sources.items():
        generator = Generator(path, random.Random(seed))
        for number in range(count // len(sources)):
            root = generator.document()
            tally.judge(judges, root, key, f"{key} {number}")
            made.append((f"{key} {number}", root))
    return tally, made


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Agreement of our schema with the official ones.")
    options.add_argument("--mutants", type=int, default=20_000, help="mutants of visible documents")
    options.add_argument("--generated", type=int, default=2_000, help="documents out of the schemas")
    options.add_argument("--generated-mutants", type=int, default=20_000, help="mutants of these")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args(arguments)
    judges = Judges(Path(os.environ.get("CDATK_SHARED") or ROOT.parent / "shared"))
    start = time.monotonic()
    first = visible(judges)
    first.print()
    bases = [(name, root) for name, root in documents(judges.shared) if judges.official_says(copy.deepcopy(root))]
    second = mutants(judges, bases, chosen.mutants, chosen.seed, "mutants of visible documents")
    second.print()
    third, made = generated(judges, chosen.generated, chosen.seed)
    third.print()
    fourth = mutants(judges, made, chosen.generated_mutants if made else 0, chosen.seed, "mutants of those")
    fourth.print()
    print(f"{time.monotonic() - start:.0f} s")
    return 0 if first.agreement == 1 and min(t.agreement for t in (second, third, fourth)) >= ASKED else 1


if __name__ == "__main__":
    sys.exit(main())
