"""Sections and their entries.

The rule: every section is read, whatever its code and depth, and every ``entry`` becomes one ``Entry``: typed,
generic, or void with a finding, but never skipped.
"""

from __future__ import annotations

from cdatk.model import CodedValue, Entry, Generic, Identifier, Participation, Section, Statement
from cdatk.profiles import SectionRule
from cdatk.read import datatypes as dt
from cdatk.read.entries import ENTRY_READERS
from cdatk.read.participations import participation
from cdatk.read.reader import Reader, words
from cdatk.read.statements import STATEMENTS, statement
from cdatk.safe_xml import Element, local

TAKING_PART = frozenset({"author", "informant", "subject"})


class _Draft:
    """A section while its children are being read; entries wait until the section's code is known."""

    __slots__ = ("code", "entries", "ids", "language", "narrative", "people", "templates", "title")

    def __init__(self) -> None:
        self.code: CodedValue | None = None
        self.title = ""
        self.ids: list[Identifier] = []
        self.templates: list[str] = []
        self.narrative: Element | None = None
        self.language = ""
        self.entries: list[Element] = []
        self.people: list[Participation] = []


def _take(reader: Reader, child: Element, draft: _Draft) -> None:
    match local(child):
        case "code":
            draft.code = reader.coded(child, "code")
        case "title":
            draft.title = words(child)
        case "id":
            draft.ids.append(dt.identifier(child))
        case "templateId":
            draft.templates.append(child.get("root", "").strip())
        case "text":
            draft.narrative = child
        case "languageCode":
            draft.language = child.get("code", "")
        case "entry":
            draft.entries.append(child)
        case name if name in TAKING_PART:
            draft.people.append(participation(reader, child))


class SectionReader:
    """Reads the sections of a body in document order and numbers sections and entries."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rules = reader.profile.sections()
        self._templates = reader.profile.entry_templates
        self._entries = 0
        self._sections: list[Section] = []

    def read(self, body: Element) -> tuple[Section, ...]:
        """All sections below ``structuredBody``."""
        self._components(body, 0)
        return tuple(self._sections)

    def _components(self, parent: Element, depth: int) -> None:
        for component in parent:
            if local(component) == "component":
                for element in component:
                    if local(element) == "section":
                        self._section(element, depth)

    def _section(self, element: Element, depth: int) -> None:
        draft = _Draft()
        for child in element:
            _take(self._reader, child, draft)
        code = draft.code
        self._reader.bind("section.code", [code])
        rule = self._rules.get(code.code) if code is not None else None
        narrative = draft.narrative
        language = draft.language or (narrative.get("language", "") if narrative is not None else "")
        entries = tuple(self._entry(child, rule, code) for child in draft.entries)
        self._sections.append(
            Section(
                element, len(self._sections), depth, code, draft.title, tuple(draft.ids), tuple(draft.templates),
                element.get("nullFlavor", ""), narrative, language, rule.kind if rule is not None else "statement",
                entries, tuple(draft.people),
            )
        )  # fmt: skip
        self._components(element, depth + 1)

    def _entry(self, element: Element, rule: SectionRule | None, code: CodedValue | None) -> Entry:
        reader = self._reader
        section = code.code if code is not None else ""
        number = self._entries
        self._entries += 1
        child = next((c for c in element if local(c) in STATEMENTS), None)
        if child is None:
            reader.report.add("CDA-014", element, section=section or "-", null_flavor=element.get("nullFlavor", "-"))
            kind = rule.kind if rule is not None else "statement"
            return Entry(number, kind, element, (), element.get("nullFlavor", "NI"))
        root = statement(reader, child)
        kind = rule.kind if rule is not None else self._kind_by_template(root)
        void = element.get("nullFlavor", "") or root.null_flavor
        if void:
            reader.report.add("CDA-014", child, section=section or "-", null_flavor=void)
        take = ENTRY_READERS.get(kind)
        items = take(reader, root, kind) if take is not None else ()
        if not items:
            reader.report.add("CDA-013", child, section=section or "-", element=root.kind)
            items = (Generic(root, tuple(r.statement for r in root.relations)),)
            kind = "statement"
        return Entry(number, kind, element, items, void)

    def _kind_by_template(self, root: Statement) -> str:
        """Kind of an entry in a section that the profile does not know: by its template ids."""
        for template in root.template_ids:
            if template in self._templates:
                return self._templates[template]
        return "statement"
