"""What the reference tool skips is said in French in every output: units, timing, reasons, sites, diseases, results.

The rule: the words expected stand here as a person reads them; they are not asked of the code that is tested.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from terminology.catalogues import strings

import cdatk
from cdatk.diagnostics import Report
from cdatk.model import Document, TermState, Translation
from cdatk.settings import Settings

CASES = [
    ("dose unit", "lu-ps-l3-dosing", "1 unité par prise"),
    ("dose unit", "lu-ps-l3-dosing", "2 gouttes"),
    ("dose unit", "lu-ps-l3-dosing", "20 mg"),
    ("rate unit", "lu-ps-l3-dosing", "50 ml/h"),
    ("dose range", "lu-ps-l3-dosing", "entre 1 et 2 unités"),
    ("period", "lu-ps-l3-dosing", "toutes les 6 heures"),
    ("period", "lu-ps-l3-dosing", "toutes les 72 heures"),
    ("period", "lu-ps-l3-dosing", "une fois par jour"),
    ("period and phase", "lu-ps-l3-dosing", "une fois par semaine, le lundi"),
    ("period and event", "lu-ps-l3-dosing", "un jour sur deux"),
    ("event", "lu-ps-l3-dosing", "avant le petit-déjeuner"),
    ("event", "lu-ps-l3-dosing", "après le petit-déjeuner"),
    ("event", "lu-ps-l3-dosing", "au coucher"),
    ("event", "cz-ps-l3-full", "avant le repas"),
    ("event", "ee-ps-l3-code-faults", "pendant le repas"),
    ("offset", "lu-ps-l3-dosing", "-30 minutes"),
    ("reason", "cz-ps-l3-full", "Mucoviscidose"),
    ("reason", "pt-ps-l3-pregnancy", "Hypothyroïdie"),
    ("body site", "cz-ps-l3-full", "Région inguinale"),
    ("body site", "lu-ps-l3-dosing", "Œil"),
    ("target disease", "cz-ps-l3-full", "Hépatite aiguë B"),
    ("target disease", "cz-ps-l3-full", "Rougeole"),
    ("target disease", "hr-ps-l3-prefixed", "Encéphalite d'Europe centrale transmise par des tiques"),
    ("coded result", "cz-ps-l3-full", "Groupe sanguin A, Rh(D) négatif"),
    ("coded result", "pt-ps-l3-pregnancy", "Groupe sanguin O, Rh(D) positif"),
    ("coded result", "pt-ps-l3-pregnancy", "Brésil"),
    ("interpretation", "cz-ps-l3-full", "Bas"),
    ("result unit", "cz-ps-l3-full", "mmHg"),
    ("habit unit", "pt-ps-l3-pregnancy", "cigarettes par jour"),
    ("substitution", "ee-ep-l3-combination", "Substitution par un générique autorisée"),
]
KINDS = {
    "medication.reason", "medication.event", "medication.route", "procedure.site", "immunization.disease",
    "result.blood-group", "vital-sign.code", "social-history.code",
}  # fmt: skip
NAMES = {"interpretationCode", "targetSiteCode", "approachSiteCode"}


def plain(text: str) -> str:
    """A text without kinds of blanks, entities and capitals."""
    return " ".join(re.sub("[\u00a0\u202f]", " ", html.unescape(text)).split()).casefold()


@cache
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit(Settings())


def outputs(data: bytes, tools: cdatk.Toolkit) -> dict[str, str]:
    """What a reader finds in each output: strings of the bundle, text of the page, all of the document."""
    made = {to: (tools.convert(data, to).output or b"").decode("utf-8") for to in ("fhir", "html", "cda")}
    bundle = [re.sub("<[^>]+>", " ", words) for words in strings(json.loads(made["fhir"]))]
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", made["html"], flags=re.DOTALL)
    return {
        "fhir": plain(" | ".join(bundle)),
        "html": plain(re.sub("<[^>]+>", " ", page)),
        "cda": plain(made["cda"]),
    }


@cache
def of_sample(name: str) -> dict[str, str]:
    samples = Path(__file__).resolve().parent.parent.parent / "samples"
    (path,) = samples.glob(f"*/{name}.xml")
    return outputs(path.read_bytes(), toolkit())


@pytest.mark.parametrize(("kind", "name", "words"), CASES)
def test_every_output_says_it_in_french(kind: str, name: str, words: str) -> None:
    found = of_sample(name)
    assert [to for to, text in found.items() if not re.search(rf"(?<!\w){re.escape(plain(words))}(?!\w)", text)] == []


def understood(data: bytes, tools: cdatk.Toolkit) -> tuple[Document, Translation] | None:
    found = tools._understand(data, Report(), with_pages=False)
    return None if found is None else (found.document, found.translation)


def missing(data: bytes, tools: cdatk.Toolkit) -> tuple[set[str], list[tuple[str, str, str]]]:
    """The kinds a document has, and the French of theirs that an output leaves out."""
    found = understood(data, tools)
    if found is None:
        return set(), []
    document, translation = found
    wanted = set()
    for value, term in zip(document.codes, translation.terms, strict=True):
        role = document.roles.get(value.index, "")
        kind = role if role in KINDS else value.name if value.name in NAMES else ""
        coded_result = value.name == "value" and not role
        if term.state is TermState.TRANSLATED and (kind or coded_result):
            wanted.add((kind or "coded result", term.text))
    made = outputs(data, tools) if wanted else {}
    lost = [
        (kind, words, to) for kind, words in sorted(wanted) for to, text in made.items() if plain(words) not in text
    ]
    return {kind for kind, _ in wanted}, lost


def test_no_output_of_a_sample_leaves_one_out(root: Path) -> None:
    seen: set[str] = set()
    for path in sorted((root / "samples").glob("*/*.xml")):
        kinds, lost = missing(path.read_bytes(), toolkit())
        assert lost == [], path.name
        seen |= kinds
    assert seen >= KINDS | {"interpretationCode", "coded result"}


@pytest.mark.shared
def test_no_output_of_a_prescription_dispensation_or_other_document_leaves_one_out(shared: Path) -> None:
    """Patient summaries are looked at in test_catalogues, with the French workbook."""
    folder = shared / "data" / "cda"
    paths = [p for p in sorted(folder.glob("**/*.xml")) if "patient-summary" not in p.parts]
    found = {path.name: missing(path.read_bytes(), toolkit())[1] for path in paths}
    assert len(found) > 20
    assert {name: lost for name, lost in found.items() if lost} == {}
