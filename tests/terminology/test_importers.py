"""Each catalogue format, with the traps its publishers set."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
from terminology.catalogues import (
    HEAD,
    ICD10,
    LOINC,
    SNOMED,
    VS,
    bring,
    codes,
    put,
    sheet,
    svs,
    texts,
    value_set,
    workbook,
)

from cdatk.terminology.importers.recognise import FORMATS, recognise
from cdatk.terminology.importers.source import Source
from cdatk.terminology.lookup import Terminology, choose

RED = ("1.2.3", "", "R", "Red", "Red", "Rouge")
BLUE = ("1.2.3", "2024", " B ", "Blue ", "Blue", "Bleu")


def counts(summary: object) -> dict[str, int]:
    return dict(summary.counts)  # type: ignore[attr-defined]


def test_a_workbook(tmp_path: Path) -> None:
    info = sheet([(), (), ("UID", "2.25.1"), ("Name", "My MTC"), ("Description", "x")])
    content = workbook({"INFO": info, "eHDSIVeryLongNameOfAValueSetCutO": value_set(RED, BLUE)})
    (summary,), report = bring(tmp_path / "s", put(tmp_path, "any.name", content))
    assert (summary.source, summary.format, summary.new) == ("My MTC", "workbook", True)
    assert counts(summary) == {"concepts": 2, "en-GB": 2, "fr-FR": 2, "value-sets": 1}
    assert codes(report) == {"TRM-110", "TRM-120"}
    with Terminology.open(tmp_path / "s") as found:
        held = found.value_set("2.999.9.1")
        assert held is not None
        assert (held.name, held.version, held.complete) == ("Colours", "202404", True)
        assert found.is_member("2.999.9.1", "1.2.3", "B") is True
        assert found.is_member("2.999.9.1", "1.2.3", "X") is False
        chosen = choose(found.designations("1.2.3", "B"), "fr")
        assert chosen is not None
        assert chosen[0].text == "Bleu"
        concept = found.concept("1.2.3", "B")
        assert concept is not None
        assert concept.english == "Blue"


def test_a_workbook_with_a_set_without_rows_and_short_rows(tmp_path: Path) -> None:
    content = workbook({"a": value_set(oid="2.999.9.3"), "b": value_set(RED[:5], oid="2.999.9.4")})
    _, report = bring(tmp_path / "s", put(tmp_path, "w", content))
    assert "TRM-115" in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert found.is_member("2.999.9.3", "1.2.3", "R") is None
        assert texts(found, "1.2.3", "R", "fr-FR") == []


def test_a_language_column_met_twice_holds_synonyms(tmp_path: Path) -> None:
    content = workbook({"a": value_set((*RED, "Vermeil"), head=(*HEAD, "fr-FR"))})
    bring(tmp_path / "s", put(tmp_path, "w", content))
    with Terminology.open(tmp_path / "s") as found:
        words = [(d.text, d.preferred) for d in found.designations("1.2.3", "R") if d.language == "fr-FR"]
    assert words == [("Rouge", True), ("Vermeil", False)]


def test_art_decor(tmp_path: Path) -> None:
    content = """<valueSets><valueSet id="2.999.9.5" displayName="holder"/>
    <valueSet id="2.999.9.5 " name="Colours" effectiveDate="2024-04-22T07:38:54" statusCode="final" versionLabel="July 2009">
    <sourceCodeSystem id="1.2.3" identifierName="Colours of things"/>
    <conceptList><concept code="R" codeSystem="1.2.3 " displayName=" Red "><designation language="de-DE" type="synonym"
     displayName="Rot"/></concept><exception code="UNK" codeSystem="2.16.840.1.113883.5.1008" displayName="unknown"/>
    </conceptList></valueSet></valueSets>
    """
    (summary,), _ = bring(tmp_path / "s", put(tmp_path, "a.xml", content))
    assert counts(summary) == {
        "code-systems": 1, "concepts": 1, "exceptions": 1, "en": 2, "de-DE": 1, "value-sets": 1,
    }  # fmt: skip
    with Terminology.open(tmp_path / "s") as found:
        held = found.value_set("2.999.9.5")
        assert held is not None
        assert (held.version, held.effective, held.status) == ("July 2009", "2024-04-22", "current")
        assert found.is_member("2.999.9.5", "1.2.3", "R")
        assert found.is_member("2.999.9.5", "2.16.840.1.113883.5.1008", "UNK")


def test_art_decor_with_a_whole_code_system(tmp_path: Path) -> None:
    whole = f'<valueSet id="2.999.9.6" name="Devices"><completeCodeSystem codeSystem="{SNOMED}"/></valueSet>'
    listed = f"""<valueSet id="2.999.9.7" name="Some"><conceptList><concept code="1" codeSystem="{SNOMED}"
     displayName="x"/></conceptList></valueSet>"""
    _, report = bring(tmp_path / "s", put(tmp_path, "a.xml", f"<valueSets>{whole}{listed}</valueSets>"))
    assert "TRM-115" in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert found.is_member("2.999.9.6", SNOMED, "1") is True
        assert found.is_member("2.999.9.6", SNOMED, "unheard of") is None


def test_svs_needs_a_language(tmp_path: Path) -> None:
    path = put(tmp_path, "v.xml", svs(("1.2.3", "R", "Rouge")))
    _, report = bring(tmp_path / "s", path)
    assert codes(report) == {"TRM-111", "TRM-126"}
    (summary,), report = bring(tmp_path / "t", path, language="fr")
    assert counts(summary) == {"concepts": 1, "fr": 1, "value-sets": 1}


def test_svs_doubles_are_synonyms_and_no_contradiction(tmp_path: Path) -> None:
    rows = ((ICD10, "A00", "Cholera"), (ICD10, "A00", "Cholera (icd-10)"), (ICD10, "A01", "x"), (ICD10, "A01", "y"))
    (summary,), report = bring(tmp_path / "s", put(tmp_path, "v.xml", svs(*rows, language="en-US")))
    assert counts(summary)["repeated"] == 2
    assert [f.context["code"] for f in report if f.code == "TRM-109"] == ["A01"]
    with Terminology.open(tmp_path / "s") as found:
        chosen = choose(found.designations(ICD10, "A00"), "en")
        assert chosen is not None
        assert chosen[0].text == "Cholera"


def test_names_that_are_english_under_a_french_flag_are_not_taken(tmp_path: Path) -> None:
    english = [("1.2.3", str(n), f"Thing {n}") for n in range(8)]
    said = [*english[:7], ("1.2.3", "7", "Chose 7")]
    bring(tmp_path / "s", put(tmp_path, "en.xml", svs(*english, language="en")))
    _, report = bring(tmp_path / "s", put(tmp_path, "fr.xml", svs(*said, oid="2.999.9.8")), language="fr")
    assert "TRM-112" in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert [texts(found, "1.2.3", str(n), "fr") for n in range(8)] == [[]] * 8


def test_a_few_equal_names_are_kept(tmp_path: Path) -> None:
    english = [("1.2.3", str(n), f"Thing {n}") for n in range(8)]
    said = [*english[:2], *(("1.2.3", str(n), f"Chose {n}") for n in range(2, 8))]
    bring(tmp_path / "s", put(tmp_path, "en.xml", svs(*english, language="en")))
    _, report = bring(tmp_path / "s", put(tmp_path, "fr.xml", svs(*said, oid="2.999.9.8")), language="fr")
    assert "TRM-112" not in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert texts(found, "1.2.3", "0", "fr") == ["Thing 0"]


FHIR_SET = {
    "resourceType": "ValueSet", "id": "Set-8.1.0", "url": "http://example.org/Set", "version": "8.1.0", "name": "Set",
    "identifier": [{"value": "urn:oid:2.999.9.9"}], "status": "active",
    "compose": {"include": [
        {"system": "http://snomed.info/sct", "concept": [
            {"code": "24484000", "display": "Severe", "designation": [{"language": "fr", "value": "Grave"}]},
        ]},
        {"system": "http://loinc.org", "filter": [{"property": "x", "op": "=", "value": "y"}]},
    ]},
}  # fmt: skip
SUPPLEMENT = {
    "resourceType": "CodeSystem", "content": "supplement", "supplements": "http://snomed.info/sct|2024",
    "concept": [{"code": "24484000", "designation": [
        {"language": "fr", "value": "Sévère"}, {"language": "fr", "value": "Fort", "use": {"code": "synonym"}},
    ], "concept": [{"code": "6736007", "designation": [{"language": "fr", "value": "Modéré"}]}]}],
}  # fmt: skip
MAP = {
    "resourceType": "ConceptMap",
    "group": [{"source": "urn:oid:2.999.1", "target": "http://snomed.info/sct", "element": [
        {"code": "A", "target": [{"code": "24484000", "equivalence": "wider"}]},
        {"code": "B", "target": [{"equivalence": "unmatched"}]},
        {"code": "C", "target": [{"code": "none such", "relationship": "equivalent"}]},
    ]}],
}  # fmt: skip


def test_fhir_resources(tmp_path: Path) -> None:
    for number, node in enumerate((FHIR_SET, SUPPLEMENT, {"resourceType": "Bundle", "entry": [{"resource": MAP}]})):
        put(tmp_path, f"in/{number}.json", json.dumps(node))
    (summary,), report = bring(tmp_path / "s", tmp_path / "in", embedded=True)
    assert counts(summary)["associations"] == 3
    assert {"TRM-110", "TRM-115", "TRM-118"} <= codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert found.value_set("http://example.org/Set") == found.value_set("2.999.9.9")
        assert found.is_member("2.999.9.9", SNOMED, "24484000") is True
        assert found.is_member("2.999.9.9", LOINC, "8480-6") is None  # a filter cannot be expanded offline
        chosen = choose(found.designations(SNOMED, "6736007"), "fr")
        assert chosen is not None
        assert chosen[0].text == "Modéré"
        (usable,) = found.associations("2.999.1", "A")
        assert (usable.target_system, usable.equivalence) == (SNOMED, "wider")
        assert found.associations("2.999.1", "B") == ()
        assert [row.equivalence for row in found.all_associations("2.999.1", "B")] == ["unmatched"]
        assert found.concept("2.999.1", "A") is None  # named by a mapping, listed by no catalogue


def package(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(stream.getvalue())


def test_a_fhir_package(tmp_path: Path) -> None:
    about = json.dumps({"name": "my.package", "version": "8.1.0", "license": "CC0-1.0", "fhirVersions": ["4.0.1"]})
    files = {
        "package/package.json": about.encode(),
        "package/.index.json": b"{}",
        "package/other/x.json": b"not json",
        "package/ValueSet-Set.json": json.dumps(FHIR_SET).encode(),
    }
    (summary,), report = bring(tmp_path / "s", put(tmp_path, "p.tgz", package(files)), embedded=True)
    assert (summary.source, summary.release, summary.files) == ("my.package", "8.1.0", 2)
    assert codes(report) == {"TRM-115"}
    with Terminology.open(tmp_path / "s") as found:
        assert found.releases[-1].licence == "CC0-1.0"


def test_display_files_word_codes_and_leave_membership_alone(tmp_path: Path) -> None:
    content = f"""<epSOS:XInformation><epSOS:XEntry oid="{VS}13" epsosName="A & B" code="24484000">
    <displayName lang='fr'>Grave</displayName></epSOS:XEntry></epSOS:XInformation>"""
    today = f"""<ValueSet oid="{VS}12" name="Routes"><concept codeSystem="0.4.0.127.0.16.1.1.2.1" code="20053000">
    <designation lang="fr-FR">Par la bouche</designation></concept></ValueSet>"""
    paths = [put(tmp_path, "a.xml", content), put(tmp_path, "b.xml", today)]
    _, report = bring(tmp_path / "s", *paths, embedded=True)
    assert sorted(f.context["why"] for f in report if f.code == "TRM-123") == ["ampersand", "prefix"]
    with Terminology.open(tmp_path / "s") as found:
        assert texts(found, SNOMED, "24484000", "fr")[0] == "Grave"
        assert len(found.versions(VS + "13")) == len(found.versions(VS + "12")) == 1
        assert texts(found, "0.4.0.127.0.16.1.1.2.1", "20053000", "fr-FR") == ["Par la bouche"]


def test_a_plain_table(tmp_path: Path) -> None:
    content = "sep=;\ncode;libellé;synonymes\n0010;Fièvre;Pyrexie|Température\n0020;-;\n".encode("cp1252")
    columns = {"fr": "libellé", "synonyms-fr": "synonymes"}
    (summary,), report = bring(tmp_path / "s", put(tmp_path, "t.csv", content), system="2.999.2", columns=columns)
    assert counts(summary) == {"concepts": 2, "fr": 3}
    assert "TRM-113" in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert texts(found, "2.999.2", "0010", "fr") == ["Fièvre", "Pyrexie", "Température"]
        assert texts(found, "2.999.2", "0020", "fr") == []


def test_a_plain_table_of_mappings(tmp_path: Path) -> None:
    content = "source_system,source_code,target_system,target_code,equivalence\n2.999.1,A,1.2.3,R,equivalent\n"
    bring(tmp_path / "s", put(tmp_path, "m.csv", content))
    with Terminology.open(tmp_path / "s") as found:
        assert found.associations("2.999.1", "A")[0].target_code == "R"


@pytest.mark.parametrize(
    ("stated", "held"),
    [
        ("", "relatedto"), ("Equivalent", "equivalent"), ("source-is-narrower-than-target", "wider"),
        ("source-is-broader-than-target", "narrower"), ("skos:exactMatch", "equivalent"), ("not-related-to", "disjoint"),
        ("perhaps", "perhaps"),
    ],
)  # fmt: skip
def test_the_nearness_of_a_mapping_in_our_words(tmp_path: Path, stated: str, held: str) -> None:
    content = f"source_system,source_code,target_system,target_code,equivalence\n2.999.1,A,1.2.3,R,{stated}\n"
    _, report = bring(tmp_path / "s", put(tmp_path, "m.csv", content))
    with Terminology.open(tmp_path / "s") as found:
        assert [row.equivalence for row in found.all_associations("2.999.1", "A")] == [held]
    assert [f.context["word"] for f in report if f.code == "TRM-128"] == ([stated] if held == "perhaps" else [])


@pytest.mark.parametrize(("stated", "usable"), [("", True), ("Valid", True), ("active", True), ("retired", False)])
def test_the_status_of_a_mapping_and_of_a_code_in_a_table(tmp_path: Path, stated: str, usable: bool) -> None:
    head = "source_system,source_code,target_system,target_code,status\n"
    mapped = put(tmp_path, "m.csv", f"{head}2.999.1,A,1.2.3,R,{stated}\n")
    coded = put(tmp_path, "c.csv", f"system,code,english,status\n1.2.3,R,Red,{stated}\n")
    bring(tmp_path / "s", mapped, coded)
    with Terminology.open(tmp_path / "s") as found:
        assert bool(found.associations("2.999.1", "A")) is usable
        concept = found.concept("1.2.3", "R")
        assert concept is not None and concept.usable() is usable


@pytest.mark.parametrize(("status", "usable"), [("active", True), ("draft", True), ("retired", False)])
def test_a_concept_map_that_is_withdrawn_is_never_used(tmp_path: Path, status: str, usable: bool) -> None:
    target = {"code": "R", "equivalence": "equivalent"}
    group = {"source": "urn:oid:2.999.1", "target": "urn:oid:1.2.3", "element": [{"code": "A", "target": [target]}]}
    node = {"resourceType": "ConceptMap", "status": status, "group": [group]}
    bring(tmp_path / "s", put(tmp_path, "m.json", json.dumps(node)))
    with Terminology.open(tmp_path / "s") as found:
        assert len(found.all_associations("2.999.1", "A")) == 1
        assert bool(found.associations("2.999.1", "A")) is usable


def test_the_words_of_a_page_are_no_codes_and_are_said(tmp_path: Path) -> None:
    entries = "".join(
        f'<translation key="{key}"><value lang="fr-fr">Mot</value></translation>'
        for key in ("1.2.3-R", "Signed", "1.2.3")
    )
    (summary,), report = bring(tmp_path / "s", put(tmp_path, "l.xml", f"<translations>{entries}</translations>"))
    assert counts(summary) == {"concepts": 1, "fr-FR": 1}
    assert [f.context["count"] for f in report if f.code == "TRM-127"] == ["2"]


def test_a_dump_in_two_encodings_with_zero_dates(tmp_path: Path) -> None:
    """Lines in Latin-1 among lines in UTF-8, and dates of zeros: the words and the codes stay whole."""
    rows = [
        b"INSERT INTO code_system VALUES (1,'1.2.3','Couleurs',NULL);",
        b"INSERT INTO code_system_version VALUES (9,'v','1',NULL,'0000-00-00','0000-00-00 00:00:00','Current',"
        b"'0000-00-00',NULL,NULL,NULL,1);",
        b"INSERT INTO code_system_concept (id, code, status, code_system_version_id) VALUES (1,'R','Current',9);",
        "INSERT INTO designation VALUES (1,'Mûr','fr-FR','FSN',1,'Current','0000-00-00',1);".encode(),
        "INSERT INTO designation VALUES (2,'Réséda','fr-CH','FSN',1,'Current','0000-00-00',1);".encode("latin-1"),
    ]
    _, report = bring(tmp_path / "s", put(tmp_path, "d.sql", b"\n".join(rows)))
    assert "TRM-113" in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        assert texts(found, "1.2.3", "R", "fr-FR") == ["Mûr"]
        assert texts(found, "1.2.3", "R", "fr-CH") == ["Réséda"]


SQL = """use openncp_ltrdb;
INSERT INTO `code_system` VALUES (125,'1.2.3','Colours',NULL),(126,'2.999.1','National',NULL);
INSERT INTO code_system_version VALUES (9,'v','2024',NULL,'0000-00-00 00:00:00','2018-01-17 15:28:27','Current',
 '2018-01-17',NULL,NULL,NULL,125),(8,'v','1',NULL,NULL,NULL,'Current',NULL,NULL,NULL,NULL,126);
INSERT INTO code_system_concept (id, code, status, code_system_version_id) VALUES (1,'R','Current',9),(2,'X','retired',9),
 (3,'N1','Current',8),(4,'lost','Current',77);
INSERT INTO designation VALUES (1,'Red; it\\'s (red)','en-GB','FSN',1,'Current','0000-00-00',1),
 (2,'Rouge','fr-FR','FSN',1,'Current',NULL,1),(3,'Rougeaud','fr-FR','x',1,'retired',NULL,1);
INSERT INTO value_set VALUES (1,'2.999.9.1','Colours',NULL,NULL);
INSERT INTO value_set_version VALUES (5,NULL,'2017-12-07 10:35:21',NULL,'Current',NULL,NULL,NULL,1);
INSERT INTO x_concept_value_set VALUES (1,5);
INSERT INTO transcoding_association VALUES (1,1,1,3,'1','Valid',NULL),(2,2,1,3,'1','Invalid',NULL),
 (3,3,999,3,'1','Valid',NULL);
"""


def test_an_sql_dump(tmp_path: Path) -> None:
    (summary,), report = bring(tmp_path / "s", put(tmp_path, "d.sql", SQL))
    assert counts(summary)["associations"] == 2
    assert [f.context["why"] for f in report if f.code == "TRM-106"] == ["no-system", "no-reference"]
    assert "TRM-114" in codes(report)
    with Terminology.open(tmp_path / "s") as found:
        concept = found.concept("1.2.3", "R")
        assert concept is not None
        assert concept.english == "Red; it's (red)"
        chosen = choose(found.designations("1.2.3", "R"), "fr-FR")
        assert chosen is not None
        assert chosen[0].text == "Rouge"
        retired = found.concept("1.2.3", "X")
        assert retired is not None
        assert not retired.usable()
        assert [row.status for row in found.all_associations("2.999.1", "N1")] == ["current", "invalid"]
        assert len(found.associations("2.999.1", "N1")) == 1
        held = found.value_set("2.999.9.1")
        assert held is not None
        assert held.effective == "2017-12-07"


def test_tables_of_the_database_as_csv(tmp_path: Path) -> None:
    put(tmp_path, "in/codeSystem.csv", "ID;OID;NAME;DESCRIPTION\r\n11;1.2.3;Colours;\r\n")
    put(tmp_path, "in/codeSystemVersion.csv", "ID;LOCAL_NAME;CODE_SYSTEM_ID;EFFECTIVE_DATE\r\n41;1;11;13.7.2009\r\n")
    put(tmp_path, "in/concept.csv", "ID;DEFINITION;CODE_SYSTEM_VERSION_ID;CODE\r\n21;;41;R\r\n")
    words = "ID;DESIGNATION;CODE_SYSTEM_CONCEPT_ID;LANGUAGE_CODE;TYPE;IS_PREFERRED;STATUS\r\n5;červená;21;sk;;Yes;current\r\n"
    put(tmp_path, "in/designation.csv", words.replace("č", "è").encode("cp1252"))
    (summary,), report = bring(tmp_path / "s", tmp_path / "in")
    assert (summary.format, summary.files, counts(summary)["sk"]) == ("ltrdb", 4, 1)
    assert "TRM-113" in codes(report)


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"<?xml version='1.0'?><!-- <ValueSet> --><valueSets/>", "art-decor"),
        (b'\xef\xbb\xbf<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008"/>', "svs"),
        ('<?xml version="1.0" encoding="utf-16"?><valueSet/>'.encode("utf-16"), "art-decor"),
        (b'<ValueSet oid="1" name="x"/>', "display"),
        (b'<ValueSet xmlns="http://hl7.org/fhir"/>', None),
        (b"<ClinicalDocument/>", None),
        (b' {"resourceType": "ValueSet"}', "fhir"),
        (b'{"resourceType": "Patient"}', None),
        (b'[{"oid": "1.2", "uri": "http://x"}]', "systems"),
        (b"code;fr\nA;b\n", "csv"),
        (b"# A page of text\n", None),
        (b"\x89PNG\r\n\x1a\n\x00", None),
    ],
)
def test_a_format_is_told_from_the_content(content: bytes, form: str | None) -> None:
    assert recognise(Source("whatever.bin", content)) == form
    assert form is None or form in FORMATS


def test_the_format_can_be_forced(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", "ID;OID;NAME\n1;1.2.3;x\n")
    _, report = bring(tmp_path / "s", path, form="csv")
    assert "TRM-105" in codes(report)
