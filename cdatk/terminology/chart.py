"""Bar charts of coverage as SVG, alone or in an HTML page, readable without colours.

The ONE rule: every bar has its numbers beside it as text; the picture repeats what a table would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 860
_LABEL: Final = 290
_BAR: Final = 420
_ROW: Final = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: `part` of `whole` is filled; `text` stands behind it."""

    label: str
    part: int
    whole: int
    text: str


def svg(title: str, bars: Sequence[Bar]) -> str:
    """The chart as a file of its own."""
    height = 50 + _ROW * len(bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        f' role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="10" y="26" font-size="16" font-weight="bold">{escape(title)}</text>',
    ]
    for number, bar in enumerate(bars):
        top = 42 + _ROW * number
        filled = round(_BAR * bar.part / bar.whole) if bar.whole else 0
        lines += [
            f'<text x="{_LABEL - 8}" y="{top + 13}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect x="{_LABEL}" y="{top}" width="{_BAR}" height="16" fill="#e6e6e6" stroke="#595959"/>',
            f'<rect x="{_LABEL}" y="{top}" width="{filled}" height="16" fill="#1a5fb4"/>',
            f'<text x="{_LABEL + _BAR + 8}" y="{top + 13}">{escape(bar.text)}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"


def html(title: str, language: str, bars: Sequence[Bar], notes: Sequence[str]) -> str:
    """The chart in a page, with sentences below it and the numbers as a table."""
    rows = "\n".join(
        f'<tr><th scope="row">{escape(bar.label)}</th><td>{bar.part}</td><td>{bar.whole}</td></tr>' for bar in bars
    )
    said = "\n".join(f"<p>{escape(note)}</p>" for note in notes)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width">\n'
        "<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}svg{max-width:100%;"
        "height:auto}table{border-collapse:collapse}td,th{border:1px solid #595959;padding:.2rem .6rem}"
        "td{text-align:right}th{text-align:left}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{said}\n{svg(title, bars)}<table>\n{rows}\n</table></body></html>\n"
    )
