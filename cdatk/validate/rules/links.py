"""What holds a document together: entries and text, identifiers, "none" beside something.

The rule: the text of a section and its entries are read as they stand; nothing is inferred from their words.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Document, Entry, Identifier, Section, Statement
from cdatk.profiles import GUIDES, Guide, Profile
from cdatk.safe_xml import HL7, Element
from cdatk.validate.rules.checks import is_identifier
from cdatk.validate.rules.paths import compiled, elements, strings

_ROOTS: Final = compiled("/descendant::h:id/@root")
_NAMED: Final = compiled("count(/descendant::*/@ID)")
_NAMES: Final = compiled("/descendant::*[@ID]")
_POINTS: Final = compiled("boolean(h:entry/descendant::h:reference/@value)")


def check_links(document: Document, profile: Profile, guide: Guide, report: Report) -> None:
    """Entries are linked to their text, identifiers denote one thing, absence stands alone."""
    identified: Counter[Identifier] = Counter()
    for section in document.sections:
        _check_references(section, guide, report)
        _check_entries(section, identified, report)
        _check_absence(section, profile, report)
    if _NAMED(document.element) != len(document.narrative_ids):
        names = Counter(element.get("ID") for element in elements(_NAMES, document.element))
        repeated = [name for name, count in names.items() if count > 1]
        at = next(e for e in elements(_NAMES, document.element) if e.get("ID") == repeated[0])
        report.add("CDA-057", at, count=len(repeated))


def check_identifiers(root: Element, report: Report) -> None:
    """Roots of identifiers are OIDs or UUIDs."""
    wrong = {value for value in set(strings(_ROOTS, root)) if not is_identifier(value)}
    if wrong:
        bad = [element for element in root.iter(f"{{{HL7}}}id") if element.get("root") in wrong]
        report.add("CDA-041", bad[0], count=len(bad))


def _check_references(section: Section, guide: Guide, report: Report) -> None:
    if guide == GUIDES[0] or section.narrative is None or _POINTS(section.element):
        return
    filled = [entry for entry in section.entries if not entry.void and _absent(entry) is None]
    if filled:
        code = section.code.code if section.code is not None else "-"
        report.add("CDA-056", section.element, section=code, count=len(filled))


def _check_entries(section: Section, seen: Counter[Identifier], report: Report) -> None:
    """An identifier of an entry that another entry has already; of a section the first is named."""
    repeated: list[Element] = []
    for entry in section.entries:
        for identifier in _identifiers(entry):
            seen[identifier] += 1
            if seen[identifier] == 2:
                repeated.append(entry.element)
    if repeated:
        code = section.code.code if section.code is not None else "-"
        report.add("CDA-058", repeated[0], section=code, count=len(repeated))


def _identifiers(entry: Entry) -> tuple[Identifier, ...]:
    """The identifiers of the statement that an entry holds."""
    if not entry.items:
        return ()
    item = entry.items[0]
    concern: Statement | None = getattr(item, "concern", None)
    held = concern if concern is not None else item.statement
    return tuple(identifier for identifier in held.ids if identifier.root)


def _check_absence(section: Section, profile: Profile, report: Report) -> None:
    """The code of "no known …" for a whole section beside an entry that says something: one of the two is wrong."""
    stated = [code for entry in section.entries if (code := _absent(entry)) is not None]
    if not stated:
        return
    general = set(profile.absence.general)
    absent = [code for code in stated if code.code in general]
    filled = [entry for entry in section.entries if entry.items and not entry.void and _absent(entry) is None]
    if absent and filled:
        name = section.code.code if section.code is not None else "-"
        report.add("CDA-054", absent[0].element, section=name, code=absent[0].code, count=len(filled))


def _absent(entry: Entry) -> CodedValue | None:
    """The "no known …" or "no information" code of an entry, None for every other entry."""
    return next((code for item in entry.items if (code := getattr(item, "absent", None)) is not None), None)
