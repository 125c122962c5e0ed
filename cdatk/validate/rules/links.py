"""What holds a document together: entries and text, identifiers, "none" beside something.

The rule: the text of a section and its entries are read as they stand; nothing is inferred from their words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Document, Entry, Identifier, Section, Statement
from cdatk.profiles import GUIDES, Guide, Profile
from cdatk.safe_xml import HL7, Element
from cdatk.validate.rules.checks import is_identifier
from cdatk.validate.rules.paths import compiled, elements

IDENTIFIER: Final = f"{{{HL7}}}id"
_ENTRY, _REFERENCE = f"{{{HL7}}}entry", f"{{{HL7}}}reference"
_NAMED: Final = compiled("count(/descendant::*/@ID)")
_NAMES: Final = compiled("/descendant::*[@ID]")


def check_links(document: Document, profile: Profile, guide: Guide, report: Report) -> None:
    """Entries are linked to their text, identifiers denote one thing, absence stands alone."""
    identified: dict[Identifier, int] = {}
    for section in document.sections:
        absent, filled = _absent_and_filled(section)
        if filled and guide != GUIDES[0] and section.narrative is not None and not _points(section):
            report.add("CDA-056", section.element, section=_name(section), count=len(filled))
        _check_entries(section, identified, report)
        if absent and filled:
            _check_absence(section, absent, filled, profile, report)
    if _NAMED(document.element) != len(document.narrative_ids):
        names = Counter(element.get("ID") for element in elements(_NAMES, document.element))
        repeated = [name for name, count in names.items() if count > 1]
        at = next(e for e in elements(_NAMES, document.element) if e.get("ID") == repeated[0])
        report.add("CDA-057", at, count=len(repeated))


def check_identifiers(identifiers: Sequence[Element], report: Report) -> None:
    """Roots of identifiers are OIDs or UUIDs."""
    roots = [element.get("root") for element in identifiers]
    wrong = {root for root in set(roots) if root is not None and not is_identifier(root)}
    if wrong:
        bad = [element for element, root in zip(identifiers, roots, strict=True) if root in wrong]
        report.add("CDA-041", bad[0], count=len(bad))


def _points(section: Section) -> bool:
    """True when an entry of a section refers to anything, as to its text: the first reference answers."""
    entries = (entry.element for entry in section.entries if entry.element.tag == _ENTRY)
    return any(reference.get("value") is not None for entry in entries for reference in entry.iter(_REFERENCE))


def _check_entries(section: Section, seen: dict[Identifier, int], report: Report) -> None:
    """An identifier of an entry that another entry has already; of a section the first is named."""
    repeated: list[Element] = []
    for entry in section.entries:
        for identifier in _identifiers(entry):
            count = seen[identifier] = seen.get(identifier, 0) + 1
            if count == 2 and identifier.root:
                repeated.append(entry.element)
    if repeated:
        report.add("CDA-058", repeated[0], section=_name(section), count=len(repeated))


def _identifiers(entry: Entry) -> tuple[Identifier, ...]:
    """The identifiers of the statement that an entry holds."""
    if not entry.items:
        return ()
    item = entry.items[0]
    concern: Statement | None = getattr(item, "concern", None)
    return (concern if concern is not None else item.statement).ids


def _absent_and_filled(section: Section) -> tuple[list[CodedValue], list[Entry]]:
    """The codes of "no known …" and "no information" that its entries state, and the entries that say something."""
    absent: list[CodedValue] = []
    filled: list[Entry] = []
    for entry in section.entries:
        for item in entry.items:
            code = getattr(item, "absent", None)
            if code is not None:
                absent.append(code)
                break
        else:
            if not entry.void:
                filled.append(entry)
    return absent, filled


def _check_absence(
    section: Section, absent: list[CodedValue], filled: list[Entry], profile: Profile, report: Report
) -> None:
    """The code of "no known …" for a whole section beside an entry that says something: one of the two is wrong."""
    whole = next((code for code in absent if code.code in profile.absence.general), None)
    told = sum(1 for entry in filled if entry.items)
    if whole is not None and told:
        report.add("CDA-054", whole.element, section=_name(section), code=whole.code, count=told)


def _name(section: Section) -> str:
    return section.code.code if section.code is not None else "-"
