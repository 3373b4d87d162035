"""Coverage, size, power and width of every interval, by simulation and on real areas.

    python -m tests.studies.coverage [--replications 4000] [--london FOLDER]

draws panels and shares with known truth, measures the headline, the collapsed t, the placebo rank
and (as a warning) the methods that are refused, and writes its part of ``docs/methods``. All
replications
of a cell are computed at once; the same seed gives the same table.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.special import stdtrit

from tingbjerg_eval.stats.dispersion import MOST, Scatter
from tingbjerg_eval.stats.predictive import effects, predictive, predictive_without_each

LEVEL = 0.95
SEED = 20100331
SHOCK = 0.15
SHARE_SHOCK = 0.02
PERIOD_QUARTERS = 12
RESTLESS = "A treated area more restless than the others"
CHUNK = 500
RANKED = 500


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One setting. ``amount`` is reports a quarter, or respondents a wave, of a comparison area.

    ``unrest`` is the treated area's shock variance over the others', ``overdispersion`` what
    chance adds to counting in it and in the others.
    """

    kind: str = "counts"
    n_comparison: int = 8
    size: float = 1.0
    amount: int = 40
    share: float = 0.25
    autocorrelation: float = 0.0
    trend: float = 0.0
    chosen: bool = False
    baseline: int = 8
    effect: float = 0.0
    unrest: float = 1.0
    overdispersion: tuple[float, float] = (1.0, 1.0)

    @property
    def truth(self) -> float:
        """The effect in the unit of the changes: log rate ratio, or percentage points."""
        return np.log1p(self.effect) if self.kind == "counts" else 100 * self.share * self.effect


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """Changes and variances of R replications; the first area is the treated one.

    ``early`` are the baseline's counts, ``quarterly`` the changes of mean log rates (what two-way
    fixed effects see) and ``table`` the four counts of the 2x2 table; all absent for shares.
    """

    change: np.ndarray
    variance: np.ndarray
    early: np.ndarray | None = None
    quarterly: np.ndarray | None = None
    table: np.ndarray | None = None


def shocks(rng, cell: Cell, shape: tuple[int, int], times: int, scale: float) -> np.ndarray:
    """Stationary AR(1) shocks and random straight trends, areas x times for each replication."""
    phi = cell.autocorrelation
    found = np.empty((*shape, times))
    found[..., 0] = rng.normal(0, 1, shape)
    for at in range(1, times):
        found[..., at] = phi * found[..., at - 1] + np.sqrt(1 - phi**2) * rng.normal(0, 1, shape)
    years = np.arange(times) / 4
    return scale * found + cell.trend * rng.normal(0, 1, (*shape, 1)) * years


def draw(cell: Cell, replications: int, rng: np.random.Generator) -> Draws:
    """R replications of one setting."""
    return (draw_counts if cell.kind == "counts" else draw_shares)(cell, replications, rng)


def draw_counts(cell: Cell, replications: int, rng: np.random.Generator) -> Draws:
    """Poisson counts around seasonal rates with area shocks."""
    quarters = cell.baseline + PERIOD_QUARTERS
    areas = cell.n_comparison + 1
    size = np.r_[cell.size, np.ones(cell.n_comparison)][:, None]
    season = np.array([1.1, 0.9, 0.95, 1.05])[np.arange(quarters) % 4]
    moved = shocks(rng, cell, (replications, areas), quarters, SHOCK)
    moved[:, 0] *= np.sqrt(cell.unrest)
    rate = cell.amount * season * np.exp(moved)
    for at, extra in zip((slice(0, 1), slice(1, None)), cell.overdispersion, strict=True):
        if extra > 1:
            rate[:, at] = rng.gamma(rate[:, at] / (extra - 1)) * (extra - 1)
    if not cell.chosen:
        rate[:, 0, cell.baseline :] *= 1 + cell.effect
    counts = rng.poisson(rate * size)
    if cell.chosen:
        counts = worst_last_year_first(counts, cell)
        counts[:, 0, cell.baseline :] = rng.binomial(counts[:, 0, cell.baseline :], 1 + cell.effect)
    before, after = counts[..., : cell.baseline], counts[..., cell.baseline :]
    b, p = before.sum(axis=-1) + 0.5, after.sum(axis=-1) + 0.5
    means = [np.log(part + 0.5).mean(axis=-1) for part in (before, after)]
    return Draws(
        change=np.log(p / b * (cell.baseline / PERIOD_QUARTERS)),
        variance=1 / b + 1 / p,
        early=before,
        quarterly=means[1] - means[0],
        table=np.stack([b[:, 0], p[:, 0], b[:, 1:].sum(axis=1), p[:, 1:].sum(axis=1)]),
    )


def worst_last_year_first(counts: np.ndarray, cell: Cell) -> np.ndarray:
    """Move the area with most reports in the last baseline year to the treated place."""
    worst = counts[..., cell.baseline - 4 : cell.baseline].sum(axis=-1).argmax(axis=1)
    rows = np.arange(len(counts))
    moved = counts.copy()
    moved[rows, worst], moved[:, 0] = counts[:, 0], counts[rows, worst]
    return moved


def draw_shares(cell: Cell, replications: int, rng: np.random.Generator) -> Draws:
    """Binomial answers in two waves before and two after, around shares with area shocks."""
    areas = cell.n_comparison + 1
    size = np.maximum(2, np.r_[cell.size, np.ones(cell.n_comparison)] * cell.amount).astype(int)
    true = cell.share + shocks(rng, cell, (replications, areas), 4, SHARE_SHOCK)
    true[:, 0, 2:] += cell.share * cell.effect
    answered = size[:, None]
    share = rng.binomial(answered, np.clip(true, 0.001, 0.999)) / answered
    variance = share * (1 - share) / (answered - 1)
    kept = np.maximum(variance, (0.5 / answered) * (1 - 0.5 / answered) / answered)
    return Draws(
        change=100 * (share[..., 2:].mean(axis=-1) - share[..., :2].mean(axis=-1)),
        variance=100**2 * kept.sum(axis=-1) / 4,
    )


def widening(draws: Draws, step: int = 1) -> np.ndarray:
    """How many times tau2 counts for the treated area, from the baseline's quarters or years."""
    if draws.early is None:
        return np.ones(len(draws.change))
    pieces = draws.early.reshape(*draws.early.shape[:2], -1, step).sum(axis=3)
    rates = np.log(pieces + 0.5)
    rates = rates - rates[:, 1:].mean(axis=1, keepdims=True)
    variance, counting = rates.var(axis=2, ddof=1), 1 / (pieces.mean(axis=2) + 0.5)
    degrees = pieces.shape[2] - 1
    found = [
        Scatter(variance=v, counting=c, degrees=degrees).ratio()
        for v, c in zip(variance, counting, strict=True)
    ]
    return np.clip(found, 1.0, MOST)


def headline(draws: Draws, ratio: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    """Lower and upper limit and p-value of the headline, widened by ``ratio`` (the library's)."""
    parts, ratios = [], widening(draws) if ratio is None else ratio
    for at in range(0, len(draws.change), CHUNK):
        part = slice(at, at + CHUNK)
        y, v = draws.change[part], draws.variance[part]
        predicted = predictive(y[:, 1:], v[:, 1:], v[:, 0], ratio=ratios[part, None])
        found = effects(y[:, 0], predicted, level=LEVEL)
        parts.append([found.lower, found.upper, found.p_value])
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def collapsed(draws: Draws) -> tuple[np.ndarray, ...]:
    """Limits of the conservative collapsed t."""
    y, v = draws.change, draws.variance
    others = y[:, 1:]
    n = others.shape[1]
    ratio = np.maximum(1, v[:, 0] / v[:, 1:].mean(axis=1))
    half = stdtrit(n - 1, 0.975) * others.std(axis=1, ddof=1) * np.sqrt(ratio + 1 / n)
    effect = y[:, 0] - others.mean(axis=1)
    return effect - half, effect + half


def clustered(draws: Draws) -> tuple[np.ndarray, ...]:
    """Two-way fixed effects of log rates with cluster-robust errors (CR1), t on J."""
    y = draws.quarterly
    effect, n = y[:, 0] - y[:, 1:].mean(axis=1), y.shape[1] - 1
    residual = y[:, 1:] - y[:, 1:].mean(axis=1, keepdims=True)
    half = stdtrit(n, 0.975) * np.sqrt((residual**2).sum(axis=1) / n**2 * (n + 1) / n)
    return effect - half, effect + half


def poisson_table(draws: Draws) -> tuple[np.ndarray, ...]:
    """The 2x2 table of counts with its Poisson interval."""
    b, p, others_b, others_p = draws.table
    effect = np.log(p / b / (others_p / others_b))
    half = 1.96 * np.sqrt((1 / draws.table).sum(axis=0))
    return effect - half, effect + half


def placebo_rejects(draws: Draws) -> np.ndarray:
    """Whether the treated area's rank gives p <= 5 %, for the first replications."""
    found = []
    for y, v in zip(draws.change[:RANKED], draws.variance[:RANKED], strict=True):
        p = predictive_without_each(y, v, v).p_value(y)
        found.append((p <= p[0] * (1 + 1e-9)).mean() <= 1 - LEVEL + 1e-12)
    return np.array(found)


def measure(cell: Cell, replications: int, seed: int) -> dict[str, float]:
    """Coverage, rejection of no change, and median width of every interval in one setting."""
    draws = draw(cell, replications, np.random.default_rng(seed))
    intervals = {"headline": headline(draws)[:2], "collapsed": collapsed(draws)}
    if draws.table is not None:
        intervals |= {"clustered": clustered(draws), "poisson": poisson_table(draws)}
    if cell.unrest > 1 or max(cell.overdispersion) > 1:
        intervals["plain"] = headline(draws, np.ones(replications))[:2]
    row = {}
    for name, (lower, upper) in intervals.items():
        row[f"{name}_coverage"] = ((lower <= cell.truth) & (cell.truth <= upper)).mean()
        row[f"{name}_rejects"] = ((lower > 0) | (upper < 0)).mean()
        row[f"{name}_width"] = float(np.median(upper - lower))
    if cell.chosen:
        lower, upper = intervals["headline"]
        row["spurious_effect"] = 100 * float(np.expm1(((lower + upper) / 2).mean()))
    if cell.n_comparison >= 19:
        row["rank_rejects"] = placebo_rejects(draws).mean()
    return row


def grid() -> dict[str, list[Cell]]:
    """All settings without an effect, by section of the document."""
    sizes = list(product((5, 8, 20), (0.25, 1, 4)))
    phis = (0, 0.5, 0.95)
    return {
        "Counts": [
            Cell(n_comparison=j, size=size, amount=amount, autocorrelation=phi)
            for amount in (40, 5)
            for (j, size), phi in product(sizes, phis)
        ],
        "Counts with random area trends": [
            Cell(n_comparison=j, size=size, autocorrelation=0.5, trend=0.05) for j, size in sizes
        ],
        "Shares": [
            Cell(
                kind="shares",
                n_comparison=j,
                size=size,
                amount=amount,
                share=share,
                autocorrelation=phi,
            )
            for amount, share, some in ((400, 0.25, phis), (100, 0.10, (0,)))
            for (j, size), phi in product(sizes, some)
        ],
        RESTLESS: [
            Cell(n_comparison=j, baseline=baseline, amount=amount, autocorrelation=phi, **differs)
            for j, baseline in ((8, 8), (20, 16))
            for differs in ({"unrest": 2}, {"unrest": 4}, {"overdispersion": (4.0, 2.0)})
            for amount, phi in product((40, 160), (0, 0.5))
        ],
        "The area chosen for its worst last year": [
            Cell(chosen=True, baseline=baseline, autocorrelation=phi)
            for phi, baseline in product((0, 0.5), (4, 8, 12, 16))
        ],
    }


def rows(cells: list[Cell], replications: int) -> pd.DataFrame:
    """Each setting without an effect and with a fall of a quarter, side by side."""
    found = []
    for number, cell in enumerate(cells):
        seed = SEED + number
        none, fall = (
            measure(replace(cell, effect=effect), replications, seed) for effect in (0.0, -0.25)
        )
        drawn = {"replications": replications, "seed": seed}
        found.append({**settings(cell), **told(none, fall), **drawn})
    return pd.DataFrame(found)


def settings(cell: Cell) -> dict[str, object]:
    """The columns that name a setting."""
    unit = "reports a quarter" if cell.kind == "counts" else "respondents a wave"
    return {
        "comparison areas": cell.n_comparison,
        "treated size": f"{cell.size:g}",
        unit: cell.amount,
        "autocorrelation": f"{cell.autocorrelation:g}",
        **({"baseline quarters": cell.baseline} if cell.chosen or _differs(cell) else {}),
        **({"the treated area": _differs(cell)} if _differs(cell) else {}),
    }


def _differs(cell: Cell) -> str:
    if max(cell.overdispersion) > 1:
        return "overdispersion {:g} against {:g}".format(*cell.overdispersion)
    return f"shock variance x{cell.unrest:g}" if cell.unrest > 1 else ""


def told(none: dict[str, float], fall: dict[str, float]) -> dict[str, float]:
    """Coverage without and with an effect, size, power and median width."""
    names = {"headline": "headline", "collapsed": "collapsed t"}
    row: dict[str, float] = {}
    for key, name in names.items():
        row[f"{name}: coverage"] = none[f"{key}_coverage"]
        row[f"{name}: coverage at -25 %"] = fall[f"{key}_coverage"]
        row[f"{name}: power"] = fall[f"{key}_rejects"]
        row[f"{name}: width"] = none[f"{key}_width"]
    if "plain_coverage" in none:
        row["without the widening: coverage"] = none["plain_coverage"]
        row["width over that"] = none["headline_width"] / none["plain_width"]
    if "spurious_effect" in none:
        row["mean effect shown, %"] = none["spurious_effect"]
    if "rank_rejects" in none:
        row |= {"rank: size": none["rank_rejects"], "rank: power": fall["rank_rejects"]}
    refused = {"clustered": "cluster-robust", "poisson": "2x2 Poisson"}
    row |= {
        f"{n}: size": none[f"{k}_rejects"] for k, n in refused.items() if f"{k}_rejects" in none
    }
    return row


def as_markdown(table: pd.DataFrame) -> str:
    """The table as markdown, words to the left; figures with three decimals."""
    sides = "".join("---:|" if is_numeric_dtype(table[name]) else "---|" for name in table.columns)
    head = f"| {' | '.join(table.columns)} |\n|{sides}\n"
    lines = ("| " + " | ".join(map(_figure, row)) + " |\n" for row in table.itertuples(index=False))
    return head + "".join(lines)


def _figure(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return "" if np.isnan(value) else f"{value:.3f}"


def summary(tables: dict[str, pd.DataFrame], replications: int) -> str:
    """Smallest coverage and largest size over the settings with independent areas."""
    independent = [
        table for name, table in tables.items() if "chosen" not in name and name != RESTLESS
    ]
    coverage = pd.concat(
        [table[f"headline: coverage{at}"] for table in independent for at in ("", " at -25 %")]
    )
    size = pd.concat([1 - table["headline: coverage"] for table in independent])
    error = np.sqrt(0.95 * 0.05 / replications)
    short = coverage[coverage < 0.94]
    said = f"Below 0.94: {len(short)} of {len(coverage)} figures of coverage"
    return SUMMARY.format(
        replications=replications,
        error=error,
        least=coverage.min(),
        middle=coverage.median(),
        most=size.max(),
        short=said + (f" (the least {short.min():.3f})." if len(short) else "."),
    )


INTRODUCTION = """Made by `python -m tests.studies.coverage`; simulated figures, except the
last section. The truth is known, so coverage is the share of intervals at 95 % that hold it; size
is the share that exclude no change when there is none (1 - coverage); power the share that exclude
no change after a fall of 25 % (of the rate, or of the share). Width is the median length of the
interval: of the log rate ratio for counts, in percentage points for shares.

Counts: seasonal rates with area-quarter shocks of 15 % (standard deviation), 8 baseline quarters,
12 of the period. Shares: two waves before and two after, area-wave shocks of 2 points. The treated
area is 1/4, 1 or 4 times as large as each comparison area. Random area trends: 5 % a year
(standard deviation). Cluster-robust errors and the 2x2 Poisson table are **not offered** by this
library; their columns are the reason. The headline is the one that decides, widened where the
treated area was the more restless in the baseline; a seed and the number of replications stand in
each row. The placebo rank can reach 5 % only from 19 comparison areas
and is measured on the first {ranked} replications.
"""

SUMMARY = """
## In short

{replications} replications a setting; Monte Carlo error of a coverage of 0.95: {error:.4f}. Over
all settings with independent areas the headline's coverage is at least {least:.3f} (median
{middle:.3f}) and its size at most {most:.3f}. {short}
"""

CHOSEN = """
Here the areas are not independent of the choice: all areas are alike, and the one with most reports
in the last baseline year is called treated. No interval repairs that; a longer baseline does.
"""


def measured(replications: int, london: Path | None) -> str:
    """Run everything and tell it."""
    tables = {name: rows(cells, replications) for name, cells in grid().items()}
    parts = [INTRODUCTION.format(ranked=RANKED), summary(tables, replications)]
    for name, table in tables.items():
        parts += [f"\n## {name}\n", CHOSEN if "chosen" in name else "", as_markdown(table)]
    if london is not None:
        from tests.studies.london import report

        parts += ["", report(london)]
    return "\n".join(parts)


def main() -> None:
    from tests.studies.publish import publish

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=4000)
    parser.add_argument("--london", type=Path, help="folder with the London boroughs' tables")
    asked = parser.parse_args()
    publish("coverage", measured(asked.replications, asked.london))


if __name__ == "__main__":
    main()
