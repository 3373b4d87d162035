"""Choosing comparison areas before the period is seen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tingbjerg_eval.evaluation.readings import Readings
from tingbjerg_eval.inputs.calls import checked, guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.quarters import a_year, quarter_range
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.refusal import MethodRefused

if TYPE_CHECKING:
    from tingbjerg_eval.study.design import Design

WANTED = 12
SEED = 2009


@guided(instead="Its tables: choice.table, choice.placebo.")
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ComparisonChoice:
    """Candidates ranked from the baseline, and sets of them that noise cannot tell apart.

    Attributes
    ----------
    table
        ``area, distance, uncertainty, level, trend, season, size, close``, the nearest first:
        squared distances beyond noise in units of the spread between areas, and whether the
        area is as close as noise allows.
    sets
        Sets that are equally good; the first is the choice.
    placebo
        The placebo estimate over each set, the baseline's second half against its first:
        ``set, value, lower, upper``, empty where no half can be formed.
    dropped
        Areas that are no candidates, and why.
    """

    table: pd.DataFrame
    sets: tuple[tuple[str, ...], ...]
    placebo: pd.DataFrame
    dropped: dict[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The first set."""
        return self.sets[0]

    @property
    def spread(self) -> float:
        """The largest placebo estimate over the smallest, as a ratio; ``nan`` without any."""
        values = self.placebo["value"].dropna()
        return float(values.max() / values.min()) if len(values) else math.nan

    def yaml(self) -> str:
        """The lines for ``areas`` in study.yaml; the plan that is locked holds them."""
        import json

        written = (json.dumps(area, ensure_ascii=False) for area in self.chosen)
        return "  comparison:\n" + "".join(f"    - {area}\n" for area in written)

    def __repr__(self) -> str:
        close = int(self.table["close"].sum())
        return (
            f"<ComparisonChoice of {len(self.chosen)} from {len(self.table)} candidates: "
            f"{close} close enough, {len(self.sets)} equally good sets, "
            f"placebo spread {self.spread:.3g}>"
        )


@checked
def compare_areas(
    study: Readings,
    indicator: str = "",
    *,
    number: int = WANTED,
    candidates: Iterable[str] = (),
    seed: int = SEED,
) -> ComparisonChoice:
    """Comparison areas as close to the treated one as noise allows, from the baseline alone.

    For each candidate the squared distances in level, trend, season and size of log rates,
    lessened by what chance explains and divided by the spread between areas, are added. The
    nearest, half as many again as ``number``, are close enough, and sets of ``number`` drawn from
    them are equally good: never the best fit, which fits noise. No quarter of the period is
    looked at.

    Parameters
    ----------
    study
        An opened study.
    indicator
        Name of a count indicator; by default the study's first.
    number
        How many areas a set has.
    candidates
        Names of areas; by default every area of the delivered panel. The treated area, adjacent
        and excluded areas and those with an effort of their own are never among them.
    seed
        Of the draw; the same seed gives the same sets.

    Returns
    -------
    ComparisonChoice
        The ranking, the sets, and a placebo estimate over each.

    Raises
    ------
    WrongArgument
        For too few candidates, a baseline of under two whole years, or a study of which only what
        is released can be seen.

    References
    ----------
    Ferman, Pinto & Possebom 2020 (choice among specifications is a search of its own); Daw &
    Hatfield 2018 (matching on the outcome before brings regression to the mean).

    Examples
    --------
    >>> found = te.compare_areas(study, "burglary", number=8)
    >>> len(found.chosen), "Tingbjerg" in found.chosen
    (8, False)
    """
    from tingbjerg_eval.stats import candidates as choosing

    if isinstance(candidates, str):
        raise WrongArgument(f"candidates is a list of areas; write [{candidates!r}].")
    if study.released is not None:
        raise WrongArgument("Choosing areas is for work in the house; nothing of it is released.")
    panel = study.panel(indicator or next(iter(study.settings.indicators_of("count"))))
    design = study.design
    dropped = _dropped(study)
    there = sorted(set(panel["area"]))
    wanted = set(candidates) or set(there)
    for area in sorted(wanted - set(there), key=str):
        refuse_unknown(area, there, what="area in the panel")
    pool = sorted(wanted - {design.treated} - dropped.keys())
    choosing.refuse_few_candidates(number, pool)
    kept = panel[panel["area"].isin([design.treated, *pool])]
    ranked = choosing.distances(choosing.aspects(kept, _quarters(design.baseline)), design.treated)
    close = choosing.close_enough(ranked, number)
    sets = choosing.equal_sets(close, number, seed=seed)
    return ComparisonChoice(
        table=ranked.assign(close=ranked["area"].isin(close)),
        sets=sets,
        placebo=_placebo(kept, design, sets, level=study.level),
        dropped=dropped,
    )


def _quarters(window: tuple[object, object]) -> tuple[str, str]:
    return str(window[0]), str(window[1])


def _dropped(study: Readings) -> dict[str, str]:
    named = study.settings.areas
    efforts = {one.area: one.effort for one in study.design.contamination}
    reasons = dict.fromkeys(named.adjacent, "adjacent") | dict.fromkeys(named.excluded, "excluded")
    return reasons | efforts


def _placebo(
    panel: pd.DataFrame, design: Design, sets: tuple[tuple[str, ...], ...], *, level: float
) -> pd.DataFrame:
    """The second half of the baseline's years as if it were the period."""
    times = quarter_range(*_quarters(design.baseline))
    year = a_year(times[0])
    half = len(times) // (2 * year) * year
    rows = []
    for number, areas in enumerate(sets, start=1) if half else ():
        halves = design.replace(
            comparison=areas, adjacent=(), contamination=(),
            baseline=(times[0], times[half - 1]), period=(times[half], times[2 * half - 1]),
        )  # fmt: skip
        try:
            found = difference_in_differences(panel, halves, level=level)
        except MethodRefused:
            continue
        rows.append((number, found.value, found.lower, found.upper))
    return pd.DataFrame(rows, columns=["set", "value", "lower", "upper"])
