"""Reports as FHIR R4 OperationOutcome, one a document.

The rule: an issue keeps our code, severity, words, advice and place; several documents make a Bundle of type
collection, a document without findings an informational issue (FHIR allows no empty outcome).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from cdatk.diagnostics import Severity
from cdatk.reporters.form import Form, word
from cdatk.reporters.judged import Judged, Judgement

Json = dict[str, "str | list[str] | Json | list[Json]"]

_SEVERITIES: Final = MappingProxyType({
    Severity.FATAL: "fatal", Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "information",
})  # fmt: skip
_KINDS: Final = MappingProxyType({
    "XML": "structure", "XSD": "structure", "CDA": "invariant", "SCH": "invariant", "ATT": "value",
    "TRM": "code-invalid", "FHR": "informational", "HTM": "exception",
})  # fmt: skip
_MISSING: Final = frozenset({"CDA-001", "CDA-005", "CDA-006", "CDA-007", "CDA-017", "CDA-024", "CDA-025"})
SYSTEM: Final = "urn:cdatk:diagnostics"


def outcome_report(documents: Sequence[Judged], form: Form) -> str:
    """One OperationOutcome, or a Bundle of them for several documents."""
    outcomes = [_outcome(document, form) for document in documents]
    if len(outcomes) == 1:
        resource = outcomes[0]
    else:
        entries: list[Json] = [{"resource": outcome} for outcome in outcomes]
        resource = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return msgspec.json.format(msgspec.json.encode(resource), indent=2).decode("utf-8") + "\n"


def _outcome(document: Judged, form: Form) -> Json:
    issues = [_issue(judgement, form) for judgement in document.judgements]
    if not issues and document.unreadable:
        issues = [{"severity": "fatal", "code": "exception", "details": {"text": word(form.language, "unreadable")}}]
    elif not issues:
        clean = word(form.language, "clean")
        issues = [{"severity": "information", "code": "informational", "details": {"text": clean}}]
    return {"resourceType": "OperationOutcome", "language": form.language, "issue": issues}


def _issue(judgement: Judgement, form: Form) -> Json:
    accepted = f" ({word(form.language, 'accepted')})" if judgement.accepted else ""
    coding: list[Json] = [{"system": SYSTEM, "code": judgement.code}]
    issue: Json = {
        "severity": "information" if judgement.accepted else _SEVERITIES[judgement.severity],
        "code": "required" if judgement.code in _MISSING else _KINDS.get(judgement.code[:3], "processing"),
        "details": {"coding": coding, "text": judgement.text + accepted},
        "diagnostics": f"{judgement.hint} [{judgement.reference}]",
    }
    if judgement.path:
        issue["location"] = [judgement.path]
    return issue
