"""Times and quantities: do they exist, do intervals run forward, is null null?

The rule: every effectiveTime is looked at once with its parts, every other value only by the set of its writings;
places are searched for the bad ones alone. One cause, one finding, except dates: each bad date is named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml.etree import XPath

from cdatk.diagnostics import Report
from cdatk.safe_xml import HL7, XSI_TYPE, Element, local
from cdatk.validate.rules.checks import descending, is_number, is_time
from cdatk.validate.rules.paths import compiled, elements, strings

_TIME: Final = f"{{{HL7}}}effectiveTime"
_LOW, _HIGH, _EVENT = f"{{{HL7}}}low", f"{{{HL7}}}high", f"{{{HL7}}}event"
_POINTS: Final = tuple(
    (compiled(f"{place}/@value"), compiled(f"{place}[@value]"))
    for place in ("/descendant::h:time", "/h:ClinicalDocument/h:recordTarget/h:patientRole/h:patient/h:birthTime")
)
_COUNTS: Final = tuple(
    (compiled(f"/descendant::h:{name}/@value"), compiled(f"/descendant::h:{name}[@value][not(@unit)]"))
    for name in ("doseQuantity", "quantity")
)
_INTERVALS: Final = compiled("/descendant::h:value[h:low]")
_MEASURED: Final = compiled("/descendant::*/@unit/..")
Broken = dict[tuple[str, str], list[Element]]


def check_times(root: Element, report: Report) -> None:
    """Times that are no times, intervals that run backwards, null times with a value, quantities without a number."""
    broken: Broken = {}
    for element in root.iter(_TIME):
        _check_time(element, broken, report)
    _check_set(root, _POINTS, is_time, "CDA-019", report)
    _check_set(root, _COUNTS, is_number, "CDA-020", report)
    for element in elements(_INTERVALS, root):
        if element.get(XSI_TYPE, "").endswith("IVL_TS"):
            _check_time(element, broken, report)
        else:
            _check_range(element, broken)
    for element in elements(_MEASURED, root):
        value = element.get("value")
        if value is not None and not is_number(value):
            report.add("CDA-020", element, element=local(element))
    for (code, row), found in broken.items():
        report.add(code, found[0], element=local(found[0]), row=row, count=len(found))


def _check_set(
    root: Element, places: tuple[tuple[XPath, XPath], ...], good: Callable[[str], bool], code: str, report: Report
) -> None:
    for values, holders in places:
        wrong = {value for value in set(strings(values, root)) if not good(value)}
        for element in elements(holders, root) if wrong else ():
            if element.get("value") in wrong:
                report.add(code, element, element=local(element))


def _check_time(element: Element, broken: Broken, report: Report) -> None:
    """One effectiveTime, or a value of type IVL_TS."""
    value, null = element.get("value"), element.get("nullFlavor")
    if value is not None and not is_time(value):
        report.add("CDA-019", element, element=local(element))
    filled = value is not None
    low = high = None
    for part in element:
        tag, inner = part.tag, part.get("value")
        if tag == _LOW:
            low = part
        elif tag == _HIGH:
            high = part
        elif tag == _EVENT and (part.get("displayName") or part.get("codeSystemVersion")):
            _note(broken, "CDA-036", "event-attributes", part)
        if inner is not None:
            filled = True
            if part.get("unit") is None and isinstance(tag, str) and not is_time(inner):
                report.add("CDA-019", part, element=local(part))
            if part.get("nullFlavor") is not None:
                _note(broken, "CDA-037", "null-time", part)
    if low is not None and high is not None:
        _check_bounds(low, high, broken)
    if null is not None:
        _check_null(element, filled, broken)


def _check_bounds(low: Element, high: Element, broken: Broken) -> None:
    first, last = low.get("value"), high.get("value")
    if first is None or last is None:
        return
    if first == last:
        _note(broken, "CDA-035", "interval-point", low)
    elif descending(low):
        _note(broken, "CDA-034", "interval-order", low)


def _check_range(element: Element, broken: Broken) -> None:
    low = element.find(_LOW)
    if low is not None and low.get("value") and element.find(_HIGH) is not None and descending(low):
        _note(broken, "CDA-034", "interval-order", low)


def _check_null(element: Element, filled: bool, broken: Broken) -> None:
    """A null time: with a value, with attributes or parts, beside other times of the same statement."""
    if filled:
        _note(broken, "CDA-037", "null-time", element)
    if element.get("operator") or element.get("institutionSpecified") or (len(element) and not filled):
        _note(broken, "CDA-038", "null-attributes", element)
    parent = element.getparent()
    if parent is not None and any(e.get("nullFlavor") is None for e in parent.iterchildren(_TIME)):
        _note(broken, "CDA-039", "null-beside-time", element)


def _note(broken: Broken, code: str, row: str, element: Element) -> None:
    broken.setdefault((code, row), []).append(element)
