"""What all emitters of one bundle share: resources and their ids, what has been written, what is negated.

The rule: ids come from the document's id and the place of an entry, never from a clock or a counter that survives;
and every value that is written is claimed, so that the rest can be carried on (``carry.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from cdatk.diagnostics import Report
from cdatk.emit.fhir.tables import Maps, maps
from cdatk.model import CodedValue, Document, Entry, Item, Run, Section, Standing, Statement, Term, Translation, Value
from cdatk.safe_xml import Element

Node = dict[str, object]


class Resource:
    """A resource of the bundle with its fullUrl."""

    __slots__ = ("node", "type", "url")

    def __init__(self, type_: str, url: str, node: Node) -> None:
        self.type = type_
        self.url = url
        self.node = node

    @property
    def reference(self) -> Node:
        """A Reference to this resource."""
        return {"reference": self.url}


class Context:
    """State of emitting one bundle; thrown away afterwards."""

    def __init__(self, document: Document, translation: Translation, run: Run, report: Report) -> None:
        self.document = document
        self.translation = translation
        self.run = run
        self.report = report
        self.maps: Maps = maps(run.fhir_profile)
        self.links: list[tuple[Node, Node, str]] = []  # resource, its link to the narrative, the id it leads to
        self.trail: dict[str, tuple[Statement, ...]] = {}  # statements by the url of their resource, for the trace
        self.origins: dict[int, tuple[Node, Element]] = {}  # what a node was made of, by its id, for the trace
        self.resources: list[Resource] = []
        self.parties: dict[object, Resource] = {}
        self.uris: dict[str, str] = dict(self.maps.systems)
        for term in translation.terms:
            if term.mapped.uri and not term.mapped.transcoded:
                self.uris[term.source.system] = term.mapped.uri
        self.section: Section | None = None
        self.carried = 0
        self._seed = hashlib.sha1(_seed(document, run), usedforsecurity=False)
        self._scope = "header"
        self._counts: dict[str, int] = {}
        self._claimed: set[int] = set()
        self._homes: dict[int, Node] = {}
        self._negated: dict[int, bool] = {}
        self._owners: dict[int, Statement] = {}
        self._said: set[tuple[str, str]] = set()
        self.composition = self.new("Composition")
        self.patient = self.new("Patient")

    # ---- resources ------------------------------------------------------------------------------------------

    def new(self, type_: str) -> Resource:
        """A new resource of the bundle, empty but for its id."""
        number = self._counts.get(type_, 0)
        self._counts[type_] = number + 1
        digest = self._seed.copy()
        digest.update(f"{self._scope}/{type_}/{number}".encode())
        identity = _uuid(digest.hexdigest())
        resource = Resource(type_, f"urn:uuid:{identity}", {"resourceType": type_, "id": identity})
        self.resources.append(resource)
        return resource

    @property
    def subject(self) -> Node:
        """A Reference to the patient."""
        return {"reference": self.patient.url}

    def extension(self, name: str) -> str:
        """URL of an extension of our own."""
        return self.maps.extension_base + name

    # ---- entries --------------------------------------------------------------------------------------------

    def begin(self, section: Section | None, entry: Entry | None) -> None:
        """Start an entry (or, with None, something outside the entries): ids and negation start anew."""
        self.section = section
        place = f"section/{section.number}" if section is not None else "end"
        self._scope = f"entry/{entry.number}" if entry is not None else place
        self._counts = {}
        self._homes = {}
        self._negated = {}
        self._owners = {}
        for root in roots(entry.items) if entry is not None else ():
            self._note_negation(root, False)

    def _note_negation(self, statement: Statement, above: bool) -> None:
        negated = above or statement.negated is True
        for relation in statement.relations:
            self._note_negation(relation.statement, negated or relation.negated)
        if negated:
            self._negated[id(statement)] = True
            for value in (statement.code, *statement.values, *statement.coded):
                self._owners[id(value)] = statement

    def negated(self, statement: Statement) -> bool:
        """True when the statement or anything above it is negated."""
        return bool(self._negated) and id(statement) in self._negated

    def said_by(self, value: CodedValue | None, main: Statement) -> CodedValue | None:
        """The value, unless a nested statement denies it while the main one stands: then it is none of the main one."""
        if value is None or not self._owners or self.negated(main):
            return value
        return None if id(value) in self._owners else value

    # ---- claims ---------------------------------------------------------------------------------------------

    def claim(self, *values: Value | None) -> None:
        """Note that these values have been written."""
        add = self._claimed.add
        for value in values:
            if value is not None:
                add(id(value))

    @property
    def claimed_ids(self) -> set[int]:
        """The ``id`` of every value that has been written, for loops over many values."""
        return self._claimed

    def claimed(self, value: Value) -> bool:
        """True when this very value has been written."""
        return id(value) in self._claimed

    def place(self, resource: Resource, *statements: Statement | None) -> None:
        """Say in which resource these statements live: there what is left of them goes."""
        for statement in statements:
            if statement is not None:
                self._homes[id(statement)] = resource.node
                self.claim(statement)
        if self.run.trace:
            self.trail[resource.url] = tuple(statement for statement in statements if statement is not None)

    def note_origin(self, node: Node, element: Element | None) -> None:
        """Say, for the trace, of which element a node was made."""
        if self.run.trace and element is not None:
            self.origins[id(node)] = (node, element)  # the node as well: while it is held, its id is nobody else's

    def home(self, statement: Statement) -> Node | None:
        """The resource of a statement, None when it has none of its own."""
        return self._homes.get(id(statement))

    # ---- terms and findings ---------------------------------------------------------------------------------

    def term(self, coded: CodedValue) -> Term | None:
        """What mapping and translation say of a code; None for codes that are never looked up."""
        return self.translation.terms[coded.index] if 0 <= coded.index < len(self.translation.terms) else None

    def structural(self, coded: CodedValue) -> bool:
        """True for a code that only labels its statement (CONC, SEV …)."""
        term = self.term(coded)
        return term is not None and term.mapped.standing is Standing.STRUCTURAL

    def words(self, key: str) -> str:
        """A fixed wording in the reader's language."""
        return self.maps.words[self.run.language if self.run.language in self.maps.words else "en"][key]

    def say_once(self, code: str, /, at: Element | None = None, **context: str) -> None:
        """Report a finding, once for the same context in a document."""
        key = (code, "|".join(context.values()))
        if key not in self._said:
            self._said.add(key)
            self.report.add(code, at, None, **context)


def _uuid(digest: str) -> str:
    """A name-based UUID (RFC 9562 version 5) of a SHA-1 in hexadecimal; uuid.UUID would cost as much again."""
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def roots(items: Iterable[Item]) -> tuple[Statement, ...]:
    """The outermost statements of the items of an entry, each once."""
    found: dict[int, Statement] = {}
    for item in items:
        concern = getattr(item, "concern", None)
        root = concern if isinstance(concern, Statement) else item.statement
        found.setdefault(id(root), root)
    return tuple(found.values())


def _seed(document: Document, run: Run) -> bytes:
    ids = document.header.ids
    if ids and (ids[0].root or ids[0].extension):
        return f"cdatk|{ids[0].root}|{ids[0].extension}|".encode()
    return f"cdatk|{run.source_sha256}|".encode()
