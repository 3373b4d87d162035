"""Shares of the survey's answers, and mentions of themes, as they may be shown."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.publication.merging import running, stand_in
from tingbjerg_eval.stats.survey import wilson_interval
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.settings import ShareIndicator, StudySettings

FEW_GIVEN = "few persons gave this answer, or all but few"
FEW_ANSWERS = "few answers"


Place = tuple[str, int]
"""An area and a wave."""


def shown_shares(
    shares: pd.DataFrame,
    given: Mapping[Place, int],
    *,
    min_answers: int,
    threshold: int,
    apart: frozenset[Place] = frozenset(),
) -> pd.DataFrame:
    """``shares`` with every figure missing where few have answered, or few given the answer.

    ``given`` holds how many persons gave the answer, by area and wave. An answer that fewer than
    ``threshold`` gave, or all but so few, is hidden like a small count; zeros are small. So is
    what stands ``apart``, see :func:`told_apart`. ``status`` is "shown" or "hidden", ``text`` why
    it is hidden: "few answers" or "withheld".
    """
    answers = shares["n"].fillna(0).to_numpy() < min_answers
    hidden = answers | _few_gave(shares, given, threshold) | _stands_at(shares, apart)
    frame = shares.copy()
    numbers = [name for name in shares.columns if name not in ("area", "wave")]
    if hidden.any():
        frame[numbers] = frame[numbers].mask(pd.Series(hidden, index=frame.index))
    frame["status"] = np.where(hidden, "hidden", "shown")
    frame["text"] = np.where(answers, FEW_ANSWERS, np.where(hidden, "withheld", ""))
    return frame


def reckoned_shares(
    shares: pd.DataFrame,
    given: Mapping[Place, int],
    *,
    min_answers: int,
    threshold: int,
    level: float,
    apart: frozenset[Place] = frozenset(),
) -> pd.DataFrame:
    """``shares`` as estimates may use them: without rows of few answers or that stand ``apart``,
    small numerators replaced by one that is the same whatever they were."""
    kept = (shares["n"].fillna(0).to_numpy() >= min_answers) & ~_stands_at(shares, apart)
    frame = shares[kept].reset_index(drop=True)
    few = _few_gave(frame, given, threshold)
    if not few.any():
        return frame
    n, low = frame["n"].to_numpy(dtype=float)[few], _given(frame, given)[few] < threshold
    share = np.where(low, stand_in(threshold) / n, 1 - stand_in(threshold) / n)
    lower, upper = wilson_interval(share, n, level=level)
    told = {"share": share, "variance": share * (1 - share) / n, "effective_n": n,
            "lower": lower, "upper": upper}  # fmt: skip
    for name, values in told.items():
        column = frame[name].to_numpy(dtype=float, copy=True)
        column[few] = values
        frame[name] = column
    frame["note"] = frame["note"].mask(pd.Series(few), FEW_GIVEN)
    return frame


def given(survey: pd.DataFrame, asked: ShareIndicator) -> dict[Place, int]:
    """How many gave an answer that the indicator counts, by area and wave."""
    gave = survey[asked.question].isin(asked.answers).to_numpy()
    return Counter(_places(survey[gave]))


def beside(settings: StudySettings, indicator: str) -> dict[str, list[str]]:
    """The answers that each indicator on one question counts, in the order of the study."""
    asked = settings.indicators[indicator]
    return {
        name: one.answers for name, one in settings.indicators.items()
        if isinstance(one, ShareIndicator) and isinstance(asked, ShareIndicator)
        and one.question == asked.question
    }  # fmt: skip


def told_apart(
    survey: pd.DataFrame,
    question: str,
    counted: Mapping[str, Sequence[object]],
    *,
    min_answers: int,
    threshold: int,
) -> dict[str, frozenset[Place]]:
    """For each indicator on one question where it may not be told beside those before it.

    ``counted`` holds the answers that each of them counts. Together they tell apart kinds of
    answers, and who subtracts one from the other learns how many gave each kind: where one more
    indicator would leave a kind that fewer than ``threshold`` gave, it is not told.
    """
    hidden: dict[str, set[Place]] = {name: set() for name in counted}
    every = [str(one) for one in survey[question].dropna().unique()]
    for place, persons in survey.groupby(["area", "wave"])[question]:
        given = persons.value_counts().reindex(every, fill_value=0)
        told: list[str] = []
        for name in counted:
            alone = _fewest(given, [counted[name]])
            if given.sum() < min_answers or alone < threshold:
                continue
            if _fewest(given, [counted[one] for one in (*told, name)]) < threshold:
                hidden[name].add(place)
            else:
                told.append(name)
    return {name: frozenset(places) for name, places in hidden.items()}


def _fewest(given: pd.Series, counted: Sequence[Sequence[object]]) -> int:
    """How many gave the rarest of the kinds of answers that are ``counted`` alike."""
    kinds: Counter[tuple[bool, ...]] = Counter()
    for answer, persons in given.items():
        kinds[tuple(answer in one for one in counted)] += int(persons)
    return min(kinds.values(), default=0)


def _places(shares: pd.DataFrame) -> Iterator[Place]:
    return zip(shares["area"].tolist(), shares["wave"].tolist(), strict=True)


def _stands_at(shares: pd.DataFrame, places: frozenset[Place]) -> np.ndarray:
    return np.array([place in places for place in _places(shares)], dtype=bool)


def complete_design(design: Design, shares: pd.DataFrame) -> Design:
    """``design`` without comparison and adjacent areas that lack a wave of the treated area."""
    waves = set(shares.loc[shares["area"] == design.treated, "wave"])
    held = shares.groupby("area")["wave"].agg(set)

    def whole(areas: Sequence[str]) -> tuple[str, ...]:
        return tuple(area for area in areas if waves <= held.get(area, set()))

    return design.with_(comparison=whole(design.comparison), adjacent=whole(design.adjacent))


def _given(shares: pd.DataFrame, given: Mapping[Place, int]) -> np.ndarray:
    return np.array([given.get(place, 0) for place in _places(shares)], dtype=int)


def _few_gave(shares: pd.DataFrame, given: Mapping[Place, int], threshold: int) -> np.ndarray:
    yes = _given(shares, given)
    few: np.ndarray = (yes < threshold) | (shares["n"].to_numpy() - yes < threshold)
    return few


def told_mentions(
    consultation: pd.DataFrame, *, moments: Sequence[str], threshold: int
) -> pd.DataFrame:
    """``area, theme, mentions``: what may be told of each theme at the last of ``moments``.

    ``moments`` are the last quarters of every report so far, in order. A theme's running total
    moves only when at least ``threshold`` mentions have come since it moved last, so that no
    two reports give a small number by subtraction. Missing while none may be told.
    """
    ends = [quarter_number(one) for one in moments]
    known_at = {one: bisect_left(ends, quarter_number(one)) for one in set(consultation["quarter"])}
    counts: dict[tuple[str, str], list[int]] = {}
    columns = (consultation[one].tolist() for one in ("area", "theme", "quarter", "mentions"))
    for area, theme, quarter, mentions in zip(*columns, strict=True):
        if (at := known_at[quarter]) < len(ends):
            counts.setdefault((area, theme), [0] * len(ends))[at] += mentions
    rows = [(*one, running(of, threshold)[-1] or np.nan) for one, of in sorted(counts.items())]
    return pd.DataFrame(rows, columns=["area", "theme", "mentions"])
