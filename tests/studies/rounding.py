"""What is told of a rare offence: by joining in time, or by rounding to base 5.

    python -m tests.studies.rounding 200

One area, three years before and three of the effort, reports by quarter drawn from a Poisson
distribution. Told: quarters, years and the two windows. Rounding is random and unbiased, quarters,
years and windows each by itself, the only kind that leaves a rounded 0 five values (to the nearest
5 it leaves 0 to 2). A cell counts as told by rounding when at least five values remain for each
quarter below it; ``narrow`` is the share of quarters for which fewer remain once all rounded sums
are put together. ``error`` is the mean relative error of the period's sum by the baseline's.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.publication.joined import Moment, own_cells
from tingbjerg_eval.publication.timeline import stretches
from tingbjerg_eval.study.design import Design

QUARTERS = quarter_range("2007K1", "2012K4")
DESIGN = Design(treated="a", comparison=("b",), baseline=("2007K1", "2009K4"),
                period=("2010K1", "2012K4"))  # fmt: skip
YEARS = {year: [one for one in QUARTERS if one[:4] == year] for year in map(str, range(2007, 2013))}
WINDOWS = {"before": list(QUARTERS[:12]), "after": list(QUARTERS[12:])}
MEANS = (1.2, 2.5, 4.0, 8.0, 13.0)
VALUES = BASE = 5


def joined(counts: dict[str, int]) -> dict[str, float]:
    """Shares of quarters, years and windows told by joining, and the error of the ratio."""
    cells = own_cells(
        counts, stretches(QUARTERS, DESIGN, ()), Moment(until=QUARTERS[-1], last=True), 5
    )

    def told(times: list[str]) -> bool:
        inside = [one for one in cells if set(one.times) & set(times)]
        return all(one.true and set(one.times) <= set(times) for one in inside)

    sums = [
        sum(one.count for one in cells if set(one.times) <= set(times))
        for times in WINDOWS.values()
    ]
    return _shares(told) | {"error": _error(counts, *sums)}


def rounded(counts: dict[str, int], random: np.random.Generator) -> dict[str, float]:
    """The same by rounding each quarter, year and window at random to a multiple of five."""

    def around(count: int) -> int:
        low = count - count % BASE
        return low + BASE * int(random.random() < (count % BASE) / BASE)

    told = {one: around(count) for one, count in counts.items()}
    sums = {
        name: around(sum(counts[one] for one in times)) for name, times in (YEARS | WINDOWS).items()
    }
    low = {one: max(0, value - BASE + 1) for one, value in told.items()}
    high = {one: value + BASE - 1 for one, value in told.items()}
    _put_together(low, high, sums)
    narrow = [high[one] - low[one] + 1 < VALUES for one in QUARTERS]
    safe = {one for one, small in zip(QUARTERS, narrow, strict=True) if not small}
    return _shares(lambda times: set(times) <= safe) | {
        "error": _error(counts, sums["before"], sums["after"]), "narrow": float(np.mean(narrow)),
    }  # fmt: skip


def _put_together(low: dict[str, int], high: dict[str, int], sums: dict[str, int]) -> None:
    """Narrow each quarter by what the rounded sums say, until nothing changes."""
    before = None
    while before != (before := (dict(low), dict(high))):
        for name, times in (YEARS | WINDOWS).items():
            least, most = max(0, sums[name] - BASE + 1), sums[name] + BASE - 1
            for one in times:
                others = [other for other in times if other != one]
                low[one] = max(low[one], least - sum(high[other] for other in others))
                high[one] = min(high[one], most - sum(low[other] for other in others))


def _shares(told) -> dict[str, float]:
    kinds = {"quarters": [[one] for one in QUARTERS], "years": list(YEARS.values()),
             "windows": list(WINDOWS.values())}  # fmt: skip
    return {kind: float(np.mean([told(times) for times in of])) for kind, of in kinds.items()}


def _error(counts: dict[str, int], before: int, after: int) -> float:
    true = [sum(counts[one] for one in times) for times in WINDOWS.values()]
    if not before or not true[0] or not true[1]:
        return np.nan
    return abs(after / before / (true[1] / true[0]) - 1)


def measured(series: int, seed: int = 0) -> pd.DataFrame:
    """One row for each mean and way."""
    random, rows = np.random.default_rng(seed), []
    for mean in MEANS:
        for _ in range(series):
            drawn = random.poisson(mean, len(QUARTERS))
            counts = {one: int(count) for one, count in zip(QUARTERS, drawn, strict=True)}
            found = {"joined": joined(counts), "rounded": rounded(counts, random)}
            rows += [{"mean": mean, "way": way, **one} for way, one in found.items()]
    return pd.DataFrame(rows).groupby(["mean", "way"], sort=False).mean().round(3)


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", type=int)
    print(measured(parser.parse_args().series).to_string())


if __name__ == "__main__":
    main()
