"""The embedded tables: true to their manifest, unique, without blanks, in the French house style."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cdatk.terminology.manifest import refreshed
from cdatk.terminology.rows import TerminologyError
from cdatk.terminology.tables import COLUMNS, Manifest, Table, parse_rows, read_manifest, read_rows

# Babel names countries and languages at run time; of the others some English names are ambiguous or contradict the code.
WITHOUT_FRENCH = {
    "eHDSIActiveIngredient", "eHDSIBodySite", "eHDSICountry", "eHDSIIllnessandDisorder", "eHDSILanguage",
    "eHDSIMedicalDevice", "eHDSIProcedure", "eHDSIUnit",
}  # fmt: skip
ATC = "2.16.840.1.113883.6.73"
MAY_BE_BLANK = {"aliases", "uri", "english", "use", "status"}
ACRONYMS = {"CLIPPERS", "COVID", "COVID-19", "SARS-CoV-2", "DRESS", "LOINC"}


@pytest.fixture(scope="module")
def manifest(tables: Path) -> Manifest:
    return read_manifest(tables)


def rows_of(tables: Path, manifest: Manifest, kind: str) -> list[tuple[Table, dict[str, str]]]:
    return [(table, row) for table in manifest.tables if table.kind == kind for row in read_rows(tables, table)]


def test_manifest_is_true(tables: Path) -> None:
    assert refreshed(tables) == (tables / "manifest.toml").read_text(encoding="utf-8")


def test_every_table_names_its_source_and_terms(manifest: Manifest) -> None:
    assert [table.path for table in manifest.tables if not (table.source and table.licence)] == []


def test_files_are_plain_sorted_csv(tables: Path, manifest: Manifest) -> None:
    for table in manifest.tables:
        content = (tables / table.path).read_bytes()
        assert b"\r" not in content, table.path
        assert content.endswith(b"\n"), table.path
        rows = [tuple(row.values()) for row in parse_rows(table.path, table.kind, content)]
        if table.kind != "value-sets":
            assert rows == sorted(rows), table.path


def test_no_blank_and_no_stray_space(tables: Path, manifest: Manifest) -> None:
    wrong = []
    for kind in COLUMNS:
        for table, row in rows_of(tables, manifest, kind):
            for column, value in row.items():
                if value != value.strip() or "  " in value or (not value and column not in MAY_BE_BLANK):
                    wrong.append((table.path, row))
    assert wrong == []


def test_keys_are_unique(tables: Path, manifest: Manifest) -> None:
    systems = [
        name
        for _, row in rows_of(tables, manifest, "code-systems")
        for name in (row["oid"], *filter(None, row["aliases"].split("|")))
    ]
    members = [(t.path, r["system"], r["code"]) for t, r in rows_of(tables, manifest, "members")]
    preferred = [
        (table.language, row["system"], row["code"])
        for table, row in rows_of(tables, manifest, "designations")
        if row.get("use") != "synonym"
    ]
    for keys in (systems, members, preferred):
        assert [key for key, number in Counter(keys).items() if number > 1] == []


def test_all_code_systems_are_declared(tables: Path, manifest: Manifest) -> None:
    declared = {row["oid"] for _, row in rows_of(tables, manifest, "code-systems")}
    used = {row["system"] for kind in ("members", "designations") for _, row in rows_of(tables, manifest, kind)}
    for _, row in rows_of(tables, manifest, "mapping"):
        used |= {row["source_system"], row["target_system"]}
    assert used - declared == set()


def test_sixty_value_sets_with_members(tables: Path, manifest: Manifest) -> None:
    sets = [row for _, row in rows_of(tables, manifest, "value-sets")]
    assert len(sets) == 60
    listed = {Path(table.path).stem for table in manifest.tables if table.kind == "members"}
    assert {row["name"] for row in sets} - listed == {"epSOSMedicalEquipment"}  # the MVC gives no list for it
    incomplete = {row["name"] for row in sets if row["complete"] == "no"}
    assert incomplete == {"eHDSIIllnessandDisorder", "epSOSMedicalEquipment"}


def test_small_value_sets_have_french_for_every_member(tables: Path, manifest: Manifest) -> None:
    french = {(r["system"], r["code"]) for _, r in rows_of(tables, manifest, "designations")}
    missing = [
        (table.path, row["code"], row["english"])
        for table, row in rows_of(tables, manifest, "members")
        if Path(table.path).stem not in WITHOUT_FRENCH and (row["system"], row["code"]) not in french
    ]
    assert missing == []


def test_every_atc_group_has_french_and_one_name_one_wording(tables: Path, manifest: Manifest) -> None:
    french = {r["code"]: r["designation"] for _, r in rows_of(tables, manifest, "designations") if r["system"] == ATC}
    groups = {
        r["code"]: r["english"].casefold()
        for _, r in rows_of(tables, manifest, "members")
        if r["system"] == ATC and len(r["code"]) < 7
    }
    assert Counter(map(len, groups)) == {1: 14, 3: 94, 4: 271, 5: 933}  # levels 1 to 4 of the MVC 2024-04
    assert sorted(groups.keys() - french.keys()) == []
    wordings: dict[str, set[str]] = {}
    for code, english in groups.items():
        wordings.setdefault(english, set()).add(french[code])
    assert {name: found for name, found in wordings.items() if len(found) > 1} == {}


def test_an_english_name_stands_in_one_place(tables: Path, manifest: Manifest) -> None:
    english = {(r["system"], r["code"]): r["english"] for _, r in rows_of(tables, manifest, "members")}
    for table, row in rows_of(tables, manifest, "designations"):
        held = english.get((row["system"], row["code"]))
        given = row.get("english", "")
        assert not (held and given), (table.path, row)
        assert held or given, (table.path, row)


def test_french_house_style(tables: Path, manifest: Manifest) -> None:
    wrong = [
        (table.path, row["code"], row["designation"], fault)
        for table, row in rows_of(tables, manifest, "designations")
        if table.language == "fr" and (fault := style_fault(row["designation"]))
    ]
    assert wrong == []


def style_fault(text: str) -> str | None:
    words = [word for word in re.findall(r"[^\W\d_]{4,}", text) if word not in ACRONYMS]
    if words and all(word.isupper() for word in words) and sum(map(len, words)) > 6:
        return "capitals"
    if "’" in text:
        return "typographic apostrophe"
    if re.search(r" [:;?!%»]|« ", text):
        return "breaking space"
    if re.search(r"[^\s\d:/]:\s|[^\s][;?!]$|[^\s]; ", text):
        return "no space before punctuation"
    if re.search(r" ,|\( | \)|\s'|(?<!\d)' |,[a-zà-ÿ]", text):
        return "space error"
    if re.search(r"\b[oO]e(?:d[eè]m|soph|il\b|uf)|\b[cC]oeur|\b[fF]oet", text):
        return "ligature"
    return None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("VOIE ORALE", "capitals"),
        ("Voie d’administration", "typographic apostrophe"),
        ("Autorisée ?", "breaking space"),
        ("Autorisée\u00a0?", None),
        ("Autorisée?", "no space before punctuation"),
        ("Œil , droit", "space error"),
        ("oedème", "ligature"),
        ("mUI/ml", None),
        ("Vaccins contre la COVID-19", None),
    ],
)
def test_the_style_check_can_fail(text: str, fault: str | None) -> None:
    assert style_fault(text) == fault


def test_a_changed_table_is_refused(tables: Path, tmp_path: Path) -> None:
    manifest = read_manifest(tables)
    table = next(table for table in manifest.tables if table.path == "mvc/value-sets.csv")
    copy = tmp_path / table.path
    copy.parent.mkdir(parents=True)
    copy.write_bytes((tables / table.path).read_bytes().replace(b",yes", b",no"))
    with pytest.raises(TerminologyError, match="is not the one in manifest"):
        list(read_rows(tmp_path, table))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"system,code\n1,2\n",
        b"system,code,english,colour\n1,2,3,4\n",
        b"system,code,english\n1,2\n",
        b"system,code,english\n1,2,3,4\n",
    ],
)
def test_a_malformed_table_is_refused(content: bytes) -> None:
    with pytest.raises(TerminologyError):
        list(parse_rows("members.csv", "members", content))
