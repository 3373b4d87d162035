"""Which areas a treated one may be compared with, told from the baseline alone.

An area's counts before the effort give its level, its trend, its season and, with its
inhabitants, its size. The squared distance of a candidate on each of them is lessened by what
chance alone would make of it and told in units of the spread between areas; what is left is
added up. Differences that noise explains count as none: choosing the best fit would choose those
whose noise happens to look like the treated area's, and the fit would be gone in the period.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.quarters import a_year, quarter_number, quarter_range
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON, refuse_part_years

ASPECTS = ("level", "trend", "season", "size")
SETS = 5
LEAST_SPREAD = 0.02
"""Of log rates: areas that are closer than about 2 per cent are alike in every use."""

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Aspects:
    """What the baseline tells of every area: a row of ``values`` an area, a column a number.

    ``noise`` is the variance of each that counting and quarterly restlessness make; ``aspect``
    says of each column which aspect it belongs to.
    """

    areas: tuple[str, ...]
    values: Array
    noise: Array
    aspect: tuple[str, ...]


def aspects(panel: pd.DataFrame, baseline: tuple[str, str]) -> Aspects:
    """Level, trend, season and size of every area of ``panel`` in ``baseline``.

    Log rates of quarters are fitted by a straight line and four seasons; their variances are the
    counts' own times the median area's dispersion, at least 1.

    Raises
    ------
    WrongArgument
        Where the baseline is no two whole years or an area lacks a quarter.
    """
    times = quarter_range(*baseline)
    refuse_part_years("baseline", baseline)
    if len(times) < 2 * a_year(times[0]):
        raise WrongArgument("A trend and a season take a baseline of two whole years or more.")
    counts, people = (_wide(panel, column, times) for column in ("count", "population"))
    logs = np.log((counts.to_numpy(float) + 0.5) / people.to_numpy(float))
    model = _model(times)
    solve = np.linalg.pinv(model)
    fitted = logs @ solve.T
    varying = 1 / (counts.to_numpy(float) + 0.5)
    spare = len(times) - model.shape[1]
    restless = (((logs - fitted @ model.T) ** 2 / varying).sum(axis=1) / spare) if spare else 1.0
    noise = max(float(np.median(restless)), 1.0) * varying @ (solve.T**2)
    size = np.log(people.to_numpy(float).mean(axis=1))
    return Aspects(
        areas=tuple(map(str, counts.index)),
        values=np.column_stack([fitted, size]),
        noise=np.column_stack([noise, np.zeros(len(size))]),
        aspect=("level", "trend", *["season"] * (model.shape[1] - 2), "size"),
    )


def _wide(panel: pd.DataFrame, column: str, times: Sequence[str]) -> pd.DataFrame:
    inside = panel[panel["quarter"].isin(times)]
    wide = inside.pivot(index="area", columns="quarter", values=column).reindex(columns=times)
    if wide.isna().to_numpy().any():
        area = wide.index[wide.isna().any(axis=1)][0]
        raise WrongArgument(f"{area!r} lacks a {column} in the baseline; leave it out.")
    if column == "population" and (wide.to_numpy(float) <= 0).any():
        area = wide.index[(wide <= 0).any(axis=1)][0]
        raise WrongArgument(f"Nobody lives in {area!r}; leave it out.")
    return wide


def _model(times: Sequence[str]) -> Array:
    """Mean, line (a year each) and three contrasts of the seasons around the mean."""
    numbers = np.array([quarter_number(one) for one in times])
    year = a_year(times[0])
    line = (numbers - numbers.mean()) / year
    season = np.eye(year)[numbers % year]
    seasons = season[:, :-1] - season[:, -1:]
    return np.column_stack([np.ones(len(times)), line, seasons])


def distances(found: Aspects, treated: str) -> pd.DataFrame:
    """How far every other area is from ``treated`` beyond noise, the nearest first.

    Returns
    -------
    DataFrame
        ``area, distance, uncertainty, level, trend, season, size``: the whole and each aspect's
        part of it in squared spreads between areas; ``uncertainty`` is the standard error that
        noise gives the whole.
    """
    if treated not in found.areas:
        raise WrongArgument(f"The panel has no area {treated!r}.")
    own = found.areas.index(treated)
    squared = (found.values - found.values[own]) ** 2
    noise = found.noise + found.noise[own]
    spread = np.maximum(
        found.values.var(axis=0, ddof=1) - found.noise.mean(axis=0), LEAST_SPREAD**2
    )
    parts = np.maximum(squared - noise, 0) / spread
    errors = np.sqrt((2 * noise**2 + 4 * noise * squared) / spread**2)
    table = pd.DataFrame({"area": found.areas})
    columns = {name: [at for at, one in enumerate(found.aspect) if one == name] for name in ASPECTS}
    for name, at in columns.items():
        table[name] = parts[:, at].mean(axis=1)
    weights = np.array([1 / len(columns[name]) for name in found.aspect])
    table["distance"] = table[list(ASPECTS)].sum(axis=1)
    table["uncertainty"] = np.sqrt((weights**2 * errors**2).sum(axis=1))
    others = table.drop(index=own).sort_values(["distance", "area"], ignore_index=True)
    return others[["area", "distance", "uncertainty", *ASPECTS]]


def close_enough(ranked: pd.DataFrame, number: int) -> tuple[str, ...]:
    """The nearest areas, half as many again as ``number``, and whoever is as near as the last.

    A finer ranking than that would be the noise's.
    """
    last = min(math.ceil(1.5 * number), len(ranked)) - 1
    return tuple(ranked.loc[ranked["distance"] <= ranked["distance"].iloc[last], "area"])


def equal_sets(
    pool: Sequence[str], number: int, *, seed: int, sets: int = SETS
) -> tuple[tuple[str, ...], ...]:
    """Up to ``sets`` different sets of ``number`` areas of ``pool``, drawn by ``seed``."""
    return tuple(_drawn(list(pool), number, np.random.default_rng(seed), sets))


def _drawn(
    pool: list[str], number: int, draw: np.random.Generator, sets: int
) -> Iterator[tuple[str, ...]]:
    seen: set[tuple[str, ...]] = set()
    for _ in range(20 * sets):
        chosen = tuple(sorted(draw.choice(pool, size=min(number, len(pool)), replace=False)))
        if chosen not in seen:
            seen.add(chosen)
            yield tuple(map(str, chosen))
        if len(seen) == sets:
            return


def refuse_few_candidates(number: int, candidates: Sequence[str]) -> None:
    """Refuse to choose fewer areas than an estimate takes, or more than there are."""
    if not FEWEST_COMPARISON <= number <= len(candidates):
        raise WrongArgument(
            f"number is from {FEWEST_COMPARISON} to the number of candidates "
            f"({len(candidates)}), not {number}."
        )
