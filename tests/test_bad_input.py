"""Broken and hostile documents: a finding with code and place, the right exit code, no output, never an exception."""

from __future__ import annotations

import base64

import pytest
from documents import HEADER, document, section

import cdatk
from cdatk.diagnostics import ExitCode, Severity

FRAME = HEADER.format(code="60591-5", language="pt-PT")
CODE = '<code code="60591-5" codeSystem="2.16.840.1.113883.6.1" displayName="Patient summary Document"/>'
GOOD = document(section("48765-2"))


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def attached(content: str, media_type: str = "application/pdf", representation: str = "B64") -> bytes:
    return (
        f'{FRAME}<component><nonXMLBody><text mediaType="{media_type}" representation="{representation}">{content}</text>'
        "</nonXMLBody></component></ClinicalDocument>"
    ).encode()


FATAL = {
    "empty": (b"", "XML-001"),
    "blank": (b" \n", "XML-001"),
    "not xml": (b"%PDF-1.7 this is no XML", "XML-006"),
    "truncated": (GOOD[: len(GOOD) // 2], "XML-007"),
    "doctype": (b'<!DOCTYPE a [<!ENTITY b "c">]>' + GOOD, "XML-003"),
    "latin-1 as utf-8": (b'<?xml version="1.0" encoding="UTF-8"?>' + GOOD.decode().encode("latin-1"), "XML-005"),
    "wrong root": (b"<html/>", "XML-010"),
    "root of another namespace": (b'<ClinicalDocument xmlns="urn:other"/>', "XML-010"),
    "no code": (GOOD.replace(CODE.encode(), b""), "CDA-001"),
    "code without value": (GOOD.replace(b'code="60591-5" ', b"", 1), "CDA-001"),
    "two codes": (GOOD.replace(CODE.encode(), CODE.encode() * 2), "CDA-002"),
}


@pytest.mark.parametrize("name", FATAL)
@pytest.mark.parametrize("to", ["fhir", "html", "cda"])
def test_a_fatal_fault_gives_one_code_and_no_output(name: str, to: str, toolkit: cdatk.Toolkit) -> None:
    data, code = FATAL[name]
    result = toolkit.convert(data, to)
    assert result.output is None
    assert [d.code for d in result.report if d.severity is Severity.FATAL] == [code]
    unreadable = code.startswith("XML-")
    assert result.report.exit_code is (ExitCode.UNREADABLE if unreadable else ExitCode.FINDINGS)


REPORTED = {
    "unknown document code": (GOOD.replace(b"60591-5", b"99999-9"), "CDA-003"),
    "L3 without sections": (document(), "CDA-006"),
    "no body": (f"{FRAME}</ClinicalDocument>".encode(), "CDA-005"),
    "mandatory section missing": (GOOD, "CDA-007"),
    "mandatory section without entries": (GOOD, "CDA-012"),
    "base64 that is no PDF": (attached(base64.b64encode(b"hello").decode()), "ATT-002"),
    "damaged base64": (attached("JVBERi0*"), "ATT-001"),
    "base64 cut short": (attached("JVBERi0xL"), "ATT-001"),
    "PDF that cannot be opened": (attached(base64.b64encode(b"%PDF-1.7 nothing").decode()), "ATT-003"),
    "empty attachment": (attached(""), "ATT-005"),
    "HTML attachment": (attached(base64.b64encode(b"<p>").decode(), "text/html"), "ATT-007"),
    "no section code": (GOOD.replace(b'<code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/>', b""), "CDA-008"),
    "no patient": (GOOD[: GOOD.index(b"<recordTarget>")] + GOOD[GOOD.index(b"<author>") :], "CDA-017"),
    "a date that is none": (GOOD.replace(b'"19610312"', b'"12/03/1961"'), "CDA-019"),
}


@pytest.mark.parametrize("name", REPORTED)
def test_a_fault_is_said_with_its_code(name: str, toolkit: cdatk.Toolkit) -> None:
    data, code = REPORTED[name]
    found = [d for d in toolkit.validate(data).report if d.code == code]
    assert found
    assert all(d.at is not None for d in found)


@pytest.mark.parametrize("name", REPORTED)
@pytest.mark.parametrize("to", ["fhir", "html", "cda"])
def test_a_faulty_document_still_gives_a_whole_output(name: str, to: str, toolkit: cdatk.Toolkit) -> None:
    result = toolkit.convert(REPORTED[name][0], to)
    assert result.output
    assert not result.report.fatal


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD,
        b'<?xml version="1.0" encoding="UTF-16"?>'.decode().encode("utf-16") + GOOD.decode().encode("utf-16-le"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + GOOD.decode().encode("latin-1"),
    ],
    ids=["byte order mark", "utf-16", "latin-1"],
)
def test_other_encodings_are_read(data: bytes, toolkit: cdatk.Toolkit) -> None:
    assert toolkit.convert(data, "fhir").output == toolkit.convert(data, "fhir").output
    assert not toolkit.validate(data).report.fatal


def test_null_flavors_everywhere_are_carried(toolkit: cdatk.Toolkit) -> None:
    import re

    data = re.sub(
        rb"(<(?:\w+:)?(?:value|low|high|telecom|name|given|family|time)\b)[^>]*?(/?>)", rb'\1 nullFlavor="UNK"\2', GOOD
    )
    for to in ("fhir", "html", "cda"):
        assert toolkit.convert(data, to).output


def test_strict_refuses_an_unknown_document(toolkit: cdatk.Toolkit) -> None:
    strict = cdatk.Toolkit(cdatk.Settings(strict=True))
    result = strict.convert(REPORTED["unknown document code"][0], "fhir")
    assert result.output is None
    assert result.report.exit_code is ExitCode.FINDINGS


def test_no_patient_data_in_messages(toolkit: cdatk.Toolkit) -> None:
    for data, _ in (*FATAL.values(), *REPORTED.values()):
        for finding in toolkit.validate(data).report:
            for language in ("fr", "en"):
                words = finding.text(language) + finding.hint(language)
                assert not any(secret in words for secret in ("Exemplo", "P-1", "19610312", "12/03/1961", "Autora"))
