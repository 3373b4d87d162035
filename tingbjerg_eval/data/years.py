"""Tables that are delivered by quarter, summed to the years of a study in years."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from tingbjerg_eval.inputs.quarters import is_quarter
from tingbjerg_eval.study.settings import StudySettings


def whole_years(quarters: Collection[str]) -> tuple[str, ...]:
    """The years of which every quarter is there.

    >>> whole_years(["2009K4", "2010K1", "2010K2", "2010K3", "2010K4"])
    ('2010',)
    """
    there = set(quarters)
    years = sorted({one[:4] for one in there})
    return tuple(y for y in years if all(f"{y}K{part}" in there for part in range(1, 5)))


def by_year(
    frame: pd.DataFrame, settings: StudySettings, how: dict[str, str], *, whole: bool = True
) -> pd.DataFrame:
    """``frame`` with a row a year where the study is in years and the delivery in quarters.

    ``how`` says what becomes of each figure, ``sum`` or ``mean``. Where a year must be ``whole``,
    one that lacks a quarter is left out: a part of it would be read as all of it.
    """
    if not (settings.in_years and frame["quarter"].map(is_quarter).any()):
        return frame
    keys = [one for one in frame.columns if one not in how]
    years = frame.assign(quarter=frame["quarter"].str[:4]).groupby(keys, sort=False)
    # A figure that one quarter lacks is lacking in the year: absent is never zero.
    figures = {name: getattr(years[name], way)(skipna=False) for name, way in how.items()}
    summed = pd.DataFrame(figures).reset_index()
    if whole:
        summed = summed[(years.size() == 4).to_numpy()]
    return summed[list(frame.columns)].astype(dict(frame.dtypes)).reset_index(drop=True)


def read_by(settings: StudySettings, *, quarters: bool) -> StudySettings:
    """The settings by which one delivery is read: its own quarters are held against quarters."""
    return settings.counted_by("2000K1") if settings.in_years and quarters else settings
