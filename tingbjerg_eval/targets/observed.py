"""The figure that each kind of target is held against, with its one-sided limits.

Whole years are compared with whole years. Until a whole year of the period has passed, or a
survey wave has been held after the effort began, it is too early to say anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year, quarter_number, quarter_text, wave_known
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.targets.measurement import Measurement, waves_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from tingbjerg_eval.study.design import Design, Window
    from tingbjerg_eval.study.strategy import Target


@dataclass(frozen=True, kw_only=True)
class Observed:
    """The observed figure of one target on the scale of its kind.

    Attributes
    ----------
    value, lower, upper
        The figure and its one-sided limits; ``nan`` where there are none.
    baseline, latest
        The indicator's level before and now: percent, or reports per 1,000 inhabitants and year.
    start
        Where ``value`` stood before the effort.
    progress
        How much of the way to the deadline has passed, 0 to 1.
    window
        The quarters or waves that the figure reads; empty where there is none.
    missing
        The quarters whose delivery nobody has reported.
    of_quarters
        Whether a delivery's figure is a share of quarters and not of the amount.
    reason
        Why there is no value: ``too-early``, ``no-wave``, ``no-gap-at-baseline``,
        ``delivery-missing``, ``no-commitment`` or the code of a refused method.
    """

    value: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    baseline: float = math.nan
    latest: float = math.nan
    start: float = 0.0
    progress: float = 1.0
    window: Window | tuple[()] = ()
    missing: tuple[str, ...] = ()
    of_quarters: bool = False
    reason: str = ""


def target_design(
    target: Target,
    design: Design,
    *,
    until: str | None = None,
    start: str | None = None,
    waves: tuple[int, ...] | None = None,
    fielded: Mapping[int, dt.date] | None = None,
) -> Design | None:
    """``design`` with the period on which ``target`` is measured; ``None`` while it is too early.

    Counts: the whole years that end at the deadline (or at ``until``, if earlier), or only the
    last of them where the target asks for ``last_year``. Shares: the wave of the deadline, or in
    a quarterly report the last wave held by then and after the year in which the effort began.

    Parameters
    ----------
    design
        The counts' design, or the survey's for a share.
    until
        The quarter of a provisional report.
    start
        The first quarter of the effort; survey waves of that year were fielded before it.
    waves
        Waves that are there; ``None`` for all that the design could have.
    fielded
        As in :func:`tingbjerg_eval.study.waves.wave_known`, which says what is known at ``until``.
    """
    if not design.in_quarters:
        held = None if waves is None else tuple(
            one for one in waves if until is None or wave_known(one, until, fielded)
        )  # fmt: skip
        return _wave_design(target, design, until, start, held)
    end = min(str(target.by), until or str(target.by), key=quarter_number)
    year = a_year(end)
    whole = (quarter_number(end) - quarter_number(design.period[0]) + 1) // year
    length = year * (min(whole, 1) if target.window == "last_year" else whole)
    if length <= 0:
        return None
    return design.with_(period=(quarter_text(quarter_number(end) - length + 1), end))


def _wave_design(
    target: Target,
    design: Design,
    until: str | None,
    start: str | None,
    waves: tuple[int, ...] | None,
) -> Design | None:
    last = int(str(target.by))
    if until is None:
        held = [last] if waves is None or last in waves else []
    else:
        began = max(int(design.baseline[1]), int(start[:4]) if start else 0)
        year_over = [one for one in range(began + 1, last + 1) if wave_known(one, until)]
        held = [one for one in (year_over if waves is None else sorted(waves))
                if began < one <= last]  # fmt: skip
    return design.with_(period=(held[-1], held[-1])) if held else None


def observe(
    target: Target,
    data: pd.DataFrame,
    design: Design,
    *,
    good: str = "lower",
    level: float = 0.95,
    until: str | None = None,
    start: str | None = None,
    fielded: Mapping[int, dt.date] | None = None,
) -> Observed:
    """The observed figure of a target on an indicator.

    Parameters
    ----------
    data
        A panel for a count, a shares table for a share.
    level
        Of the one-sided limits.
    until, start, fielded
        As in :func:`target_design`.

    Returns
    -------
    Observed
        With a ``reason`` and without a value where the figures do not allow one.
    """
    waves = None if design.in_quarters else waves_of(data, design.treated)
    measured = target_design(target, design, until=until, start=start, waves=waves, fielded=fielded)
    if measured is None:
        reason = "too-early" if until or design.in_quarters else "no-wave"
        return Observed(reason=reason, progress=0.0)
    try:
        measured_by = Measurement(target, data, measured, good, level)
        figure = target.of_kind.observe(measured_by)
    except MethodRefused as refused:
        return Observed(reason=refused.code)
    return Observed(
        baseline=measured_by.baseline.value, latest=measured_by.latest.value,
        progress=_progress(target, measured), window=measured.period,
        **cast("dict[str, Any]", figure),
    )  # fmt: skip


def _progress(target: Target, design: Design) -> float:
    """From the baseline's end (0) to the deadline (1)."""
    begin, now = (quarter_number(one[1]) for one in (design.baseline, design.period))
    return (now - begin) / (quarter_number(target.by or 0) - begin)
