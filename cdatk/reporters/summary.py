"""Reports as one HTML page for people: every document with its findings, offline, without a script.

The rule: the page looks like the patient page (the same style sheet) and holds nothing the other reports do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from types import MappingProxyType
from typing import Final

from cdatk.diagnostics import Severity, words
from cdatk.reporters.form import Form, count_of, word
from cdatk.reporters.judged import Judged, Judgement
from cdatk.resources import xslt_dir
from cdatk.version import VERSION

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = (
    ".layout{display:block}.sev{font-weight:650;white-space:nowrap}.sev.fatal,.sev.error{color:var(--danger)}"
    ".sev.warning{color:var(--warn)}.sev.clean{color:var(--ok)}tr.accepted{opacity:.65}"
    ".what p{margin:0 0 .2rem}.what .l{display:block}"
)
_ORDER: Final = MappingProxyType({severity: -severity.rank for severity in Severity})


def html_report(documents: Sequence[Judged], form: Form) -> str:
    """One self-contained page about all documents of a run."""
    return "\n".join(_page(documents, form)) + "\n"


def _page(documents: Sequence[Judged], form: Form) -> Iterator[str]:
    language = form.language
    title = word(language, "summary-title")
    css = (xslt_dir() / "display" / "page.css").read_text("utf-8")
    yield f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>\n<style>{css}{_STYLE}</style>\n</head>\n<body>"
    yield f'<header class="banner"><div class="wrap"><p class="kind">cdatk {escape(VERSION)}</p>'
    yield f"<h1>{escape(title)}</h1></div></header>"
    yield '<div class="layout"><main>'
    if len(documents) > 1:
        yield from _overview(documents, language)
    for number, document in enumerate(documents, 1):
        yield from _document(document, number, language)
    yield "</main></div>\n</body>\n</html>"


def _overview(documents: Sequence[Judged], language: str) -> Iterator[str]:
    yield f'<section class="card"><h2>{escape(word(language, "documents"))}</h2>'
    yield f'<table class="t"><caption>{escape(word(language, "documents"))}</caption><thead><tr>'
    for key in ("document", "type", "verdict"):
        yield f'<th scope="col">{escape(word(language, key))}</th>'
    yield "</tr></thead><tbody>"
    for number, document in enumerate(documents, 1):
        link = f'<a href="#d{number}">{escape(document.source)}</a>'
        yield f'<tr><th scope="row">{link}</th><td>{escape(document.title or "-")}</td>'
        yield f"<td>{_totals(document, language)}</td></tr>"
    yield "</tbody></table></section>"


def _document(document: Judged, number: int, language: str) -> Iterator[str]:
    yield f'<section class="card" id="d{number}"><h2>{escape(document.source)}</h2>'
    title = f"{escape(document.title)} · " if document.title else ""
    yield f"<p>{title}{_totals(document, language)}</p>"
    if document.judgements:
        yield f'<table class="t"><caption>{escape(document.source)}</caption><thead><tr>'
        for key in ("severity", "code", "finding"):
            yield f'<th scope="col">{escape(word(language, key))}</th>'
        yield "</tr></thead><tbody>"
        for judgement in sorted(document.judgements, key=lambda j: (j.accepted, _ORDER[j.severity])):
            yield _row(judgement, language)
        yield "</tbody></table>"
    yield "</section>"


def _row(judgement: Judgement, language: str) -> str:
    severity = judgement.severity.value
    name = words()["severity"][severity][language]
    accepted = f" ({word(language, 'accepted')})" if judgement.accepted else ""
    line = word(language, "line").format(line=judgement.line) if judgement.line else ""
    place = ", ".join(part for part in (judgement.path, line) if part)
    return (
        f"<tr{' class=accepted' if judgement.accepted else ''}>"
        f'<td class="sev {severity}">{escape(name + accepted)}</td><td class="sev"><code>{judgement.code}</code></td>'
        f'<td class="what"><p>{escape(judgement.text)}</p><span class="l">{escape(judgement.hint)}</span>'
        f'<code class="l">{escape(place)}</code><span class="l">{escape(judgement.reference)}</span></td></tr>'
    )


def _totals(document: Judged, language: str) -> str:
    """The counts by severity, the gravest first; accepted findings apart."""
    if document.unreadable:
        return f'<span class="sev fatal">{escape(word(language, "unreadable"))}</span>'
    counted = [(severity, document.count(severity)) for severity in sorted(Severity, key=lambda s: -s.rank)]
    parts = [
        f'<span class="sev {severity.value}">{escape(count_of(language, severity, count))}</span>'
        for severity, count in counted
        if count
    ]
    accepted = sum(judgement.accepted for judgement in document.judgements)
    if accepted:
        parts.append(escape(word(language, "known").format(count=accepted)))
    return ", ".join(parts) or f'<span class="sev clean">{escape(word(language, "clean"))}</span>'
