"""Problems, active or past: E.15 > E.7.

The rule: every coded value of the observation is a diagnosis, whatever its code system (ICD-10, Orphanet, a national
list); text without a code stays a problem too.
"""

from __future__ import annotations

from cdatk.model import Item, Problem, Relation, Statement
from cdatk.read.entries.common import Claims, coded_values, first_interval, observed
from cdatk.read.reader import Reader


def read_problems(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """One item per problem observation of a concern act, or of a bare observation."""
    return tuple([_problem(reader, *found) for found in observed(reader, root)])


def _problem(
    reader: Reader, observation: Statement, concern: Statement | None, beside: tuple[Relation, ...]
) -> Problem:
    claims = Claims(reader, (*observation.relations, *beside))
    values = coded_values(observation)
    absent = reader.absence(values)
    if absent is not None:
        values = tuple([v for v in values if v is not absent])
    reader.bind("problem.value", values)
    reader.bind_one("problem.absent", absent)
    reader.bind_one("problem.category", observation.code)
    professionals = claims.labelled("professional")
    return Problem(
        statement=observation,
        concern=concern,
        category=observation.code,
        absent=absent,
        values=values,
        time=first_interval(observation),
        status=claims.value(reader, "status", "problem.status"),
        outcome=claims.value(reader, "outcome", "problem.outcome"),
        severity=claims.value(reader, "severity", "severity"),
        certainty=claims.value(reader, "certainty", "problem.certainty"),
        professionals=tuple([p for s in professionals for p in s.taking_part("performer")]),
        references=observation.references,
        notes=claims.notes(),
        others=claims.rest(),
    )
