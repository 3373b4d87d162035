"""Published efforts: what was claimed, what the usual table says, and what the library says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from tests.studies.usual import Z
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.displacement_quotient import weighted_displacement_difference
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design

LETHAL = ("hom_doloso", "lesao_corp_morte", "latrocinio", "hom_por_interv_policial")
RIO = {
    "lethal violence": (
        LETHAL,
        "up to 78 % fewer violent deaths in pacified communities (Cano et al. 2012)",
    ),
    "murders": (
        ("hom_doloso",),
        "no significant part in reducing murders (Magaloni et al. 2015, all units)",
    ),
    "killings by police": (
        ("hom_por_interv_policial",),
        "up to 98 % fewer (Cano et al. 2012, all units)",
    ),
    "robbery": (("total_roubos",), "fell (city press 2011, all units)"),
    "assault": (("lesao_corp_dolosa",), "less violent offences rose (Cano et al. 2012)"),
}
FIRST_LATER = 19
"""From this unit on, areas were pacified in 2012 or later."""
COMMUNITY = 1000.0
"""No inhabitants are delivered with the units' figures: each counts as steady."""


def rio_panel(folder: Path, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Reports of ``kinds`` in each pacified area by quarter, 2007-2011."""
    rows = pd.read_csv(folder / "upp_month.csv", sep=";", encoding="latin-1")
    rows = rows[rows["ano"] <= 2011]
    quarter = rows["ano"].astype(str) + "K" + ((rows["mes"] - 1) // 3 + 1).astype(str)
    counted = rows.assign(quarter=quarter, count=rows[list(kinds)].sum(axis=1))
    panel = counted.groupby(["cod_upp", "upp", "quarter"], as_index=False)["count"].sum()
    return panel.rename(columns={"upp": "area"}).assign(population=COMMUNITY)


def rio_design(panel: pd.DataFrame) -> Design:
    """Cidade de Deus, pacified in February 2009, against the areas pacified from 2012 on."""
    later = panel[panel["cod_upp"] >= FIRST_LATER]["area"].unique()
    return Design(
        treated="Cidade de Deus", comparison=tuple(later),
        baseline=("2007K1", "2008K4"), period=("2009K1", "2010K4"),
    )  # fmt: skip


def rows(data: Path, replication: Path) -> pd.DataFrame:
    """``effort, published, usual, ours, why``, one row per published claim."""
    found = [*_rio(data / "rio"), *_tables(), *_states(replication)]
    return pd.DataFrame(found)


def _rio(folder: Path) -> Iterator[dict[str, str]]:
    for name, (kinds, published) in RIO.items():
        panel = rio_panel(folder, kinds)
        design = rio_design(panel)
        ours, usual = difference_in_differences(panel, design), _poisson(panel, design)
        yield {
            "effort": f"Cidade de Deus, Rio de Janeiro, 2009: {name}",
            "published": published, "usual": _ratio(*usual), "ours": _told(ours),
            "why": _compared(usual, ours),
        }  # fmt: skip


def _poisson(panel: pd.DataFrame, design: Design) -> tuple[float, float, float]:
    """Rate ratio against all comparison areas together, with its Poisson interval."""
    windows = (design.baseline_times, design.period_times)
    own = panel["area"] == design.treated
    others = panel["area"].isin(design.comparison)
    table = [
        panel[part & panel["quarter"].isin(window)]["count"].sum() + 0.5
        for part in (own, others)
        for window in windows
    ]
    effect = np.log(table[1] / table[0] / (table[3] / table[2]))
    half = Z * np.sqrt(sum(1 / one for one in table))
    value, lower, upper = np.exp(effect + np.array([0, -half, half]))
    return float(value), float(lower), float(upper)


def _compared(usual: tuple[float, float, float], ours: Estimate) -> str:
    """Whether the two agree, and how much of the usual certainty is left."""
    told = [upper < 1 or lower > 1 for lower, upper in (usual[1:], (ours.lower, ours.upper))]
    wider = np.log(ours.upper / ours.lower) / np.log(usual[2] / usual[1])
    said = {
        (True, True): "a change in both",
        (True, False): "a change in the table only: areas move that much by themselves",
        (False, True): "a change only where each area has its own weight",
        (False, False): "no change shown in either",
    }[told[0], told[1]]
    restless = [one.numbers["ratio"] for one in ours.remarks if one.code == "restless"]
    before = f"; the area was {restless[0]:g} times as restless in the baseline" if restless else ""
    return f"{said}{before}; our interval is {wider:.1f} times as wide"


def _tables() -> Iterator[dict[str, str]]:
    """Published examples with one treated and one comparison area."""
    whole = weighted_displacement_difference(
        (207, 110), (308, 318), adjacent=(178, 157), adjacent_comparison=(150, 140)
    )
    simple = weighted_displacement_difference((50, 30), (60, 55))
    refused = _refusal()
    examples = {
        "worked example of the weighted displacement difference (Wheeler & Ratcliffe 2018)": (
            "118 fewer [-196; -40]", whole,
        ),
        "worked example, 50 to 30 against 60 to 55 (Wheeler 2021)": ("15 fewer", simple),
    }  # fmt: skip
    for effort, (published, found) in examples.items():
        half = Z * found.standard_error
        yield {
            "effort": effort, "published": published,
            "usual": f"{found.value:.0f} [{found.value - half:.0f}; {found.value + half:.0f}]",
            "ours": "refused", "why": refused,
        }  # fmt: skip


def _refusal() -> str:
    panel = pd.DataFrame(
        [
            {"area": area, "quarter": f"{year}K{quarter}", "count": 10, "population": COMMUNITY}
            for area in ("treated", "comparison")
            for year in (2008, 2009)
            for quarter in range(1, 5)
        ]
    )
    design = Design(
        treated="treated", comparison=("comparison",), baseline=("2008K1", "2008K4"),
        period=("2009K1", "2009K4"),
    )  # fmt: skip
    try:
        area_changes(panel, design)
    except MethodRefused as refused:
        return refused.cause
    raise AssertionError("one comparison area was accepted")


def _states(replication: Path) -> Iterator[dict[str, str]]:
    from tests.oracle.teaching import cigarettes, organ_donors

    cases = {
        "organ donors, California 2011": (organ_donors, 1.0, "points", "-2.2 (0.6), p < 0.001"),
        "Proposition 99, California 1988": (
            cigarettes, 10.0, "packs", "-27.3 (17.7); synthetic -15.6 (8.4)",
        ),
    }  # fmt: skip
    for effort, (read, unit, name, published) in cases.items():
        data, design = read(replication)
        ours = difference_in_differences(data, design)
        change = area_changes(data, design).change * unit
        others = change[1:]
        n = len(others)
        error = np.sqrt(((others - others.mean()) ** 2).sum() / n**2 * (n + 1) / n)
        value, lower, upper = (unit * one for one in (ours.value, ours.lower, ours.upper))
        yield {
            "effort": effort, "published": published,
            "usual": f"cluster error {error:.1f} {name}",
            "ours": f"{value:.1f} [{lower:.1f}; {upper:.1f}], p = {ours.p_value:.2f}",
            "why": "cluster errors take the treated state's own movement for nothing",
        }  # fmt: skip


def _told(estimate: Estimate) -> str:
    return _ratio(estimate.value, estimate.lower, estimate.upper)


def _ratio(value: float, lower: float, upper: float) -> str:
    return f"{value:.2f} [{lower:.2f}; {upper:.2f}]"
