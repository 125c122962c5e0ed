"""Medicinal products as Medication.

The rule: the product's own code, its classification (ATC) and national codes stand together in ``code``; packages and
parts, for which R4 has no full model, are carried level by level.
"""

from __future__ import annotations

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.carry import carried
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.contact import first_text, put_list
from cdatk.emit.fhir.context import Context, Node, Resource
from cdatk.emit.fhir.datatypes import identifiers, put_moment, quantity, quantity_range, ratio
from cdatk.emit.fhir.people import organization
from cdatk.model import CodedValue, Ingredient, Name, Package, Part, Product, Quantity, QuantityRange, Ratio


def medication(ctx: Context, product: Product, alternative: CodedValue | None = None) -> Resource:
    """The Medication of a product. ``alternative`` names it where the product has no code of its own."""
    resource = ctx.new("Medication")
    node = resource.node
    if ctx.tracing:
        ctx.note_origin(node, product.element)
    if product.ids:
        put_list(node, "identifier", identifiers(ctx, product.ids))
    node["code"] = product_concept(ctx, product, alternative)
    maker = organization(ctx, product.manufacturer) if product.manufacturer is not None else None
    if maker is not None:
        node["manufacturer"] = maker.reference
    if product.form is not None and says_something(product.form):
        node["form"] = concept(ctx, product.form)
    if product.ingredients or product.parts:
        contents = [_ingredient(ctx, ingredient) for ingredient in product.ingredients]
        contents += [_part(ctx, part) for part in product.parts]
        node["ingredient"] = contents
    if product.lot or product.expiry is not None:
        _put_batch(ctx, node, product)
    if product.package is not None:
        package = _package(ctx, product.package)
        if package is not None:
            ext.extend(node, package)
    if product.description:
        ext.extend(node, {"url": ctx.extension("description"), "valueString": product.description})
    for coded in product.coded:
        if says_something(coded) and not ctx.claimed(coded):
            ext.extend(node, carried(ctx, f"product/{coded.name}", coded))
    return resource


def product_concept(ctx: Context, product: Product, alternative: CodedValue | None = None) -> Node:
    """Code, classification and name of a product as one concept; the name it has in the document is its text."""
    node: Node = {}
    for coded in (product.code, alternative):
        if coded is not None and says_something(coded) and id(coded) not in ctx.claimed_ids:
            _merge(node, concept(ctx, coded))
    for kind in product.kinds:
        _add_kind(ctx, node, kind)
    name = first_text(product.names) if product.names else ""
    if name:
        shown = node.get("text")
        node["text"] = name
        node.pop("_text", None)
        if shown and shown != name and "coding" not in node:
            ext.extend(node, {"url": ext.ORIGINAL_TEXT, "valueString": shown})
    if len(product.names) > 1:
        _other_names(ctx, node, product.names, name)
    null = product.code.null_flavor if product.code is not None else ""
    return node or ext.absent(ctx, null)


def _other_names(ctx: Context, node: Node, names: tuple[Name, ...], first: str) -> None:
    for name in names:
        text = name.text.strip()
        if text and text != first:
            ext.extend(node, {"url": ctx.extension("name"), "valueString": text})


def _merge(node: Node, other: Node) -> None:
    """Join a second concept of the same product: its codings after the first ones, its words where there are none."""
    worded = "text" in node  # the language of the words goes with them
    for key, value in other.items():
        held = node.get(key)
        if held is None:
            if key != "_text" or not worded:
                node[key] = value
        elif isinstance(held, list) and isinstance(value, list):
            held += value


def _add_kind(ctx: Context, node: Node, kind: Ingredient) -> None:
    name = first_text(kind.names) if kind.names else ""
    if kind.code is not None and says_something(kind.code):
        other = concept(ctx, kind.code)
        codings = other.get("coding")
        if name and isinstance(codings, list) and codings and codings[0].get("display") != name:
            ext.extend(codings[0], {"url": ext.ORIGINAL_TEXT, "valueString": name})
        _merge(node, other)
    elif name:
        ext.append(node, "coding", {"display": name})


def _ingredient(ctx: Context, ingredient: Ingredient) -> Node:
    item: Node = {}
    if ingredient.code is not None and says_something(ingredient.code):
        item = concept(ctx, ingredient.code)
    name = first_text(ingredient.names) if ingredient.names else ""
    if name and "text" not in item:
        item["text"] = name
    elif name and item.get("text") != name:
        ext.extend(item, {"url": ctx.extension("name"), "valueString": name})
    null = ingredient.code.null_flavor if ingredient.code is not None else ""
    node: Node = {"itemCodeableConcept": item or ext.absent(ctx, null)}
    if ingredient.class_code == "ACTI":
        node["isActive"] = True
    elif ingredient.class_code:
        ext.extend(node, {"url": ctx.extension("class"), "valueCode": ingredient.class_code})
    strength = ingredient.strength
    amount = ratio(ctx, strength) if isinstance(strength, Ratio) else {}
    if amount:
        node["strength"] = amount
    elif strength is not None and _has_number(strength):
        ext.extend(node, carried(ctx, "ingredient/quantity", strength))
    for coded in ingredient.coded:
        if says_something(coded):
            ext.extend(node, carried(ctx, f"ingredient/{coded.name}", coded))
    return node


def _has_number(amount: Quantity | QuantityRange | Ratio) -> bool:
    if isinstance(amount, Quantity):
        return bool(amount.value)
    if isinstance(amount, Ratio):
        return _has_part(amount.numerator) or _has_part(amount.denominator)
    return any(_has_part(bound) for bound in (amount.low, amount.high, amount.center, amount.width))


def _has_part(part: Quantity | None) -> bool:
    return part is not None and bool(part.value or part.translations or part.original_text)


def _amount(ctx: Context, name: str, amount: Quantity | QuantityRange | Ratio) -> Node | None:
    """An amount of any shape as an extension of its own name; None when it says nothing."""
    if isinstance(amount, Quantity):
        key, node = "valueQuantity", quantity(ctx, amount)
    elif isinstance(amount, Ratio):
        key, node = "valueRatio", ratio(ctx, amount)
    else:
        key, node = "valueRange", quantity_range(ctx, amount)
    if node:
        return {"url": name, key: node}
    return carried(ctx, name, amount) if _has_number(amount) else None


def _part(ctx: Context, part: Part) -> Node:
    """A product of a kit: an ingredient that is a Medication of its own."""
    node: Node
    if part.product is not None:
        node = {"itemReference": medication(ctx, part.product).reference}
    else:
        node = {"itemCodeableConcept": ext.absent(ctx)}
    amount = _amount(ctx, ctx.extension("part-quantity"), part.quantity) if part.quantity is not None else None
    if amount is not None:
        ext.extend(node, amount)
    return node


def _put_batch(ctx: Context, node: Node, product: Product) -> None:
    batch: Node = {}
    if product.lot.strip():
        batch["lotNumber"] = product.lot.strip()
    if product.expiry is not None and product.expiry.start:
        put_moment(ctx, batch, "expirationDate", product.expiry.start)
        ctx.claim(product.expiry, product.expiry.low)
    elif product.expiry is not None and product.expiry.high is not None and product.expiry.high.value:
        put_moment(ctx, batch, "expirationDate", product.expiry.high.value)
        ctx.claim(product.expiry.high)
    if batch:
        node["batch"] = batch


def _package(ctx: Context, package: Package) -> Node | None:
    """A package and the ones around it, level 1 first."""
    parts: list[Node] = []
    amounts = (("quantity", package.quantity), ("capacity", package.capacity))
    for name, amount in amounts:
        measured = _amount(ctx, name, amount) if amount is not None else None
        if measured is not None:
            parts.append(measured)
    for name, coded in (("code", package.code), ("form", package.form), ("cap-type", package.cap_type)):
        if coded is not None and says_something(coded):
            parts.append({"url": name, "valueCodeableConcept": concept(ctx, coded)})
    name = first_text(package.names) if package.names else ""
    if name:
        parts.append({"url": "name", "valueString": name})
    for identity in identifiers(ctx, package.ids):
        parts.append({"url": "id", "valueIdentifier": identity})
    outer = _package(ctx, package.outer) if package.outer is not None else None
    if outer is not None:
        parts.append({**outer, "url": "outer"})
    return {"url": ctx.extension("package"), "extension": parts} if parts else None
