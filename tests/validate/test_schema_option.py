"""``cdatk validate --schema`` and ``--diagnose`` as a user runs them: a schema of one's own, all errors, bad folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdatk.cli.messages import say
from cdatk.resources import data_file

Run = Callable[..., Any]
BASE = Path(__file__).with_name("cases") / "base.xml"
OWN = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3" '
    'elementFormDefault="qualified"><xs:element name="ClinicalDocument"><xs:complexType><xs:sequence>'
    '<xs:any maxOccurs="unbounded" processContents="skip"/></xs:sequence>{}</xs:complexType></xs:element></xs:schema>'
)
WANTED = '<xs:attribute name="own" use="required"/>'


def schema_codes(run: Any) -> list[str]:
    return [f["code"] for f in json.loads(run.text)["findings"] if f["code"].startswith("XSD-")]


def folder_with(tmp_path: Path, text: str) -> Path:
    made = tmp_path / "schema"
    made.mkdir()
    (made / "CDA.xsd").write_text(text, "utf-8")
    return made


def test_the_users_schema_gives_the_verdict(tmp_path: Path, cdatk: Run) -> None:
    folder = folder_with(tmp_path, OWN.format(WANTED))
    ours = cdatk("validate", BASE, "--format", "json")
    theirs = cdatk("validate", BASE, "--format", "json", "--schema", folder)
    assert (schema_codes(ours), ours.code) == ([], 0)
    assert (schema_codes(theirs), theirs.code) == (["XSD-004"], 1)


def test_a_milder_schema_lets_pass_what_ours_refuses(tmp_path: Path, cdatk: Run) -> None:
    folder = folder_with(tmp_path, OWN.format(""))
    document = tmp_path / "wrong.xml"
    document.write_text(BASE.read_text("utf-8").replace("<languageCode", "<wrong/><languageCode", 1), "utf-8")
    assert schema_codes(cdatk("validate", document, "--format", "json")) == ["XSD-001"]
    assert schema_codes(cdatk("validate", document, "--format", "json", "--schema", folder)) == []


def test_our_own_folder_given_as_the_users_says_the_same(cdatk: Run) -> None:
    given = cdatk("validate", BASE, "--format", "json", "--schema", data_file("validate/schemas"))
    assert given.out == cdatk("validate", BASE, "--format", "json").out


NO_SCHEMA = "<document/>"
BROKEN = OWN.format("")[:-20]
INCOMPLETE = OWN.format("").replace("<xs:element", '<xs:include schemaLocation="missing.xsd"/><xs:element', 1)
UNKNOWN_TYPE = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="ClinicalDocument" type="no"/></xs:schema>'
)


@pytest.mark.parametrize(
    ("text", "reason", "named"),
    [(NO_SCHEMA, "document", "ClinicalDocument"), (BROKEN, "file", "CDA.xsd"), (INCOMPLETE, "file", "missing.xsd"),
     (UNKNOWN_TYPE, "file", "CDA.xsd")],
    ids=["no-schema", "broken", "incomplete", "unknown-type"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_folder_that_cannot_serve(
    text: str, reason: str, named: str, language: str, tmp_path: Path, cdatk: Run
) -> None:
    folder = folder_with(tmp_path, text)
    ended = cdatk("validate", BASE, BASE, "--schema", folder, "--lang", language)
    assert ended.code == 4 and not ended.out, "nothing is judged by another schema than the one asked for"
    assert named in ended.err and str(folder) in ended.err
    lines = ended.err.strip().splitlines()
    assert len(lines) == 1, "said once, not for every document"
    words = say(language, f"bad-schema-{reason}", path=folder, name="CDA.xsd", detail="@")
    assert words.split("@")[0] in ended.err


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_what_is_no_folder(kind: str, tmp_path: Path, cdatk: Run) -> None:
    given = BASE if kind == "file" else tmp_path / "missing"
    ended = cdatk("validate", BASE, "--schema", given)
    assert ended.code == 4 and not ended.out
    assert str(given) in ended.err and "internal" not in ended.err


def test_diagnose_names_what_stands_behind_the_first_error(tmp_path: Path, cdatk: Run) -> None:
    text = BASE.read_text("utf-8")
    document = tmp_path / "wrong.xml"
    wrong = text.replace("<languageCode", '<wrong/><languageCode wrong="1"', 1)
    document.write_text(wrong.replace("<setId", '<also/><setId wrong="1"', 1), "utf-8")
    short = cdatk("validate", document, "--format", "json")
    whole = cdatk("validate", document, "--format", "json", "--diagnose")
    assert short.code == whole.code == 1
    said, more = json.loads(short.text)["findings"], json.loads(whole.text)["findings"]
    assert all(finding in more for finding in said), "the verdict of the first engine stays"
    assert len(schema_codes(whole)) > len(schema_codes(short))


def test_diagnose_adds_nothing_to_a_valid_document(cdatk: Run) -> None:
    assert (
        cdatk("validate", BASE, "--format", "json", "--diagnose").out == cdatk("validate", BASE, "--format", "json").out
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_help_says_both(language: str, cdatk: Run) -> None:
    shown = " ".join(cdatk("validate", "--help", LC_ALL=f"{language}_FR.UTF-8").text.split())
    for option, key in (("--schema", "schema-option"), ("--diagnose", "diagnose-option")):
        assert option in shown and " ".join(say(language, key).split()) in shown
