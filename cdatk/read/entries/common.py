"""Small questions that all typed readers ask of statements.

The rule: a nested statement is claimed once; what nobody claims stays in ``others``.
"""

from __future__ import annotations

from collections.abc import Iterable

from cdatk.model import CodedValue, Interval, Name, Note, Relation, Statement
from cdatk.read.reader import Reader


class Claims:
    """The nested statements of one statement, sorted by what they are as they are claimed."""

    __slots__ = ("_open",)

    def __init__(self, reader: Reader, relations: Iterable[Relation]) -> None:
        # Often none: every question below asks for that first.
        self._open = [(reader.label(relation.statement), relation) for relation in relations]

    def __bool__(self) -> bool:
        return bool(self._open)

    def labelled(self, field: str) -> list[Statement]:
        """Claim the statements that carry this label."""
        taken = [relation.statement for label, relation in self._open if label == field] if self._open else []
        if taken:
            self._open = [pair for pair in self._open if pair[0] != field]
        return taken

    def notes(self, field: str = "note") -> tuple[Note, ...]:
        """Claim the comments or instructions that carry this label."""
        return tuple([note(statement) for statement in self.labelled(field)]) if self._open else ()

    def linked(self, type_code: str, kinds: tuple[str, ...]) -> list[Statement]:
        """Claim the unlabelled statements that hang by this type code and are of these kinds."""
        taken: list[Statement] = []
        left = []
        for pair in self._open:
            relation = pair[1]
            if relation.type_code == type_code and relation.statement.kind in kinds:
                taken.append(relation.statement)
            else:
                left.append(pair)
        if taken:
            self._open = left
        return taken

    def value(self, reader: Reader, field: str, path: str) -> CodedValue | None:
        """Claim the statement with this label and return its coded value; further ones stay unclaimed."""
        found = self.labelled(field) if self._open else []
        if not found:
            return None
        self._open.extend([("", Relation(extra)) for extra in found[1:]])
        values = coded_values(found[0])
        if not values:
            self._open.append(("", Relation(found[0])))
            return None
        reader.bind(path, values)
        return values[0]

    def rest(self) -> tuple[Statement, ...]:
        """What nobody claimed."""
        return tuple([relation.statement for _, relation in self._open]) if self._open else ()


Observed = tuple[Statement, Statement | None, tuple[Relation, ...]]


def observed(reader: Reader, root: Statement) -> tuple[Observed, ...]:
    """What an allergy or problem entry is about: (observation, its concern act, what hangs beside it).

    The root is a bare observation, or a concern act around one or more; what hangs beside the observations goes with
    the first. () for any other structure.
    """
    if root.kind == "observation":
        return ((root, None, ()),)
    if root.kind != "act":
        return ()
    main: list[Relation] = []
    beside: list[Relation] = []
    for relation in root.relations:
        bare = relation.statement.kind == "observation" and not reader.label(relation.statement)
        (main if bare else beside).append(relation)
    return tuple([(r.statement, root, tuple(beside) if n == 0 else ()) for n, r in enumerate(main)])


def coded_values(statement: Statement) -> tuple[CodedValue, ...]:
    """The coded ones among the values of a statement."""
    values = statement.values
    return tuple([v for v in values if isinstance(v, CodedValue)]) if values else ()


def first_interval(statement: Statement) -> Interval | None:
    """The first effectiveTime that is a moment or an interval."""
    for time in statement.times:
        if isinstance(time, Interval):
            return time
    return None


def first_name(names: tuple[Name, ...]) -> str:
    """Text of the first name that has any."""
    return next((name.text for name in names if name.text), "")


def note(statement: Statement) -> Note:
    """A comment or an instruction: its words, inline or from the narrative."""
    return Note(statement, statement.text.text if statement.text is not None else "")
