"""Contexts of rules as sets of nodes, found from the root down instead of asking every node of the document.

The rule: a set holds exactly the nodes that match the context read as an XSLT pattern. Steps that several contexts
begin with are taken once; where no element has the template id a context asks for, all that follows is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from cdatk.validate.schematron.xpath import (
    Token,
    Tokens,
    calls,
    closing,
    is_condition,
    split,
    text,
)  # fmt: skip

ANYTHING: Final = ""  # the name of what may match any node
ROOT: Final = "/"  # the name of the document itself
_KINDS: Final = frozenset({"text", "comment", "node", "processing-instruction", "element", "attribute"})
_ROOTED: Final = frozenset({"key", "id", "element-with-id", "root"})
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
    """Collects the node sets of one rule set.

    ``own`` is the prefix of our names in the sheet, ``refer`` how a set is referred to by its name. ``selects`` gives
    for each set its expression.
    """

    def __init__(self, own: str, refer: Callable[[str], str]) -> None:
        self._own: Final = own
        self._refer: Final = refer
        self.selects: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def nodes(self, context: Tokens) -> tuple[str, str]:
        """The expression of the set of nodes, and the one name they all have (``ANYTHING`` when it is not known)."""
        variables, names = [], set()
        for part in split(context, "|", "union"):
            steps = None if calls(part, "current") else _steps(part)
            variables.append(self._whole(part) if steps is None else self._chain(steps))
            names.add(ANYTHING if steps is None else _name(steps))
        name = names.pop() if len(names) == 1 else ANYTHING
        return (variables[0] if len(variables) == 1 else f"({' | '.join(variables)})"), name

    def _whole(self, pattern: Tokens) -> str:
        """The variable for a pattern that is no plain path: the nodes that it selects from any place as XPath.

        ``current()`` in it is the node in question: each node that may be meant is tried.
        """
        document = f"${self._own}:document"
        rooted = pattern[0].text in ("/", "//", "$") or (pattern[0].text in _ROOTED and pattern[1].text == "(")
        if not calls(pattern, "current"):
            return self._variable(text(pattern), f"{document}{'/' if rooted else '//'}({text(pattern)})")
        current = f"${self._own}:current"
        steps = _steps(pattern)
        candidates = f"{document}//{text(steps[-1].test)}" if steps else f"({document}//node(), {document}//@*)"
        path = f"{document}{'/' if rooted else '//'}({text(_with_current(pattern, current))})"
        return self._variable(text(pattern), f"for {current} in {candidates} return {current}[. intersect ({path})]")

    def _chain(self, chain: tuple[Step, ...]) -> str:
        """The variable that holds the nodes of a path; one variable a step."""
        variable = self._variable("/", f"${self._own}:document")
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
        every = self._variable(f"//{name}", f"${self._own}:document//{name}")
        return f"{every}{''.join(f'[{text(p)}]' for p in inner[0].predicates)}/parent::*"

    def _variable(self, key: str, select: str) -> str:
        if key not in self._known:
            name = f"{self._own}:n{len(self._known)}"
            self._known[key] = self._refer(name)
            self.selects[name] = select
        return self._known[key]


def _with_current(row: Tokens, name: str) -> Tokens:
    """The expression with a variable in the place of ``current()``."""
    found: list[Token] = []
    i = 0
    while i < len(row):
        if row[i].text in ("current", "fn:current") and text(row[i + 1 : i + 3]) == "()":
            found += [Token("name", name, row[i].space)]
            i += 3
        else:
            found.append(row[i])
            i += 1
    return tuple(found)


def _is_name(test: Tokens) -> bool:
    return len(test) == 1 and test[0].kind == "name" and not test[0].text.startswith("*:")


def _name(chain: tuple[Step, ...]) -> str:
    """The name of the elements a path ends in; ANYTHING for other tests."""
    if not chain:
        return ROOT
    if not _is_name(chain[-1].test) or chain[-1].test[0].text.endswith(":*"):
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
