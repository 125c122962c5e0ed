"""Asks the questions of the rule rows of a document.

The rule: what is asked stands in the rows (cdatk/profiles), how they are asked in rows.py; here their answers become
findings. One broken row gives one finding, at its first place, with the number of places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cdatk.diagnostics import Report
from cdatk.safe_xml import HL7, Element, local
from cdatk.validate.rules.paths import compiled, elements
from cdatk.validate.rules.rows import Compiled, Question, Words, numbers
from cdatk.validate.rules.walk import Found, ranks

TEMPLATE: Final = f"{{{HL7}}}templateId"
Templates = Sequence[tuple[str, Element]]
Broken = dict[tuple[str, str, Words, str], list[Element]]


def run(root: Element, found: Found, templates: Templates, rules: Compiled, report: Report) -> None:
    """Ask every question of a document in which a walk found these elements, and these template ids among them."""
    broken: Broken = {}
    _ask_everywhere(found, rules, broken)
    _ask_at_places(root, rules, broken)
    _ask_carriers(templates, rules, broken)
    for (code, row, words, name), wrong in broken.items():
        context: dict[str, object] = {"element": name, **dict(words), "row": row}
        report.add(code, wrong[0], None, **context, count=len(wrong))


def _ask_everywhere(found: Found, rules: Compiled, broken: Broken) -> None:
    """The questions for every element of a tag: a check first, an XPath where the check is true."""
    for tag, suspicions in rules.by_tag.items():
        for suspicion in suspicions if found[tag] else ():
            check = suspicion.check
            suspects = found[tag] if check is None else [element for element in found[tag] if check(element)]
            wrong = suspicion.wrong
            if wrong is not None:
                suspects = [element for element in suspects if wrong(element)]
            for question in suspicion.questions if suspects else ():
                violated = compiled(question.violated) if question.violated else None
                left = suspects if violated is None else [element for element in suspects if violated(element)]
                _note(question, left if question.among is None else question.among(left), broken)


def _ask_at_places(root: Element, rules: Compiled, broken: Broken) -> None:
    """The questions at places below ClinicalDocument; the answers in the order of the document."""
    answers: list[tuple[Element, int, Question]] = []
    for branch in [rules.branches[number] for number in numbers(rules.wrong, root)]:
        for placed in [branch.placed[number] for number in numbers(compiled(branch.which), root)]:
            wrong = _left(placed.question, elements(compiled(placed.found), root))
            answers += [(element, placed.order, placed.question) for element in wrong]
    if len(answers) > 1:
        rank = ranks(root, (element for element, _, _ in answers))
        answers.sort(key=lambda answer: (rank[answer[0]], answer[1]))
    for element, _, question in answers:
        _note(question, (element,), broken)


def _ask_carriers(templates: Templates, rules: Compiled, broken: Broken) -> None:
    """The questions for the elements that carry a template id."""
    gates = rules.by_template
    for oid, template in templates:
        carrier = template.getparent() if oid in gates else None
        if carrier is not None:
            for question in gates[oid].answered(carrier):
                _note(question, _left(question, (carrier,)), broken)


def _left(question: Question, suspects: Sequence[Element]) -> Sequence[Element]:
    """The elements that the functions of a question leave."""
    if question.check is not None:
        suspects = [element for element in suspects if question.check(element)]
    return suspects if question.among is None else question.among(suspects)


def _note(question: Question, wrong: Iterable[Element], broken: Broken) -> None:
    for element in wrong:
        cause = question.code, question.row, question.context, local(element)
        broken.setdefault(cause, []).append(element)
