"""Observations: results, vital signs, social history, pregnancy, functional status, travel.

The rule: an organizer is one finding with parts; a nested observation is a part of the one it hangs on, so that an
expected delivery date stays with the pregnancy.
"""

from __future__ import annotations

from cdatk.model import CodedValue, Finding, Item, Quantity, Statement
from cdatk.read.entries.common import Claims, coded_values, first_interval
from cdatk.read.reader import Reader

BLOOD_GROUP = "34530-6"
CURRENT_PREGNANCY = "82810-3"
PART_LINKS = ("COMP", "SUBJ", "REFR", "SPRT", "CAUS", "")


def read_finding(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """The finding of an observation or an organizer."""
    return (_finding(reader, root, kind),) if root.kind in ("observation", "organizer") else ()


def _finding(reader: Reader, statement: Statement, kind: str) -> Finding:
    claims = Claims(reader, statement.relations)
    notes = claims.notes()
    parts: list[Finding] = []
    for link in PART_LINKS if claims else ():
        parts += [_finding(reader, s, kind) for s in claims.linked(link, ("observation", "organizer"))]
    _bind(reader, statement, kind)
    return Finding(
        statement=statement,
        code=statement.code,
        time=first_interval(statement),
        parts=tuple(parts),
        notes=notes,
        others=claims.rest(),
    )


def _bind(reader: Reader, statement: Statement, kind: str) -> None:
    """Which value sets hold here: by the kind of the section and, within pregnancy and results, by the code."""
    if statement.kind == "organizer":
        return
    code = statement.code.code if statement.code is not None else ""
    values = coded_values(statement)
    match kind:
        case "social-history":
            reader.bind_one("social-history.code", statement.code)
        case "vital-sign":
            reader.bind_one("vital-sign.code", statement.code)
        case "result" if code == BLOOD_GROUP:
            reader.bind("result.blood-group", values)
        case "pregnancy" if code == CURRENT_PREGNANCY:
            reader.bind("pregnancy.status", values)
        case "pregnancy" if any(isinstance(v, Quantity) for v in statement.values):
            reader.bind_one("pregnancy.outcome", statement.code)
        case "pregnancy" if not values:
            _bind_date(reader, statement.code)


def _bind_date(reader: Reader, code: CodedValue | None) -> None:
    if code is not None and code.code in ("11778-8", "11779-6", "11780-4"):
        reader.bind_one("pregnancy.date-kind", code)
