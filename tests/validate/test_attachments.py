"""Attached files: harmless and sound ones pass, every danger and damage is named."""

from __future__ import annotations

import base64
import builtins
import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from documents import HEADER

import cdatk

pikepdf = pytest.importorskip("pikepdf")


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def pdf(change: Callable[[Any], None] | None = None, pages: int = 1, **saving: Any) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    if change is not None:
        change(made)
    out = io.BytesIO()
    made.save(out, **saving)
    return out.getvalue()


def codes(data: bytes, toolkit: cdatk.Toolkit, media_type: str = "application/pdf") -> set[str]:
    body = f'<component><nonXMLBody><text mediaType="{media_type}" representation="B64">{base64.b64encode(data).decode()}</text></nonXMLBody></component>'
    document = HEADER.format(code="60591-5", language="pt-PT") + body + "</ClinicalDocument>"
    return {f.code for f in toolkit.validate(document.encode()).report if f.code.startswith("ATT-")}


def script(made: Any) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def named_script(made: Any) -> None:
    made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))


def link(kind: str, **more: Any) -> Callable[[Any], None]:
    def change(made: Any) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name(kind), **more)
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
        made.pages[0].Annots = made.make_indirect([note])

    return change


def embedded(made: Any) -> None:
    made.attachments["notes.txt"] = b"text"


def claim(made: Any) -> None:
    with made.open_metadata() as metadata:
        metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "1", "B"


def test_a_plain_file_gives_its_facts_only(toolkit: cdatk.Toolkit) -> None:
    assert codes(pdf(), toolkit) == {"ATT-006", "ATT-016"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (script, "ATT-010"),
        (named_script, "ATT-010"),
        (link("/JavaScript", JS="1"), "ATT-010"),
        (link("/Launch", F="cmd.exe"), "ATT-011"),
        (link("/SubmitForm", F="https://example.org"), "ATT-011"),
        (embedded, "ATT-012"),
    ],
)
def test_what_a_file_can_do_is_named(change: Callable[[Any], None], code: str, toolkit: cdatk.Toolkit) -> None:
    assert code in codes(pdf(change), toolkit)


def test_a_link_to_a_web_page_is_harmless(toolkit: cdatk.Toolkit) -> None:
    found = codes(pdf(link("/URI", URI="https://example.org")), toolkit)
    assert not found & {"ATT-010", "ATT-011", "ATT-012"}


def test_the_claim_is_reported(toolkit: cdatk.Toolkit) -> None:
    data = pdf(claim)
    body = f'<component><nonXMLBody><text mediaType="application/pdf" representation="B64">{base64.b64encode(data).decode()}</text></nonXMLBody></component>'
    document = HEADER.format(code="60591-5", language="pt-PT") + body + "</ClinicalDocument>"
    (fact,) = [f for f in toolkit.validate(document.encode()).report if f.code == "ATT-016"]
    assert fact.context["claim"] == "PDF/A-1b"


def test_an_empty_password_is_no_protection(toolkit: cdatk.Toolkit) -> None:
    found = codes(pdf(encryption=pikepdf.Encryption(owner="secret", user="")), toolkit)
    assert "ATT-015" in found and "ATT-004" not in found


def test_a_password_is(toolkit: cdatk.Toolkit) -> None:
    found = codes(pdf(encryption=pikepdf.Encryption(owner="secret", user="word")), toolkit)
    assert "ATT-004" in found and "ATT-015" not in found


def test_a_file_without_pages(toolkit: cdatk.Toolkit) -> None:
    assert "ATT-009" in codes(pdf(pages=0), toolkit) or "ATT-003" in codes(pdf(pages=0), toolkit)


def test_a_damaged_structure_is_said(toolkit: cdatk.Toolkit, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **more: object) -> None:
        raise pikepdf.PdfError("damaged")

    monkeypatch.setattr(pikepdf, "open", refuse)
    assert "ATT-008" in codes(pdf(), toolkit)


def test_without_the_library_it_is_said(toolkit: cdatk.Toolkit, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *more: Any) -> Any:
        if name == "pikepdf":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert "ATT-017" in codes(pdf(), toolkit)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")


JPEG = b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xd9"


@pytest.mark.parametrize(
    ("data", "media_type", "expected"),
    [
        (png(1, 1), "image/png", set()),
        (png(1, 1)[:-12], "image/png", {"ATT-013"}),
        (png(0, 1), "image/png", {"ATT-014"}),
        (png(90_000, 90_000), "image/png", {"ATT-014"}),
        (JPEG, "image/jpeg", set()),
        (JPEG[:-2], "image/jpeg", {"ATT-013"}),
        (png(1, 1), "image/jpeg", {"ATT-002"}),
    ],
)
def test_images(data: bytes, media_type: str, expected: set[str], toolkit: cdatk.Toolkit) -> None:
    assert codes(data, toolkit, media_type) == expected
