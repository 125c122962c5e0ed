"""XPath as a row of tokens: enough to find variables, calls and steps without understanding the rest.

The rule: what is not recognised is kept as it stands; a rewritten expression means the same as the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

_NAME = r"[^\W\d][\w.\-\u00b7]*"
_TOKEN: Final = re.compile(
    rf"""(?P<space>\s+)
    |(?P<comment>\(:)
    |(?P<string>"(?:[^"]|"")*"|'(?:[^']|'')*')
    |(?P<name>Q\{{[^}}]*\}}(?:{_NAME}|\*)|\*:{_NAME}|{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<symbol>::|:=|//|\|\||!=|<=|>=|<<|>>|=>|\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_FUNCTIONS: Final = "http://www.w3.org/2005/xpath-functions"
OPENING: Final = {"(": ")", "[": "]", "{": "}"}
CLOSING: Final = frozenset(OPENING.values())
_BOUNDS: Final = frozenset({"or", "and", "return", "then", "else", "satisfies", "in"})
_COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge", "is", "<<", ">>"})
_BOOLEAN: Final = frozenset({"not", "exists", "empty", "boolean", "contains", "starts-with", "ends-with", "matches"})
_ARITHMETIC: Final = frozenset({"+", "-", "div", "idiv", "mod", "!", "=>", "||", "?"})
_SAFE_CALLS: Final = frozenset({"not", "exists", "empty", "text", "comment", "node", "_c:in", "or", "and"})
_OF_ATTRIBUTES: Final = frozenset({"concat", "string"})  # fail for several nodes, but not for attributes
_SAFE_SYMBOLS: Final = frozenset({"/", "//", "@", "[", "]", "*", ".", "..", "::", "|", "(", ")", ",", "=", "!=", "$"})


class Token(NamedTuple):
    """``kind`` is ``name``, ``string``, ``number`` or ``symbol``; ``space`` says that white space stands before it."""

    kind: str
    text: str
    space: bool = False


Tokens = tuple[Token, ...]


def tokens(expression: str) -> Tokens:
    """The tokens of an expression; comments are dropped."""
    found: list[Token] = []
    position, space = 0, False
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        assert match is not None  # the last alternative takes any character
        position = match.end()
        if match.lastgroup == "comment":
            position, space = _after_comment(expression, position), True
        elif match.lastgroup == "space":
            space = True
        else:
            found.append(Token(match.lastgroup or "", match[0], space))
            space = False
    return tuple(found)


def _after_comment(expression: str, position: int) -> int:
    depth = 1
    while depth and position < len(expression):
        step = 2 if expression[position : position + 2] in ("(:", ":)") else 1
        depth += {"(:": 1, ":)": -1}.get(expression[position : position + 2], 0)
        position += step
    return position


def text(row: Iterable[Token]) -> str:
    """The expression again, white space made single."""
    return "".join((" " if token.space else "") + token.text for token in row).strip()


def variables(row: Sequence[Token]) -> frozenset[str]:
    """Names of the variables that are mentioned, bound or free."""
    return frozenset(row[i + 1].text for i in range(len(row) - 1) if row[i].text == "$" and row[i + 1].kind == "name")


def renamed(row: Tokens, new_name: Callable[[str], str]) -> Tokens:
    """The expression with its variables called by new names."""
    return tuple(
        token._replace(text=new_name(token.text))
        if i and row[i - 1].text == "$" and row[i - 1].kind == "symbol" and token.kind == "name"
        else token
        for i, token in enumerate(row)
    )


def calls(row: Sequence[Token], name: str) -> bool:
    """True when a function of this name (any prefix) is called."""
    return any(
        row[i].kind == "name" and row[i].text.rpartition(":")[2] == name and row[i + 1].text == "("
        for i in range(len(row) - 1)
    )


def traces(namespaces: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The names by which the standard function ``trace`` may be called where these prefixes are declared."""
    prefixes = {"fn", *(prefix for prefix, uri in namespaces if prefix and uri == _FUNCTIONS)}
    return frozenset({"trace", f"Q{{{_FUNCTIONS}}}trace", *(f"{prefix}:trace" for prefix in prefixes)})


def silenced(row: Tokens, names: frozenset[str], own: str) -> Tokens:
    """The expression with our ``trace``, which gives its value and writes nothing, in place of the standard one.

    Saxon writes what it traces, perhaps the patient's data, to the terminal, and cannot be told not to.
    """
    return tuple(
        token._replace(text=f"{own}:trace")
        if token.text in names and token.kind == "name" and i + 1 < len(row) and row[i + 1].text in ("(", "#")
        else token
        for i, token in enumerate(row)
    )


def closing(row: Sequence[Token], start: int) -> int:
    """Index of the bracket that closes the one at ``start``; the end of the row when it is never closed."""
    depth = 0
    for i in range(start, len(row)):
        if row[i].kind == "symbol":
            depth += (row[i].text in OPENING) - (row[i].text in CLOSING)
            if depth == 0:
                return i
    return len(row)


def balanced(row: Sequence[Token]) -> bool:
    """True when every bracket is closed by its like."""
    waiting: list[str] = []
    for token in row:
        if token.kind == "symbol" and token.text in OPENING:
            waiting.append(OPENING[token.text])
        elif token.kind == "symbol" and token.text in CLOSING and (not waiting or waiting.pop() != token.text):
            return False
    return not waiting


def split(row: Tokens, *separators: str) -> list[Tokens]:
    """The parts between separators that stand in no bracket."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for i, token in enumerate(row):
        if token.kind == "symbol":
            depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth == 0 and token.text in separators and (token.kind == "symbol" or is_operator(row, i)):
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


def is_operator(row: Sequence[Token], i: int) -> bool:
    """True when the name at ``i`` stands where an operator is expected, not a step."""
    if i == 0 or row[i].kind != "name":
        return False
    before = row[i - 1]
    if before.kind == "symbol":
        return before.text in CLOSING or before.text in (".", "..", "*")
    return not is_operator(row, i - 1) if before.kind == "name" else True


def bound(row: Sequence[Token], i: int) -> bool:
    """True when a comparison cannot reach beyond the token at ``i``: a bracket, a comma, ``and`` …"""
    if i < 0 or i >= len(row):
        return True
    token = row[i]
    if token.kind == "symbol":
        return token.text in OPENING or token.text in CLOSING or token.text in (",", ":=")
    return token.text in _BOUNDS and (is_operator(row, i) or (i + 1 < len(row) and row[i + 1].text != "("))


def operand_start(row: Sequence[Token], operator: int) -> int:
    """Index of the first token of the operand on the left of a comparison."""
    i, depth = operator - 1, 0
    while i >= 0:
        token = row[i]
        if token.kind == "symbol" and token.text in CLOSING:
            depth += 1
        elif depth and token.kind == "symbol" and token.text in OPENING:
            depth -= 1
        elif depth == 0 and bound(row, i):
            return i + 1
        i -= 1
    return 0


def is_condition(row: Tokens) -> bool:
    """True when a predicate is certainly no number: a comparison, a path, ``not(…)`` and the like."""
    if not row or row[0].text in ("if", "for", "let") or calls(row, "position") or calls(row, "last"):
        return False
    outer = {part.text for part in _outer(row)}
    if outer & _COMPARISONS or len(split(row, "or", "and")) > 1:
        return True
    if outer & _ARITHMETIC or _multiplies(row) or row[0].kind in ("number", "string") or row[0].text in ("$", "(", "."):
        return False
    if row[0].kind == "name" and len(row) > 1 and row[1].text == "(":
        return row[0].text in _BOOLEAN and closing(row, 1) == len(row) - 1
    return not any(token.text == "(" for token in _outer(row))


def _multiplies(row: Tokens) -> bool:
    return any(
        row[i].text == "*" and (row[i - 1].kind != "symbol" or row[i - 1].text in CLOSING) for i in range(1, len(row))
    )


def is_safe(row: Tokens) -> bool:
    """True when no evaluation can fail: paths, comparisons with texts, ``and``, ``or``, ``not`` and the like."""
    for i, token in enumerate(row):
        if token.kind == "number" or (token.kind == "symbol" and token.text not in _SAFE_SYMBOLS):
            return False
        if token.kind != "name":
            continue
        if i and row[i - 1].text == "$":
            if not token.text.startswith("_c:"):
                return False
        elif i + 1 < len(row) and row[i + 1].text == "(" and not _is_safe_call(row, i):
            return False
    return True


def _is_safe_call(row: Tokens, i: int) -> bool:
    if row[i].text in _OF_ATTRIBUTES:
        inside = row[i + 2 : closing(row, i + 1)]
        return all(token.kind != "name" or inside[k - 1].text == "@" for k, token in enumerate(inside))
    return row[i].text in _SAFE_CALLS or is_operator(row, i)


def _outer(row: Tokens) -> list[Token]:
    """The tokens that stand in no bracket, with the opening brackets."""
    found, depth = [], 0
    for token in row:
        if token.kind == "symbol" and token.text in CLOSING:
            depth -= 1
        elif depth == 0:
            found.append(token)
        if token.kind == "symbol" and token.text in OPENING:
            depth += 1
    return found
