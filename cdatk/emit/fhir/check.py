"""A second opinion before anything is written: the models of fhir.resources (FHIR R4B).

The rule: a judge, not a part of the way: it is loaded when it is asked for, and what it finds stops the output. R4B
and R4 are the same for the resources written here.
"""

from __future__ import annotations

from typing import Final

import msgspec
from pydantic import ValidationError

from cdatk.diagnostics import Report

DEEPEST: Final = 8  # steps of a place that are worth showing


def check(data: bytes, report: Report) -> bool:
    """True when a bundle, or each resource of NDJSON, follows its model; else findings FHR-009 name the places.

    Raises ModuleNotFoundError when fhir.resources is not installed (extra ``check``).
    """
    from fhir.resources.R4B import get_fhir_model_class

    lines = data.splitlines() if data.count(b"\n{") else [data]
    found: set[tuple[str, str]] = set()
    for line in lines:
        node = msgspec.json.decode(line)
        for resource in (entry["resource"] for entry in node["entry"]) if "entry" in node else (node,):
            model = get_fhir_model_class(resource["resourceType"])
            try:
                model.model_validate(resource)
            except ValidationError as error:
                rows = [
                    row for row in error.errors(include_url=False) if not _allowed(row["loc"], row["input"], row["msg"])
                ]
                found.update((_place(resource["resourceType"], row["loc"]), row["type"]) for row in rows)
    for path, kind in sorted(found):
        report.add("FHR-009", path=path, kind=kind)
    return not found


def _allowed(location: tuple[int | str, ...], given: object, message: str) -> bool:
    """True for what FHIR allows and the models do not: an element that has a reason (``_x``) and no value."""
    if location and str(location[-1]).startswith("_"):
        return True
    missing = message.partition("Expect any of field value from this list ")[2]
    return (
        bool(missing) and isinstance(given, dict) and any(f"'{key[1:]}'" in missing for key in given if key[0] == "_")
    )


def _place(type_: str, location: tuple[int | str, ...]) -> str:
    """A FHIR path without positions: it names elements, never what stands in them."""
    return ".".join([type_, *(str(step) for step in location if isinstance(step, str))][: DEEPEST + 1])
