"""Sections and their entries.

The rule: every section is read, whatever its code and depth, and every ``entry`` becomes one ``Entry``: typed,
generic, or void with a finding, but never skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.model import CodedValue, Entry, Generic, Identifier, Participation, Section, Statement
from cdatk.profiles import SectionRule
from cdatk.read import datatypes as dt
from cdatk.read.entries import ENTRY_READERS
from cdatk.read.participations import participation
from cdatk.read.reader import Reader, words
from cdatk.read.statements import STATEMENTS, statement
from cdatk.safe_xml import NAMES, ByTag, Element, children, local

TAKING_PART = frozenset({"author", "informant", "subject"})


class _Draft:
    """A section while its children are being read; entries and inner sections wait until its code is known."""

    code: CodedValue | None = None
    title = ""
    narrative: Element | None = None
    language = ""
    ids: tuple[Identifier, ...] = ()
    templates: tuple[str, ...] = ()
    people: tuple[Participation, ...] = ()

    def __init__(self) -> None:
        self.entries: list[Element] = []
        self.components: list[Element] = []


def _code(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.code = reader.coded(child, "code")


def _title(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.title = words(child)


def _id(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.ids += (dt.identifier(child),)


def _template(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.templates += (child.get("root", "").strip(),)


def _text(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.narrative = child


def _language(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.language = child.get("code", "")


def _entry(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.entries.append(child)


def _component(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.components.append(child)


def _taking_part(reader: Reader, child: Element, draft: _Draft) -> None:
    draft.people += (participation(reader, child),)


def _ignored(reader: Reader, child: Element, draft: _Draft) -> None:
    """What says nothing of the section's content."""


TAKERS: Final[ByTag[Callable[[Reader, Element, _Draft], None]]] = ByTag(
    {
        "code": _code,
        "title": _title,
        "id": _id,
        "templateId": _template,
        "text": _text,
        "languageCode": _language,
        "entry": _entry,
        "component": _component,
        **dict.fromkeys(TAKING_PART, _taking_part),
    },
    other=_ignored,
    unseen=_ignored,
)


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
        self._components([child for child in children(body) if local(child) == "component"], 0)
        return tuple(self._sections)

    def _components(self, components: list[Element], depth: int) -> None:
        for component in components:
            for element in children(component):
                if local(element) == "section":
                    self._section(element, depth)

    def _section(self, element: Element, depth: int) -> None:
        draft = _Draft()
        reader = self._reader
        for child in children(element):
            TAKERS[child.tag](reader, child, draft)
        code = draft.code
        reader.bind_one("section.code", code)
        rule = self._rules.get(code.code) if code is not None else None
        narrative = draft.narrative
        language = draft.language or (narrative.get("language", "") if narrative is not None else "")
        entries = tuple([self._entry(child, rule, code) for child in draft.entries])
        self._sections.append(
            Section(
                element, len(self._sections), depth, code, draft.title, draft.ids, draft.templates,
                element.get("nullFlavor", ""), narrative, language, rule.kind if rule is not None else "statement",
                entries, draft.people,
            )
        )  # fmt: skip
        if draft.components:
            self._components(draft.components, depth + 1)

    def _entry(self, element: Element, rule: SectionRule | None, code: CodedValue | None) -> Entry:
        reader = self._reader
        section = code.code if code is not None else ""
        number = self._entries
        self._entries += 1
        for child in children(element):
            if NAMES[child.tag] in STATEMENTS:
                break
        else:
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
            items = (Generic(root, tuple([r.statement for r in root.relations])),)
            kind = "statement"
        return Entry(number, kind, element, items, void)

    def _kind_by_template(self, root: Statement) -> str:
        """Kind of an entry in a section that the profile does not know: by its template ids."""
        for template in root.template_ids:
            if template in self._templates:
                return self._templates[template]
        return "statement"
