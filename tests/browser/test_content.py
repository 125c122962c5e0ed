"""The page against the document itself, in a browser. The rule: the document is read here with a bare XML parser,
not with ours; at least 99.5 % of coded values and narrative words are among the words a reader sees, each coded
value that is not translated carries a mark, and no cell is blank.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from browser.chromium import Chromium
from browser.conftest import Shown
from lxml import etree

pytestmark = pytest.mark.browser

ASKED = 0.995
V3 = "{urn:hl7-org:v3}"
MACHINERY = {"templateId", "typeId"}
CONTEXT = {"contextControlCode"}
WORD = re.compile(r"\w+")
READER = """(() => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  const marks = [...document.querySelectorAll('.m')].map(m => m.parentElement.textContent);
  const cells = [...document.querySelectorAll('.t td, .t th')].filter(c => !c.innerText.trim() && !c.querySelector('img'));
  return {text: document.body.innerText + ' ' + document.title, marks, blank: cells.map(c => c.outerHTML.slice(0, 200))};
})()"""


def codes(root: etree._Element) -> list[str]:
    """Each code that says something about the patient, the document or who made it."""
    found = []
    for element in root.iter(etree.Element):
        if etree.QName(element).localname not in MACHINERY | CONTEXT and element.get("code", "").strip():
            found.append(" ".join(element.get("code", "").split()))
    return found


def _text(element: etree._Element) -> str:
    """Text with a space wherever a block begins or ends, none around sub, sup and content."""
    space = "" if etree.QName(element).localname in ("sub", "sup", "content") else " "
    inner = "".join(
        (_text(child) if isinstance(child.tag, str) else "") + (child.tail or "") for child in element
    )  # fmt: skip
    return f"{space}{element.text or ''}{inner}{space}"


def narrative(root: etree._Element) -> Counter[str]:
    """The words of all narratives."""
    words: Counter[str] = Counter()
    for text in root.iter(f"{V3}text"):
        parent = text.getparent()
        if parent is not None and etree.QName(parent).localname == "section":
            words.update(WORD.findall(_text(text)))
    return words


def unmarked(translated: etree._Element, marks: list[str]) -> list[str]:
    """Terms that are not translated and stand nowhere beside a mark."""
    said = [" ".join(mark.split()) for mark in marks]
    found = []
    for mark in translated.xpath("//processing-instruction('cdatk-term')"):
        values = dict(re.findall(r'([a-z-]+)="([^"]*)"', mark.text or ""))
        parent = etree.QName(mark.getparent()).localname
        if values["state"] in ("translated", "null", "absent") or parent in ("country", "languageCode"):
            continue
        text = " ".join(etree.fromstring(f"<a>{values['text']}</a>").text.split()) if values["text"] else ""
        if text and not any(text in one for one in said):
            found.append(f"{values['state']}: {text}")
    return found


def test_everything_is_there_to_be_read(chromium: Chromium, pages: list[Shown]) -> None:
    chromium.width(1280)
    faults, all_codes, found_codes, all_words, found_words = [], 0, 0, 0, 0
    for shown in pages:
        chromium.open(shown.file)
        read = chromium.evaluate(READER)
        text = " ".join(read["text"].split())
        have = Counter(WORD.findall(text))
        root = etree.fromstring(shown.source, etree.XMLParser(huge_tree=True, resolve_entities=False))
        wanted = codes(root)
        lost = [code for code in wanted if code not in text]
        words = narrative(root)
        missing = words - have
        all_codes, found_codes = all_codes + len(wanted), found_codes + len(wanted) - len(lost)
        all_words, found_words = all_words + words.total(), found_words + words.total() - missing.total()
        if wanted and len(lost) / len(wanted) > 1 - ASKED:
            faults.append(f"{shown.name}: {len(lost)} of {len(wanted)} codes, e.g. {Counter(lost).most_common(5)}")
        if words and missing.total() / words.total() > 1 - ASKED:
            faults.append(f"{shown.name}: {missing.total()} of {words.total()} words, e.g. {missing.most_common(8)}")
        faults += [f"{shown.name}: blank {cell}" for cell in read["blank"][:3]]
        huge = etree.fromstring(shown.translated, etree.XMLParser(huge_tree=True))
        faults += [f"{shown.name}: no mark: {one}" for one in unmarked(huge, read["marks"])[:5]]
    print(f"codes {found_codes} of {all_codes}, narrative words {found_words} of {all_words}")
    assert not faults, f"{len(faults)}\n" + "\n".join(faults)
