from __future__ import annotations

from pathlib import Path

import pytest

from cdatk.emit.compare import compare_outputs, lines_of


def test_equal_outputs_have_no_difference() -> None:
    found = compare_outputs(b"<html><p>a</p></html>", b"<html><p>a</p></html>", ("a", "b"), "fr")
    assert found.differences == 0
    assert "Aucune différence." in found.page.decode()


def test_the_words_that_differ_are_marked() -> None:
    before, after = b"<html><p>one old word</p><p>same</p></html>", b"<html><p>one new word</p><p>same</p></html>"
    page = compare_outputs(before, after, ("a.html", "b.html"), "en").page.decode()
    assert "one <del>old</del> word" in page
    assert "one <ins>new</ins> word" in page
    assert page.count("<td>same</td>") == 2


def test_lines_that_come_and_go_are_counted() -> None:
    assert compare_outputs(b"<a><b/></a>", b"<a><b/><c/><d/></a>", ("", ""), "fr").differences == 2


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b'{"a":{"b":"\xc3\xa9"}}', ["{", ' "a": {', '  "b": "é"', " }", "}"]),
        (b"<a> <b>t</b>\n</a>", ["<a>", "<b>t</b>", "</a>"]),
        (b"<!DOCTYPE html><style>x</style><p>a <b>b</b></p><td>c", ["a b", "c"]),
        (b"{broken", ["{broken"]),
        (b"plain\ntext", ["plain", "text"]),
        (b"", []),
    ],
)
def test_each_kind_has_its_lines(data: bytes, lines: list[str]) -> None:
    assert lines_of(data) == lines


def test_what_is_compared_cannot_act() -> None:
    evil = b"<html>&lt;script&gt;alert(1)&lt;/script&gt;</html>"
    page = compare_outputs(evil, b"<html>x</html>", ("<script>", "b"), "fr").page.decode()
    assert "<script" not in page


def test_the_command_ends_with_one_when_outputs_differ(cdatk, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.json").write_bytes(b'{"a": 1}')
    (tmp_path / "b.json").write_bytes(b'{"a": 2}')
    assert cdatk("compare", "a.json", "a.json", "-o", "same.html").code == 0
    ended = cdatk("compare", "a.json", "b.json")
    assert ended.code == 1
    assert b"<del>1</del>" in ended.out
