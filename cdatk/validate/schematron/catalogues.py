"""Catalogues that rules read with ``doc('…')``: taken into the compiled rules, so that a run opens no file.

The rule: only a file of the pack named by a literal is read; a comparison with a list of values in it becomes a
look-up that has the same result, every other use gets the whole document.
"""

from __future__ import annotations

import posixpath
from typing import Final

from cdatk.validate.schematron.pack import Pack
from cdatk.validate.schematron.xpath import Token, Tokens, bound, calls, closing, operand_start, text, tokens

_DOC: Final = frozenset({"doc", "fn:doc", "document", "fn:document"})
_AXES_END: Final = "::"
_DYNAMIC: Final = ("doc", "document", "current", "key")
_TEXTS: Final = frozenset({"concat", "string", "normalize-space", "upper-case", "lower-case", "substring", "replace"})


class Catalogues:
    """Collects what the expressions of one rule set read.

    ``own`` is the prefix of our functions in the sheet. ``sets`` holds (file, path) of each list of values,
    ``documents`` the files that are needed whole.
    """

    def __init__(self, pack: Pack, folder: str, own: str) -> None:
        self._pack: Final = pack
        self._folder: Final = folder
        self._own: Final = own
        self._found: dict[str, str | None] = {}
        self.sets: dict[tuple[str, str], int] = {}
        self.documents: dict[str, int] = {}

    def resolve(self, row: Tokens) -> Tokens:
        """The expression without any call that opens a file of the pack."""
        i = 0
        while i < len(row):
            name = _literal_call(row, i, _DOC)
            if name is not None:
                row, i = self._document(row, i, name)
                continue
            available = _literal_call(row, i, frozenset({"doc-available", "fn:doc-available"}))
            if available is not None:
                row = (*row[:i], *tokens("true()" if self._file(available) else "false()"), *row[i + 4 :])
            i += 1
        return row

    def _document(self, row: Tokens, i: int, name: str) -> tuple[Tokens, int]:
        """Replace the call at ``i``; the second value is where to go on."""
        file = self._file(name)
        if file is None:
            missing = tokens(f" {self._own}:missing('{posixpath.basename(name)}')")
            return (*row[:i], *missing, *row[i + 4 :]), i + len(missing)
        end = _path_end(row, i + 4)
        path = row[i + 4 : end]
        opening, after = _unwrapped(row, i, end)
        operator = opening - 1
        if _is_list(path) and operator > 0 and row[operator].text == "=" and bound(row, after):
            number = self.sets.setdefault((file, text(path)), len(self.sets))
            start = operand_start(row, operator)
            look_up = tokens(f" {self._own}:in(")
            rest = tokens(f", ${self._own}:set{number})")
            new = (*row[:start], *look_up, *row[start:operator], *rest, *row[after:])
            return new, start + len(look_up) + (operator - start) + len(rest)
        number = self.documents.setdefault(file, len(self.documents))
        return (*row[:i], *tokens(f" ${self._own}:doc{number}"), *row[i + 4 :]), i + 2

    def _file(self, name: str) -> str | None:
        """The name of the file in the pack: beside the rule set; None when there is none.

        Raises PackError when the name leads out of the pack.
        """
        if name not in self._found:
            file = posixpath.normpath(posixpath.join(self._folder, name))
            there = "://" not in name and not name.startswith("file:") and self._pack.read(file) is not None
            self._found[name] = file if there else None
        return self._found[name]


def _literal_call(row: Tokens, i: int, names: frozenset[str]) -> str | None:
    """The literal argument of a call at ``i`` of one of these functions."""
    if i + 3 >= len(row) or row[i].text not in names or row[i].kind != "name":
        return None
    if row[i + 1].text != "(" or row[i + 2].kind != "string" or row[i + 3].text != ")":
        return None
    if i and row[i - 1].text in ("/", "//", "@", "$"):
        return None
    quote = row[i + 2].text[0]
    return row[i + 2].text[1:-1].replace(quote * 2, quote)


def _path_end(row: Tokens, i: int) -> int:
    """Index after the steps and predicates that follow a primary expression at ``i``."""
    while i < len(row) and row[i].kind == "symbol" and row[i].text in ("/", "//", "["):
        i = closing(row, i) + 1 if row[i].text == "[" else _step_end(row, i + 1)
    return min(i, len(row))


def _step_end(row: Tokens, i: int) -> int:
    if i + 1 < len(row) and row[i + 1].text == _AXES_END:
        i += 2
    if i < len(row) and row[i].text == "@":
        i += 1
    i += 1
    if i < len(row) and row[i].text == "(" and row[i - 1].kind == "name":
        i = closing(row, i) + 1
    return i


def _is_list(path: Tokens) -> bool:
    """True when a path gives the same texts in whatever document the rules run on."""
    if not path or any(t.text == "$" for t in path) or any(calls(path, name) for name in _DYNAMIC):
        return False
    last = len(path) - 1
    while last > 0 and path[last].text in (")", "]"):
        last = _opening(path, last) - 1
    return path[last].kind == "name" and (path[last + 1 :][:1] != (Token("symbol", "("),) or path[last].text in _TEXTS)


def _opening(row: Tokens, end: int) -> int:
    return next(i for i in range(end, -1, -1) if row[i].text in ("(", "[") and closing(row, i) == end)


def _unwrapped(row: Tokens, start: int, end: int) -> tuple[int, int]:
    """Bounds of an operand with the brackets that hold nothing but it."""
    while start > 0 and end < len(row) and row[start - 1].text == "(" and row[end].text == ")":
        if start > 1 and row[start - 2].kind == "name":
            break
        start, end = start - 1, end + 1
    return start, end
