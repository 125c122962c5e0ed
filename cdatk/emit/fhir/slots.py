"""What a statement still has to say: every value that nobody has written, with the name of its CDA element.

The rule: structure alone; a field that the model gains has to be added here, or what it holds can be lost. A value is
left out only when it has been claimed, when it says nothing (a bare nullFlavor) or when it only labels its statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cdatk.emit.fhir.concepts import says_something
from cdatk.emit.fhir.context import Context
from cdatk.model import (
    AnyValue,
    Boolean,
    CodedValue,
    EventTiming,
    Identifier,
    Ingredient,
    Interval,
    Moment,
    Package,
    Periodic,
    Product,
    Quantity,
    QuantityRange,
    Ratio,
    Statement,
    Text,
    TimeSet,
)

Slot = tuple[str, AnyValue]


def open_slots(ctx: Context, statement: Statement) -> list[Slot]:
    """The values of a statement that nobody has written and that say something, with the name of their element.

    This runs once for every statement and nearly always finds nothing: plain loops, because a comprehension costs more
    than the look at an empty tuple.
    """
    claimed = ctx.claimed_ids
    found: list[Slot] = []
    code = statement.code
    if code is not None and id(code) not in claimed and _coded_says(ctx, code):
        found.append(("code", code))
    for value in statement.values:
        if id(value) not in claimed and SAYS[type(value)](ctx, value):
            found.append(("value", value))
    for coded in statement.coded:
        if id(coded) not in claimed and _coded_says(ctx, coded):
            found.append((coded.name, coded))
    for name, amount in statement.quantities:
        if id(amount) not in claimed and SAYS[type(amount)](ctx, amount):
            found.append((name, amount))
    for time in statement.times:
        if id(time) not in claimed and SAYS[type(time)](ctx, time):
            found.append(("effectiveTime", time))
    text = statement.text
    if text is not None and id(text) not in claimed and _text_says(ctx, text):
        found.append(("text", text))
    for identity in statement.ids:
        if id(identity) not in claimed and (identity.root or identity.extension):
            found.append(("id", identity))
    if statement.other_values or statement.product is not None or statement.ranges:
        for name, other in _rarer_slots(ctx, statement):
            if SAYS[type(other)](ctx, other):
                found.append((name, other))
    return found


# ---- whether a value says something ---------------------------------------------------------------------------------


def _coded_says(ctx: Context, value: CodedValue) -> bool:
    if not (value.code or value.display or value.original_text or value.translations):
        return False
    return not ctx.structural(value)


def _quantity_says(_: Context, value: Quantity) -> bool:
    return bool(value.value or value.translations)


def _range_says(ctx: Context, value: QuantityRange) -> bool:
    return _open(ctx, value.low) or _open(ctx, value.high) or _open(ctx, value.center) or _open(ctx, value.width)


def _ratio_says(ctx: Context, value: Ratio) -> bool:
    return _open(ctx, value.numerator) or _open(ctx, value.denominator)


def interval_says(ctx: Context, value: Interval) -> bool:
    """True when an interval has a moment or a width that nobody has written."""
    if value.value or _open(ctx, value.low) or _open(ctx, value.high):
        return True
    if value.center is None and value.width is None:
        return False
    return _open(ctx, value.center) or _open(ctx, value.width)


def _open(ctx: Context, bound: Moment | Quantity | None) -> bool:
    return bound is not None and bool(bound.value) and id(bound) not in ctx.claimed_ids


def _text_says(_: Context, value: Text) -> bool:
    if not value.reference:
        return bool(value.text)
    return bool(value.text and value.reference[0] != "#") or "://" in value.reference


def _boolean_says(_: Context, value: Boolean) -> bool:
    return bool(value.value)


def _identifier_says(_: Context, value: Identifier) -> bool:
    return bool(value.root or value.extension)


def _periodic_says(ctx: Context, value: Periodic) -> bool:
    period = value.period is not None and bool(value.period.value)
    return period or (value.phase is not None and interval_says(ctx, value.phase))


def _event_says(_: Context, value: EventTiming) -> bool:
    return says_something(value.event) or value.offset is not None


def _set_says(_: Context, value: TimeSet) -> bool:
    return bool(value.parts)


# Each takes exactly the type it is registered for; a dictionary cannot say that, so the argument is Any here.
SAYS: Final[dict[type[AnyValue], Callable[[Context, Any], bool]]] = {
    CodedValue: _coded_says,
    Quantity: _quantity_says,
    QuantityRange: _range_says,
    Ratio: _ratio_says,
    Interval: interval_says,
    Text: _text_says,
    Boolean: _boolean_says,
    Identifier: _identifier_says,
    Periodic: _periodic_says,
    EventTiming: _event_says,
    TimeSet: _set_says,
}


# ---- the rarer slots ------------------------------------------------------------------------------------------------


def _rarer_slots(ctx: Context, statement: Statement) -> list[Slot]:
    """What nobody has written of the values that few statements have."""
    claimed = ctx.claimed_ids
    found: list[Slot] = []
    for name, value in statement.other_values:
        if id(value) not in claimed and name not in ctx.maps.unspoken.elements:
            found.append((name, value))
    if statement.product is not None:
        _add_product(found, claimed, statement.product)
    for reference_range in statement.ranges:
        text, bounds = reference_range.text, reference_range.value
        if text is not None and id(text) not in claimed:
            found.append(("referenceRange/text", text))
        if bounds is not None and id(bounds) not in claimed:
            found.append(("referenceRange/value", bounds))
        for extra in (reference_range.interpretation, *reference_range.coded):
            if extra is not None and id(extra) not in claimed:
                found.append((f"referenceRange/{extra.name}", extra))
    return found


def _add_product(found: list[Slot], claimed: set[int], product: Product) -> None:
    """Every value of a product and all that it is made of and packed in."""
    for coded in (product.code, product.form, *product.coded):
        if coded is not None and id(coded) not in claimed:
            found.append((f"product/{coded.name}", coded))
    expiry, maker = product.expiry, product.manufacturer
    if expiry is not None and id(expiry) not in claimed:
        found.append(("product/expirationTime", expiry))
    if product.package is not None:
        _add_package(found, claimed, product.package)
    for ingredient in (*product.kinds, *product.ingredients):
        _add_ingredient(found, claimed, ingredient)
    for part in product.parts:
        if part.quantity is not None and id(part.quantity) not in claimed:
            found.append(("part/quantity", part.quantity))
        if part.product is not None:
            _add_product(found, claimed, part.product)
    if maker is not None and maker.code is not None and id(maker.code) not in claimed:
        found.append(("manufacturer/code", maker.code))


def _add_package(found: list[Slot], claimed: set[int], package: Package | None) -> None:
    while package is not None:
        for measured, name in ((package.quantity, "quantity"), (package.capacity, "capacityQuantity")):
            if measured is not None and id(measured) not in claimed:
                found.append((f"package/{name}", measured))
        for coded in (package.code, package.form, package.cap_type):
            if coded is not None and id(coded) not in claimed:
                found.append((f"package/{coded.name}", coded))
        package = package.outer


def _add_ingredient(found: list[Slot], claimed: set[int], ingredient: Ingredient) -> None:
    if ingredient.code is not None and id(ingredient.code) not in claimed:
        found.append(("ingredient/code", ingredient.code))
    if ingredient.strength is not None and id(ingredient.strength) not in claimed:
        found.append(("ingredient/quantity", ingredient.strength))
    for coded in ingredient.coded:
        if id(coded) not in claimed:
            found.append((f"ingredient/{coded.name}", coded))
