"""The page docs/diagnostics.md: ``python -m cdatk.reporters.catalogue_page > docs/diagnostics.md``.

The rule: the page holds nothing that is not in ``diagnostics.toml``; a test keeps them in step.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from cdatk.diagnostics import Entry, Severity, catalogue, words
from cdatk.reporters.form import word

FAMILIES: Final = MappingProxyType({
    "XML": "Reading the file / Lecture du fichier",
    "XSD": "The structure, by the XML schema / La structure, selon le schéma XML",
    "CDA": "The document and its profile / Le document et son profil",
    "SCH": "Rules of others, in Schematron packs / Les règles de tiers, en jeux Schematron",
    "ATT": "Attached files / Fichiers joints",
    "TRM": "Codes and words / Codes et mots",
    "FHR": "The FHIR document / Le document FHIR",
    "HTM": "The HTML page / La page HTML",
    "BAT": "Many documents at once / Les lots",
})  # fmt: skip


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# What cdatk says / Ce que dit cdatk"
    yield ""
    yield "Made from `cdatk/diagnostics.toml`; do not edit. `cdatk explain CODE` shows the same."
    yield ""
    for severity in Severity:
        means = words()["consequence"][severity.value]
        name = words()["severity"][severity.value]
        yield f"- **{name['en']}** / {name['fr']}: {means['en']} / {means['fr']}"
    for family, title in FAMILIES.items():
        yield f"\n## {title}\n"
        for entry in catalogue().values():
            if entry.code.startswith(f"{family}-"):
                yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    yield f"### {entry.code} ({entry.severity.value})\n"
    for language in ("en", "fr"):
        yield f"- {entry.texts[language]} {entry.hints[language]}"
    yield f"- {word('en', 'reference')}: {entry.reference}\n"


def main() -> None:
    """Write the page to standard output, in UTF-8 whatever the locale."""
    sys.stdout.buffer.write(page().encode("utf-8"))


if __name__ == "__main__":
    main()
