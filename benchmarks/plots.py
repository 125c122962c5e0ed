"""The results as a small page with plots: bars against what is wanted, memory along the documents."""

from __future__ import annotations

from html import escape
from typing import Any

_STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;"
    "padding:0 1rem}svg{width:100%;height:auto}text{fill:currentColor;font:12px system-ui,sans-serif}"
    "h2{font-size:1.1rem;margin:1.6rem 0 .4rem}"
)
_GOOD, _BAD, _PLAIN = "#1b7f5c", "#b3261e", "#3367a8"


def page(results: dict[str, Any]) -> str:
    """One page without scripts."""
    single, starts, many = results["single"], results["starts"], results["batch"]
    warm = [(name, value, single["targets"].get(name)) for name, value in single["ratios"].items()]
    cold = [(name, value, starts["targets"][name]) for name, value in starts["ratios"].items()]
    rates = [
        (f"{name.replace('-', ', ')} worker(s)", value, None) for name, value in many["documents_a_second"].items()
    ]
    rates.append(
        ("eight documents, 2 worker(s)", many["eight"]["documents_a_second"], many["targets"]["documents_a_second"])
    )
    parts = [
        ("One document, warm: ratio to parsing and serialising it (less is better)", _bars(warm, less=True)),
        ("A whole process: ratio to a bare start of Python (less is better)", _bars(cold, less=True)),
        ("Documents a second (more is better)", _bars(rates, less=False)),
        *((f"Memory of one worker to {held['to']}: MB along {held['documents']} documents", _line(held["mb"]))
          for held in results["memory"]),
    ]  # fmt: skip
    body = "".join(f"<h2>{escape(title)}</h2>{plot}" for title, plot in parts)
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>cdatk: measures</title><style>{_STYLE}</style>'
        f"<h1>cdatk {escape(str(results['machine']['cdatk']))}: measures</h1>"
        f"<p>{escape(str(results['machine']))}, load before: {escape(str(results['load_before']))}</p>{body}</html>\n"
    )


def _bars(rows: list[tuple[str, float, float | None]], less: bool) -> str:
    """A bar each, with a mark where it is wanted to end."""
    most = max(max(value, wanted or 0.0) for _, value, wanted in rows) or 1.0
    drawn = []
    for number, (name, value, wanted) in enumerate(rows):
        y, width = number * 30, 520 * value / most
        met = wanted is None or (value <= wanted if less else value >= wanted)
        colour = _PLAIN if wanted is None else _GOOD if met else _BAD
        drawn.append(f'<text x="0" y="{y + 18}">{escape(name)}</text>')
        drawn.append(f'<rect x="190" y="{y + 6}" width="{width:.1f}" height="16" fill="{colour}"/>')
        aim = f" (wanted {wanted:g})" if wanted is not None else ""
        drawn.append(f'<text x="{196 + width:.1f}" y="{y + 18}">{value:.1f}{aim}</text>')
        if wanted is not None:
            x = 190 + 520 * wanted / most
            drawn.append(f'<path d="M{x:.1f} {y + 2}v24" stroke="currentColor" stroke-width="2"/>')
    return f'<svg viewBox="0 0 860 {len(rows) * 30}" role="img">{"".join(drawn)}</svg>'


def _line(sizes: list[tuple[int, float]]) -> str:
    """Megabytes along the documents; the axis begins at 0, so that a small growth looks small."""
    last, most = max(number for number, _ in sizes), max(size for _, size in sizes) * 1.1
    points = " ".join(f"{50 + 780 * number / last:.1f},{190 - 180 * size / most:.1f}" for number, size in sizes)
    marks = "".join(
        f'<text x="0" y="{194 - 180 * part:.0f}">{most * part:.0f}</text>'
        f'<path d="M45 {190 - 180 * part:.0f}h790" stroke="currentColor" stroke-opacity=".2"/>'
        for part in (0, 0.5, 1)
    )
    line = f'<polyline points="{points}" fill="none" stroke="{_PLAIN}" stroke-width="2"/>'
    return f'<svg viewBox="0 0 860 210" role="img">{marks}{line}<text x="780" y="206">{last}</text></svg>'
