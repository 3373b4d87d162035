"""Protected tables withstand the attacker, hide little, and say nothing untrue."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tables_for_tests import counted, drawn, end_of_period

from tingbjerg_eval.disclosure import (
    CannotProtect,
    CountTable,
    protect,
    protect_tables,
    publish,
)
from tingbjerg_eval.disclosure.attacker import audit

LARGE = [((35, 26), 6), ((35, 26), 20), ((70, 13), 9), ((10, 13, 7), 8), ((5, 26, 7), 5)]


def primary(counts: CountTable, zeros: str) -> int:
    values = counts.rows()["count"]
    return int(((values < 5) & (values >= (1 if zeros == "shown" else 0))).sum())


def attacked(counts: CountTable, **policy):
    (table,) = protect_tables([counts], **policy)
    return table, audit(publish("r", [table]))


@pytest.mark.parametrize("zeros", ["hidden", "shown"])
def test_no_cell_of_a_hundred_two_way_tables_can_be_worked_out_and_little_is_hidden(zeros):
    hidden = small = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        shape = tuple(int(k) for k in rng.integers(3, 9, 2))
        counts = counted(drawn(seed, shape, float(rng.uniform(3, 30))))
        table, result = attacked(counts, zeros=zeros)
        assert result.ok, (seed, result.findings)
        hidden += int(table.frame["text"].ne("").sum())
        small += primary(counts, zeros)
    assert small < hidden <= 2.5 * small


@pytest.mark.parametrize("zeros", ["hidden", "shown"])
def test_no_cell_of_twenty_three_way_tables_can_be_worked_out(zeros):
    for seed in range(10):
        _, result = attacked(counted(drawn(seed, (3, 4, 3), 8.0)), zeros=zeros)
        assert result.ok, (seed, result.findings)
        assert result.checked > 0


@pytest.mark.parametrize(("shape", "mean"), LARGE)
def test_no_cell_of_a_table_of_910_cells_can_be_worked_out(shape, mean):
    counts = counted(drawn(7, shape, mean))
    table, result = attacked(counts)
    assert result.ok
    assert len(counts.frame) == 910
    if len(shape) == 2:
        assert table.frame["text"].ne("").sum() <= 2.5 * primary(counts, "hidden")


def test_three_way_tables_hold_in_whole_numbers_too():
    for seed in range(4):
        table, _ = attacked(counted(drawn(seed, (3, 3, 3), 7.0)))
        assert audit(publish("r", [table]), whole=True).ok


def test_ten_linked_tables_of_an_end_of_period_report_hold_together():
    counts = end_of_period()
    tables = protect_tables(counts)
    result = audit(publish("end_of_period", tables))
    assert result.ok
    assert result.checked > 1000
    assert result.programs < 100


def test_tables_that_are_harmless_alone_are_protected_together():
    frame = pd.DataFrame({"area": ["A", "B"], "count": [3, 40]})
    parts = CountTable(frame=frame, dims=["area"], name="parts", where={"offence": ["x"]})
    both = CountTable(
        frame=pd.DataFrame({"offence": ["x"], "count": [43]}),
        dims=["offence"],
        name="both",
        where={"area": ["A", "B"]},
    )
    alone = [protect_tables([of])[0] for of in (parts, both)]
    assert not audit(publish("r", alone)).ok
    assert audit(publish("r", protect_tables([parts, both]))).ok


def test_hiding_the_small_cells_alone_protects_nothing():
    """The guard against a suppressor that does nothing: the attacker must then object."""
    counts = counted(drawn(1, (6, 8), 10.0))
    bare = []
    for row, (measure, region) in zip(
        counts.rows().to_dict("records"),
        [counts.cell_id({d: r[d] for d in counts.dims}) for r in counts.rows().to_dict("records")],
        strict=True,
    ):
        hidden = row["count"] < 5
        bare.append(
            {
                "key": str(len(bare)),
                "value": None if hidden else row["count"],
                "sign": "under threshold" if hidden else "",
                "region": {dim: list(of) for dim, of in region},
            }
        )
        assert measure == "reports"
    table = {"name": "t", "measure": "reports", "cells": bare}
    published = {"report": "r", "threshold": 5, "zeros": "hidden", "signs": "two"}
    assert not audit({**published, "tables": [table], "statements": []}).ok


def test_shown_numbers_and_totals_are_the_true_ones():
    frame = drawn(3, (6, 8), 10.0)
    counts = counted(frame)
    (table,) = protect_tables([counts])
    shown = table.frame["value"].notna().to_numpy()
    assert (table.frame["value"][shown] == counts.rows()["count"][shown]).all()
    total = table.cell(area="total", quarter="total")
    assert pd.isna(total["value"]) or total["value"] == frame["count"].sum()


def test_every_small_count_is_hidden_and_only_small_inner_ones_say_so():
    counts = counted(drawn(4, (6, 8), 8.0))
    (table,) = protect_tables([counts])
    values = counts.rows()["count"]
    assert table.frame.loc[(values < 5).to_numpy(), "value"].isna().all()
    says_small = (table.frame["text"] == "under threshold").to_numpy()
    assert says_small.any()
    assert (values[says_small] < 5).all()
    assert not table.frame.loc[says_small, "total"].any()


def test_with_zeros_shown_all_hidden_cells_carry_one_sign_and_zeros_are_true():
    counts = counted(drawn(4, (6, 8), 3.0))
    (table,) = protect_tables([counts], zeros="shown")
    values = counts.rows()["count"].to_numpy()
    assert set(table.frame["text"]) == {"", "withheld"}
    assert set(table.frame["status"]) == {"shown", "hidden-secondary", "true zero"}
    assert (table.frame.loc[values == 0, "status"] == "true zero").all()


def test_cells_of_worth_are_kept():
    frame = pd.DataFrame(
        [(area, f"q{n}", 3 if (area, n) == ("T", 1) else 30) for area in "TBC" for n in (1, 2, 3)],
        columns=["area", "quarter", "count"],
    )
    weights = {"quarter": {"q3": 50.0}, "area": {"C": 50.0}}
    (table,) = protect_tables([counted(frame, weights=weights)])
    hidden = table.frame[table.frame["text"] != ""]
    assert set(zip(hidden["area"], hidden["quarter"], strict=True)) == {
        ("T", "q1"), ("T", "q2"), ("B", "q1"), ("B", "q2"),
    }  # fmt: skip


def test_a_table_without_totals_hides_the_small_cells_only():
    frame = pd.DataFrame({"area": ["A", "B", "C"], "count": [0, 4, 5]})
    table = protect(frame, dims=["area"])
    assert list(table.frame["status"]) == ["hidden", "hidden", "shown"]
    assert list(table.frame["text"]) == ["under threshold", "under threshold", ""]


def test_the_threshold_can_be_raised_but_not_fall_under_three():
    frame = pd.DataFrame({"area": ["A", "B", "C"], "count": [2, 4, 9]})
    assert protect(frame, dims=["area"], threshold=10).frame["value"].isna().all()
    assert list(protect(frame, dims=["area"], threshold=3).frame["value"].isna()) == [
        True, False, False,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="at least 3"):
        protect(frame, dims=["area"], threshold=2)


@pytest.mark.parametrize("threshold", [3, 4, 10])
def test_other_thresholds_hold_against_the_attacker(threshold):
    for seed in range(5):
        _, result = attacked(counted(drawn(seed, (5, 6), 12.0)), threshold=threshold)
        assert result.ok


def test_tables_with_unlike_signs_can_stand_in_one_report():
    two = counted(drawn(1, (5, 6), 12.0), name="two", where={"offence": ["x"]})
    one = counted(drawn(2, (5, 6), 12.0), name="one", where={"offence": ["y"]})
    (of_two,), (of_one,) = protect_tables([two]), protect_tables([one])
    of_one = replace(of_one, signs="one")
    published = publish("r", [of_two, of_one])
    assert [table["signs"] for table in published["tables"]] == ["two", "one"]
    assert audit(published).ok


def test_a_rate_is_hidden_with_its_count():
    frame = pd.DataFrame({"area": ["A", "B"], "count": [2, 50]})
    rates = protect(frame, dims=["area"]).rates({"A": 2000, "B": 2000})["rate"]
    assert pd.isna(rates.iloc[0])
    assert rates.iloc[1] == 25.0


def test_protection_does_not_change_the_callers_frame_and_gives_the_same_twice():
    frame = drawn(5, (5, 6), 9.0)
    before = frame.copy(deep=True)
    first, second = (protect_tables([counted(frame)])[0].frame for _ in range(2))
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": [1.5, 2]}, "whole numbers"),
        ({"count": [np.nan, 2]}, "whole numbers"),
        ({"count": [-1, 2]}, "whole numbers"),
        ({"area": ["A", "A"]}, "one row per cell"),
        ({"area": ["total", "A"]}, "already holds"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(change, said):
    frame = pd.DataFrame({"area": ["A", "B"], "count": [1, 2]}).assign(**change)
    with pytest.raises(ValueError, match=said):
        protect(frame, dims=["area"], margins=["area"])


def test_an_incomplete_table_with_totals_is_refused():
    frame = drawn(1, (3, 3), 9.0).iloc[1:]
    with pytest.raises(ValueError, match="needs a row"):
        counted(frame)


def test_one_cell_with_two_values_is_refused():
    frame = pd.DataFrame({"area": ["A", "B"], "count": [1, 2]})
    one = CountTable(frame=frame, dims=["area"], name="one")
    two = replace(one, name="two", frame=frame.assign(count=[1, 3]))
    with pytest.raises(ValueError, match="differs"):
        protect_tables([one, two])


def test_what_earlier_reports_gave_away_cannot_be_protected():
    from tingbjerg_eval.disclosure.ledger import Ledger

    shown = {"area": ["A", "B"]}
    ledger = Ledger()
    ledger.add("before", _one_cell(shown, 23))
    ledger.add("between", _one_cell({"area": ["B"]}, 20))
    frame = pd.DataFrame({"area": ["A", "B"], "count": [3, 20]})
    with pytest.raises(CannotProtect, match="earlier reports"):
        protect(frame, dims=["area"], ledger=ledger)


def _one_cell(region, value):
    cell = {"key": "c", "value": value, "sign": "", "region": region}
    return {
        "threshold": 5, "zeros": "hidden", "signs": "two", "statements": [],
        "tables": [{"name": "t", "measure": "reports", "cells": [cell]}],
    }  # fmt: skip
