"""Coded values as CodeableConcept and Coding.

The rule (design section 4): pivot coding first with the catalogue's English, French in its translation extension and
in ``text``; the source's own coding and every translation stay as further codings; nothing is coded that the document
does not code, and a nullFlavor keeps its reason.
"""

from __future__ import annotations

from typing import Final

from cdatk.emit.fhir import extensions as ext
from cdatk.emit.fhir.context import Context, Node
from cdatk.emit.fhir.primitives import code as clean_code
from cdatk.emit.fhir.primitives import language, system_uri
from cdatk.model import CodedValue, Term, TermState, Text

SNOMED_URI = "http://snomed.info/sct"

# Python 3.11 looks members of an Enum up by a slow way; these are asked for with every code.
_TRANSLATED: Final = TermState.TRANSLATED
_NULL: Final = TermState.NULL
_CODE_ONLY: Final = TermState.CODE_ONLY


def concept(ctx: Context, coded: CodedValue) -> Node:
    """A CodeableConcept of a coded value; the value is claimed."""
    ctx.claimed_ids.add(id(coded))
    term = ctx.term(coded)
    node: Node = {}
    codings = _own_codings(ctx, coded, term) if coded.code else []
    if coded.translations:
        _add_translations(ctx, coded, codings)
    text = _text(ctx, coded, term, node)
    display, original = coded.display, coded.original_text
    first = codings[0].get("display") if codings else None
    if (display and display != text and display != first) or (original and original != text and original != first):
        _keep_words(coded, text, codings, node)
    if codings:
        node["coding"] = codings
    for qualifier in coded.qualifiers:
        if qualifier.name is not None or qualifier.value is not None:
            ext.extend(node, _qualifier(ctx, qualifier.name, qualifier.value))
    if coded.null_flavor and node:
        ext.extend(node, {"url": ext.NULL_FLAVOR, "valueCode": coded.null_flavor})
    node = node or ext.absent(ctx, coded.null_flavor)
    if ctx.tracing:
        for made in (node, *codings):  # the codings too: those of a product are joined in one concept
            ctx.note_origin(made, coded.element)
    return node


def concepts(ctx: Context, values: tuple[CodedValue, ...]) -> list[Node]:
    """CodeableConcepts of values that say something."""
    return [concept(ctx, value) for value in values if says_something(value)] if values else []


def first_concept(ctx: Context, values: tuple[CodedValue, ...], text: Text | None) -> Node:
    """What a statement is about: its first value that says something, else its words, else why there are none."""
    for value in values:
        if says_something(value):
            return concept(ctx, value)
    if text is not None and text.text:
        ctx.claim(text)
        return {"text": text.text}
    return ext.absent(ctx, next((v.null_flavor for v in values), ""))


def says_something(coded: CodedValue | None) -> bool:
    """True unless the value is missing or a bare nullFlavor."""
    return coded is not None and bool(coded.code or coded.display or coded.original_text or coded.translations)


def uri(ctx: Context, system: str) -> str:
    """URI of a code system by its OID; "" when it is neither known nor an OID, UUID or URI."""
    return ctx.uris.get(system) or system_uri(system)


def coding(ctx: Context, system: str, code: str, display: str) -> Node:
    """A Coding; a system that is no URI is kept as words beside the missing one."""
    node: Node = {}
    address = uri(ctx, system)
    if address:
        node["system"] = address
    elif system.strip():
        node["_system"] = {"extension": [{"url": ext.ORIGINAL_TEXT, "valueString": system.strip()}]}
    node["code"] = clean_code(code)
    if display:
        node["display"] = display
    return node


def _own_codings(ctx: Context, coded: CodedValue, term: Term | None) -> list[Node]:
    """The pivot coding and, where the pivot is another concept, the source's own."""
    if coded.code.isspace():
        return []
    if term is None:
        return [coding(ctx, coded.system, coded.code, coded.display)]
    mapped = term.mapped
    pivot: Node
    if mapped.uri:
        pivot = {"system": mapped.uri, "code": clean_code(mapped.code or coded.code)}
    else:
        pivot = coding(ctx, mapped.system or coded.system, mapped.code or coded.code, "")
    display = mapped.english or coded.display
    if display:
        pivot["display"] = display
    if term.state is _TRANSLATED and term.language and not term.language.startswith("en"):
        if not display:
            pivot["display"] = term.text
        pivot["_display"] = ext.designation(term.language, term.text)
    found = [pivot]
    if coded.code in ctx.absence_codes:
        found.insert(0, {"system": SNOMED_URI, "code": ctx.absence_codes[coded.code]})
    if mapped.transcoded:
        found.append(_source_coding(ctx, coded, mapped.system))
    return found


def _source_coding(ctx: Context, coded: CodedValue, pivot_system: str) -> Node:
    """The coding of a transcoded source: under its own OID where an alias would give it the pivot's system, whose code
    it is not (a national ICD-10 code under the OID of ICD-10).
    """
    node = coding(ctx, coded.system, coded.code, coded.display)
    if coded.system != pivot_system and node.get("system") == uri(ctx, pivot_system):
        node["system"] = system_uri(coded.system) or node["system"]
    return node


def word_beside(ctx: Context, node: Node, key: str, coded: CodedValue) -> None:
    """The French of a code that stands in a primitive element (gender): the translation extension of that element."""
    term = ctx.term(coded)
    if term is not None and term.state is _TRANSLATED and not term.language.startswith("en"):
        beside = node.setdefault(f"_{key}", {})
        if isinstance(beside, dict):
            ext.extend(beside, ext.translation(term.language, term.text))


def _add_translations(ctx: Context, coded: CodedValue, codings: list[Node]) -> None:
    """Codings of all nested translations, newest first, each once."""
    seen = {(c.get("system"), c.get("code")) for c in codings}
    stack = list(reversed(coded.translations))
    while stack:
        value = stack.pop()
        stack.extend(reversed(value.translations))
        if not clean_code(value.code):
            if value.text:
                codings.append({"display": value.text})
            continue
        node = coding(ctx, value.system, value.code, value.text)
        key = (node.get("system"), node["code"])
        if key not in seen:
            seen.add(key)
            codings.append(node)
        elif value.display and all(c.get("display") != value.display for c in codings):
            codings.append(node)


def _text(ctx: Context, coded: CodedValue, term: Term | None, node: Node) -> str:
    """Write ``text``: the reader's words, else the document's own with their language."""
    words, tag = "", ""
    if term is not None and term.state is not _NULL and term.state is not _CODE_ONLY:
        words, tag = term.text.strip(), term.language
    elif coded.null_flavor or term is None:
        words, tag = coded.original_text or coded.display, ctx.document.language
    if not words and coded.original_text:
        words, tag = coded.original_text, ctx.document.language
    if words:
        node["text"] = words
        if not tag.startswith(ctx.reader):
            tag = language(tag)
            if tag and not tag.startswith(ctx.reader):
                node["_text"] = ext.in_language(tag, words)
    return words


def _keep_words(coded: CodedValue, text: str, codings: list[Node], node: Node) -> None:
    """Words of the source that neither ``text`` nor a display shows: original text first, then display name."""
    shown = {text, *[c.get("display") for c in codings]}
    left = [words for words in (coded.original_text, coded.display) if words and words not in shown]
    if left:
        ext.extend(node, {"url": ext.ORIGINAL_TEXT, "valueString": left[0]})
    if len(left) > 1 and left[1] != left[0] and codings:
        codings.append({**{k: codings[0][k] for k in ("system", "code") if k in codings[0]}, "display": left[1]})


def _qualifier(ctx: Context, name: CodedValue | None, value: CodedValue | None) -> Node:
    parts: list[Node] = []
    if name is not None:
        parts.append({"url": "name", "valueCodeableConcept": concept(ctx, name)})
    if value is not None:
        parts.append({"url": "value", "valueCodeableConcept": concept(ctx, value)})
    return {"url": ctx.extension("qualifier"), "extension": parts}


def mapped_status(ctx: Context, coded: CodedValue, system: str, code: str) -> Node:
    """A status concept: the FHIR code, and what the document states as further codings."""
    node = concept(ctx, coded)
    codings = node.get("coding")
    own = codings if isinstance(codings, list) else []
    for stated in own:
        if stated.get("code") == code and stated.get("system") == system:
            return node
    node["coding"] = [{"system": system, "code": code}, *own]
    return node
