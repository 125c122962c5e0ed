"""What the page adds for a reader: courses of treatment, words that differ, the original beside, the printed head."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from documents import allergy, document, section
from lxml import html

from cdatk import Toolkit
from cdatk.emit.html import HtmlEmitter

TOOLKIT = Toolkit()
EMITTER = HtmlEmitter()
PDF = Path(__file__).resolve().parent.parent.parent / "samples" / "cz" / "cz-orcd-laboratory-pdf.xml"


def page(data: bytes, **more: bytes) -> html.HtmlElement:
    output = TOOLKIT.convert(data, "html", **more).output
    assert output is not None
    return html.document_fromstring(output.decode("utf-8"))


def words(node: html.HtmlElement) -> str:
    return " ".join(" ".join(str(part) for part in node.itertext()).split())


def treatment(status: str, low: str = "", high: str = "") -> str:
    bounds = (f'<low value="{low}"/>' if low else "") + high
    code = f'<statusCode code="{status}"/>' if status else ""
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="INT">{code}<effectiveTime xsi:type="IVL_TS">{bounds}'
        '</effectiveTime><doseQuantity value="1"/><consumable><manufacturedProduct><manufacturedMaterial><name>X</name>'
        "</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"
    )


ENDED, TO_COME = '<high value="20240101"/>', '<high value="202412"/>'


@pytest.mark.parametrize(
    ("entry", "course"),
    [
        (treatment("active", "2020"), "En cours"),
        (treatment("active", "2020", TO_COME), "En cours"),
        (treatment("active", "2020", ENDED), "En cours ou passé : non précisé"),
        (treatment("completed", "2020"), "Passés"),
        (treatment("", "2020", ENDED), "Passés"),
        (treatment("", "2020", TO_COME), "En cours"),
        (treatment("", "2020", '<high nullFlavor="PINF"/>'), "En cours"),
        (treatment("", "2020", '<high nullFlavor="UNK"/>'), "En cours ou passé : non précisé"),
        (treatment("", "202406", TO_COME), "En cours ou passé : non précisé"),
        (treatment("suspended", "2020", ENDED), "En cours ou passé : non précisé"),
    ],
)
def test_a_treatment_is_ongoing_or_past_as_the_document_says(entry: str, course: str) -> None:
    essentials = page(document(section("10160-0", entry))).xpath("//*[@id='essentiel']")[0]
    found = essentials.xpath(".//li[contains(., 'X')]/../preceding-sibling::h4[1]")
    assert [words(head).replace("\u00a0", " ") for head in found] == [course]


def test_what_a_summary_promises_has_a_card_even_when_the_document_is_silent() -> None:
    cards = page(document(section("10160-0", treatment("active")))).xpath("//*[@id='essentiel']//h3")
    titles = [words(card) for card in cards]
    assert len(titles) == 7
    assert titles[0].startswith("Allergies") and "Vaccinations" in titles


def test_days_stand_in_one_place_of_a_row() -> None:
    row = page(document(section("10160-0", treatment("active", "20240301")))).xpath("//tbody/tr")[0]
    assert words(row).count("1er mars 2024") == 1


@pytest.mark.parametrize(("display", "shown"), [("omeprazole", False), ("Insulin pump", True)])
def test_words_that_are_not_those_of_the_code_are_seen_without_a_click(display: str, shown: bool) -> None:
    agent = f'<code code="A02BC01" codeSystem="2.16.840.1.113883.6.73" displayName="{display}"/>'
    tree = page(document(section("48765-2", allergy(agent))))
    for place in ("//tbody/tr[1]/th", "//*[@id='essentiel']//li"):
        assert (display in words(tree.xpath(place)[0])) == shown


def test_the_head_of_printed_pages_names_the_patient() -> None:
    assert page(document()).get("data-run").startswith("EXEMPLO Ana · née le 12 mars 1961 · P-1 · ")


def original(patient: str, related: str = "") -> bytes:
    data = base64.b64encode(b"%PDF-1.4 original").decode()
    body = f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{data}</text></nonXMLBody>'
    text = document().decode().replace("<structuredBody></structuredBody>", body).replace('extension="P-1"', patient)
    return (
        text.replace('extension="doc-1"', 'extension="doc-2"')
        .replace("<component>", f"{related}<component>", 1)
        .encode()
    )


def test_the_original_stands_beside_the_french_view() -> None:
    link = (
        '<relatedDocument typeCode="XFRM"><parentDocument><id root="2.999.1" extension="doc-1"/></parentDocument>'
        "</relatedDocument>"
    )
    structured = document(section("10160-0", treatment("active")))
    tree = page(structured, beside=original('extension="P-1"', link))
    (target,) = tree.xpath("//*[@id='document-joint']//object/@data")
    assert base64.b64decode(target.partition(",")[2]) == b"%PDF-1.4 original"
    assert tree.xpath("//*[contains(@class, 'switch')]/a/@href") == ["#contenu", "#document-joint"]
    codes = [f.code for f in TOOLKIT.convert(structured, "html", original('extension="P-1"', link)).report]
    assert "HTM-003" not in codes and "HTM-004" not in codes


def test_an_original_that_is_not_named_is_said() -> None:
    codes = [f.code for f in TOOLKIT.convert(document(), "html", original('extension="P-1"')).report]
    assert "HTM-004" in codes


@pytest.mark.parametrize("other", [original('extension="P-2"'), document(), b"<broken"])
def test_another_patients_original_is_not_shown(other: bytes) -> None:
    result = TOOLKIT.convert(document(), "html", other)
    assert "HTM-003" in [f.code for f in result.report]
    assert result.output is not None and b"data:application/pdf" not in result.output


def test_the_sheets_alone_give_the_same_page(sample: bytes) -> None:
    translated, shown = TOOLKIT.convert(sample, "cda").output, TOOLKIT.convert(sample, "html").output
    assert translated is not None
    assert EMITTER.emit_html(translated, "fr") == shown


def test_without_a_browser_a_pdf_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = TOOLKIT.convert(document(), "pdf")
    assert result.output is None
    assert "HTM-002" in [f.code for f in result.report]


def test_a_document_that_is_only_a_pdf_is_not_called_translated() -> None:
    """The two or three codes of its header are no measure of what the physician reads."""
    sample = Path(__file__).resolve().parents[2] / "samples" / "mt" / "mt-ps-l1-pdf.xml"
    state = words(page(sample.read_bytes()).find(".//div[@class='state']"))
    assert "Document joint montré tel qu'il a été reçu, non traduit" in state
    assert "Traduit en français" not in state and "constat" in state
