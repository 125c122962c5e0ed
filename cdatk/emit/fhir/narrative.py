"""Section text as XHTML.

The rule: every word of the narrative is kept, every id and style is carried, and nothing active or foreign passes:
only the elements and attributes listed here are written, links only to http, https, mailto or a place in the text.
Long texts make this a hot path: one call for an element with children, none for a leaf.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

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
SAFE_LINKS: Final = ("http://", "https://", "mailto:", "#")


# Start and end of the elements whose name alone decides what they become: nearly all of them.
STEADY: Final = {
    name: (f" <{tag}" if tag == "span" and name not in INLINE else f"<{tag}",
           f"</{tag}> " if tag == "span" and name not in INLINE else f"</{tag}>")
    for name, tag in TAGS.items() if tag not in EMPTY and name not in ("caption", "colgroup")
}  # fmt: skip
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

    def div(self, texts: list[tuple[Element, str]], own: str = "") -> str:
        """The div of one section: its text or texts, then ``own`` (markup of the tool itself).

        "" when there is not one word in either.
        """
        parts: list[str] = []
        anchors: list[str] = []  # ids of the texts themselves, which give way to the div
        for text, language in texts:
            written: list[str] = []
            self._add_id(anchors, text.get("ID", ""))
            self._children(text, written)
            content = "".join(written)
            if content.strip():
                tag = clean_language(language)
                apart = tag and tag != self._language and len(texts) > 1
                parts.append(f'<div lang="{tag}" xml:lang="{tag}">{content}</div>' if apart else content)
        content = visible_blanks("".join(parts))
        if not own and not _has_words(content):
            return ""
        tag = (clean_language(texts[0][1]) if texts else "") or self._language
        lang = f' lang="{tag}" xml:lang="{tag}"' if tag else ""
        place = anchors[0] if anchors else ""
        further = "".join(f"<span{anchor}></span>" for anchor in anchors[1:])
        return f'<div xmlns="{XHTML}"{place}{lang}>{further}{content}{own}</div>'

    def has(self, identity: str) -> bool:
        """True when an element that has been written carries this id."""
        return identity in self._ids

    def _children(self, element: Element, out: list[str]) -> None:
        text = element.text
        if text:
            out.append(_escape(text))
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                name = NAMES[tag]
                steady = STEADY.get(name)
                if steady is None:
                    self._element(child, name, out)
                else:
                    out.append(f"{steady[0]}{self._attributes(child, name)}>")
                    if len(child):
                        self._children(child, out)
                    elif child.text:
                        out.append(_escape(child.text))
                    out.append(steady[1])
            text = child.tail
            if text:
                out.append(_escape(text))

    def _element(self, element: Element, name: str, out: list[str]) -> None:
        """An element of which more than its name decides what it becomes."""
        if name in DROPPED:
            return
        if name == "renderMultiMedia":
            out.append(f" <span{self._attributes(element, name)}>{escape(self._image, quote=False)} ")
            self._children(element, out)
            out.append("</span> ")
            return
        if name == "colgroup" and len(element):  # the HL7 validator wants columns in the table itself
            self._children(element, out)
            return
        tag = _tag(element, name)
        if tag in EMPTY:
            out.append(f"<{tag}{self._attributes(element, name)}/>")
            if element.text or len(element):
                self._children(element, out)
            return
        apart = " " if tag == "span" and name not in INLINE else ""  # words on both sides must not run together
        out.append(f"{apart}<{tag}{self._attributes(element, name)}>")
        self._children(element, out)
        out.append(f"</{tag}>{apart}")

    def _attributes(self, element: Element, name: str) -> str:
        attributes = element.items()
        if not attributes:
            return ""
        found: list[str] = []
        classes: list[str] = []
        for raw_key, raw_value in attributes:
            key, value = str(raw_key), str(raw_value)
            if key in ("ID", "id"):
                self._add_id(found, value)
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

    def _add_id(self, found: list[str], value: str) -> None:
        identity = "".join(value.split())
        if identity and identity not in self._ids:
            self._ids.add(identity)
            found.append(f' id="{escape(identity)}"')


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


def _escape(text: str) -> str:
    """Text of an element; most of it has nothing to escape."""
    return escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text


def visible_blanks(markup: str) -> str:
    """Blanks other than the ASCII ones as character references: see ``bundle.py``."""
    if markup.isascii():
        return markup
    # Nearly always it is the no-break space alone, and asking for one character costs a fraction of the expression.
    markup = markup.replace("\u00a0", "&#160;")
    if any(blank in markup for blank in RARE_BLANKS):
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
