"""Packs: where they lie, what is wrong with bad ones, what they cannot do, how they are kept."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from cdatk import Settings, Toolkit
from cdatk.diagnostics import ExitCode, Report
from cdatk.safe_xml import Element
from cdatk.validate.schematron import PackError, SchematronCheck
from cdatk.validate.schematron import contexts as contexts_module
from cdatk.validate.schematron.compiled import Store

SPACE = 'xmlns="http://purl.oclc.org/dsdl/schematron"'
HL7 = "urn:hl7-org:v3"


def schema(content: str, binding: str = ' queryBinding="xslt2"') -> str:
    return f'<schema {SPACE}{binding}><ns prefix="h" uri="{HL7}"/>{content}</schema>'


def rules(test: str = "false()", context: str = "/h:ClinicalDocument", text: str = "no") -> str:
    return f'<pattern><rule context="{context}"><assert test="{test}">{text}</assert></rule></pattern>'


def document(code: str = "60591-5", body: str = "") -> Element:
    return etree.fromstring(f'<ClinicalDocument xmlns="{HL7}"><code code="{code}"/>{body}</ClinicalDocument>')


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(data, "utf-8")
    return folder


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def said(place: Path, root: Element | None = None, phase: str = "#DEFAULT") -> Report:
    report = Report()
    SchematronCheck(place, phase).check(document() if root is None else root, report)
    return report


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report]


BAD: dict[str, tuple[str, dict[str, str]]] = {
    "not-xml": ("p.sch", {"p.sch": "<schema"}),
    "not-schema": ("p.sch", {"p.sch": f"<pattern {SPACE}/>"}),
    "doctype": ("p.sch", {"p.sch": '<!DOCTYPE x [<!ENTITY e "">]>' + schema(rules())}),
    "binding": ("p.sch", {"p.sch": schema(rules(), ' queryBinding="stx"')}),
    "missing": ("p.sch", {"p.sch": schema('<include href="none.sch"/>')}),
    "circular": (
        "p.sch",
        {"p.sch": schema('<include href="q.sch"/>'), "q.sch": f'<pattern {SPACE}><include href="q.sch"/></pattern>'},
    ),
    "outside": ("a/p.sch", {"a/p.sch": schema('<include href="../q.sch"/>'), "q.sch": f"<pattern {SPACE}/>"}),
    "abstract": ("p.sch", {"p.sch": schema('<pattern is-a="none"/>')}),
    "extends": ("p.sch", {"p.sch": schema('<pattern><rule context="*"><extends rule="none"/></rule></pattern>')}),
    "diagnostic": (
        "p.sch",
        {"p.sch": schema('<pattern><rule context="*"><assert test="1" diagnostics="d">x</assert></rule></pattern>')},
    ),
    "unsupported": (
        "p.sch",
        {"p.sch": schema('<xsl:include xmlns:xsl="http://www.w3.org/1999/XSL/Transform" href="x.xsl"/>' + rules())},
    ),
    "rule": ("p.sch", {"p.sch": schema('<pattern><rule><assert test="1">x</assert></rule></pattern>')}),
    "let": ("p.sch", {"p.sch": schema('<let value="1"/>' + rules())}),
    "test": ("p.sch", {"p.sch": schema('<pattern><rule context="*"><assert>x</assert></rule></pattern>')}),
    "expression": ("p.sch", {"p.sch": schema(rules("h:a[1"))}),
    "compile": ("p.sch", {"p.sch": schema(rules("no-such-function()"))}),
    "no-schema": (".", {"p.sch": f"<pattern {SPACE}/>", "readme.txt": ""}),
    "not-found": ("none.sch", {}),
    "damaged": ("p.zip/p.sch", {}),
}


@pytest.mark.parametrize("fault", sorted(BAD))
def test_bad_packs(tmp_path: Path, fault: str) -> None:
    place, files = BAD[fault]
    write(tmp_path, files)
    if fault == "damaged":
        data = zipped(tmp_path / "p.zip", {"p.sch": schema(rules()) * 50}).read_bytes()
        (tmp_path / "p.zip").write_bytes(data[:60] + b"\0" * 20 + data[80:])
    report = said(tmp_path / place)
    assert codes(report) == ["SCH-005"]
    (finding,) = report
    assert finding.context["fault"] == fault
    assert report.exit_code is ExitCode.UNUSABLE and report.fatal
    assert str(tmp_path) not in finding.text("en") + finding.text("fr")


def test_a_rule_that_extends_itself(tmp_path: Path) -> None:
    extends = "".join(
        f'<rule abstract="true" id="{a}"><extends rule="{b}"/></rule>' for a, b in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    write(tmp_path, {"p.sch": schema(f'<pattern>{extends}<rule context="*"><extends rule="a"/></rule></pattern>')})
    (finding,) = said(tmp_path / "p.sch")
    assert finding.context["fault"] == "circular"


def test_an_unknown_phase(tmp_path: Path) -> None:
    write(tmp_path, {"p.sch": schema('<phase id="a"><active pattern="none"/></phase>' + rules())})
    assert [f.context["fault"] for f in said(tmp_path / "p.sch", phase="b")] == ["phase"]
    assert [f.context["fault"] for f in said(tmp_path / "p.sch", phase="a")] == ["phase"]
    assert codes(said(tmp_path / "p.sch")) == ["SCH-001", "SCH-006"]


def test_no_rule_fired_is_never_valid(tmp_path: Path) -> None:
    write(tmp_path, {"p.sch": schema(rules(context="h:other")), "q.sch": schema(rules("true()"))})
    report = said(tmp_path / "p.sch")
    assert codes(report) == ["SCH-004"] and report.exit_code is ExitCode.FINDINGS
    nearly = said(tmp_path / "q.sch")
    assert codes(nearly) == ["SCH-006"] and nearly.exit_code is ExitCode.CLEAN


def test_an_error_of_a_rule_is_told(tmp_path: Path) -> None:
    write(
        tmp_path, {"p.sch": schema(rules("doc('include/none.xml')//x")), "q.sch": schema(rules("true() or doc('n')"))}
    )
    assert codes(said(tmp_path / "p.sch")) == ["SCH-007", "SCH-006"]
    assert codes(said(tmp_path / "q.sch")) == ["SCH-006"]


def test_levels_become_codes(tmp_path: Path) -> None:
    checks = "".join(f'<assert role="{r}" test="false()">x</assert>' for r in ("error", "warning", "info"))
    write(tmp_path, {"p.sch": schema(f'<pattern><rule context="h:ClinicalDocument">{checks}</rule></pattern>')})
    assert codes(said(tmp_path / "p.sch")) == ["SCH-001", "SCH-002", "SCH-003", "SCH-006"]


SETS = {
    "epsos-PatientSummary.sch": schema(rules(text="PS")),
    "epsos-PatientSummary_L1.sch": schema(rules(text="L1")),
    "epsos-ePrescription.sch": schema(rules(text="EP")),
    "include/x.sch": f"<pattern {SPACE}/>",
}
PDF = "<component><nonXMLBody/></component>"


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_the_rule_set_is_chosen_by_type_and_level(tmp_path: Path, kind: str) -> None:
    place = write(tmp_path / "pack", SETS) if kind == "folder" else zipped(tmp_path / "pack.zip", SETS)
    check = SchematronCheck(place)
    for root, text in ((document(), "PS"), (document(body=PDF), "L1"), (document("57833-6"), "EP")):
        outcome = check.outcome(root)
        assert outcome is not None and [f.text for f in outcome.findings] == [text]
    assert check.rule_set(document("1-8")) is None
    assert codes(said(place, document("1-8"))) == ["SCH-008"]


def test_a_rule_set_in_an_archive_can_be_named(tmp_path: Path) -> None:
    place = zipped(tmp_path / "pack.zip", SETS)
    (finding, _) = said(place / "epsos-ePrescription.sch")
    assert finding.context["text"] == "EP"
    assert codes(said(place / "none.sch")) == ["SCH-005"]


SECRET = "file-secret-value"


def said_of(pack: Path) -> str:
    """The message of the one finding, or what is wrong with the pack."""
    try:
        outcome = SchematronCheck(pack).outcome(document())
    except PackError as error:
        return error.detail
    assert outcome is not None and len(outcome.findings) == 1
    return outcome.findings[0].quoted


@pytest.mark.parametrize(
    "expression",
    [
        "unparsed-text('{url}')",
        "doc(concat('{url}', ''))",
        "unparsed-text-lines('{url}')",
        "collection('{folder}')",
        "environment-variable('CDATK_TEST_SECRET')",
        "system-property('user.dir')",
        "transform(map {{'stylesheet-location': '{url}.xsl', 'source-node': /}})?output",
        "json-doc('{url}')",
        "uri-collection('{folder}')",
        "unparsed-text('http://localhost:1/x')",
        "parse-xml('&lt;!DOCTYPE a [&lt;!ENTITY e SYSTEM \"{url}\">]>&lt;a>&amp;amp;e;&lt;/a>')",
    ],
)
def test_rules_open_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expression: str) -> None:
    monkeypatch.setenv("CDATK_TEST_SECRET", SECRET)
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    copy = '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
    (tmp_path / "secret.txt.xsl").write_text(copy + f"<a>{SECRET}</a></xsl:template></xsl:stylesheet>", "utf-8")
    filled = expression.format(url=secret.as_uri(), folder=tmp_path.as_uri())
    message = f'<assert test="false()">x<value-of select="{filled.replace(chr(34), "&quot;")}"/></assert>'
    pack = write(tmp_path / "pack", {"p.sch": schema(f'<pattern><rule context="/*">{message}</rule></pattern>')})
    told = said_of(pack)
    assert told and SECRET not in told and str(tmp_path) not in told
    assert told == "x" or told.startswith("XP")  # nothing was read, or the expression is refused


def test_rules_write_nothing(tmp_path: Path) -> None:
    target = tmp_path / "written.xml"
    sheet = (
        "&lt;xsl:stylesheet version='3.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>&lt;xsl:template match='/'>"
        f"&lt;xsl:result-document href='{target.as_uri()}'>&lt;a/>&lt;/xsl:result-document>&lt;/xsl:template>&lt;/xsl:stylesheet>"
    )
    test = f"exists(transform(map {{'stylesheet-text': &quot;{sheet}&quot;, 'source-node': /}}))"
    pack = write(tmp_path / "pack", {"p.sch": schema(rules(test))})
    said(pack)
    assert not target.exists()


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text("<c v='1'/>", "utf-8")
    pack = write(tmp_path / "pack", {"p.sch": schema(rules("doc('link.xml')/c"))})
    os.symlink(tmp_path / "secret.xml", pack / "link.xml")
    (finding,) = said(pack)
    assert finding.context["fault"] == "outside"


def test_compiled_rules_are_kept(tmp_path: Path) -> None:
    pack = write(tmp_path / "pack", {"p.sch": schema('<include href="q.sch"/>'), "q.sch": f"<pattern {SPACE}/>"})
    cache = tmp_path / "cache"

    def texts() -> list[str]:
        outcome = SchematronCheck(pack, cache=cache).outcome(document())
        assert outcome is not None
        return [f.text for f in outcome.findings]

    def include(text: str) -> None:
        (pack / "q.sch").write_text(rules(text=text).replace("<pattern>", f"<pattern {SPACE}>"), "utf-8")

    include("one")
    assert texts() == texts() == ["one"]
    (kept,) = cache.iterdir()
    before = kept.stat().st_mtime_ns
    assert texts() == ["one"] and kept.stat().st_mtime_ns == before
    include("two")
    assert texts() == ["two"] and kept.stat().st_mtime_ns != before
    for damage in (kept.read_bytes()[:-5], b"", b"x\ny"):
        kept.write_bytes(damage)
        assert texts() == ["two"]
    assert [path.suffix for path in cache.iterdir()] == [".rules"]


def test_what_was_kept_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = write(tmp_path / "pack", {"p.sch": schema(rules())})
    SchematronCheck(pack, cache=tmp_path / "cache").outcome(document())
    monkeypatch.setattr("cdatk.validate.schematron.compile_rules", None)
    outcome = SchematronCheck(pack, cache=tmp_path / "cache").outcome(document())
    assert outcome is not None and len(outcome.findings) == 1


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    pack = write(tmp_path / "pack", {"p.sch": schema(rules())})
    (tmp_path / "cache").write_text("a file", "utf-8")
    assert SchematronCheck(pack, cache=tmp_path / "cache").outcome(document()) is not None
    assert Store(None).get.__name__ == "get"


NAMES = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(
    st.builds(lambda n, k: f"<{n} k='{k}'/>", NAMES, st.integers(0, 2)),
    lambda inner: st.builds(
        lambda n, k, c: f"<{n} k='{k}'>{''.join(c)}</{n}>", NAMES, st.integers(0, 2), st.lists(inner, max_size=4)
    ),
    max_leaves=14,
)
STEPS = st.sampled_from(
    [
        "a",
        "b",
        "*",
        "a[@k = 1]",
        "b[c]",
        "*[a[@k = 1]]",
        "*[b[c]]",
        "a[1]",
        "*[2]",
        "c[last()]",
        "*[a[1]]",
        "*[@k]",
        "@k",
        "*[b[@k]]",
    ]
)
CONTEXTS = st.builds(
    lambda first, steps: first + "".join(s if not i else sep + s for i, (sep, s) in enumerate(steps)),
    st.sampled_from(["", "/", "//"]),
    st.lists(st.tuples(st.sampled_from(["/", "/", "//"]), STEPS), min_size=1, max_size=3),
)


def expected_by_another_engine(root: Element, contexts: list[str]) -> list[tuple[str, str]]:
    """Which rule judges which node, worked out with the XPath of libxml2: the first whose path selects it from anywhere."""
    tree = root.getroottree()
    found: dict[str, str] = {}
    for number, context in enumerate(contexts):
        selected = tree.xpath(context if context.startswith("/") else f"//{context}")
        assert isinstance(selected, list)
        for node in selected:
            parent = node.getparent() if isinstance(node, str) else None
            place = tree.getpath(node) if parent is None else f"{tree.getpath(parent)}/@{node.attrname}"
            found.setdefault(place, f"r{number}")
    return sorted((rule, place) for place, rule in found.items())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    trees=st.lists(TREES, min_size=1, max_size=2),
    contexts=st.lists(CONTEXTS, min_size=1, max_size=6),
    whole=st.booleans(),
)
def test_the_first_rule_that_matches_judges(
    tmp_path_factory: pytest.TempPathFactory, trees: list[str], contexts: list[str], whole: bool
) -> None:
    """Step by step from the root down, and each context as a whole: both find what another engine finds."""
    rows = "".join(
        f'<rule context="{c}" id="r{i}"><report test="true()">x</report></rule>' for i, c in enumerate(contexts)
    )
    pack = write(tmp_path_factory.mktemp("pack"), {"p.sch": schema(f"<pattern>{rows}</pattern>")})
    root = etree.fromstring(f"<a k='0'>{''.join(trees)}</a>")
    with pytest.MonkeyPatch.context() as patch:
        if whole:
            patch.setattr(contexts_module, "_steps", lambda row: None)
        outcome = SchematronCheck(pack).outcome(root)
    assert outcome is not None
    tree = root.getroottree()
    found = [(f.rule.id, tree.getpath(f.element) + (f"/{f.place}" if f.place else "")) for f in outcome.findings]
    assert sorted(found) == expected_by_another_engine(root, contexts)


def test_the_toolkit_and_the_command_line_take_a_pack(tmp_path: Path, cdatk: Callable[..., object]) -> None:
    from documents import document as cda

    pack = write(tmp_path / "pack", {"p.sch": schema('<phase id="f">' + rules() + "</phase>" + rules(text="other"))})
    result = Toolkit(Settings(schematron=pack)).validate(cda())
    assert [f.code for f in result.report if f.code.startswith("SCH-")] == ["SCH-001", "SCH-001", "SCH-006"]
    (tmp_path / "d.xml").write_bytes(cda())
    ended = cdatk("validate", "--format", "json", "--schematron", str(pack), "--phase", "f", str(tmp_path / "d.xml"))
    report = json.loads(ended.out)  # type: ignore[attr-defined]
    (finding,) = [f for f in report["findings"] if f["code"] == "SCH-001"]
    assert finding["context"]["test"] == "false()"
    ended = cdatk("validate", "--schematron", str(tmp_path / "none.sch"), str(tmp_path / "d.xml"))
    assert ended.code == ExitCode.UNUSABLE  # type: ignore[attr-defined]
