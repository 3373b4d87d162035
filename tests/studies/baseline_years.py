"""Should older baseline years count less? Placebo splits on three real places.

    python -m tests.studies.baseline_years DATA

Two baseline years, the older one's log rate weighted by 1, .7 or .41 against the newer; interval
score (Gneiting & Raftery 2007: width plus 40 times what is missed by, at 95 %) over the score of
the headline as it is, and coverage. Whether one year's weight helps is asked of each place.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from tests.studies.promise import LEVEL, Trials, real_trials
from tingbjerg_eval.stats.predictive import predictive

WEIGHTS = (1.0, 0.7, 0.41)


def weighed(given: Trials, weight: float) -> tuple[np.ndarray, np.ndarray]:
    """Changes and sampling variances with the older year counting ``weight`` of the newer."""
    share = np.array([weight, 1]) / (1 + weight)
    counts = given.counts + 0.5
    rates = np.log(counts / given.people)
    change = rates[..., 2] - rates[..., :2] @ share
    return change, 1 / counts[..., 2] + (1 / counts[..., :2]) @ share**2


def scores(given: Trials) -> pd.DataFrame:
    """By place and weight: interval score over that of the headline as it is, and coverage."""
    made = {"as it is": given.changes(slice(0, 2), slice(2, 3))}
    made |= {f"weight {one:g}": weighed(given, one) for one in WEIGHTS}
    rows = given.labels
    table = []
    for name, (change, variance) in made.items():
        predicted = predictive(change[:, 1:], variance[:, 1:], variance[:, 0], ratio=given.ratio)
        lower, upper = (predicted.quantile(p) for p in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        missed = np.maximum(lower - change[:, 0], 0) + np.maximum(change[:, 0] - upper, 0)
        score = upper - lower + 2 / (1 - LEVEL) * missed
        told = rows.assign(score=score, covered=missed == 0).groupby("place", sort=False)
        table.append(told[["score", "covered"]].mean().reset_index().assign(weights=name))
    found = pd.concat(table, ignore_index=True)
    plain = found[found["weights"] == "as it is"].set_index("place")["score"]
    return found.assign(score=found["score"] / found["place"].map(plain))


def verdict(table: pd.DataFrame) -> str:
    """Whether any weight helps in every place, in words."""
    tried = table[table["weights"] != "as it is"]
    worst = tried.groupby("weights", sort=False)["score"].max()
    best = worst.idxmin()
    if worst.min() < 1:
        return f"The best, {best}, scores {worst.min():.3f} where it helps least."
    return f"No weight helps everywhere: the best, {best}, scores {worst.min():.3f} at its worst."


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    table = scores(real_trials(parser.parse_args().data, 2))
    print(table.round(3).to_string(), verdict(table), sep="\n")


if __name__ == "__main__":
    main()
