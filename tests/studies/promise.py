"""Is the smallest change that is promised found on real areas where nothing happened?

    python -m tests.studies.promise DATA [--starts 2]

``DATA`` holds the folders ``london``, ``rio`` and ``chicago``. The baseline's two years make the
promise for an area, with 8 comparison areas (drawn once, by their order); exactly the promised
fall is planted in the three years after it, and the procedure that decides looks for it. 80 % are
promised, 75 to 85 % must be found. What :func:`tingbjerg_eval.stats.promise.try_promise` does for
one design is done here for all at once (a test holds the two together), so that other growths of
the variance between areas can be tried as well.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tests.studies.london import read_panels
from tests.studies.panels import BLOCKS, read_chicago, read_rio
from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.dispersion import each_widening
from tingbjerg_eval.stats.power import DRIFT
from tingbjerg_eval.stats.predictive import Predictive, predictive
from tingbjerg_eval.study.design import Design

GROUP, BASELINE, PERIOD = 9, 8, 12
POWER, LEVEL = 0.8, 0.95
YEARS = (BASELINE + PERIOD) / 8
"""Between the middles of the windows; the halves of the baseline lie one year apart."""
STEPS = 40
GROWTHS = {
    "in proportion to the years": 1.0,
    f"to the power {DRIFT} (as promised)": DRIFT,
    "square root": 0.5,
}


def panels(data: Path) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Place, kind and panel."""
    for kind, panel in read_panels(data / "london").items():
        yield "London", kind, panel
    for kind, panel in read_rio(data / "rio", around=True).items():
        yield "Rio de Janeiro, around the city", kind, panel
    for block in BLOCKS:
        yield "Chicago", f"burglary, {block} block groups", read_chicago(data / "chicago", block)


def designs(panel: pd.DataFrame, starts: int) -> Iterator[Design]:
    """Groups of nine areas and starts of the held-out years, all of them in turn."""
    quarters = sorted(panel["quarter"].unique())
    first = next(at for at, quarter in enumerate(quarters) if quarter.endswith("K1"))
    areas = sorted(panel["area"].unique())
    order = np.random.default_rng(20100331).permutation(len(areas))
    groups = [order[at : at + GROUP] for at in range(0, len(areas) - GROUP + 1, GROUP)]
    room = (len(quarters) - first - BASELINE - PERIOD) // 4
    for shift in np.unique(np.linspace(0, room, starts).astype(int)):
        window = quarters[first + 4 * shift :][: BASELINE + PERIOD]
        for group in groups:
            treated, *others = (areas[at] for at in group)
            yield Design(
                treated=treated, comparison=others,
                baseline=(window[0], window[7]), period=(window[8], window[19]),
            )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """Each area of each design as treated, first in its row: counts, people, and its widening.

    Arrays are trials x areas x 3: the baseline's first and second half, and the period.
    """

    labels: pd.DataFrame
    counts: np.ndarray
    people: np.ndarray
    ratio: np.ndarray

    def changes(self, first: slice, second: slice) -> tuple[np.ndarray, np.ndarray]:
        """Changes and sampling variances from some of the three stretches to others."""
        early, late = (self.counts[..., part].sum(axis=2) + 0.5 for part in (first, second))
        before, after = (self.people[..., part].sum(axis=2) for part in (first, second))
        return np.log(late / early * before / after), 1 / early + 1 / late


def trials(given: Iterable[tuple[str, str, pd.DataFrame, Design]]) -> Trials:
    """All designs' areas in turn; those without a report in the baseline are left out."""
    labels, counts, people, ratios = [], [], [], []
    for place, kind, panel, design in given:
        cells = read_cells(panel, design)
        parts = [slice(0, 4), slice(4, 8), slice(8, 20)]
        count, size = (
            np.stack([cells[name][:, part].sum(axis=1) for part in parts], axis=1)
            for name in ("count", "population")
        )
        ratio = np.ravel(each_widening(panel, design))
        for at, area in enumerate(design.areas):
            if count[at, :2].sum() and (count[:, :2].sum() > count[at, :2].sum()):
                turn = [at, *(one for one in range(GROUP) if one != at)]
                labels.append({"place": place, "kind": kind, "area": area})
                counts.append(count[turn])
                people.append(size[turn])
                ratios.append(ratio[at])
    return Trials(
        labels=pd.DataFrame(labels), counts=np.array(counts), people=np.array(people),
        ratio=np.array(ratios)[:, None],
    )  # fmt: skip


def real_trials(data: Path, starts: int) -> Trials:
    """The trials of all three places; where nothing was recorded for a year there are none."""
    return trials(
        (place, kind, panel, design)
        for place, kind, panel in panels(data)
        for design in designs(panel, starts)
        if _recorded(panel, design)
    )


def _recorded(panel: pd.DataFrame, design: Design) -> bool:
    rows = panel[panel["quarter"].isin([*design.baseline_times, *design.period_times])]
    return bool((rows.groupby("quarter")["count"].sum() > 0).all())


def tried(given: Trials, *, primary: int = 1, exponent: float = DRIFT) -> pd.DataFrame:
    """``place, kind, area, fall, found``, as :func:`try_promise` tells them.

    ``exponent`` is that of the years between the windows by which the variance between areas is
    promised to grow; the library's where not given.
    """
    level = 1 - (1 - LEVEL) / primary
    size = promised(given, level, YEARS**exponent)
    total = given.counts[:, 0, :2].sum(axis=1) * PERIOD / BASELINE
    attainable = size < np.log(2 * total + 1)
    fall = np.where(attainable, np.exp(-size), np.nan)
    found = pd.Series(_found(given, fall, level), dtype="boolean").mask(~attainable)
    return given.labels.assign(fall=fall, found=found)


def promised(given: Trials, level: float, growth: float) -> np.ndarray:
    """The size (log) of the smallest fall that is promised to each trial, by fixed point."""
    change, variance = given.changes(slice(0, 1), slice(1, 2))
    spread = predictive(change[:, 1:], variance[:, 1:], 0.0)
    grown = replace(spread, tau2=growth * spread.tau2)
    before = given.counts[..., :2].sum(axis=2)
    size = np.full(len(before), 0.5)
    for _ in range(STEPS):
        after = before * PERIOD / BASELINE
        after[:, 0] *= np.exp(-size)
        planned = 1 / (before + 0.5) + 1 / (after + 0.5)
        limit = _planned(grown, planned, given.ratio).quantile((1 + level) / 2)
        asked = limit + _planned(grown, planned, 1.0).quantile(POWER)
        size, last = (size + asked) / 2, size
        if np.abs(size - last).max() < 1e-5:
            break
    return size


def _planned(spread: Predictive, variance: np.ndarray, ratio: np.ndarray | float) -> Predictive:
    weight = 1 / (spread.tau2[:, :, None] + variance[:, None, 1:])
    error = ratio * spread.tau2 + variance[:, :1] + 1 / weight.sum(axis=2)
    return replace(spread, centre=np.zeros_like(error), spread=np.sqrt(error))


def _found(given: Trials, fall: np.ndarray, level: float) -> np.ndarray:
    """Whether the headline excludes no change to the side of a fall, the fall planted."""
    counts = given.counts.astype(float).copy()
    counts[:, 0, 2] = np.floor(counts[:, 0, 2] * np.nan_to_num(fall) + 0.5)
    change, variance = replace(given, counts=counts).changes(slice(0, 2), slice(2, 3))
    predicted = predictive(change[:, 1:], variance[:, 1:], variance[:, 0], ratio=given.ratio)
    return change[:, 0] < predicted.quantile((1 - level) / 2)


def growth_of(given: Trials) -> pd.DataFrame:
    """By place: variance between areas over the halves, and from baseline to period, as it came.

    Means over the trials of the variance of the others' changes less their sampling variance, and
    the growth that the two tell; ``YEARS`` is what the promise takes it to be. Only trials whose
    areas all had ten reports or more in each stretch tell something.
    """
    windows = {"halves": (slice(0, 1), slice(1, 2)), "windows": (slice(0, 2), slice(2, 3))}
    own = {}
    enough = given.counts.min(axis=(1, 2)) >= 10
    for name, parts in windows.items():
        change, variance = given.changes(*parts)
        apart = change[:, 1:].var(axis=1, ddof=1) - variance[:, 1:].mean(axis=1)
        own[name] = np.where(enough, apart, np.nan)
    table = given.labels.assign(**own).groupby("place", sort=False)[["halves", "windows"]].mean()
    return table.assign(growth=table["windows"] / table["halves"]).reset_index()


def kept(given: Trials) -> pd.DataFrame:
    """By number of primary targets, growth and place: promises made, and the share found."""
    parts = []
    for primary in (1, 5):
        for name, exponent in GROWTHS.items():
            rows = tried(given, primary=primary, exponent=exponent)
            told = rows.groupby("place", sort=False).agg(
                tried=("area", "size"), promised=("found", "count"), found=("found", "mean"),
                ratio=("fall", "median"),
            )  # fmt: skip
            parts.append(told.reset_index().assign(primary=primary, growth=name))
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Print the share found by place, for one and for five primary targets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--starts", type=int, default=2)
    asked = parser.parse_args()
    given = real_trials(asked.data, asked.starts)
    print(kept(given).round(3).to_string())
    print(growth_of(given).round(4).to_string())


if __name__ == "__main__":
    main()
