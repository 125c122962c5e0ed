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
        reader = self._reader
        code: CodedValue | None = None
        title = ""
        ids: list[Identifier] = []
        templates: list[str] = []
        narrative: Element | None = None
        language = ""
        entries: list[Element] = []
        people: list[Participation] = []
        for child in element:
            match local(child):
                case "code":
                    code = reader.coded(child, "code")
                    reader.bind("section.code", [code])
                case "title":
                    title = words(child)
                case "id":
                    ids.append(dt.identifier(child))
                case "templateId":
                    templates.append(child.get("root", "").strip())
                case "text":
                    narrative = child
                case "languageCode":
                    language = child.get("code", "")
                case "entry":
                    entries.append(child)
                case name if name in TAKING_PART:
                    people.append(participation(reader, child))
        rule = self._rules.get(code.code) if code is not None else None
        number = len(self._sections)
        kind = rule.kind if rule is not None else "statement"
        read = tuple(self._entry(child, rule, code) for child in entries)
        narrative_language = language or (narrative.get("language", "") if narrative is not None else "")
        self._sections.append(
            Section(
                element, number, depth, code, title, tuple(ids), tuple(templates), element.get("nullFlavor", ""),
                narrative, narrative_language, kind, read, tuple(people),
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
            return Entry(number, rule.kind if rule is not None else "statement", (), element.get("nullFlavor", "NI"))
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
        return Entry(number, kind, items, void)

    def _kind_by_template(self, root: Statement) -> str:
        """Kind of an entry in a section that the profile does not know: by its template ids."""
        for template in root.template_ids:
            if template in self._templates:
                return self._templates[template]
        return "statement"
