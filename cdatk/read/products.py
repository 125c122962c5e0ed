"""Medicinal products in both medication namespaces.

The rule: names are those of ``urn:hl7-org:pharm``; the names of ``urn:epsos-org:ep:medication`` are translated to
them here and nowhere else, and the namespace of an element never decides whether it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.model import (
    CodedValue,
    Identifier,
    Ingredient,
    Interval,
    Name,
    Organization,
    Package,
    Part,
    Product,
    Quantity,
    QuantityRange,
    Ratio,
)
from cdatk.read import datatypes as dt
from cdatk.read.participations import organization
from cdatk.read.reader import Reader, words
from cdatk.safe_xml import NAMES, ByTag, Element, children, local

MODERN = {
    "containerPackagedMedicine": "containerPackagedProduct",
    "generalizedMedicineClass": "generalizedMaterialKind",
    "partMedicine": "partProduct",
    "marketingAuthorizationHolder": "manufacturerOrganization",
}
Measure = Quantity | QuantityRange | Ratio
MATERIALS = frozenset({"manufacturedMaterial", "manufacturedLabeledDrug", "partProduct"})


def modern(element: Element) -> str:
    """Local name of an element, in the current medication namespace's words."""
    name = NAMES[element.tag]
    return MODERN.get(name, name)


class _Draft:
    """A product while its parts are being found."""

    code: CodedValue | None = None
    form: CodedValue | None = None
    expiry: Interval | None = None
    package: Package | None = None
    manufacturer: Organization | None = None
    description = ""
    lot = ""
    ids: tuple[Identifier, ...] = ()
    names: tuple[Name, ...] = ()
    coded: tuple[CodedValue, ...] = ()
    kinds: tuple[Ingredient, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    parts: tuple[Part, ...] = ()


def product(reader: Reader, element: Element) -> Product:
    """manufacturedProduct, or a partProduct."""
    draft = _Draft()
    if modern(element) in MATERIALS:
        _material(reader, element, draft)
    else:
        for child in children(element):
            if modern(child) in MATERIALS:
                _material(reader, child, draft)
            else:
                TAKERS[child.tag](reader, child, draft)
    reader.bind_one("product.form", draft.form)
    return Product(
        element, draft.ids, draft.code, draft.names, draft.description, draft.form, draft.lot, draft.expiry,
        draft.package, draft.kinds, draft.ingredients, draft.parts, draft.manufacturer, draft.coded,
    )  # fmt: skip


def _material(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in children(element):
        TAKERS[child.tag](reader, child, draft)


def _id(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.ids += (dt.identifier(element),)


def _code(reader: Reader, element: Element, draft: _Draft) -> None:
    """A second code is kept among ``coded``."""
    if draft.code is None or not (draft.code.code or draft.code.null_flavor):
        draft.code = reader.coded(element, "code")
    else:
        _other(reader, element, draft)


def _name(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.names += (dt.name(element),)


def _description(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.description = words(element)


def _lot(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.lot = words(element)


def _form(reader: Reader, element: Element, draft: _Draft) -> None:
    if draft.form is None:
        draft.form = reader.coded(element, "formCode")
    else:
        _other(reader, element, draft)


def _expiry(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.expiry = dt.interval(reader, element)


def _contained(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.package = _content(reader, element)


def _kinds(reader: Reader, element: Element, draft: _Draft) -> None:
    kinds = [c for c in children(element) if modern(c) == "generalizedMaterialKind"]
    draft.kinds += tuple([_kind(reader, c) for c in kinds])


def _ingredients(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.ingredients += (_ingredient(reader, element),)


def _parts(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.parts += (_part(reader, element),)


def _manufacturer(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.manufacturer = organization(reader, element)


def _other(reader: Reader, element: Element, draft: _Draft) -> None:
    draft.coded += tuple(_codes_below(reader, element))


def _unseen(reader: Reader, element: Element, draft: _Draft) -> None:
    """Comments and processing instructions."""


TAKERS: Final[ByTag[Callable[[Reader, Element, _Draft], None]]] = ByTag(
    {
        "id": _id,
        "code": _code,
        "name": _name,
        "desc": _description,
        "lotNumberText": _lot,
        "formCode": _form,
        "expirationTime": _expiry,
        "asContent": _contained,
        "asSpecializedKind": _kinds,
        "ingredient": _ingredients,
        "part": _parts,
        "manufacturerOrganization": _manufacturer,
        "marketingAuthorizationHolder": _manufacturer,
    },
    other=_other,
    unseen=_unseen,
)


def _codes_below(reader: Reader, element: Element) -> list[CodedValue]:
    """Coded values of an element that no field takes, so that none is lost."""
    if not len(element) and element.get("code") is None:
        return []
    return [
        reader.coded(e, local(e))
        for e in element.iter()
        if isinstance(e.tag, str) and e.get("code") is not None and local(e) != "translation"
    ]


def _content(reader: Reader, element: Element) -> Package | None:
    """asContent: what contains the product, and how much of it."""
    amount: Measure | None = None
    container: Element | None = None
    for child in children(element):
        name = modern(child)
        if name == "quantity":
            amount = dt.measure(reader, child)
        elif name == "containerPackagedProduct":
            container = child
    return _package(reader, container, amount) if container is not None else Package(amount)


def _package(reader: Reader, element: Element, amount: Measure | None) -> Package:
    codes: dict[str, CodedValue] = {}
    names: list[Name] = []
    ids: list[Identifier] = []
    capacity: Quantity | None = None
    outer: Package | None = None
    for child in children(element):
        match modern(child):
            case "code" | "formCode" | "capTypeCode" as name:
                codes[name] = reader.coded(child, name)
            case "name":
                names.append(dt.name(child))
            case "id":
                ids.append(dt.identifier(child))
            case "capacityQuantity":
                capacity = dt.quantity(reader, child)
            case "asContent":
                outer = _content(reader, child)
    reader.bind_one("product.package-form", codes.get("formCode"))
    return Package(
        amount, codes.get("code"), tuple(names), codes.get("formCode"), capacity, codes.get("capTypeCode"), tuple(ids),
        outer,
    )  # fmt: skip


def _kind(reader: Reader, element: Element) -> Ingredient:
    """generalizedMaterialKind: the class of the product (ATC)."""
    code: CodedValue | None = None
    names: list[Name] = []
    others: list[CodedValue] = []
    for child in children(element):
        match local(child):
            case "code" if code is None:
                code = reader.coded(child, "code")
            case "name":
                names.append(dt.name(child))
            case other if other:
                others.extend(_codes_below(reader, child))
    reader.bind_one("product.kind", code)
    return Ingredient("", code, tuple(names), None, tuple(others))


def _ingredient(reader: Reader, element: Element) -> Ingredient:
    """Ingredient with its substance (``ingredientSubstance``, formerly ``ingredient``) and strength."""
    code: CodedValue | None = None
    names: list[Name] = []
    others: list[CodedValue] = []
    strength: Measure | None = None
    for child in children(element):
        name = local(child)
        if name == "quantity":
            strength = dt.measure(reader, child)
        elif name in ("ingredientSubstance", "ingredient"):
            for part in children(child):
                if local(part) == "code" and code is None:
                    code = reader.coded(part, "code")
                elif local(part) == "name":
                    names.append(dt.name(part))
                elif local(part):
                    others.extend(_codes_below(reader, part))
        elif name:
            others.extend(_codes_below(reader, child))
    reader.bind_one("product.ingredient", code)
    return Ingredient(element.get("classCode", ""), code, tuple(names), strength, tuple(others))


def _part(reader: Reader, element: Element) -> Part:
    amount: Measure | None = None
    inner: Product | None = None
    for child in children(element):
        name = modern(child)
        if name == "quantity":
            amount = dt.measure(reader, child)
        elif name == "partProduct":
            inner = product(reader, child)
    return Part(amount, inner)
