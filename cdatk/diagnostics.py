"""Everything the tool says about a document: one catalogue of permanent codes, one append-only report.

The rule: a finding has a code from ``diagnostics.toml``, a severity with a stated consequence, a place, and no
patient data: contexts hold codes, OIDs, element names and numbers only. Texts exist in French and English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache
from typing import Final

from cdatk.resources import data_file

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_HEADING = re.compile(r"^\[([\w.-]+)\]\s*$", re.MULTILINE)


class Severity(StrEnum):
    """How grave a finding is.

    fatal: no output · error: output, a requirement is broken · warning: something is lost, approximated or in
    doubt · info: worth knowing, nothing to do.
    """

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info … 3 for fatal."""
        return ("info", "warning", "error", "fatal").index(self.value)


class ExitCode(IntEnum):
    """Exit codes of the command line; a run over several files ends with the worst one."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    UNREADABLE = 3
    UNUSABLE = 4
    INTERNAL = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the catalogue: texts by language (``fr``, ``en``) with ``{placeholders}``.

    ``exit`` is the exit code a fatal finding calls for.
    """

    code: str
    severity: Severity
    texts: dict[str, str]
    hints: dict[str, str]
    reference: str
    exit: ExitCode
    placeholders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding: catalogue code, severity, context, and the element it speaks of (made readable on demand)."""

    code: str
    severity: Severity
    context: dict[str, str]
    at: object | None = None
    fixed_line: int | None = None

    @property
    def line(self) -> int | None:
        """Line in the source, where known."""
        line = getattr(self.at, "sourceline", None)
        return line if isinstance(line, int) else self.fixed_line

    def text(self, language: str) -> str:
        """The sentence in ``fr`` or ``en``."""
        return _fill(catalogue()[self.code].texts[language], self.context, language)

    def hint(self, language: str) -> str:
        """What to do about it, in ``fr`` or ``en``."""
        return _fill(catalogue()[self.code].hints[language], self.context, language)


def _fill(template: str, context: dict[str, str], language: str) -> str:
    """The template with its placeholders filled, in ``language`` where the value is a word of ours.

    A value may come in both languages: ``title_fr`` and ``title_en`` for ``{title}``.
    """
    vocabulary = words()

    def value(match: re.Match[str]) -> str:
        name = match[1]
        found = context[name] if name in context else context[f"{name}_{language}"]
        known = vocabulary.get(name, {}).get(found)
        return known[language] if known is not None else found

    return _PLACEHOLDER.sub(value, template)


class Catalogue(Mapping[str, Entry]):
    """The catalogue by code. A row is read when it is asked for: a run needs a few of them, and the whole file would
    take a tenth of the time of one conversion.
    """

    def __init__(self, text: str) -> None:
        """Find where the rows of ``diagnostics.toml`` begin; what follows the last one are the words."""
        starts = [(match[1], match.start()) for match in _HEADING.finditer(text)]
        ends = [start for _, start in starts[1:]] + [len(text)]
        self._parts: Final = {code: text[start:end] for (code, start), end in zip(starts, ends, strict=True)}
        self._entries: Final[dict[str, Entry]] = {}
        self._words: dict[str, dict[str, dict[str, str]]] = {}

    @property
    def words(self) -> dict[str, dict[str, dict[str, str]]]:
        """The table ``words``."""
        if not self._words:
            self._words = tomllib.loads("".join(p for c, p in self._parts.items() if _is_words(c)))["words"]
        return self._words

    def __getitem__(self, code: str) -> Entry:
        known = self._entries.get(code)
        if known is None:
            if _is_words(code):
                raise KeyError(code)
            known = self._entries[code] = _entry(code, tomllib.loads(self._parts[code])[code])
        return known

    def __iter__(self) -> Iterator[str]:
        return (code for code in self._parts if not _is_words(code))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _is_words(heading: str) -> bool:
    return heading.partition(".")[0] == "words"


def _entry(code: str, row: dict[str, str]) -> Entry:
    return Entry(
        code=code,
        severity=Severity(row["severity"]),
        texts={"fr": row["fr"], "en": row["en"]},
        hints={"fr": row["hint_fr"], "en": row["hint_en"]},
        reference=row["reference"],
        exit=ExitCode[row.get("exit", "findings").upper()],
        placeholders=frozenset(_PLACEHOLDER.findall(row["en"] + row["hint_en"])),
    )


@cache
def catalogue() -> Catalogue:
    """The catalogue by code, read from ``diagnostics.toml`` once per process."""
    return Catalogue(data_file("diagnostics.toml").read_text("utf-8"))


def words() -> dict[str, dict[str, dict[str, str]]]:
    """Words of our own by subject, value and language: values of placeholders, severities, consequences."""
    return catalogue().words


@dataclass(slots=True)
class Report:
    """Findings in the order they were made. Stages add to it and never read it back.

    ``strict`` lifts warnings to errors (the catalogue's severity stays in the explanation).
    """

    strict: bool = False
    _findings: list[Diagnostic] = field(default_factory=list)

    def add(self, code: str, /, at: object | None = None, line: int | None = None, **context: object) -> None:
        """Record a finding.

        Raises KeyError for a code that is not in the catalogue or a placeholder without a value: both are bugs.
        """
        entry = catalogue()[code]
        severity = entry.severity
        if self.strict and severity is Severity.WARNING:
            severity = Severity.ERROR
        values = {name: str(value) for name, value in context.items()}
        if line is not None:
            values.setdefault("line", str(line))
        if not entry.placeholders <= values.keys():  # hardly ever: a value in both languages, or a bug
            missing = entry.placeholders - {name.removesuffix("_fr").removesuffix("_en") for name in values}
            if missing:
                raise KeyError(f"{code} needs {sorted(missing)}")
        self._findings.append(Diagnostic(code, severity, values, at, line))

    def again(self, findings: Iterable[Diagnostic], at: object) -> None:
        """Record findings of another report, made without ``strict``, at a place of this document."""
        for finding in findings:
            severity = finding.severity
            if self.strict and severity is Severity.WARNING:
                severity = Severity.ERROR
            self._findings.append(Diagnostic(finding.code, severity, dict(finding.context), at))

    def extend(self, findings: Iterable[Diagnostic]) -> None:
        """Take over findings of another report as they are."""
        self._findings.extend(findings)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._findings)

    def __len__(self) -> int:
        return len(self._findings)

    def count(self, severity: Severity) -> int:
        """Number of findings of one severity."""
        return sum(1 for finding in self._findings if finding.severity is severity)

    @property
    def fatal(self) -> bool:
        """True when no output may be made."""
        return any(finding.severity is Severity.FATAL for finding in self._findings)

    @property
    def stops(self) -> bool:
        """True when the flow ends here: a fatal finding, or in strict mode an error."""
        return self.fatal or (self.strict and self.count(Severity.ERROR) > 0)

    @property
    def exit_code(self) -> ExitCode:
        """The exit code this report calls for."""
        bad = [f for f in self._findings if f.severity.rank >= Severity.ERROR.rank]
        return max((catalogue()[f.code].exit for f in bad), default=ExitCode.CLEAN)
