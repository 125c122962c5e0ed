"""Section text as XHTML.

The rule: every word of the narrative is kept, every id and style is carried, and nothing active or foreign passes:
only the elements and attributes listed here are written, links only to http, https, mailto or a place in the text.
Long texts make this a hot path: one call for an element with children, none for a leaf, and attributes that stand on
many elements (all but ids) are written once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from cdatk.emit.fhir.primitives import language as clean_language
from cdatk.safe_xml import NAMES, Element

XHTML: Final = "http://www.w3.org/1999/xhtml"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

TAGS: Final = {
    "content": "span", "paragraph": "p", "item": "li", "table": "table", "thead": "thead", "tbody": "tbody",
    "tfoot": "tfoot", "tr": "tr", "td": "td", "th": "th", "col": "col", "colgroup": "col", "sub": "sub",
    "sup": "sup", "br": "br", "footnote": "span", "footnoteRef": "span", "caption": "span", "linkHtml": "a",
    "p": "p", "div": "div", "span": "span", "b": "b", "i": "i", "em": "em", "strong": "strong", "u": "u", "ul": "ul",
    "ol": "ol", "li": "li", "a": "a", "tt": "tt", "small": "small", "big": "big", "code": "code", "q": "q",
    "abbr": "abbr", "cite": "cite", "pre": "pre", "h1": "h1", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5",
    "h6": "h6",
    "dl": "dl", "dt": "dt", "dd": "dd", "blockquote": "blockquote", "hr": "hr", "text": "div",
}  # fmt: skip
INLINE: Final = frozenset({"content", "footnoteRef", "span"})  # of those that become a span
EMPTY: Final = frozenset({"br", "col", "hr"})
KEPT: Final = frozenset({
    "colspan", "rowspan", "align", "valign", "border", "width", "cellpadding", "cellspacing", "summary", "headers",
    "abbr", "axis", "scope", "span", "char", "charoff", "frame", "rules", "title",
})  # fmt: skip
DROPPED: Final = frozenset({"script", "style", "object", "iframe", "embed", "applet"})
Stated = Sequence[tuple[str | bytes, str | bytes]]  # attributes as they stand there
SAFE_LINKS: Final = ("http://", "https://", "mailto:", "#")


class Form(NamedTuple):
    """What an element becomes of which the name alone decides: nearly all of them."""

    name: str
    bare: str  # start tag without attributes
    start: str
    end: str


def _form(name: str) -> Form | None:
    tag = TAGS.get(name, "")
    if not tag or tag in EMPTY or name == "caption":
        return None
    apart = " " if tag == "span" and name not in INLINE else ""  # words on both sides must not run together
    return Form(name, f"{apart}<{tag}>", f"{apart}<{tag}", f"</{tag}>{apart}")


class _Forms(dict[object, Form | None]):
    """Forms by tag, None for comments too; forgets all when a document has too many."""

    def __missing__(self, tag: object) -> Form | None:
        if len(self) > 4096:
            self.clear()
        form = self[tag] = _form(NAMES[tag])
        return form


_FORMS: Final = _Forms()
RARE_BLANKS: Final = (
    "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]")


class Narrative:
    """Writes the texts of one document; ids are unique over all of them, because they share a resource."""

    def __init__(self, language: str, image: str) -> None:
        self._language = clean_language(language)
        self._image = image
        self._ids: set[str] = set()
        self._written: dict[tuple[object, ...], str] = {}  # attributes other than ids, by element and what they are

    def div(self, texts: list[tuple[Element, str]], own: str = "") -> str:
        """The div of one section: its text or texts, then ``own`` (markup of the tool itself).

        "" when there is not one word in either.
        """
        parts: list[str] = []
        anchors: list[str] = []  # ids of the texts themselves, which give way to the div
        for text, language in texts:
            identity = text.get("ID")
            anchor = self._id(identity) if identity else ""
            if anchor:
                anchors.append(anchor)
            written: list[str] = []
            self._children(text, written)
            content = "".join(written)
            if content and not content.isspace():
                tag = clean_language(language)
                apart = tag and tag != self._language and len(texts) > 1
                parts.append(f'<div lang="{tag}" xml:lang="{tag}">{content}</div>' if apart else content)
        content = "".join(parts)
        if not own and not _has_words(visible_blanks(content)):
            return ""
        tag = (clean_language(texts[0][1]) if texts else "") or self._language
        lang = f' lang="{tag}" xml:lang="{tag}"' if tag else ""
        place = anchors[0] if anchors else ""
        further = "".join([f"<span{anchor}></span>" for anchor in anchors[1:]])
        return visible_blanks(f'<div xmlns="{XHTML}"{place}{lang}>{further}{content}{own}</div>')

    def has(self, identity: str) -> bool:
        """True when an element that has been written carries this id."""
        return identity in self._ids

    def _children(self, element: Element, out: list[str]) -> None:
        text = element.text
        if text:  # the signs are looked for in place, because a call for each text would cost more
            out.append(escape(text, quote=False) if "<" in text or "&" in text or ">" in text else text)
        for child in element:
            form = _FORMS[child.tag]
            if form is None:
                self._element(child, NAMES[child.tag], out)
            else:
                stated = child.items()
                out.append(f"{form.start}{self._attributes(stated, form.name)}>" if stated else form.bare)
                if len(child):
                    self._children(child, out)
                else:
                    text = child.text
                    if text:
                        out.append(escape(text, quote=False) if "<" in text or "&" in text or ">" in text else text)
                out.append(form.end)
            text = child.tail
            if text:
                out.append(escape(text, quote=False) if "<" in text or "&" in text or ">" in text else text)

    def _element(self, element: Element, name: str, out: list[str]) -> None:
        """An element of which more than its name decides what it becomes."""
        if name in DROPPED or not name:
            return
        if name == "renderMultiMedia":
            out.append(f" <span{self._attributes(element.items(), name)}>{escape(self._image, quote=False)} ")
            self._children(element, out)
            out.append("</span> ")
            return
        if name == "colgroup" and len(element):  # the HL7 validator wants columns in the table itself
            self._children(element, out)
            return
        tag = _tag(element, name)
        if tag in EMPTY:
            out.append(f"<{tag}{self._attributes(element.items(), name)}/>")
            if element.text or len(element):
                self._children(element, out)
            return
        apart = " " if tag == "span" and name not in INLINE else ""  # words on both sides must not run together
        out.append(f"{apart}<{tag}{self._attributes(element.items(), name)}>")
        self._children(element, out)
        out.append(f"</{tag}>{apart}")

    def _attributes(self, stated: Stated, name: str) -> str:
        """The attributes that are kept, with a blank before each."""
        if not stated:
            return ""
        if stated[0][0] != "ID":
            return self._others(stated, name)
        own = self._id(str(stated[0][1]))
        return own if len(stated) == 1 else own + self._others(stated[1:], name)

    def _others(self, stated: Stated, name: str) -> str:
        key = (name, *stated)
        written = self._written.get(key)
        if written is None:
            written = self._write(stated, name)
            if not any(part[0] in ("ID", "id") for part in stated):
                self._written[key] = written
        return written

    def _write(self, stated: Stated, name: str) -> str:
        found: list[str] = []
        classes: list[str] = []
        for raw_key, raw_value in stated:
            key, value = str(raw_key), str(raw_value)
            if key in ("ID", "id"):
                found.append(self._id(value))
            elif key in ("styleCode", "class"):
                classes.append(value)
            elif key == "revised":
                classes.append(f"revised-{value}")
                if value == "delete":  # FHIR admits no <s> or <del>, but a style
                    found.append(' style="text-decoration: line-through"')
            elif key in ("language", "lang", XML_LANG):
                _add_language(found, value)
            elif key == "href" and name in ("linkHtml", "a"):
                if value.strip().lower().startswith(SAFE_LINKS):
                    found.append(f' href="{escape(value.strip())}"')
            elif key in KEPT and value.strip():
                found.append(f' {key}="{escape(value)}"')
        if classes:
            found.append(f' class="{escape(" ".join(classes))}"')
        return "".join(found)

    def _id(self, value: str) -> str:
        """The attribute for an id; "" when an element before has it."""
        identity = "".join(value.split())
        if not identity or identity in self._ids:
            return ""
        self._ids.add(identity)
        return f' id="{escape(identity)}"'


def plain(words: str, language: str) -> str:
    """A div of plain words that the tool itself says."""
    content = visible_blanks(escape(words))
    return f'<div xmlns="{XHTML}" lang="{language}" xml:lang="{language}"><p>{content}</p></div>'


def _tag(element: Element, name: str) -> str:
    """The XHTML element of a CDA one."""
    if name == "list":
        return "ol" if element.get("listType") == "ordered" else "ul"
    if name == "caption":
        parent = element.getparent()
        holder = NAMES[parent.tag] if parent is not None else ""
        return "caption" if holder == "table" else "li" if holder == "list" else "span"
    return TAGS.get(name, "span" if not len(element) else "div")


def _add_language(found: list[str], value: str) -> None:
    tag = clean_language(value)
    if tag and not any(part.startswith(" lang=") for part in found):
        found.append(f' lang="{tag}" xml:lang="{tag}"')


def visible_blanks(markup: str) -> str:
    """Blanks other than the ASCII ones as character references: see ``bundle.py``."""
    if markup.isascii():
        return markup
    # Nearly always it is the no-break space alone, and asking for one character costs a fraction of the expression.
    markup = markup.replace("\u00a0", "&#160;")
    if True in map(markup.__contains__, RARE_BLANKS):
        return _BLANKS.sub(lambda m: f"&#{ord(m[0])};", markup)
    return markup


def _has_words(markup: str) -> bool:
    """True when something but markup and white space stands there."""
    outside = True
    for sign in markup:
        if sign == "<":
            outside = False
        elif sign == ">":
            outside = True
        elif outside and not sign.isspace():
            return True
    return False
