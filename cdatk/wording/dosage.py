"""How a medicine is taken, as one sentence: dose, schedule, condition, rate, route, duration.

The rule: each word comes from a value of the document; what it leaves out is left out, and an unknown dose or
frequency is said only where the other one is known.
"""

from __future__ import annotations

from cdatk.model import (
    CodedValue,
    Medication,
    Quantity,
    QuantityRange,
    Ratio,
    Relation,
    TermState,
    Text,
    Translation,
)
from cdatk.wording.dates import interval_words, is_empty
from cdatk.wording.locales import NBSP, base
from cdatk.wording.nulls import null_word
from cdatk.wording.numbers import is_plural
from cdatk.wording.schedule import schedule_words, term_words
from cdatk.wording.units import is_bare, measure_words

_SAID_NULLS = frozenset({"UNK", "ASKU", "NASK", "NAV", "NI", "MSK"})


def dosage_sentence(medication: Medication, translation: Translation, *, period: bool = True) -> str:
    """As "1 comprimé toutes les 8 heures, si besoin, par voie orale, depuis le 3 mars 2024"; "" if unsaid.

    Split and tapered doses (``steps``) follow, separated by semicolons. ``translation`` has to be the one of
    the document that the medication stands in. Without ``period`` the first and last day of the treatment as a whole
    are left to another place; those of its steps belong to their doses and stay.
    """
    french = base(translation.language) == "fr"
    own = ", ".join(filter(None, _parts(medication, translation, period)))
    if own and medication.statement.negated:
        own = _negation(medication, french) + own
    if not medication.steps:
        return own
    sentences = [own, *(dosage_sentence(step, translation) for step in medication.steps)]
    joint = f"{NBSP}; " if french else "; "
    return joint.join(sentence for sentence in sentences if sentence)


def _negation(medication: Medication, french: bool) -> str:
    if medication.statement.mood == "EVN":
        return f"NON administré{NBSP}: " if french else "NOT given: "
    return f"à NE PAS administrer{NBSP}: " if french else "NOT to be given: "


def _parts(medication: Medication, translation: Translation, period: bool) -> list[str]:
    language = translation.language
    duration = medication.duration if period else None
    return [
        _intake(medication, translation),
        *[_condition(r, translation) for r in medication.statement.relations if r.type_code == "PRCN"],
        _rate(medication, translation),
        _maximum(medication, translation),
        _route(medication, translation),
        "" if duration is None or is_empty(duration) else interval_words(duration, language),
    ]


def _intake(medication: Medication, translation: Translation) -> str:
    """Dose and schedule together; an explicit null of one is said beside the other."""
    language, french = translation.language, base(translation.language) == "fr"
    dose = dose_words(medication.dose, translation) if medication.dose is not None else ""
    schedule = schedule_words(medication.schedule, translation)
    if dose and schedule:
        bare = medication.dose is not None and is_bare(medication.dose)
        return f"{dose}{', ' if bare else ' '}{schedule}"
    if dose:
        flavor = next((t.null_flavor for t in medication.schedule if t.null_flavor in _SAID_NULLS), "")
        word = "fréquence" if french else "frequency"
        return f"{dose}, {word} {null_word(flavor, language, feminine=True)}" if flavor else dose
    flavor = medication.dose.null_flavor if medication.dose is not None else ""
    if schedule and flavor in _SAID_NULLS:
        return f"{schedule}, dose {null_word(flavor, language, feminine=True)}"
    return schedule


def dose_words(dose: Quantity | QuantityRange | Ratio, translation: Translation) -> str:
    """A dose: "entre 1 et 2 comprimés"; a bare number counts units of intake ("1 unité par prise")."""
    words = measure_words(dose, translation)
    if not words or not is_bare(dose):
        return words
    plural = "s" if is_plural(_last_number(dose), translation.language) else ""
    unit = f"unité{plural} par prise" if base(translation.language) == "fr" else f"unit{plural} per intake"
    return f"{words}{NBSP}{unit}"


def _last_number(dose: Quantity | QuantityRange | Ratio) -> str:
    match dose:
        case Quantity():
            return dose.value
        case QuantityRange():
            parts = (dose.high, dose.low, dose.center, dose.width)
            return next((part.value for part in parts if part is not None and part.value), "")
        case Ratio():
            return ""


def _condition(relation: Relation, translation: Translation) -> str:
    """The words "si besoin" for a precondition, with the condition in the words of the document."""
    statement, language = relation.statement, translation.language
    words = []
    for value in statement.values:
        if isinstance(value, Text) and value.text:
            words.append(_quoted(value.text, language))
        elif isinstance(value, CodedValue) and value.index >= 0:
            term = translation.of(value)
            words.append("" if term.state is TermState.NULL else term_words(term, language))
    if statement.text is not None and statement.text.text:
        words.append(_quoted(statement.text.text, language))
    said = "si besoin" if base(language) == "fr" else "as needed"
    details = ", ".join(word for word in words if word)
    return f"{said} ({details})" if details else said


def _quoted(text: str, language: str) -> str:
    return f"«{NBSP}{text}{NBSP}»" if base(language) == "fr" else f"“{text}”"


def _rate(medication: Medication, translation: Translation) -> str:
    words = measure_words(medication.rate, translation) if medication.rate is not None else ""
    if not words:
        return ""
    return f"débit{NBSP}: {words}" if base(translation.language) == "fr" else f"rate: {words}"


def _maximum(medication: Medication, translation: Translation) -> str:
    limit = medication.statement.quantity_as("maxDoseQuantity")
    words = measure_words(limit, translation) if limit is not None else ""
    if not words:
        return ""
    return f"dose maximale{NBSP}: {words}" if base(translation.language) == "fr" else f"maximum dose: {words}"


def _route(medication: Medication, translation: Translation) -> str:
    """As "par voie orale"; a route that is null or has no words is not said."""
    route = medication.route
    if route is None or route.index < 0:
        return ""
    term = translation.of(route)
    if term.state is TermState.NULL or not term.text:
        return ""
    words = term_words(term, translation.language)
    if words.startswith(("«", "“")):
        return f"voie d'administration{NBSP}: {words}" if words[0] == "«" else f"route: {words}"
    return f"par {words}" if words.startswith("voie ") else words
