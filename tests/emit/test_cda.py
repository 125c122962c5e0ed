from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from cdatk.diagnostics import Report
from cdatk.emit.cda import emit_cda, emit_pivot, strip_marks
from cdatk.emit.cda.facts import MOST_FINDINGS
from cdatk.model import (
    Attachment,
    Catalogue,
    CodedValue,
    Document,
    Entry,
    Header,
    Mapped,
    Medication,
    Quantity,
    Run,
    Section,
    Standing,
    Statement,
    Term,
    TermState,
    Translation,
    UnitTerm,
)
from cdatk.pipeline import Toolkit
from cdatk.safe_xml import Element, parse
from cdatk.settings import Limits

V3, PHARM, EPSOS = "urn:hl7-org:v3", "urn:hl7-org:pharm", "urn:epsos-org:ep:medication"
RUN = Run("fr", "0.1.0", "patient-summary", "Résumé patient", "00", (Catalogue("embedded", "2026.11", "ab"),))
ATC = "2.16.840.1.113883.6.73"


def tree(body: str) -> Element:
    source = (
        f'<ClinicalDocument xmlns="{V3}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:p="{PHARM}" xmlns:e="{EPSOS}">\n{body}\n</ClinicalDocument>'
    )
    root = parse(source.encode(), Limits(), Report())
    assert root is not None
    return root


def coded(element: Element, index: int) -> CodedValue:
    return CodedValue(
        element,
        etree.QName(element).localname,
        index,
        element.get("code", ""),
        element.get("codeSystem", ""),
        element.get("displayName", ""),
        null_flavor=element.get("nullFlavor", ""),
        original_text=element.findtext(f"{{{V3}}}originalText") or "",
    )


def written(
    body: str,
    *,
    state: TermState = TermState.TRANSLATED,
    standing: Standing = Standing.KNOWN,
    text: str = "Pénicilline",
    english: str = "Penicillin",
    role: str = "",
    tags: str = "value",
) -> tuple[Element, Element]:
    """The source tree and the tree written, with one term for each element of the name."""
    root = tree(body)
    found = [e for e in root.iter(etree.Element) if etree.QName(e).localname == tags]
    codes = tuple(coded(element, index) for index, element in enumerate(found))
    language = "fr" if state is TermState.TRANSLATED else "en" if state is TermState.FALLBACK else "pt-PT"
    terms = tuple(Term(c, Mapped(standing, c.system, "", c.code, english), state, text, language) for c in codes)
    header = Header(language=CodedValue(root, code="pt-PT"))
    document = Document(root, "L3", header, codes=codes, roles={c.index: role for c in codes if role})
    return root, etree.fromstring(emit_cda(document, Translation("fr", terms), RUN, Report()).data)


def marks(element: Element, name: str) -> list[str]:
    found = [n for n in element if isinstance(n, etree._ProcessingInstruction) and n.target == f"cdatk-{name}"]
    return [str(n.text) for n in found]


def facts(content: str) -> dict[str, str]:
    pairs = re.findall(r'([a-z0-9-]+)="([^"]*)"', content)
    assert " ".join(f'{k}="{v}"' for k, v in pairs) == content, "nothing may stand between pseudo-attributes"
    return dict(pairs)


def value_of(root: Element, tag: str = f"{{{V3}}}value") -> Element:
    found = root.find(f".//{tag}")
    assert found is not None
    return found


def children(element: Element) -> list[str]:
    return [etree.QName(c).localname for c in element.iterchildren(etree.Element)]


PENICILLIN = (
    f'<value code="J01" codeSystem="{ATC}" codeSystemName="ATC" codeSystemVersion="2020" displayName="Penicilina"'
)


def test_display_name_is_replaced_and_the_previous_state_nested() -> None:
    _, out = written(f"{PENICILLIN}/>")
    value = value_of(out)
    assert value.get("displayName") == "Pénicilline"
    assert (value.get("code"), value.get("codeSystemVersion")) == ("J01", "2020")
    (inner,) = value.iterchildren(etree.Element)
    assert inner.tag == f"{{{V3}}}translation"
    assert sorted(inner.attrib.items()) == [
        ("code", "J01"),
        ("codeSystem", ATC),
        ("codeSystemName", "ATC"),
        ("displayName", "Penicilina"),
    ]


def test_mark_of_a_term() -> None:
    _, out = written(f"{PENICILLIN}/>")
    (content,) = marks(value_of(out), "term")
    assert content == (
        'state="translated" text="Pénicilline" lang="fr" original="Penicilina" original-lang="pt-PT" differs="true"'
    )


def test_english_of_the_catalogue_is_not_called_portuguese() -> None:
    _, out = written(f'<value code="J01" codeSystem="{ATC}" displayName="penicillin"/>')
    assert facts(marks(value_of(out), "term")[0])["original-lang"] == "en"


@pytest.mark.parametrize(
    ("words", "differs"),
    [
        ("penicillin", False),
        ("Penicillin (substance)", False),
        ("PÉNICILLINE", False),
        ("Penicillin G", True),
        ("", False),
    ],
)
def test_words_that_are_not_the_catalogue_s_are_marked(words: str, differs: bool) -> None:
    _, out = written(f'<value code="J01" codeSystem="{ATC}" displayName="{words}"/>')
    assert ("differs" in facts(marks(value_of(out), "term")[0])) == differs


def test_history_keeps_its_order() -> None:
    body = f"""{PENICILLIN}>
      <originalText>texto</originalText>
      <qualifier><name code="Q"/></qualifier>
      <translation code="N1" displayName="primeiro"/>
      <translation code="N2" displayName="segundo"/>
    </value>"""
    _, out = written(body)
    value = value_of(out)
    assert children(value) == ["originalText", "qualifier", "translation", "translation"]
    first, second = value.findall(f"{{{V3}}}translation")
    assert (first.get("displayName"), second.get("displayName")) == ("Penicilina", "segundo")
    (moved,) = first.iterchildren(etree.Element)
    assert (moved.get("code"), moved.get("displayName")) == ("N1", "primeiro")


@pytest.mark.parametrize("state", [s for s in TermState if s is not TermState.TRANSLATED])
def test_only_words_in_the_readers_language_replace_a_display_name(state: TermState) -> None:
    source, out = written(f"{PENICILLIN}/>", state=state)
    strip_marks(out)
    assert etree.tostring(value_of(out), method="c14n") == etree.tostring(value_of(source), method="c14n")


@pytest.mark.parametrize(
    ("state", "standing", "mark"),
    [
        (TermState.TRANSLATED, Standing.KNOWN, "translated"),
        (TermState.FALLBACK, Standing.KNOWN, "fallback"),
        (TermState.ORIGINAL, Standing.KNOWN, "original"),
        (TermState.TRANSLATED, Standing.OUTSIDE, "outside"),
        (TermState.ORIGINAL, Standing.UNKNOWN_CODE, "unknown-code"),
        (TermState.CODE_ONLY, Standing.UNKNOWN_SYSTEM, "unknown-system"),
        (TermState.CODE_ONLY, Standing.NO_SYSTEM, "unknown-system"),
        (TermState.NULL, Standing.NULL, "null"),
    ],
)
def test_states(state: TermState, standing: Standing, mark: str) -> None:
    _, out = written(f"{PENICILLIN}/>", state=state, standing=standing)
    assert facts(marks(value_of(out), "term")[0])["state"] == mark


def test_structural_codes_get_no_mark() -> None:
    _, out = written(f"{PENICILLIN}/>", standing=Standing.STRUCTURAL)
    assert marks(value_of(out), "term") == []
    assert value_of(out).get("displayName") == "Penicilina"


def test_absence_is_a_state_of_its_own() -> None:
    absent = '<value code="no-known-allergies" codeSystem="2.16.840.1.113883.5.1150.1"/>'
    _, by_system = written(absent)
    _, by_role = written(f"{PENICILLIN}/>", role="allergy.absent")
    _, null = written('<value nullFlavor="UNK"/>', state=TermState.NULL, standing=Standing.NULL, role="x.absent")
    states = [facts(marks(value_of(o), "term")[0])["state"] for o in (by_system, by_role, null)]
    assert states == ["absent", "absent", "null"]


@pytest.mark.parametrize(
    "body",
    [
        '<statusCode code="active" displayName="Ativo"/>',
        '<languageCode code="pt" displayName="Ativo"/>',
        '<effectiveTime><event code="ACM" displayName="Ativo"/></effectiveTime>',
        '<value xsi:type="CV" code="1" codeSystem="1.2" displayName="Ativo"/>',
        '<value xsi:type="CO" code="1" codeSystem="1.2" displayName="Ativo"/>',
        '<code><qualifier><name code="1" codeSystem="1.2" displayName="Ativo"/></qualifier></code>',
        '<regionOfInterest><code code="1" displayName="Ativo"/></regionOfInterest>',
    ],
)
def test_types_without_translation_keep_their_words(body: str) -> None:
    tag = next(t for t in ("statusCode", "languageCode", "event", "value", "name", "code") if f"<{t} " in body)
    _, out = written(body, tags=tag)
    element = next(e for e in out.iter(etree.Element) if e.get("displayName"))
    assert element.get("displayName") == "Ativo"
    assert children(element) == []
    assert facts(marks(element, "term")[0])["text"] == "Pénicilline"


@pytest.mark.parametrize(
    ("body", "tag", "space"),
    [
        ('<p:formCode code="1" codeSystem="1.2" displayName="x"/>', f"{{{PHARM}}}formCode", V3),
        ('<e:formCode code="1" codeSystem="1.2" displayName="x"/>', f"{{{EPSOS}}}formCode", EPSOS),
        (
            '<e:formCode code="1" codeSystem="1.2" displayName="x"><translation code="2"/></e:formCode>',
            f"{{{EPSOS}}}formCode",
            V3,
        ),
        (f'<formCode xmlns="{PHARM}" code="1" codeSystem="1.2" displayName="x"/>', f"{{{PHARM}}}formCode", V3),
    ],
)
def test_namespace_of_the_history_in_medications(body: str, tag: str, space: str) -> None:
    _, out = written(body, tags="formCode")
    assert [etree.QName(c).namespace for c in value_of(out, tag).iterchildren(etree.Element)] == [space]


def test_writing_again_changes_nothing_even_without_a_display_name() -> None:
    for attributes in (' displayName="Penicilina"', ""):
        body = f'<value code="J01" codeSystem="{ATC}"{attributes}><originalText>texto</originalText></value>'
        _, first = written(body)
        value = value_of(first)
        before = etree.tostring(value)
        codes = (coded(value, 0),)
        mapped = Mapped(Standing.KNOWN, ATC, "", "J01", "Penicillin")
        terms = (Term(codes[0], mapped, TermState.TRANSLATED, "Pénicilline", "fr"),)
        document = Document(first, "L3", Header(language=CodedValue(first, code="pt-PT")), codes=codes)
        second = etree.fromstring(emit_cda(document, Translation("fr", terms), RUN, Report()).data)
        assert etree.tostring(value_of(second)) == before
        original = facts(marks(value_of(second), "term")[0])["original"]
        assert original == ("Penicilina" if attributes else "texto")


def test_units_and_their_plurals_whatever_the_element() -> None:
    root = tree('<value value="2" unit="{tbl}"/><p:quantity value="1" unit="odd"/>')
    units = {"{tbl}": UnitTerm("{tbl}", "comprimé", True, True), "odd": UnitTerm("odd", "odd", False, False)}
    document = Document(root, "L3", Header())
    out = etree.fromstring(emit_cda(document, Translation("fr", units=units), RUN, Report()).data)
    assert marks(value_of(out), "unit") == ['text="comprimé" plural="comprimés" state="translated"']
    assert marks(value_of(out, f"{{{PHARM}}}quantity"), "unit") == ['text="odd" plural="odd" state="original"']


def test_countries_and_languages() -> None:
    body = (
        '<languageCode code="pt-PT"/><addr><country>PT</country></addr>'
        '<addr><country>FRANCE</country></addr><addr><country nullFlavor="UNK"/></addr>'
    )
    root = tree(body)
    header = Header(language=CodedValue(root, code="pt-PT"))
    out = etree.fromstring(emit_cda(Document(root, "L3", header), Translation("fr"), RUN, Report()).data)
    language = facts(marks(value_of(out, f"{{{V3}}}languageCode"), "term")[0])
    assert (language["state"], language["text"]) == ("translated", "portugais (Portugal)")
    countries = out.findall(f".//{{{V3}}}country")
    assert ["".join(str(t) for t in c.itertext()) for c in countries] == ["PT", "FRANCE", ""]
    said = [facts(m)["text"] + " " + facts(m)["state"] for c in countries for m in marks(c, "term")]
    assert said == ["Portugal translated", "FRANCE original"]


def test_dosage_stands_in_its_medication() -> None:
    root = tree('<entry><substanceAdministration><doseQuantity value="1" unit="mg"/></substanceAdministration></entry>')
    element = root[0][0]
    statement = Statement(element, "substanceAdministration")
    item = Medication(statement, dose=Quantity("1", "mg"))
    section = Section(root, 0, entries=(Entry(4, "medication", root[0], (item,)),))
    output = emit_cda(Document(root, "L3", Header(), (section,)), Translation("fr"), RUN, Report())
    out = etree.fromstring(output.data)
    assert marks(value_of(out, f"{{{V3}}}substanceAdministration"), "dosage") == [
        'text="1\u00a0mg" schedule="1\u00a0mg"'
    ]
    assert marks(value_of(out, f"{{{V3}}}entry"), "entry") == ['number="4"']
    assert output.entries == frozenset({4})


def test_attachment_and_pages_escape_everything() -> None:
    nasty = 'a "b" <c> & ?> d\n\x0ce\ud800'
    root = tree("<component><nonXMLBody><text>JVBERi0=</text></nonXMLBody></component>")
    element = value_of(root, f"{{{V3}}}text")
    held = Attachment(
        element, "application/pdf", "application/pdf", b"%PDF-", "ff", "", (nasty, "two"), "pt", "readable"
    )
    out = etree.fromstring(
        emit_cda(Document(root, "L1", Header(), attachment=held), Translation("fr"), RUN, Report()).data
    )
    text = value_of(out, f"{{{V3}}}text")
    assert text.text == "JVBERi0="
    assert marks(text, "attachment") == [
        'media-type="application/pdf" bytes="5" pages="2" sha256="ff" state="readable"'
    ]
    first, second = marks(text, "page")
    assert first == 'number="1" text="a &quot;b&quot; &lt;c&gt; &amp; ?&gt; d&#10; e\ufffd"'
    assert second == 'number="2" text="two"'
    assert [str(n.target) for n in text if isinstance(n, etree._ProcessingInstruction)] == [
        "cdatk-attachment", "cdatk-page", "cdatk-page",
    ]  # fmt: skip


def test_document_mark_counts_by_state() -> None:
    _, out = written(f"{PENICILLIN}/>{PENICILLIN}/>")
    (content,) = marks(out, "document")
    said = facts(content)
    assert list(said) == [
        "language", "source-language", "source-language-name", "country", "country-name", "type", "level", "title",
        "catalogues", "tool", "coded", "translated", "fallback", "unknown",
    ]  # fmt: skip
    assert said["source-language-name"] == "portugais (Portugal)"
    assert (said["country"], said["country-name"]) == ("PT", "Portugal")
    assert (said["catalogues"], said["tool"]) == ("embedded 2026.11", "cdatk 0.1.0")
    assert (said["coded"], said["translated"], said["fallback"], said["unknown"]) == ("2", "2", "0", "0")
    assert isinstance(out[0], etree._ProcessingInstruction)


def test_findings_are_merged_and_gravest_first() -> None:
    root = tree("<section/><section/>")
    report = Report()
    report.add("TRM-007", root[0], unit="x")
    report.add("TRM-007", root[1], unit="x")
    report.add("TRM-008", unit="info is not shown")
    report.add("CDA-005", root)
    for number in range(MOST_FINDINGS):
        report.add("TRM-007", unit=number)
    out = etree.fromstring(emit_cda(Document(root, "L3", Header()), Translation("fr"), RUN, report).data)
    said = [facts(content) for content in marks(out, "finding")]
    assert [s["code"] for s in said[:2]] == ["CDA-005", "TRM-007"]
    assert said[1]["at"] == "/ClinicalDocument/section[1]"
    assert len(said) == MOST_FINDINGS


def test_the_source_and_what_stands_around_it_stay() -> None:
    inside = f'<ClinicalDocument xmlns="{V3}"><!--in--></ClinicalDocument>'
    source = f'<?xml-stylesheet href="a"?><!--before-->{inside}<!--after-->'
    root = parse(source.encode(), Limits(), Report())
    assert root is not None
    data = emit_cda(Document(root, "L3", Header()), Translation("fr"), RUN, Report()).data
    assert etree.tostring(root.getroottree()).decode() == source
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    out = etree.fromstring(data)
    strip_marks(out)
    assert etree.tostring(out.getroottree()).decode() == source


def test_foreign_marks_of_ours_are_not_believed() -> None:
    body = f'{PENICILLIN}><?cdatk-term state="translated" text="Aucune allergie"?></value><?cdatk-finding text="x"?>'
    _, out = written(body)
    assert [facts(m)["text"] for m in marks(value_of(out), "term")] == ["Pénicilline"]
    assert marks(out, "finding") == []


def test_strip_marks_keeps_text_around() -> None:
    root = etree.fromstring('<a>one<?cdatk-term x="1"?>two<b/><?cdatk-page y="2"?>three<?other z?>four</a>')
    strip_marks(root)
    assert etree.tostring(root) == b"<a>onetwo<b/>three<?other z?>four</a>"


def schemas(shared: Path) -> list[etree.XMLSchema]:
    folder = shared / "data" / "schemas"
    files = ("cda-pharm-mit/CDA_Pharma.xsd", "cda-epsos/CDA_extended.xsd")
    return [etree.XMLSchema(etree.parse(str(folder / name))) for name in files]


def unwrap(source: Element, out: Element, changed: list[str]) -> None:
    """Take our wrappers out again; what is left has to be the source."""
    if source.get("displayName") != out.get("displayName"):
        wrapper = next(c for c in out.iterchildren(etree.Element) if etree.QName(c).localname == "translation")
        for name in ("code", "codeSystem", "codeSystemName", "displayName"):
            assert (wrapper.get(name) or "") == (source.get(name) or "")
        inner = next(wrapper.iterchildren(etree.Element), None)
        if inner is not None:
            inner.tail = wrapper.tail
            out.replace(wrapper, inner)
        else:
            out.remove(wrapper)
        changed.append(str(source.tag))
        out.attrib.pop("displayName")
        if source.get("displayName") is not None:
            out.set("displayName", str(source.get("displayName")))
    ours, theirs = list(out.iterchildren(etree.Element)), list(source.iterchildren(etree.Element))
    assert len(ours) == len(theirs), source.tag
    for left, right in zip(theirs, ours, strict=True):
        unwrap(left, right, changed)


def contents(root: Element) -> list[tuple[object, ...]]:
    """All nodes with names, attributes and text; moving a history may drop a prefix that was declared twice."""
    return [
        (n.tag, sorted(n.attrib.items()) if isinstance(n.tag, str) else "", n.text or "", n.tail or "")
        for n in root.iter()
    ]


@pytest.mark.shared
def test_real_documents_stay_valid_whole_and_the_same(shared: Path) -> None:
    toolkit, checks = Toolkit(), schemas(shared)
    changed: list[str] = []
    for path in sorted((shared / "data" / "cda").rglob("*.xml")):
        data = path.read_bytes()
        output = toolkit.convert(data, "cda").output
        assert output is not None, path.name
        source, out = parse(data, Limits(), Report()), parse(output, Limits(), Report())
        assert source is not None
        assert out is not None
        for schema in checks:
            assert schema.validate(out) or not schema.validate(source), path.name
        assert toolkit.convert(output, "cda").output == output, f"{path.name} is not idempotent"
        strip_marks(out)
        unwrap(source, out, changed)
        assert contents(out) == contents(source), path.name
    assert len(changed) > 1000


SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").rglob("*.xml"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_idempotent(path: Path) -> None:
    toolkit = Toolkit()
    first = toolkit.convert(path.read_bytes(), "cda").output
    assert first is not None
    assert toolkit.convert(first, "cda").output == first


def pivot(body: str, tags: str = "value") -> tuple[Element, Element, Report]:
    """The source tree and the tree with European codes; every code has one."""
    root = tree(body)
    found = [e for e in root.iter(etree.Element) if etree.QName(e).localname == tags]
    codes = tuple(coded(element, index) for index, element in enumerate(found))
    mapped = Mapped(Standing.KNOWN, "2.16.840.1.113883.6.96", "", "91936005", "Allergy to penicillin", (), True)
    terms = tuple(Term(c, mapped, TermState.TRANSLATED, "Allergie", "fr") for c in codes)
    document = Document(root, "L3", Header(language=CodedValue(root, code="pt-PT")), codes=codes)
    report = Report()
    output = emit_pivot(document, Translation("fr", terms), RUN, report)
    return root, etree.fromstring(output.data), report


def test_transcoding_puts_the_european_code_and_nests_the_national_one() -> None:
    _, out, report = pivot(
        '<value code="P1" codeSystem="1.2.3" codeSystemName="Nacional" codeSystemVersion="7" displayName="Alergia">'
        '<originalText>x</originalText><translation code="L" codeSystem="9.9"/></value>'
    )
    value = value_of(out)
    assert dict(value.attrib) == {
        "code": "91936005", "codeSystem": "2.16.840.1.113883.6.96", "displayName": "Allergy to penicillin",
    }  # fmt: skip
    assert children(value) == ["originalText", "translation"]
    inner = value.find(f"{{{V3}}}translation")
    assert inner is not None
    assert (inner.get("code"), inner.get("codeSystemVersion"), inner.get("displayName")) == ("P1", "7", "Alergia")
    assert inner[0].get("code") == "L"
    assert b"cdatk-" not in etree.tostring(out)
    assert not list(report)


def test_a_code_without_room_for_its_history_is_not_transcoded() -> None:
    source, out, report = pivot('<statusCode code="ativo" codeSystem="1.2.3"/>', tags="statusCode")
    assert etree.tostring(out, method="c14n") == etree.tostring(source, method="c14n")
    assert [f.code for f in report] == ["TRM-019"]
