"""What was allotted and spent, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.study.amendments import amended
from tingbjerg_eval.targets.deliveries import delivery_by_quarter

if TYPE_CHECKING:
    from tingbjerg_eval.study.strategy import Strategy


@checked
def money_by_year(
    strategy: Strategy, activities: pd.DataFrame, *, until: str | None = None
) -> pd.DataFrame:
    """One row per year of the frame and one, ``year`` = ``"total"``, for all of them.

    Columns: ``year, frame_dkk, budget_dkk`` (allotted to measures), ``spent_dkk`` (``nan`` where
    something is unreported and for years to come), ``spent_known_dkk`` (at least so much),
    ``unreported`` (quarters of measures with a commitment whose spending nobody has reported),
    ``left_dkk`` (frame minus spent), ``over_frame`` (whether already what is known is more than
    the frame).

    Parameters
    ----------
    strategy
        The strategy as it was first written (``study.written``).
    activities
        The delivered table of activities (``study.tables.activities``).
    until
        The last quarter that is known; all that is delivered when not given.

    Returns
    -------
    DataFrame
        One row per year and a last one for all of them.

    Examples
    --------
    >>> te.money_by_year(study.written, study.tables.activities)["year"].tolist()
    ['2010', '2011', '2012', 'total']
    """
    strategy = amended(strategy, until=until)
    rows = delivery_by_quarter(strategy, activities, until=until)
    year = rows["quarter"].str[:4]
    spent = rows.groupby(year)["spent_dkk"].sum()
    unreported = (rows["spent_dkk"].isna() & (rows["kept"] != "none")).groupby(year).sum()
    years = sorted({*strategy.budget, *map(int, spent.index)})
    table = pd.DataFrame({
        "year": [str(year) for year in years],
        "frame_dkk": [float(strategy.budget.get(year, 0)) for year in years],
        "budget_dkk": [
            float(sum(one.budget.get(year, 0) for one in strategy.measures.values()))
            for year in years
        ],
        "spent_known_dkk": [float(spent.get(str(year), 0.0)) for year in years],
        "unreported": [int(unreported.get(str(year), 0)) for year in years],
    })  # fmt: skip
    total = table.drop(columns="year").sum().to_frame().T.assign(year="total")
    table = pd.concat([table, total[table.columns]], ignore_index=True)
    table["unreported"] = table["unreported"].astype("int64")
    whole = table["spent_known_dkk"].where(table["unreported"] == 0)
    this_year = until[:4] if until else str(years[-1])
    to_come = (table["year"] > this_year) & (table["year"] != "total")
    table["spent_dkk"] = whole.mask(to_come)
    table["left_dkk"] = table["frame_dkk"] - whole
    return table.assign(over_frame=table["spent_known_dkk"] > table["frame_dkk"])
