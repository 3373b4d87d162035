"""Every area of every real panel in turn as if treated: which methods call a change, how often?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.studies.coverage import Draws, collapsed
from tests.studies.panels import Setting
from tests.studies.usual import USUAL
from tingbjerg_eval.stats.changes import AreaChanges, area_changes
from tingbjerg_eval.stats.dispersion import each_widening
from tingbjerg_eval.stats.placebos import placebo_areas, ranked

LEVEL = 0.95
GROUP = 9
HEADLINE = "the headline"
EIGHT = "the headline, against 8 others"
PLAIN = "the headline without its widening"
COLLAPSED = "the collapsed t"
RANK = "the placebo rank"
OURS = (HEADLINE, EIGHT, COLLAPSED, RANK)
SEED = 20100331


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """All comparisons, one row each, and the processor time of each method.

    ``rows`` has ``place, kind, start, area, ratio`` and, per method, whether it calls a change
    (missing where it has no answer) under its name and its log estimate under ``estimate: name``.
    """

    rows: pd.DataFrame
    seconds: dict[str, float]


def measure(settings: Iterable[Setting]) -> Measured:
    """Every method on every setting."""
    seconds = dict.fromkeys([*OURS, PLAIN, *USUAL], 0.0)
    parts = []
    for setting in settings:
        frame = pd.DataFrame({"area": setting.design.areas}).assign(
            place=setting.place, kind=setting.kind, start=setting.design.period[0]
        )
        for name, method in _methods(setting).items():
            begun = time.process_time()
            for column, values in method().items():
                frame[column] = frame["area"].map(values)
            seconds[name] += time.process_time() - begun
        parts.append(frame)
    return Measured(rows=pd.concat(parts, ignore_index=True), seconds=seconds)


def _methods(setting: Setting) -> dict[str, Callable[[], dict[str, pd.Series]]]:
    made = {
        HEADLINE: lambda: _headline(setting),
        EIGHT: lambda: {EIGHT: pd.concat([_called(one) for one in groups(setting)])},
        PLAIN: lambda: _without_widening(setting),
        COLLAPSED: lambda: {COLLAPSED: _collapsed(area_changes(setting.panel, setting.design))},
    }
    return made | {name: lambda name=name: _usual(name, setting) for name in USUAL}


def _headline(setting: Setting) -> dict[str, pd.Series]:
    """The library's own placebo areas: their intervals and, of the same table, their ranks."""
    table = placebo_areas(setting.panel, setting.design, level=LEVEL).table.set_index("area")
    return {
        HEADLINE: (table["lower"] > 1) | (table["upper"] < 1),
        RANK: table["rank"] / len(table) <= 1 - LEVEL,
        f"estimate: {HEADLINE}": np.log(table["value"]),
    }


def groups(setting: Setting) -> Iterator[Setting]:
    """The areas in groups of nine by lot; those left over are in none."""
    order = np.random.default_rng(SEED).permutation(len(setting.design.areas))
    for at in range(0, len(order) - GROUP + 1, GROUP):
        names = [setting.design.areas[one] for one in order[at : at + GROUP]]
        design = setting.design.with_(treated=names[0], comparison=tuple(names[1:]))
        panel = setting.panel[setting.panel["area"].isin(names)]
        yield Setting(place=setting.place, kind=setting.kind, panel=panel, design=design)


def _called(setting: Setting) -> pd.Series:
    return _headline(setting)[HEADLINE]


def _without_widening(setting: Setting) -> dict[str, pd.Series]:
    """The dispersion check's ratio of each area, and the interval that takes no notice of it."""
    ratio = np.ravel(each_widening(setting.panel, setting.design))
    plain = ranked(area_changes(setting.panel, setting.design), level=LEVEL).table
    called = plain.set_index("area")["p_value"] < 1 - LEVEL
    return {PLAIN: called, "ratio": pd.Series(ratio, index=list(setting.design.areas))}


def _collapsed(changes: AreaChanges) -> pd.Series:
    n = len(changes.areas)
    turns = np.array([np.r_[at, np.delete(np.arange(n), at)] for at in range(n)])
    turned = Draws(change=changes.change[turns], variance=changes.variance[turns])
    lower, upper = collapsed(turned)
    return pd.Series((lower > 0) | (upper < 0), index=list(changes.areas))


def _usual(name: str, setting: Setting) -> dict[str, pd.Series]:
    estimate, called = USUAL[name](*setting.matrices())
    areas = list(setting.design.areas)
    answered = pd.Series(called, index=areas, dtype="boolean").mask(np.isnan(estimate))
    return {name: answered, f"estimate: {name}": pd.Series(estimate, index=areas)}


def shares(rows: pd.DataFrame, methods: Iterable[str]) -> pd.DataFrame:
    """Per method and place: share called a change, its error by area, and comparisons made."""
    found = []
    for method in methods:
        for place, part in [*rows.groupby("place", sort=False), ("all", rows)]:
            called = part[method].dropna().astype(float)
            by_area = called.groupby([part["place"], part["area"]])
            apart = by_area.sum() - by_area.size() * called.mean()
            error = float(np.sqrt((apart**2).sum()) / len(called))
            found.append(
                {
                    "method": method, "place": place, "called": called.mean(), "error": error,
                    "comparisons": len(called),
                }
            )  # fmt: skip
    return pd.DataFrame(found)


def dispersion(rows: pd.DataFrame) -> pd.DataFrame:
    """By what the check said of the baseline: changes called without and with the widening."""
    bins = pd.cut(rows["ratio"], [0.99, 1, 1.5, 2.5, 10.1])
    bins = bins.cat.rename_categories(["no warning", "ratio to 1.5", "1.5 to 2.5", "above 2.5"])
    told = rows.groupby([rows["place"], bins], observed=True, sort=False)[[PLAIN, HEADLINE]]
    table = told.mean().assign(comparisons=told.size()).reset_index()
    return table.sort_values(["place", "ratio"], ignore_index=True)
