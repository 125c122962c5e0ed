"""The display sheets on damaged documents: elements doubled, moved, stripped, filled with rubbish.

The rule these tests hold: whatever well-formed XML comes, there is a page; a rare double element never stops a sheet.
The damage is made from fixed seeds, so a failure can be had again.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from cdatk import Toolkit
from cdatk.emit.html import HtmlEmitter, HtmlError
from tests.emit.test_html import document, section

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*/*.xml"))
EMITTER = HtmlEmitter()
RUBBISH = (
    "",
    " ",
    "x",
    "-1",
    "0",
    "1e5",
    "NaN",
    "+01",
    "99999999999",
    "20240230",
    "2024-13",
    "é",
    "#",
    "#a b",
    "%",
    "<&",
)
SEEDS = range(12)
MUTANTS = 10  # a seed


@cache
def annotated(path: Path) -> bytes:
    """A sample as the sheets get it, with all marks."""
    translated = Toolkit().convert(path.read_bytes(), "cda").output
    assert translated is not None
    return translated


def damage(root: etree._Element, chance: random.Random) -> None:
    """Up to twenty faults in one document."""
    elements = [e for e in root.iter("*") if e is not root]
    for _ in range(chance.randint(1, 20)):
        element, other = chance.choice(elements), chance.choice(elements)
        parent = element.getparent()
        match chance.randint(0, 7):
            case 0 | 1 if parent is not None:
                parent.insert(parent.index(element) + chance.randint(0, 1), copy.deepcopy(element))
            case 2 if parent is not None:
                parent.remove(element)
            case 3 if element.attrib:
                del element.attrib[chance.choice(sorted(element.attrib))]
            case 4 if element.attrib:
                element.set(chance.choice(sorted(element.attrib)), chance.choice(RUBBISH))
            case 5:
                element.set("nullFlavor", "UNK")
            case 6:
                element.tag = "{urn:example:other}" + etree.QName(element).localname
            case 7 if sum(1 for _ in other.iter()) < 100:
                element.append(copy.deepcopy(other))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_document_has_a_page(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(MUTANTS):
        path = chance.choice(SAMPLES)
        root = etree.fromstring(annotated(path))
        damage(root, chance)
        page = EMITTER.emit_html(etree.tostring(root, encoding="UTF-8"), chance.choice(("fr", "en")))
        assert page.endswith(b"</html>"), f"seed {seed}, mutant {number}: {path.name}"


def kinds(path: Path) -> Iterator[tuple[str, str]]:
    """Each name under each parent's name, once."""
    root = etree.fromstring(annotated(path))
    found = {(str(p.tag), str(e.tag)) for e in root.iter("*") if (p := e.getparent()) is not None}
    yield from sorted(found)


@pytest.mark.parametrize("path", SAMPLES[:: max(1, len(SAMPLES) // 5)], ids=lambda path: path.stem)
def test_any_element_may_stand_twice(path: Path) -> None:
    """Twenty at a time, so that all names of a document are tried in a few pages; then one by one to name the fault."""
    every = list(kinds(path))
    for at in range(0, len(every), 20):
        several = every[at : at + 20]
        if not shown(path, several):
            pytest.fail(f"stands twice and stops the sheet: {[kind for kind in several if not shown(path, [kind])]}")


def shown(path: Path, doubled: list[tuple[str, str]]) -> bool:
    """Whether there is a page when all elements of these kinds stand twice, the second time without attributes."""
    root = etree.fromstring(annotated(path))
    for element in list(root.iter("*")):
        parent = element.getparent()
        if parent is not None and (str(parent.tag), str(element.tag)) in doubled and len(list(element.iter())) < 60:
            second = copy.deepcopy(element)
            second.attrib.clear()
            parent.insert(parent.index(element) + 1, second)
            parent.insert(parent.index(element), copy.deepcopy(element))
    try:
        return EMITTER.emit_html(etree.tostring(root, encoding="UTF-8"), "fr") != b""
    except HtmlError:
        return False


def test_a_section_with_two_codes_is_shown_once() -> None:
    twice = section("48765-2").replace('<code code="48765-2"/>', '<code code="48765-2"/><code code="10160-0"/>')
    page = EMITTER.emit_html(document(twice), "fr").decode()
    assert page.count('<section class="card" id="s1"') == 1


def test_a_patient_with_two_sexes_and_two_dates_has_a_banner() -> None:
    data = document().replace(b'<effectiveTime value="20240301"/>', b'<effectiveTime value="20240301"/>' * 2)
    data = data.replace(b'<administrativeGenderCode code="F"/>', b'<administrativeGenderCode code="F"/>' * 2)
    assert "née le " in EMITTER.emit_html(data, "fr").decode()


# --- the parser below the sheets ---


def test_what_the_limits_let_in_the_sheets_show() -> None:
    """Saxon's parser alone would refuse 101 levels, and 100,001 "&lt;" in one document."""
    deep = "<list><item>" * 95 + "tout au fond" + "</item></list>" * 95
    many = "<paragraph>" + "&lt;" * 100_001 + "</paragraph>"
    page = EMITTER.emit_html(document(section("11450-4", text=deep + many)), "fr").decode()
    assert "tout au fond" in page and page.count("&lt;") == 100_001


@pytest.mark.parametrize(
    "data",
    [
        b"<a>SECRET<b></a>",
        b"<SECRET:a/>",
        b'<!DOCTYPE SECRET [<!ENTITY x "SECRET">]><a>&x;</a>',
        b"<a>&SECRET;</a>",
        b"<a SECRET='1' SECRET='2'/>",
    ],
)
def test_nothing_of_unusable_input_reaches_the_terminal(data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(HtmlError) as caught:
        EMITTER.emit_html(data, "fr")
    printed = capfd.readouterr()
    assert "SECRET" not in printed.err + printed.out + str(caught.value)
