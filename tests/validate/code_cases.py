"""The table of cases by code: two documents each, of which one calls for the code and one nearly does."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from documents import document, problem, relation, section

from cdatk.settings import Limits, Settings

HERE = Path(__file__).parent
BASE = (HERE / "cases" / "base.xml").read_text("utf-8")


USUAL = Settings()


@dataclass(frozen=True)
class Case:
    """Two documents that differ in one thing; ``to`` converts them, else they are validated."""

    code: str
    broken: bytes
    near: bytes
    to: str = ""
    settings: Settings = USUAL
    settings_near: Settings | None = None


def edit(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def one(code: str, old: str, broken: str, near: str, to: str = "", base: str = BASE) -> Case:
    """A case by one place of the base document and its two replacements."""
    return Case(code, edit(base, (old, broken)).encode(), edit(base, (old, near)).encode(), to)


def body(data: bytes, media_type: str = "application/pdf") -> bytes:
    """The base document with a file in place of its sections."""
    start, end = BASE.index("<structuredBody>"), BASE.index("</structuredBody>") + len("</structuredBody>")
    encoded = base64.b64encode(data).decode()
    return encoded_body(encoded, media_type, BASE[:start], BASE[end:])


def encoded_body(encoded: str, media_type: str, before: str, after: str) -> bytes:
    text = f'<nonXMLBody><text mediaType="{media_type}" representation="B64">{encoded}</text></nonXMLBody>'
    return (before + text + after).encode()


@cache
def pdf(change: str = "", pages: int = 1) -> bytes:
    """A PDF that holds what ``change`` names."""
    pikepdf = pytest.importorskip("pikepdf")
    made = pikepdf.new()
    for _ in range(pages):
        page = made.add_blank_page(page_size=(200, 200))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        words = b"" if change == "scanned" else b"BT /F1 12 Tf 20 100 Td (Laboratory result of the patient) Tj ET"
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj.Contents = made.make_stream(words)
    action = {"script": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"),
              "launch": pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x"),
              "link": pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org")}.get(change)  # fmt: skip
    if action is not None:
        made.Root.OpenAction = action
    if change == "file":
        made.attachments["notes.txt"] = b"text"
    locks = {"word": pikepdf.Encryption(owner="o", user="u"), "no word": pikepdf.Encryption(owner="o", user="")}
    out = io.BytesIO()
    made.save(out, encryption=locks.get(change, False))
    return out.getvalue()


def png(width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")


def declared(encoding: str) -> str:
    """The base document with an accented letter, under the declaration of an encoding."""
    return edit(BASE, ('encoding="UTF-8"', f'encoding="{encoding}"'), ("Lisboa", "\u00c9vora"))


def nested(depth: int) -> bytes:
    return edit(BASE, ("<paragraph ID", "<content>" * depth + "</content>" * depth + "<paragraph ID")).encode()


ROOT_END = "</ClinicalDocument>"
CODE = '<code code="60591-5" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="Patient summary Document"/>'
TITLE = "<title>Patient summary</title>"
BIRTH = '<birthTime value="19610312"/>'
ASTHMA = 'code="J45" codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2" codeSystemName="ICD-10" displayName="Asthma"'
ICD = 'codeSystem="1.3.6.1.4.1.12559.11.10.1.3.1.44.2"'
ROUTE = '<routeCode code="20053000" codeSystem="0.4.0.127.0.16.1.1.2.1" displayName="Oral use"/>'
DEVICES = BASE[BASE.rindex("<component><section>") : BASE.index("</structuredBody>")].strip()
DEVICE_ENTRY = DEVICES[DEVICES.index("<entry") : DEVICES.index("</section>")].strip()
SECTION = "<component><section>{}<title>T</title><text>x</text></section></component>"
SOCIAL = '<code code="29762-2" codeSystem="2.16.840.1.113883.6.1"/>'
HEAD = BASE.encode()
WORDED = BASE.replace('displayName="No known devices"', 'displayName="No known devices in use"')
PACKS = HERE / "cases" / "packs"
PLAIN = body(pdf()) if pytest.importorskip("pikepdf") else b""


def of_files() -> list[Case]:
    """XML-: what cannot be read as a CDA document."""
    doctype = "<!DOCTYPE ClinicalDocument>\n<ClinicalDocument"
    tight = Settings(limits=Limits(max_bytes=len(HEAD)))
    latin = HEAD.replace(b"Lisboa", b"\xc9vora")
    return [
        Case("XML-001", b" \n", b"<a/>"),
        Case("XML-002", HEAD + b" ", HEAD, settings=tight),
        one("XML-003", "<ClinicalDocument", doctype, "<!-- <!DOCTYPE x> --><ClinicalDocument"),
        one("XML-004", TITLE, "<title>a & b</title>", "<title><![CDATA[a & b]]></title>"),
        Case("XML-005", latin, latin.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"', 1)),
        Case("XML-011", declared("ISO-8859-1").encode(), declared("ISO-8859-1").encode("latin-1")),
        Case("XML-006", b"%PDF-1.7 " + HEAD, b"\xef\xbb\xbf" + HEAD),
        Case("XML-007", HEAD.rstrip()[:-1], HEAD.rstrip()),
        one("XML-008", TITLE, "<title>a&nbsp;b</title>", "<title>a&#160;b</title>"),
        Case("XML-009", nested(300), nested(100)),
        Case("XML-010", HEAD.replace(b'xmlns="urn:hl7-org:v3"', b'xmlns="urn:hl7-org:v2"'), HEAD),
    ]


def of_documents() -> list[Case]:
    """CDA-: what is read of every document; the codes of the rules stand in ``cases/*.yaml``."""
    bare = edit(BASE, (DEVICES, ""))
    nested_section = DEVICES.replace("</section>", SECTION.format(SOCIAL) + "</section>", 1)
    return [
        one("CDA-001", 'code="60591-5" ', "", 'code="60591-5"  '),
        one("CDA-002", CODE, CODE + CODE, CODE),
        one("CDA-003", 'code="60591-5"', 'code="60591-6"', 'code="56445-0"'),
        Case("CDA-004", foreign(BASE), foreign(BASE, keep=1)),
        one("CDA-005", BASE[BASE.index("  <component><structuredBody>") : BASE.index(ROOT_END)], "",
            "<component><structuredBody/></component>"),
        one("CDA-006", BASE[BASE.index("<structuredBody>") : BASE.index("</structuredBody>")], "<structuredBody>",
            f"<structuredBody>{SECTION.format(SOCIAL)}"),
        one("CDA-007", DEVICES, "", DEVICES),
        Case("CDA-007", bare.encode(), foreign(bare)),  # another guide asks for other sections
        one("CDA-008", "</structuredBody>", SECTION.format("") + "</structuredBody>",
            SECTION.format(SOCIAL) + "</structuredBody>"),
        one("CDA-009", "</structuredBody>", SECTION.format(SOCIAL.replace("29762-2", "11488-4")) + "</structuredBody>",
            SECTION.format(SOCIAL) + "</structuredBody>"),
        Case("CDA-010", edit(BASE, (DEVICES, nested_section)).encode(),
             edit(bare, ("</structuredBody>", DEVICES + SECTION.format(SOCIAL) + "</structuredBody>")).encode()),
        one("CDA-011", "</structuredBody>", SECTION.format(SOCIAL) * 2 + "</structuredBody>",
            SECTION.format(SOCIAL) + "</structuredBody>"),
        one("CDA-012", DEVICE_ENTRY, "", DEVICE_ENTRY),
        one("CDA-013", DEVICE_ENTRY, DEVICE_ENTRY.replace("supply", "encounter").replace("SPLY", "ENC"), DEVICE_ENTRY),
        one("CDA-014", DEVICE_ENTRY, DEVICE_ENTRY.replace('classCode="SPLY"', 'nullFlavor="NI" classCode="SPLY"'),
            DEVICE_ENTRY),
        one("CDA-015", ROUTE, ROUTE + '<x:more xmlns:x="urn:x" code="1"/>', ROUTE + "<!-- more -->"),
        one("CDA-016", 'value="#med1"', 'value="#med9"', 'value="#al1"'),
        one("CDA-017", '<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="normal"/>', "",
            '<confidentialityCode nullFlavor="NI"/>'),
        Case("CDA-018", PLAIN, PLAIN.replace(b'"1.3.6.1.4.1.12559.11.10.1.3.1.1.3"', b'"1.3.6.1.4.1.12559.11.10.1.3.1.1.7"')),
        one("CDA-019", 'low value="20240101"', 'low value="20240230"', 'low value="20240229"'),
        one("CDA-020", 'quantity value="30"', 'quantity value="30,5"', 'quantity value="30.5"'),
        one("CDA-022", '<text><paragraph ID="dv1">No known devices</paragraph></text>', "",
            '<text><paragraph ID="dv1"/></text>'),
    ]  # fmt: skip


def foreign(text: str, keep: int = 0) -> bytes:
    """The document under template ids of nobody; ``keep`` of its own stay."""
    own = "1.3.6.1.4.1.12559.11.10.1.3.1."
    kept = text.replace(f'templateId root="{own}', f'templateId root="@{own}', keep)
    other = kept.replace(f'templateId root="{own}', 'templateId root="2.999.9.')
    return other.replace("@", "").replace('root="1.3.6.1.4.1.19376.1.5.3.1.', 'root="2.999.8.').encode()


def of_attachments() -> list[Case]:
    """ATT-: the file of a document of level 1."""
    encoded = base64.b64encode(pdf()).decode()
    start, end = BASE.index("<structuredBody>"), BASE.index("</structuredBody>") + len("</structuredBody>")
    wrapped = "\n".join(encoded[i : i + 76] for i in range(0, len(encoded), 76))
    return [
        Case("ATT-001", encoded_body(encoded[:40] + "*" + encoded[41:], "application/pdf", BASE[:start], BASE[end:]),
             encoded_body(wrapped, "application/pdf", BASE[:start], BASE[end:])),
        Case("ATT-002", body(png()), body(png(), "image/png")),
        Case("ATT-003", body(b"%PDF-1.7\n" + b"x" * 60), PLAIN),
        Case("ATT-004", body(pdf("word")), body(pdf("no word"))),
        Case("ATT-005", body(b""), PLAIN),
        Case("ATT-006", body(pdf("scanned")), PLAIN),
        Case("ATT-007", body(b"<p>words</p>", "text/html"), PLAIN),
        Case("ATT-009", body(pdf(pages=0)), PLAIN),
        Case("ATT-010", body(pdf("script")), body(pdf("link"))),
        Case("ATT-011", body(pdf("launch")), body(pdf("link"))),
        Case("ATT-012", body(pdf("file")), PLAIN),
        Case("ATT-013", body(png()[:-12], "image/png"), body(png(), "image/png")),
        Case("ATT-014", body(png(0, 1), "image/png"), body(png(1, 1), "image/png")),
        Case("ATT-014", body(png(90_000, 90_000), "image/png"), body(png(9_000, 9_000), "image/png")),
        Case("ATT-015", body(pdf("no word")), body(pdf("word"))),
        Case("ATT-016", PLAIN, body(png(), "image/png")),
    ]  # fmt: skip


def of_schema() -> list[Case]:
    """XSD-: the form of the document."""
    value = f'<value xsi:type="CD" {ASTHMA}/>'
    series = '<value xsi:type="SLIST_PQ"><origin value="0"/><scale value="1"/><digits>{}</digits></value>'
    bad = '<templateId root="not an OID"/>'
    first = "<templateId"
    return [
        one("XSD-001", TITLE, TITLE + "<wrong/>", TITLE + "<!-- wrong --><?wrong?>"),
        one("XSD-002", "<list><item ID", '<table border="1"/><list><item ID',
            "<table><tbody><tr><td>1</td></tr></tbody></table><list><item ID"),
        one("XSD-003", "<languageCode", '<languageCode codeSystem="1.2"', '<languageCode nullFlavor="NI"'),
        one("XSD-004", 'classCode="SBADM" ', "", 'classCode="SBADM"  '),
        one("XSD-005", 'value="19610312"', 'value="1961-03-12"', 'value="196103"'),
        one("XSD-006", "<structuredBody>", "<structuredBody>words", "<structuredBody> <!-- words --> "),
        one("XSD-007", value, series.format("1 b 3"), series.format("1 2 3")),
        one("XSD-008", value, f"<value {ASTHMA}/>", value),
        one("XSD-009", value, value.replace('"CD"', '"CDX"'), value.replace('"CD"', '"CE"')),
        one("XSD-010", BIRTH, '<x:race xmlns:x="urn:x"/>' + BIRTH, "<!-- race -->" + BIRTH),
        one("XSD-011", "<birthTime value", '<birthTime xmlns:x="urn:x" x:t="12" value', '<birthTime xmlns:x="urn:x" value'),
        one("XSD-012", first, bad * 6 + first, bad * 5 + first),
        one("XSD-013", "<value xsi:type", '<value xsi:nil="true" xsi:type', "<value  xsi:type"),
        one("XSD-014", first, '<templateId root="2.999"/>' * 10_001 + first, '<templateId root="2.999"/>' * 9_000 + first),
    ]  # fmt: skip


def of_codes() -> list[Case]:
    """TRM-: codes against the catalogue."""
    known = 'code="J45" ' + ICD
    unit = 'period value="8" unit="{}"'
    first = unit.format("h")
    return [
        one("TRM-001", ICD, 'codeSystem="2.999.7"', ICD),
        one("TRM-002", known, f'code="J99999" {ICD}', known),
        one("TRM-003", 'code="20053000"', 'code="10219000"', 'code="20066000"'),
        one("TRM-005", ICD, "", ICD),
        one("TRM-006", 'displayName="Oral use"', 'displayName="Taken by mouth"', 'displayName="Oral  USE"', base=WORDED),
        one("TRM-007", first, unit.format("units"), unit.format("d")),
        Case("TRM-010", HEAD.replace(b'"60591-5" codeSystem="2.16.840.1.113883.6.1"', b'"60591-5" codeSystem="2.999.7"'),
             HEAD.replace(b'"60591-5" codeSystem="2.16.840.1.113883.6.1"', b'"X" codeSystem="2.999.7"')),
        one("TRM-010", 'code="60591-5" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"',
            'code="60591-5" codeSystem="2.999.7"', 'code="60591-5" codeSystem="2.16.840.1.113883.6.1"'),
        one("TRM-011", '"0.4.0.127.0.16.1.1.2.1" displayName="Oral use"',
            '"1.3.6.1.4.1.12559.11.10.1.3.1.44.1" displayName="Oral use"',
            '"0.4.0.127.0.16.1.1.2.1" displayName="Oral use"'),
        one("TRM-013", ASTHMA, f'code="J99999" {ICD}', f'code="J99999" {ICD} displayName="Wheeze"'),
        one("TRM-015", "<name>Amoxicillin 500 mg</name>", '<code code="1" codeSystem="2.999.7" displayName="x"/><name>x</name>',
            '<code nullFlavor="NI"/><name>x</name>'),
    ]  # fmt: skip


def of_words() -> list[Case]:
    """TRM-: codes in the reader's language."""
    procedure = 'code="no-known-procedures" codeSystem="2.16.840.1.113883.5.1150.1" displayName="No known procedures"'
    snomed = 'codeSystem="2.16.840.1.113883.6.96"'
    dose = '<low value="1" unit="1"/>'
    return [
        one("TRM-004", procedure, f'code="225365006" {snomed}', f'code="307280005" {snomed}'),
        one("TRM-008", dose, '<low value="1" unit="[dr_av]"/>', '<low value="1" unit="mg"/>'),
        one("TRM-014", 'code="no-known-procedures"', 'code="no-known-procedure"', 'code="no-known-procedures"'),
    ]


def of_fhir() -> list[Case]:
    """FHR-: what FHIR has no room for."""
    dose = '<low value="1" unit="1"/><high value="2" unit="1"/>'
    social = "<component><section>" + SOCIAL + "<title>T</title>{}</section></component></structuredBody>"
    asthma = f'<value xsi:type="CD" {ASTHMA}/>'
    outcome = relation(
        '<code code="11323-3" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="CD" code="161901003" '
        'codeSystem="2.16.840.1.113883.6.96"/><interpretationCode code="A" codeSystem="2.999.9"/>', "REFR"
    )  # fmt: skip
    device = '<text><reference value="#dv1"/></text>'
    active = '<id root="2.999.5" extension="m1"/>\n        <text><reference value="#med1"/></text>\n        <statusCode code="{}"/>'
    return [
        one("FHR-002", '<low value="201803"/>', '<low value="20180301101500"/>', '<low value="20180301101500+0100"/>', "fhir"),
        one("FHR-003", dose, '<low value="1" unit="Pen"/>', '<low value="1" unit="{Pen}"/>', "fhir"),
        Case("FHR-004", document(section("11450-4", problem(asthma, outcome))),
             document(section("11450-4", problem(asthma))), "fhir"),
        one("FHR-005", active.format("active"), active.format("strange"), active.format("completed"), "fhir"),
        one("FHR-006", "</structuredBody>", social.format(""), social.format("<text>x</text>"), "fhir"),
        one("FHR-007", '<low value="1" unit="1"/>', '<low value="one" unit="1"/>', '<low value="1.0" unit="1"/>', "fhir"),
        one("FHR-008", device, device + "<!-- no status -->", device + '<statusCode code="active"/>', "fhir"),
    ]  # fmt: skip


def of_packs() -> list[Case]:
    """SCH-: rules of others."""
    title, missing = Settings(schematron=PACKS / "title.sch"), Settings(schematron=PACKS / "missing.sch")
    several = Settings(schematron=PACKS / "several")
    titled = {
        words: edit(BASE, (TITLE, f"<title>{words}</title>")).encode() for words in ("error", "warning", "info", "7")
    }
    return [
        Case("SCH-001", titled["error"], HEAD, settings=title),
        Case("SCH-002", titled["warning"], HEAD, settings=title),
        Case("SCH-003", titled["info"], HEAD, settings=title),
        Case("SCH-004", edit(BASE, (TITLE, "")).encode(), HEAD, settings=title),
        Case("SCH-005", HEAD, HEAD, settings=missing, settings_near=title),
        Case("SCH-006", HEAD, HEAD, settings=title, settings_near=missing),
        Case("SCH-007", titled["7"], HEAD, settings=title),
        Case("SCH-008", HEAD, edit(BASE, ('code="60591-5"', 'code="57833-6"')).encode(), settings=several),
    ]


DOCUMENTS = [
    *of_files(), *of_documents(), *of_attachments(), *of_schema(), *of_codes(), *of_words(), *of_fhir(), *of_packs(),
]  # fmt: skip
