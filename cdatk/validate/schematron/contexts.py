"""Contexts of rules as sets of nodes, found from the root down instead of asking every node of the document.

The rule: a set holds exactly the nodes that match the context read as an XSLT pattern. Steps that several contexts
begin with are taken once; where no element has the template id a context asks for, all that follows is empty.
"""

from __future__ import annotations

from typing import Final

import msgspec

from cdatk.validate.schematron.xpath import (
    Token, Tokens, calls, closing, is_condition, split, text, tokens,
)  # fmt: skip

ANYTHING: Final = ""  # the name of what may match any node
_KINDS: Final = frozenset({"text", "comment", "node", "processing-instruction", "element", "attribute"})
_AXES: Final = frozenset({"child", "attribute"})


class Step(msgspec.Struct, frozen=True):
    """A step: what stands before it (``/``, ``//`` or nothing), the node test, and the predicates."""

    before: str
    test: Tokens
    predicates: tuple[Tokens, ...]

    @property
    def written(self) -> str:
        """The step as XPath."""
        return text(self.test) + "".join(f"[{text(p)}]" for p in self.predicates)


class Contexts:
    """Collects the node sets of one rule set. ``own`` is the prefix of our variables in the sheet.

    ``selects`` gives for each variable its expression; ``matches`` for each the pattern where no expression could be
    found, to be matched node by node.
    """

    def __init__(self, own: str) -> None:
        self._own: Final = own
        self.selects: dict[str, str] = {}
        self.matches: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def nodes(self, context: Tokens) -> tuple[str, str]:
        """The expression of the set of nodes, and the one name they all have (``ANYTHING`` when it is not known)."""
        alternatives = split(context, "|", "union")
        steps = [_steps(part) for part in alternatives]
        if any(part is None for part in steps) or calls(context, "current"):
            return self._matched(context), ANYTHING
        chains = [part for part in steps if part is not None]
        variables = [self._chain(chain) for chain in chains]
        names = {_name(chain) for chain in chains}
        name = names.pop() if len(names) == 1 else ANYTHING
        return (variables[0] if len(variables) == 1 else f"({' | '.join(variables)})"), name

    def _chain(self, chain: tuple[Step, ...]) -> str:
        """The variable that holds the nodes of a path; one variable a step."""
        variable = self._variable("/", "/")
        key = "/"
        for number, step in enumerate(chain):
            before = step.before or "//"
            key += f"{before} {step.written} "
            select = f"{variable}{before}{step.written}"
            if number == 0 and before == "//":
                select = self._parents(step) or select
            variable = self._variable(key, select)
        return variable

    def _parents(self, step: Step) -> str:
        """For a first step ``*[x[…]]``: the parents of such x, which are found by name; "" for another step."""
        if text(step.test) != "*" or len(step.predicates) != 1:
            return ""
        inner = _steps(step.predicates[0])
        if inner is None or len(inner) != 1 or inner[0].before or not _is_name(inner[0].test):
            return ""
        if not all(is_condition(predicate) for predicate in inner[0].predicates):
            return ""
        name = text(inner[0].test)
        every = self._variable(f"//{name}", f"//{name}")
        return f"{every}{''.join(f'[{text(p)}]' for p in inner[0].predicates)}/parent::*"

    def _variable(self, key: str, select: str) -> str:
        if key not in self._known:
            name = f"{self._own}:n{len(self._known)}"
            self._known[key] = f"${name}"
            self.selects[name] = select
        return self._known[key]

    def _matched(self, context: Tokens) -> str:
        key = f"match {text(context)}"
        if key not in self._known:
            name = f"{self._own}:n{len(self._known)}"
            self._known[key] = f"${name}"
            self.matches[name] = text(context)
        return self._known[key]


def _is_name(test: Tokens) -> bool:
    return len(test) == 1 and test[0].kind == "name" and not test[0].text.startswith("*:")


def _name(chain: tuple[Step, ...]) -> str:
    """The name of the elements a path ends in; ANYTHING for other tests."""
    if not chain or not _is_name(chain[-1].test) or chain[-1].test[0].text.endswith(":*"):
        return ANYTHING
    return chain[-1].test[0].text


def _steps(row: Tokens) -> tuple[Step, ...] | None:
    """The steps of a path along child and attribute axes; None for any other pattern. ``/`` alone has none."""
    if len(row) == 1 and row[0].text == "/":
        return ()
    found: list[Step] = []
    i = 0
    while i < len(row):
        before = row[i].text if row[i].text in ("/", "//") else ""
        if not before and found:
            return None
        i += bool(before)
        end = _test_end(row, i)
        if end is None:
            return None
        test = row[i:end]
        predicates = []
        while end < len(row) and row[end].text == "[":
            close = closing(row, end)
            predicates.append(row[end + 1 : close])
            end = close + 1
        found.append(Step(before, test, tuple(predicates)))
        i = end
    return tuple(found) or None


def _test_end(row: Tokens, i: int) -> int | None:
    """Index after the node test at ``i``; None when there stands something else."""
    if i + 1 < len(row) and row[i + 1].text == "::":
        if row[i].text not in _AXES:
            return None
        i += 2
    if i < len(row) and row[i].text == "@":
        i += 1
    if i >= len(row) or not (row[i].kind == "name" or row[i] == Token("symbol", "*", row[i].space)):
        return None
    if i + 1 < len(row) and row[i + 1].text == "(":
        return closing(row, i + 1) + 1 if row[i].text in _KINDS else None
    return i + 1


def context_tokens(context: str) -> Tokens:
    """The tokens of a context."""
    return tokens(context)
