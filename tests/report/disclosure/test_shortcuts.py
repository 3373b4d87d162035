"""What is done cheaply gives what the full way gives."""

import numpy as np
import pandas as pd
import pytest
from tables_for_tests import drawn

from tingbjerg_eval.disclosure import CountTable, protect_tables, publish, tables
from tingbjerg_eval.disclosure.ledger import Ledger

QUARTERS = [f"{year}K{part}" for year in (2009, 2010) for part in (1, 2, 3, 4)]
YEAR = {"2009": tuple(QUARTERS[:4])}


def chain(counts: list[int], revised: int) -> list:
    """Reports that each know one quarter more, the first quarter revised from the second on."""
    ledger, made = Ledger(), []
    for known in range(4, len(QUARTERS) + 1):
        now = [counts[0] + revised * (known > 4), *counts[1:known]]
        frame = pd.DataFrame({"quarter": QUARTERS[:known], "count": now})
        table = CountTable(frame=frame, dims=["quarter"], groups={"quarter": YEAR})
        (protected,) = protect_tables([table], ledger=ledger)
        ledger.add(str(known), publish(str(known), [protected]))
        made.append(protected)
    return made


@pytest.mark.parametrize("lowest", [5, 0])
@pytest.mark.parametrize("revised", [0, 3])
def test_tables_without_a_small_cell_are_the_same_with_and_without_the_programs(
    lowest, revised, monkeypatch
):
    counts = np.random.default_rng(3).integers(lowest, 9, len(QUARTERS)).tolist()
    quick = chain(counts, revised)
    monkeypatch.setattr(tables, "_nothing_to_hide", lambda *_: False)
    for one, other in zip(quick, chain(counts, revised), strict=True):
        pd.testing.assert_frame_equal(one.frame, other.frame)
        assert one.published() == other.published()
    hidden = sum(one.frame["value"].isna().sum() for one in quick)
    assert (hidden > 0) == (lowest == 0)


def test_a_cell_hidden_before_is_not_passed_over_when_nothing_is_small_any_more():
    first, *later = chain([3, 30, 30, 30, 30, 30, 30, 30], revised=0)
    assert first.frame["value"].isna().any()
    assert all(one.frame["value"].isna().any() for one in later)


def test_rows_are_the_cells_then_their_groups_then_their_totals():
    frame = drawn(5, (3, 4), 9.0)
    groups = {"area": {"both": ["area00", "area02"]}}
    rows = CountTable(frame=frame, dims=["area", "quarter"], margins=["quarter"], groups=groups)
    both = frame[frame["area"] != "area01"].groupby("quarter", as_index=False)["count"].sum()
    cells = pd.concat([frame, both.assign(area="both")], ignore_index=True)
    total = cells.groupby("area", sort=False, as_index=False)["count"].sum()
    wanted = pd.concat([cells, total.assign(quarter="total")], ignore_index=True)
    marked = wanted.assign(total=[False] * 12 + [True] * 8)
    pd.testing.assert_frame_equal(rows.rows(), marked)
