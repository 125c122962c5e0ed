"""Typed views of statements: what an allergy, a problem, a medication … of a patient summary says.

The rule: an item only points at values of its statement and never copies or interprets them; child
statements that no field takes stand in ``others`` so that every emitter can carry them on.
"""

from __future__ import annotations

from cdatk.model.datatypes import CodedValue, Interval, Quantity, QuantityRange, Ratio, Timing, Value
from cdatk.model.statement import ExternalReference, Participation, Product, Statement
from cdatk.safe_xml import Element


class Generic(Value, frozen=True):
    """A statement that no typed reader recognised: carried on whole."""

    statement: Statement
    others: tuple[Statement, ...] = ()


class Agent(Value, frozen=True):
    """What an allergy is about."""

    participation: Participation
    code: CodedValue | None = None
    name: str = ""


class Reaction(Value, frozen=True):
    """A manifestation of an allergy with its own severity."""

    statement: Statement
    value: CodedValue | None = None
    time: Interval | None = None
    severity: CodedValue | None = None


class Note(Value, frozen=True):
    """A comment or an instruction in words."""

    statement: Statement
    text: str = ""


class Allergy(Value, frozen=True):
    """E.16 > E.17. ``absent`` holds the "no known …" or "no information" code."""

    statement: Statement
    concern: Statement | None = None
    type: CodedValue | None = None
    absent: CodedValue | None = None
    agents: tuple[Agent, ...] = ()
    values: tuple[CodedValue, ...] = ()
    time: Interval | None = None
    reactions: tuple[Reaction, ...] = ()
    severity: CodedValue | None = None
    criticality: CodedValue | None = None
    certainty: CodedValue | None = None
    status: CodedValue | None = None
    notes: tuple[Note, ...] = ()
    others: tuple[Statement, ...] = ()


class Problem(Value, frozen=True):
    """E.15 > E.7, active or past; ICD-10, Orphanet or whatever code stands there."""

    statement: Statement
    concern: Statement | None = None
    category: CodedValue | None = None
    absent: CodedValue | None = None
    values: tuple[CodedValue, ...] = ()
    time: Interval | None = None
    status: CodedValue | None = None
    outcome: CodedValue | None = None
    severity: CodedValue | None = None
    certainty: CodedValue | None = None
    professionals: tuple[Participation, ...] = ()
    references: tuple[ExternalReference, ...] = ()
    notes: tuple[Note, ...] = ()
    others: tuple[Statement, ...] = ()


class Reason(Value, frozen=True):
    """Why a medication is given: the reason's own observation and its coded values."""

    statement: Statement
    values: tuple[CodedValue, ...] = ()


class Medication(Value, frozen=True):
    """E.4 (in the summary) or E.2 (an item of a prescription)."""

    statement: Statement
    absent: CodedValue | None = None
    product: Product | None = None
    duration: Interval | None = None
    schedule: tuple[Timing, ...] = ()
    dose: Quantity | QuantityRange | Ratio | None = None
    rate: Quantity | QuantityRange | Ratio | None = None
    repeat: Quantity | QuantityRange | Ratio | None = None
    route: CodedValue | None = None
    sites: tuple[CodedValue, ...] = ()
    reasons: tuple[Reason, ...] = ()
    patient_notes: tuple[Note, ...] = ()
    dispenser_notes: tuple[Note, ...] = ()
    supply: Statement | None = None
    substitution: CodedValue | None = None
    steps: tuple[Medication, ...] = ()
    others: tuple[Statement, ...] = ()


class Dispensation(Value, frozen=True):
    """E.3: what was handed out, with the prescription copied back."""

    statement: Statement
    product: Product | None = None
    quantity: Quantity | QuantityRange | Ratio | None = None
    prescription: Medication | None = None
    substituted: Statement | None = None
    others: tuple[Statement, ...] = ()


class Immunization(Value, frozen=True):
    """E.19."""

    statement: Statement
    absent: CodedValue | None = None
    product: Product | None = None
    time: Interval | None = None
    route: CodedValue | None = None
    sites: tuple[CodedValue, ...] = ()
    dose: Quantity | QuantityRange | Ratio | None = None
    dose_number: Quantity | None = None
    diseases: tuple[CodedValue, ...] = ()
    performers: tuple[Participation, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    notes: tuple[Note, ...] = ()
    others: tuple[Statement, ...] = ()


class Procedure(Value, frozen=True):
    """E.26."""

    statement: Statement
    code: CodedValue | None = None
    absent: CodedValue | None = None
    time: Interval | None = None
    sites: tuple[CodedValue, ...] = ()
    performers: tuple[Participation, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Note, ...] = ()
    others: tuple[Statement, ...] = ()


class DeviceUse(Value, frozen=True):
    """E.5: a device or implant of the patient."""

    statement: Statement
    absent: CodedValue | None = None
    participation: Participation | None = None
    code: CodedValue | None = None
    name: str = ""
    time: Interval | None = None
    others: tuple[Statement, ...] = ()


class Finding(Value, frozen=True):
    """An observation with its value: result, vital sign, social history, pregnancy, functional status, travel.

    ``parts`` are the observations of an organizer or nested below the observation (expected delivery date).
    """

    statement: Statement
    code: CodedValue | None = None
    time: Interval | None = None
    parts: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    others: tuple[Statement, ...] = ()


Item = Allergy | Problem | Medication | Dispensation | Immunization | Procedure | DeviceUse | Finding | Generic


class Entry(Value, frozen=True):
    """One ``entry`` of a section: ``kind`` in the words of the profile, and what it holds (one item or more).

    ``number`` counts the entries of the whole document from 0. An entry without any statement has no items; ``void``
    is the nullFlavor of an entry that says of itself that it holds nothing.
    """

    number: int
    kind: str
    element: Element
    items: tuple[Item, ...] = ()
    void: str = ""
