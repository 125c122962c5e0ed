"""Codes that the catalogue has retired, and the forms that code systems give their codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdatk.diagnostics import Report
from cdatk.model import CodedValue, Document, Header, Mapped, Standing
from cdatk.profiles import profile_for_code
from cdatk.safe_xml import parse
from cdatk.settings import Limits
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.rows import CURRENT, Association, Concept, Designation
from cdatk.validate.bindings import _contradicts, check_bindings

ICD = "1.3.6.1.4.1.12559.11.10.1.3.1.44.2"


class Catalogue:
    """A catalogue of one code with its status."""

    def __init__(self, status: str) -> None:
        self.status = status

    def concept(self, oid: str, code: str) -> Concept:
        return Concept(oid, code, "Asthma", self.status)

    def replacement(self, oid: str, code: str) -> Association | None:
        return None

    def designations(self, oid: str, code: str) -> tuple[Designation, ...]:
        return ()


def codes_of(status: str) -> list[str]:
    """What is said of a document with one code that has this status."""
    report = Report()
    root = parse((Path(__file__).parent / "cases" / "base.xml").read_bytes(), Limits(), report)
    assert root is not None
    value = CodedValue(root, "value", 0, "J45", ICD, "Asthma")
    document = Document(root, "L3", Header(), codes=(value,), roles={0: "problem.value"})
    mapped = (Mapped(Standing.KNOWN, ICD, "", "J45", "Asthma"),)
    catalogue: Terminology = Catalogue(status)  # type: ignore[assignment]
    check_bindings(document, mapped, profile_for_code("60591-5"), catalogue, report)
    return [finding.code for finding in report]


def test_a_retired_code_is_said() -> None:
    assert codes_of("retired") == ["TRM-018"]


def test_a_code_in_force_is_not_said_to_be_retired() -> None:
    assert codes_of(CURRENT) == []


@pytest.mark.parametrize(
    ("said", "held", "contradicts"),
    [
        ("Fracture of femur", "Asthma", True),
        ("Asthmatic state", "Asthma", False),  # one root
        ("Inctive", "Inactive", False),  # a misspelling
        ("Πρόβλημα", "Problem", False),  # another script
        ("Pen", "Injection", False),  # nothing significant to compare
        ("Hypertension, unspecified", "Essential (primary) hypertension", False),
    ],
)
def test_when_words_contradict(said: str, held: str, contradicts: bool) -> None:
    assert _contradicts(said, [held]) is contradicts
