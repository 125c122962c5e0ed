"""What all emitters of one bundle share: resources and their ids, what has been written, what is negated.

The rule: ids come from the document's id and the place of an entry, never from a clock or a counter that survives;
and every value that is written is claimed, so that the rest can be carried on (``carry.py``).
"""

from __future__ import annotations

import hashlib
from operator import itemgetter
from typing import Final

import msgspec

from cdatk.diagnostics import Report
from cdatk.emit.fhir.tables import Maps, maps
from cdatk.model import CodedValue, Document, Entry, Item, Run, Section, Standing, Statement, Term, Translation, Value
from cdatk.safe_xml import Element

Node = dict[str, object]

_STRUCTURAL: Final = Standing.STRUCTURAL  # Python 3.11 looks members of an Enum up by a slow way
# A name-based UUID (RFC 9562 version 5) from a SHA-1 in hexadecimal; uuid.UUID would cost as much again.
_UUID_PARTS: Final = itemgetter(slice(8), slice(8, 12), slice(13, 16), 16, slice(17, 20), slice(20, 32))
_VARIANT: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))  # of a UUID: two bits are fixed


class Resource(msgspec.Struct, eq=False):
    """A resource of the bundle with its fullUrl; each is itself and equal to no other."""

    type: str
    url: str
    node: Node

    @property
    def reference(self) -> Node:
        """A Reference to this resource."""
        return {"reference": self.url}


class Context:
    """State of emitting one bundle; thrown away afterwards.

    ``claimed_ids`` (the ``id`` of every value that has been written), ``denied`` (that of every negated statement) and
    ``homes`` (the resource of a statement by its ``id``) are asked for every value or statement, so they stand open:
    read them, and add to the first where a call each would cost more than the work. ``roots`` are the outermost
    statements of the entry at hand, ``absence_codes`` the SNOMED CT concepts to put before "no known …" codes.
    """

    # Slots, because Python 3.11 finds the attributes of an instance fast only up to thirty and without a ``__dict__``.
    __slots__ = (
        "_counts", "_denials", "_known", "_said", "_scope", "_seed", "_terms", "_uris", "_words", "absence_codes",
        "carried", "claimed_ids", "composition", "denied", "document", "homes", "links", "maps", "origins", "parties",
        "patient", "reader", "report", "resources", "roots", "run", "section", "tracing", "trail", "translation",
    )  # fmt: skip

    def __init__(self, document: Document, translation: Translation, run: Run, report: Report) -> None:
        self.document = document
        self.translation = translation
        self.run = run
        self.report = report
        self.tracing = run.trace
        self.reader = translation.language
        self.maps: Maps = maps(run.fhir_profile)
        self.absence_codes = self.maps.absence.snomed if self.maps.absence.add_snomed else {}
        self.links: list[tuple[Node, Node, str]] = []  # resource, its link to the narrative, the id it leads to
        self.trail: dict[str, tuple[Statement, ...]] = {}  # statements by the url of their resource, for the trace
        self.origins: dict[int, tuple[Node, Element]] = {}  # what a node was made of, by its id, for the trace
        self.resources: list[Resource] = []
        self.parties: dict[object, Resource] = {}
        self.section: Section | None = None
        self.roots: tuple[Statement, ...] = ()
        self.carried = 0
        self.claimed_ids: set[int] = set()
        self.denied: set[int] = set()
        self.homes: dict[int, Resource] = {}
        self._terms = translation.terms
        self._known = len(translation.terms)
        self._uris: dict[str, str] = {}
        self._words = self.maps.words[run.language if run.language in self.maps.words else "en"]
        self._seed = hashlib.sha1(_seed(document, run), usedforsecurity=False)
        self._scope = "header"
        self._counts: dict[str, int] = {}
        self._denials: set[int] = set()
        self._said: set[tuple[str, str]] = set()
        self.composition = self.new("Composition")
        self.patient = self.new("Patient")

    @property
    def uris(self) -> dict[str, str]:
        """URIs of code systems by their OID: those of the profile, and those that the mapping found."""
        found = self._uris
        if not found:
            found.update(self.maps.systems)
            for term in self._terms:
                mapped = term.mapped
                if mapped.uri and not mapped.transcoded:
                    found[term.source.system] = mapped.uri
        return found

    # ---- resources ------------------------------------------------------------------------------------------

    def new(self, type_: str) -> Resource:
        """A new resource of the bundle, empty but for its id."""
        number = self._counts.get(type_, 0)
        self._counts[type_] = number + 1
        digest = self._seed.copy()
        digest.update(f"{self._scope}/{type_}/{number}".encode())
        low, mid, high, variant, clock, node = _UUID_PARTS(digest.hexdigest())
        identity = f"{low}-{mid}-5{high}-{_VARIANT[variant]}{clock}-{node}"
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
        self._counts.clear()
        self.homes.clear()
        self.denied.clear()
        self._denials.clear()
        if entry is None:
            self._scope = f"section/{section.number}" if section is not None else "end"
            self.roots = ()
            return
        self._scope = f"entry/{entry.number}"
        self.roots = roots(entry.items)
        for root in self.roots:
            if root.relations or root.negated:
                self._note_negation(root, root.negated is True)

    def _note_negation(self, statement: Statement, negated: bool) -> None:
        if negated:
            self.denied.add(id(statement))
            self._denials.update(map(id, (statement.code, *statement.values, *statement.coded)))
        for relation in statement.relations:
            below = relation.statement
            denied = negated or relation.negated or below.negated is True
            if below.relations or denied:
                self._note_negation(below, denied)

    def negated(self, statement: Statement) -> bool:
        """True when the statement or anything above it is negated."""
        return id(statement) in self.denied

    def said_by(self, value: CodedValue | None, main: Statement) -> CodedValue | None:
        """The value, unless a nested statement denies it while the main one stands: then it is none of the main one."""
        if value is None or not self._denials or id(main) in self.denied:
            return value
        return None if id(value) in self._denials else value

    # ---- claims ---------------------------------------------------------------------------------------------

    def claim(self, *values: Value | None) -> None:
        """Note that these values have been written; None is nothing, and nobody asks for its ``id``."""
        self.claimed_ids.update(map(id, values))

    def claimed(self, value: Value) -> bool:
        """True when this very value has been written."""
        return id(value) in self.claimed_ids

    def place(self, resource: Resource, *statements: Statement | None) -> None:
        """Say in which resource these statements live: there what is left of them goes."""
        for statement in statements:
            if statement is not None:
                self.homes[id(statement)] = resource
                self.claimed_ids.add(id(statement))
        if self.tracing:
            self.trail[resource.url] = tuple(statement for statement in statements if statement is not None)

    def note_origin(self, node: Node, element: Element | None) -> None:
        """Say, for the trace, of which element a node was made."""
        if self.tracing and element is not None:
            self.origins[id(node)] = (node, element)  # the node as well: while it is held, its id is nobody else's

    # ---- terms and findings ---------------------------------------------------------------------------------

    def term(self, coded: CodedValue) -> Term | None:
        """What mapping and translation say of a code; None for codes that are never looked up."""
        index = coded.index
        return self._terms[index] if 0 <= index < self._known else None

    def structural(self, coded: CodedValue) -> bool:
        """True for a code that only labels its statement (CONC, SEV …)."""
        index = coded.index
        return 0 <= index < self._known and self._terms[index].mapped.standing is _STRUCTURAL

    def words(self, key: str) -> str:
        """A fixed wording in the reader's language."""
        return self._words[key]

    def say_once(self, code: str, /, at: Element | None = None, **context: str) -> None:
        """Report a finding, once for the same context in a document."""
        key = (code, "|".join(context.values()))
        if key not in self._said:
            self._said.add(key)
            self.report.add(code, at, None, **context)


def _root(item: Item) -> Statement:
    concern: Statement | None = getattr(item, "concern", None)
    return item.statement if concern is None else concern


def roots(items: tuple[Item, ...]) -> tuple[Statement, ...]:
    """The outermost statements of the items of an entry, each once."""
    if len(items) == 1:
        return (_root(items[0]),)
    found: dict[int, Statement] = {}
    for item in items:
        root = _root(item)
        found.setdefault(id(root), root)
    return tuple(found.values())


def _seed(document: Document, run: Run) -> bytes:
    """What the id of every resource is made from: the id of the document, for one without any its bytes."""
    ids = document.header.ids
    if ids and (ids[0].root or ids[0].extension):
        return f"cdatk|{ids[0].root}|{ids[0].extension}|".encode()
    return f"cdatk|{run.source_sha256}|".encode()
