"""What the coded entries of a section say, in the reader's language: the generated part of its narrative.

The rule: each word comes from a coded value, a date, a quantity or the document's own text beside a code; what an
entry does not say is not said, a denial is said first, and words of another language stand in quotes.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Final

from cdatk.emit.fhir.concepts import says_something
from cdatk.emit.fhir.contact import first_text
from cdatk.emit.fhir.context import Context
from cdatk.emit.fhir.narrative import visible_blanks
from cdatk.model import (
    Allergy,
    AnyValue,
    Boolean,
    CodedValue,
    DeviceUse,
    Dispensation,
    Entry,
    Finding,
    Generic,
    Immunization,
    Interval,
    Item,
    Medication,
    Problem,
    Procedure,
    Product,
    Quantity,
    QuantityRange,
    Ratio,
    Reaction,
    Statement,
    TermState,
    Text,
)
from cdatk.wording.dates import interval_words, is_empty, moment_words
from cdatk.wording.dosage import dosage_sentence
from cdatk.wording.locales import NBSP, main_language
from cdatk.wording.schedule import quoted, term_words
from cdatk.wording.units import measure_words

Facts = list[str]
JOINT: Final = f"{NBSP}– "


def story(ctx: Context, entry: Entry) -> list[str]:
    """One line for each item of an entry, as markup; to be asked for right after the entry has been emitted."""
    lines = [JOINT.join(fact for fact in _facts(ctx, item) if fact) for item in entry.items]
    return [visible_blanks(escape(_begun(line), quote=False)) for line in lines if line]


def _begun(line: str) -> str:
    """With a capital, unless the small letter belongs to it ("pH")."""
    return line if line[1:2].isupper() else line[0].upper() + line[1:]


def told(ctx: Context, lines: list[str]) -> str:
    """The generated part of a narrative, marked as such; "" without a line."""
    if not lines:
        return ""
    language = ctx.translation.language
    mark = visible_blanks(escape(ctx.words("generated"), quote=False))
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<div class="generated" lang="{language}" xml:lang="{language}"><p><i>{mark}</i></p><ul>{items}</ul></div>'


def _facts(ctx: Context, item: Item) -> Facts:
    return TELLERS[type(item)](ctx, item)


# ---- words for values ------------------------------------------------------------------------------------------------


def _term(ctx: Context, coded: CodedValue | None, inside: bool = True) -> str:
    """Words of a coded value; ``inside`` a sentence they begin with a small letter. "" for none and a bare null."""
    if coded is None or not says_something(coded) or ctx.structural(coded):
        return ""
    term = ctx.term(coded)
    if term is None:
        return coded.text
    if term.state is TermState.CODE_ONLY:
        return f"{ctx.words('code')} {term.text}"
    if inside:
        return term_words(term, ctx.translation.language)
    language = ctx.translation.language
    if term.state is TermState.NULL or main_language(term.language or language) == main_language(language):
        return term.text
    return quoted(term.text, term.language, language)


def _own(ctx: Context, text: str) -> str:
    """Words of the document, in quotes with their language."""
    language, tag = ctx.translation.language, ctx.document.language
    return quoted(text, tag, language) if text and main_language(tag) != main_language(language) else text


def _labelled(ctx: Context, label: str, words: str) -> str:
    """As "statut : actif"; "" without words."""
    if not words:
        return ""
    colon = f"{NBSP}:" if main_language(ctx.translation.language) == "fr" else ":"
    return f"{ctx.words(label)}{colon} {words}"


def _fact(ctx: Context, label: str, coded: CodedValue | None, main: Statement) -> str:
    return _labelled(ctx, label, _term(ctx, ctx.said_by(coded, main)))


def _when(ctx: Context, time: Interval | None) -> str:
    return interval_words(time, ctx.translation.language) if time is not None and not is_empty(time) else ""


def _denial(ctx: Context, label: str, main: Statement) -> str:
    return ctx.words(label) if ctx.negated(main) else ""


def _words_of(ctx: Context, main: Statement) -> str:
    """The document's own words for a statement that has no code."""
    return _own(ctx, main.text.text) if main.text is not None and main.text.text else ""


# ---- kinds of entries ------------------------------------------------------------------------------------------------


def _allergy(ctx: Context, item: Allergy) -> Facts:
    main = item.statement
    agents = [_term(ctx, agent.code, inside=False) or _own(ctx, agent.name) for agent in item.agents]
    values = [_term(ctx, value, inside=False) for value in item.values]
    heads = [words for words in (agents if any(agents) else values) if words]
    absent = _term(ctx, item.absent, inside=False)
    return [
        _denial(ctx, "refuted", main),
        absent or ", ".join(heads) or _words_of(ctx, main),
        "" if absent else _term(ctx, item.type),
        *(_reaction(ctx, reaction) for reaction in item.reactions),
        _fact(ctx, "severity", item.severity, main),
        _fact(ctx, "criticality", item.criticality, main),
        _fact(ctx, "certainty", item.certainty, main),
        _fact(ctx, "status", item.status, main),
        _when(ctx, item.time),
    ]


def _reaction(ctx: Context, reaction: Reaction) -> str:
    words = _term(ctx, reaction.value) or _words_of(ctx, reaction.statement)
    severity = _fact(ctx, "severity", reaction.severity, reaction.statement)
    said = f"{words} ({severity})" if words and severity else words or severity
    label = "no_manifestation" if ctx.negated(reaction.statement) else "manifestation"
    return _labelled(ctx, label, said)


def _problem(ctx: Context, item: Problem) -> Facts:
    main = item.statement
    values = [words for words in (_term(ctx, value, inside=False) for value in item.values) if words]
    return [
        _denial(ctx, "refuted", main),
        _term(ctx, item.absent, inside=False) or ", ".join(values) or _words_of(ctx, main),
        _fact(ctx, "severity", item.severity, main),
        _fact(ctx, "certainty", item.certainty, main),
        _fact(ctx, "status", item.status, main),
        _fact(ctx, "outcome", item.outcome, main),
        _when(ctx, item.time),
    ]


def _product(ctx: Context, product: Product | None) -> Facts:
    """Name or class, substances with their strength, form."""
    if product is None:
        return []
    name = first_text(product.names)
    kinds = [_term(ctx, kind.code, inside=bool(name)) or _own(ctx, first_text(kind.names)) for kind in product.kinds]
    substances = []
    for ingredient in product.ingredients:
        words = _term(ctx, ingredient.code) or _own(ctx, first_text(ingredient.names))
        strength = measure_words(ingredient.strength, ctx.translation) if ingredient.strength is not None else ""
        substances.append(" ".join(part for part in (words, strength) if part))
    said = (name, _term(ctx, product.code, inside=bool(name)), *kinds, *substances, _term(ctx, product.form))
    return [*dict.fromkeys(said)]


def _medication(ctx: Context, item: Medication) -> Facts:
    main = item.statement
    dosage = dosage_sentence(item, ctx.translation)
    reasons = [_term(ctx, value) for reason in item.reasons for value in reason.values]
    denied = ctx.negated(main) and not (dosage and main.negated)  # the sentence says its own denial
    return [
        ctx.words("not_given") if denied else "",
        _term(ctx, item.absent, inside=False),
        *_product(ctx, item.product),
        dosage,
        _labelled(ctx, "reason", ", ".join(words for words in reasons if words)),
    ]


def _dispensation(ctx: Context, item: Dispensation) -> Facts:
    amount = measure_words(item.quantity, ctx.translation) if item.quantity is not None else ""
    return [
        _denial(ctx, "not_dispensed", item.statement),
        *_product(ctx, item.product),
        _labelled(ctx, "amount", amount),
    ]


def _immunization(ctx: Context, item: Immunization) -> Facts:
    number = item.dose_number
    return [
        _denial(ctx, "not_given", item.statement),
        _term(ctx, item.absent, inside=False),
        *_product(ctx, item.product),
        _labelled(ctx, "disease", ", ".join(w for w in (_term(ctx, d) for d in item.diseases) if w)),
        _labelled(ctx, "dose_number", number.value if number is not None else ""),
        _labelled(ctx, "lot", item.product.lot.strip() if item.product is not None else ""),
        _when(ctx, item.time),
    ]


def _procedure(ctx: Context, item: Procedure) -> Facts:
    sites = [words for words in (_term(ctx, site) for site in item.sites) if words]
    coded = item.absent if item.absent is not None else item.code
    return [
        _denial(ctx, "not_done", item.statement),
        _term(ctx, coded, inside=False) or _words_of(ctx, item.statement),
        _labelled(ctx, "site", ", ".join(sites)),
        _when(ctx, item.time),
    ]


def _device(ctx: Context, item: DeviceUse) -> Facts:
    coded = item.absent if item.absent is not None else item.code
    return [
        _denial(ctx, "not_present", item.statement),
        _term(ctx, coded, inside=False) or _own(ctx, item.name) or _words_of(ctx, item.statement),
        _when(ctx, item.time),
    ]


def _finding(ctx: Context, item: Finding) -> Facts:
    parts = [", ".join(f for f in _finding(ctx, part) if f) for part in item.parts]
    return [*_statement(ctx, item.statement), *(part for part in parts if part)]


def _generic(ctx: Context, item: Generic) -> Facts:
    return _statement(ctx, item.statement)


def _statement(ctx: Context, main: Statement) -> Facts:
    """A statement that is its code, its values and its time."""
    head = _term(ctx, main.code, inside=False) or _words_of(ctx, main)
    values = ", ".join(words for words in (_value(ctx, value) for value in main.values) if words)
    joint = f"{NBSP}: " if main_language(ctx.translation.language) == "fr" else ": "
    time = next((t for t in main.times if isinstance(t, Interval)), None)
    said = f"{head}{joint}{values}" if head and values else head or values
    return [_denial(ctx, "denied", main), said, _when(ctx, time) if said else ""]


def _value(ctx: Context, value: AnyValue) -> str:
    match value:
        case CodedValue():
            return _term(ctx, value)
        case Quantity() | QuantityRange() | Ratio():
            return measure_words(value, ctx.translation)
        case Interval():
            return moment_words(value.value, ctx.translation.language) if value.value else _when(ctx, value)
        case Text():
            return _own(ctx, value.text)
        case Boolean():
            return ctx.words(value.value) if value.value in ("true", "false") else ""
        case _:
            return ""


# Each teller takes exactly the type it is registered for; a dictionary cannot say that, so the argument is Any here.
TELLERS: Final[dict[type[Item], Callable[[Context, Any], Facts]]] = {
    Allergy: _allergy,
    Problem: _problem,
    Medication: _medication,
    Dispensation: _dispensation,
    Immunization: _immunization,
    Procedure: _procedure,
    DeviceUse: _device,
    Finding: _finding,
    Generic: _generic,
}
