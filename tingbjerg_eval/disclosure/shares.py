"""Shares of the survey: what few people answered is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.disclosure.published import WITHHELD

FEW_ANSWERS = "few answers"


@dataclass(frozen=True, kw_only=True)
class ProtectedShares:
    """Survey shares as they may be shown.

    ``frame`` holds the columns of the shares table with every number of a hidden row missing,
    ``status`` ("shown", "hidden", "hidden-secondary") and ``text`` ("few answers",
    "withheld", or empty).
    """

    frame: pd.DataFrame
    min_answers: int


def protect_shares(
    shares: pd.DataFrame, *, min_answers: int = 30, totals: Sequence[str] = ()
) -> ProtectedShares:
    """Hide every share that stands on fewer than ``min_answers`` answers.

    ``shares`` has the columns ``area, wave, share, variance, n`` and any further ones, all of
    which are hidden with the share. ``totals`` names areas that are made up of the others:
    where such a total is shown and only one of the others is hidden in a wave, the one with
    the fewest answers is hidden with it, or it could be subtracted.
    """
    missing = {"area", "wave", "share", "n"} - set(shares.columns)
    if missing:
        raise ValueError(f"shares need the columns {', '.join(sorted(missing))}")
    few = shares["n"].fillna(0) < min_answers
    second = _second_hidden(shares, few, totals)
    frame = shares.copy()
    numbers = [column for column in frame.columns if column not in ("area", "wave")]
    frame[numbers] = frame[numbers].mask(few | second)
    frame["status"] = "shown"
    frame["text"] = ""
    frame.loc[few, ["status", "text"]] = ["hidden", FEW_ANSWERS]
    frame.loc[second, ["status", "text"]] = ["hidden-secondary", WITHHELD]
    return ProtectedShares(frame=frame, min_answers=min_answers)


def _second_hidden(shares: pd.DataFrame, few: pd.Series, totals: Sequence[str]) -> pd.Series:
    second = pd.Series(False, index=shares.index)
    is_total = shares["area"].isin(list(totals))
    for _, wave in shares.groupby("wave", sort=True):
        others = wave[~is_total[wave.index]]
        total_shown = (is_total & ~few)[wave.index].any()
        shown = others[~few[others.index]]
        if total_shown and few[others.index].sum() == 1 and len(shown):
            second[shown.sort_values(["n", "area"]).index[0]] = True
    return second
