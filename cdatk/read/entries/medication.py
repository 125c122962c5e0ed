"""Medications of the summary (E.4), items of a prescription (E.2), dispensations (E.3).

The rule: the first interval among the effective times is the duration of treatment, all others are the schedule,
in document order and with their operators.
"""

from __future__ import annotations

from cdatk.model import (
    CodedValue,
    Dispensation,
    EventTiming,
    Interval,
    Item,
    Medication,
    Reason,
    Statement,
    TimeSet,
    Timing,
)
from cdatk.read.entries.common import Claims, coded_values
from cdatk.read.reader import Reader


def read_medication(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """The medication of a substanceAdministration."""
    return (_medication(reader, root),) if root.kind == "substanceAdministration" else ()


def read_dispensation(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """The dispensation of a supply, with the prescription copied back."""
    if root.kind != "supply":
        return ()
    claims = Claims(reader, root.relations)
    prescriptions = claims.linked("REFR", ("substanceAdministration",))
    substitutions = claims.labelled("substitution")
    extra = (*prescriptions[1:], *substitutions[1:])
    return (
        Dispensation(
            statement=root,
            product=root.product,
            quantity=root.quantity_as("quantity"),
            prescription=_medication(reader, prescriptions[0]) if prescriptions else None,
            substituted=substitutions[0] if substitutions else None,
            others=claims.rest() + extra,
        ),
    )


def _medication(reader: Reader, root: Statement) -> Medication:
    claims = Claims(reader, root.relations)
    absent = root.code if reader.is_absence(root.code) else None
    duration, schedule = _times(root)
    routes = root.coded_as("routeCode")
    reader.bind_one("medication.absent", absent)
    reader.bind("medication.route", routes)
    reader.bind("medication.event", _events(schedule))
    supplies = claims.linked("COMP", ("supply",))
    patient_notes = claims.notes("patient-note")
    dispenser_notes = claims.notes("dispenser-note")
    substitution = claims.value(reader, "substitution", "medication.substitution")
    reasons = tuple([reason(reader, s) for s in claims.linked("RSON", ("observation",))])
    steps = tuple([_medication(reader, s) for s in claims.linked("COMP", ("substanceAdministration",))])
    return Medication(
        statement=root,
        absent=absent,
        product=root.product,
        duration=duration,
        schedule=schedule,
        dose=root.quantity_as("doseQuantity"),
        rate=root.quantity_as("rateQuantity"),
        repeat=root.quantity_as("repeatNumber"),
        route=routes[0] if routes else None,
        sites=root.coded_as("approachSiteCode"),
        reasons=reasons,
        patient_notes=patient_notes,
        dispenser_notes=dispenser_notes,
        supply=supplies[0] if supplies else None,
        substitution=substitution,
        steps=steps,
        others=claims.rest() + tuple(supplies[1:]),
    )


def reason(reader: Reader, statement: Statement) -> Reason:
    """Why something is given or done."""
    values = coded_values(statement)
    reader.bind("medication.reason", values)
    reader.bind_one("medication.reason-category", statement.code)
    return Reason(statement, values)


def _times(root: Statement) -> tuple[Interval | None, tuple[Timing, ...]]:
    duration: Interval | None = None
    schedule: list[Timing] = []
    for time in root.times:
        if duration is None and isinstance(time, Interval):
            duration = time
        else:
            schedule.append(time)
    return duration, tuple(schedule)


def _events(schedule: tuple[Timing, ...]) -> list[CodedValue | None]:
    found: list[CodedValue | None] = []
    for time in schedule:
        if isinstance(time, EventTiming):
            found.append(time.event)
        elif isinstance(time, TimeSet):
            found.extend(_events(time.parts))
    return found
