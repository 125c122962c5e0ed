"""The page is accessible. The rule: axe-core finds no violation of WCAG 2.2 A and AA, in the light and in the dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser.chromium import Chromium
from browser.conftest import Shown

pytestmark = pytest.mark.browser

RULES = '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]'


def violations(chromium: Chromium, axe: str, only: str = "") -> list[str]:
    """What axe-core finds on the open page, with all details unfolded."""
    chromium.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    chromium.evaluate(axe)
    run = only or f'{{type: "tag", values: {RULES}}}'
    found: list[dict[str, Any]] = chromium.evaluate(
        f"axe.run(document, {{runOnly: {run}, resultTypes: ['violations'], iframes: false}}).then(r => r.violations.map("
        "v => ({id: v.id, nodes: v.nodes.map(n => n.target.join(' ') + ' ' + n.html.slice(0, 160))})))"
    )
    return [f"{one['id']}: {node}" for one in found for node in one["nodes"][:4]]


def test_no_violation_on_any_page(chromium: Chromium, pages: list[Shown], packages: Path) -> None:
    axe = (packages / "axe-core" / "axe.min.js").read_text("utf-8") + ";0"
    chromium.width(1280)
    found = []
    for shown in pages:
        chromium.open(shown.file)
        found += [f"{shown.name} {line}" for line in violations(chromium, axe)]
    assert not found, f"{len(found)}\n" + "\n".join(found[:40])


@pytest.mark.parametrize("preference", [{"prefers_color_scheme": "dark"}, {"prefers_contrast": "more"}])
def test_contrast_in_other_colours(
    chromium: Chromium, pages: list[Shown], packages: Path, preference: dict[str, str]
) -> None:
    axe = (packages / "axe-core" / "axe.min.js").read_text("utf-8") + ";0"
    found = []
    for shown in pages[:24]:
        chromium.width(1280, **preference)
        chromium.open(shown.file)
        only = '{type: "rule", values: ["color-contrast"]}'
        found += [f"{shown.name} {line}" for line in violations(chromium, axe, only)]
    chromium.width(1280)
    assert not found, f"{len(found)}\n" + "\n".join(found[:40])


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_nothing_has_to_be_scrolled_sideways(chromium: Chromium, pages: list[Shown], width: int) -> None:
    """320 is a window of 1280 at 400 % (WCAG 1.4.10), 640 the same at 200 %."""
    chromium.width(width)
    found = []
    for shown in pages:
        chromium.open(shown.file)
        wide = chromium.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{shown.name}: {wide} px too wide")
    chromium.width(1280)
    assert not found, "\n".join(found)
