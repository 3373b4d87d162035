"""Comparison areas are chosen from the baseline alone, and never for the best fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

import tingbjerg_eval as te
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.stats import candidates

BASELINE = ("2007K1", "2009K4")


def made(rates, *, slopes=None, seed=1):
    """A panel of 5,000 people an area with these reports a quarter and yearly log slopes."""
    draw = np.random.default_rng(seed)
    times = quarter_range(*BASELINE)
    slopes = slopes or {}
    rows = [
        (area, time, draw.poisson(rate * np.exp(slopes.get(area, 0) * at / 4)), 5000)
        for area, rate in rates.items() for at, time in enumerate(times)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["area", "quarter", "count", "population"])


def test_another_level_and_another_trend_put_an_area_last():
    rates = {f"a{number}": 100.0 for number in range(12)} | {"high": 300.0, "rising": 100.0}
    panel = made(rates, slopes={"rising": 0.5})
    ranked = candidates.distances(candidates.aspects(panel, BASELINE), "a0")
    assert set(ranked["area"].tail(2)) == {"high", "rising"}
    far = ranked.set_index("area")
    assert far.loc["high", "level"] > far.loc["high", "trend"]
    assert far.loc["rising", "trend"] > 1


def test_what_noise_explains_is_no_distance():
    panel = made({f"a{number}": 4.0 for number in range(30)})
    ranked = candidates.distances(candidates.aspects(panel, BASELINE), "a0")
    assert (ranked["level"] == 0).mean() > 0.5


def test_the_period_is_not_looked_at(demo_study):
    later = demo_study.tables.incidents["quarter"] >= "2010K1"
    rows = demo_study.tables.incidents.copy()
    rows.loc[later, "count"] = rows.loc[later, "count"] * 9 + 3
    other = replace(demo_study, tables=replace(demo_study.tables, incidents=rows))
    one, two = (te.compare_areas(study, "burglary", number=8) for study in (demo_study, other))
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.sets == two.sets


def test_neighbours_and_areas_with_their_own_effort_are_dropped(demo_study):
    found = te.compare_areas(demo_study, "burglary", number=8)
    named = demo_study.settings.areas
    gone = {named.treated, *named.adjacent, *named.excluded}
    assert not gone & set(found.table["area"])
    assert set(found.dropped) >= gone - {named.treated}
    assert len(set(found.sets)) == len(found.sets) <= 5
    assert all(len(one) == 8 and set(one) <= set(found.table["area"]) for one in found.sets)
    written = yaml.safe_load("areas:\n" + found.yaml())
    assert tuple(written["areas"]["comparison"]) == found.chosen


def test_what_cannot_be_chosen_is_said(demo_study):
    with pytest.raises(WrongArgument, match="from 5 to the number of candidates"):
        te.compare_areas(demo_study, "burglary", number=99)
    with pytest.raises(WrongArgument, match="work in the house"):
        te.compare_areas(publication(demo_study, "end_of_period").view(), "burglary")
