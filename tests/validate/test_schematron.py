"""Each construct of ISO Schematron in a small pack of our own, judged by our runner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from cdatk.diagnostics import Report
from cdatk.safe_xml import Element, locate
from cdatk.validate.schematron import Outcome, SchematronCheck

Judge = Callable[..., list[tuple[str, str]]]
DOCUMENT = """<d xmlns="urn:hl7-org:v3" xmlns:o="urn:other">
 <a n="1"><b>one</b><b>two</b><!-- c --></a>
 <a n="2"><b k="x">three</b></a>
 <o:a n="3"/>
 <e n="4"><a n="5"><b/></a></e>
</d>"""


def document(text: str = DOCUMENT) -> Element:
    return etree.fromstring(text)


def schema(content: str, **attributes: str) -> str:
    given = " ".join(f'{name}="{value}"' for name, value in ({"queryBinding": "xslt2"} | attributes).items())
    return (
        f'<schema xmlns="http://purl.oclc.org/dsdl/schematron" {given}>'
        f'<ns prefix="h" uri="urn:hl7-org:v3"/><ns prefix="o" uri="urn:other"/>{content}</schema>'
    )


@pytest.fixture
def outcome(tmp_path: Path) -> Callable[..., Outcome]:
    """Judge the document by a schema with the given content; ``files`` stand beside it."""

    def run(
        content: str,
        files: dict[str, str] | None = None,
        phase: str = "#DEFAULT",
        text: str = DOCUMENT,
        **attributes: str,
    ) -> Outcome:
        folder = tmp_path / "pack"
        folder.mkdir(exist_ok=True)
        (folder / "main.sch").write_text(schema(content, **attributes), "utf-8")
        for name, data in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(data, "utf-8")
        found = SchematronCheck(folder / "main.sch", phase).outcome(document(text))
        assert found is not None
        return found

    return run


@pytest.fixture
def judge(outcome: Callable[..., Outcome]) -> Judge:
    """What was found: (place, text with the document's words)."""

    def run(*args: object, **kwargs: object) -> list[tuple[str, str]]:
        found = outcome(*args, **kwargs).findings
        return [(locate(f.element) + (f"/{f.place}" if f.place else ""), f.failed or f.quoted) for f in found]

    return run


def rule(context: str, *checks: str) -> str:
    return f'<rule context="{context}">{"".join(checks)}</rule>'


def failing(text: str = "no") -> str:
    return f'<assert test="false()">{text}</assert>'


def pattern(*rules: str, attributes: str = "") -> str:
    return f"<pattern {attributes}>{''.join(rules)}</pattern>"


def test_an_assertion_speaks_when_its_test_fails_and_a_report_when_it_holds(judge: Judge) -> None:
    checks = (
        '<assert test="@n = 1">not 1</assert>',
        '<report test="h:b/@k">has k</report>',
        '<report test="o:none">never</report>',
    )
    assert judge(pattern(rule("h:d/h:a", *checks))) == [("/d/a[2]", "not 1"), ("/d/a[2]", "has k")]


def test_a_node_is_judged_by_the_first_rule_that_matches(judge: Judge) -> None:
    rules = (
        rule("h:a[@n = 2]", failing("first")),
        rule("h:a", failing("second")),
        rule("h:a[@n = 1]", failing("never")),
    )
    assert judge(pattern(*rules)) == [("/d/a[1]", "second"), ("/d/a[2]", "first"), ("/d/e/a", "second")]


def test_a_wildcard_takes_nodes_away_from_later_rules(judge: Judge) -> None:
    rules = (rule("*[@n = 2]", failing("star")), rule("h:a", failing("name")), rule("h:e/*", failing("never")))
    assert judge(pattern(*rules)) == [("/d/a[1]", "name"), ("/d/a[2]", "star"), ("/d/e/a", "name")]


def test_each_pattern_judges_for_itself(judge: Judge) -> None:
    found = judge(pattern(rule("h:e", failing("one"))) + pattern(rule("*[@n=4]", failing("two"))))
    assert found == [("/d/e", "one"), ("/d/e", "two")]


@pytest.mark.parametrize(
    ("context", "places"),
    [
        ("/", ["/d"]),
        ("/h:d", ["/d"]),
        ("/h:a", []),
        ("h:d/h:a", ["/d/a[1]", "/d/a[2]"]),
        ("//h:a", ["/d/a[1]", "/d/a[2]", "/d/e/a"]),
        ("h:d//h:b", ["/d/a[1]/b[1]", "/d/a[1]/b[2]", "/d/a[2]/b", "/d/e/a/b"]),
        ("*:a[@n &gt; 2]", ["/d/*[local-name()='a'][3]", "/d/e/a"]),
        ("o:*", ["/d/*[local-name()='a'][3]"]),
        ("h:b[2]", ["/d/a[1]/b[2]"]),
        ("h:b[last()]", ["/d/a[1]/b[2]", "/d/a[2]/b", "/d/e/a/b"]),
        ("*[h:b[2]]", ["/d/a[1]"]),
        ("*[h:b[@k]]/h:b", ["/d/a[2]/b"]),
        ("*[h:b[not(@k)]]/h:b", ["/d/a[1]/b[1]", "/d/a[1]/b[2]", "/d/e/a/b"]),
        ("h:e | h:b[@k]", ["/d/a[2]/b", "/d/e"]),
        ("h:a/@n", ["/d/a[1]/@n", "/d/a[2]/@n", "/d/e/a/@n"]),
        ("h:a/attribute::n[. = 5]", ["/d/e/a/@n"]),
        ("h:b/text()[. = 'one']", ["/d/a[1]/b[1]/text()"]),
        ("comment()", ["/d/a[1]/node()"]),
        ("h:b[current()/@k]", ["/d/a[2]/b"]),
        ("h:d/h:a[h:b[string() = current()/h:b[2]]]", ["/d/a[1]"]),
        ("(h:e | h:d)/h:a[@n &gt; 1]", ["/d/a[2]", "/d/e/a"]),
        ("h:d/descendant::h:a[@n = 5]", ["/d/e/a"]),
        ("h:d/h:a except h:d/h:a[@n = 1]", ["/d/a[2]"]),
        ("h:a[@n = $two]", ["/d/a[2]"]),
        ("key('by-n', '4')", ["/d/e"]),
        ("h:a[f:odd(@n)]", ["/d/a[1]", "/d/e/a"]),
    ],
)
def test_contexts(judge: Judge, context: str, places: list[str]) -> None:
    xslt = (
        '<ns prefix="f" uri="urn:f"/><let name="two" value="2"/>'
        '<xsl:key xmlns:xsl="http://www.w3.org/1999/XSL/Transform" name="by-n" match="*" use="@n"/>'
        '<xsl:function xmlns:xsl="http://www.w3.org/1999/XSL/Transform" name="f:odd" xmlns:f="urn:f">'
        '<xsl:param name="v"/><xsl:sequence select="number($v) mod 2 = 1"/></xsl:function>'
    )
    assert judge(xslt + pattern(rule(context, failing()))) == [(place, "no") for place in places]


def test_variables_of_schema_pattern_and_rule(judge: Judge) -> None:
    content = (
        '<let name="v" value="\'schema\'"/>'
        + pattern(rule("h:e", failing('<value-of select="$v"/>')))
        + pattern('<let name="v" value="concat($v, \' pattern\')"/>', rule("h:e", failing('<value-of select="$v"/>')))
        + pattern(
            '<let name="v" value="\'other\'"/>',
            rule("h:e", '<let name="v" value="concat($v, @n)"/>', failing('<value-of select="$v"/>')),
        )
    )
    assert [text for _, text in judge(content)] == ["schema", "schema pattern", "other4"]


def test_a_variable_may_be_defined_twice_in_a_rule(judge: Judge) -> None:
    say = failing('<value-of select="$unit"/>')
    lets = ('<let name="unit" value="1"/>', say, '<let name="unit" value="$unit + 1"/>', say)
    assert [text for _, text in judge(pattern(rule("h:e", *lets)))] == ["1", "2"]


def test_variables_of_another_pattern_are_found(judge: Judge) -> None:
    content = pattern('<let name="far" value="7"/>') + pattern(rule("h:e", failing('<value-of select="$far"/>')))
    assert judge(content) == [("/d/e", "7")]


def test_a_variable_may_hold_xml(judge: Judge) -> None:
    content = '<let name="x"><m xmlns=""><i>9</i></m></let>' + pattern(
        rule("h:e", failing('<value-of select="$x/m/i"/>'))
    )
    assert judge(content) == [("/d/e", "9")]


def test_bound_variables_are_told_apart_from_the_patterns(judge: Judge) -> None:
    say = failing('<value-of select="for $v in (1, 2) return $v"/>')
    content = pattern('<let name="v" value="0"/>') + pattern('<let name="v" value="5"/>', rule("h:e", say))
    assert judge(content) == [("/d/e", "1 2")]


ABSTRACT = (
    '<rule abstract="true" id="low"><let name="n" value="@n"/><assert test="$n &lt; 4">high <value-of select="$n"/></assert></rule>'
    '<rule abstract="true" id="both"><extends rule="low"/><assert test="h:b">no b</assert></rule>'
)


def test_abstract_rules(judge: Judge) -> None:
    assert judge(pattern(ABSTRACT, rule("h:e", '<extends rule="both"/>'))) == [("/d/e", "high 4"), ("/d/e", "no b")]


def test_abstract_rules_of_another_pattern(judge: Judge) -> None:
    content = pattern(ABSTRACT) + pattern(rule("h:e", '<extends rule="both"/>', failing("own")))
    assert [text for _, text in judge(content)] == ["high 4", "no b", "own"]


def test_variables_pass_between_a_rule_and_what_it_extends(judge: Judge) -> None:
    uses = '<rule abstract="true" id="uses"><assert test="$mine = string(1)">mine <value-of select="$mine"/></assert></rule>'
    rules = (
        rule("h:e", '<extends rule="low"/>', '<assert test="$n = 0">n is <value-of select="$n"/></assert>'),
        rule("h:a", '<let name="mine" value="string(@n)"/>', '<extends rule="uses"/>'),
    )
    found = judge(pattern(ABSTRACT, uses, *rules))
    assert found == [("/d/a[2]", "mine 2"), ("/d/e", "high 4"), ("/d/e", "n is 4"), ("/d/e/a", "mine 5")]


def test_an_abstract_rule_sees_the_variables_of_the_pattern_it_is_used_in(judge: Judge) -> None:
    says = '<rule abstract="true" id="says"><assert test="false()"><value-of select="$where"/></assert></rule>'
    content = "".join(
        pattern(f'<let name="where" value="\'{name}\'"/>', says if not i else "", rule("h:e", '<extends rule="says"/>'))
        for i, name in enumerate(("one", "two"))
    )
    assert [text for _, text in judge(content)] == ["one", "two"]


def test_abstract_patterns(judge: Judge) -> None:
    content = (
        '<pattern abstract="true" id="p"><param name="q" value="@k"/><rule context="$el">'
        '<assert test="$q and $qq">$el needs <value-of select="name()"/></assert></rule></pattern>'
        '<pattern is-a="p" id="i1"><param name="el" value="h:a[@n &lt; 3]/h:b"/><param name="qq" value="true()"/></pattern>'
        '<pattern is-a="p" id="i2"><param name="el" value="h:e"/><param name="q" value="@n"/><param name="qq" value="h:b"/></pattern>'
    )
    found = judge(content)
    assert [place for place, _ in found] == ["/d/a[1]/b[1]", "/d/a[1]/b[2]", "/d/e"]
    assert found[0][1] == "$el needs b"


def test_includes(judge: Judge) -> None:
    space = 'xmlns="http://purl.oclc.org/dsdl/schematron"'
    files = {
        "include/p.sch": f'<pattern {space}><include href="deep/r.sch"/><include href="all.sch#two"/></pattern>',
        "include/deep/r.sch": f'<rule {space} context="h:e"><extends href="../all.sch#one"/></rule>',
        "include/all.sch": f'<x {space}><rule id="one" abstract="true">{failing("one")}</rule>'
        f'<rule id="two" context="h:a">{failing("two")}</rule></x>',
    }
    found = judge('<include href="include/p.sch"/>', files)
    assert found == [("/d/a[1]", "two"), ("/d/a[2]", "two"), ("/d/e", "one"), ("/d/e/a", "two")]


def test_messages(judge: Judge) -> None:
    content = (
        pattern(
            rule(
                "h:e",
                '<assert test="false()" diagnostics="d1 d2">The <name/> in <name path=".."/>\n has <emph>no</emph>'
                ' <value-of select="h:a/@n"/>.</assert>',
            )
        )
        + '<diagnostics><diagnostic id="d1">One <value-of select="@n"/>.</diagnostic><diagnostic id="d2">Two.</diagnostic></diagnostics>'
    )
    assert judge(content) == [("/d/e", "The e in d has no 5. One 4. Two.")]


def test_a_value_that_cannot_be_said_leaves_the_verdict(judge: Judge) -> None:
    assert judge(
        pattern(rule("h:e", failing('x<value-of select="xs:date(@n)"/>')))
        + '<ns prefix="xs" uri="http://www.w3.org/2001/XMLSchema"/>'
    ) == [("/d/e", "x")]


def test_the_subject_moves_the_place(judge: Judge) -> None:
    found = judge(
        pattern(
            rule(
                "h:e",
                '<assert test="false()" subject="h:a">s</assert>',
                '<assert test="false()" subject="h:z">t</assert>',
            )
        )
    )
    assert found == [("/d/e", "t"), ("/d/e/a", "s")]


PHASES = (
    '<phase id="one"><active pattern="p1"/></phase><phase id="in"><pattern id="p3"><rule context="h:e">'
    + failing("three")
    + "</rule></pattern></phase>"
    + pattern(rule("h:e", failing("one")), attributes='id="p1"')
    + pattern(rule("h:e", failing("two")), attributes='id="p2"')
)


@pytest.mark.parametrize(
    ("phase", "default", "texts"),
    [
        ("#DEFAULT", "", ["three", "one", "two"]),
        ("#DEFAULT", "one", ["one"]),
        ("#ALL", "one", ["three", "one", "two"]),
        ("one", "", ["one"]),
        ("in", "", ["three"]),
    ],
)
def test_phases(judge: Judge, phase: str, default: str, texts: list[str]) -> None:
    attributes = {"defaultPhase": default} if default else {}
    assert [text for _, text in judge(PHASES, phase=phase, **attributes)] == texts


def test_an_id_used_twice_names_both_patterns(judge: Judge) -> None:
    twice = pattern(rule("h:e", failing("x")), attributes='id="p"')
    assert len(judge('<phase id="f"><active pattern="p"/></phase>' + twice + twice, phase="f")) == 2


@pytest.mark.parametrize(
    ("attributes", "text", "level"),
    [
        ('role="error"', "x", "error"),
        ('role="WARNING"', "x", "warning"),
        ('role="info"', "x", "info"),
        ('role="odd"', "x", "error"),
        ("", "x", "error"),
        ("", "Warning: x", "warning"),
        ("", "Note: x", "info"),
        ("", "Success: x", "none"),
        ('role="error"', "Success: x", "error"),
    ],
)
def test_levels(outcome: Callable[..., Outcome], attributes: str, text: str, level: str) -> None:
    for kind, test in (("assert", "false()"), ("report", "true()")):
        content = pattern(rule("h:e", f'<{kind} test="{test}" {attributes}>{text}</{kind}>'))
        assert [f.level for f in outcome(content).findings] == [level]


def test_a_role_is_inherited_from_rule_and_pattern(outcome: Callable[..., Outcome]) -> None:
    content = pattern(
        f'<rule context="h:e" role="warning">{failing()}</rule>', rule("h:a", failing()), attributes='role="info"'
    )
    assert {f.level for f in outcome(content).findings} == {"warning", "info"}
    assert [f.level for f in outcome(content).findings if locate(f.element) == "/d/e"] == ["warning"]


CODES = "<s><c v='1'/><c v='2'/><t><c v='9'/></t></s>"


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("@n = doc('include/voc.xml')/s/c/@v", ["1", "2"]),
        ("@n = document('include/voc.xml')//c/@v", ["1", "2"]),
        ("@n = (doc('include/voc.xml')/s/t/c/@v)", []),
        ("concat(@n, '') = doc('include/voc.xml')//c/concat(@v, '')", ["1", "2"]),
        ("not(@n = doc('include/voc.xml')/s/c[@v = '2']/@v)", ["1", "5"]),
        ("@n != doc('include/voc.xml')/s/c[1]/@v", ["2", "5"]),
        ("exists(doc('include/voc.xml')/s/c[@v = current()/@n])", ["1", "2"]),
        ("for $n in @n return exists(doc('include/voc.xml')/s/c[@v = $n])", ["1", "2"]),
        ("number(@n) = doc('include/voc.xml')/s/c/@v", ["1", "2"]),
        ("@n = doc('include/voc.xml')/s/c/@v or @n = 5", ["1", "2", "5"]),
        ("(@n, 9) = doc('include/voc.xml')/s/t/c/@v", ["1", "2", "5"]),
        ("doc-available('include/voc.xml')", ["1", "2", "5"]),
        ("doc-available('include/none.xml')", []),
        ("doc-available('http://localhost/none.xml')", []),
    ],
)
def test_catalogues(judge: Judge, test: str, holds: list[str]) -> None:
    content = pattern(rule("h:a", f'<report test="{test}"><value-of select="@n"/></report>'))
    assert [text for _, text in judge(content, {"include/voc.xml": CODES})] == holds


def test_a_missing_catalogue_fails_only_the_rule_that_reaches_it(judge: Judge) -> None:
    test = "@n = 1 or @n = doc('include/none.xml')//c/@v"
    found = judge(pattern(rule("h:d/h:a", f'<assert test="{test}">x</assert>', failing("next"))))
    assert found == [("/d/a[1]", "next"), ("/d/a[2]", "missing"), ("/d/a[2]", "next")]


def test_an_error_in_one_test_does_not_stop_the_others(judge: Judge) -> None:
    checks = ('<assert test="error()">x</assert>', '<assert test="1 div @n = 1">y</assert>', failing("z"))
    text = '<d xmlns="urn:hl7-org:v3"><a n="1"/><a n="a"/></d>'
    found = judge(pattern(rule("h:a", *checks)) + pattern(rule("h:d[error()]", failing())), text=text)
    assert [t for p, t in found if p == "/d/a[1]"] == ["FOER0000", "z"]
    assert [t for p, t in found if p == "/d/a[2]"] == ["FOER0000", "FORG0001", "z"]
    assert ("/d", "FOER0000") in found


def test_an_error_quotes_nothing_of_the_document(
    outcome: Callable[..., Outcome], capfd: pytest.CaptureFixture[str]
) -> None:
    xs = '<ns prefix="xs" uri="http://www.w3.org/2001/XMLSchema"/><let name="g" value="xs:date(h:d/h:a[1]/h:b[1])"/>'
    checks = ("<assert test=\"xs:date(h:b[1]) = xs:date('2024-01-01')\">x</assert>", '<assert test="$g">y</assert>')
    found = outcome(
        xs
        + pattern(
            rule("h:a", *checks),
            rule("h:e[xs:date(@n)]", failing()),
            rule("*[xs:date(current()) = xs:date('2024-01-01')]"),
        )
    ).findings
    assert {"FORG0001", "variable"} <= {f.failed for f in found}
    assert "one" not in str([(f.text, f.failed, f.place) for f in found])
    assert capfd.readouterr() == ("", "")


TRACED = (
    '<xsl:function xmlns:xsl="http://www.w3.org/1999/XSL/Transform" name="o:same"><xsl:param name="v"/>'
    '<xsl:message select="$v"/><xsl:sequence select="fn:trace($v, \'in a function\')" '
    'xmlns:fn="http://www.w3.org/2005/xpath-functions"/></xsl:function>'
    '<xsl:function xmlns:xsl="http://www.w3.org/1999/XSL/Transform" name="o:trace"><xsl:param name="v"/>'
    "<xsl:sequence select=\"concat($v, '!')\"/></xsl:function>"
)


def test_nothing_that_is_traced_is_written(judge: Judge, capfd: pytest.CaptureFixture[str]) -> None:
    checks = (
        "<assert test=\"trace(h:b[1], 'first') = ''\">t</assert>",
        '<assert test="(h:b/trace (.))[1] = \'\'"><value-of select="o:same(h:b[1])"/></assert>',
        "<assert test=\"h:b[1] => trace('x') => concat('') = ''\">arrow</assert>",
        "<assert test=\"for-each(h:b, trace#1) = ''\">reference</assert>",
        '<assert test="false()"><value-of select="o:trace(h:b[1])"/></assert>',
    )
    found = judge(TRACED + pattern(rule("h:a[trace(@n) = '1']", *checks)), queryBinding="xslt3")
    assert [text for _, text in found] == ["t", "one", "arrow", "reference", "one!"]
    assert capfd.readouterr() == ("", "")


def test_a_variable_that_fails_is_told(outcome: Callable[..., Outcome]) -> None:
    content = '<let name="g" value="error()"/>' + pattern(
        rule("h:e", '<report test="exists($g)">x</report>', failing("z"))
    )
    found = outcome(content).findings
    assert [(f.name, f.failed) for f in found if f.failed] == [("$g", "variable")]
    assert [f.text for f in found if not f.failed] == ["x", "z"]


def test_xslt_1_rules_mean_what_xpath_1_says(judge: Judge) -> None:
    content = pattern(
        rule(
            "h:d",
            "<report test=\"h:a/@n = 'x' or substring('abc', '2') = 'bc'\"><value-of select=\"h:a/@n\"/></report>",
        )
    )
    assert judge(content, queryBinding="xslt") == [("/d", "1")]


def test_fired_rules_are_counted(outcome: Callable[..., Outcome]) -> None:
    content = pattern(rule("h:a"), rule("*")) + pattern(rule("h:none"))
    assert outcome(content).fired == len(list(document().iter("*")))


def test_order_and_lines(outcome: Callable[..., Outcome]) -> None:
    content = pattern(rule("h:e", failing()), rule("h:a", failing())) + pattern(rule("h:d", failing()))
    assert [f.element.sourceline for f in outcome(content).findings] == [2, 3, 5, 5, 1]


def test_the_report_holds_no_words_of_the_document(outcome: Callable[..., Outcome]) -> None:
    content = pattern(
        rule(
            "h:a[@n = 1]/h:b[1]", failing('found <value-of select="."/> in <name/>, <value-of select="local-name()"/>')
        )
    )
    (finding,) = outcome(content).findings
    assert finding.quoted == "found one in b, b"
    assert finding.text == "found … in b, b"


def test_the_report_says_rule_test_role_and_place(tmp_path: Path) -> None:
    checks = (
        '<assert id="r-1" role="warn" test="@z">no <value-of select="@n"/></assert>',
        '<report test="@n">n</report>',
    )
    (tmp_path / "p.sch").write_text(schema(pattern(rule("h:e", *checks), attributes='id="p1"')), "utf-8")
    report = Report()
    SchematronCheck(tmp_path / "p.sch").check(document(), report)
    warning, error, applied = report
    assert (warning.code, error.code, applied.code) == ("SCH-002", "SCH-001", "SCH-006")
    assert warning.context["test"] == "@z" and warning.context["rule"] == "r-1" and warning.context["role"] == "warn"
    assert error.context["pattern"] == "p1" and error.context["rule"] == "p1"
    assert isinstance(warning.at, etree._Element) and locate(warning.at) == "/d/e"
    assert "4" not in warning.text("en") + warning.text("fr")
    assert applied.context["count"] == "1"
