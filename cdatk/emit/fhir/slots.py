"""Every value of a statement with the name of the CDA element it stands in.

The rule: structure alone; a field that the model gains has to be added here, or what it holds can be lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdatk.emit.fhir.context import Context
from cdatk.model import AnyValue, Ingredient, Package, Product, Statement

Slot = tuple[str, AnyValue]


def statement_slots(ctx: Context, statement: Statement) -> Iterator[Slot]:
    """Every value of a statement with the name of its element."""
    if statement.code is not None:
        yield "code", statement.code
    for value in statement.values:
        yield "value", value
    for coded in statement.coded:
        yield coded.name, coded
    for name, measured in statement.quantities:
        yield name, measured
    for name, other in statement.other_values:
        if name not in ctx.maps.unspoken.elements:
            yield name, other
    for time in statement.times:
        yield "effectiveTime", time
    if statement.text is not None:
        yield "text", statement.text
    for identity in statement.ids:
        yield "id", identity
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
