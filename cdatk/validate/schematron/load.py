"""From the XML of a rule set to plain values: includes, abstract patterns, phases, abstract rules.

The rule: ISO/IEC 19757-3 (2016, 2020) decides; what published packs do beyond it (patterns inside a phase, ids used
twice) is accepted where it can mean one thing only, and refused otherwise.
"""

from __future__ import annotations

import copy
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from lxml import etree

from cdatk.safe_xml import Element
from cdatk.validate.schematron.errors import PackError
from cdatk.validate.schematron.pack import SCH, Pack, parsed
from cdatk.validate.schematron.rules import Check, Extends, Let, Part, Pattern, Rule, RuleSet, Value
from cdatk.validate.schematron.xpath import text, tokens

BINDINGS: Final = frozenset({"xslt", "xslt1", "xslt2", "xslt3", "xpath2", "xpath3", "xpath31"})
ALL: Final = "#ALL"
DEFAULT: Final = "#DEFAULT"
_XSL: Final = "{http://www.w3.org/1999/XSL/Transform}"
_TRACE: Final = re.compile(r"(?<![\w:.$@/-])(?:fn:)?trace(?=\s*[(#])")
_COPIED: Final = frozenset({f"{_XSL}function", f"{_XSL}key"})
_DEEPEST: Final = 40  # includes within includes
_EXPRESSIONS: Final = ("context", "test", "value", "select", "path", "subject", "documents")
_NAMES_ONLY: Final = re.compile(r"(local-|node-)?name\((\.|\.\.|parent::\*)?\)|(\.\.|parent::\*)/(local-)?name\(\)")


def load(pack: Pack, name: str, phase: str) -> RuleSet:
    """The rule set in a file of a pack, with the patterns of ``phase`` (an id, ``#ALL`` or ``#DEFAULT``) active.

    Raises PackError.
    """
    root = _read(pack, name, ())
    if root.tag != _sch("schema"):
        raise PackError("not-schema", name)
    binding = root.get("queryBinding", "xslt").strip().lower()
    if binding not in BINDINGS:
        raise PackError("binding", binding)
    _include(root, pack, posixpath.dirname(name), (name,))
    _instantiate(root)
    patterns = _patterns(root, phase)
    return RuleSet(
        binding=binding,
        namespaces=tuple((e.get("prefix", ""), e.get("uri", "")) for e in root.iterchildren(_sch("ns"))),
        lets=tuple(_lets(root)) + tuple(let for e in root.iterchildren(_sch("phase")) for let in _lets(e)),
        patterns=patterns,
        abstract={r.get("id", ""): _rule(r) for r in root.iter(_sch("rule")) if _is_abstract(r)},
        xslt=tuple(_copied(root)),
    )


def _sch(name: str) -> str:
    return f"{{{SCH}}}{name}"


def _read(pack: Pack, name: str, chain: tuple[str, ...]) -> Element:
    if name in chain or len(chain) > _DEEPEST:
        raise PackError("circular", name)
    data = pack.read(name)
    if data is None:
        raise PackError("missing", name)
    return parsed(data, posixpath.basename(name))


def _include(root: Element, pack: Pack, folder: str, chain: tuple[str, ...]) -> None:
    """Put the included files in the place of ``include`` and ``extends href``."""
    for element in list(root.iter(_sch("include"), _sch("extends"))):
        href = element.get("href")
        parent = element.getparent()
        if href is None or parent is None:
            continue
        file, _, fragment = href.partition("#")
        name = posixpath.normpath(posixpath.join(folder, file)) if file else chain[-1]
        found = _fragment(_read(pack, name, chain if file else ()), fragment, href)
        _include(found, pack, posixpath.dirname(name), (*chain, name))
        found.tail = element.tail
        new = [found] if element.tag == _sch("include") else [copy.deepcopy(child) for child in found]
        place = parent.index(element)
        parent[place : place + 1] = new


def _fragment(root: Element, fragment: str, href: str) -> Element:
    if not fragment:
        return root
    for element in root.iter("*"):
        if fragment in (element.get("id"), element.get("{http://www.w3.org/XML/1998/namespace}id")):
            return element
    raise PackError("missing", href)


def _instantiate(root: Element) -> None:
    """Fill patterns that are instances (``is-a``) of abstract ones."""
    abstract = {p.get("id"): p for p in root.iter(_sch("pattern")) if p.get("abstract") == "true"}
    for pattern in [p for p in root.iter(_sch("pattern")) if p.get("is-a") is not None]:
        model = abstract.get(pattern.get("is-a"))
        if model is None:
            raise PackError("abstract", pattern.get("is-a", ""))
        values = {p.get("name", ""): p.get("value", "") for p in model.iterchildren(_sch("param"))}
        values.update((p.get("name", ""), p.get("value", "")) for p in pattern.iterchildren(_sch("param")))
        for child in model:
            if isinstance(child.tag, str) and child.tag != _sch("param"):
                pattern.append(_filled(copy.deepcopy(child), values))


def _filled(element: Element, values: dict[str, str]) -> Element:
    """The element with ``$name`` replaced by the parameter's value, longest names first, as ISO 19757-3 asks."""
    if not values:
        return element
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    pattern = re.compile(rf"\$({names})(?![\w.\-])")
    for each in element.iter("*"):
        for key in _EXPRESSIONS:
            if key in each.attrib:
                each.set(key, pattern.sub(lambda match: values[match[1]], each.get(key, "")))
    return element


def _patterns(root: Element, phase: str) -> tuple[Pattern, ...]:
    """All concrete patterns; active are those of the phase, named by ``active`` or standing inside it."""
    phases = {p.get("id", ""): p for p in root.iterchildren(_sch("phase"))}
    chosen = root.get("defaultPhase", ALL) if phase == DEFAULT else phase
    if chosen != ALL and chosen not in phases:
        raise PackError("phase", chosen)
    named = {a.get("pattern") for a in phases[chosen].iterchildren(_sch("active"))} if chosen != ALL else set()
    known = {p.get("id") for p in root.iter(_sch("pattern"))}
    if named - known:
        raise PackError("phase", f"{chosen}: {sorted(str(name) for name in named - known)[0]}")
    found = []
    for element in root.iter(_sch("pattern")):
        if element.get("abstract") != "true":
            inside = element.getparent() is phases.get(chosen)
            found.append(_pattern(element, chosen == ALL or inside or element.get("id") in named))
    return tuple(found)


def _pattern(element: Element, active: bool) -> Pattern:
    if element.get("documents") is not None:
        raise PackError("unsupported", "pattern/@documents")
    rules = [_rule(e) for e in element.iterchildren(_sch("rule")) if not _is_abstract(e)]
    return Pattern(
        id=element.get("id") or element.get("name") or _title(element),
        role=element.get("role", ""),
        lets=tuple(_lets(element)),
        rules=tuple(rules),
        active=active,
    )


def _title(element: Element) -> str:
    return " ".join((element.findtext(_sch("title")) or "").split())


def _is_abstract(rule: Element) -> bool:
    return rule.get("abstract") == "true"


def _rule(element: Element) -> Rule:
    context = element.get("context", "").strip()
    if not context and not _is_abstract(element):
        raise PackError("rule", element.get("id", f"{element.sourceline}"))
    return Rule(
        id=element.get("id", ""),
        context=context,
        role=element.get("role", ""),
        parts=tuple(_parts(element)),
        subject=tokens(element.get("subject", "")),
    )


def _parts(rule: Element) -> Iterator[Part]:
    for child in rule.iterchildren("*"):
        if child.tag == _sch("extends"):
            yield Extends(child.get("rule", ""))
        elif child.tag == _sch("let"):
            yield _let(child)
        elif child.tag in (_sch("assert"), _sch("report")):
            yield _check(child)


def _lets(element: Element) -> Iterator[Let]:
    return (_let(e) for e in element.iterchildren(_sch("let")))


def _let(element: Element) -> Let:
    name, value = element.get("name", ""), element.get("value")
    if not name:
        raise PackError("let", f"{element.sourceline}")
    if value is not None:
        return Let(name, tokens(value))
    content = [etree.tostring(e, encoding="unicode", with_tail=False) for e in element.iterchildren("*")]
    return Let(name, (), "".join(content) or " ")


def _check(element: Element) -> Check:
    test = element.get("test", "").strip()
    if not test:
        raise PackError("test", element.get("id", f"{element.sourceline}"))
    kind: Literal["assert", "report"] = "assert" if element.tag == _sch("assert") else "report"
    return Check(
        kind=kind,
        id=element.get("id", ""),
        role=(element.get("role") or "").strip(),
        written=test,
        test=tokens(test),
        message=_joined([*_message(element), *_diagnostics(element)]),
        subject=tokens(element.get("subject", "")),
    )


def _message(element: Element) -> Iterator[str | Value]:
    """Text and holes of a message; ``emph``, ``dir`` and ``span`` give their text."""
    yield element.text or ""
    for child in element:
        if child.tag == _sch("value-of"):
            select = tokens(child.get("select", "."))
            yield Value(select, bool(_NAMES_ONLY.fullmatch(text(select).replace(" ", ""))))
        elif child.tag == _sch("name"):
            path = child.get("path")
            yield Value(tokens(f"name({path or '.'})"), True)
        elif isinstance(child.tag, str):
            yield from _message(child)
        yield child.tail or ""


def _diagnostics(check: Element) -> Iterator[str | Value]:
    """The texts of the diagnostics a check names, after its own."""
    names = check.get("diagnostics", "").split()
    if not names:
        return
    root = check.getroottree().getroot()
    known = {d.get("id"): d for d in root.iter(_sch("diagnostic"))}
    for name in names:
        if name not in known:
            raise PackError("diagnostic", name)
        yield " "
        yield from _message(known[name])


def _joined(parts: Iterable[str | Value]) -> tuple[str | Value, ...]:
    """Parts of a message with texts joined and white space made single."""
    found: list[str | Value] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    single = [re.sub(r"\s+", " ", part) if isinstance(part, str) else part for part in found]
    return tuple(part for part in single if part != "")


def _copied(root: Element) -> Iterator[str]:
    """Keys and functions in XSLT, which the binding allows; other XSLT is refused, other foreign XML ignored."""
    for element in root.iterchildren("*"):
        if element.tag in _COPIED:
            for part in element.iter("*"):
                for name, value in part.items():
                    part.set(name, _TRACE.sub("_c:trace", str(value)))  # the standard one writes to the terminal
            yield etree.tostring(element, encoding="unicode", with_tail=False)
        elif str(element.tag).startswith(_XSL):
            raise PackError("unsupported", f"xsl:{etree.QName(element).localname}")
