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
from cdatk.validate.rules.walk import Look

_LOW, _HIGH, _EVENT = f"{{{HL7}}}low", f"{{{HL7}}}high", f"{{{HL7}}}event"
_EFFECTIVE: Final = f"{{{HL7}}}effectiveTime"
_BIRTHS: Final = compiled("/h:ClinicalDocument/h:recordTarget/h:patientRole/h:patient/h:birthTime[@value]")
_INTERVALS: Final = compiled("/descendant::h:value[h:low]")
_MEASURES: Final = compiled("/descendant::*/@unit/../@value")
_MEASURED: Final = compiled("/descendant::*[@unit][@value]")


class Times:
    """What is wrong with the times and quantities of a document: bad values one by one, the rest by cause."""

    __slots__ = ("_bad", "_broken", "_nulls")

    def __init__(self) -> None:
        self._bad: list[tuple[str, Element]] = []
        self._broken: dict[tuple[str, str], list[Element]] = {}
        self._nulls: list[Element] = []

    def looks(self) -> dict[str, Look]:
        """The looks that fill this."""
        return {
            _EFFECTIVE: self._at_effective_time,
            f"{{{HL7}}}time": self._at_time,
            f"{{{HL7}}}doseQuantity": self._at_quantity,
            f"{{{HL7}}}quantity": self._at_quantity,
        }

    def check(self, root: Element, report: Report) -> None:
        """Look at what no walk shows, then report everything: times that are no times, intervals that run backwards,
        null times with a value, quantities without a number.
        """
        for element in elements(_BIRTHS, root):
            self._at_time(element)
        for element in elements(_INTERVALS, root):
            self._at_interval(element)
        self._check_measures(root)
        for element in beside_value(self._nulls):
            self._note("CDA-039", "null-beside-time", element)
        for code, element in self._bad:
            report.add(code, element, element=local(element))
        for (code, row), places in self._broken.items():
            report.add(code, places[0], element=local(places[0]), row=row, count=len(places))

    def _at_time(self, element: Element) -> None:
        value = element.get("value")
        if value is not None and not is_time(value):
            self._bad.append(("CDA-019", element))

    def _at_effective_time(self, element: Element) -> None:
        filled = self._check_parts(element)
        if element.get("nullFlavor") is not None:
            self._nulls.append(element)
            self._check_null(element, filled)

    def _at_interval(self, element: Element) -> None:
        """A value with a low: an interval of time, or of numbers."""
        if element.get(XSI_TYPE, "").endswith("IVL_TS"):
            filled = self._check_parts(element)
            if element.get("nullFlavor") is not None:
                self._check_null(element, filled)
            return
        low = element.find(_LOW)
        if low is not None and low.get("value") and element.find(_HIGH) is not None and descending(low):
            self._note("CDA-034", "interval-order", low)

    def _check_parts(self, element: Element) -> bool:
        """A point or interval of time: its value and its parts; True when there is any value."""
        value = element.get("value")
        if value is not None and not is_time(value):
            self._bad.append(("CDA-019", element))
        filled = value is not None
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
                    self._bad.append(("CDA-019", part))
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
            self._bad.append(("CDA-020", element))

    def _check_measures(self, root: Element) -> None:
        wrong = {value for value in set(strings(_MEASURES, root)) if not is_number(value)}
        for element in elements(_MEASURED, root) if wrong else ():
            if element.get("value") in wrong:
                self._bad.append(("CDA-020", element))

    def _note(self, code: str, row: str, element: Element) -> None:
        self._broken.setdefault((code, row), []).append(element)
