"""The display sheets on small documents of our own.

The rule these tests hold: what the document says is on the page, in words, and nothing of it can act.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import threading
from pathlib import Path

import pytest
from lxml import etree, html

from cdatk import resources
from cdatk.emit.html import LANGUAGES, HtmlEmitter, HtmlError

DISPLAY = resources.xslt_dir() / "display"
V3 = "urn:hl7-org:v3"
SNOMED = "2.16.840.1.113883.6.96"
ABSENT = "2.16.840.1.113883.5.1150.1"

EMITTER = HtmlEmitter()


def document(*sections: str, root: str = "", body: str = "") -> bytes:
    """A patient summary with these sections, or with this body instead."""
    parts = "".join(f"<component>{section}</component>" for section in sections)
    inner = body or f"<structuredBody>{parts}</structuredBody>"
    return (
        f'<ClinicalDocument xmlns="{V3}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{root}'
        '<code code="60591-5" codeSystem="2.16.840.1.113883.6.1"/><effectiveTime value="20240301"/>'
        '<languageCode code="pt-PT"/><recordTarget><patientRole><id root="2.999" extension="P-1"/><patient>'
        "<name><given>Dolores</given><family>Borg</family></name>"
        '<administrativeGenderCode code="F"/><birthTime value="19620310"/></patient></patientRole></recordTarget>'
        f"<component>{inner}</component></ClinicalDocument>"
    ).encode()


def section(loinc: str, *entries: str, text: str = "") -> str:
    """A section with entries and a narrative."""
    rows = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<section><code code="{loinc}"/><title>T</title><text>{text}</text>{rows}</section>'


def concern(inside: str) -> str:
    """An observation inside its concern act."""
    return (
        f'<act><code code="CONC"/><statusCode code="active"/><entryRelationship typeCode="SUBJ"><observation>{inside}'
        "</observation></entryRelationship></act>"
    )


def page(data: bytes, language: str = "fr") -> html.HtmlElement:
    """The page, parsed."""
    return html.document_fromstring(EMITTER.emit_html(data, language).decode("utf-8"))


def words(node: html.HtmlElement) -> str:
    """The text a reader sees, in one line."""
    return " ".join(" ".join(str(part) for part in node.itertext()).split())


def main_text(data: bytes, language: str = "fr") -> str:
    return words(page(data, language).find(".//main"))


# --- the label catalogue ---


def labels() -> dict[str, dict[str, str]]:
    tree = etree.parse(DISPLAY / "labels.xml")
    found = tree.getroot().iter("label")
    return {str(label.get("key")): {str(child.tag): child.text or "" for child in label} for label in found}


def sheets() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(DISPLAY.rglob("*.xsl")))


def test_every_label_has_both_languages_and_stands_once() -> None:
    keys = re.findall(r'<label key="([^"]+)"', (DISPLAY / "labels.xml").read_text("utf-8"))
    assert len(keys) == len(set(keys))
    assert [key for key, texts in labels().items() if set(texts) != set(LANGUAGES) or not all(texts.values())] == []


def test_every_key_the_sheets_name_is_in_the_catalogue() -> None:
    named = set(re.findall(r"d:l(?:abels)?\('([^']+)'[,)]", sheets())) | set(
        re.findall(r"'((?:col)\.[a-z-]+)'", sheets())
    )
    assert len(named) > 100
    assert sorted(key for key in named if key not in labels()) == []


def test_french_labels_follow_the_house_style() -> None:
    french = {key: texts["fr"] for key, texts in labels().items() if not key.startswith("sys.")}
    assert [key for key, text in french.items() if re.search(r"[^\u00a0\u202f][:;?!%](?:\s|$)|« |’", text)] == []


def test_the_page_allows_its_own_style_only() -> None:
    css = (DISPLAY / "page.css").read_bytes()
    expected = base64.b64encode(hashlib.sha256(css).digest()).decode()
    policy = page(document()).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert f"style-src 'sha256-{expected}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    raw = EMITTER.emit_html(document(), "fr").decode()
    assert re.search(r"<style>(.*?)</style>", raw, re.S).group(1).encode() == css  # type: ignore[union-attr]
    assert "<script" not in raw and "http://" not in raw and "https://" not in raw


# --- coded values ---


@pytest.mark.parametrize(
    ("state", "lang", "mark"),
    [
        ("translated", "fr", ""),
        ("fallback", "en", "en anglais"),
        ("original", "pt-PT", "en portugais"),
        ("outside", "fr", "hors du jeu de valeurs attendu"),
        ("unknown-code", "pt-PT", "code inconnu du catalogue"),
        ("unknown-system", "pt-PT", "terminologie inconnue du catalogue"),
    ],
)
def test_each_state_has_its_mark_in_words(state: str, lang: str, mark: str) -> None:
    value = (
        f'<value code="X9" codeSystem="{SNOMED}"><?cdatk-term state="{state}" text="Terme &amp; suite" lang="{lang}" '
        'original="Termo" original-lang="pt-PT"?></value>'
    )
    tree = page(document(section("11450-4", concern(f"<code code='1'/>{value}"))))
    cell = tree.xpath("//tbody/tr/th[@scope='row']")[0]
    assert words(cell).startswith("Terme & suite")
    assert mark in words(cell)
    assert (not mark) == (not cell.xpath(".//*[contains(@class, 'm-')]"))
    foreign = cell.xpath(".//*[@lang]/@lang")
    assert foreign == ([] if lang == "fr" else [lang])
    details = tree.xpath("//tbody//details")[0]
    assert "X9" in words(details) and "SNOMED CT" in words(details)
    assert details.xpath(".//q[@lang='pt-PT']/text()") == ["Termo"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f'<value code="X9" codeSystem="{SNOMED}" displayName="Asma"/>', "Asma"),
        (
            f'<value code="X9" codeSystem="{SNOMED}"><originalText><reference value="#v"/></originalText></value>',
            "Bronquite",
        ),
        (f'<value code="X9" codeSystem="{SNOMED}"/>', "X9 SNOMED CT"),
        ('<value nullFlavor="OTH"><translation displayName="Doença local"/></value>', "Doença local"),
        ('<value nullFlavor="UNK"/><text><reference value="#v"/></text>', "Bronquite"),
        ('<value nullFlavor="UNK"/>', "inconnu"),
        ('<text><reference value="#v"/></text>', "Bronquite"),
        ("", "non précisé"),
    ],
)
def test_a_plain_document_has_no_blank_cell(value: str, shown: str) -> None:
    narrative = '<paragraph ID="v">Bronquite</paragraph>'
    tree = page(document(section("11450-4", concern(value), text=narrative)))
    assert shown in words(tree.xpath("//tbody/tr/th[@scope='row']")[0])
    assert [words(cell) for cell in tree.xpath("//table//td | //table//th") if not words(cell)] == []


def test_the_three_absences_read_differently() -> None:
    def said(code: str) -> str:
        value = f'<value code="{code}" codeSystem="{ABSENT}" displayName="x"/>'
        return main_text(document(section("48765-2", concern(value))))

    assert "Aucune allergie connue" in said("no-known-allergies")
    assert "Aucune information sur les allergies" in said("no-allergy-info")
    assert "Rubrique vide" in main_text(document(section("48765-2")))
    assert "La section « Allergies" not in main_text(document(section("48765-2")))
    missing = main_text(document(section("11450-4"))).replace("\u00a0", " ")
    assert "La rubrique « Allergies et hypersensibilités » est absente du document." in missing


def test_the_card_and_the_section_say_the_same() -> None:
    unknown = '<participantRole><playingEntity><code nullFlavor="UNK"/></playingEntity></participantRole>'
    agent = f'<participant typeCode="CSM">{unknown}</participant>'
    value = f'<value code="1" codeSystem="{SNOMED}" displayName="Alergia a X"/><text><reference value="#u"/></text>'
    tree = page(document(section("48765-2", concern(agent + value), text='<paragraph ID="u">UNK</paragraph>')))
    for place in ("//*[@id='essentiel']//li/a", "//tbody/tr/th"):
        assert "Alergia a X" in words(tree.xpath(place)[0])


def test_negation_is_the_first_word_of_the_row() -> None:
    vaccine = (
        '<substanceAdministration negationInd="true"><code code="IMMUNIZ"/><consumable><manufacturedProduct>'
        f'<manufacturedMaterial><code code="1" codeSystem="{SNOMED}" displayName="Tétano"/></manufacturedMaterial>'
        "</manufacturedProduct></consumable></substanceAdministration>"
    )
    tree = page(document(section("11369-6", vaccine)))
    assert words(tree.xpath("//tbody/tr/th[@scope='row']")[0]).startswith("NON administré Tétano")
    procedure = (
        f'<procedure negationInd="true"><code code="2" codeSystem="{SNOMED}" displayName="Prótese"/></procedure>'
    )
    assert "NON réalisé Prótese" in main_text(document(section("47519-4", procedure)))


def test_nothing_of_a_nested_entry_is_lost() -> None:
    inside = (
        '<code code="A1" codeSystem="1.2.3"/><value code="B2" codeSystem="1.2.3"><qualifier><name code="C3"/>'
        '<value code="D4" displayName="Esquerda"/></qualifier><translation code="E5" displayName="local"/></value>'
        '<effectiveTime><low value="20240503"/></effectiveTime>'
        '<participant typeCode="LOC"><participantRole><code code="F6"/><playingEntity><name>Clínica</name>'
        "</playingEntity></participantRole></participant>"
        '<entryRelationship typeCode="CAUS"><observation><code code="G7"/>'
        '<value unit="mmol/l" value="12.50"/><entryRelationship typeCode="SUBJ"><act><code code="H8"/>'
        '<effectiveTime value="202402"/></act></entryRelationship></observation></entryRelationship>'
    )
    text = main_text(document(section("99999-9", concern(inside)))).replace("\u00a0", " ")
    for expected in (
        "A1",
        "B2",
        "C3",
        "Esquerda",
        "E5",
        "local",
        "3 mai 2024",
        "F6",
        "Clínica",
        "G7",
        "12,50 mmol/l",
        "H8",
        "février 2024",
    ):
        assert expected in text, expected


MEDICATION = """<substanceAdministration><statusCode code="active"/>
  <effectiveTime xsi:type="IVL_TS"><low value="20240501"/><high nullFlavor="PINF"/></effectiveTime>
  <effectiveTime xsi:type="PIVL_TS"><period value="8" unit="h"/></effectiveTime><doseQuantity value="1" unit="1"/>
  <consumable><manufacturedProduct><manufacturedMaterial><name>Eutirox</name>
  <m:ingredient xmlns:m="{space}" classCode="ACTI"><m:quantity><m:numerator value="0.5" unit="mg"/>
  <m:denominator value="1" unit="1"/></m:quantity><m:{inner}><m:code code="H03AA01" displayName="levotiroxina"/>
  </m:{inner}></m:ingredient></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""


@pytest.mark.parametrize(
    ("space", "inner"), [("urn:hl7-org:pharm", "ingredientSubstance"), ("urn:epsos-org:ep:medication", "ingredient")]
)
def test_both_medication_namespaces_fill_the_same_row(space: str, inner: str) -> None:
    tree = page(document(section("10160-0", MEDICATION.format(space=space, inner=inner))))
    row = words(tree.xpath("//tbody/tr")[0]).replace("\u00a0", " ")
    assert "Eutirox" in row and "levotiroxina" in row and "0,5 mg" in row
    assert "toutes les 8 h" in row and "depuis le 1er mai 2024, sans fin prévue" in row


def test_a_dosage_sentence_replaces_its_parts() -> None:
    sentence = '<substanceAdministration><?cdatk-dosage text="1 comprimé toutes les 8 heures"?>'
    entry = MEDICATION.format(space="urn:hl7-org:pharm", inner="ingredient").replace(
        "<substanceAdministration>", sentence
    )
    row = words(page(document(section("10160-0", entry))).xpath("//tbody/tr")[0])
    assert "1 comprimé toutes les 8 heures" in row and "toutes les 8 h " not in row.replace("\u00a0", " ")


# --- narrative ---


def test_the_narrative_cannot_act() -> None:
    text = (
        '<script>alert(1)</script><content onclick="x()" styleCode="Bold evil&quot;">dito</content>'
        '<linkHtml href=" java&#10;script:alert(1)">clique</linkHtml><linkHtml href="data:text/html,x">dados</linkHtml>'
        '<linkHtml href="https://example.org/">bom</linkHtml><iframe src="https://example.org/"/>'
        '<img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="y()"/><svg xmlns="http://www.w3.org/2000/svg">s</svg>'
        '<table><tr><td colspan="2" style="x">célula</td><td colspan="9999999">b</td></tr></table>'
    )
    tree = page(document(section("99999-9", text=text)))
    doc = tree.xpath("//*[contains(@class, 'doc')]")[0]
    assert {str(node.tag) for node in doc.iter()} <= {"div", "span", "a", "table", "tbody", "tr", "td"}
    allowed = {"class", "id", "href", "rel", "colspan", "lang", "dir", "tabindex", "role", "aria-label"}
    assert {name for node in doc.iter() for name in node.attrib} <= allowed
    assert doc.xpath(".//a/@href") == ["https://example.org/"]
    for kept in ("alert(1)", "dito", "clique", "dados", "bom", "célula"):
        assert kept in words(doc), kept
    assert doc.get("lang") == "pt-PT"
    assert doc.xpath(".//span[@class='b']/text()") == ["dito"]


def test_markup_in_names_and_codes_stays_text() -> None:
    evil = "&lt;img src=x onerror=alert(1)&gt;\"'&lt;/style&gt;"
    entry = concern(
        f'<code code="1"/><value code="&quot;&gt;&lt;b&gt;" displayName="{evil.replace(chr(34), "&quot;")}"/>'
    )
    raw = EMITTER.emit_html(document(section("11450-4", entry)), "fr").decode()
    tree = html.document_fromstring(raw)
    assert tree.xpath("//img | //th//b | //*[@onerror]") == []
    assert "<img src=x onerror=alert(1)>" in words(tree)


def test_a_row_leads_to_its_phrase() -> None:
    entry = concern('<value code="1"><originalText><reference value="#p 1"/></originalText></value>')
    tree = page(
        document(section("11450-4", entry, text='<paragraph ID="p 1">Asma</paragraph><content ID="p 1">2</content>'))
    )
    target = tree.xpath("//a[@class='o']/@href")[0].removeprefix("#")
    assert [words(node) for node in tree.xpath("//*[@id=$id]", id=target)] == ["Asma"]


def test_ids_are_unique_and_links_inside_resolve() -> None:
    sections = [
        section(code, concern('<value code="1"/>'), text='<content ID="a">x</content>')
        for code in ("11450-4", "11348-0")
    ]
    tree = page(document(*sections, root='<?cdatk-finding severity="error" code="A-1" text="Phrase." at="/x"?>'))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert [href for href in tree.xpath("//a/@href") if href.startswith("#") and href[1:] not in ids] == []


# --- level 1 ---

PDF = base64.b64encode(b"%PDF-1.4 test").decode()


def test_a_pdf_is_shown_with_its_text_and_offered_for_download() -> None:
    notes = (
        '<?cdatk-attachment media-type="application/pdf" bytes="13" pages="1" sha256="ab12" state="readable"?>'
        '<?cdatk-page number="1" text="linha 1&#10;linha &lt; 2"?>'
    )
    content = f'<text mediaType="application/pdf" representation="B64">{notes}{PDF[:8]}\n{PDF[8:]}</text>'
    text = f"<nonXMLBody>{content}</nonXMLBody>"
    tree = page(document(body=text))
    assert tree.xpath("//object/@data") == [f"data:application/pdf;base64,{PDF}"]
    assert tree.xpath("//a[@download]/@href") == [f"data:application/pdf;base64,{PDF}"]
    assert tree.xpath("//pre/text()") == ["linha 1\nlinha < 2"]
    assert "ab12" in words(tree)


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script></html>", b"<svg onload='x()'/>", b"MZ"])
def test_any_other_content_is_described_and_not_embedded(content: bytes) -> None:
    encoded = base64.b64encode(content).decode()
    body = f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{encoded}</text></nonXMLBody>'
    raw = EMITTER.emit_html(document(body=body), "fr").decode()
    assert encoded not in raw and "non affiché" in raw


# --- header and findings ---


def test_the_banner_says_who_when_and_how_far_translated() -> None:
    root = '<?cdatk-document country-name="Portugal" source-language-name="portugais" coded="9" translated="6"?>'
    banner = words(page(document(root=root)).xpath("//header")[0]).replace("\u00a0", " ")
    for expected in (
        "BORG Dolores",
        "née le 10 mars 1962",
        "61 ans à la date du document",
        "sexe : féminin",
        "P-1",
        "1er mars 2024",
        "Portugal",
        "portugais",
        "Traduit en français, 3 codes sans traduction",
    ):
        assert expected in banner, expected


def test_findings_of_one_kind_are_listed_once_with_their_places() -> None:
    root = "".join(f'<?cdatk-finding severity="warning" code="TRM-1" text="Phrase." at="/a[{n}]"?>' for n in (1, 2))
    panel = words(page(document(root=root)).xpath("//*[@id='constats']")[0])
    assert panel.count("Phrase.") == 1 and "2 emplacements" in panel and "/a[2]" in panel


def test_english_labels_on_request() -> None:
    assert "The section" in main_text(document(section("11450-4")), "en")


# --- the emitter ---


def test_the_same_input_gives_the_same_bytes_from_any_thread() -> None:
    data = document(section("11450-4", concern('<value code="1"/>')))
    pages: list[bytes] = []
    threads = [threading.Thread(target=lambda: pages.append(EMITTER.emit_html(data, "fr"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == 3 and set(pages) == {HtmlEmitter().emit_html(data, "fr")}


@pytest.mark.parametrize(
    "data", [b"", b"<a", b"\xff\xfe<", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>']
)
def test_unusable_input_is_a_typed_error(data: bytes) -> None:
    with pytest.raises(HtmlError):
        EMITTER.emit_html(data, "fr")


def test_an_unknown_language_is_a_typed_error() -> None:
    with pytest.raises(HtmlError, match="no labels"):
        EMITTER.emit_html(document(), "xx")


def test_a_failing_sheet_quotes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(DISPLAY, tmp_path, dirs_exist_ok=True)
    main = tmp_path / "cda.xsl"
    banner, broken = '<xsl:call-template name="banner"/>', '<xsl:value-of select="xs:integer(title)"/>'
    main.write_text(main.read_text("utf-8").replace(banner, broken), "utf-8")
    with pytest.raises(HtmlError) as caught:
        HtmlEmitter(tmp_path).emit_html(document(root="<title>SECRET</title>"), "fr")
    assert "SECRET" not in str(caught.value)
    assert "SECRET" not in capfd.readouterr().err
