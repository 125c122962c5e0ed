"""Medicinal products in both medication namespaces.

The rule: names are those of ``urn:hl7-org:pharm``; the names of ``urn:epsos-org:ep:medication`` are translated to
them here and nowhere else, and the namespace of an element never decides whether it is read.
"""

from __future__ import annotations

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
from cdatk.safe_xml import NAMES, Element, local

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

    __slots__ = ("code", "coded", "description", "expiry", "form", "ids", "ingredients", "kinds", "lot", "manufacturer",
                 "names", "package", "parts")  # fmt: skip

    def __init__(self) -> None:
        self.ids: list[Identifier] = []
        self.names: list[Name] = []
        self.coded: list[CodedValue] = []
        self.kinds: list[Ingredient] = []
        self.ingredients: list[Ingredient] = []
        self.parts: list[Part] = []
        self.code: CodedValue | None = None
        self.form: CodedValue | None = None
        self.expiry: Interval | None = None
        self.package: Package | None = None
        self.manufacturer: Organization | None = None
        self.description = ""
        self.lot = ""


def product(reader: Reader, element: Element) -> Product:
    """manufacturedProduct, or a partProduct."""
    draft = _Draft()
    if modern(element) in MATERIALS:
        _material(reader, element, draft)
    else:
        for child in element:
            name = modern(child)
            if name in MATERIALS:
                _material(reader, child, draft)
            elif name == "manufacturerOrganization":
                draft.manufacturer = organization(reader, child)
            else:
                _field(reader, child, name, draft)
    reader.bind("product.form", [draft.form])
    return Product(
        element, tuple(draft.ids), draft.code, tuple(draft.names), draft.description, draft.form, draft.lot,
        draft.expiry, draft.package, tuple(draft.kinds), tuple(draft.ingredients), tuple(draft.parts),
        draft.manufacturer, tuple(draft.coded),
    )  # fmt: skip


def _material(reader: Reader, element: Element, draft: _Draft) -> None:
    for child in element:
        name = modern(child)
        if name:
            _field(reader, child, name, draft)


def _field(reader: Reader, element: Element, name: str, draft: _Draft) -> None:
    """One child of the product or its material; a second code is kept among ``coded``."""
    match name:
        case "id":
            draft.ids.append(dt.identifier(element))
        case "code" if draft.code is None or not (draft.code.code or draft.code.null_flavor):
            draft.code = reader.coded(element, "code")
        case "name":
            draft.names.append(dt.name(element))
        case "desc":
            draft.description = words(element)
        case "lotNumberText":
            draft.lot = words(element)
        case "formCode" if draft.form is None:
            draft.form = reader.coded(element, name)
        case "expirationTime":
            draft.expiry = dt.interval(reader, element)
        case "asContent":
            draft.package = _content(reader, element)
        case "asSpecializedKind":
            kinds = [c for c in element if modern(c) == "generalizedMaterialKind"]
            draft.kinds.extend(_kind(reader, c) for c in kinds)
        case "ingredient":
            draft.ingredients.append(_ingredient(reader, element))
        case "part":
            draft.parts.append(_part(reader, element))
        case "manufacturerOrganization":
            draft.manufacturer = organization(reader, element)
        case _ if name:
            draft.coded.extend(_codes_below(reader, element))


def _codes_below(reader: Reader, element: Element) -> list[CodedValue]:
    """Coded values of an element that no field takes, so that none is lost."""
    return [
        reader.coded(e, local(e))
        for e in element.iter()
        if isinstance(e.tag, str) and e.get("code") is not None and local(e) != "translation"
    ]


def _content(reader: Reader, element: Element) -> Package | None:
    """asContent: what contains the product, and how much of it."""
    amount: Measure | None = None
    container: Element | None = None
    for child in element:
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
    for child in element:
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
    reader.bind("product.package-form", [codes.get("formCode")])
    return Package(
        amount, codes.get("code"), tuple(names), codes.get("formCode"), capacity, codes.get("capTypeCode"), tuple(ids),
        outer,
    )  # fmt: skip


def _kind(reader: Reader, element: Element) -> Ingredient:
    """generalizedMaterialKind: the class of the product (ATC)."""
    code: CodedValue | None = None
    names: list[Name] = []
    others: list[CodedValue] = []
    for child in element:
        match local(child):
            case "code" if code is None:
                code = reader.coded(child, "code")
            case "name":
                names.append(dt.name(child))
            case other if other:
                others.extend(_codes_below(reader, child))
    reader.bind("product.kind", [code])
    return Ingredient("", code, tuple(names), None, tuple(others))


def _ingredient(reader: Reader, element: Element) -> Ingredient:
    """Ingredient with its substance (``ingredientSubstance``, formerly ``ingredient``) and strength."""
    code: CodedValue | None = None
    names: list[Name] = []
    others: list[CodedValue] = []
    strength: Measure | None = None
    for child in element:
        name = local(child)
        if name == "quantity":
            strength = dt.measure(reader, child)
        elif name in ("ingredientSubstance", "ingredient"):
            for part in child:
                if local(part) == "code" and code is None:
                    code = reader.coded(part, "code")
                elif local(part) == "name":
                    names.append(dt.name(part))
                elif local(part):
                    others.extend(_codes_below(reader, part))
        elif name:
            others.extend(_codes_below(reader, child))
    reader.bind("product.ingredient", [code])
    return Ingredient(element.get("classCode", ""), code, tuple(names), strength, tuple(others))


def _part(reader: Reader, element: Element) -> Part:
    amount: Measure | None = None
    inner: Product | None = None
    for child in element:
        name = modern(child)
        if name == "quantity":
            amount = dt.measure(reader, child)
        elif name == "partProduct":
            inner = product(reader, child)
    return Part(amount, inner)
