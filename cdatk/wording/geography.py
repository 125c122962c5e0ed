"""Names of countries and languages, from CLDR.

The rule: a code that CLDR does not know is shown as written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from cdatk.wording.locales import locale

# Codes of the Interinstitutional Style Guide of the EU that differ from ISO 3166.
_EUROPEAN: Final[Mapping[str, str]] = MappingProxyType({"EL": "GR", "UK": "GB"})


@cache
def country_name(code: str, language: str) -> str:
    """Name of a country ("PT" -> "Portugal", "GRC" -> "Grèce"); another text is given back as written."""
    region = iso_country(code)
    return str(locale(language).territories[region]) if region else code


@cache
def iso_country(code: str) -> str:
    """The two-letter code of ISO 3166-1 for a two- or three-letter code, "" when it is none."""
    from babel.core import get_global

    wanted = code.strip().upper()
    if not (wanted.isascii() and wanted.isalpha() and len(wanted) in (2, 3)):
        return ""
    wanted = _EUROPEAN.get(wanted, wanted)
    if len(wanted) == 3:
        aliases = get_global("territory_aliases").get(wanted, ())
        wanted = str(aliases[0]) if aliases else wanted
    return wanted if len(wanted) == 2 and wanted in locale("en").territories else ""


@cache
def language_name(tag: str, language: str) -> str:
    """Name of a language by its BCP 47 tag ("pt-PT" -> "portugais (Portugal)"); unknown ones as written."""
    from babel.core import get_global

    subtags = tag.strip().replace("_", "-").split("-")
    main = subtags[0].lower()
    if len(main) == 3:
        main = str(get_global("language_aliases").get(main, main))
    names = locale(language).languages
    if main not in names:
        return tag
    known = locale(language).scripts
    scripts = [str(known[s.title()]) for s in subtags[1:] if s.title() in known]
    regions = [country_name(s, language) for s in subtags[1:] if iso_country(s)]
    details = ", ".join(scripts + regions)
    return f"{names[main]} ({details})" if details else str(names[main])
