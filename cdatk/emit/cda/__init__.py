"""The translated CDA: the source tree with French display names and marks for the stylesheet.

The rule: everything of the source is still there, and the document is as valid as it was: words go into
``displayName`` with the state before nested in a ``translation``, all else into processing instructions
(docs/decisions/0003). Writing twice gives the same bytes.
"""

from __future__ import annotations

import copy

from lxml import etree

from cdatk.diagnostics import Report
from cdatk.emit.cda.codes import TermWriter, takes_translation, to_pivot
from cdatk.emit.cda.facts import document_marks
from cdatk.emit.cda.marks import mark, strip_marks
from cdatk.emit.cda.values import ValueWriter
from cdatk.model import Document, Output, Run, Translation

__all__ = ["emit_cda", "emit_pivot", "strip_marks"]


def emit_cda(
    document: Document, translation: Translation, run: Run, report: Report, *, marks_only: bool = False
) -> Output:
    """The document with its translations written back, as UTF-8.

    ``translation`` has to be that of ``document``; findings of ``report`` from warnings on are carried along.
    ``marks_only`` leaves every ``displayName`` as it was: enough for the page, which then is the same.
    The source tree is not changed. Follows translation-semantics R3–R6 of the project's reference and
    HL7 CDA R2 (order of the children of CD).
    """
    tree = copy.deepcopy(document.element.getroottree())
    root = tree.getroot()
    strip_marks(root)
    terms = TermWriter(document, translation, marks_only)
    values = ValueWriter(document, translation)
    values.write_units(root)
    # Both trees are alike: the n-th element of these names in one is the n-th in the other. The list is made
    # before writing, because new elements would shift the pairs.
    names = terms.names | values.names
    for source, target in list(zip(document.element.iter(*names), root.iter(*names), strict=True)):
        if not terms.write(source, target):
            values.write(source, target)
    for content in reversed(document_marks(document, translation, run, report)):
        mark(root, content)
    data = etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
    numbers = (entry.number for section in document.sections for entry in section.entries)
    return Output(data, frozenset(numbers))


def emit_pivot(document: Document, translation: Translation, run: Run, report: Report) -> Output:
    """The document with national codes replaced by their European ones, for a sender; no marks, nothing else changed.

    A code is replaced where a transcoding table of the store has it and CDA has room for the national one
    (translation-semantics R4); the others stay and are in the report. ``run`` is not used: the words are English.
    """
    tree = copy.deepcopy(document.element.getroottree())
    changed = {t.source.element: t.mapped for t in translation.terms if t.mapped.transcoded}
    pairs = list(zip(document.element.iter("*"), tree.getroot().iter("*"), strict=True)) if changed else []
    for source, target in pairs:
        mapped = changed.get(source)
        if mapped is not None and takes_translation(target):
            to_pivot(target, mapped)
        elif mapped is not None:
            report.add("TRM-019", source, code=mapped.code, system=mapped.system)
    data = etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
    numbers = (entry.number for section in document.sections for entry in section.entries)
    return Output(data, frozenset(numbers))
