"""The page of every visible document, without a browser (tests/browser has one).

The rule: the sheets alone, run by a bare Saxon on the translated CDA, give the page that the toolkit gives.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from saxonche import PySaxonProcessor

from cdatk import Toolkit, resources

pytestmark = pytest.mark.shared


def test_the_sheets_alone_give_the_same_page(shared: Path) -> None:
    toolkit = Toolkit()
    processor = PySaxonProcessor(license=False)
    sheet = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(resources.xslt_dir() / "display" / "cda.xsl")
    )
    sheet.set_parameter("language", processor.make_string_value("fr"))
    different = []
    for path in sorted((shared / "data" / "cda").glob("*/*.xml")):
        data = path.read_bytes()
        shown, translated = toolkit.convert(data, "html").output, toolkit.convert(data, "cda").output
        assert shown is not None
        assert translated is not None
        node = processor.parse_xml(xml_text=translated.decode(), encoding="UTF-8")
        alone = sheet.transform_to_string(xdm_node=node).encode()
        if alone != shown:
            different.append(f"{path.name}: {_first_difference(alone.decode(), shown.decode())}")
    assert not different, "\n".join(different)


def _first_difference(one: str, other: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[at - 60 : at + 60]!r} {other[at - 60 : at + 60]!r}"


def test_no_micro_sign_beside_an_amount(shared: Path) -> None:
    toolkit = Toolkit()
    found = []
    for path in sorted((shared / "data" / "cda").glob("*/*.xml")):
        page = toolkit.convert(path.read_bytes(), "html").output
        assert page is not None
        rows = re.findall(r'<tr[^>]*>(.*?)<tr class="x">', page.decode(), re.S)
        found += [f"{path.name}: {hit}" for row in rows for hit in re.findall(r"\d\u00a0[µμu]g\b", row)]
    assert not found
