"""Invariants of every bundle (design, section 4), on documents that hypothesis makes up.

The rule: nothing invented, nothing lost, the source kept, negation kept, the same bytes every time, every entry counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from documents import allergy, document, problem, section
from fhir_bundle import make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
OWN = (  # systems whose codes FHIR itself demands
    "http://terminology.hl7.org/CodeSystem/", "http://loinc.org", "urn:ietf:bcp:47",
)  # fmt: skip
codes = st.text("ABCDEFGHJKMNPQRSTVWXYZ0123456789.-", min_size=2, max_size=8).map(lambda c: f"q{c}")
systems = st.sampled_from(["2.16.840.1.113883.6.96", "1.3.6.1.4.1.12559.11.10.1.3.1.44.2", "2.999.77.1", "LISTA", ""])
words = st.text("abcdé ñłß'&<>\"", max_size=12).map(lambda w: w.strip())
years = st.sampled_from(["", "2019", "201903", "20190305", "20190305101500", "20190305101500+0100", "2019130", "x"])
flavors = st.sampled_from(["UNK", "NI", "OTH", "MSK"])


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@st.composite
def coded(draw: st.DrawFn, element: str = "value") -> str:
    kind = ' xsi:type="CD" ' + XSI if element == "value" else ""
    if draw(st.booleans()):
        shown = f' displayName="{escaped(draw(words))}"'
        return f'<{element}{kind} code="{draw(codes)}" codeSystem="{draw(systems)}"{shown}/>'
    inner = f'<translation code="{draw(codes)}" codeSystem="{draw(systems)}"/>' if draw(st.booleans()) else ""
    return f'<{element}{kind} nullFlavor="{draw(flavors)}"><originalText>{escaped(draw(words))}</originalText>{inner}</{element}>'


@st.composite
def observations(draw: st.DrawFn) -> str:
    value = draw(st.sampled_from(["5", "0.50", "-3", "1e3", "x", ""]))
    unit = draw(st.sampled_from(["mg", "kPa", "zz", ""]))
    negation = draw(st.sampled_from(["", ' negationInd="true"', ' negationInd="false"']))
    return (
        f'<observation classCode="OBS" moodCode="EVN"{negation}>{draw(coded("code"))}'
        f'<statusCode code="{draw(st.sampled_from(["completed", "active", "weird"]))}"/>'
        f'<effectiveTime value="{draw(years)}"/>'
        f'<value xsi:type="PQ" {XSI} value="{value}" unit="{unit}"/></observation>'
    )


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    negated = st.booleans()
    problems = [problem(draw(coded()), negated=draw(negated)) for _ in range(draw(st.integers(0, 3)))]
    allergies = [allergy(draw(coded("code")), negated=draw(negated)) for _ in range(draw(st.integers(0, 2)))]
    others = [draw(observations()) for _ in range(draw(st.integers(0, 3)))]
    text = f"<paragraph>{escaped(draw(words))} texto</paragraph>"
    return document(
        section("11450-4", *problems, text=text), section("48765-2", *allergies), section("29762-2", *others)
    )


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(documents())
def test_no_code_is_invented(data: bytes) -> None:
    source = data.decode()
    for node in nodes(make(data).json):
        if "code" in node and "system" in node and not str(node["system"]).startswith(OWN) and "unit" not in node:
            assert f'code="{node["code"]}"' in source, node


@quick
@given(documents())
def test_no_code_is_lost(data: bytes) -> None:
    bundle = make(data)
    held = {node["code"] for node in nodes(bundle.json) if isinstance(node.get("code"), str)}
    from lxml import etree

    for element in etree.fromstring(data).iter("{*}value", "{*}code", "{*}translation"):
        code = element.get("code", "")
        if code.startswith("q"):
            assert code in held


@quick
@given(documents())
def test_the_text_is_kept(data: bytes) -> None:
    from lxml import etree

    texts = etree.fromstring(data).findall(".//{*}section/{*}text")
    divs = [s["text"]["div"] for s in make(data).one("Composition")["section"]]
    shown = " ".join(" ".join(etree.fromstring(div).itertext()) for div in divs)
    for text in texts:
        assert " ".join("".join(text.itertext()).split()) in " ".join(shown.split())


@quick
@given(documents())
def test_the_same_bytes_every_time(data: bytes) -> None:
    assert make(data).data == make(data).data


@quick
@given(documents())
def test_a_denial_stays_a_denial(data: bytes) -> None:
    bundle = make(data)
    source = data.decode()
    denied = source.count('negationInd="true"')
    said = sum(1 for node in nodes(bundle.json) if node.get("url") == "urn:cdatk:fhir:extension:negated")
    for type_ in ("Condition", "AllergyIntolerance"):
        for resource in bundle.all(type_):
            codings = resource.get("verificationStatus", {}).get("coding", [])
            said += any(c["code"] == "refuted" for c in codings)
    assert said == denied


@quick
@given(documents())
def test_every_entry_is_counted(data: bytes) -> None:
    bundle = make(data)
    entries = data.decode().count("<entry>")
    assert len(bundle.entries) == entries


@quick
@given(documents())
def test_every_reference_leads_to_a_resource(data: bytes) -> None:
    bundle = make(data)
    for node in nodes(bundle.json):
        if "reference" in node:
            assert node["reference"] in bundle.by_url
    assert json.loads(bundle.data)["entry"][0]["resource"]["resourceType"] == "Composition"
