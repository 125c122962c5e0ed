"""The generated part of a narrative: marked, in the reader's language, from the coded entries and nothing else."""

from __future__ import annotations

import base64
import json
import re

import pytest
from documents import SAMPLES, allergy, problem, section

import cdatk

LATEX = '<code code="111088007" codeSystem="2.16.840.1.113883.6.96" displayName="Latex"/>'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
ASTHMA = (
    f'<value xsi:type="CD" {XSI} code="J45.9" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2" displayName="Asthma"/>'
)


def lines(made, code: str) -> list[str]:
    div = made.section(code)["text"]["div"]
    _, found, told = div.partition('<div class="generated" lang="fr" xml:lang="fr">')
    return re.findall("<li>(.*?)</li>", told) if found else []


def test_it_is_marked_and_follows_the_text_of_the_source(bundle):
    div = bundle(section("11450-4", problem(ASTHMA))).section("11450-4")["text"]["div"]
    assert "<p>Texto</p><div class=" in div
    assert "<i>Texte établi à partir des données codées</i>" in div
    assert div.count('lang="pt-PT"') == 2


def test_it_says_code_and_date(bundle):
    (line,) = lines(bundle(section("11450-4", problem(ASTHMA))), "11450-4")
    assert line == "Fr:Asthma&#160;– depuis 2018"


@pytest.mark.parametrize("negated", [True, False])
def test_a_denial_is_said_first_and_only_where_there_is_one(bundle, negated):
    (line,) = lines(bundle(section("48765-2", allergy(LATEX, negated=negated))), "48765-2")
    assert line.startswith("RÉFUTÉ") is negated
    assert "Latex" in line


def test_what_the_entry_does_not_say_is_not_said(bundle):
    (line,) = lines(bundle(section("48765-2", allergy(LATEX))), "48765-2")
    assert not any(word in line for word in ("statut", "criticité", "certitude", "gravité"))


def test_words_of_another_language_stand_in_quotes_with_its_name(bundle):
    text = f'<value xsi:type="CD" {XSI} nullFlavor="OTH"><originalText>asma &lt;grave&gt;</originalText></value>'
    (line,) = lines(bundle(section("11450-4", problem(text))), "11450-4")
    assert line.startswith("«&#160;asma &lt;grave&gt;&#160;» (en portugais)")


def test_a_section_of_words_alone_gets_none(bundle):
    assert lines(bundle(section("42348-3")), "42348-3") == []


def test_figures_are_those_of_the_entries():
    """Every number that a generated line shows stands in the source, as written or as part of a date."""
    toolkit = cdatk.Toolkit()
    for path in SAMPLES:
        data = path.read_bytes()
        source = data.decode("utf-8")
        bundle = json.loads(toolkit.convert(data, "fhir").output or b"")
        for part in bundle["entry"][0]["resource"].get("section", []):
            told = part["text"]["div"].partition('<div class="generated"')[2]
            for number in re.findall(r"\d[\d\u202f]*(?:,\d+)?", re.sub("&#[0-9]+;", " ", told)):
                plain = number.replace("\u202f", "").replace(",", ".")
                assert plain in source or plain.zfill(2) in source, f"{path.name}: {number}"


def test_the_level_1_document_goes_with_the_level_3_one():
    one = next(path for path in SAMPLES if path.stem == "mt-ps-l1-pdf").read_bytes()
    three = next(path for path in SAMPLES if path.stem == "mt-ps-l3-single-line").read_bytes()
    toolkit = cdatk.Toolkit()
    result = toolkit.convert(three, "fhir", beside=one)
    resources = [e["resource"] for e in json.loads(result.output or b"")["entry"]]
    held = [r for r in resources if r["resourceType"] == "Binary"]
    if any(f.code.startswith("ATT") for f in result.report) and not held:
        pytest.skip("the two samples are about different patients")
    alone = json.loads(toolkit.convert(one, "fhir").output or b"")
    (pdf,) = [e["resource"]["data"] for e in alone["entry"] if e["resource"]["resourceType"] == "Binary"]
    assert [base64.b64decode(b["data"]) for b in held] == [base64.b64decode(pdf)]
    (reference,) = [
        r for r in resources if r.get("content", [{}])[0].get("attachment", {}).get("contentType") == "application/pdf"
    ]
    assert "masterIdentifier" not in reference
    listed = [e["reference"] for s in resources[0]["section"] for e in s.get("entry", [])]
    assert f"urn:uuid:{reference['id']}" in listed
