"""What is asked for is found, each document once, under a name that stays below the output folder."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from cdatk.batch.sources import Inputs, Source, lines_of


def found(*given: object, listed: tuple[str, ...] = (), exclude: str = "/nowhere") -> list[Source]:
    inputs = Inputs(tuple(map(str, given)), listed, exclude, 100)
    sources = list(inputs)
    assert inputs.count() in (len(sources), None)
    return sources


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("in/b/2.xml", "in/a.xml", "in/b/1.XML", "in/readme.md", "in/out/x.xml", "in/c/3.cda"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_a_folder_in_the_order_of_names_without_the_output_folder(tree: Path) -> None:
    sources = found(tree / "in", exclude=os.path.realpath(tree / "in" / "out"))
    assert [s.name for s in sources] == ["a.xml", "b/1.XML", "b/2.xml", "c/3.cda"]
    assert [s.size for s in sources] == [8, 10, 10, 10]


def test_several_folders_keep_their_names_apart(tree: Path) -> None:
    assert [s.name for s in found(tree / "in" / "b", tree / "in" / "c")] == ["b/1.XML", "b/2.xml", "c/3.cda"]
    (tree / "b").mkdir()
    (tree / "b" / "2.xml").write_text("")
    assert [s.name for s in found(tree / "in" / "b", tree / "b")] == ["b/1.XML", "b/2.xml", "b/2.xml~2"]


def test_the_same_file_twice_is_one_document(tree: Path) -> None:
    inputs = Inputs((str(tree / "in" / "a.xml"), str(tree / "in" / "a.xml")), (), "/nowhere", 100)
    assert [s.name for s in inputs] == ["a.xml"]


def test_a_pattern(tree: Path) -> None:
    assert [s.name for s in found(tree / "in" / "**" / "*.xml")] == ["a.xml", "b/2.xml", "out/x.xml"]


def test_a_list_and_standard_input(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "in")
    (tree / "files.txt").write_text("# ours\na.xml\n\n../in/b\nmissing.xml\n")
    names = ["a.xml", "__/in/b/1.XML", "__/in/b/2.xml", "missing.xml"]
    sources = found(tree / "files.txt")
    assert [s.name for s in sources] == names and sources[3].problem == "missing"
    assert [s.name for s in found("-", listed=lines_of(b"a.xml\r\n../in/b\nmissing.xml"))] == names


def test_a_zip_archive_and_one_in_a_folder(tree: Path) -> None:
    with zipfile.ZipFile(tree / "in" / "z.zip", "w") as archive:
        archive.writestr("d/1.xml", "x")
        archive.writestr("../2.xml", "x")
        archive.writestr("INDEX.HTM", "x")
    alone, inside = found(tree / "in" / "z.zip"), found(tree / "in")
    assert [(s.name, s.member, s.problem) for s in alone] == [
        ("d/1.xml", "d/1.xml", ""),
        ("__/2.xml", "../2.xml", "outside"),
    ]
    assert "z.zip/d/1.xml" in [s.name for s in inside]


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "tar.xz"])
def test_a_tar_archive(ending: str, tmp_path: Path) -> None:
    mode = {"tar": "w", "tar.gz": "w:gz", "tgz": "w:gz", "tar.xz": "w:xz"}[ending]
    with tarfile.open(tmp_path / f"t.{ending}", mode) as archive:  # type: ignore[call-overload]
        for name, data in (("a/1.xml", b"one"), ("a/1.xml", b"two"), ("big.xml", b"x" * 500)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("l.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    sources = found(tmp_path / f"t.{ending}")
    assert [(s.name, s.problem) for s in sources] == [
        ("a/1.xml", ""), ("a/1.xml~2", ""), ("big.xml", ""), ("l.xml", "link-in-archive"),
    ]  # fmt: skip
    assert [len(s.data or b"") for s in sources] == [3, 3, 101, 0]


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz"])
def test_a_damaged_archive_is_accounted_for(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"not an archive")
    (source,) = found(tmp_path / name)
    assert source.problem == "damaged"


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.xml")).write_bytes(b"x")
    (source,) = found(tmp_path)
    assert source.name == "caf%5Cxe9.xml" or source.name == "caf\\xe9.xml"
    assert Path(source.path).read_bytes() == b"x"


def test_links_to_folders_are_not_followed(tree: Path) -> None:
    (tree / "in" / "b" / "loop").symlink_to(tree / "in")
    assert len(found(tree / "in" / "b")) == 2
