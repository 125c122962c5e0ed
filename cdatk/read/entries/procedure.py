"""Procedures: E.26.

The rule: a procedure is what ``code`` says; negation stays on the statement.
"""

from __future__ import annotations

from cdatk.model import Item, Procedure, Statement
from cdatk.read.entries.common import Claims, first_interval
from cdatk.read.entries.medication import reason
from cdatk.read.reader import Reader


def read_procedure(reader: Reader, root: Statement, kind: str) -> tuple[Item, ...]:
    """The procedure of a procedure element; an act with a code is read alike (older documents)."""
    if root.kind != "procedure" and (root.kind != "act" or root.code is None):
        return ()
    claims = Claims(reader, root.relations)
    absent = root.code if reader.is_absence(root.code) else None
    sites = root.coded_as("targetSiteCode")
    if absent is None:
        reader.bind_one("procedure.code", root.code)
    reader.bind_one("procedure.absent", absent)
    reader.bind("procedure.site", sites)
    return (
        Procedure(
            statement=root,
            code=None if absent is not None else root.code,
            absent=absent,
            time=first_interval(root),
            sites=sites,
            performers=root.taking_part("performer"),
            reasons=tuple([reason(reader, s) for s in claims.linked("RSON", ("observation",))]),
            notes=claims.notes(),
            others=claims.rest(),
        ),
    )
