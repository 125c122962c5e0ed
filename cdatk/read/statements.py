"""Clinical statements, read whole and without knowing what they mean.

The rule: every child element of a statement ends in a field; one that no field takes is kept in ``rest``, its codes
and quantities are salvaged, and the report says so (CDA-015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.model import (
    AnyValue,
    CodedValue,
    ExternalReference,
    Identifier,
    Participation,
    Product,
    Quantity,
    QuantityRange,
    Ratio,
    ReferenceRange,
    Relation,
    Statement,
    Text,
    Timing,
)
from cdatk.read import datatypes as dt
from cdatk.read.participations import participation
from cdatk.read.products import product
from cdatk.read.reader import Reader
from cdatk.safe_xml import NAMES, Element, local

STATEMENTS: Final = frozenset({
    "act", "observation", "substanceAdministration", "supply", "procedure", "encounter", "organizer",
    "observationMedia", "regionOfInterest",
})  # fmt: skip
CODED: Final = frozenset({
    "priorityCode", "methodCode", "targetSiteCode", "interpretationCode", "routeCode", "approachSiteCode",
    "administrationUnitCode", "languageCode", "dischargeDispositionCode", "confidentialityCode",
})  # fmt: skip
MEASURED: Final = frozenset({"doseQuantity", "rateQuantity", "maxDoseQuantity", "repeatNumber", "quantity"})
TYPED: Final = frozenset({"independentInd", "expectedUseTime", "availabilityTime", "derivationExpr", "title"})
TAKING_PART: Final = frozenset({
    "author", "performer", "informant", "participant", "specimen", "subject", "responsibleParty",
})  # fmt: skip
IGNORED: Final = frozenset({"realmCode", "typeId", ""})


class _Draft:
    """A statement while its children are being read."""

    __slots__ = ("code", "coded", "ids", "participations", "product", "quantities", "ranges", "references", "relations",
                 "rest", "status", "templates", "text", "times", "typed", "values")  # fmt: skip

    def __init__(self) -> None:
        self.templates: list[str] = []
        self.ids: list[Identifier] = []
        self.code: CodedValue | None = None
        self.text: Text | None = None
        self.status: CodedValue | None = None
        self.times: list[Timing] = []
        self.values: list[AnyValue] = []
        self.coded: list[CodedValue] = []
        self.quantities: list[tuple[str, Quantity | QuantityRange | Ratio]] = []
        self.typed: list[tuple[str, AnyValue]] = []
        self.participations: list[Participation] = []
        self.product: Product | None = None
        self.relations: list[Relation] = []
        self.references: list[ExternalReference] = []
        self.ranges: list[ReferenceRange] = []
        self.rest: list[Element] = []


def statement(reader: Reader, element: Element) -> Statement:
    """The statement in ``element`` with everything below it."""
    draft = _Draft()
    for child in element:
        name = NAMES[child.tag]
        if name == "templateId":  # a third of all children: not worth a call
            draft.templates.append(child.get("root", "").strip())
            continue
        take = TAKERS.get(name)
        if take is not None:
            take(reader, child, draft)
        elif name not in IGNORED:
            _salvage(reader, child, draft)
    if draft.rest:
        reader.report.add("CDA-015", draft.rest[0], element=local(draft.rest[0]), count=len(draft.rest))
    get = element.get
    return Statement(
        element, local(element), get("classCode", ""), get("moodCode", ""), dt.TRUE.get(get("negationInd", "")),
        get("nullFlavor", ""), tuple(draft.templates), tuple(draft.ids), draft.code, draft.text, draft.status,
        tuple(draft.times), tuple(draft.values), tuple(draft.coded), tuple(draft.quantities), tuple(draft.typed),
        tuple(draft.participations), draft.product, tuple(draft.relations), tuple(draft.references),
        tuple(draft.ranges), tuple(draft.rest),
    )  # fmt: skip


def _id(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.ids.append(dt.identifier(element))


def _code(reader: Reader, element: Element, draft: _Draft) -> None:
    value = reader.coded(element, "code")
    if draft.code is None:
        draft.code = value
    else:
        draft.coded.append(value)


def _text(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.text = dt.text(reader, element)


def _status(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.status = reader.coded(element, "statusCode")


def _time(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.times.append(dt.timing(reader, element))


def _value(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.values.append(dt.any_value(reader, element))


def _coded(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.coded.append(reader.coded(element, local(element)))


def _measured(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.quantities.append((local(element), dt.measure(reader, element)))


def _typed(reader: Reader, element: Element, draft: _Draft) -> None:
    name = local(element)
    value = dt.interval(reader, element) if name.endswith("Time") else dt.any_value(reader, element)
    draft.typed.append((name, value))


def _taking_part(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.participations.append(participation(reader, element))


def _product(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in element:
        name = NAMES[child.tag]
        if name in ("manufacturedProduct", "manufacturedMaterial") and draft.product is None:
            draft.product = product(reader, child)
        elif name:
            _salvage(reader, child, draft)


def _relation(reader: Reader, element: Element, draft: _Draft) -> None:
    sequence = ""
    for child in element:
        name = NAMES[child.tag]
        if name in STATEMENTS:
            draft.relations.append(
                Relation(
                    statement(reader, child), element.get("typeCode", ""), element.get("inversionInd") == "true",
                    element.get("negationInd") == "true", sequence,
                )
            )  # fmt: skip
        elif name == "sequenceNumber":
            sequence = child.get("value", "")
        elif name not in IGNORED and name not in ("seperatableInd", "templateId"):
            _salvage(reader, child, draft)


def _precondition(reader: Reader, element: Element, draft: _Draft) -> None:
    """precondition/criterion is a small statement: code, text, value."""
    for child in element:
        if local(child) == "criterion":
            draft.relations.append(Relation(statement(reader, child), "PRCN"))


def _reference(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in element:
        name = local(child)
        if not name.startswith("external"):
            continue
        ids = tuple(dt.identifier(c) for c in child if local(c) == "id")
        code = next((reader.coded(c, "code") for c in child if local(c) == "code"), None)
        text = next((dt.text(reader, c) for c in child if local(c) == "text"), None)
        draft.references.append(ExternalReference(child, element.get("typeCode", ""), ids, code, text))


def _range(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in element:
        if not local(child).startswith("observationRange"):
            continue
        text: Text | None = None
        value: AnyValue | None = None
        interpretation: CodedValue | None = None
        coded: list[CodedValue] = []
        for part in child:
            match local(part):
                case "text":
                    text = dt.text(reader, part)
                case "value":
                    value = dt.any_value(reader, part)
                case "interpretationCode":
                    interpretation = reader.coded(part, "interpretationCode")
                case "code":
                    coded.append(reader.coded(part, "range-code"))
        draft.ranges.append(ReferenceRange(text, value, interpretation, tuple(coded)))


def _salvage(reader: Reader, element: Element, draft: _Draft) -> None:
    """An element that no field takes: kept, and what can be counted in it read all the same."""
    draft.rest.append(element)
    _harvest(reader, element, draft)


def _harvest(reader: Reader, element: Element, draft: _Draft) -> None:
    name = local(element)
    if name in STATEMENTS:
        draft.relations.append(Relation(statement(reader, element), ""))
        return
    if element.get("code") is not None:
        draft.coded.append(reader.coded(element, name))
        return
    if element.get("value") is not None and name not in ("telecom", "reference"):
        draft.typed.append((name, dt.any_value(reader, element)))
        return
    for child in element:
        if local(child):
            _harvest(reader, child, draft)


Taker = Callable[[Reader, Element, _Draft], None]
TAKERS: Final[dict[str, Taker]] = {
    "id": _id,
    "code": _code,
    "text": _text,
    "statusCode": _status,
    "effectiveTime": _time,
    "value": _value,
    **dict.fromkeys(CODED, _coded),
    **dict.fromkeys(MEASURED, _measured),
    **dict.fromkeys(TYPED, _typed),
    **dict.fromkeys(TAKING_PART, _taking_part),
    "consumable": _product,
    "product": _product,
    "entryRelationship": _relation,
    "component": _relation,
    "precondition": _precondition,
    "reference": _reference,
    "referenceRange": _range,
}
