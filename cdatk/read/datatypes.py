"""CDA data types from elements.

The rule: the type is what ``xsi:type`` says (its local part), else what the content shows; a value of a type we do
not know becomes its text, never nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cdatk.model import (
    Address,
    AnyValue,
    Boolean,
    CodedValue,
    EventTiming,
    Identifier,
    Interval,
    Moment,
    Name,
    NamePart,
    Periodic,
    Quantity,
    QuantityRange,
    Ratio,
    Telecom,
    Text,
    TimeSet,
    Timing,
)
from cdatk.read.reader import Reader, words
from cdatk.safe_xml import NAMES, XSI_TYPE, Element, attributes, children, local

CODED_TYPES = frozenset({"CD", "CE", "CV", "CS", "CO", "CR", "SC"})
QUANTITY_TYPES = frozenset({"PQ", "INT", "REAL", "MO", "PQR"})
RANGE_TYPES = frozenset({"IVL_PQ", "IVL_INT", "IVL_REAL", "IVL_MO"})
TIME_TYPES = frozenset({"TS", "IVL_TS", "IVXB_TS", "SXCM_TS", "UVP_TS", "PIVL_TS", "EIVL_TS", "SXPR_TS", "PIVL_PPD_TS",
                        "EIVL_PPD_TS"})  # fmt: skip
RATIO_TYPES = frozenset({"RTO", "RTO_PQ_PQ", "RTO_QTY_QTY"})
BOUNDS = frozenset({"low", "high", "center", "width"})
TRUE = {"true": True, "false": False}


def xsi_type(element: Element) -> str:
    """Local part of xsi:type, "" when there is none."""
    kind = element.get(XSI_TYPE, "")
    return kind.rpartition(":")[2] if ":" in kind else kind


def identifier(element: Element) -> Identifier:
    """II."""
    get = element.get
    return Identifier(
        get("root", "").strip(),
        get("extension", ""),
        get("assigningAuthorityName", ""),
        get("nullFlavor", ""),
    )


def moment(element: Element) -> Moment:
    """TS or a bound of IVL_TS."""
    return Moment(element.get("value", "").strip(), element.get("nullFlavor", ""))


def quantity(reader: Reader, element: Element) -> Quantity:
    """PQ, INT, REAL, MO; ``translation`` children keep national unit codes and original text."""
    translations: tuple[CodedValue, ...] = ()
    original = ""
    if len(element):
        translations, original = _beside(reader, element)
    get = element.get
    unit = (get("unit") or get("currency") or "").strip()
    if unit:
        reader.units[unit] = None
    return Quantity(get("value", "").strip(), unit, get("nullFlavor", ""), original, translations, element)


def _beside(reader: Reader, element: Element) -> tuple[tuple[CodedValue, ...], str]:
    """Translations of a quantity, and the words of its first original text."""
    parts = children(element)
    translations = tuple([reader.coded(c, "translation") for c in parts if NAMES[c.tag] == "translation"])
    return translations, next((reader.text_of(c)[0] for c in parts if NAMES[c.tag] == "originalText"), "")


def quantity_range(reader: Reader, element: Element) -> QuantityRange:
    """IVL_PQ, IVL_INT."""
    bounds: dict[str, Quantity] = {}
    closed: dict[str, bool | None] = {}
    for child in children(element):
        tag = NAMES[child.tag]
        if tag in BOUNDS:
            bounds[tag] = quantity(reader, child)
            closed[tag] = TRUE.get(child.get("inclusive", ""))
    return QuantityRange(
        bounds.get("low"), bounds.get("high"), bounds.get("center"), bounds.get("width"),
        element.get("nullFlavor", ""), closed.get("low"), closed.get("high"), element,
    )  # fmt: skip


def measure(reader: Reader, element: Element) -> Quantity | QuantityRange | Ratio:
    """A dose, rate or amount: single value, range or ratio, by type or by content."""
    kind = xsi_type(element)
    names = {NAMES[child.tag] for child in children(element)} if len(element) else frozenset()
    if kind.startswith("RTO") or "numerator" in names or "denominator" in names:
        return ratio(reader, element)
    if kind in RANGE_TYPES or names & BOUNDS:
        return quantity_range(reader, element)
    return quantity(reader, element)


def ratio(reader: Reader, element: Element) -> Ratio:
    """RTO_PQ_PQ."""
    parts = {local(child): quantity(reader, child) for child in children(element) if local(child)}
    return Ratio(parts.get("numerator"), parts.get("denominator"), element.get("nullFlavor", ""), element)


def text(reader: Reader, element: Element) -> Text:
    """ST or ED."""
    content, reference = reader.text_of(element)
    own = dict(attributes(element)).get
    return Text(content, reference, own("mediaType", ""), own("language", ""), own("nullFlavor", ""), element)


def interval(reader: Reader, element: Element) -> Interval:
    """IVL_TS or TS."""
    return _interval(reader, element, {NAMES[c.tag]: c for c in children(element)} if len(element) else {})


def _interval(reader: Reader, element: Element, parts: dict[str, Element]) -> Interval:
    get = element.get
    low = high = center = width = None
    if parts:
        bound = parts.get
        low, high, center, width = bound("low"), bound("high"), bound("center"), bound("width")
    return Interval(
        get("value", "").strip(),
        moment(low) if low is not None else None,
        moment(high) if high is not None else None,
        moment(center) if center is not None else None,
        quantity(reader, width) if width is not None else None,
        get("nullFlavor", ""),
        get("operator", ""),
    )


def timing(reader: Reader, element: Element) -> Timing:
    """EffectiveTime in any of its types."""
    kind = xsi_type(element)[:4]
    parts = {NAMES[child.tag]: child for child in children(element)} if len(element) else {}
    if kind == "PIVL" or "period" in parts:
        return _periodic(reader, element, parts)
    if kind == "EIVL" or "event" in parts:
        return _event_timing(reader, element, parts)
    if kind == "SXPR" or "comp" in parts:
        times = tuple([timing(reader, c) for c in children(element) if local(c) == "comp"])
        return TimeSet(times, element.get("nullFlavor", ""), element.get("operator", ""))
    return _interval(reader, element, parts)


def _periodic(reader: Reader, element: Element, parts: dict[str, Element]) -> Periodic:
    period, phase = parts.get("period"), parts.get("phase")
    get = element.get
    return Periodic(
        quantity(reader, period) if period is not None else None,
        interval(reader, phase) if phase is not None else None,
        get("alignment", ""),
        TRUE.get(get("institutionSpecified", "")),
        get("nullFlavor", ""),
        get("operator", ""),
    )


def _event_timing(reader: Reader, element: Element, parts: dict[str, Element]) -> EventTiming:
    event, offset = parts.get("event"), parts.get("offset")
    return EventTiming(
        reader.coded(event, "event") if event is not None else None,
        quantity_range(reader, offset) if offset is not None else None,
        element.get("nullFlavor", ""),
        element.get("operator", ""),
    )


def any_value(reader: Reader, element: Element) -> AnyValue:
    """observation/value and other places without a fixed type."""
    take = VALUES.get(xsi_type(element))
    return take(reader, element) if take is not None else VALUES[_guess(element)](reader, element)


def _coded_value(reader: Reader, element: Element) -> CodedValue:
    return reader.coded(element, "value")


def _boolean(reader: Reader, element: Element) -> Boolean:
    return Boolean(element.get("value", ""), element.get("nullFlavor", ""))


def _identifier_value(reader: Reader, element: Element) -> Identifier:
    return identifier(element)


VALUES: Final[dict[str, Callable[[Reader, Element], AnyValue]]] = {
    **dict.fromkeys(CODED_TYPES, _coded_value),
    **dict.fromkeys(QUANTITY_TYPES, quantity),
    **dict.fromkeys(RANGE_TYPES, quantity_range),
    **dict.fromkeys(RATIO_TYPES, ratio),
    **dict.fromkeys(TIME_TYPES, timing),
    **dict.fromkeys(("BL", "BN"), _boolean),
    **dict.fromkeys(("ST", "ED"), text),
    "II": _identifier_value,
}


def _guess(element: Element) -> str:
    """Type of a value without xsi:type, from what it contains."""
    if element.get("code") is not None or element.get("codeSystem") is not None:
        return "CD"
    names = {NAMES[child.tag] for child in children(element)}
    if names & {"originalText", "translation"}:
        return "CD"
    if "numerator" in names:
        return "RTO"
    if names & {"low", "high"}:
        bounds = [c for c in children(element) if local(c)]
        timed = all(len(c.get("value", "0000").split(".")[0]) >= 4 and c.get("unit") is None for c in bounds)
        return "IVL_TS" if timed else "IVL_PQ"
    if element.get("value") is not None:
        return "BL" if element.get("value") in TRUE else "PQ"
    if element.get("nullFlavor") is not None and not words(element):
        return "CD"
    return "ST"


def name(element: Element) -> Name:
    """EN: names of persons, organisations and things."""
    loose = element.text
    parts = [NamePart("", " ".join(loose.split()))] if loose and not loose.isspace() else []
    for child in children(element) if len(element) else ():
        kind = NAMES[child.tag]
        if kind and kind != "validTime":
            content = words(child)
            if content:
                parts.append(NamePart(kind, content, child.get("qualifier", "")))
        loose = child.tail
        if loose and not loose.isspace():
            parts.append(NamePart("", " ".join(loose.split())))
    return Name(tuple(parts), element.get("use", ""), element.get("nullFlavor", ""))


def address(element: Element) -> Address:
    """AD."""
    loose = element.text
    parts = [("", " ".join(loose.split()))] if loose and not loose.isspace() else []
    country: CodedValue | None = None
    for child in children(element):
        tag = NAMES[child.tag]
        content = words(child) if tag else ""
        if tag == "country":
            code, null = child.get("code", "") or content, child.get("nullFlavor", "")
            country = CodedValue(child, "country", -1, code, null_flavor=null)
        if content and tag != "useablePeriod":
            parts.append((tag, content))
        loose = child.tail
        if loose and not loose.isspace():
            parts.append(("", " ".join(loose.split())))
    return Address(tuple(parts), element.get("use", ""), element.get("nullFlavor", ""), country)


def telecom(element: Element) -> Telecom:
    """TEL."""
    get = element.get
    return Telecom(get("value", "").strip(), get("use", ""), get("nullFlavor", ""))
