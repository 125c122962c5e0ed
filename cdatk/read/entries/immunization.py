"""Immunizations: E.19.

The rule: an immunization with negationInd was not given; that stays on the statement and is never dropped here.
"""

from __future__ import annotations

from cdatk.model import CodedValue, Immunization, Item, Quantity, Statement
from cdatk.read.entries.allergy import reaction
from cdatk.read.entries.common import Claims, first_interval
from cdatk.read.reader import Reader


def read_immunization(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """The immunization of a substanceAdministration."""
    if root.kind != "substanceAdministration":
        return ()
    claims = Claims(reader, root.relations)
    product = root.product
    absent = reader.absence((root.code, product.code if product else None))
    diseases = _diseases(root)
    reader.bind("immunization.disease", diseases)
    routes = root.coded_as("routeCode")
    reader.bind("medication.route", routes)
    if product is not None and product.code is not absent:
        reader.bind_one("immunization.vaccine", product.code)
    numbers = claims.labelled("dose-number")
    return (
        Immunization(
            statement=root,
            absent=absent,
            product=product,
            time=first_interval(root),
            route=routes[0] if routes else None,
            sites=root.coded_as("approachSiteCode"),
            dose=root.quantity_as("doseQuantity"),
            dose_number=_number(numbers),
            diseases=diseases,
            performers=root.taking_part("performer"),
            reactions=tuple([reaction(reader, s) for s in claims.linked("CAUS", ("observation",))]),
            notes=claims.notes(),
            others=claims.rest() + tuple(numbers[1:]),
        ),
    )


def _diseases(root: Statement) -> tuple[CodedValue, ...]:
    roles = [p.role for p in root.taking_part("participant") if p.type_code == "IND"]
    return tuple(role.code for role in roles if role is not None and role.code is not None)


def _number(statements: list[Statement]) -> Quantity | None:
    values = statements[0].values if statements else ()
    return next((v for v in values if isinstance(v, Quantity)), None)
