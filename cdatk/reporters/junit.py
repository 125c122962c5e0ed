"""Reports for build servers, in JUnit's XML.

The rule: one suite a document; in it one case for the document as a whole and one for every finding. A finding
below the severity that fails the run is a passed case with its words, an accepted one a skipped case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from cdatk.diagnostics import ExitCode
from cdatk.reporters.form import Form, word
from cdatk.reporters.judged import Judged, Judgement

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def junit_report(documents: Sequence[Judged], form: Form) -> str:
    """All documents of a run as one ``testsuites`` element."""
    return "\n".join(_lines(documents, form)) + "\n"


def _lines(documents: Sequence[Judged], form: Form) -> Iterator[str]:
    tests = sum(len(document.judgements) + 1 for document in documents)
    failures = sum(_failures(document, form) for document in documents)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="cdatk validate" tests="{tests}" failures="{failures}">'
    for document in documents:
        yield from _suite(document, form)
    yield "</testsuites>"


def _failures(document: Judged, form: Form) -> int:
    return sum(_fails(j, form) for j in document.judgements) + (document.exit_code is not ExitCode.CLEAN)


def _fails(judgement: Judgement, form: Form) -> bool:
    return not judgement.accepted and judgement.severity.rank >= form.fail_on.rank


def _suite(document: Judged, form: Form) -> Iterator[str]:
    name = _attribute(document.source)
    skipped = sum(judgement.accepted for judgement in document.judgements)
    counts = f'tests="{len(document.judgements) + 1}" failures="{_failures(document, form)}" skipped="{skipped}"'
    yield f"  <testsuite name={name} {counts}>"
    title = _attribute(document.title or word(form.language, "whole"))
    if document.exit_code is ExitCode.CLEAN:
        yield f"    <testcase classname={name} name={title}/>"
    else:
        yield f"    <testcase classname={name} name={title}>"
        yield f'      <failure type="exit" message="{document.exit_code.value}"/>'
        yield "    </testcase>"
    for judgement in document.judgements:
        yield from _case(judgement, name, form)
    yield "  </testsuite>"


def _case(judgement: Judgement, document: str, form: Form) -> Iterator[str]:
    place = judgement.path or word(form.language, "whole")
    yield f"    <testcase classname={document} name={_attribute(f'{judgement.code} {place}')}>"
    line = f"{word(form.language, 'line').format(line=judgement.line)}\n" if judgement.line else ""
    words = _text(f"{judgement.text}\n{line}{judgement.hint}\n{judgement.reference}")
    kind = _attribute(f"{judgement.severity.value} {judgement.code}")
    if judgement.accepted:
        yield f"      <skipped message={_attribute(word(form.language, 'accepted'))}/>"
        yield f"      <system-out>{words}</system-out>"
    elif _fails(judgement, form):
        yield f"      <failure type={kind} message={_attribute(judgement.text)}>{words}</failure>"
    else:
        yield f"      <system-out>{words}</system-out>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    from xml.sax.saxutils import quoteattr  # loads a client for HTTP: only for those who ask for this form

    return quoteattr(_FORBIDDEN.sub("?", text))


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("?", text), quote=False)
