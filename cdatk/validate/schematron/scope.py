"""Which variable an expression means.

The rule: the nearest definition before it counts (rule, pattern, schema); a name that a pattern does not define is
looked for in the other patterns, because published packs rely on it. Names used twice are told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cdatk.validate.schematron.rules import Let, RuleSet
from cdatk.validate.schematron.xpath import Tokens, renamed


class Scope:
    """Names of variables in the sheet, by the name the pack gives them."""

    def __init__(self, outer: Mapping[str, str], local: frozenset[str] = frozenset()) -> None:
        self._outer: Final = outer
        self._local = local

    def inner(self) -> Scope:
        """A scope within this one, for the variables of a rule."""
        return Scope(self._outer, self._local)

    def outer(self) -> Scope:
        """The scope of the pattern, without the variables of a rule."""
        return Scope(self._outer)

    def define(self, name: str) -> None:
        """From here on ``name`` is a variable of the rule."""
        self._local |= {name}

    def is_local(self, name: str) -> bool:
        """True for a variable of the rule."""
        return name in self._local

    def name(self, name: str) -> str:
        """The name in the sheet."""
        return name if name in self._local else self._outer.get(name, name)

    def resolved(self, row: Tokens) -> Tokens:
        """The expression with the names of the sheet."""
        return renamed(row, self.name)


def globals_of(rules: RuleSet) -> tuple[list[Scope], list[tuple[str, Let, Scope]]]:
    """The scope of each pattern, and every variable outside rules with its name in the sheet and its own scope."""
    taken: set[str] = set()
    lets: list[tuple[str, Let, Scope]] = []

    def defined(let: Let, names: Mapping[str, str]) -> dict[str, str]:
        name = let.name if let.name not in taken else f"_c:g{len(lets)}"
        taken.add(name)
        lets.append((name, let, Scope(names)))
        return {**names, let.name: name}

    schema: dict[str, str] = {}
    for let in rules.lets:
        schema = defined(let, schema)
    scopes = []
    for pattern in rules.patterns:
        names: dict[str, str] = dict(schema)
        for let in pattern.lets:
            names = defined(let, names)
        scopes.append(Scope(names))
    return scopes, lets
