"""Members of archives that nobody may read."""

from __future__ import annotations

import tarfile
import zipfile

import pytest

from cdatk.archives import is_content, leads_out


@pytest.mark.parametrize("name", ["/a", "\\a", "../a", "a/../../b", "a\\..\\b", "C:\\a", "c:/a", "C:a", "//server/a"])
def test_names_that_lead_out(name: str) -> None:
    assert leads_out(name)


@pytest.mark.parametrize("name", ["a", "a/b.xml", "./a", "a..b/c", "urn:x/a", "", "..a"])
def test_names_that_stay(name: str) -> None:
    assert not leads_out(name)


@pytest.mark.parametrize(
    ("kind", "content"),
    [(tarfile.REGTYPE, True), (tarfile.DIRTYPE, True), (tarfile.SYMTYPE, False), (tarfile.LNKTYPE, False),
     (tarfile.CHRTYPE, False), (tarfile.FIFOTYPE, False)],
)  # fmt: skip
def test_members_of_tar(kind: bytes, content: bool) -> None:
    member = tarfile.TarInfo("a")
    member.type = kind
    assert is_content(member) is content


@pytest.mark.parametrize(("mode", "content"), [(0, True), (0o100644, True), (0o040755, True), (0o120777, False)])
def test_members_of_zip(mode: int, content: bool) -> None:
    member = zipfile.ZipInfo("a")
    member.external_attr = mode << 16
    assert is_content(member) is content
