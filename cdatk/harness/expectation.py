"""What a sample must give: the file ``<name>.expect.yaml`` beside ``<name>.xml``.

The rule: a key that is not known, or of another shape, is refused with its place: an expectation that is not read
would be one that always holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

ENDING: Final = ".expect.yaml"
Scalar = str | int | float | bool | None
Fact = dict[str, Scalar]


class ExpectationError(Exception):
    """The file of expectations cannot be used; the message says why and where."""


class _Written(BaseModel):
    """A part of the file. People write it by hand: pydantic names every fault at once, with its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Finding(_Written):
    """A finding by its code; ``at`` is its readable path or the end of it, ``count`` how often it comes."""

    code: str
    at: str = ""
    count: int | None = None


class Values(_Written):
    """Single values: by XPath in the translated CDA, by path in the FHIR bundle."""

    cda: dict[str, Scalar | list[Scalar]] = {}
    fhir: dict[str, Scalar | list[Scalar]] = {}


class Expectation(_Written):
    """What is written down; None and empty mean that nothing is expected of that subject.

    ``codes``: the word shown for each coded value; ``coverage``: least part of the codes that is ``known`` or
    ``translated``; ``golden``: files beside the sample that hold whole outputs, by format.
    ``expects_findings_about`` is for readers.
    """

    document: dict[str, str] = {}
    sections: dict[str, int] | None = None
    kinds: dict[str, int] | None = None
    counts: dict[str, int] = {}
    findings: list[str | Finding] | None = None
    expects_findings_about: list[str] = []
    fhir: list[Fact] = []
    html: list[str] = []
    codes: dict[str, str] | None = None
    values: Values = Values()
    coverage: dict[str, float] = {}
    golden: dict[str, str] = {}


class _Loader(yaml.SafeLoader):
    """YAML without dates: 1988-02-29 is the text that stands in FHIR."""


_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def beside(sample: Path) -> Path:
    """The file of expectations of a sample."""
    return sample.with_name(sample.stem + ENDING)


def load(path: Path) -> Expectation:
    """Read expectations. Raises ExpectationError, and OSError when the file cannot be read."""
    return parse(path.read_text("utf-8"), path.name)


def parse(text: str, name: str) -> Expectation:
    """Read expectations from a text. Raises ExpectationError."""
    try:
        held = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise ExpectationError(f"{name}{where}: {getattr(error, 'problem', None) or 'not YAML'}") from error
    filled = (
        {key: value for key, value in (held or {}).items() if value is not None} if isinstance(held, dict) else held
    )
    try:
        return Expectation.model_validate(filled or {})
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors())
        raise ExpectationError(f"{name}: {'; '.join(faults)}") from error
