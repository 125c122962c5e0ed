"""Every value of a statement with the name of the CDA element it stands in.

The rule: structure alone; a field that the model gains has to be added here, or what it holds can be lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdatk.emit.fhir.context import Context
from cdatk.model import AnyValue, Ingredient, Package, Product, Statement

Slot = tuple[str, AnyValue]


def open_slots(ctx: Context, statement: Statement) -> list[Slot]:
    """The values of a statement that nobody has written, with the name of their element."""
    claimed = ctx.claimed_ids  # asked for every value of a document: no call each
    found: list[Slot] = []
    if statement.code is not None and id(statement.code) not in claimed:
        found.append(("code", statement.code))
    found += [("value", value) for value in statement.values if id(value) not in claimed]
    found += [(coded.name, coded) for coded in statement.coded if id(coded) not in claimed]
    found += [slot for slot in statement.quantities if id(slot[1]) not in claimed]
    found += [("effectiveTime", time) for time in statement.times if id(time) not in claimed]
    if statement.text is not None and id(statement.text) not in claimed:
        found.append(("text", statement.text))
    found += [("id", identity) for identity in statement.ids if id(identity) not in claimed]
    if statement.other_values or statement.product is not None or statement.ranges:
        found += [slot for slot in _rarer_slots(ctx, statement) if id(slot[1]) not in claimed]
    return found


def _rarer_slots(ctx: Context, statement: Statement) -> Iterator[Slot]:
    for name, other in statement.other_values:
        if name not in ctx.maps.unspoken.elements:
            yield name, other
    if statement.product is not None:
        yield from product_slots(statement.product)
    for reference_range in statement.ranges:
        if reference_range.text is not None:
            yield "referenceRange/text", reference_range.text
        if reference_range.value is not None:
            yield "referenceRange/value", reference_range.value
        for extra in (reference_range.interpretation, *reference_range.coded):
            if extra is not None:
                yield f"referenceRange/{extra.name}", extra


def product_slots(product: Product) -> Iterator[Slot]:
    """Every value of a product and all that it is made of and packed in."""
    for coded in (product.code, product.form, *product.coded):
        if coded is not None:
            yield f"product/{coded.name}", coded
    if product.expiry is not None:
        yield "product/expirationTime", product.expiry
    yield from _package_slots(product.package)
    for ingredient in (*product.kinds, *product.ingredients):
        yield from _ingredient_slots(ingredient)
    for part in product.parts:
        if part.quantity is not None:
            yield "part/quantity", part.quantity
        if part.product is not None:
            yield from product_slots(part.product)
    if product.manufacturer is not None and product.manufacturer.code is not None:
        yield "manufacturer/code", product.manufacturer.code


def _package_slots(package: Package | None) -> Iterator[Slot]:
    while package is not None:
        for measured, name in ((package.quantity, "quantity"), (package.capacity, "capacityQuantity")):
            if measured is not None:
                yield f"package/{name}", measured
        for coded in (package.code, package.form, package.cap_type):
            if coded is not None:
                yield f"package/{coded.name}", coded
        package = package.outer


def _ingredient_slots(ingredient: Ingredient) -> Iterator[Slot]:
    if ingredient.code is not None:
        yield "ingredient/code", ingredient.code
    if ingredient.strength is not None:
        yield "ingredient/quantity", ingredient.strength
    for coded in ingredient.coded:
        yield f"ingredient/{coded.name}", coded
