from __future__ import annotations

import pytest
from lxml import etree

from cdatk.model import (
    CodedValue,
    EventTiming,
    Interval,
    Mapped,
    Medication,
    Moment,
    Periodic,
    Quantity,
    QuantityRange,
    Ratio,
    Relation,
    Standing,
    Statement,
    Term,
    TermState,
    Text,
    TimeSet,
    Timing,
    Translation,
    UnitTerm,
)
from cdatk.wording.dosage import dosage_sentence

ELEMENT = etree.Element("substanceAdministration")
TERMS = (
    ("20053000", "Voie orale", "fr"),
    ("ACM", "Avant le petit-déjeuner", "fr"),
    ("HS", "Au coucher", "fr"),
    ("X", "Via oral", "pt-PT"),
    ("20070000", "Usage sublingual", "fr"),
    ("25064002", "Céphalée", "fr"),
)
CODES = tuple(CodedValue(ELEMENT, "code", index, code) for index, (code, _, _) in enumerate(TERMS))
ORAL, ACM, HS, FOREIGN, SUBLINGUAL, HEADACHE = CODES
UNKNOWN_ROUTE = CodedValue(ELEMENT, "routeCode", 6, null_flavor="UNK")


def translation(language: str = "fr") -> Translation:
    terms = [
        Term(code, Mapped(Standing.KNOWN), TermState.TRANSLATED, text, tag)
        for code, (_, text, tag) in zip(CODES, TERMS, strict=True)
    ]
    terms.append(Term(UNKNOWN_ROUTE, Mapped(Standing.NULL), TermState.NULL, "inconnu", "fr"))
    units = {
        "{tablet}": UnitTerm("{tablet}", "comprimé" if language == "fr" else "tablet", True, True),
        "{drop}": UnitTerm("{drop}", "goutte", True, True),
        "mL/h": UnitTerm("mL/h", "ml/h", True, True),
        "mg": UnitTerm("mg", "mg", True, True),
    }
    return Translation(language, tuple(terms), units)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def said(
    *schedule: Timing,
    dose: Quantity | QuantityRange | Ratio | None = None,
    rate: Quantity | None = None,
    route: CodedValue | None = None,
    duration: Interval | None = None,
    statement: Statement | None = None,
    steps: tuple[Medication, ...] = (),
    language: str = "fr",
) -> str:
    whole = statement or Statement(ELEMENT, "substanceAdministration")
    medication = Medication(whole, schedule=schedule, dose=dose, rate=rate, route=route, duration=duration, steps=steps)
    return plain(dosage_sentence(medication, translation(language)))


def every(value: str, unit: str, free: bool | None = None, phase: Interval | None = None) -> Periodic:
    return Periodic(Quantity(value, unit), phase, institution_specified=free)


TABLET = Quantity("1", "{tablet}")
TABLETS = Quantity("2", "{tablet}")


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (every("8", "h"), "toutes les 8 heures"),
        (every("8", "h", False), "toutes les 8 heures"),
        (every("8", "h", True), "3 fois par jour"),
        (every("24", "h"), "toutes les 24 heures"),
        (every("24", "h", True), "une fois par jour"),
        (every("1", "h"), "toutes les heures"),
        (every("30", "min"), "toutes les 30 minutes"),
        (every("1", "d"), "une fois par jour"),
        (every("2", "d"), "tous les 2 jours"),
        (every("0.3333333333333333", "d", True), "3 fois par jour"),
        (every("0.333", "d"), "toutes les 8 heures"),
        (every("0.5", "d", True), "2 fois par jour"),
        (every("1", "wk"), "une fois par semaine"),
        (every("7", "d", True), "une fois par semaine"),
        (every("0.5", "wk"), "2 fois par semaine"),
        (every("2", "wk"), "toutes les 2 semaines"),
        (every("1", "mo"), "une fois par mois"),
        (every("3", "mo"), "tous les 3 mois"),
        (every("2.66", "h", True), "toutes les 2,66 heures, horaires au choix"),
        (every("16", "h", True), "toutes les 16 heures, horaires au choix"),
        (every("3", "xyz"), "période : 3 xyz"),
        (every("souvent", "h"), "période : souvent heure"),
        (every("0", "h"), "période : 0 heure"),
    ],
)
def test_periods(period: Periodic, words: str) -> None:
    assert said(period) == words


def test_free_hours_never_vanish() -> None:
    for period in (("8", "h"), ("16", "h"), ("2.66", "h"), ("3", "d")):
        assert said(every(*period, True)) != said(every(*period, False))


@pytest.mark.parametrize(
    ("phase", "period", "words"),
    [
        (Interval(low=Moment("20240304")), ("1", "wk"), "une fois par semaine, le lundi"),
        (Interval(low=Moment("202403040800")), ("7", "d"), "tous les 7 jours, le lundi à 8 h 00"),
        (Interval(low=Moment("202403040800")), ("1", "d"), "une fois par jour, à 8 h 00"),
        (
            Interval(low=Moment("202403040800"), width=Quantity("10", "min")),
            ("1", "d"),
            "une fois par jour, à 8 h 00, pendant 10 minutes",
        ),
        (Interval(low=Moment("20240304")), ("8", "h"), "toutes les 8 heures, à partir du 4 mars 2024"),
        (
            Interval(low=Moment("20240304"), high=Moment("20240310")),
            ("8", "h"),
            "toutes les 8 heures, du 4 mars 2024 au 10 mars 2024",
        ),
        (Interval(null_flavor="UNK"), ("8", "h"), "toutes les 8 heures"),
    ],
)
def test_phase(phase: Interval, period: tuple[str, str], words: str) -> None:
    assert said(every(*period, phase=phase)) == words


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (QuantityRange(low=Quantity("30", "min")), "avant le petit-déjeuner, décalage : 30 minutes"),
        (
            QuantityRange(low=Quantity("-30", "min"), high=Quantity("-10", "min")),
            "avant le petit-déjeuner, décalage : -30 minutes à -10 minutes",
        ),
        (
            QuantityRange(low=Quantity("1", "h"), width=Quantity("10", "min")),
            "avant le petit-déjeuner, décalage : 1 heure, pendant 10 minutes",
        ),
        (QuantityRange(null_flavor="UNK"), "avant le petit-déjeuner"),
    ],
)
def test_offset_of_an_event(offset: QuantityRange, words: str) -> None:
    assert said(EventTiming(ACM, offset)) == words


def test_several_timings() -> None:
    morning, evening = EventTiming(ACM), EventTiming(HS, operator="A")
    assert said(morning, evening, dose=TABLET) == "1 comprimé avant le petit-déjeuner et au coucher"
    assert said(every("1", "d"), morning) == "une fois par jour, avant le petit-déjeuner"
    except_evening = EventTiming(HS, operator="E")
    assert said(every("8", "h"), except_evening) == "toutes les 8 heures, sauf au coucher"
    bounded = TimeSet((Interval(low=Moment("20240304"), width=Quantity("2", "d")), every("16", "h")))
    assert said(bounded) == "toutes les 16 heures, pendant 2 jours, à partir du 4 mars 2024"


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (TABLET, "1 comprimé toutes les 8 heures"),
        (TABLETS, "2 comprimés toutes les 8 heures"),
        (Quantity("0.5", "{tablet}"), "0,5 comprimé toutes les 8 heures"),
        (QuantityRange(TABLET, TABLETS), "entre 1 et 2 comprimés toutes les 8 heures"),
        (Quantity("1", "1"), "1 unité par prise, toutes les 8 heures"),
        (Quantity("2", ""), "2 unités par prise, toutes les 8 heures"),
        (QuantityRange(Quantity("1", "1"), Quantity("2", "1")), "entre 1 et 2 unités par prise, toutes les 8 heures"),
        (Quantity(null_flavor="UNK"), "toutes les 8 heures, dose inconnue"),
        (Quantity(null_flavor="NA"), "toutes les 8 heures"),
        (None, "toutes les 8 heures"),
    ],
)  # fmt: skip
def test_dose_with_schedule(dose: Quantity | QuantityRange | None, words: str) -> None:
    assert said(every("8", "h"), dose=dose) == words


def test_nothing_is_invented() -> None:
    assert said() == ""
    assert said(Periodic(Quantity(null_flavor="UNK"), null_flavor="UNK"), dose=Quantity(null_flavor="UNK")) == ""
    assert said(duration=Interval(null_flavor="UNK"), route=UNKNOWN_ROUTE) == ""
    assert said(Periodic(null_flavor="UNK"), dose=TABLET) == "1 comprimé, fréquence inconnue"
    assert "si besoin" not in said(every("8", "h"), dose=TABLET, route=ORAL)


def test_null_schedule_that_has_a_period_all_the_same() -> None:
    timing = Periodic(Quantity("12", "h"), institution_specified=True, null_flavor="NA")
    assert said(timing) == "2 fois par jour (sans objet selon le document)"


def test_whole_sentence() -> None:
    words = said(
        every("8", "h"),
        dose=TABLET,
        rate=Quantity("5", "mL/h"),
        route=ORAL,
        duration=Interval(low=Moment("20240303")),
    )
    assert words == "1 comprimé toutes les 8 heures, débit : 5 ml/h, par voie orale, depuis le 3 mars 2024"
    course = Interval(low=Moment("20240303"), width=Quantity("7", "d"))
    assert said(duration=course, route=SUBLINGUAL) == "usage sublingual, pendant 7 jours, à partir du 3 mars 2024"


def test_words_of_another_language_are_named() -> None:
    assert said(route=FOREIGN) == "voie d'administration : « Via oral » (en portugais)"


def test_precondition_is_the_only_source_of_as_needed() -> None:
    for criterion, words in (
        (Statement(ELEMENT, "criterion"), "1 comprimé, si besoin"),
        (Statement(ELEMENT, "criterion", text=Text("if pain")), "1 comprimé, si besoin (« if pain »)"),
        (Statement(ELEMENT, "criterion", values=(HEADACHE,)), "1 comprimé, si besoin (céphalée)"),
        (Statement(ELEMENT, "criterion", values=(UNKNOWN_ROUTE,)), "1 comprimé, si besoin"),
    ):
        whole = Statement(ELEMENT, "substanceAdministration", relations=(Relation(criterion, "PRCN"),))
        assert said(dose=TABLET, statement=whole) == words


def test_maximum_dose_is_said() -> None:
    limit = Ratio(Quantity("200", "mg"), Quantity("1", "d"))
    whole = Statement(ELEMENT, "substanceAdministration", quantities=(("maxDoseQuantity", limit),))
    assert said(dose=TABLET, statement=whole) == "1 comprimé, dose maximale : 200 mg par jour"


def test_negation_is_said() -> None:
    for mood, lead in (("EVN", "NON administré : "), ("INT", "à NE PAS administrer : ")):
        whole = Statement(ELEMENT, "substanceAdministration", mood=mood, negated=True)
        assert said(dose=TABLET, statement=whole) == f"{lead}1 comprimé"


def test_steps_follow() -> None:
    step = Medication(Statement(ELEMENT, "substanceAdministration"), dose=TABLETS, schedule=(EventTiming(HS),))
    assert said(EventTiming(ACM), dose=TABLET, steps=(step,)) == (
        "1 comprimé avant le petit-déjeuner ; 2 comprimés au coucher"
    )


def test_in_english() -> None:
    words = said(every("8", "h", True), dose=TABLETS, duration=Interval(low=Moment("20240303")), language="en")
    assert words == "2 tablets 3 times a day, since 3 March 2024"
    assert said(every("1", "wk"), dose=Quantity("1", "1"), language="en") == "1 unit per intake, once a week"
