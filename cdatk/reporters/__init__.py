"""Reports on documents in the forms a person or a tool reads.

The rule: a reporter only words what is in the report and the facts; it decides nothing. To add a form: one
file and one line in ``REPORTERS`` (a report for each document as it comes) or in ``SUMMARIES`` (one for all).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cdatk.facts import Inspection
from cdatk.reporters.form import Form
from cdatk.reporters.json_report import inspection_json, report_json
from cdatk.reporters.judged import Judged, judged, verdict
from cdatk.reporters.junit import junit_report
from cdatk.reporters.outcome import outcome_report
from cdatk.reporters.places import Reported
from cdatk.reporters.summary import html_report
from cdatk.reporters.text import inspection_text, report_text

REPORTERS: Final[Mapping[str, Callable[[Reported, Form], str]]] = MappingProxyType({
    "text": report_text,
    "json": report_json,
})  # fmt: skip
SUMMARIES: Final[Mapping[str, Callable[[Sequence[Judged], Form], str]]] = MappingProxyType({
    "junit": junit_report,
    "outcome": outcome_report,
    "html": html_report,
})  # fmt: skip
INSPECTORS: Final[Mapping[str, Callable[[Inspection, Form], str]]] = MappingProxyType({
    "text": inspection_text,
    "json": inspection_json,
})  # fmt: skip

__all__ = [
    "INSPECTORS",
    "REPORTERS",
    "SUMMARIES",
    "Form",
    "Judged",
    "Reported",
    "judged",
    "verdict",
]
