"""Times and quantities: do they exist, do intervals run forward, is null null?

The rule: every effectiveTime is looked at once with its parts, every quantity with a unit only by the set of their
writings; places are searched for the bad ones alone. One cause, one finding, except dates: each bad date is named.
"""

from __future__ import annotations

from typing import Final

from cdatk.diagnostics import Report
from cdatk.safe_xml import HL7, XSI_TYPE, Element, local
from cdatk.validate.rules.checks import beside_value, descending, is_number, is_time
from cdatk.validate.rules.paths import compiled, elements, strings
from cdatk.validate.rules.walk import Found, ranks

_LOW, _HIGH, _EVENT = f"{{{HL7}}}low", f"{{{HL7}}}high", f"{{{HL7}}}event"
_EFFECTIVE, _TIME, _VALUE = f"{{{HL7}}}effectiveTime", f"{{{HL7}}}time", f"{{{HL7}}}value"
_QUANTITIES: Final = (f"{{{HL7}}}doseQuantity", f"{{{HL7}}}quantity")
TIMED: Final = (_EFFECTIVE, _TIME, _VALUE, *_QUANTITIES)
_BIRTHS: Final = compiled("h:recordTarget/h:patientRole/h:patient/h:birthTime[@value]")
_MEASURES: Final = compiled("descendant-or-self::*/@unit/../@value")
_MEASURED: Final = compiled("descendant-or-self::*[@unit][@value]")


class Times:
    """What is wrong with the times and quantities of a document: bad values one by one, the rest by cause."""

    __slots__ = ("_bad", "_broken", "_nulls")

    def __init__(self) -> None:
        self._bad: list[tuple[Element, str, Element]] = []  # looked at, code, element with the bad value
        self._broken: dict[tuple[str, str], list[Element]] = {}
        self._nulls: list[Element] = []

    def check(self, root: Element, found: Found, report: Report) -> None:
        """Times that are no times, intervals that run backwards, null times with a value, quantities without a number.

        ``found`` has the elements of the tags ``TIMED``.
        """
        for element in found[_EFFECTIVE]:
            self._at_effective_time(element)
        for element in found[_TIME]:
            self._at_time(element)
        for tag in _QUANTITIES:
            for element in found[tag]:
                self._at_quantity(element)
        self._sort(root)
        for element in elements(_BIRTHS, root):
            self._at_time(element)
        for element in found[_VALUE]:
            low = next(element.iterchildren(_LOW), None) if len(element) else None
            if low is not None:
                self._at_interval(element, low)
        self._check_measures(root)
        for element in beside_value(self._nulls):
            self._note("CDA-039", "null-beside-time", element)
        for _, code, element in self._bad:
            report.add(code, element, element=local(element))
        for (code, row), places in self._broken.items():
            report.add(code, places[0], element=local(places[0]), row=row, count=len(places))

    def _sort(self, root: Element) -> None:
        """Bad values of several kinds of elements in the order of the document."""
        if len({element.tag for element, _, _ in self._bad}) > 1:
            rank = ranks(root, (element for element, _, _ in self._bad))
            self._bad.sort(key=lambda bad: rank[bad[0]])

    def _at_time(self, element: Element) -> None:
        value = element.get("value")
        if value is not None and not is_time(value):
            self._bad.append((element, "CDA-019", element))

    def _at_effective_time(self, element: Element) -> None:
        value = element.get("value")
        filled = value is not None
        if value is not None and not is_time(value):
            self._bad.append((element, "CDA-019", element))
        if len(element) and self._check_parts(element):
            filled = True
        if element.get("nullFlavor") is not None:
            self._nulls.append(element)
            self._check_null(element, filled)

    def _at_interval(self, element: Element, low: Element) -> None:
        """A value with a low: an interval of time, or of numbers."""
        if element.get(XSI_TYPE, "").endswith("IVL_TS"):
            self._at_time(element)
            filled = self._check_parts(element) or element.get("value") is not None
            if element.get("nullFlavor") is not None:
                self._check_null(element, filled)
            return
        if low.get("value") and element.find(_HIGH) is not None and descending(low):
            self._note("CDA-034", "interval-order", low)

    def _check_parts(self, element: Element) -> bool:
        """The parts of an interval of time; True when one of them has a value."""
        filled = False
        low = high = None
        for part in element:
            tag, inner = part.tag, part.get("value")
            if inner is not None:
                filled = True
                if tag == _LOW:
                    low = inner
                elif tag == _HIGH:
                    high = inner
                if not is_time(inner) and part.get("unit") is None and isinstance(tag, str):
                    self._bad.append((element, "CDA-019", part))
                if part.get("nullFlavor") is not None:
                    self._note("CDA-037", "null-time", part)
            if tag == _EVENT and (part.get("displayName") or part.get("codeSystemVersion")):
                self._note("CDA-036", "event-attributes", part)
        if low is not None and high is not None:
            self._check_bounds(element, low, high)
        return filled

    def _check_bounds(self, element: Element, first: str, last: str) -> None:
        if len(first) == len(last) and first < last and first.isdigit() and last.isdigit():
            return
        low = element.find(_LOW)
        if low is not None and first == last:
            self._note("CDA-035", "interval-point", low)
        elif low is not None and descending(low):
            self._note("CDA-034", "interval-order", low)

    def _check_null(self, element: Element, filled: bool) -> None:
        """A null time: with a value, with attributes or parts."""
        if filled:
            self._note("CDA-037", "null-time", element)
        if element.get("operator") or element.get("institutionSpecified") or (len(element) and not filled):
            self._note("CDA-038", "null-attributes", element)

    def _at_quantity(self, element: Element) -> None:
        """A number of packages or doses; what has a unit is looked at with all that has one."""
        value = element.get("value")
        if value is not None and not is_number(value) and element.get("unit") is None:
            self._bad.append((element, "CDA-020", element))

    def _check_measures(self, root: Element) -> None:
        wrong = {value for value in set(strings(_MEASURES, root)) if not is_number(value)}
        for element in elements(_MEASURED, root) if wrong else ():
            if element.get("value") in wrong:
                self._bad.append((element, "CDA-020", element))

    def _note(self, code: str, row: str, element: Element) -> None:
        self._broken.setdefault((code, row), []).append(element)
