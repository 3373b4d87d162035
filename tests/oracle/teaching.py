"""Published cases that are taught with: the published number, ours, and how near it must be.

One list for the tests (``tests/oracle/test_teaching.py``) and for ``docs/proof.md``. The data
lie in the folder of shared material; each function takes that folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.collapsed import CollapsedT, collapsed_t
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.placebos import placebo_areas
from tingbjerg_eval.stats.segmented import segmented_counts
from tingbjerg_eval.stats.synthetic import SC, SDID, Kind, synthetic_effect
from tingbjerg_eval.study.design import Design

Table = tuple[pd.DataFrame, Design]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a published case, and how the library makes it."""

    case: str
    what: str
    source: str
    published: float
    tolerance: float
    ours: Callable[[Path], float]
    remark: str = ""


def organ_donors(folder: Path) -> Table:
    """Registration of donors in 27 states, three quarters before and three after the reform."""
    raw = pd.read_csv(folder / "organ_donations.csv")
    data = raw.rename(columns={"State": "area", "Quarter_Num": "wave", "Rate": "share"})
    others = tuple(sorted(set(data["area"]) - {"California"}))
    design = Design(treated="California", comparison=others, baseline=(1, 3), period=(4, 6))
    return data.assign(variance=0.0), design


def cigarettes(folder: Path) -> Table:
    """Packs a head of 39 states (told in thousands, to lie between 0 and 1)."""
    raw = pd.read_csv(folder / "prop99_synthdid.csv", sep=";")
    data = raw.rename(columns={"State": "area", "Year": "wave"})
    others = tuple(sorted(set(data["area"]) - {"California"}))
    design = Design(
        treated="California", comparison=others, baseline=(1970, 1988), period=(1989, 2000)
    )
    return data.assign(share=data["PacksPerCapita"] / 1000, variance=0.0), design


def minimum_wage() -> Table:
    """Employees of fast-food shops, New Jersey and Pennsylvania (told in hundreds)."""
    means = {"NJ": (20.44, 0.51, 21.03, 0.52), "PA": (23.33, 1.35, 21.17, 0.94)}
    rows = [
        {"area": area, "wave": wave, "share": mean / 100, "variance": (error / 100) ** 2}
        for area, (b, e, a, s) in means.items()
        for wave, mean, error in ((1, b, e), (2, a, s))
    ]
    design = Design(treated="NJ", comparison=("PA",), baseline=(1, 1), period=(2, 2))
    return pd.DataFrame(rows), design


def _collapsed(folder: Path) -> CollapsedT:
    return collapsed_t(*organ_donors(folder))


def _synthetic(folder: Path, kind: Kind) -> float:
    data, design = cigarettes(folder)
    wide = data.pivot(index="area", columns="wave", values="PacksPerCapita")
    outcomes = wide.loc[list(design.areas)].to_numpy()
    return synthetic_effect(outcomes, wide.columns < 1989, kind=kind).effect


def _wage() -> float:
    changes = area_changes(*minimum_wage(), fewest=1)
    return float(changes.change[0] - changes.change[1])


def _sicily(folder: Path, term: str, *, season: bool = True) -> float:
    data = pd.read_csv(folder / "sicily.csv")
    fit = segmented_counts(
        data["aces"], exposure=data["stdpop"], step=data["smokban"], time=data["time"],
        season=data["month"] if season else None,
    )  # fmt: skip
    if term == "dispersion":
        return fit.dispersion
    step = fit.of("step")
    half = 1.959963984540054 * step.standard_error
    return float(np.exp(step.estimate + {"value": 0, "lower": -half, "upper": half}[term]))


ORGANS, TAX = "organ donors, California 2011", "Proposition 99, California 1988"
WAGE, BAN = "minimum wage, New Jersey 1992", "smoking ban, Sicily 2005"
LM = "R `lm` on one change a state"
KESSLER = "Kessler & Roth 2014; Huntington-Klein, The Effect, ch. 18"
ARKHANGELSKY = "Arkhangelsky et al. 2021, table 1 (authors' code)"
CARD = "Card & Krueger 1994, table 3"
BERNAL = "Bernal et al. 2017 (authors' code)"
FIGURES: tuple[Figure, ...] = (
    Figure(
        case=ORGANS, what="difference-in-differences, points", source=KESSLER,
        published=-2.245897435897441, tolerance=1e-6,
        ours=lambda folder: difference_in_differences(*organ_donors(folder)).value,
    ),
    Figure(
        case=ORGANS, what="standard error by Donald & Lang, points", source=LM,
        published=3.128268379352136, tolerance=1e-6,
        ours=lambda folder: _collapsed(folder).standard_error,
        remark="the cluster-robust error usually printed is 0.60",
    ),
    Figure(
        case=ORGANS, what="p-value", source=LM,
        published=0.47945241485869533, tolerance=1e-6,
        ours=lambda folder: difference_in_differences(*organ_donors(folder)).p_value,
        remark="the usual table says p < 0.001",
    ),
    Figure(
        case=ORGANS, what="p by rank among placebo states", source="enumeration in R",
        published=5 / 27, tolerance=1e-9,
        ours=lambda folder: placebo_areas(*organ_donors(folder)).p_value,
    ),
    Figure(
        case=ORGANS, what="breakdown ratio", source="Lau & Li 2025, their formula in R",
        published=0.2961886585105181, tolerance=1e-6,
        ours=lambda folder: _collapsed(folder).breakdown_ratio,
    ),
    Figure(
        case=TAX, what="difference-in-differences, packs", source=ARKHANGELSKY,
        published=-27.3491110836, tolerance=1e-3,
        ours=lambda folder: 10 * difference_in_differences(*cigarettes(folder)).value,
    ),
    Figure(
        case=TAX, what="p by rank among placebo states", source="enumeration in R",
        published=5 / 39, tolerance=1e-9,
        ours=lambda folder: placebo_areas(*cigarettes(folder)).p_value,
    ),
    Figure(
        case=TAX, what="synthetic difference-in-differences, packs", source=ARKHANGELSKY,
        published=-15.6038278727, tolerance=2e-3,
        ours=lambda folder: _synthetic(folder, SDID),
        remark="their code stops just before its minimum, ours is at it",
    ),
    Figure(
        case=TAX, what="synthetic control, packs", source=ARKHANGELSKY,
        published=-19.6196634709, tolerance=0.11,
        ours=lambda folder: _synthetic(folder, SC),
        remark="the same; with their stopping rule the figures agree to 1e-7",
    ),
    Figure(
        case=WAGE, what="difference of changes, employees", source=CARD,
        published=2.76, tolerance=0.011, ours=lambda _: _wage(),
        remark="their cells are rounded; with one comparison area the headline is refused, and no "
        "interval is given (theirs, 1.36, takes shops for the areas)",
    ),
    Figure(
        case=BAN, what="rate ratio of the step", source=BERNAL,
        published=0.8850715472439, tolerance=1e-6, ours=lambda folder: _sicily(folder, "value"),
    ),
    Figure(
        case=BAN, what="its lower limit", source=BERNAL,
        published=0.8394009556585, tolerance=1e-5, ours=lambda folder: _sicily(folder, "lower"),
    ),
    Figure(
        case=BAN, what="its upper limit", source=BERNAL,
        published=0.9332270096431, tolerance=1e-5, ours=lambda folder: _sicily(folder, "upper"),
    ),
    Figure(
        case=BAN, what="dispersion", source=BERNAL,
        published=2.26218641456, tolerance=2e-5, ours=lambda folder: _sicily(folder, "dispersion"),
        remark="R stops iterating a step earlier",
    ),
)  # fmt: skip
