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
from cdatk.safe_xml import NAMES, ByTag, Element, children, local

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

    code: CodedValue | None = None
    text: Text | None = None
    status: CodedValue | None = None
    product: Product | None = None
    templates: tuple[str, ...] = ()
    ids: tuple[Identifier, ...] = ()
    times: tuple[Timing, ...] = ()
    values: tuple[AnyValue, ...] = ()
    coded: tuple[CodedValue, ...] = ()
    quantities: tuple[tuple[str, Quantity | QuantityRange | Ratio], ...] = ()
    typed: tuple[tuple[str, AnyValue], ...] = ()
    participations: tuple[Participation, ...] = ()
    relations: tuple[Relation, ...] = ()
    references: tuple[ExternalReference, ...] = ()
    ranges: tuple[ReferenceRange, ...] = ()
    rest: tuple[Element, ...] = ()


def statement(reader: Reader, element: Element) -> Statement:
    """The statement in ``element`` with everything below it."""
    draft = _Draft()
    for child in children(element):
        TAKERS[child.tag](reader, child, draft)
    if draft.rest:
        reader.report.add("CDA-015", draft.rest[0], element=local(draft.rest[0]), count=len(draft.rest))
    get = element.get
    return Statement(
        element, NAMES[element.tag], get("classCode", ""), get("moodCode", ""), dt.TRUE.get(get("negationInd", "")),
        get("nullFlavor", ""), draft.templates, draft.ids, draft.code, draft.text, draft.status, draft.times,
        draft.values, draft.coded, draft.quantities, draft.typed, draft.participations, draft.product,
        draft.relations, draft.references, draft.ranges, draft.rest,
    )  # fmt: skip


def _template(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.templates += (element.get("root", "").strip(),)


def _id(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.ids += (dt.identifier(element),)


def _code(reader: Reader, element: Element, draft: _Draft) -> None:
    value = reader.coded(element, "code")
    if draft.code is None:
        draft.code = value
    else:
        draft.coded += (value,)


def _text(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.text = dt.text(reader, element)


def _status(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.status = reader.coded(element, "statusCode")


def _time(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.times += (dt.timing(reader, element),)


def _value(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.values += (dt.any_value(reader, element),)


def _coded(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.coded += (reader.coded(element, local(element)),)


def _measured(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.quantities += ((local(element), dt.measure(reader, element)),)


def _typed(reader: Reader, element: Element, draft: _Draft) -> None:
    name = local(element)
    value = dt.interval(reader, element) if name.endswith("Time") else dt.any_value(reader, element)
    draft.typed += ((name, value),)


def _taking_part(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.participations += (participation(reader, element),)


def _product(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in children(element):
        name = NAMES[child.tag]
        if name in ("manufacturedProduct", "manufacturedMaterial") and draft.product is None:
            draft.product = product(reader, child)
        elif name:
            _salvage(reader, child, draft)


def _relation(reader: Reader, element: Element, draft: _Draft) -> None:
    sequence = ""
    for child in children(element):
        name = NAMES[child.tag]
        if name in STATEMENTS:
            get = element.get
            inverted, negated = get("inversionInd") == "true", get("negationInd") == "true"
            draft.relations += (
                Relation(statement(reader, child), get("typeCode", ""), inverted, negated, sequence),
            )  # fmt: skip
        elif name == "sequenceNumber":
            sequence = child.get("value", "")
        elif name not in IGNORED and name not in ("seperatableInd", "templateId"):
            _salvage(reader, child, draft)


def _precondition(reader: Reader, element: Element, draft: _Draft) -> None:
    """precondition/criterion is a small statement: code, text, value."""
    for child in children(element):
        if local(child) == "criterion":
            draft.relations += (Relation(statement(reader, child), "PRCN"),)


def _reference(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in children(element):
        name = local(child)
        if not name.startswith("external"):
            continue
        parts = children(child)
        ids = tuple([dt.identifier(c) for c in parts if local(c) == "id"])
        code = next((reader.coded(c, "code") for c in parts if local(c) == "code"), None)
        text = next((dt.text(reader, c) for c in parts if local(c) == "text"), None)
        draft.references += (ExternalReference(child, element.get("typeCode", ""), ids, code, text),)


def _range(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in children(element):
        if not local(child).startswith("observationRange"):
            continue
        text: Text | None = None
        value: AnyValue | None = None
        interpretation: CodedValue | None = None
        coded: list[CodedValue] = []
        for part in children(child):
            match local(part):
                case "text":
                    text = dt.text(reader, part)
                case "value":
                    value = dt.any_value(reader, part)
                case "interpretationCode":
                    interpretation = reader.coded(part, "interpretationCode")
                case "code":
                    coded.append(reader.coded(part, "range-code"))
        draft.ranges += (ReferenceRange(text, value, interpretation, tuple(coded)),)


def _salvage(reader: Reader, element: Element, draft: _Draft) -> None:
    """An element that no field takes: kept, and what can be counted in it read all the same."""
    draft.rest += (element,)
    _harvest(reader, element, draft)


def _harvest(reader: Reader, element: Element, draft: _Draft) -> None:
    name = local(element)
    if name in STATEMENTS:
        draft.relations += (Relation(statement(reader, element), ""),)
        return
    if element.get("code") is not None:
        draft.coded += (reader.coded(element, name),)
        return
    if element.get("value") is not None and name not in ("telecom", "reference"):
        draft.typed += ((name, dt.any_value(reader, element)),)
        return
    for child in children(element):
        if local(child):
            _harvest(reader, child, draft)


def _ignored(reader: Reader, element: Element, draft: _Draft) -> None:
    """Comments, processing instructions, and elements that say nothing of the patient."""


Taker = Callable[[Reader, Element, _Draft], None]
TAKERS: Final[ByTag[Taker]] = ByTag(
    {
        "templateId": _template,
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
        **dict.fromkeys(IGNORED, _ignored),
        "consumable": _product,
        "product": _product,
        "entryRelationship": _relation,
        "component": _relation,
        "precondition": _precondition,
        "reference": _reference,
        "referenceRange": _range,
    },
    other=_salvage,
    unseen=_ignored,
)
