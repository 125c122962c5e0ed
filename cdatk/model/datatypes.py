"""CDA R2 data types as values: what stands in the document, nothing derived.

The rule: strings are kept as written ("0.50" stays "0.50"), an absent attribute is the empty string, and
``nullFlavor`` is a value of its own. Lists are tuples; nothing here can be changed after reading.
Structs come from msgspec because frozen dataclasses cost twenty times more to make (docs/decisions/0001).
"""

from __future__ import annotations

import msgspec

from cdatk.safe_xml import Element


class Value(msgspec.Struct, frozen=True, gc=False):
    """Base of all values of the model; frozen, compared by content.

    Values are made from the inside out and never changed, so they cannot refer to each other in a circle: the garbage
    collector need not follow the thousands that a document becomes.
    """


class Identifier(Value, frozen=True):
    """II: an OID or UUID ``root`` with an optional ``extension``."""

    root: str = ""
    extension: str = ""
    authority: str = ""
    null_flavor: str = ""


class CodedValue(Value, frozen=True):
    """CD, CE, CV or CS: a code as found.

    ``index`` is its place in ``Document.codes`` (mapping and translation results stand at the same place);
    it is -1 for the codings kept under ``translations``, which are history and are never looked up.
    ``original_text`` is resolved: inline text, or the narrative that ``originalText/reference`` points to.
    """

    element: Element
    name: str = "code"
    index: int = -1
    code: str = ""
    system: str = ""
    display: str = ""
    system_name: str = ""
    system_version: str = ""
    null_flavor: str = ""
    original_text: str = ""
    reference: str = ""
    translations: tuple[CodedValue, ...] = ()
    qualifiers: tuple[Qualifier, ...] = ()

    @property
    def text(self) -> str:
        """The document's own words for this value: display name, else original text, else empty."""
        return self.display or self.original_text


class Qualifier(Value, frozen=True):
    """CR: a named modifier of a code, for instance laterality of a body site."""

    name: CodedValue | None = None
    value: CodedValue | None = None
    inverted: bool = False


class Quantity(Value, frozen=True):
    """PQ, INT, REAL or MO: ``value`` as written, ``unit`` as written ("" when not stated)."""

    value: str = ""
    unit: str = ""
    null_flavor: str = ""
    original_text: str = ""
    translations: tuple[CodedValue, ...] = ()
    element: Element | None = None


class QuantityRange(Value, frozen=True):
    """IVL_PQ or IVL_INT."""

    low: Quantity | None = None
    high: Quantity | None = None
    center: Quantity | None = None
    width: Quantity | None = None
    null_flavor: str = ""
    low_closed: bool | None = None
    high_closed: bool | None = None
    element: Element | None = None


class Ratio(Value, frozen=True):
    """RTO_PQ_PQ: strengths such as 500 mg per tablet."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None
    null_flavor: str = ""
    element: Element | None = None


class Text(Value, frozen=True):
    """ST or ED: words, or a reference (``#id`` into the narrative, resolved into ``text``; or a URL)."""

    text: str = ""
    reference: str = ""
    media_type: str = ""
    language: str = ""
    null_flavor: str = ""
    element: Element | None = None


class Boolean(Value, frozen=True):
    """BL: ``value`` is "true", "false" or ""."""

    value: str = ""
    null_flavor: str = ""


class Moment(Value, frozen=True):
    """TS: digits as written (YYYY[MM[DD[HH[MM[SS[.f]]]]]][+-ZZZZ]); "" with a nullFlavor or nothing at all."""

    value: str = ""
    null_flavor: str = ""


class Interval(Value, frozen=True):
    """IVL_TS, or a plain TS in ``value``. A bound that does not stand in the document is None."""

    value: str = ""
    low: Moment | None = None
    high: Moment | None = None
    center: Moment | None = None
    width: Quantity | None = None
    null_flavor: str = ""
    operator: str = ""

    @property
    def start(self) -> str:
        """Digits of the earliest known moment: low, else the single value; "" when unknown."""
        return self.low.value if self.low is not None and self.low.value else self.value


class Periodic(Value, frozen=True):
    """PIVL_TS: every ``period``, optionally within ``phase``."""

    period: Quantity | None = None
    phase: Interval | None = None
    alignment: str = ""
    institution_specified: bool | None = None
    null_flavor: str = ""
    operator: str = ""


class EventTiming(Value, frozen=True):
    """EIVL_TS: tied to an event of daily life (meal, waking, bedtime), optionally shifted by ``offset``."""

    event: CodedValue | None = None
    offset: QuantityRange | None = None
    null_flavor: str = ""
    operator: str = ""


class TimeSet(Value, frozen=True):
    """SXPR_TS: several timings that hold together."""

    parts: tuple[Timing, ...] = ()
    null_flavor: str = ""
    operator: str = ""


Timing = Interval | Periodic | EventTiming | TimeSet
AnyValue = CodedValue | Quantity | QuantityRange | Ratio | Text | Boolean | Timing | Identifier


class NamePart(Value, frozen=True):
    """ENXP: ``kind`` is family, given, prefix, suffix, delimiter or "" for plain text."""

    kind: str
    text: str
    qualifier: str = ""


class Name(Value, frozen=True):
    """EN: parts in the order of the document."""

    parts: tuple[NamePart, ...] = ()
    use: str = ""
    null_flavor: str = ""

    def of(self, kind: str) -> tuple[str, ...]:
        """Texts of the parts of one kind."""
        return tuple(p.text for p in self.parts if p.kind == kind)

    @property
    def text(self) -> str:
        """All parts, separated by blanks."""
        return " ".join(p.text for p in self.parts)


class Address(Value, frozen=True):
    """AD: parts (tag, text) in the order of the document; ``country`` is an ISO 3166 code or a name."""

    parts: tuple[tuple[str, str], ...] = ()
    use: str = ""
    null_flavor: str = ""
    country: CodedValue | None = None


class Telecom(Value, frozen=True):
    """TEL: a URL such as ``tel:+35…`` with its use codes."""

    value: str = ""
    use: str = ""
    null_flavor: str = ""
