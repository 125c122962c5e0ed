"""A sender's way: a national transcoding table into a store, a national document out as a European one.

The rule these tests hold: the European code stands outside, the national one inside with its version and words; a code
the table does not hold stays as it is and is said.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ended
from lxml import etree, html

from cdatk.diagnostics import Report
from cdatk.validate.schema import SchemaCheck

Call = Callable[..., Ended]
NATIONAL, SNOMED = "2.999.40.1", "2.16.840.1.113883.6.96"
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "cz" / "cz-ps-l3-full.xml"
TABLE = (
    "source_system,source_code,target_system,target_code,equivalence\n"
    f"{NATIONAL},Z1,{SNOMED},39579001,equal\n"
    f"{NATIONAL},Z2,{SNOMED},126485001,equal\n"
)
SWAPS = {
    'code="39579001" codeSystem="2.16.840.1.113883.6.96" displayName="Anaphylaxis"': f'code="Z1" codeSystem="{NATIONAL}"'
    ' codeSystemName="Liste nationale" codeSystemVersion="2024" displayName="Choc anaphylactique"',
    'code="126485001" codeSystem="2.16.840.1.113883.6.96" displayName="Urticaria"': f'code="Z2" codeSystem="{NATIONAL}"'
    ' displayName="Urticaire géante"',
    'code="255604002" codeSystem="2.16.840.1.113883.6.96" displayName="Mild"': f'code="Z9" codeSystem="{NATIONAL}"'
    ' displayName="Légère"',
}


def find(root: etree._Element, code: str) -> etree._Element:
    """The value with a code, outside of any translation."""
    found = [e for e in root.iter("{urn:hl7-org:v3}value") if e.get("code") == code]
    assert len(found) == 1, code
    return found[0]


@pytest.fixture
def national(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cdatk: Call) -> Path:
    """The folder of a sender: its document, its table imported into its store."""
    monkeypatch.chdir(tmp_path)
    text = SAMPLE.read_text("utf-8")
    for old, new in SWAPS.items():
        assert old in text
        text = text.replace(old, new, 1)
    Path("national.xml").write_text(text, "utf-8")
    Path("table.csv").write_text(TABLE, "utf-8")
    assert cdatk("terminology", "import", "table.csv", "--store", "own.sqlite").code == 0
    return tmp_path


def transcode(cdatk: Call, source: str, target: str) -> Ended:
    return cdatk("convert", source, "--to", "cda", "--transcode", "--store", "own.sqlite", "-o", target)


def test_national_codes_leave_as_european_ones(national: Path, cdatk: Call) -> None:
    ended = transcode(cdatk, "national.xml", "pivot.xml")
    assert ended.code == 0
    root = etree.parse("pivot.xml").getroot()
    value = find(root, "39579001")
    assert (value.get("codeSystem"), value.get("displayName")) == (SNOMED, "Anaphylaxis")
    assert "codeSystemVersion" not in value.attrib
    inner = value.find("{urn:hl7-org:v3}translation")
    assert inner is not None and dict(inner.attrib) == {
        "code": "Z1", "codeSystem": NATIONAL, "codeSystemName": "Liste nationale", "codeSystemVersion": "2024",
        "displayName": "Choc anaphylactique",
    }  # fmt: skip
    assert find(root, "126485001").find("{urn:hl7-org:v3}translation") is not None
    assert not root.xpath("//processing-instruction()[starts-with(name(), 'cdatk-')]")


def test_a_code_the_table_does_not_hold_stays_and_is_said(national: Path, cdatk: Call) -> None:
    ended = transcode(cdatk, "national.xml", "pivot.xml")
    kept = find(etree.parse("pivot.xml").getroot(), "Z9")
    assert (kept.get("codeSystem"), kept.get("displayName"), len(kept)) == (NATIONAL, "Légère", 0)
    assert "TRM-002" in ended.err and "Z9" in ended.err


def test_transcoding_twice_changes_nothing(national: Path, cdatk: Call) -> None:
    transcode(cdatk, "national.xml", "pivot.xml")
    transcode(cdatk, "pivot.xml", "again.xml")
    assert Path("again.xml").read_bytes() == Path("pivot.xml").read_bytes()


def test_the_rest_is_untouched_and_no_less_valid(national: Path, cdatk: Call) -> None:
    transcode(cdatk, "national.xml", "pivot.xml")
    before, after = (etree.parse(name).getroot() for name in ("national.xml", "pivot.xml"))
    reports = []
    for root in (before, after):
        reports.append(Report())
        SchemaCheck().check(root, reports[-1])
    assert [f.code for f in reports[1]] == [f.code for f in reports[0]]
    for code, back in (("39579001", "Z1"), ("126485001", "Z2")):
        new = find(after, code)
        parent = new.getparent()
        assert parent is not None
        parent.replace(new, copy.deepcopy(find(before, back)))
    assert etree.tostring(after, method="c14n") == etree.tostring(before, method="c14n")


def test_the_receiver_reads_the_european_term_and_sees_the_national_one(national: Path, cdatk: Call) -> None:
    transcode(cdatk, "national.xml", "pivot.xml")
    assert cdatk("convert", "pivot.xml", "--to", "html", "-o", "page.html").code == 0
    page = html.document_fromstring(Path("page.html").read_bytes()).find(".//main")
    shown = " ".join(" ".join(str(t) for t in page.itertext()).split())
    assert "Anaphylaxie" in shown and "Choc anaphylactique" in shown and "Z1" in shown


def test_transcode_without_cda_is_refused(national: Path, cdatk: Call) -> None:
    ended = cdatk("convert", "national.xml", "--to", "html", "--transcode", "-o", "page.html")
    assert ended.code == 2 and "--transcode" in ended.err
    assert not Path("page.html").exists()
