"""A corrected delivery does not give away what an earlier edition hid."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from test_noninterference import moved, released

from tests.studies.hidden_counts import EXAMPLE, drawn
from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.earlier import with_editions
from tingbjerg_eval.publication.editions import finest
from tingbjerg_eval.publication.publication import Publication, publication
from tingbjerg_eval.publication.timeline import report_names
from tingbjerg_eval.run.batch.closing import EditionShowsHidden, refuse_subtraction, take_in
from tingbjerg_eval.study.reports import END

FIVE = range(5)


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Study:
    folder = tmp_path_factory.mktemp("editions") / "study"
    shutil.copytree(EXAMPLE, folder)
    return open_study(folder)


def with_year(study: Study, year: str, counts: tuple[int, ...], **others: int) -> Study:
    """The study with 12 reports a quarter in the treated area, and other counts in ``year``."""
    every = dict.fromkeys(study.settings.quarters, 12)
    every |= {f"{year}K{part}": n for part, n in enumerate(counts, 1)} | others
    return moved(study, study.design.treated, every)


def after(study: Study, *editions: tuple[Study, str]) -> Study:
    """The study when the reports of ``editions`` are handed over."""
    ledger = Ledger()
    for one, name in editions:
        ledger.add(name, publication(one, name).handed_over())
    return with_editions(study, ledger)


def told(study: Study, year: str) -> dict[tuple[str, ...], int | None]:
    shown: Publication = publication(study, END)
    own = shown.counts("indbrud").areas[study.design.treated]
    return {one.times: one.count if one.true else None for one in own if one.times[0][:4] == year}


def test_a_small_correction_leaves_the_joins_as_they_were(study):
    """The corrected quarter's 2 came out: 18 for three quarters, of which 16 for two before."""
    first = with_year(study, "2010", (9, 9, 2, 14))
    second = with_year(study, "2010", (9, 2, 2, 14))
    assert told(first, "2010")[("2010K3", "2010K4")] == 16
    assert told(second, "2010")[("2010K2", "2010K3", "2010K4")] == 18
    kept = told(after(second, (first, END)), "2010")
    assert kept == {("2010K1",): 9, ("2010K2",): None, ("2010K3", "2010K4"): 16}


def test_no_year_is_told_from_which_the_corrected_quarter_follows(study):
    first = with_year(study, "2010", (9, 9, 2, 14))
    second = after(with_year(study, "2010", (9, 2, 2, 14)), (first, END))
    cells = [cell for table in publication(second, END).published()["tables"]
             if table["name"] == "indbrud" for cell in table["cells"]]  # fmt: skip
    values = {cell["key"]: cell["value"] for cell in cells}
    assert values.get("2010") is None
    assert values["2010K2"] is None


@pytest.mark.parametrize("value", FIVE)
def test_a_corrected_small_count_has_five_values(study, value):
    first = with_year(study, "2010", (9, 9, 2, 14))
    two, other = (after(with_year(study, "2010", (9, n, 2, 14)), (first, END)) for n in (2, value))
    assert [released(two, name) for name in report_names(study)] == [
        released(other, name) for name in report_names(study)
    ]


def test_what_was_not_corrected_is_told_as_ever(study):
    first = with_year(study, "2010", (9, 9, 2, 14))
    assert released(after(first, (first, END)), END) == released(first, END)
    later = with_year(study, "2010", (9, 9, 2, 14), **{"2012K3": 40})
    before = publication(first, "2011K2").handed_over()
    ledger = Ledger()
    ledger.add("2011K2", before)
    assert released(with_editions(later, ledger), END) == released(later, END)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mean", [4.0, 13.0])
def test_blocks_of_an_edition_are_the_blocks_of_the_next(study, seed, mean):
    """Every told sum of the next is one of a block of the first, of every area; none is small."""
    random = np.random.default_rng(seed)
    first, second = drawn(study, seed, mean), drawn(study, seed, mean)
    incidents = second.tables.incidents
    wrong = random.random(len(incidents)) < 0.1
    counts = incidents["count"].where(~wrong, random.poisson(mean, len(incidents)))
    second = dataclasses.replace(
        second, tables=dataclasses.replace(second.tables, incidents=incidents.assign(count=counts))
    )
    kept = after(second, (first, END))
    old, new = (publication(one, END).counts("indbrud") for one in (first, kept))
    raw = second.panel("indbrud").set_index(["area", "quarter"])["count"]
    for area, cells in new.areas.items():
        blocks = {one.times for one in old.areas[area]}
        for one in cells:
            assert not one.true or one.times in blocks
            assert not one.true or one.count == sum(raw[area, time] for time in one.times) >= 5


def test_an_area_told_by_its_quarters_is_told_by_them_again_or_not_at_all(study):
    """The year less three quarters would be the fourth."""
    area = study.design.comparison[0]
    many = study
    for one in study.settings.areas.all:
        many = moved(many, one, dict.fromkeys(study.settings.quarters, 12))
    few = moved(many, area, {"2010K2": 3})
    cells = publication(after(few, (many, END)), END).counts("indbrud").areas[area]
    year = {one.times: one.count for one in cells if one.true and one.times[0][:4] == "2010"}
    assert set(year) == {("2010K1",), ("2010K3",), ("2010K4",)}
    assert (
        not publication(after(few, (many, END)), END).counts("indbrud").is_true(area, ("2010K2",))
    )


def test_the_pool_of_another_study_binds_ours(study):
    """Two studies that share areas: their pools by quarters are not told less ours."""
    many = study
    for one in study.settings.areas.all:
        many = moved(many, one, dict.fromkeys(study.settings.quarters, 12))
    last = study.design.comparison[-1]
    few = moved(many, last, {"2010K2": 3})
    entry = publication(few, END).handed_over()
    entry["study"] = "another"
    for one in entry["released"]:
        one["pool"]["areas"] = one["pool"]["areas"][:-1]
    ours = with_editions(few, _holding(entry))
    pooled = [one for one in publication(ours, END).counts("indbrud").together if one.true]
    assert all(len(one.times) == 4 for one in pooled if one.times[0][:4] == "2010")


def _holding(entry: dict) -> Ledger:
    ledger = Ledger()
    ledger.add("another: end_of_period", entry)
    return ledger


def test_the_run_stops_where_no_ledger_keeps_the_joins(study):
    first = with_year(study, "2010", (9, 9, 2, 14))
    second = with_year(study, "2010", (9, 2, 2, 14))
    ledger = _holding(publication(first, END).handed_over())
    refuse_subtraction(first, [END], ledger)
    with pytest.raises(EditionShowsHidden) as stopped:
        refuse_subtraction(second, [END], ledger)
    assert stopped.value.exit_code == 3
    assert "ledger: ledger.json" in str(stopped.value)


def test_a_named_ledger_takes_in_what_the_folder_holds(study, tmp_path):
    first = with_year(study, "2010", (9, 9, 2, 14))
    named = study.settings.model_copy(update={"ledger": str(tmp_path / "house.json")})
    second = dataclasses.replace(with_year(study, "2010", (9, 2, 2, 14)), settings=named)
    take_in(second, _holding(publication(first, END).handed_over()))
    refuse_subtraction(second, [END], Ledger())
    assert told(second, "2010")[("2010K3", "2010K4")] == 16
    assert Path(tmp_path / "house.json").stat().st_mode & 0o077 == 0
    assert "released" in json.loads((tmp_path / "house.json").read_text())["reports"][0]


def test_blocks_that_overlap_are_joined_and_differences_are_blocks():
    assert finest([("1", "2", "3"), ("1",)]) == (("1",), ("2", "3"))
    assert finest([("5", "6"), ("6", "7")]) == (("5", "6", "7"),)
    assert finest([("1", "2"), ("3", "4"), ("1", "2", "3", "4")]) == (("1", "2"), ("3", "4"))


def test_another_deadline_of_a_target_does_not_cut_a_block_that_was_told(study):
    """K2 to K4 were told as 10; a deadline after K3 would tell 8 of it, and K4's 2 with it."""
    counts = dict.fromkeys(study.settings.quarters, 5)
    counts |= {"2010K1": 6, "2010K2": 4, "2010K3": 4, "2010K4": 2}
    first = moved(study, study.design.treated, counts)
    blocks = {("2010K1",): 6, ("2010K2", "2010K3", "2010K4"): 10}
    assert told(first, "2010") == blocks
    targets = {
        name: one.model_copy(update={"by": "2010K3"}) for name, one in study.written.targets.items()
    }
    other = dataclasses.replace(
        first, written=first.written.model_copy(update={"targets": targets})
    )
    assert told(other, "2010")["2010K2", "2010K3"] == 8
    assert told(after(other, (first, END)), "2010") == blocks
    ledger = Ledger()
    ledger.add(END, publication(first, END).handed_over())
    with pytest.raises(EditionShowsHidden):
        refuse_subtraction(other, [END], ledger)


def test_the_quarters_of_an_area_that_was_left_out_do_not_follow(study):
    """All areas together by quarters, and all but one: the difference is that one's."""
    areas = study.settings.areas
    fewer = areas.model_copy(update={"comparison": areas.comparison[:-1]})
    other = dataclasses.replace(study, settings=study.settings.model_copy(update={"areas": fewer}))

    def singles(one: Study) -> int:
        found = publication(one, END).counts("indbrud")
        return sum(len(cell.times) == 1 for cell in found.together)

    assert singles(other) > 0
    assert singles(after(other, (study, END))) == 0
