"""The XSLT of a rule set: sets of nodes, then for each pattern its rules, each with its checks.

The rule: a node is judged by the first rule of a pattern that matches it (ISO/IEC 19757-3, 6.5). Equal expressions
are compiled once, and abstract rules once, however many rules extend them: that is what makes large packs quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

import msgspec

from cdatk.validate.schematron.catalogues import Catalogues
from cdatk.validate.schematron.contexts import ANYTHING, Contexts
from cdatk.validate.schematron.errors import PackError
from cdatk.validate.schematron.rules import Check, Extends, Let, Part, Pattern, Rule, RuleSet, Value
from cdatk.validate.schematron.scope import Scope, globals_of
from cdatk.validate.schematron.xpath import Tokens, balanced, calls, is_safe, silenced, text, tokens, traces, variables

OWN: Final = "_c"
FAILED: Final = "cdatk-failed"  # begins a message of the sheet
NAMESPACES: Final = (
    ("_x", "http://www.w3.org/1999/XSL/Transform"),
    (OWN, "urn:cdatk:schematron"),
    ("_xs", "http://www.w3.org/2001/XMLSchema"),
    ("_map", "http://www.w3.org/2005/xpath-functions/map"),
    ("_err", "http://www.w3.org/2005/xqt-errors"),
)
_OLD: Final = frozenset({"xslt", "xslt1"})  # bindings whose expressions mean what XPath 1.0 says

# Nothing that fails may reach Saxon's own error output, which quotes the document.
_STOPPED: Final = '<_x:catch errors="*"><stopped code="{$_err:code}"/></_x:catch>'


class Written(msgspec.Struct, frozen=True):
    """A sheet and what its numbers mean: checks by number, rules by number, each with its pattern and its number."""

    sheet: str
    checks: tuple[Check, ...]
    rules: tuple[tuple[int, Pattern, Rule], ...]


class SheetWriter:
    """Writes the sheet of one rule set. ``careful`` keeps an expression that fails from stopping the others."""

    def __init__(self, rules: RuleSet, catalogues: Catalogues, careful: bool = False) -> None:
        self._set: Final = rules
        self._catalogues: Final = catalogues
        self._careful: Final = careful
        self._traces: Final = traces(rules.namespaces)
        self._compat: Final = ' version="1.0"' if rules.binding in _OLD else ""
        self._contexts: Final = Contexts(OWN, self._set_of)
        self._checks: dict[Check, int] = {}
        self._rules: list[tuple[int, Pattern, Rule]] = []
        self._pool: dict[tuple[str, str], str] = {}
        self._templates: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        self._declared: list[str] = []
        self._judged = 0
        self._functions = 0

    def write(self, runtime: str) -> Written:
        """The sheet, with the declarations ``runtime`` in it. Raises PackError."""
        scopes, lets = globals_of(self._set)
        for name, let, scope in lets:
            self._declared.append(self._global(name, let, scope))
        body = [
            line
            for number, (pattern, scope) in enumerate(zip(self._set.patterns, scopes, strict=True))
            if pattern.active
            for line in self._pattern(number, pattern, scope)
        ]
        sheet = [self._head(), runtime, *self._set.xslt, *self._parameters(), *self._declared, *self._sets()]
        sheet += ['<_x:template match="/"><_x:try><result>', *body, "</result>", _STOPPED, "</_x:try></_x:template>"]
        sheet += ["</_x:stylesheet>"]
        return Written("\n".join(sheet), tuple(self._checks), tuple(self._rules))

    def _head(self) -> str:
        own = dict(NAMESPACES)
        given = {p: u for p, u in self._set.namespaces if p not in ("", "xml")}
        if own.keys() & given.keys():
            raise PackError("unsupported", f"ns {sorted(own.keys() & given.keys())[0]}")
        spaces = " ".join(f"xmlns:{p}={quoteattr(u)}" for p, u in {**own, **given}.items())
        prefixes = " ".join(sorted({**own, **given}))
        return f'<_x:stylesheet version="3.0" exclude-result-prefixes="{prefixes}" {spaces}>'

    def _parameters(self) -> Iterator[str]:
        for number in self._catalogues.sets.values():
            yield f'<_x:param name="{OWN}:set{number}" as="map(*)" required="yes"/>'
        for number in self._catalogues.documents.values():
            yield f'<_x:param name="{OWN}:doc{number}" as="node()" required="yes"/>'

    def _sets(self) -> Iterator[str]:
        """Declarations of the node sets of the contexts."""
        for name, select in self._contexts.selects.items():
            yield self._set_declared(name, select)

    def _set_declared(self, name: str, select: str) -> str:
        """A set is a variable, found once; in a careful sheet a function, whose errors can be told rule by rule."""
        if self._careful:
            return f'<_x:function name="{name}" as="node()*"><_x:sequence select={quoteattr(select)}/></_x:function>'
        if is_safe(tokens(select)):
            return f'<_x:variable name="{name}" as="node()*" select={quoteattr(select)}/>'
        return self._tried(name, "node()*", select, _message("set"))

    def _tried(self, name: str, kind: str, select: str, caught: str) -> str:
        """A variable outside templates whose errors are caught: beyond it they could not be.

        Its expression stands in a function, because Saxon puts some expressions off until the try is over.
        """
        self._functions += 1
        function = f"{OWN}:e{self._functions}"
        body = f"<_x:sequence{self._compat} select={quoteattr(select)}/>"
        return (
            f'<_x:function name="{function}" as="{kind}">{body}</_x:function>'
            f'<_x:variable name={quoteattr(name)} as="{kind}"><_x:try select="{function}()">'
            f'<_x:catch errors="*">{caught}</_x:catch></_x:try></_x:variable>'
        )

    def _set_of(self, name: str) -> str:
        return f"{name}()" if self._careful else f"${name}"

    def _pattern(self, number: int, pattern: Pattern, scope: Scope) -> Iterator[str]:
        """The rules of a pattern; of those that may match the same nodes each leaves out what an earlier one took."""
        found = []
        for rule in pattern.rules:
            found.append((rule, *self._contexts.nodes(self._own(tokens(rule.context), scope))))
        alone = all(name != ANYTHING for _, _, name in found)
        taken: dict[str, str] = {}
        for rule, nodes, name in found:
            group = name if alone else ANYTHING
            before = taken.get(group)
            self._rules.append((number, pattern, rule))
            yield self._rule(rule, f"{nodes} except {before}" if before else nodes, scope)
            taken[group] = self._taken(nodes, before)

    def _taken(self, nodes: str, before: str | None) -> str:
        """The nodes that are judged when a rule is through; a new variable where two sets come together."""
        if before is None:
            return nodes
        self._judged += 1
        name = f"{OWN}:d{self._judged}"
        self._declared.append(self._set_declared(name, f"{before} | {nodes}"))
        return self._set_of(name)

    def _rule(self, rule: Rule, nodes: str, scope: Scope) -> str:
        number = len(self._rules) - 1
        body = "".join(self._parts(rule, scope.inner(), ()))
        each = f'<_x:for-each select={quoteattr(nodes)}><r i="{number}">{body}</r></_x:for-each>'
        return self._guarded(each, f'r="{number}"')

    def _parts(self, rule: Rule, scope: Scope, chain: tuple[str, ...]) -> Iterator[str]:
        """The content of a rule; ``scope`` takes up the variables on the way."""
        for number, part in enumerate(rule.parts):
            if isinstance(part, Let):
                yield self._variable(part.name, part, scope)
                scope.define(part.name)
            elif isinstance(part, Check):
                yield self._check(part, rule, scope)
            else:
                yield from self._extended(part, rule.parts[number + 1 :], scope, chain)

    def _extended(self, part: Extends, later: tuple[Part, ...], scope: Scope, chain: tuple[str, ...]) -> Iterator[str]:
        """An abstract rule: called where it is the same for everybody, written out where variables are shared."""
        abstract = self._abstract(part, chain)
        needs, gives = self._shared(abstract, (*chain, part.rule))
        used, _ = self._shared(Rule("", "", "", later), chain)
        chain = (*chain, part.rule)
        if any(scope.is_local(name) for name in needs) or gives & used:
            yield from self._parts(abstract, scope, chain)
            return
        key = (part.rule, tuple(sorted((name, scope.name(name)) for name in needs)))
        if key not in self._templates:
            self._templates[key] = f"{OWN}:r{len(self._templates)}"
            body = "".join(self._parts(abstract, scope.outer().inner(), chain))
            self._declared.append(f'<_x:template name="{self._templates[key]}">{body}</_x:template>')
        yield f'<_x:call-template name="{self._templates[key]}"/>'

    def _shared(self, rule: Rule, chain: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        """Variables a rule needs from outside, and those it defines, extended rules included."""
        needs: set[str] = set()
        gives: set[str] = set()
        for part in rule.parts:
            if isinstance(part, Extends):
                more, given = self._shared_by_extended(part, chain)
            else:
                more, given = _mentioned(part), frozenset({part.name} if isinstance(part, Let) else ())
            needs |= more - gives
            gives |= given
        return frozenset(needs), frozenset(gives)

    def _shared_by_extended(self, part: Extends, chain: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        return self._shared(self._abstract(part, chain), (*chain, part.rule))

    def _abstract(self, part: Extends, chain: tuple[str, ...]) -> Rule:
        """The abstract rule that is meant. Raises PackError when there is none, or when it extends itself."""
        if part.rule in chain:
            raise PackError("circular", part.rule)
        if part.rule not in self._set.abstract:
            raise PackError("extends", part.rule)
        return self._set.abstract[part.rule]

    def _check(self, check: Check, rule: Rule, scope: Scope) -> str:
        number = self._checks.setdefault(check, len(self._checks))
        test = self._pooled(check.test, scope, "t", "boolean")
        values = [self._pooled(v.select, scope, "v", "text") for v in check.message if isinstance(v, Value)]
        subject = text(self._own(check.subject or rule.subject, scope))
        node = f"({subject}, .)[1]" if subject else "."
        said = f"{OWN}:say({node}, {number}{', (' + ', '.join(values) + ')' if values else ''})"
        condition = f"not({test})" if check.kind == "assert" else test
        content = f"<_x:if test={quoteattr(condition)}><_x:sequence select={quoteattr(said)}/></_x:if>"
        return self._guarded(content, f'c="{number}"')

    def _guarded(self, content: str, what: str) -> str:
        if not self._careful:
            return content
        at = f'at="{{{OWN}:at(.)}}"'
        return f'<_x:try>{content}<_x:catch errors="*"><e {what} {at} code="{{$_err:code}}"/></_x:catch></_x:try>'

    def _global(self, name: str, let: Let, scope: Scope) -> str:
        """A variable outside rules. One that fails is told by a message; a careful sheet makes its users fail too."""
        if let.content:
            return self._variable(name, let, scope)
        select = text(self._own(let.select, scope)) or "()"
        failed = f'<_x:sequence select="{OWN}:failed#0"/>' if self._careful else ""
        caught = _message(f"let {let.name}") + failed
        return self._tried(name, "item()*", f"${OWN}:document ! ({select})", caught)

    def _variable(self, name: str, let: Let, scope: Scope) -> str:
        if let.content:
            return f'<_x:variable name="{name}">{let.content}</_x:variable>'
        select = text(self._own(let.select, scope)) or "()"
        return f"<_x:variable{self._compat} name={quoteattr(name)} select={quoteattr(select)}/>"

    def _own(self, row: Tokens, scope: Scope) -> Tokens:
        if not balanced(row):
            raise PackError("expression", text(row)[:120])
        return scope.resolved(self._catalogues.resolve(silenced(row, self._traces, OWN)))

    def _pooled(self, row: Tokens, scope: Scope, kind: str, result: str) -> str:
        """A call of the function that holds this expression; the expression itself where it needs its place."""
        own = self._own(row, scope)
        if result == "text" and self._compat:
            own = tokens(f"({text(own)})[1]")
        if any(scope.is_local(name) for name in variables(row)) or calls(row, "current"):
            return _as(result, ".", text(own))
        key = (kind, text(own))
        if key not in self._pool:
            self._pool[key] = f"{OWN}:{kind}{len(self._pool)}"
            self._declared.append(self._function(self._pool[key], result, text(own)))
        return f"{self._pool[key]}(.)"

    def _function(self, name: str, result: str, expression: str) -> str:
        select = quoteattr(_as(result, f"${OWN}:node", expression))
        kind = "_xs:boolean" if result == "boolean" else "_xs:string"
        body = f"<_x:sequence{self._compat} select={select}/>"
        if result == "text":
            body = f'<_x:try>{body}<_x:catch errors="*" select="\'\'"/></_x:try>'
        return f'<_x:function name="{name}" as="{kind}"><_x:param name="{OWN}:node" as="node()"/>{body}</_x:function>'


def _message(what: str) -> str:
    """Tells the caller of an error that cannot be told in the result."""
    select = quoteattr(f"'{FAILED} {what}'")
    return f"<_x:message select={select}/>"


def _as(result: str, node: str, expression: str) -> str:
    if result == "boolean":
        return f"boolean(({expression}))" if node == "." else f"{node} ! boolean(({expression}))"
    inner = f"({expression})" if node == "." else f"{node} ! ({expression})"
    return f"string-join(data({inner}) ! string(.), ' ')"


def _mentioned(part: Let | Check) -> frozenset[str]:
    """Variables in the expressions of a part."""
    if isinstance(part, Let):
        return variables(part.select)
    rows: Iterable[Tokens] = (part.test, part.subject, *(v.select for v in part.message if isinstance(v, Value)))
    return frozenset().union(*(variables(row) for row in rows))
