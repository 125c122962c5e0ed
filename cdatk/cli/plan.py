"""Which input gives which output, decided before anything is read.

The rule: no output replaces an input or another output; what cannot be meant is refused at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cdatk.cli.commands import Refused
from cdatk.cli.files import STANDARD
from cdatk.cli.messages import say

FORMATS: Final = ("fhir", "html", "cda", "pdf")
ENDINGS: Final = MappingProxyType(
    {"fhir": ".fhir.json", "html": ".{lang}.html", "cda": ".{lang}.xml", "pdf": ".{lang}.pdf"}
)
BY_SUFFIX: Final = MappingProxyType({".json": "fhir", ".html": "html", ".htm": "html", ".xml": "cda", ".pdf": "pdf"})
IN_FOLDER: Final = ("fhir", "html")  # what a folder gets when no format is asked for


@dataclass(frozen=True, slots=True)
class Target:
    """A format and where it goes; ``path`` is None for standard output."""

    to: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class Job:
    """An input and its outputs."""

    source: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All jobs; ``folder`` has to exist before they run; ``report`` is None, or where the report goes."""

    jobs: tuple[Job, ...]
    folder: Path | None
    report: str | None


def plan(
    inputs: Sequence[str], formats: Sequence[str], output: str | None, report: str | None, lang: str, say_in: str
) -> Plan:
    """Lay out a conversion; ``lang`` names the outputs, ``say_in`` is the language of complaints.

    Raises Refused when the wishes contradict each other.
    """
    if list(inputs).count(STANDARD) > 1:
        raise Refused(say(say_in, "stdin-once"))
    folder = _folder(inputs, formats, output, say_in)
    wanted = tuple(dict.fromkeys(formats)) or (IN_FOLDER if folder else (_by_name(output),))
    jobs = tuple(Job(name, tuple(_targets(name, wanted, folder, output, lang))) for name in inputs)
    _refuse_clashes(jobs, report, say_in)
    return Plan(jobs, folder, report)


def _folder(inputs: Sequence[str], formats: Sequence[str], output: str | None, say_in: str) -> Path | None:
    """The folder the outputs go to, None when there is a single output."""
    several = len(inputs) > 1 or len(set(formats)) > 1
    if output is None or output == STANDARD:
        if several:
            raise Refused(say(say_in, "several-need-folder"))
        return None
    path = Path(output)
    meant = several or path.is_dir() or output.endswith(("/", os.sep))
    if meant and path.exists() and not path.is_dir():
        raise Refused(say(say_in, "not-a-folder", path=output))
    return path if meant else None


def _by_name(output: str | None) -> str:
    return BY_SUFFIX.get(Path(output).suffix.lower(), "fhir") if output is not None else "fhir"


def _targets(name: str, formats: Sequence[str], folder: Path | None, output: str | None, lang: str) -> Iterator[Target]:
    stem = "stdin" if name == STANDARD else Path(name).stem
    for to in formats:
        if folder is not None:
            yield Target(to, folder / (stem + ENDINGS[to].format(lang=lang)))
        else:
            yield Target(to, None if output is None or output == STANDARD else Path(output))


def _refuse_clashes(jobs: Sequence[Job], report: str | None, say_in: str) -> None:
    """No two outputs in one file, no output over an input, no two things on standard output."""
    sources = {os.path.realpath(job.source) for job in jobs if job.source != STANDARD}
    taken: dict[str, str] = {}
    for job in jobs:
        for target in job.targets:
            path = os.path.realpath(target.path) if target.path is not None else STANDARD
            if path in sources:
                raise Refused(say(say_in, "output-is-input", path=target.path))
            if path in taken:
                raise Refused(say(say_in, "same-output", first=taken[path], second=job.source, path=target.path))
            taken[path] = job.source
    if report is None:
        return
    path = report if report == STANDARD else os.path.realpath(report)
    if path in sources:
        raise Refused(say(say_in, "output-is-input", path=report))
    if path in taken:
        raise Refused(say(say_in, "two-on-stdout" if path == STANDARD else "report-is-output", path=report))
