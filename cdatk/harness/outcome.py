"""What a sample really gives, worked out only as far as the expectations ask for it.

The rule: everything comes from the public way through (inspect, validate, convert); nothing is looked up elsewhere.
"""

from __future__ import annotations

import json
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from cdatk.diagnostics import Report, Severity
from cdatk.facts import CodeFacts, Inspection
from cdatk.pipeline import Toolkit
from cdatk.reporters.places import path_of
from cdatk.safe_xml import Element, parse

Json = dict[str, Any]


class Outcome:
    """A document on its way through a toolkit."""

    def __init__(self, data: bytes, toolkit: Toolkit) -> None:
        self._data = data
        self._toolkit = toolkit
        self._outputs: dict[str, bytes | None] = {}

    @cached_property
    def inspection(self) -> Inspection:
        """Type, sections, kinds, codes."""
        return self._toolkit.inspect(self._data)

    @cached_property
    def report(self) -> Report:
        """The findings of a check without output."""
        return self._toolkit.validate(self._data).report

    @property
    def found(self) -> list[tuple[str, str, Severity]]:
        """(code, path, severity) of every finding."""
        return [(finding.code, path_of(finding), finding.severity) for finding in self.report]

    def output(self, to: str) -> bytes | None:
        """An output, None when a fatal finding forbids it."""
        if to not in self._outputs:
            self._outputs[to] = self._toolkit.convert(self._data, to).output
        return self._outputs[to]

    @cached_property
    def resources(self) -> list[Json]:
        """The resources of the FHIR bundle."""
        output = self.output("fhir")
        return [entry["resource"] for entry in json.loads(output)["entry"]] if output is not None else []

    @cached_property
    def text(self) -> str:
        """The text of the page."""
        output = self.output("html")
        return text_of(output.decode("utf-8")) if output is not None else ""

    @cached_property
    def tree(self) -> Element | None:
        """The translated CDA."""
        output = self.output("cda")
        return parse(output, self._toolkit.settings.limits, Report()) if output is not None else None

    @cached_property
    def words(self) -> dict[str, str]:
        """The word shown for each coded value, by place and code."""
        return {f"{c.path or '-'} {c.system}|{c.code}": shown(c) for c in self.inspection.codes if told(c)}


def told(code: CodeFacts) -> bool:
    """False for what the standard fixes: it is the same in every document."""
    return code.standing not in ("structural", "null")


def shown(code: CodeFacts) -> str:
    """The word, and how the code stands where it is not simply known and translated."""
    if code.standing == "known" and code.state == "translated":
        return code.text
    return f"{code.text or '-'} ({code.standing}, {code.state})"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def text_of(page: str) -> str:
    """The text of an HTML page, a line for each piece."""
    reader = _Text()
    reader.feed(page)
    return "\n".join(piece.strip() for piece in reader.pieces if piece.strip())
