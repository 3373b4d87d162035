"""Shares of the survey: what few people answered is not shown."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

FEW_ANSWERS = "few answers"


@dataclass(frozen=True, kw_only=True)
class ProtectedShares:
    """Survey shares as they may be shown.

    ``frame`` holds the columns of the shares table with every number of a hidden row missing,
    ``status`` ("shown", "hidden") and ``text`` ("few answers", or empty).
    """

    frame: pd.DataFrame
    min_answers: int


def protect_shares(shares: pd.DataFrame, *, min_answers: int = 30) -> ProtectedShares:
    """Hide every share that stands on fewer than ``min_answers`` answers.

    ``shares`` has the columns ``area, wave, share, variance, n`` and any further ones, all of
    which are hidden with the share.
    """
    missing = {"area", "wave", "share", "n"} - set(shares.columns)
    if missing:
        raise ValueError(f"shares need the columns {', '.join(sorted(missing))}")
    few = shares["n"].fillna(0) < min_answers
    frame = shares.copy()
    numbers = [column for column in frame.columns if column not in ("area", "wave")]
    if few.any():
        frame[numbers] = frame[numbers].mask(few)
    frame["status"] = "shown"
    frame["text"] = ""
    frame.loc[few, ["status", "text"]] = ["hidden", FEW_ANSWERS]
    return ProtectedShares(frame=frame, min_answers=min_answers)
