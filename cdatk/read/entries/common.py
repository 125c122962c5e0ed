"""Small questions that all typed readers ask of statements.

The rule: a nested statement is claimed once; what nobody claims stays in ``others``.
"""

from __future__ import annotations

from collections.abc import Iterable

from cdatk.model import CodedValue, Interval, Name, Note, Relation, Statement
from cdatk.read.reader import Reader


class Claims:
    """The nested statements of one statement, sorted by what they are as they are claimed."""

    __slots__ = ("_labels", "_open")

    def __init__(self, reader: Reader, relations: Iterable[Relation]) -> None:
        self._open = list(relations)  # often none: every question below asks for that first
        self._labels = [reader.label(relation.statement) for relation in self._open]

    def labelled(self, field: str) -> list[Statement]:
        """Claim the statements that carry this label."""
        if field not in self._labels:
            return []
        taken = [r.statement for r, label in zip(self._open, self._labels, strict=True) if label == field]
        if taken:
            kept = [(r, label) for r, label in zip(self._open, self._labels, strict=True) if label != field]
            self._open = [r for r, _ in kept]
            self._labels = [label for _, label in kept]
        return taken

    def linked(self, type_code: str, kinds: tuple[str, ...]) -> list[Statement]:
        """Claim the unlabelled statements that hang by this type code and are of these kinds."""
        if not self._open:
            return []
        taken = [r for r in self._open if r.type_code == type_code and r.statement.kind in kinds]
        if taken:
            pairs = zip(self._open, self._labels, strict=True)
            kept = [(r, label) for r, label in pairs if not any(r is t for t in taken)]
            self._open = [r for r, _ in kept]
            self._labels = [label for _, label in kept]
        return [r.statement for r in taken]

    def value(self, reader: Reader, field: str, path: str) -> CodedValue | None:
        """Claim the statement with this label and return its coded value; further ones stay unclaimed."""
        found = self.labelled(field)
        for extra in found[1:]:
            self._open.append(Relation(extra))
            self._labels.append("")
        if not found:
            return None
        values = coded_values(found[0])
        if not values:
            self._open.append(Relation(found[0]))
            self._labels.append("")
            return None
        reader.bind(path, values)
        return values[0]

    def rest(self) -> tuple[Statement, ...]:
        """What nobody claimed."""
        return tuple(relation.statement for relation in self._open)


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
    main = [r for r in root.relations if r.statement.kind == "observation" and not reader.label(r.statement)]
    beside = tuple(r for r in root.relations if not any(r is m for m in main))
    return tuple((r.statement, root, beside if n == 0 else ()) for n, r in enumerate(main))


def coded_values(statement: Statement) -> tuple[CodedValue, ...]:
    """The coded ones among the values of a statement."""
    return tuple(v for v in statement.values if isinstance(v, CodedValue))


def first_interval(statement: Statement) -> Interval | None:
    """The first effectiveTime that is a moment or an interval."""
    return next((t for t in statement.times if isinstance(t, Interval)), None)


def first_name(names: tuple[Name, ...]) -> str:
    """Text of the first name that has any."""
    return next((name.text for name in names if name.text), "")


def note(statement: Statement) -> Note:
    """A comment or an instruction: its words, inline or from the narrative."""
    return Note(statement, statement.text.text if statement.text is not None else "")
