"""What the effort cost against the reports it avoided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.displacement import ReportsAvoided, reports_avoided
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design


@dataclass(frozen=True, kw_only=True)
class CostEffectiveness:
    """Spending beside reports avoided.

    Attributes
    ----------
    spent_dkk
        Spending over the period, kroner.
    avoided, avoided_lower, avoided_upper
        Reports avoided over the period, with the interval at ``level``.
    dkk_per_report, dkk_per_report_lower, dkk_per_report_upper
        Kroner per report avoided; ``nan`` where withheld.
    break_even_reports
        Reports that would have to be avoided for the spending to pay for itself; ``nan`` when
        no price of a report was given.
    note
        Why a figure is withheld, and where the break-even count lies.
    """

    spent_dkk: float
    avoided: float
    avoided_lower: float
    avoided_upper: float
    level: float
    dkk_per_report: float
    dkk_per_report_lower: float
    dkk_per_report_upper: float
    break_even_reports: float
    note: str


def cost_effectiveness(
    data: pd.DataFrame | ReportsAvoided,
    design: Design,
    *,
    spent_dkk: float,
    price_dkk: float | None = None,
    level: float = 0.95,
) -> CostEffectiveness:
    """Kroner per report avoided, where there is an effect to divide by.

    The interval of the cost is that of the reports avoided, turned round. Where it holds 0 the
    cost per report would run through infinity, and where more reports came than expected there
    is nothing to pay for: both are withheld and said.

    Parameters
    ----------
    data
        A panel, or the result of :func:`~tingbjerg_eval.stats.displacement.reports_avoided`
        (``level`` is then that result's).
    spent_dkk
        Spending over the period, kroner, in prices of one year.
    price_dkk
        What one report costs society, kroner; gives the break-even count.

    Raises
    ------
    MethodRefused
        ``unusable-amount``, and all of ``reports_avoided``.
    """
    for name, amount in (("spent_dkk", spent_dkk), ("price_dkk", price_dkk)):
        _refuse_amount(name, amount)
    given = isinstance(data, ReportsAvoided)
    avoided = data if given else reports_avoided(data, design, level=level)
    break_even = np.nan if price_dkk is None else spent_dkk / price_dkk
    per_report, withheld = _per_report(avoided, spent_dkk)
    notes = (withheld, _break_even_note(avoided, break_even), avoided.note)
    return CostEffectiveness(
        spent_dkk=spent_dkk,
        avoided=avoided.value, avoided_lower=avoided.lower, avoided_upper=avoided.upper,
        level=avoided.level,
        dkk_per_report=per_report[0],
        dkk_per_report_lower=per_report[1], dkk_per_report_upper=per_report[2],
        break_even_reports=break_even,
        note="; ".join(filter(None, notes)),
    )  # fmt: skip


def _per_report(avoided: ReportsAvoided, spent_dkk: float) -> tuple[tuple[float, ...], str]:
    none = (np.nan, np.nan, np.nan)
    if avoided.holds_zero:
        return none, "no cost per report: the interval of the reports avoided holds 0"
    if avoided.upper < 0:
        return none, "no cost per report: more reports came than expected"
    reports = (avoided.value, avoided.upper, avoided.lower)
    return tuple(spent_dkk / one for one in reports), ""


def _break_even_note(avoided: ReportsAvoided, break_even: float) -> str:
    if np.isnan(break_even):
        return ""
    if break_even > avoided.upper:
        return "break-even lies above the interval of the reports avoided"
    if break_even < avoided.lower:
        return "break-even lies below the interval of the reports avoided"
    return "break-even lies within the interval of the reports avoided: it cannot be decided"


def _refuse_amount(name: str, amount: float | None) -> None:
    if amount is not None and not (np.isfinite(amount) and amount > 0):
        raise MethodRefused(
            "unusable-amount",
            f"{name} is {amount!r}; it must be kroner above 0.",
            "Give the amount in kroner over the whole period.",
        )
