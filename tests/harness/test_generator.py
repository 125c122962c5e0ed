"""Generated documents: the same for the same seed, with the features asked for, and read whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ended

import cdatk
from cdatk.harness import generator
from cdatk.harness.generator import Wish, make, make_many


@pytest.fixture(scope="module")
def toolkit() -> cdatk.Toolkit:
    return cdatk.Toolkit()


def test_the_same_seed_gives_the_same(tmp_path: Path) -> None:
    assert list(make_many(Wish(seed=5), 4)) == list(make_many(Wish(seed=5), 4))
    assert make(Wish(seed=5), 3) == list(make_many(Wish(seed=5), 4))[2]
    assert make(Wish(seed=6), 1).data != make(Wish(seed=5), 1).data


@pytest.mark.parametrize("country", sorted(generator.people()))
@pytest.mark.parametrize("wave", generator.WAVES)
def test_every_country_and_wave_is_read_whole(country: str, wave: str, toolkit: cdatk.Toolkit) -> None:
    wish = Wish(countries=(country,), waves=(wave,), sizes=("small",), sections=tuple(generator.SECTIONS))
    inspection = toolkit.inspect(make(wish, 1).data)
    facts = inspection.facts
    assert facts is not None and (facts.country, facts.type) == (country, "patient-summary")
    assert {section.code for section in facts.sections} == {s.code for s in generator.SECTIONS.values()}
    assert all(section.entries_in for section in facts.sections)
    assert "statement" not in inspection.kinds and facts.counts.unknown == 0
    assert inspection.report.exit_code is cdatk.ExitCode.CLEAN


def test_nothing_is_lost_in_a_large_one(toolkit: cdatk.Toolkit) -> None:
    result = toolkit.convert(make(Wish(sizes=("large",)), 2).data, "fhir")
    assert result.facts is not None and result.facts.counts.entries_in > 60
    assert result.facts.counts.entries_in == result.facts.counts.entries_out + result.facts.counts.entries_reported


@pytest.mark.parametrize("fault", sorted(generator.FAULTS))
def test_every_fault_is_one(fault: str, toolkit: cdatk.Toolkit) -> None:
    good, bad = make(Wish(), 4), make(Wish(faults=(fault,)), 4)
    assert bad.fault == fault and bad.data != good.data
    broken = toolkit.convert(bad.data, "fhir")
    assert (broken.output is None) == (fault in generator.BREAKING)
    more = {f.code for f in broken.report} - {f.code for f in toolkit.convert(good.data, "fhir").report}
    assert more


def test_the_share_of_faults() -> None:
    made = [s.fault for s in make_many(Wish(faults=tuple(generator.BREAKING), share=0.1, sizes=("small",)), 200)]
    assert 8 <= len([fault for fault in made if fault]) <= 35


def test_the_command(cdatk: Callable[..., Ended], tmp_path: Path) -> None:
    options = ["--count", 3, "--seed", 9, "--country", "gr,pt", "--size", "small", "--faults", "tags"]
    ended = cdatk("sample", "make", "a", *options)
    assert ended.code == 0 and "3 document(s)" in ended.err
    cdatk("sample", "make", "b", *options)
    ours = {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()}
    assert len(ours) == 3 and ours == {p.name: p.read_bytes() for p in (tmp_path / "b").iterdir()}
    refused = cdatk("sample", "make", "a", "--size", "huge")
    assert refused.code == 2 and "small, medium, large" in refused.err
