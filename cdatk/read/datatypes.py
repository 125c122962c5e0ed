"""CDA data types from elements.

The rule: the type is what ``xsi:type`` says (its local part), else what the content shows; a value of a type we do
not know becomes its text, never nothing.
"""

from __future__ import annotations

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
from cdatk.safe_xml import NAMES, XSI_TYPE, Element, local

CODED_TYPES = frozenset({"CD", "CE", "CV", "CS", "CO", "CR", "SC"})
QUANTITY_TYPES = frozenset({"PQ", "INT", "REAL", "MO", "PQR"})
RANGE_TYPES = frozenset({"IVL_PQ", "IVL_INT", "IVL_REAL", "IVL_MO"})
TIME_TYPES = frozenset({"TS", "IVL_TS", "IVXB_TS", "SXCM_TS", "UVP_TS"})
OTHER_TYPES = frozenset({"ST", "ED", "BL", "BN", "II", "RTO", "RTO_PQ_PQ", "RTO_QTY_QTY", "PIVL_TS", "EIVL_TS",
                         "SXPR_TS", "PIVL_PPD_TS", "EIVL_PPD_TS"})  # fmt: skip
KNOWN_TYPES = CODED_TYPES | QUANTITY_TYPES | RANGE_TYPES | TIME_TYPES | OTHER_TYPES
TRUE = {"true": True, "false": False}


def xsi_type(element: Element) -> str:
    """Local part of xsi:type, "" when there is none."""
    return element.get(XSI_TYPE, "").rpartition(":")[2]


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
        translations = tuple(reader.coded(c, "translation") for c in element if NAMES[c.tag] == "translation")
        original = next((reader.text_of(c)[0] for c in element if NAMES[c.tag] == "originalText"), "")
    get = element.get
    unit = (get("unit") or get("currency") or "").strip()
    if unit:
        reader.units[unit] = None
    return Quantity(
        get("value", "").strip(),
        unit,
        get("nullFlavor", ""),
        original,
        translations,
        element,
    )


def quantity_range(reader: Reader, element: Element) -> QuantityRange:
    """IVL_PQ, IVL_INT."""
    bounds: dict[str, Quantity] = {}
    closed: dict[str, bool | None] = {}
    for child in element:
        tag = local(child)
        if tag in ("low", "high", "center", "width"):
            bounds[tag] = quantity(reader, child)
            closed[tag] = TRUE.get(child.get("inclusive", ""))
    return QuantityRange(
        bounds.get("low"), bounds.get("high"), bounds.get("center"), bounds.get("width"),
        element.get("nullFlavor", ""), closed.get("low"), closed.get("high"), element,
    )  # fmt: skip


def measure(reader: Reader, element: Element) -> Quantity | QuantityRange | Ratio:
    """A dose, rate or amount: single value, range or ratio, by type or by content."""
    kind = xsi_type(element)
    if not len(element) and not kind.startswith("RTO") and kind not in RANGE_TYPES:
        return quantity(reader, element)
    names = {NAMES[child.tag] for child in element}
    if kind.startswith("RTO") or "numerator" in names or "denominator" in names:
        return ratio(reader, element)
    if kind in RANGE_TYPES or names & {"low", "high", "center", "width"}:
        return quantity_range(reader, element)
    return quantity(reader, element)


def ratio(reader: Reader, element: Element) -> Ratio:
    """RTO_PQ_PQ."""
    parts = {local(child): quantity(reader, child) for child in element if local(child)}
    return Ratio(parts.get("numerator"), parts.get("denominator"), element.get("nullFlavor", ""), element)


def text(reader: Reader, element: Element) -> Text:
    """ST or ED."""
    content, reference = reader.text_of(element)
    get = element.get
    return Text(content, reference, get("mediaType", ""), get("language", ""), get("nullFlavor", ""), element)


def interval(reader: Reader, element: Element) -> Interval:
    """IVL_TS or TS."""
    return _interval(reader, element, {NAMES[child.tag]: child for child in element} if len(element) else {})


def _interval(reader: Reader, element: Element, children: dict[str, Element]) -> Interval:
    low = high = center = width = None
    if children:
        bound = children.get
        low, high, center, width = bound("low"), bound("high"), bound("center"), bound("width")
    get = element.get
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
    kind = xsi_type(element)
    children = {NAMES[child.tag]: child for child in element}
    null, operator = element.get("nullFlavor", ""), element.get("operator", "")
    if kind.startswith("PIVL") or "period" in children:
        period, phase = children.get("period"), children.get("phase")
        return Periodic(
            quantity(reader, period) if period is not None else None,
            interval(reader, phase) if phase is not None else None,
            element.get("alignment", ""),
            TRUE.get(element.get("institutionSpecified", "")),
            null,
            operator,
        )
    if kind.startswith("EIVL") or "event" in children:
        event, offset = children.get("event"), children.get("offset")
        return EventTiming(
            reader.coded(event, "event") if event is not None else None,
            quantity_range(reader, offset) if offset is not None else None,
            null,
            operator,
        )
    if kind.startswith("SXPR") or "comp" in children:
        return TimeSet(tuple(timing(reader, c) for c in element if local(c) == "comp"), null, operator)
    return _interval(reader, element, children)


def any_value(reader: Reader, element: Element) -> AnyValue:
    """observation/value and other places without a fixed type."""
    kind = xsi_type(element)
    if kind not in KNOWN_TYPES:
        kind = _guess(element)
    if kind in CODED_TYPES:
        return reader.coded(element, "value")
    if kind in QUANTITY_TYPES:
        return quantity(reader, element)
    if kind in RANGE_TYPES:
        return quantity_range(reader, element)
    if kind.startswith("RTO"):
        return ratio(reader, element)
    if kind in TIME_TYPES or kind.startswith(("PIVL", "EIVL", "SXPR")):
        return timing(reader, element)
    if kind in ("BL", "BN"):
        return Boolean(element.get("value", ""), element.get("nullFlavor", ""))
    if kind == "II":
        return identifier(element)
    return text(reader, element)


def _guess(element: Element) -> str:
    """Type of a value without xsi:type, from what it contains."""
    if element.get("code") is not None or element.get("codeSystem") is not None:
        return "CD"
    names = {local(child) for child in element}
    if names & {"originalText", "translation"}:
        return "CD"
    if "numerator" in names:
        return "RTO"
    if names & {"low", "high"}:
        timed = all(
            len(c.get("value", "0000").split(".")[0]) >= 4 and c.get("unit") is None for c in element if local(c)
        )
        return "IVL_TS" if timed else "IVL_PQ"
    if element.get("value") is not None:
        return "BL" if element.get("value") in TRUE else "PQ"
    if element.get("nullFlavor") is not None and not words(element):
        return "CD"
    return "ST"


def name(element: Element) -> Name:
    """EN: names of persons, organisations and things."""
    parts: list[NamePart] = []
    if element.text and element.text.strip():
        parts.append(NamePart("", " ".join(element.text.split())))
    for child in element:
        kind = local(child)
        if kind and kind != "validTime":
            content = words(child)
            if content:
                parts.append(NamePart(kind, content, child.get("qualifier", "")))
        if child.tail and child.tail.strip():
            parts.append(NamePart("", " ".join(child.tail.split())))
    return Name(tuple(parts), element.get("use", ""), element.get("nullFlavor", ""))


def address(reader: Reader, element: Element) -> Address:
    """AD."""
    parts: list[tuple[str, str]] = []
    country: CodedValue | None = None
    if element.text and element.text.strip():
        parts.append(("", " ".join(element.text.split())))
    for child in element:
        tag = local(child)
        content = words(child) if tag else ""
        if tag == "country":
            country = CodedValue(
                child,
                "country",
                -1,
                child.get("code", "") or content,
                null_flavor=child.get("nullFlavor", ""),
            )
        if content and tag != "useablePeriod":
            parts.append((tag, content))
        if child.tail and child.tail.strip():
            parts.append(("", " ".join(child.tail.split())))
    return Address(tuple(parts), element.get("use", ""), element.get("nullFlavor", ""), country)


def telecom(element: Element) -> Telecom:
    """TEL."""
    get = element.get
    return Telecom(get("value", "").strip(), get("use", ""), get("nullFlavor", ""))
