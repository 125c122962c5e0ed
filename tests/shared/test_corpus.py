"""Every visible document through every output: no exception, every entry accounted for, every code said.

The rule: nothing here knows a file by name except the two whose content the issue names.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

import cdatk

pytestmark = pytest.mark.shared
FORMATS = ("fhir", "html", "cda")


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def _documents(shared: Path) -> Iterator[Path]:
    yield from sorted((shared / "data" / "cda").glob("*/*.xml"))


def test_every_document_gives_every_output(shared: Path, toolkit: cdatk.Toolkit) -> None:
    for path in _documents(shared):
        for to in FORMATS:
            result = toolkit.convert(path.read_bytes(), to)
            assert result.output, f"{path.name} to {to}"
            assert result.facts is not None
            for section in result.facts.sections:
                where = f"{path.name} to {to}, section {section.code}"
                assert section.entries_in == section.entries_out + section.entries_reported, where
            assert sum(result.facts.counts.standings.values()) == result.facts.counts.coded_in


def test_summaries_have_a_resource_for_each_entry(shared: Path, toolkit: cdatk.Toolkit) -> None:
    for path in sorted((shared / "data" / "cda" / "patient-summary").glob("*.xml")):
        result = toolkit.convert(path.read_bytes(), "fhir")
        assert result.facts is not None
        unsaid = result.facts.counts.entries_in - result.facts.counts.entries_out
        said = sum(1 for finding in result.report if finding.code == "FHR-001")
        assert unsaid == said, path.name


def test_every_document_can_be_inspected(shared: Path, toolkit: cdatk.Toolkit) -> None:
    for path in _documents(shared):
        inspection = toolkit.inspect(path.read_bytes())
        assert inspection.facts is not None, path.name
        assert sum(inspection.kinds.values()) == inspection.facts.counts.entries_in


def test_the_attached_pdf_comes_out_byte_for_byte(shared: Path, toolkit: cdatk.Toolkit) -> None:
    for path in _documents(shared):
        text = etree.parse(path, etree.XMLParser(huge_tree=True)).find(".//{*}nonXMLBody/{*}text")
        if text is None or text.get("representation") != "B64":
            continue
        attached = base64.b64decode("".join(str(text.text).split()))
        bundle = json.loads(toolkit.convert(path.read_bytes(), "fhir").output or b"")
        held = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Binary"]
        assert [base64.b64decode(b["data"]) for b in held] == [attached], path.name


def test_the_text_of_the_maltese_pdf_is_readable_in_the_page(shared: Path, toolkit: cdatk.Toolkit) -> None:
    path = shared / "data" / "cda" / "patient-summary" / "openncp__0245791M-L1.xml"
    page = (toolkit.convert(path.read_bytes(), "html").output or b"").decode()
    document = toolkit.convert(path.read_bytes(), "cda").output or b""
    pages = [n.text for n in etree.fromstring(document).iter(etree.ProcessingInstruction) if n.target == "cdatk-page"]
    assert pages
    shown = " ".join("".join(etree.HTML(page).itertext()).split())
    words = [w for p in pages for w in str(p).partition('text="')[2].rstrip('"').replace("&#10;", " ").split()]
    assert len(words) > 50
    missing = [w for w in words if "&" not in w and w not in shown]
    assert not missing


def test_orphanet_code_199_is_a_condition(shared: Path, toolkit: cdatk.Toolkit) -> None:
    path = shared / "data" / "cda" / "patient-summary" / "openncp__2-1234-W8.xml"
    bundle = json.loads(toolkit.convert(path.read_bytes(), "fhir").output or b"")
    conditions = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Condition"]
    coded = [c for c in conditions for coding in c["code"].get("coding", []) if coding.get("code") == "199"]
    assert len(coded) == 1
    assert "Cornelia de Lange" in coded[0]["code"]["text"]
