"""Is the treated area more restless than the comparison areas, and what that does to the headline.

Restless: how far an area's log rates stray from their own level, beyond counting and beyond what
all comparison areas do together. The headline takes the treated area to be no more restless than
the others; here the area's own figures are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import fdtri

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import refuse_few, refuse_windows
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.units import Unit, cut, mask
from tingbjerg_eval.study.design import Design

Resolution = Literal["quarter", "year"]
LEAST_OWN = 0.25
"""The comparison areas' own variance counts as at least this part of their counting error: below
it a ratio of the two would be noise."""
MOST = 10.0
"""No interval is widened for a larger ratio than this."""


@dataclass(frozen=True, kw_only=True)
class DispersionRatio:
    """How restless the treated area was in the baseline, against the comparison areas.

    Attributes
    ----------
    value, lower, upper
        Ratio of the treated area's variance around its own level to the comparison areas', both
        without counting error, as likely too small as too large, with an interval at ``level``; 1
        is alike, 0 no more than counting.
    rank, n_areas
        The treated area's place, 1 for the most restless for its size.
    resolution
        Whether quarters or whole years were looked at.
    """

    value: float
    lower: float
    upper: float
    level: float
    rank: int
    n_areas: int
    resolution: Resolution


@estimator
def dispersion_ratio(
    panel: pd.DataFrame, design: Design, *, level: float = 0.95, resolution: Resolution = "quarter"
) -> DispersionRatio:
    """The treated area's restlessness in the baseline over the comparison areas'.

    Each area's log rate in each quarter (or year), less the mean of the comparison areas', strays
    from its own mean over the baseline: variance t for the treated area, s for the comparison
    areas. Counting error (1 / mean count) is taken out of both. Value and interval divide the
    treated area's variance, before it is taken out, by quantiles of F: the value by the median,
    since the scatter of few quarters or years is more often too small than too large.

    Parameters
    ----------
    panel
        ``area, quarter, count, population``.
    resolution
        ``"year"`` looks at whole years only: nothing but yearly totals goes into the figures, and
        with few years they tell little.

    Returns
    -------
    DispersionRatio
        The ratio with its interval and the treated area's rank.

    Raises
    ------
    MethodRefused
        ``counts-only`` for a design in waves, ``short-baseline`` where the baseline holds fewer
        than two quarters or years, ``resolution``, and all of
        :func:`~tingbjerg_eval.stats.changes.area_changes` that concerns the baseline.

    Examples
    --------
    >>> te.dispersion_ratio(study.panel("burglary"), study.design).n_areas
    13
    """
    refuse_level(level)
    refuse_few(len(design.comparison))
    _refuse_shares(design)
    refuse_windows(design, design.areas)
    cells = read_cells(panel, design, windows=[design.baseline])
    pieces = cut(cells, design.baseline, _step(resolution, design))
    _refuse_short(len(pieces))
    scatter = scatter_of(cells, pieces)
    lower, upper = (scatter.ratio(tail) for tail in ((1 + level) / 2, (1 - level) / 2))
    return DispersionRatio(
        value=scatter.ratio(), lower=lower, upper=upper, level=level, rank=scatter.rank,
        n_areas=len(design.areas),
        resolution=resolution if a_year(design.baseline[0]) > 1 else "year",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Scatter:
    """What areas stray from their own levels; the first area is the treated one.

    ``variance`` is the whole of it per area and ``counting`` what counting alone makes of it;
    ``degrees`` of freedom are those of one area.
    """

    variance: np.ndarray
    counting: np.ndarray
    degrees: int

    @property
    def own(self) -> float:
        """The comparison areas' variance beyond counting."""
        n = len(self.variance) - 1
        whole = self.variance[1:].mean() / (1 - 1 / n)
        return max(float(whole - self.counting[1:].mean()), 0.0)

    def ratio(self, probability: float = 0.5, *, together: int = 1) -> float:
        """The treated area's own variance over the others', if chance gave this much of F.

        ``together`` is how many treated areas' ratios are averaged."""
        counted, n = self.counting[1:].mean(), len(self.variance) - 1
        treated = self.variance[0] - (self.own + counted) / n
        least = max(self.own, LEAST_OWN * counted)
        chance = fdtri(self.degrees * together, self.degrees * n, probability)
        return float(max(0.0, treated / chance - self.counting[0]) / least)

    @property
    def rank(self) -> int:
        """The treated area's place by variance over what an alike area of its size would show."""
        relative = self.variance / (self.own + self.counting)
        return int((relative >= relative[0] * (1 - 1e-12)).sum())


def scatter_of(cells: Cells, pieces: Sequence[Unit]) -> Scatter:
    """Scatter of the log rates of ``pieces``, each area's around its own mean."""
    return _scatter(*_log_rates(cells, pieces))


def _log_rates(cells: Cells, pieces: Sequence[Unit]) -> tuple[np.ndarray, np.ndarray]:
    """Log rates, areas x pieces, and each area's counting error in one piece."""
    count, exposure = (
        np.stack([cells[name][:, mask(cells, piece)].sum(axis=1) for piece in pieces], axis=1)
        for name in ("count", "population")
    )
    return np.log((count + 0.5) / exposure), 1 / (count.mean(axis=1) + 0.5)


def _scatter(rates: np.ndarray, counting: np.ndarray) -> Scatter:
    apart = rates - rates[1:].mean(axis=0)
    variance = apart.var(axis=1, ddof=1)
    return Scatter(variance=variance, counting=counting, degrees=rates.shape[1] - 1)


def widening(data: pd.DataFrame, design: Design, resolution: Resolution = "quarter") -> float:
    """How many times tau2 counts for the treated area in the headline: 1 where nothing is seen.

    The ratio of :func:`dispersion_ratio`, held between 1 and :data:`MOST`. Shares, and a baseline
    of one year looked at by years, show no scatter and give 1.
    """
    return programme_widening(data, [design], resolution)


def programme_widening(
    data: pd.DataFrame, designs: Sequence[Design], resolution: Resolution = "quarter"
) -> float:
    """As :func:`widening` for the treated areas of several designs together.

    Their ratios are averaged before they are held above 1: of many alike areas some seem restless
    by chance, and the others as much calmer.
    """
    told = [
        baseline_scatter(read_cells(data, design, windows=[design.baseline]), design, resolution)
        for design in designs if _has_scatter(design, resolution)
    ]  # fmt: skip
    return together(told)


def together(scatters: Sequence[Scatter | None]) -> float:
    """The mean ratio of several treated areas, held between 1 and :data:`MOST`; 1 of none."""
    told = [one for one in scatters if one is not None]
    ratios = [one.ratio(together=len(told)) for one in told]
    return min(max(1.0, float(np.mean(ratios))), MOST) if told else 1.0


def baseline_scatter(
    cells: Cells, design: Design, resolution: Resolution = "quarter"
) -> Scatter | None:
    """What the areas stray in the baseline; ``None`` for shares and of one piece."""
    pieces = cut(cells, design.baseline, _step(resolution, design))
    if "count" not in cells.measures or len(pieces) < 2:
        return None
    return scatter_of(cells, pieces)


def widening_of(cells: Cells, design: Design, resolution: Resolution = "quarter") -> float:
    """As :func:`widening`, from cells already read."""
    return together([baseline_scatter(cells, design, resolution)])


def each_widening(
    data: pd.DataFrame, design: Design, resolution: Resolution = "quarter"
) -> float | np.ndarray:
    """:func:`widening` with each area in turn as the treated one, in the design's order."""
    if not _has_scatter(design, resolution):
        return 1.0
    cells = read_cells(data, design, windows=[design.baseline])
    apart, counting = _log_rates(cells, cut(cells, design.baseline, _step(resolution, design)))
    order = np.arange(len(apart))
    ratios = [_scatter(apart[turn], counting[turn]).ratio() for turn in _turns(order)]
    return np.clip(ratios, 1.0, MOST)[:, None]


def _turns(order: np.ndarray) -> Iterator[np.ndarray]:
    return (np.r_[at, order[order != at]] for at in order)


def _step(resolution: str, design: Design) -> int:
    """Periods of a piece; of counts by year every piece is a year."""
    if resolution not in ("quarter", "year"):
        raise MethodRefused(
            "resolution", f"resolution is {resolution!r}.", "Use 'quarter' or 'year'."
        )
    return a_year(design.baseline[0]) if resolution == "year" else 1


def _has_scatter(design: Design, resolution: str) -> bool:
    two = 2 * _step(resolution, design)
    return design.in_quarters and len(design.baseline_times) >= two


def _refuse_short(pieces: int) -> None:
    if pieces < 2:
        raise MethodRefused(
            "short-baseline",
            "The baseline holds only one year, so no scatter can be seen in it.",
            "Give a longer baseline, or look at quarters.",
        )


def _refuse_shares(design: Design) -> None:
    if not design.in_quarters:
        raise MethodRefused(
            "counts-only", "Survey waves are too few to show an area's scatter.", "Give a panel."
        )
