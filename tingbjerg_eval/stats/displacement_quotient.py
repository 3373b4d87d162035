"""The weighted displacement quotient and difference of the field's handbooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.displacement import refuse_contaminated, refuse_no_adjacent
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Noted, Remark
from tingbjerg_eval.study.design import Design


@dataclass(frozen=True, kw_only=True)
class DisplacementQuotient(Noted):
    """The weighted displacement quotient, or why there is none.

    ``value`` is ``nan`` where withheld. ``success``, ``success_lower``, ``success_upper``: change
    of the treated area's count per count of the comparison areas, the quotient's denominator.
    """

    value: float
    success: float
    success_lower: float
    success_upper: float
    level: float
    remarks: tuple[Remark, ...] = ()


@estimator
def weighted_displacement_quotient(
    panel: pd.DataFrame, design: Design, *, level: float = 0.95
) -> DisplacementQuotient:
    """Change next door per change in the treated area, both against the comparison areas.

    ``(D1/C1 - D0/C0) / (A1/C1 - A0/C0)`` with reports in the treated (A), adjacent (D) and
    comparison areas (C), in the baseline (0) and the period (1) (Bowers & Johnson 2003).
    Positive: the benefit spread; negative: crime moved; below -1: more moved than was avoided.
    The denominator's sign is the headline's: while the headline's interval holds "no change",
    the quotient can be anything and is withheld.

    Returns
    -------
    DisplacementQuotient
        The quotient (``nan`` where it is withheld) and the treated area's success.

    Raises
    ------
    MethodRefused
        As :func:`displacement` and :func:`reports_avoided`.

    Examples
    --------
    >>> te.weighted_displacement_quotient(study.panel("burglary"), study.design).value > -10
    True
    """
    refuse_no_adjacent(design.adjacent)
    refuse_contaminated(design)
    estimate = difference_in_differences(panel, design, level=level)
    treated, adjacent, comparison = (
        _sums(panel, design, areas)
        for areas in ((design.treated,), design.adjacent, design.comparison)
    )
    _refuse_zero(comparison)
    success = treated[1] / comparison[1] - treated[0] / comparison[0]
    ends = [treated[0] / comparison[0] * (ratio - 1) for ratio in (estimate.lower, estimate.upper)]
    withheld = estimate.lower <= 1 <= estimate.upper
    return DisplacementQuotient(
        value=np.nan if withheld else displacement_quotient(treated, adjacent, comparison),
        success=success, success_lower=ends[0], success_upper=ends[1], level=level,
        remarks=(Remark("withheld-denominator"),) if withheld else (),
    )  # fmt: skip


def displacement_quotient(
    treated: Sequence[float], adjacent: Sequence[float], comparison: Sequence[float]
) -> float:
    """Bowers & Johnson's quotient from three pairs of counts (before, after).

    ``nan`` where the treated area changed exactly as the comparison areas.
    """
    _refuse_zero(comparison)
    (before, after), (beside_before, beside_after) = treated, adjacent
    moved = beside_after / comparison[1] - beside_before / comparison[0]
    success = after / comparison[1] - before / comparison[0]
    return float(moved / success) if success else float("nan")


@dataclass(frozen=True, kw_only=True)
class DisplacementDifference(Noted):
    """A weighted displacement difference, in reports, with its Poisson error."""

    value: float
    standard_error: float
    remarks: tuple[Remark, ...] = (Remark("poisson-not-for-conclusions"),)

    @property
    def z(self) -> float:
        """The difference in units of its Poisson error."""
        return self.value / self.standard_error


@estimator
def weighted_displacement_difference(
    treated: Sequence[float],
    comparison: Sequence[float],
    *,
    adjacent: Sequence[float] = (0, 0),
    adjacent_comparison: Sequence[float] = (0, 0),
    time_weights: Sequence[float] = (1, 1),
    area_weights: Sequence[float] = (1, 1, 1, 1),
) -> DisplacementDifference:
    """Change in reports in the treated and adjacent areas less that in their comparison areas.

    Each argument is a pair of counts (before, after). Counts are divided by the length of their
    window (``time_weights``) and the size of their area (``area_weights``: treated, comparison,
    adjacent, adjacent comparison); the variance is the sum of the counts, each divided by its
    weights squared. For comparison with published tables: the report's own figure is
    :func:`reports_avoided`.

    Parameters
    ----------
    treated
        Reports in the treated area, before and after; ``comparison``, ``adjacent`` and
        ``adjacent_comparison`` the same of the others.
    time_weights
        Lengths of the two windows.
    area_weights
        Sizes of the four areas.

    Returns
    -------
    DisplacementDifference
        The difference, its Poisson error, and the former in units of the latter.

    Raises
    ------
    ValueError
        For something else than pairs of counts.

    Source: Wheeler & Ratcliffe (2018), Crime Science 7:11.

    Examples
    --------
    >>> te.weighted_displacement_difference((120, 80), (200, 190)).value
    -30.0
    """
    counts = np.array([treated, comparison, adjacent, adjacent_comparison], dtype=float)
    weights = np.outer(area_weights, time_weights)
    changes = np.diff(counts / weights, axis=1)[:, 0]
    variance = (counts / weights**2).sum()
    return DisplacementDifference(
        value=float(changes @ [1, -1, 1, -1]), standard_error=float(np.sqrt(variance))
    )


def _sums(panel: pd.DataFrame, design: Design, areas: Sequence[str]) -> tuple[float, float]:
    cells = read_cells(panel, design, areas=areas)
    windows = (design.baseline, design.period)
    before, after = (float(cells["count"][:, cells.within(part)].sum()) for part in windows)
    return before, after


def _refuse_zero(comparison: Sequence[float]) -> None:
    if not all(comparison):
        raise MethodRefused(
            "all-zero-comparison",
            "The comparison areas hold no report in one of the windows, so nothing can be told "
            "per report of theirs.",
            "Use longer windows or a wider basket of offences.",
        )
