"""What the effort cost against the reports it avoided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.displacement import ReportsAvoided, reports_avoided
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Noted, Remark
from tingbjerg_eval.study.design import Design


@dataclass(frozen=True, kw_only=True)
class CostEffectiveness(Noted):
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
    remarks
        Why a figure is withheld, and where the break-even count lies, as codes with numbers;
        ``note`` says them in English.
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
    remarks: tuple[Remark, ...] = ()


@estimator
def cost_effectiveness(
    data: pd.DataFrame | ReportsAvoided,
    design: Design,
    *,
    spent_dkk: float,
    price_dkk: float | None = None,
    level: float = 0.95,
    shown: bool | None = None,
) -> CostEffectiveness:
    """Kroner per report avoided, where there is an effect to divide by.

    The interval of the cost is that of the reports avoided, turned round. Where it holds 0 the
    cost per report would run through infinity, and where more reports came than expected there
    is nothing to pay for: both are withheld and said. A price that is told only where the effect
    came out large is told too low (in simulation .59-.72 of the true one where it is told in
    under half of the runs), so read ``dkk_per_report_upper``, the careful end, first.

    Parameters
    ----------
    data
        A panel, or the result of :func:`~tingbjerg_eval.stats.displacement.reports_avoided`
        (``level`` is then that result's).
    spent_dkk
        Spending over the period, kroner, in prices of one year: that part of the money that was
        meant for these reports. The whole spending of a strategy with several aims belongs to no
        single one of them.
    price_dkk
        What one report costs society, kroner; gives the break-even count.
    shown
        The verdict's own answer (after adjustment for the number of targets): with ``False`` no
        price is told, whatever this interval holds. ``None``: there is no verdict, and the
        interval alone decides.

    Returns
    -------
    CostEffectiveness
        The reports avoided, and the price of one where it can be told.

    Raises
    ------
    MethodRefused
        ``unusable-amount``, and all of ``reports_avoided``.

    Examples
    --------
    >>> panel, design = study.panel("burglary"), study.design
    >>> te.cost_effectiveness(panel, design, spent_dkk=4_000_000).avoided > 0
    True
    """
    for name, amount in (("spent_dkk", spent_dkk), ("price_dkk", price_dkk)):
        _refuse_amount(name, amount)
    given = isinstance(data, ReportsAvoided)
    avoided = data if given else reports_avoided(data, design, level=level)
    break_even = np.nan if price_dkk is None else spent_dkk / price_dkk
    withheld = _withheld(avoided, shown)
    return CostEffectiveness(
        spent_dkk=spent_dkk,
        avoided=avoided.value, avoided_lower=avoided.lower, avoided_upper=avoided.upper,
        level=avoided.level,
        dkk_per_report=np.nan if withheld else spent_dkk / avoided.value,
        dkk_per_report_lower=np.nan if withheld else spent_dkk / avoided.upper,
        dkk_per_report_upper=np.nan if withheld else spent_dkk / avoided.lower,
        break_even_reports=break_even,
        remarks=(*withheld, *_of_break_even(avoided, break_even), *avoided.remarks),
    )  # fmt: skip


def _withheld(avoided: ReportsAvoided, shown: bool | None) -> tuple[Remark, ...]:
    """Why there is no price; empty where there is one."""
    if avoided.holds_zero:
        return (Remark("no-cost-per-report"),)
    if avoided.upper < 0:
        return (Remark("no-cost-more-reports"),)
    return (Remark("no-cost-undecided"),) if shown is False else ()


def _of_break_even(avoided: ReportsAvoided, break_even: float) -> tuple[Remark, ...]:
    if np.isnan(break_even):
        return ()
    if break_even > avoided.upper:
        return (Remark("break-even-above"),)
    return (Remark("break-even-below" if break_even < avoided.lower else "break-even-within"),)


def _refuse_amount(name: str, amount: float | None) -> None:
    if amount is not None and not (np.isfinite(amount) and amount > 0):
        raise MethodRefused(
            "unusable-amount",
            f"{name} is {amount!r}; it must be kroner above 0.",
            "Give the amount in kroner over the whole period.",
        )
