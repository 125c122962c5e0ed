"""The conversion guide (docs/fhir-guide.md) out of the mapping data: ``guide.toml`` and the tables of ``maps.toml``.

The rule: nothing in the guide is written by hand; ``python -m cdatk.emit.fhir.guide`` prints it and a test compares.
"""

from __future__ import annotations

import sys
import tomllib
from functools import cache

import msgspec

from cdatk.emit.fhir.tables import maps
from cdatk.resources import data_file


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: where a value stands in the CDA, where it goes in FHIR, how."""

    cda: str
    fhir: str
    rule: str


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one kind of section."""

    title: str
    section: str
    row: tuple[Row, ...]


@cache
def parts() -> tuple[Part, ...]:
    """All rows of the guide, read once per process."""
    rows = tomllib.loads(data_file("emit/fhir/guide.toml").read_text("utf-8"))
    return msgspec.convert(rows["part"], tuple[Part, ...])


def page() -> str:
    """The guide in Markdown."""
    lines = [
        "# Conversion guide: CDA to FHIR",
        "",
        "Made from `cdatk/emit/fhir/guide.toml` and `maps.toml` by `python -m cdatk.emit.fhir.guide`; do not edit.",
        'What no row names is carried in an extension; what a status table does not name is "unknown" and reported.',
    ]
    for part in parts():
        where = f" ({part.section})" if part.section not in ("", "*") else ""
        lines += ["", f"## {part.title}{where}", "", "| CDA | FHIR | rule |", "|---|---|---|"]
        lines += [f"| `{row.cda}` | `{row.fhir}` | {row.rule} |" for row in part.row]
    lines += ["", "## Tables"]
    for name, table in tables().items():
        lines += ["", f"### {name}", "", "| CDA | FHIR |", "|---|---|"]
        lines += [f"| `{key}` | `{value}` |" for key, value in table.items()]
    return "\n".join(lines) + "\n"


@cache
def tables() -> dict[str, dict[str, str]]:
    """The tables that say what a code becomes, by their name in ``maps.toml``."""
    held = maps()
    named: dict[str, dict[str, str]] = {f"status.{kind}": rows for kind, rows in held.status.items()}
    named |= {"clinical.condition": held.clinical.condition, "clinical.allergy": held.clinical.allergy}
    named |= {
        "verification.condition": held.verification.condition,
        "verification.allergy": held.verification.allergy,
        "verification.condition_by_status": held.verification.condition_by_status,
        "unstated": held.unstated,
        "criticality": held.criticality,
        "reaction_severity": held.reaction_severity,
        "allergy_type": {k: ", ".join(v for v in (r.type, r.category) if v) for k, r in held.allergy_type.items()},
        "category": held.category,
        "substitution": {key: str(value).lower() for key, value in held.substitution.items()},
        "timing_unit": held.timing_unit,
        "intent": held.intent,
        "gender": held.gender,
        "relates_to": held.relates_to,
        "null_flavor": held.null_flavor,
        "empty_reason": held.empty_reason,
        "systems": held.systems,
    }
    return named


if __name__ == "__main__":
    sys.stdout.write(page())
