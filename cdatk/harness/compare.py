"""Expectations against the outcome of a sample.

The rule: each subject is compared on its own, all of them every time, so that one run shows everything that changed.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cdatk.diagnostics import Severity
from cdatk.harness.difference import Difference, word
from cdatk.harness.expectation import Expectation, Fact, Finding, Scalar
from cdatk.harness.golden import golden_differences
from cdatk.harness.outcome import Json, Outcome
from cdatk.harness.paths import PathError, in_cda, in_fhir


def compare(expected: Expectation, outcome: Outcome, folder: Path, language: str = "en") -> list[Difference]:
    """All differences. ``folder`` is where golden outputs lie; ``language`` is that of explanations."""
    return [
        *_document(expected, outcome),
        *_numbers("sections", expected.sections, sections(outcome)),
        *_numbers("kinds", expected.kinds, outcome.inspection.kinds if expected.kinds is not None else {}),
        *_numbers("counts", expected.counts, counts(outcome, expected.counts)),
        *_findings(expected, outcome, language),
        *_codes(expected, outcome),
        *_coverage(expected, outcome),
        *(d for fact in expected.fhir for d in _fact(fact, outcome, language)),
        *_page(expected, outcome, language),
        *_values(expected, outcome),
        *golden_differences(expected.golden, outcome, folder, language),
    ]


def sections(outcome: Outcome) -> dict[str, int]:
    """Entries by section code."""
    facts = outcome.inspection.facts
    entries: Counter[str] = Counter()
    for section in facts.sections if facts is not None else ():
        entries[section.code] += section.entries_in
    return dict(entries)


def counts(outcome: Outcome, names: dict[str, int]) -> dict[str, int]:
    """The counts of these names."""
    facts = outcome.inspection.facts
    return {name: getattr(facts.counts, name) for name in names if facts is not None and hasattr(facts.counts, name)}


def codes_of_findings(outcome: Outcome) -> list[str]:
    """Codes of the findings from warnings on, each once."""
    return sorted({code for code, _, severity in outcome.found if severity is not Severity.INFO})


def described(outcome: Outcome, names: dict[str, str]) -> dict[str, str]:
    """The facts about the document of these names."""
    facts = outcome.inspection.facts
    return {name: str(getattr(facts, name)) for name in names if facts is not None and hasattr(facts, name)}


def _document(expected: Expectation, outcome: Outcome) -> Iterator[Difference]:
    found = described(outcome, expected.document)
    for name, value in expected.document.items():
        if found.get(name) != value:
            yield Difference("document", name, value, found.get(name))


def _numbers(subject: str, expected: dict[str, int] | None, found: dict[str, int]) -> Iterator[Difference]:
    if expected is None:
        return
    for name in dict.fromkeys((*expected, *found)):
        wanted, there = expected.get(name), found.get(name)
        if wanted != there:
            yield Difference(subject, name, _text(wanted), _text(there))


def _text(value: Scalar) -> str | None:
    return None if value is None else str(value)


def _findings(expected: Expectation, outcome: Outcome, language: str) -> Iterator[Difference]:
    if expected.findings is None:
        return
    wanted = [Finding(code=f) if isinstance(f, str) else f for f in expected.findings]
    there = Counter(code for code, _, _ in outcome.found)
    for finding in wanted:
        paths = [path for code, path, _ in outcome.found if code == finding.code]
        if finding.code not in there:
            yield Difference("findings", finding.code, finding.at or finding.code, None)
        elif finding.at and not any(path.endswith(finding.at) for path in paths):
            yield Difference("findings", finding.code, finding.at, "\n".join(sorted(set(paths))[:5]))
        elif finding.count is not None and there[finding.code] != finding.count:
            yield Difference("findings", finding.code, str(finding.count), str(there[finding.code]))
    for code in sorted(set(codes_of_findings(outcome)) - {finding.code for finding in wanted}):
        example = next(f for f in outcome.report if f.code == code)
        path = next(path for known, path, _ in outcome.found if known == code)
        yield Difference("findings", code, None, f"{example.text(language)} {path}".rstrip())


def _codes(expected: Expectation, outcome: Outcome) -> Iterator[Difference]:
    if expected.codes is None:
        return
    for key in dict.fromkeys((*expected.codes, *outcome.words)):
        wanted, there = expected.codes.get(key), outcome.words.get(key)
        if wanted != there:
            yield Difference("codes", key, wanted, there)


def _coverage(expected: Expectation, outcome: Outcome) -> Iterator[Difference]:
    if not expected.coverage:
        return
    facts = outcome.inspection.facts
    for name, least in expected.coverage.items():
        total = facts.counts.translated + facts.counts.untranslated if facts is not None else 0
        have = getattr(facts.counts, {"known": "mapped"}.get(name, name), 0) if facts is not None else 0
        part = have / total if total else 1.0
        if part < least:
            yield Difference("coverage", name, f">= {least:.1%}", f"{part:.1%} ({have}/{total})")


def _fact(fact: Fact, outcome: Outcome, language: str) -> Iterator[Difference]:
    """A fact about the bundle: at least one resource like this, or exactly ``count`` of them."""
    matching = [resource for resource in outcome.resources if _matches(resource, fact)]
    fields = ", ".join(f"{name}: {value}" for name, value in fact.items() if name not in ("type", "count"))
    if "count" in fact:
        if len(matching) != fact["count"]:
            yield Difference("fhir", f"{fact['type']} {fields}".rstrip(), str(fact["count"]), str(len(matching)))
    elif not matching:
        found = "\n".join(_brief(resource, fact) for resource in _nearest(outcome.resources, fact)[:3])
        yield Difference("fhir", str(fact["type"]), fields or word("at-least", language, count=1), found or None)


def _nearest(resources: list[Json], fact: Fact) -> list[Json]:
    """The resources that a fact may have meant: of its type and code, else of its type and a code alike, else of its
    type.
    """
    same = [resource for resource in resources if resource["resourceType"] == fact["type"]]
    exact = [resource for resource in same if _matches(resource, {k: fact[k] for k in ("type", "code") if k in fact})]
    code = str(fact.get("code", "")).rpartition("|")[2]
    alike = [resource for resource in same if code in {own for _, own in codings(resource)}]
    return exact or alike or same


def _matches(resource: Json, fact: Fact) -> bool:
    if resource["resourceType"] != fact["type"]:
        return False
    if "code" in fact and tuple(str(fact["code"]).split("|")) not in codings(resource):
        return False
    others = {name: value for name, value in fact.items() if name not in ("type", "count", "code")}
    return all(_holds(resource.get(name), value) for name, value in others.items())


def _holds(found: Any, wanted: Scalar) -> bool:
    if isinstance(found, dict | list):
        return any(code == str(wanted) for _, code in codings(found))
    return str(found) == str(wanted)


def codings(node: Any) -> set[tuple[str, str]]:
    """(system, code) of every coding below a node of FHIR."""
    if isinstance(node, list):
        return {pair for item in node for pair in codings(item)}
    if not isinstance(node, dict):
        return set()
    own = {(node.get("system", ""), node["code"])} if isinstance(node.get("code"), str) else set()
    return own.union(*(codings(value) for value in node.values()), set())


def _brief(resource: Json, fact: Fact) -> str:
    """What a resource holds in the fields a fact names."""
    shown = []
    wanted = str(fact.get("code", ""))
    if wanted:
        pairs = {f"{system}|{code}" for system, code in codings(resource.get("code") or resource)}
        alike = [pair for pair in pairs if pair.rpartition("|")[2] == wanted.rpartition("|")[2]]
        shown.append(f"code: {', '.join(sorted(alike or pairs)[:3])}")
    for name in fact:
        if name not in ("type", "count", "code"):
            held = resource.get(name)
            codes = sorted(code for _, code in codings(held))
            shown.append(f"{name}: {', '.join(codes) if isinstance(held, dict | list) else held}")
    return ", ".join(shown) or resource["resourceType"]


def _page(expected: Expectation, outcome: Outcome, language: str) -> Iterator[Difference]:
    if not expected.html:
        return
    text = plain(outcome.text)
    lines = [line for line in outcome.text.splitlines() if line.strip()]
    for phrase in expected.html:
        if plain(phrase) not in text:
            near = difflib.get_close_matches(phrase, lines, n=1, cutoff=0.5)
            nearest = f"{word('nearest', language)}: {near[0]}" if near else None
            yield Difference("html", "", phrase, nearest)


def plain(text: str) -> str:
    """A text without regard to case and to the kind of white space."""
    return re.sub(r"\s+", " ", text).casefold().strip()


def _values(expected: Expectation, outcome: Outcome) -> Iterator[Difference]:
    for to, wanted in (("cda", expected.values.cda), ("fhir", expected.values.fhir)):
        for path, value in wanted.items():
            found = value_at(outcome, to, path)
            listed = [_word(v) for v in value] if isinstance(value, list) else [_word(value)]
            if listed != found:
                yield Difference("values", path, "\n".join(listed), "\n".join(found) if found else None)


def value_at(outcome: Outcome, to: str, path: str) -> list[str]:
    """The values at a path in an output, "" in place of a path that is none."""
    try:
        if to == "fhir":
            return in_fhir(outcome.resources, path)
        return in_cda(outcome.tree, path) if outcome.tree is not None else []
    except PathError as error:
        return [f"! {error}"]


def _word(value: Scalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
