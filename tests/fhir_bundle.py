"""A bundle from a few lines of CDA: reader and emitter with a translation made on the spot, no terminology store.

The rule: "translated" words begin with ``fr:`` so that a test sees where French may stand and where it may not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cdatk.diagnostics import Report
from cdatk.emit.fhir import emit_fhir
from cdatk.emit.fhir.tables import maps
from cdatk.model import CodedValue, Document, Mapped, Output, Run, Standing, Term, TermState, Translation
from cdatk.profiles import profile_for_code
from cdatk.read import read
from cdatk.safe_xml import parse
from cdatk.settings import Limits

STRUCTURAL = frozenset({"CONC", "SEV", "ASSERTION", "IMMUNIZ", "DRUG", "SUBST", "PINSTRUCT", "33999-4", "66455-7"})


def wrong_rows() -> Path | None:
    """A profile file with one wrong row, when benchmarks/mutants.py runs the tests."""
    mutant = os.environ.get("CDATK_MUTANT")
    return Path(mutant) if mutant else None


def term_for(value: CodedValue) -> Term:
    """A term as the translation stage would give it: codes with a displayName are known and have French words."""
    if not value.code:
        words = value.text
        state = TermState.ORIGINAL if words else TermState.NULL
        return Term(value, Mapped(Standing.NULL), state, words or "fr:inconnu", "pt-PT" if words else "fr")
    uri = maps(wrong_rows()).systems.get(value.system, "")
    if value.code in STRUCTURAL:
        return Term(value, Mapped(Standing.STRUCTURAL, value.system, uri, value.code), TermState.CODE_ONLY, value.code)
    if not value.display:
        return Term(
            value, Mapped(Standing.UNKNOWN_CODE, value.system, uri, value.code), TermState.CODE_ONLY, value.code
        )
    mapped = Mapped(Standing.KNOWN, value.system, uri, value.code, value.display)
    return Term(value, mapped, TermState.TRANSLATED, f"fr:{value.display}", "fr")


class Bundle:
    """A bundle with the few questions that tests ask of it."""

    def __init__(self, output: Output, report: Report) -> None:
        self.data = output.data
        self.entries = output.entries
        self.json: dict[str, Any] = json.loads(output.data)
        self.report = report
        self.by_url: dict[str, dict[str, Any]] = {e["fullUrl"]: e["resource"] for e in self.json["entry"]}

    def all(self, type_: str) -> list[dict[str, Any]]:
        return [r for r in self.by_url.values() if r["resourceType"] == type_]

    def one(self, type_: str) -> dict[str, Any]:
        (found,) = self.all(type_)
        return found

    def follow(self, reference: dict[str, Any]) -> dict[str, Any]:
        return self.by_url[reference["reference"]]

    def section(self, code: str) -> dict[str, Any]:
        sections = self.one("Composition")["section"]
        (found,) = [s for s in sections if any(c["code"] == code for c in s["code"].get("coding", []))]
        return dict(found)

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.report if finding.code.startswith("FHR-")]

    def walk(self) -> Iterator[dict[str, Any]]:
        stack: list[Any] = [self.json]
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                yield node
                stack.extend(node.values())
            elif isinstance(node, list):
                stack.extend(node)


def make(data: bytes, code: str = "60591-5") -> Bundle:
    """The bundle of a whole document."""
    report = Report()
    root = parse(data, Limits(), report)
    assert root is not None
    read_document: Document = read(root, profile_for_code(code), report)
    translation = Translation("fr", tuple(term_for(value) for value in read_document.codes))
    run = Run("fr", "0.0", "patient-summary", "Résumé patient", "00" * 32, fhir_profile=wrong_rows())
    return Bundle(emit_fhir(read_document, translation, run, report), report)
