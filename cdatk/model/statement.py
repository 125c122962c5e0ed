"""CDA clinical statements as read, whole: every statement of an entry, whether a profile knows it or not.

The rule: nothing below an ``entry`` is dropped. What no field takes stands in ``Statement.rest``, and the
reader reports it.
"""

from __future__ import annotations

from cdatk.model.datatypes import (
    Address,
    AnyValue,
    CodedValue,
    Identifier,
    Interval,
    Name,
    Quantity,
    QuantityRange,
    Ratio,
    Telecom,
    Text,
    Timing,
    Value,
)
from cdatk.safe_xml import Element


class Organization(Value, frozen=True):
    """An organisation: represented, custodian, manufacturer or scoping."""

    ids: tuple[Identifier, ...] = ()
    names: tuple[Name, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    addresses: tuple[Address, ...] = ()
    code: CodedValue | None = None
    part_of: Organization | None = None


class Device(Value, frozen=True):
    """An authoring or playing device."""

    code: CodedValue | None = None
    manufacturer_model: str = ""
    software: str = ""


class Role(Value, frozen=True):
    """Who or what takes part: assigned entity, participant role, associated entity, specimen role …

    ``entity_code`` and ``entity_names`` belong to the thing that plays the role (an allergy's agent, an
    implanted device); ``names`` to a person.
    """

    element: Element
    class_code: str = ""
    ids: tuple[Identifier, ...] = ()
    code: CodedValue | None = None
    addresses: tuple[Address, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    names: tuple[Name, ...] = ()
    entity_class: str = ""
    entity_code: CodedValue | None = None
    entity_names: tuple[Name, ...] = ()
    entity_texts: tuple[Text, ...] = ()
    device: Device | None = None
    organizations: tuple[Organization, ...] = ()
    coded: tuple[CodedValue, ...] = ()


class Participation(Value, frozen=True):
    """A link from a statement or the header to a role; ``name`` is the element (author, performer …)."""

    element: Element
    name: str
    type_code: str = ""
    template_ids: tuple[str, ...] = ()
    function: CodedValue | None = None
    time: Interval | None = None
    mode: CodedValue | None = None
    signature: CodedValue | None = None
    role: Role | None = None
    null_flavor: str = ""


class Package(Value, frozen=True):
    """containerPackagedProduct: level 1 is nearest the drug; ``outer`` is the package around it.

    ``quantity`` is how much the package contains, now and then per amount of something else.
    """

    quantity: Quantity | QuantityRange | Ratio | None = None
    code: CodedValue | None = None
    names: tuple[Name, ...] = ()
    form: CodedValue | None = None
    capacity: Quantity | None = None
    cap_type: CodedValue | None = None
    ids: tuple[Identifier, ...] = ()
    outer: Package | None = None


class Ingredient(Value, frozen=True):
    """A substance of a product with its strength."""

    class_code: str = ""
    code: CodedValue | None = None
    names: tuple[Name, ...] = ()
    strength: Quantity | QuantityRange | Ratio | None = None
    coded: tuple[CodedValue, ...] = ()


class Part(Value, frozen=True):
    """One of several products in a kit."""

    quantity: Quantity | QuantityRange | Ratio | None = None
    product: Product | None = None


class Product(Value, frozen=True):
    """manufacturedProduct with its material, in either medication namespace (names as in urn:hl7-org:pharm)."""

    element: Element
    ids: tuple[Identifier, ...] = ()
    code: CodedValue | None = None
    names: tuple[Name, ...] = ()
    description: str = ""
    form: CodedValue | None = None
    lot: str = ""
    expiry: Interval | None = None
    package: Package | None = None
    kinds: tuple[Ingredient, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    parts: tuple[Part, ...] = ()
    manufacturer: Organization | None = None
    coded: tuple[CodedValue, ...] = ()


class Relation(Value, frozen=True):
    """entryRelationship or organizer component: ``type_code`` as written, the statement it leads to."""

    statement: Statement
    type_code: str = ""
    inverted: bool = False
    negated: bool = False
    sequence: str = ""


class ExternalReference(Value, frozen=True):
    """reference/external…: a document or act outside this one."""

    element: Element
    type_code: str = ""
    ids: tuple[Identifier, ...] = ()
    code: CodedValue | None = None
    text: Text | None = None


class ReferenceRange(Value, frozen=True):
    """observationRange of a result."""

    text: Text | None = None
    value: AnyValue | None = None
    interpretation: CodedValue | None = None
    coded: tuple[CodedValue, ...] = ()


class Statement(Value, frozen=True):
    """One clinical statement: act, observation, substanceAdministration, supply, procedure, encounter, organizer …

    ``negated`` is None where the document says nothing. ``times`` keeps effectiveTime in document order.
    ``coded`` and ``quantities`` hold every other coded or measured child under its element name.
    """

    element: Element
    kind: str
    class_code: str = ""
    mood: str = ""
    negated: bool | None = None
    null_flavor: str = ""
    template_ids: tuple[str, ...] = ()
    ids: tuple[Identifier, ...] = ()
    code: CodedValue | None = None
    text: Text | None = None
    status: CodedValue | None = None
    times: tuple[Timing, ...] = ()
    values: tuple[AnyValue, ...] = ()
    coded: tuple[CodedValue, ...] = ()
    quantities: tuple[tuple[str, Quantity | QuantityRange | Ratio], ...] = ()
    other_values: tuple[tuple[str, AnyValue], ...] = ()
    participations: tuple[Participation, ...] = ()
    product: Product | None = None
    relations: tuple[Relation, ...] = ()
    references: tuple[ExternalReference, ...] = ()
    ranges: tuple[ReferenceRange, ...] = ()
    rest: tuple[Element, ...] = ()

    def coded_as(self, name: str) -> tuple[CodedValue, ...]:
        """Coded children with this element name, for instance ``routeCode`` or ``targetSiteCode``."""
        return tuple([c for c in self.coded if c.name == name]) if self.coded else ()

    def quantity_as(self, name: str) -> Quantity | QuantityRange | Ratio | None:
        """The first measured child with this element name, for instance ``doseQuantity``."""
        for label, quantity in self.quantities:
            if label == name:
                return quantity
        return None

    def taking_part(self, name: str) -> tuple[Participation, ...]:
        """Participations with this element name, for instance ``performer``."""
        return tuple([p for p in self.participations if p.name == name]) if self.participations else ()
