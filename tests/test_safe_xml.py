"""The parser refuses what is broken or hostile with one finding, quickly, and places lead back to their element."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdatk.diagnostics import ExitCode, Report, Severity
from cdatk.safe_xml import (
    EPSOS,
    HL7,
    PHARM,
    SDTC,
    ByTag,
    Element,
    attributes,
    children,
    local,
    locate,
    namespace,
    parse,
    resolve,
)
from cdatk.settings import Limits

GOOD = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3"><title b="é">Évora</title>\n<c>x &amp; y</c><!-- c --></ClinicalDocument>'
)
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{("&a" + (str(i - 1) if i else "") + ";") * 10}">' for i in range(9))
    + ']><l b="&a8;">&a8;</l>'
)
XML = '<?xml version="1.0" encoding="{}"?>'


def findings(data: bytes, limits: Limits | None = None) -> list[str]:
    """Codes of a parse that has to fail; the finding must be sayable and quote nothing."""
    report = Report()
    assert parse(data, limits or Limits(), report) is None
    assert report.fatal and report.exit_code is ExitCode.UNREADABLE
    for finding in report:
        assert finding.severity is Severity.FATAL and finding.text("fr") and finding.hint("en")
    return [finding.code for finding in report]


def accepted(data: bytes, limits: Limits | None = None) -> Element:
    report = Report()
    root = parse(data, limits or Limits(), report)
    assert root is not None and len(report) == 0
    return root


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty", b"", "XML-001"),
        ("blank", b" \r\n\t", "XML-001"),
        ("byte order mark only", b"\xef\xbb\xbf", "XML-001"),
        ("text", b"hello", "XML-006"),
        ("json", b'{"resourceType": "Bundle"}', "XML-006"),
        ("pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", "XML-006"),
        ("png", b"\x89PNG\r\n\x1a\n\x00\x00", "XML-006"),
        ("zip", b"PK\x03\x04\x00\x00", "XML-006"),
        ("html page", b"<!DOCTYPE html><html></html>", "XML-003"),
        ("doctype", b"<!DOCTYPE a><a/>", "XML-003"),
        ("external entity", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "XML-003"),
        ("billion laughs", LAUGHS.encode(), "XML-003"),
        ("laughs after a long comment", f"<!--{'x' * 100_000}-->{LAUGHS}".encode(), "XML-003"),
        ("laughs after a huge comment", f"<!--{'x' * 10_000_000}-->{LAUGHS}".encode(), "XML-003"),
        ("laughs after an instruction with markup", f"<?x <a ?>{LAUGHS}".encode(), "XML-003"),
        ("laughs in UTF-16", LAUGHS.encode("utf-16"), "XML-003"),
        ("laughs in UTF-7", (XML.format("UTF-7") + LAUGHS.replace("<!", "+ADwAIQ-")).encode(), "XML-003"),
        ("undeclared entity", b"<a>&eacute;</a>", "XML-008"),
        ("Latin-1 without declaration", GOOD.encode("latin-1"), "XML-005"),
        ("Latin-1 declared as UTF-8", (XML.format("UTF-8") + GOOD).encode("latin-1"), "XML-005"),
        ("UTF-8 declared as UTF-16", (XML.format("UTF-16") + GOOD).encode(), "XML-005"),
        ("unknown encoding", (XML.format("klingon") + GOOD).encode(), "XML-005"),
        ("crossed tags", b"<a>\n<b></a></b>\n</a>", "XML-004"),
        ("attribute twice", b'<a b="1" b="2"/>', "XML-004"),
        ("bare ampersand", b"<a>a & b</a>", "XML-004"),
        ("control character", b"<a>\x01</a>", "XML-004"),
        ("two roots", b"<a/><a/>", "XML-004"),
        ("words after the end", b"<a></a>words", "XML-004"),
        ("undeclared prefix", b"<x:a/>", "XML-004"),
        ("too deep", b"<a>" * 201 + b"</a>" * 201, "XML-009"),
        ("far too deep", b"<a>" * 1_000_000, "XML-009"),
        ("attribute of 5 MB", b'<a b="' + b"x" * 5_000_000 + b'"/>', "XML-009"),
        ("200 000 attributes", b"<a " + b" ".join(b'a%d=""' % i for i in range(200_000)) + b"/>", "XML-009"),
        ("name of 60 000 characters", b"<" + b"a" * 60_000 + b"/>", "XML-009"),
        ("text of 50 MB", b"<a>" + b"x" * 50_000_000 + b"</a>", "XML-009"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_refused(name: str, data: bytes, code: str) -> None:
    start = time.monotonic()
    assert findings(data) == [code], name
    assert time.monotonic() - start < 5, f"{name} took too long"


def test_attribute_of_200_megabytes() -> None:
    data = b'<a b="' + b"x" * 200_000_000 + b'"/>'
    assert findings(data) == ["XML-002"]
    assert findings(data, Limits(max_bytes=300_000_000)) == ["XML-009"]


@pytest.mark.parametrize("end", range(1, len(GOOD.encode()) - 1))
def test_truncated_anywhere(end: int) -> None:
    assert findings(GOOD.encode()[:end]) == ["XML-007"]


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        b"\xfe\xff" + (XML.format("UTF-16") + GOOD).encode("utf-16-be"),
        (XML.format("ISO-8859-1") + GOOD).encode("latin-1"),
        (XML.format("windows-1252") + GOOD).encode("cp1252"),
    ],
    ids=["UTF-8", "with byte order mark", "UTF-16", "UTF-16 declared", "Latin-1 declared", "Windows-1252 declared"],
)
def test_accepted_in_every_encoding(data: bytes) -> None:
    assert accepted(data)[0].text == "Évora"


def test_a_doctype_that_is_only_mentioned() -> None:
    accepted(b"<!-- <!DOCTYPE a> --><a/>")
    accepted(b"<a><![CDATA[<!DOCTYPE a>]]></a>")
    accepted(b"<?note <!DOCTYPE a> ?><a/>")


def test_what_real_documents_need() -> None:
    assert len(accepted(b"<a>" + b"x" * 20_000_000 + b"</a>").text or "") == 20_000_000  # a PDF of 15 MB
    accepted(b"<a>" * 200 + b"</a>" * 200)
    accepted(b"<a>" * 1000 + b"</a>" * 1000, Limits(max_depth=1000))


def test_many_elements_at_the_limit_of_depth_are_quick() -> None:
    start = time.monotonic()
    accepted(b"<a>" * 198 + b"<b/>" * 500_000 + b"</a>" * 198)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(max_depth=1), "depth"),
        (Limits(max_attributes=1), "attributes"),
        (Limits(max_attribute_length=1), "attribute-length"),
        (Limits(max_text_length=1), "text-length"),
    ],
)
def test_the_limit_that_was_hit_is_named_with_its_place(limits: Limits, what: str) -> None:
    report = Report()
    assert parse(b'<a><b c="xx" d="">yy</b></a>', limits, report) is None
    (finding,) = report
    assert finding.context == {"what": what, "limit": "1"}
    assert isinstance(finding.at, Element) and locate(finding.at).endswith("/*[local-name()='b'][1]")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<b/>" * 30 + "t" * 21, "text-length"),
        ("<b/>" * 30 + "<![CDATA[<<<<<<<<<<<<<<<<<<<<<]]>", "text-length"),
        ("<b/>" * 30 + f'<b c="{"v" * 21}"/>', "attribute-length"),
        ("<b/>" * 30 + "é" * 21, "text-length"),
        ("<b/>" * 30 + "<b>" * 40 + "</b>" * 40, "depth"),
    ],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1"])
def test_a_limit_holds_in_a_document_that_is_longer_than_it(content: str, what: str, encoding: str) -> None:
    limits = Limits(max_attribute_length=20, max_text_length=20, max_depth=40)
    report = Report()
    assert parse((XML.format(encoding) + f"<a>{content}</a>").encode(encoding), limits, report) is None
    assert [finding.context["what"] for finding in report] == [what]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1"])
def test_many_short_texts_are_no_long_one(encoding: str) -> None:
    content = f'<b c="{"é" * 20}">{"é" * 20}<!-- {"c" * 50} -->&lt;{"é" * 19}</b>' * 20 + "<b>" * 39 + "</b>" * 39
    limits = Limits(max_attribute_length=20, max_text_length=20, max_depth=40)
    accepted((XML.format(encoding) + f"<a>{content}</a>").encode(encoding), limits)


def test_a_table_by_tag_knows_all_namespaces_and_forgets() -> None:
    table = ByTag({"code": 1}, other=2, unseen=3)
    tags = ["code", f"{{{HL7}}}code", f"{{{PHARM}}}code", "codes", etree.Comment("code").tag]
    assert [table[tag] for tag in tags] == [1, 1, 1, 2, 3]
    for number in range(10_000):
        assert table[f"t{number}"] == 2
    assert len(table) < 5_000


def test_children_and_attributes_are_all_of_them() -> None:
    root = accepted(b'<a x="1" y="2">t<b/><!-- c --><?p q?>u<c/></a>')
    assert children(root) == list(root)
    assert attributes(root) == [("x", "1"), ("y", "2")]


def test_findings_quote_nothing_of_the_document() -> None:
    report = Report()
    parse(b"<a><Dolores>BORG</Maria></a>", Limits(), report)
    (finding,) = report
    said = finding.text("en") + finding.hint("en") + str(finding.context)
    assert not any(word in said for word in ("Dolores", "BORG", "Maria"))


def test_nothing_is_fetched_or_expanded() -> None:
    accepted(
        b'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u http://127.0.0.1:9/x.xsd"/>'
    )


# ---- places

SPACES = st.sampled_from([HL7, HL7, HL7, PHARM, EPSOS, SDTC, "", "urn:national"])
NAMES = st.sampled_from(["section", "entry", "code", "item-1", "a_b", "é"])
TREES = st.recursive(
    st.tuples(SPACES, NAMES, st.just(())),
    lambda below: st.tuples(SPACES, NAMES, st.lists(below, max_size=5).map(tuple)),
    max_leaves=30,
)
Tree = tuple[str, str, tuple["Tree", ...]]


def grow(tree: Tree, parent: Element | None = None) -> Element:
    space, name, below = tree
    tag = f"{{{space}}}{name}" if space else name
    element = etree.Element(tag) if parent is None else etree.SubElement(parent, tag)
    element.append(etree.Comment("between"))
    for child in below:
        grow(child, element)
    return element


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_a_place_leads_back_to_its_element(tree: Tree) -> None:
    root = grow(tree)
    elements = [e for e in root.iter() if isinstance(e.tag, str)]
    paths = [locate(e) for e in elements]
    assert len(set(paths)) == len(paths)
    assert all(resolve(root, path) is element for path, element in zip(paths, elements, strict=True))


def test_places_are_readable() -> None:
    root = accepted(
        f'<ClinicalDocument xmlns="{HL7}" xmlns:p="{PHARM}" xmlns:n="urn:national"><component><section/></component>'
        "<component><section/><section><p:code/><n:flag/></section></component></ClinicalDocument>".encode()
    )
    code, flag = root[1][1]
    assert locate(code) == "/ClinicalDocument/component[2]/section[2]/pharm:code"
    assert locate(flag) == "/ClinicalDocument/component[2]/section[2]/*[local-name()='flag'][1]"
    assert resolve(root, "/ClinicalDocument/component[3]") is None


def test_names() -> None:
    root = accepted(b'<a xmlns="urn:x"><!-- c --></a>')
    assert (local(root), namespace(root), local(root[0]), namespace(root[0])) == ("a", "urn:x", "", "")
