"""Allergies and intolerances: E.16 > E.17, the same in IHE PCC and C-CDA shape.

The rule: the type is what ``code`` says; where ``code`` is only a label (ASSERTION), the value says it.
"""

from __future__ import annotations

from cdatk.model import Agent, Allergy, CodedValue, Item, Reaction, Relation, Statement
from cdatk.read.entries.common import Claims, coded_values, first_interval, first_name, observed
from cdatk.read.reader import Reader

LABEL_CODES = frozenset({"ASSERTION"})


def read_allergies(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """One item per allergy observation of a concern act, or of a bare observation."""
    return tuple([_allergy(reader, *found) for found in observed(reader, root)])


def _allergy(
    reader: Reader, observation: Statement, concern: Statement | None, beside: tuple[Relation, ...]
) -> Allergy:
    claims = Claims(reader, (*observation.relations, *beside))
    values = coded_values(observation)
    absent = reader.absence(values)
    if absent is not None:
        values = tuple([v for v in values if v is not absent])
    type_, values = _type(observation, values)
    agents = _agents(observation)
    reader.bind_one("allergy.absent", absent)
    reader.bind_one("allergy.type", type_)
    reader.bind("allergy.agent", [*(a.code for a in agents), *values])
    reactions = tuple([reaction(reader, s) for s in claims.linked("MFST", ("observation",))])
    return Allergy(
        statement=observation,
        concern=concern,
        type=type_,
        absent=absent,
        agents=agents,
        values=values,
        time=first_interval(observation),
        reactions=reactions,
        severity=claims.value(reader, "severity", "severity"),
        criticality=claims.value(reader, "criticality", "allergy.criticality"),
        certainty=claims.value(reader, "certainty", "allergy.certainty"),
        status=claims.value(reader, "status", "allergy.status"),
        notes=claims.notes(),
        others=claims.rest(),
    )


def _type(observation: Statement, values: tuple[CodedValue, ...]) -> tuple[CodedValue | None, tuple[CodedValue, ...]]:
    code = observation.code
    if code is not None and code.code in LABEL_CODES and values:
        return values[0], values[1:]
    return code, values


def _agents(observation: Statement) -> tuple[Agent, ...]:
    found = []
    for participation in observation.taking_part("participant"):
        role = participation.role
        if participation.type_code == "CSM" and role is not None:
            found.append(Agent(participation, role.entity_code, first_name(role.entity_names)))
    return tuple(found)


def reaction(reader: Reader, statement: Statement) -> Reaction:
    """A manifestation with the severity that hangs below it; anything else below it stays in its statement."""
    claims = Claims(reader, statement.relations)
    values = coded_values(statement)
    reader.bind("allergy.manifestation", values)
    reader.bind_one("allergy.manifestation-category", statement.code)
    return Reaction(
        statement,
        values[0] if values else None,
        first_interval(statement),
        claims.value(reader, "severity", "severity"),
    )
