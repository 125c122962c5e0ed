"""What a rule set says, in plain values: patterns with rules, rules with lets, checks and references.

The rule: expressions are tokens as the pack wrote them; nothing here knows XSLT or files.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from cdatk.validate.schematron.xpath import Tokens


class Value(msgspec.Struct, frozen=True):
    """A hole in a message that the document fills; ``plain`` when it can only be the name of an element."""

    select: Tokens
    plain: bool


class Let(msgspec.Struct, frozen=True):
    """A variable: an expression, or XML that stands in the pack."""

    name: str
    select: Tokens
    content: str = ""


class Check(msgspec.Struct, frozen=True):
    """An assertion (kind ``assert``) or a report."""

    kind: Literal["assert", "report"]
    id: str
    role: str
    written: str  # the test as the pack wrote it
    test: Tokens
    message: tuple[str | Value, ...]
    subject: Tokens = ()


class Extends(msgspec.Struct, frozen=True):
    """The content of an abstract rule, by its id."""

    rule: str


Part = Let | Check | Extends


class Rule(msgspec.Struct, frozen=True):
    """A rule; an abstract one has no context."""

    id: str
    context: str
    role: str
    parts: tuple[Part, ...]
    subject: Tokens = ()


class Pattern(msgspec.Struct, frozen=True):
    """A pattern: of its rules the first whose context matches a node is the one that counts for it."""

    id: str
    role: str
    lets: tuple[Let, ...]
    rules: tuple[Rule, ...]
    active: bool = True


class RuleSet(msgspec.Struct, frozen=True):
    """A whole schema, with the patterns of the chosen phase marked active."""

    binding: str
    namespaces: tuple[tuple[str, str], ...]
    lets: tuple[Let, ...]
    patterns: tuple[Pattern, ...]
    abstract: dict[str, Rule]
    xslt: tuple[str, ...]  # xsl:function and xsl:key of the pack, as they stand
