"""The page at the end of a batch: what came of the documents, without scripts or anything to fetch.

The rule: every figure comes from the tally; file names are escaped, nothing of a document's content stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from types import MappingProxyType
from typing import Final

from cdatk.batch.journal import OUTCOMES
from cdatk.batch.tally import BOUNDS, Tally
from cdatk.diagnostics import ExitCode, catalogue

WORDS: Final = MappingProxyType({
    "title": ("Bilan du lot", "Batch summary"),
    "documents": ("documents", "documents"),
    "of-which-kept": ("dont repris d'un passage précédent", "of which kept from an earlier run"),
    "rate": ("documents par seconde", "documents a second"),
    "time": ("durée", "duration"),
    "volume": ("lus", "read"),
    "megabytes": ("Mo", "MB"),
    "worst": ("Code de sortie le plus grave", "Worst exit code"),
    "interrupted": (
        "Le lot a été interrompu\u00a0: il n'est pas complet. Relancez-le avec --resume.",
        "The batch was interrupted: it is not complete. Run it again with --resume.",
    ),
    "outcomes": ("Ce que sont devenus les documents", "What became of the documents"),
    "converted": ("convertis", "converted"),
    "refused": ("refusés", "refused"),
    "unreadable": ("illisibles", "unreadable"),
    "failed": ("en échec", "failed"),
    "coverage": ("Valeurs codées", "Coded values"),
    "translated": ("traduites", "translated"),
    "untranslated": ("non traduites", "untranslated"),
    "unknown": ("dont inconnues du catalogue", "of which unknown to the catalogue"),
    "entries": ("Entrées", "Entries"),
    "entries-out": ("présentes dans les résultats", "present in the outputs"),
    "entries-reported": ("signalées, non converties", "reported, not converted"),
    "findings": ("Constats les plus fréquents (nombre de documents)", "Most frequent findings (number of documents)"),
    "durations": ("Durée par document", "Duration of a document"),
    "more": ("plus de {bound} ms", "more than {bound} ms"),
    "up-to": ("jusqu'à {bound} ms", "up to {bound} ms"),
    "countries": ("Pays", "Countries"),
    "not-known": ("non déterminé", "not known"),
    "slowest": ("Documents les plus lents", "Slowest documents"),
    "aside": ("Documents mis de côté", "Documents put aside"),
    "aside-more": (
        "Les premiers seulement\u00a0; tous sont dans le journal et dans le dossier aside.",
        "Only the first ones; all are in the journal and in the folder aside.",
    ),
    "none": ("aucun", "none"),
    "document": ("Document", "Document"),
    "bytes": ("octets", "bytes"),
    "outcome": ("Devenir", "Outcome"),
    "catalogues": ("Catalogues", "Catalogues"),
})  # fmt: skip
_COLOURS: Final = MappingProxyType(
    {"converted": "#1b7f5c", "refused": "#c77700", "unreadable": "#7a5195", "failed": "#b3261e"}
)
_STYLE: Final = """
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{margin-bottom:0}h2{margin:2rem 0 .5rem;font-size:1.15rem}.key{display:flex;flex-wrap:wrap;gap:1.5rem;margin:1rem 0}
.key div{min-width:8rem}.key b{display:block;font-size:1.6rem}svg{width:100%;height:auto}svg text{fill:currentColor;
font:13px system-ui,sans-serif}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #8884;vertical-align:top;
overflow-wrap:anywhere}
td.n,th.n{text-align:right;white-space:nowrap}
.warn{border-left:4px solid #b3261e;padding-left:1rem}
"""


def page(tally: Tally, seconds: float, interrupted: bool, language: str) -> str:
    """The page in ``fr`` or ``en``."""
    said = _Words(language)
    body = [
        f"<h1>{said('title')}</h1>",
        f'<p class="warn">{said("interrupted")}</p>' if interrupted else "",
        _key_figures(tally, seconds, said),
        f"<h2>{said('outcomes')}</h2>",
        _bars([(said(o), tally.outcomes[o], _COLOURS[o]) for o in OUTCOMES], tally.total, said),
        f"<h2>{said('coverage')}</h2>",
        _coverage(tally, said),
        f"<h2>{said('entries')}</h2>",
        _entries(tally, said),
        f"<h2>{said('findings')}</h2>",
        _findings(tally, said),
        f"<h2>{said('durations')}</h2>",
        _bars([(_class(bound, said), tally.durations[bound], "#3367a8") for bound in (*BOUNDS, 0)], tally.total, said),
        f"<h2>{said('countries')}</h2>",
        _bars([(c or said("not-known"), n, "#3367a8") for c, n in tally.countries.most_common(20)], tally.total, said),
        f"<h2>{said('slowest')}</h2>",
        _table(
            (said("document"), "ms", said("bytes")),
            [(name, said.number(round(ms)), said.number(size)) for ms, name, size in sorted(tally.slow, reverse=True)],
        ),
        f"<h2>{said('aside')}</h2>",
        _aside(tally, said),
        f"<h2>{said('catalogues')}</h2>",
        _table(
            (said("catalogues"), said("documents")),
            [(", ".join(names) or said("none"), said.number(n)) for names, n in tally.catalogues.most_common()],
        ),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{said("title")} – cdatk</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n<body>'
        + "\n".join(part for part in body if part)
        + "</body></html>\n"
    )


class _Words:
    """Words and numbers of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str) -> str:
        french, english = WORDS[key]
        return french if self.language == "fr" else english

    def number(self, value: float) -> str:
        """1 234 567 in French, 1,234,567 in English; at most one decimal."""
        text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
        if self.language == "fr":
            text = text.replace(",", "\u202f").replace(".", ",")
        return text


def _key_figures(tally: Tally, seconds: float, said: _Words) -> str:
    minutes, rest = divmod(round(seconds), 60)
    rate = tally.total / seconds if seconds > 0 else 0.0
    figures = [
        (said.number(tally.total), said("documents")),
        (said.number(rate), said("rate")),
        (f"{minutes}\u00a0min {rest:02}\u00a0s", said("time")),
        (f"{said.number(tally.bytes / 1e6)}\u00a0{said('megabytes')}", said("volume")),
        (f"{tally.worst} ({ExitCode(tally.worst).name.lower()})", said("worst")),
    ]  # fmt: skip
    if tally.kept:
        figures.insert(1, (said.number(tally.kept), said("of-which-kept")))
    return '<div class="key">' + "".join(f"<div><b>{v}</b>{name}</div>" for v, name in figures) + "</div>"


def _coverage(tally: Tally, said: _Words) -> str:
    counts = tally.counts
    rows = [
        (said("translated"), counts["translated"], "#1b7f5c"),
        (said("untranslated"), counts["untranslated"], "#c77700"),
        (said("unknown"), counts["unknown"], "#b3261e"),
    ]
    return _bars(rows, counts["translated"] + counts["untranslated"], said)


def _entries(tally: Tally, said: _Words) -> str:
    counts = tally.counts
    rows = [
        (said("entries-out"), counts["entries_out"], "#1b7f5c"),
        (said("entries-reported"), counts["entries_reported"], "#c77700"),
    ]
    return _bars(rows, counts["entries_in"], said)


def _findings(tally: Tally, said: _Words) -> str:
    """Findings by the number of documents that have them, the commonest first."""
    rows = []
    for code, count in tally.documents.most_common(25):
        severity = catalogue()[code].severity.value
        colour = {"fatal": "#b3261e", "error": "#b3261e", "warning": "#c77700"}.get(severity, "#3367a8")
        text = catalogue()[code].texts[said.language].replace("{", "‹").replace("}", "›")
        rows.append((f"{code} {text}", count, colour))
    return _bars(rows, tally.total, said) if rows else f"<p>{said('none')}</p>"


def _class(bound: int, said: _Words) -> str:
    return said("up-to").format(bound=bound) if bound else said("more").format(bound=BOUNDS[-1])


def _bars(rows: Sequence[tuple[str, int, str]], whole: int, said: _Words) -> str:
    """Horizontal bars, each with its label above it, its number and its share at the end."""
    drawn = []
    for number, (label, count, colour) in enumerate(rows):
        y = number * 40
        width = round(520 * count / whole, 1) if whole else 0
        share = said.number(100 * count / whole) if whole else "0"
        sign = f"{share}\u00a0%" if said.language == "fr" else f"{share}%"
        drawn.append(
            f'<text x="0" y="{y + 13}">{escape(label[:110])}</text>'
            f'<rect x="0" y="{y + 18}" width="{width}" height="12" fill="{colour}"/>'
            f'<text x="{width + 8}" y="{y + 29}">{said.number(count)} ({sign})</text>'
        )
    return f'<svg viewBox="0 0 720 {len(rows) * 40}" role="img">{"".join(drawn)}</svg>'


def _aside(tally: Tally, said: _Words) -> str:
    if not tally.aside:
        return f"<p>{said('none')}</p>"
    rows = [(name, said(outcome), codes) for name, outcome, codes in tally.aside]
    more = tally.total - tally.outcomes["converted"] > len(rows)
    table = _table((said("document"), said("outcome"), ""), rows, numbers=False)
    return table + (f"<p>{said('aside-more')}</p>" if more else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = True) -> str:
    kind = ' class="n"' if numbers else ""
    heads = "".join(f"<th{kind if n else ''}>{escape(cell)}</th>" for n, cell in enumerate(head))
    body = "".join(
        "<tr>" + "".join(f"<td{kind if n else ''}>{escape(cell)}</td>" for n, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{heads}</tr>{body}</table>"
