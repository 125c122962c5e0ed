"""The page on paper. The rule: every sheet names the patient and its number, and nothing of the page is cut off."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from browser.chromium import Chromium, executable
from browser.conftest import Shown

from cdatk import Toolkit
from cdatk.emit.pdf import PdfError, find_browser, print_page

pytestmark = pytest.mark.browser


def texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def test_every_sheet_is_headed_and_numbered(chromium: Chromium, pages: list[Shown]) -> None:
    faults = []
    for shown in pages[:16]:
        chromium.open(shown.file)
        head = " ".join(chromium.evaluate("document.documentElement.dataset.run").split())
        sheets = texts(chromium.pdf())
        for number, text in enumerate(sheets, start=1):
            plain = " ".join(text.split())
            if head[:40] not in plain or f"{number} / {len(sheets)}" not in plain:
                faults.append(f"{shown.name} {number}: {plain[:120]}")
    chromium.width(1280)
    assert not faults, "\n".join(faults)


def test_the_toolkit_prints(pages: list[Shown], toolkit: Toolkit) -> None:
    if not find_browser():
        pytest.skip("no Chromium on the search path")
    result = toolkit.convert(pages[1].source, "pdf")
    assert result.output is not None
    assert result.output.startswith(b"%PDF-")
    assert "Allergies" in " ".join(texts(result.output))


def test_a_browser_that_does_nothing_is_an_error(tmp_path: Path) -> None:
    idle = tmp_path / "idle"
    idle.write_text("#!/bin/sh\nexit 0\n")
    idle.chmod(0o755)
    with pytest.raises(PdfError, match="no PDF"):
        print_page(b"<p>x", str(idle))
    with pytest.raises(PdfError, match="cannot be started"):
        print_page(b"<p>x", str(tmp_path / "none"))


def test_the_browser_is_there() -> None:
    assert executable()
