"""What the coded entries of a section say, in the reader's language: the generated part of its narrative.

The rule: each word comes from a coded value, a date, a quantity or the document's own text beside a code; what an
entry does not say is not said, a denial is said first, and words of another language stand in quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any, Final

from cdatk.emit.fhir.contact import first_text
from cdatk.emit.fhir.context import Context
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
    Standing,
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


class Teller:
    """Tells the entries of one document; what depends on its languages alone is found out once."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.translation = ctx.translation
        self.language = ctx.translation.language
        self.joint = f"{NBSP}: " if main_language(self.language) == "fr" else ": "
        self._foreign = main_language(ctx.document.language) != main_language(self.language)
        self._labels: dict[str, str] = {}

    def story(self, entry: Entry) -> list[str]:
        """One line for each item of an entry, as markup; to be asked for right after the entry has been emitted."""
        lines = [JOINT.join(filter(None, TELLERS[type(item)](self, item))) for item in entry.items]
        return [_begun(line) for line in lines if line]

    def told(self, lines: list[str]) -> str:
        """The generated part of a narrative, marked as such; "" without a line."""
        if not lines:
            return ""
        tag = self.language
        mark = escape(self.ctx.words("generated"), quote=False)
        items = "</li><li>".join(lines)
        return (
            f'<div class="generated" lang="{tag}" xml:lang="{tag}"><p><i>{mark}</i></p><ul><li>{items}</li></ul></div>'
        )

    # ---- words for values ----------------------------------------------------------------------------------

    def term(self, coded: CodedValue | None, inside: bool = True) -> str:
        """Words of a coded value; ``inside`` a sentence they begin with a small letter. "" for none and a bare null."""
        if coded is None or not (coded.code or coded.text or coded.translations):
            return ""
        term = self.ctx.term(coded)
        if term is None:
            return coded.text
        if term.mapped.standing is Standing.STRUCTURAL:
            return ""
        if term.state is TermState.CODE_ONLY:
            return f"{self.ctx.words('code')} {term.text}"
        if inside:
            return term_words(term, self.language)
        tag = term.language
        if not tag or term.state is TermState.NULL or main_language(tag) == main_language(self.language):
            return term.text
        return quoted(term.text, tag, self.language)

    def terms(self, values: Iterable[CodedValue], inside: bool = True) -> str:
        """Words of several values."""
        return ", ".join(filter(None, [self.term(value, inside) for value in values]))

    def own(self, text: str) -> str:
        """Words of the document, in quotes with their language."""
        return quoted(text, self.ctx.document.language, self.language) if text and self._foreign else text

    def labelled(self, label: str, words: str) -> str:
        """As "statut : actif"; "" without words."""
        if not words:
            return ""
        head = self._labels.get(label)
        if head is None:
            head = self._labels[label] = f"{self.ctx.words(label)}{self.joint}"
        return head + words

    def fact(self, label: str, coded: CodedValue | None, main: Statement) -> str:
        """A value of a statement with its label."""
        return self.labelled(label, self.term(self.ctx.said_by(coded, main))) if coded is not None else ""

    def when(self, time: Interval | None) -> str:
        """A time in words."""
        return interval_words(time, self.language) if time is not None and not is_empty(time) else ""

    def denial(self, label: str, main: Statement) -> str:
        """The words that deny a statement, if it is denied."""
        return self.ctx.words(label) if self.ctx.negated(main) else ""

    def words_of(self, main: Statement) -> str:
        """The document's own words for a statement that has no code."""
        return self.own(main.text.text) if main.text is not None and main.text.text else ""

    def measure(self, amount: Quantity | QuantityRange | Ratio | None) -> str:
        """An amount in words."""
        return measure_words(amount, self.translation) if amount is not None else ""


def _begun(line: str) -> str:
    """A line as markup, with a capital, unless the small letter belongs to it ("pH")."""
    begun = line if line[1:2].isupper() else line[0].upper() + line[1:]
    return escape(begun, quote=False) if "&" in begun or "<" in begun or ">" in begun else begun


# ---- kinds of entries ------------------------------------------------------------------------------------------------


def _allergy(tell: Teller, item: Allergy) -> Facts:
    main = item.statement
    agents = ", ".join(filter(None, [tell.term(a.code, inside=False) or tell.own(a.name) for a in item.agents]))
    absent = tell.term(item.absent, inside=False)
    return [
        tell.denial("refuted", main),
        absent or agents or tell.terms(item.values, inside=False) or tell.words_of(main),
        "" if absent else tell.term(item.type),
        *(_reaction(tell, reaction) for reaction in item.reactions),
        tell.fact("severity", item.severity, main),
        tell.fact("criticality", item.criticality, main),
        tell.fact("certainty", item.certainty, main),
        tell.fact("status", item.status, main),
        tell.when(item.time),
    ]


def _reaction(tell: Teller, reaction: Reaction) -> str:
    words = tell.term(reaction.value) or tell.words_of(reaction.statement)
    severity = tell.fact("severity", reaction.severity, reaction.statement)
    said = f"{words} ({severity})" if words and severity else words or severity
    label = "no_manifestation" if tell.ctx.negated(reaction.statement) else "manifestation"
    return tell.labelled(label, said)


def _problem(tell: Teller, item: Problem) -> Facts:
    main = item.statement
    return [
        tell.denial("refuted", main),
        tell.term(item.absent, inside=False) or tell.terms(item.values, inside=False) or tell.words_of(main),
        tell.fact("severity", item.severity, main),
        tell.fact("certainty", item.certainty, main),
        tell.fact("status", item.status, main),
        tell.fact("outcome", item.outcome, main),
        tell.when(item.time),
    ]


def _product(tell: Teller, product: Product | None) -> Facts:
    """Name or class, substances with their strength, form."""
    if product is None:
        return []
    name = first_text(product.names)
    kinds = [tell.term(kind.code, inside=bool(name)) or tell.own(first_text(kind.names)) for kind in product.kinds]
    substances = []
    for ingredient in product.ingredients:
        words = tell.term(ingredient.code) or tell.own(first_text(ingredient.names))
        strength = tell.measure(ingredient.strength)
        substances.append(f"{words} {strength}" if words and strength else words or strength)
    said = (name, tell.term(product.code, inside=bool(name)), *kinds, *substances, tell.term(product.form))
    return [*dict.fromkeys(said)]


def _medication(tell: Teller, item: Medication) -> Facts:
    main = item.statement
    dosage = dosage_sentence(item, tell.translation)
    denied = tell.ctx.negated(main) and not (dosage and main.negated)  # the sentence says its own denial
    return [
        tell.ctx.words("not_given") if denied else "",
        tell.term(item.absent, inside=False),
        *_product(tell, item.product),
        dosage,
        tell.labelled("reason", tell.terms([value for reason in item.reasons for value in reason.values])),
    ]


def _dispensation(tell: Teller, item: Dispensation) -> Facts:
    return [
        tell.denial("not_dispensed", item.statement),
        *_product(tell, item.product),
        tell.labelled("amount", tell.measure(item.quantity)),
    ]


def _immunization(tell: Teller, item: Immunization) -> Facts:
    number = item.dose_number
    return [
        tell.denial("not_given", item.statement),
        tell.term(item.absent, inside=False),
        *_product(tell, item.product),
        tell.labelled("disease", tell.terms(item.diseases)),
        tell.labelled("dose_number", number.value if number is not None else ""),
        tell.labelled("lot", item.product.lot.strip() if item.product is not None else ""),
        tell.when(item.time),
    ]


def _procedure(tell: Teller, item: Procedure) -> Facts:
    coded = item.absent if item.absent is not None else item.code
    return [
        tell.denial("not_done", item.statement),
        tell.term(coded, inside=False) or tell.words_of(item.statement),
        tell.labelled("site", tell.terms(item.sites)),
        tell.when(item.time),
    ]


def _device(tell: Teller, item: DeviceUse) -> Facts:
    coded = item.absent if item.absent is not None else item.code
    return [
        tell.denial("not_present", item.statement),
        tell.term(coded, inside=False) or tell.own(item.name) or tell.words_of(item.statement),
        tell.when(item.time),
    ]


def _finding(tell: Teller, item: Finding) -> Facts:
    parts = [", ".join(filter(None, _finding(tell, part))) for part in item.parts]
    return [*_statement(tell, item.statement), *(part for part in parts if part)]


def _generic(tell: Teller, item: Generic) -> Facts:
    return _statement(tell, item.statement)


def _statement(tell: Teller, main: Statement) -> Facts:
    """A statement that is its code, its values and its time."""
    head = tell.term(main.code, inside=False) or tell.words_of(main)
    values = ", ".join(filter(None, [_value(tell, value) for value in main.values]))
    time = next((t for t in main.times if isinstance(t, Interval)), None)
    said = f"{head}{tell.joint}{values}" if head and values else head or values
    return [tell.denial("denied", main), said, tell.when(time) if said else ""]


def _value(tell: Teller, value: AnyValue) -> str:
    match value:
        case CodedValue():
            return tell.term(value)
        case Quantity() | QuantityRange() | Ratio():
            return tell.measure(value)
        case Interval():
            return moment_words(value.value, tell.language) if value.value else tell.when(value)
        case Text():
            return tell.own(value.text)
        case Boolean():
            return tell.ctx.words(value.value) if value.value in ("true", "false") else ""
        case _:
            return ""


# Each teller takes exactly the type it is registered for; a dictionary cannot say that, so the argument is Any here.
TELLERS: Final[dict[type[Item], Callable[[Teller, Any], Facts]]] = {
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
