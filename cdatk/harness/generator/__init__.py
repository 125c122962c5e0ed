"""Synthetic patient summaries with chosen features, the same for the same seed.

The rule: document ``number`` depends on the wish and the number alone, so that a part of a set can be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from cdatk.harness.generator import entries
from cdatk.harness.generator.faults import BREAKING, FAULTS
from cdatk.harness.generator.frame import EPSOS, WAVES, document, people

Made = Callable[[entries.Maker], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A section that can be made: LOINC code and name, template id of eHDSI, kinds of entries."""

    code: str
    name: str
    template: str
    makers: tuple[Made, ...]
    required: bool = False


SECTIONS: Final = MappingProxyType({
    "allergies": Section("48765-2", "Allergies and adverse reactions Document", "12", (entries.allergy,), True),
    "problems": Section("11450-4", "Problem list - Reported", "9", (entries.problem,), True),
    "medication": Section("10160-0", "History of Medication use Narrative", "3", (entries.medication,), True),
    "devices": Section("46264-8", "History of medical device use", "4", (entries.device,), True),
    "procedures": Section("47519-4", "History of Procedures Document", "11", (entries.procedure,), True),
    "past-illness": Section("11348-0", "History of Past illness Narrative", "10", (entries.problem,)),
    "immunizations": Section("11369-6", "History of Immunization Narrative", "15", (entries.immunization,)),
    "vital-signs": Section("8716-3", "Vital signs", "6", (entries.vital_signs,)),
    "results": Section("30954-2", "Relevant diagnostic tests/laboratory data Narrative", "5", (entries.blood_group,)),
    "social-history": Section("29762-2", "Social history Narrative", "13", (entries.social_history,)),
    "pregnancy": Section("10162-6", "History of pregnancies Narrative", "7", (entries.pregnancy,)),
})  # fmt: skip
SIZES: Final = MappingProxyType({"small": (1, 1), "medium": (2, 5), "large": (12, 25)})
"""Least and most entries of a section."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make. An empty tuple means any of them, by chance; ``sections`` empty: the five required and some.

    ``faults``: names of ``FAULTS``; ``share`` is the part of the documents that gets one of them.
    """

    seed: int = 1
    countries: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A document that was made: its number and features, and the fault put into it ("" for none)."""

    number: int
    country: str
    wave: str
    size: str
    fault: str
    data: bytes

    @property
    def name(self) -> str:
        """File name without ending: ``ps-000007-pt-w8`` or with ``-<fault>``."""
        return f"ps-{self.number:06}-{self.country.lower()}-w{self.wave}" + (f"-{self.fault}" if self.fault else "")


def make(wish: Wish, number: int) -> Sample:
    """Document ``number`` of the set that ``wish`` describes. Raises KeyError for a name that does not exist."""
    chance = Random(f"{wish.seed}:{number}")
    country = chance.choice(wish.countries or tuple(people()))
    wave = chance.choice(wish.waves or WAVES)
    size = chance.choice(wish.sizes or ("small", "medium", "medium", "large"))
    maker = entries.Maker(chance, wave, people()[country]["oid"])
    made = [_section(SECTIONS[key], maker, SIZES[size]) for key in _chosen(wish, chance)]
    data = document(country, wave, number, made, chance).encode("utf-8")
    fault = chance.choice(wish.faults) if wish.faults and chance.random() < wish.share else ""
    return Sample(number, country, wave, size, fault, FAULTS[fault](data) if fault else data)


def make_many(wish: Wish, count: int) -> Iterator[Sample]:
    """Documents 1 to ``count``."""
    return (make(wish, number) for number in range(1, count + 1))


def _chosen(wish: Wish, chance: Random) -> list[str]:
    if wish.sections:
        return [key for key in SECTIONS if key in wish.sections]
    return [key for key, section in SECTIONS.items() if section.required or chance.random() < 0.5]


def _section(section: Section, maker: entries.Maker, size: tuple[int, int]) -> str:
    lines, made = [], []
    for _ in range(maker.chance.randint(*size)):
        entry, text = maker.chance.choice(section.makers)(maker)
        lines.append(f'<item ID="n{maker.made}">{escape(text)}</item>')
        made.append(f'<entry typeCode="COMP">{entry}</entry>\n')
    template = "" if maker.wave == EPSOS else f'<templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.2.{section.template}"/>'
    return (
        f'<section>{template}<code code="{section.code}" codeSystem="2.16.840.1.113883.6.1" '
        f'displayName="{escape(section.name)}"/><title>{escape(section.name)}</title>\n'
        f"<text><list>{''.join(lines)}</list></text>\n{''.join(made)}</section>"
    )


__all__ = [
    "BREAKING",
    "FAULTS",
    "SECTIONS",
    "SIZES",
    "WAVES",
    "Sample",
    "Section",
    "Wish",
    "make",
    "make_many",
    "people",
]
