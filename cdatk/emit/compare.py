"""Two outputs of one document side by side, for testers: two catalogue releases, two versions, two languages.

The rule: the page shows what is written in both and marks what differs, word by word; it judges nothing.
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Final

from cdatk.model.datatypes import Value

CONTEXT: Final = 2  # equal lines shown around a difference
_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")
_BLOCKS: Final = frozenset({
    "address", "article", "aside", "body", "br", "caption", "dd", "details", "div", "dl", "dt", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "header", "hr", "html", "li", "main", "nav", "object", "ol", "p", "pre", "section",
    "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
})  # fmt: skip
_SILENT: Final = frozenset({"style", "script"})
_LABELS: Final = MappingProxyType({
    "fr": (
        "Comparaison de deux résultats", "Aucune différence.", "Lignes différentes\u00a0: {}",
        "lignes identiques\u00a0: {}", "Avant", "Après",
    ),
    "en": ("Comparison of two outputs", "No difference.", "Different lines: {}", "equal lines: {}", "Before", "After"),
})  # fmt: skip
_CSS: Final = (
    ":root{color-scheme:light dark;--l:#d5dde2;--d:#fbe3e1;--i:#dff3e4;--s:#4b5b66}"
    "@media (prefers-color-scheme:dark){:root{--l:#34424c;--d:#4a2321;--i:#1d3c28;--s:#a9b8c2}}"
    "body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "td,th{border:1px solid var(--l);padding:.2rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;"
    "white-space:pre-wrap}del{background:var(--d)}ins{background:var(--i)}.e td{color:var(--s);text-align:center}"
    "@page{size:A4 landscape}"
)


class Comparison(Value, frozen=True):
    """The page, and how many lines differ."""

    page: bytes
    differences: int


def compare_outputs(before: bytes, after: bytes, names: tuple[str, str], language: str) -> Comparison:
    """Two outputs of one kind (html, FHIR JSON, CDA; anything else by its lines) as a page.

    :param names: what stands above the two sides, such as file names.
    :param language: ``fr`` or ``en``, of the page's own words.
    """
    left, right = lines_of(before), lines_of(after)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    rows: list[str] = []
    count = 0
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            rows += _equal(left[a:b], language, first=a == 0, last=b == len(left))
            continue
        pairs = _paired(left[a:b], right[c:d])
        count += len(pairs)
        rows += [_changed(one, other) for one, other in pairs]
    return Comparison(_page(rows, count, names, language), count)


def lines_of(data: bytes) -> list[str]:
    """What is written, in lines that can be compared."""
    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    start = text.lstrip()[:200].lower()
    if start.startswith(("{", "[")):
        try:
            return json.dumps(json.loads(text), ensure_ascii=False, indent=1).splitlines()
        except ValueError:
            return text.splitlines()
    if start.startswith("<!doctype html") or "<html" in start:
        reader = _Lines()
        reader.feed(text)
        reader.close()
        return reader.lines()
    if start.startswith("<"):
        return [line for part in re.sub(r">\s*<", ">\n<", text).splitlines() if (line := part.strip())]
    return text.splitlines()


class _Lines(HTMLParser):
    """The text of a page, one line a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[str] = []
        self._line: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end()
        self._silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end()
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(data)

    def _end(self) -> None:
        text = " ".join("".join(self._line).split())
        if text:
            self._done.append(text)
        self._line.clear()

    def lines(self) -> list[str]:
        self._end()
        return self._done


def _paired(left: list[str], right: list[str]) -> list[tuple[str, str]]:
    longest = max(len(left), len(right))
    return list(zip(left + [""] * (longest - len(left)), right + [""] * (longest - len(right)), strict=True))


def _equal(lines: list[str], language: str, *, first: bool, last: bool) -> Iterator[str]:
    head, tail = 0 if first else CONTEXT, 0 if last else CONTEXT
    hidden = len(lines) - head - tail
    if hidden <= 1:
        head, tail, hidden = len(lines), 0, 0
    for line in lines[:head]:
        yield f"<tr><td>{escape(line)}</td><td>{escape(line)}</td></tr>"
    if hidden:
        yield f'<tr class="e"><td colspan="2">{_LABELS[language][3].format(hidden)}</td></tr>'
    for line in lines[len(lines) - tail :] if tail else ():
        yield f"<tr><td>{escape(line)}</td><td>{escape(line)}</td></tr>"


def _changed(left: str, right: str) -> str:
    one, other = _WORDS.findall(left), _WORDS.findall(right)
    before, after = [], []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        gone, come = escape("".join(one[a:b])), escape("".join(other[c:d]))
        before.append(gone if kind == "equal" or not gone else f"<del>{gone}</del>")
        after.append(come if kind == "equal" or not come else f"<ins>{come}</ins>")
    return f"<tr><td>{''.join(before)}</td><td>{''.join(after)}</td></tr>"


def _page(rows: list[str], count: int, names: tuple[str, str], language: str) -> bytes:
    title, none, some, _, before, after = _LABELS[language]
    digest = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode("ascii")
    heads = "".join(
        f'<th scope="col">{side} – {escape(name)}</th>' for side, name in zip((before, after), names, strict=True)
    )
    text = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="UTF-8">'
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_CSS}</style></head><body><main><h1>{title}</h1>"
        f"<p>{some.format(count) if count else none}</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></main></body></html>\n"
    )
    return text.encode("utf-8")
