"""The harness in the forms that machines and testers read: JUnit XML and an HTML page.

The rule: every sample appears, with its verdict; names and texts are escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

from cdatk.harness.difference import Difference, word
from cdatk.harness.run import Checked

WORDS: Final = MappingProxyType({
    "title": ("Contrôle des échantillons", "Check of the samples"),
    "passed": ("conformes", "passed"),
    "failed": ("différents", "failed"),
    "without": ("sans attentes", "without expectations"),
    "written": ("attentes écrites", "expectations written"),
    "unchanged": ("attentes inchangées", "expectations unchanged"),
    "what": ("Ce qui diffère", "What differs"),
})  # fmt: skip
_STYLE: Final = """
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;table-layout:fixed}td,th{text-align:left;vertical-align:top;
padding:.3rem .6rem;border:1px solid #8886;overflow-wrap:anywhere;white-space:pre-wrap}
h2{font-size:1.1rem;margin:1.5rem 0 .3rem}
.expected{background:#1b7f5c22}.found{background:#b3261e22}.passed::before{content:"✓ ";color:#1b7f5c}
.failed::before{content:"✗ ";color:#b3261e}li{list-style:none}del{background:#b3261e44}ins{background:#1b7f5c44}
"""


def junit(checked: Sequence[Checked], language: str) -> str:
    """JUnit XML: a test case for each sample, a failure with all its differences."""
    verdicts = Counter(one.verdict for one in checked)
    cases = []
    for one in checked:
        inside = ""
        if one.verdict == "failed":
            texts = "\n".join(difference.text(language) for difference in one.differences)
            first = quoteattr(one.differences[0].title(language) if one.differences else "")
            inside = f"<failure message={first}>{_xml(texts)}</failure>"
        elif one.verdict == "without":
            inside = f"<skipped message={quoteattr(_word('without', language))}/>"
        cases.append(
            f'<testcase classname="samples" name={quoteattr(one.name)} time="{one.seconds:.3f}">{inside}</testcase>\n'
        )
    head = (
        f'<testsuite name="cdatk" tests="{len(checked)}" failures="{verdicts["failed"]}" errors="0" '
        f'skipped="{verdicts["without"]}" time="{sum(one.seconds for one in checked):.3f}">\n'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{head}{"".join(cases)}</testsuite>\n</testsuites>\n'


def page(checked: Sequence[Checked], language: str) -> str:
    """A page with the differences side by side, and the list of all samples."""
    verdicts = Counter(one.verdict for one in checked)
    totals = ", ".join(f"{count} {_word(verdict, language)}" for verdict, count in sorted(verdicts.items()))
    parts = [f"<h1>{_word('title', language)}</h1><p>{totals}</p>"]
    for one in checked:
        if one.differences:
            rows = "".join(_row(difference, language) for difference in one.differences)
            heads = "".join(f"<th>{w}</th>" for w in (
                _word("what", language), word("expected", language), word("found", language),
            ))  # fmt: skip
            parts.append(f"<h2>{escape(one.name)}</h2><table><tr>{heads}</tr>{rows}</table>")
    listed = "".join(
        f'<li class="{one.verdict}">{escape(one.name)} ({_word(one.verdict, language)})</li>' for one in checked
    )
    parts.append(f"<ul>{listed}</ul>")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{_word('title', language)} – cdatk</title><style>{_STYLE}</style></head>\n"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _row(difference: Difference, language: str) -> str:
    expected, found = difference.sides(language)
    return (
        f"<tr><td>{escape(difference.title(language))}</td>"
        f'<td class="expected">{_marked(expected, found, "del")}</td>'
        f'<td class="found">{_marked(found, expected, "ins")}</td></tr>'
    )


def _marked(text: str, other: str, tag: str) -> str:
    """The text with what the other does not hold marked."""
    start = 0
    while start < min(len(text), len(other)) and text[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(text), len(other)) - start and text[-1 - end] == other[-1 - end]:
        end += 1
    middle = text[start : len(text) - end]
    marked = f"<{tag}>{escape(middle)}</{tag}>" if middle and (start or end) else escape(middle)
    return escape(text[:start]) + marked + escape(text[len(text) - end :] if end else "")


def _xml(text: str) -> str:
    """Text that XML can hold."""
    return escape_xml("".join(sign if sign in "\n\t" or ord(sign) >= 32 else "�" for sign in text))


def _word(key: str, language: str) -> str:
    french, english = WORDS[key]
    return french if language == "fr" else english
