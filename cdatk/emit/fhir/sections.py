"""Sections of the Composition.

The rule: every section of the document stands there with its title, code and whole text; a list that the document
leaves empty says why, and a section that IPS requires but the document lacks is added as unavailable, never as "none".
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import put_participation
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import identifiers
from cdatk.emit.fhir.dispatch import emit_entry
from cdatk.emit.fhir.documents import care_plan, narrative_reference, wrap
from cdatk.emit.fhir.narrative import Narrative, plain
from cdatk.emit.fhir.story import Teller
from cdatk.model import Section, TermState

EMPTY_REASON = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
LOINC = "http://loinc.org"


class SectionWriter:
    """Writes the sections of one document and remembers which entries they hold."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._teller = Teller(ctx)
        self._narrative = Narrative(ctx.document.language, ctx.words("image"))
        self.entries: set[int] = set()

    def drop_dead_links(self) -> None:
        """Take back the links to ids that are not in the narrative (they stand elsewhere in the document)."""
        for node, link, anchor in self._ctx.links:
            if not self._narrative.has(anchor):
                left = [e for e in ext.held(node) if e is not link]
                if left:
                    node["extension"] = left
                else:
                    node.pop("extension", None)

    def write(self) -> list[Node]:
        """All sections; those that repeat a code are joined, because a profile admits each once."""
        joined: dict[tuple[str, str, int], list[Section]] = {}
        for section in self._ctx.document.sections:
            code = section.code
            key = (code.system, code.code, -1) if code is not None and code.code else ("", "", section.number)
            joined.setdefault(key, []).append(section)
        return [self._section(sections) for sections in joined.values()]

    def _section(self, sections: list[Section]) -> Node:
        ctx = self._ctx
        first = sections[0]
        ctx.begin(first, None)
        node: Node = {}
        self._put_title(node, first)
        if first.code is not None and says_something(first.code):
            node["code"] = concept(ctx, first.code)
        else:
            node["code"] = {"text": node["title"]}
        texts = [(s.narrative, s.language or ctx.document.language) for s in sections if s.narrative is not None]
        self._put_people(node, sections)
        references, voids, lines = self._entries(sections)
        div = self._narrative.div(texts, self._teller.told(lines))
        node["text"] = (
            {"status": "additional", "div": div}
            if div
            else {"status": "empty", "div": plain(ctx.words("no_text"), ctx.translation.language)}
        )
        if not references:
            references = self._without_entries(node, first, voids, div)
        if references:
            node["entry"] = references
        return node

    def _put_title(self, node: Node, section: Section) -> None:
        ctx = self._ctx
        term = ctx.term(section.code) if section.code is not None else None
        words = term.text if term is not None and term.state is not TermState.NULL else ""
        title = section.title.strip() or words or ctx.words("untitled")
        node["title"] = title
        if term is not None and term.state is TermState.TRANSLATED and term.language and words and words != title:
            node["_title"] = ext.in_language(term.language, words)

    def _put_people(self, node: Node, sections: list[Section]) -> None:
        for section in sections:
            for participation in section.participations:
                put_participation(self._ctx, node, participation)
            for value in identifiers(self._ctx, section.ids):
                ext.extend(node, {"url": self._ctx.extension("identifier"), "valueIdentifier": value})

    def _entries(self, sections: list[Section]) -> tuple[list[Node], list[tuple[int, str]], list[str]]:
        """References to the resources of all entries, the void entries with their nullFlavor, and lines in words."""
        ctx = self._ctx
        lines: list[str] = []
        references: list[Node] = []
        voids: list[tuple[int, str]] = []
        for section in sections:
            ctx.carried = 0
            code = section.code.code if section.code is not None else ""
            for entry in section.entries:
                resources = emit_entry(ctx, section, entry)
                if resources:
                    self.entries.add(entry.number)
                    lines.extend(self._teller.story(entry))  # while the context still stands at this entry
                    references.extend([self._admit(section, code, resource).reference for resource in resources])
                else:
                    voids.append((entry.number, entry.void))
            if ctx.carried:
                ctx.report.add("FHR-004", section.element, section=code or "-", count=ctx.carried)
        return references, voids, lines

    def _admit(self, section: Section, code: str, resource: Resource) -> Resource:
        """The resource itself, or a DocumentReference for it where IPS does not admit its type in this section."""
        admitted = self._ctx.maps.section_types.get(code)
        if admitted is None or resource.type in admitted or resource.type == "DocumentReference":
            return resource
        return wrap(self._ctx, section, resource)

    def _without_entries(self, node: Node, section: Section, voids: list[tuple[int, str]], div: str) -> list[Node]:
        """Why the list is empty; or, where the text is all there is, a resource that holds the text."""
        ctx = self._ctx
        null = section.null_flavor or next((flavor for _, flavor in voids if flavor), "")
        if div and not null and not voids:
            ctx.begin(section, None)
            code = section.code.code if section.code is not None else ""
            if code in ctx.maps.care_plan.sections:
                return [care_plan(ctx, section, div).reference]
            return [narrative_reference(ctx, section, div, section.language or ctx.document.language).reference]
        node["emptyReason"] = empty_reason(ctx.maps.empty_reason.get(null, "unavailable"))
        self.entries.update(number for number, _ in voids)
        if not div:
            ctx.report.add("FHR-006", section.element, section=section.code.code if section.code is not None else "-")
        return []

    def missing(self, present: set[str]) -> list[Node]:
        """The sections that IPS requires and the document lacks, said to be unavailable."""
        ctx = self._ctx
        header = ctx.document.header
        if header.code is None or header.code.code not in ctx.maps.summary.document_types:
            return []
        language = ctx.translation.language
        titles = ctx.maps.summary.fr if language == "fr" else ctx.maps.summary.en
        attached = ctx.document.attachment is not None
        div = plain(ctx.words("attached" if attached else "missing_section"), language)
        return [
            {
                "title": titles[code],
                "code": {"coding": [{"system": LOINC, "code": code}]},
                "text": {"status": "generated", "div": div},
                "emptyReason": empty_reason("unavailable"),
            }
            for code in ctx.maps.summary.required
            if code not in present
        ]

    def attached(self, reference: Node) -> Node:
        """The section that leads to the attached document of an L1 body."""
        ctx = self._ctx
        header = ctx.document.header
        title = header.title or ctx.run.title or ctx.words("document")
        coded = header.code is not None and says_something(header.code)
        words = ctx.words("attached")
        return {
            "title": title,
            "code": concept(ctx, header.code) if header.code is not None and coded else {"text": title},
            "text": {"status": "generated", "div": plain(words, ctx.translation.language)},
            "entry": [reference],
        }


def empty_reason(code: str) -> Node:
    """Section.emptyReason."""
    return {"coding": [{"system": EMPTY_REASON, "code": code}]}
