"""The embedded French against independent sources and real documents in the developers' shared folder.

A difference from another French source is no error by itself; each one was read by a person and then listed in
`reviewed_differences.csv`. A difference that is not listed fails, so that a wording cannot drift unseen.
"""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdatk.terminology.lookup import Terminology, choose
from cdatk.terminology.rows import LanguageStep
from cdatk.terminology.tables import read_manifest, read_rows

pytestmark = pytest.mark.shared
HERE = Path(__file__).resolve().parent
SMALL_WORDS = {"l", "d", "de", "du", "la", "le", "a", "au", "et", "ou", "en", "un", "une"}
SNOMED, ATC = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.73"
ICD10, ORPHA = "1.3.6.1.4.1.12559.11.10.1.3.1.44.2", "1.3.6.1.4.1.12559.11.10.1.3.1.44.5"
EDQM = "0.4.0.127.0.16.1.1.2.1"
Key = tuple[str, str]


def folded(text: str) -> list[str]:
    """The words of a text without case, accents, plural, order and articles."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    text = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    text = re.sub(r"\b(anti|gastro|alpha(?=-bloq))-", r"\1", text)  # written with and without the hyphen
    words = (re.sub(r"(es|s|x|e)$", "", word) for word in re.findall(r"[a-z0-9]+", text))
    return sorted(word for word in words if word not in SMALL_WORDS)


def lists(shared: Path) -> Iterator[tuple[str, str, str]]:
    folder = shared / "data" / "terminology" / "lists"
    for name, system, code, label in (
        ("snomed-fr-ch-be.csv", SNOMED, "code", "fr"),
        ("edqm-fr.csv", EDQM, "code", "fr"),
        ("atc-fr-unaccented.csv", ATC, "atc_code", "name_fr_unaccented"),
    ):
        with (folder / name).open(encoding="utf-8") as stream:
            yield from ((system, row[code], row[label]) for row in csv.DictReader(stream))
    with gzip.open(folder / "orphanet-fr.csv.gz", "rt", encoding="utf-8") as stream:
        yield from ((ORPHA, row["orpha_code"], row["label_fr"]) for row in csv.DictReader(stream))
    with gzip.open(folder / "cim10-fr.csv.gz", "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            code = row["code"] if len(row["code"]) < 4 else f"{row['code'][:3]}.{row['code'][3:]}"
            yield ICD10, code, re.sub(r"^\*+ *SU\d+ *\*+ *", "", row["long"])


def value_sets(shared: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted((shared / "data" / "terminology" / "svs").glob("ans-*/*.xml")):
        if path.stat().st_size:
            for concept in ET.parse(path).getroot().iter("{urn:ihe:iti:svs:2008}Concept"):
                yield concept.get("codeSystem", ""), concept.get("code", ""), concept.get("displayName", "")


def test_differences_from_independent_french_sources_were_reviewed(tables: Path, shared: Path) -> None:
    others: dict[Key, list[str]] = defaultdict(list)
    for system, code, label in (*lists(shared), *value_sets(shared)):
        if label and label != "-":
            others[system, code].append(label)
    with (HERE / "reviewed_differences.csv").open(encoding="utf-8") as stream:
        reviewed = {(row["system"], row["code"], row["designation"]) for row in csv.DictReader(stream)}
    compared, new = 0, []
    for table in read_manifest(tables).tables:
        for row in read_rows(tables, table) if table.language == "fr" else ():
            found = others.get((row["system"], row["code"]))
            if not found or row.get("use") == "synonym":
                continue
            compared += 1
            mine = row["designation"]
            same = any(folded(mine) == folded(other) for other in found)
            if not same and (row["system"], row["code"], mine) not in reviewed:
                new.append((table.path, row["code"], mine, found))
    assert compared > 10_000
    assert new == []


def codes_met(shared: Path) -> Counter[Key]:
    met: Counter[Key] = Counter()
    for path in (shared / "data" / "cda").glob("**/*.xml"):
        try:
            root = ET.parse(path).getroot()
        except ET.ParseError:
            continue
        met.update((e.get("codeSystem", ""), e.get("code", "")) for e in root.iter() if e.get("code"))
    return met


def test_codes_of_public_documents_come_out_in_french(tables: Path, terminology: Terminology, shared: Path) -> None:
    members = {
        (row["system"], row["code"])
        for table in read_manifest(tables).tables
        if table.kind == "members"
        for row in read_rows(tables, table)
    }
    french = total = 0
    for (oid, code), number in codes_met(shared).items():
        concept = terminology.concept(oid, code)
        if concept is not None and (concept.system, concept.code) in members:
            total += number
            chosen = choose(terminology.designations(oid, code), "fr")
            french += number if chosen and chosen[1] is LanguageStep.EXACT else 0
    assert total > 1_000
    assert french / total >= 0.98


def test_every_atc_code_of_public_documents_has_french(terminology: Terminology, shared: Path) -> None:
    met = sorted(code.strip() for oid, code in codes_met(shared) if oid == ATC)
    held = [code for code in met if terminology.concept(ATC, code)]
    missing = [code for code in held if not any(d.language == "fr" for d in terminology.designations(ATC, code))]
    assert len(held) > 100
    assert missing == []
