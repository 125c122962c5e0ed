"""A document that was cut off, re-encoded or shuffled on its way never passes: properties over our samples.

What no receiver can notice is left out: a cut in the blanks after the root, and one single-byte encoding taken for
another (every byte is a character in both).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from documents import SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import cdatk
from cdatk.diagnostics import ExitCode, Report
from cdatk.safe_xml import Element, local, parse
from cdatk.settings import Limits

BASE = Path(__file__).with_name("cases") / "base.xml"
DOCUMENTS = [path for path in (BASE, *SAMPLES) if "faults" not in path.name]
FREE = frozenset({"addr", "name"})  # their parts may stand in any order
HIGH = "äéßčż"  # letters that every encoding below has or replaces


@cache
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


@cache
def data_of(path: Path) -> bytes:
    return path.read_bytes().rstrip()


def refused(data: bytes) -> bool:
    """True when a validation does not end clean."""
    return toolkit().validate(data).report.exit_code is not ExitCode.CLEAN


def test_the_documents_themselves_pass() -> None:
    assert [path.name for path in DOCUMENTS if refused(data_of(path))] == []


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(DOCUMENTS), data=st.data())
def test_a_cut_at_any_byte_is_fatal(path: Path, data: st.DataObject) -> None:
    whole = data_of(path)
    report = Report()
    assert parse(whole[: data.draw(st.integers(0, len(whole) - 1))], Limits(), report) is None
    assert report.fatal and report.exit_code is ExitCode.UNREADABLE


def test_a_cut_at_each_of_the_last_bytes_and_in_the_prolog() -> None:
    whole = data_of(BASE)
    for length in (*range(400), *range(len(whole) - 400, len(whole))):
        report = Report()
        assert parse(whole[:length], Limits(), report) is None and report.fatal, length


SINGLE = ("ISO-8859-1", "ISO-8859-2", "ISO-8859-15", "windows-1250", "windows-1252")


def declared(text: str, encoding: str) -> str:
    """The text of a document under the declaration of an encoding."""
    body = text.partition("?>")[2] if text.lstrip("\ufeff").startswith("<?xml") else text
    return f'<?xml version="1.0" encoding="{encoding}"?>{body}'


@settings(max_examples=120, deadline=None)
@given(
    path=st.sampled_from(DOCUMENTS),
    actual=st.sampled_from(("UTF-8", *SINGLE)),
    said=st.sampled_from(("UTF-8", *SINGLE)),
)
def test_bytes_of_another_encoding_than_declared_never_pass(path: Path, actual: str, said: str) -> None:
    text = re.sub(r"(</(?:\w+:)?title>)", rf" {HIGH}\1", data_of(path).decode("utf-8-sig"), count=1)
    bytes_ = declared(text, said).encode(actual, "xmlcharrefreplace")
    if actual == said:
        assert not refused(bytes_), "an encoding rightly declared is no fault"
    elif "UTF-8" in (actual, said):
        assert refused(bytes_)


@settings(max_examples=40, deadline=None)
@given(path=st.sampled_from(DOCUMENTS), actual=st.sampled_from(("UTF-16", "UTF-16-LE", "UTF-16-BE", "UTF-32")))
def test_wide_bytes_under_a_narrow_declaration_pass_only_whole(path: Path, actual: str) -> None:
    """A byte order mark may outweigh the declaration; what is read then is the document, or nothing."""
    text = declared(data_of(path).decode("utf-8-sig"), "UTF-8")
    root = parse(text.encode(actual), Limits(), Report())
    whole = parse(text.encode(), Limits(), Report())
    assert whole is not None
    assert root is None or etree.tostring(root) == etree.tostring(whole)


def shuffled(root: Element, parent: Element, order: list[int]) -> bool:
    """Put the children of ``parent`` in this order; False when the order of their names stays what it was."""
    children = list(parent)
    before = [child.tag for child in children]
    parent[:] = [children[i] for i in order]
    return [child.tag for child in parent] != before


@settings(max_examples=250, deadline=None)
@given(path=st.sampled_from(DOCUMENTS), data=st.data())
def test_shuffled_brothers_never_pass(path: Path, data: st.DataObject) -> None:
    root = etree.fromstring(data_of(path))
    parents = [e for e in root.iter("*") if len({c.tag for c in e.iterchildren("*")}) > 1 and local(e) not in FREE]
    parents = [e for e in parents if all(local(a) != "text" for a in e.iterancestors()) and local(e) != "text"]
    parent = data.draw(st.sampled_from(parents))
    order = data.draw(st.permutations(range(len(parent))))
    if shuffled(root, parent, list(order)):
        assert refused(etree.tostring(root, encoding="UTF-8", xml_declaration=True)), local(parent)
