"""What was committed, delivered and spent, by measure, party and quarter.

Absent is never zero: where a quarter with a commitment has no return, what was delivered and
spent is not known, and neither is any sum that would hold it. ``spent_known_dkk`` is what is
known of such a sum, and so a least.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.amendments import amended, decision_on
from tingbjerg_eval.targets.observed import Observed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tingbjerg_eval.study.strategy import Measure, Strategy, Target

QUARTERS = [
    "measure", "title", "party", "unit", "quarter", "committed", "planned", "delivered", "hold",
    "share_delivered", "kept", "plan_differs", "spent_dkk", "missing",
]  # fmt: skip
Row = dict[str, object]


def delivery_by_quarter(
    strategy: Strategy, activities: pd.DataFrame, *, until: str | None = None
) -> pd.DataFrame:
    """One row per measure and quarter with a commitment, a delivery or spending.

    Columns: ``measure, title, party`` (the responsible one), ``unit, quarter, committed`` (by
    the strategy as amended), ``planned`` (as the parties report it), ``delivered, hold`` (the
    level to hold, ``nan`` where none), ``share_delivered`` (of the committed), ``kept``
    (``yes``, ``no``, ``no data``, ``none`` where nothing was committed), ``plan_differs``
    (whether the reported plan is not the commitment), ``spent_dkk``, ``missing`` (whether a
    commitment's delivery or spending has not been returned). A blank or absent delivery is
    ``no data`` and never 0.

    Parameters
    ----------
    activities
        ``measure, quarter, planned, delivered, spent_dkk``, one row per measure and quarter.
    until
        The last quarter counted; decisions after it are not known either.
    """
    return _by_quarter(amended(strategy, until=until).measures, activities, until)


def _by_quarter(
    measures: Mapping[str, Measure], activities: pd.DataFrame, until: str | None
) -> pd.DataFrame:
    reported: Any = activities.set_index(["measure", "quarter"]).to_dict("index")
    rows = [
        _quarter_row(name, measure, quarter, reported)
        for name, measure in measures.items()
        for quarter in _quarters(name, measure, reported, until)
    ]
    return pd.DataFrame(rows, columns=QUARTERS)


def _quarters(
    name: str, measure: Measure, reported: Iterable[tuple[str, str]], until: str | None
) -> list[str]:
    known = {*measure.by_quarter, *(quarter for of, quarter in reported if of == name)}
    last = math.inf if until is None else quarter_number(until)
    return sorted(quarter for quarter in known if quarter_number(quarter) <= last)


def _quarter_row(
    name: str, measure: Measure, quarter: str, reported: dict[tuple[str, str], Row]
) -> Row:
    committed = measure.by_quarter.get(quarter, math.nan)
    found = reported.get((name, quarter), {})
    planned, delivered, spent = (
        _number(found.get(key)) for key in ("planned", "delivered", "spent_dkk")
    )
    hold = _hold(measure, quarter)
    return {
        "measure": name,
        "title": measure.title,
        "party": measure.responsible,
        "unit": measure.unit,
        "quarter": quarter,
        "committed": committed,
        "planned": planned,
        "delivered": delivered,
        "hold": hold,
        "share_delivered": delivered / committed if committed else math.nan,
        "kept": _kept(committed, hold, delivered),
        "plan_differs": not math.isnan(planned) and planned != (0 if math.isnan(committed) else
                                                               committed),
        "spent_dkk": spent,
        "missing": _kept(committed, hold, delivered) != "none" and (
            math.isnan(delivered) or math.isnan(spent)
        ),
    }  # fmt: skip


def missing_returns(
    strategy: Strategy, activities: pd.DataFrame, *, until: str | None = None
) -> pd.DataFrame:
    """``measure, title, party, quarters``: the commitments without a return, by measure."""
    rows = delivery_by_quarter(strategy, activities, until=until)
    rows = rows[rows["missing"].astype(bool)]
    groups = rows.groupby(["measure", "title", "party"], sort=False)["quarter"]
    return groups.agg(tuple).rename("quarters").reset_index()


def _number(value: Any) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)


def _hold(measure: Measure, quarter: str) -> float:
    hold = measure.hold
    if hold is None or quarter_number(quarter) < quarter_number(hold.first):
        return math.nan
    after = hold.last is not None and quarter_number(quarter) > quarter_number(hold.last)
    return math.nan if after else hold.level


def _kept(committed: float, hold: float, delivered: float) -> str:
    wanted = [one for one in (committed, hold) if not math.isnan(one) and one > 0]
    if not wanted:
        return "none"
    if math.isnan(delivered):
        return "no data"
    return "yes" if delivered >= max(wanted) else "no"


@checked
def delivery_by_measure(
    strategy: Strategy, activities: pd.DataFrame, *, until: str | None = None
) -> pd.DataFrame:
    """One row per measure: totals to date against its commitments and its budget.

    Columns: ``measure, title, action_area, party, contributing`` (names, comma between),
    ``unit, committed, delivered, share_delivered, quarters_committed, quarters_kept,
    quarters_not_kept, quarters_without_data, budget_dkk`` (of the whole strategy), ``spent_dkk,
    spent_known_dkk, share_spent, stopped`` (the first quarter without it, or empty).
    ``delivered`` and ``spent_dkk`` are ``nan`` where a committed quarter has no return.

    Parameters
    ----------
    strategy
        The strategy as it was first written (``study.written``).
    activities
        The delivered table of activities (``study.tables.activities``).
    until
        The last quarter that is known; all that is delivered when not given.

    Returns
    -------
    DataFrame
        One row per measure.

    Examples
    --------
    >>> te.delivery_by_measure(study.written, study.tables.activities).columns[:3].tolist()
    ['measure', 'title', 'action_area']
    """
    strategy = amended(strategy, until=until)
    by_quarter = delivery_by_quarter(strategy, activities, until=until)
    rows = [
        _measure_row(name, strategy, by_quarter[by_quarter["measure"] == name])
        for name in strategy.measures
    ]
    return pd.DataFrame(rows)


def _measure_row(name: str, strategy: Strategy, rows: pd.DataFrame) -> Row:
    measure, stopped = strategy.measures[name], decision_on(strategy, "stop-measure", name)
    owed = rows[rows["kept"] != "none"]
    committed = float(rows["committed"].sum())
    delivered, spent = (
        math.nan if owed[key].isna().any() else float(rows[key].sum())
        for key in ("delivered", "spent_dkk")
    )  # fmt: skip
    budget = float(sum(measure.budget.values()))
    kept = rows["kept"].value_counts()
    return {
        "measure": name,
        "title": measure.title,
        "action_area": measure.action_area,
        "party": measure.responsible,
        "contributing": ", ".join(measure.contributing),
        "unit": measure.unit,
        "committed": committed,
        "delivered": delivered,
        "share_delivered": delivered / committed if committed else math.nan,
        "quarters_committed": int((rows["kept"] != "none").sum()),
        "quarters_kept": int(kept.get("yes", 0)),
        "quarters_not_kept": int(kept.get("no", 0)),
        "quarters_without_data": int(kept.get("no data", 0)),
        "budget_dkk": budget,
        "spent_dkk": spent,
        "spent_known_dkk": float(rows["spent_dkk"].sum()),
        "share_spent": spent / budget if budget else math.nan,
        "stopped": stopped.quarter if stopped else "",
    }


@checked
def delivery_by_party(
    strategy: Strategy, activities: pd.DataFrame, *, until: str | None = None
) -> pd.DataFrame:
    """One row per party, parties without a measure of their own included.

    Columns: ``party, name, measures, quarters_committed, quarters_kept, quarters_not_kept,
    quarters_without_data, budget_dkk, spent_dkk, spent_known_dkk``, summed over the measures it
    is responsible for; and ``contributes_to``, the number of measures of others that it
    contributes to.

    Parameters
    ----------
    strategy
        The strategy as it was first written (``study.written``).
    activities
        The delivered table of activities (``study.tables.activities``).
    until
        The last quarter that is known; all that is delivered when not given.

    Returns
    -------
    DataFrame
        One row per party.

    Examples
    --------
    >>> te.delivery_by_party(study.written, study.tables.activities).columns[:3].tolist()
    ['party', 'name', 'measures']
    """
    measures = delivery_by_measure(strategy, activities, until=until)
    summed = [
        "quarters_committed", "quarters_kept", "quarters_not_kept", "quarters_without_data",
        "budget_dkk", "spent_dkk", "spent_known_dkk",
    ]  # fmt: skip
    rows: list[dict[str, object]] = []
    for name, party in strategy.parties.items():
        own = measures[measures["party"] == name]
        helps = sum(name in one.contributing for one in strategy.measures.values())
        row = {"party": name, "name": party.name, "measures": len(own), "contributes_to": helps}
        rows.append(row | {key: own[key].sum(skipna=False) for key in summed})
    return pd.DataFrame(rows)


@checked
def broken_commitments(
    strategy: Strategy,
    activities: pd.DataFrame,
    *,
    until: str | None = None,
    at_least: float = 0.0,
) -> pd.DataFrame:
    """The rows of :func:`delivery_by_quarter` that were not kept, largest shortfall first.

    With one more column, ``shortfall``: what was missing to the commitment or the level to
    hold, as a share of it.

    Parameters
    ----------
    strategy
        The strategy as it was first written (``study.written``).
    activities
        The delivered table of activities (``study.tables.activities``).
    until
        The last quarter that is known; all that is delivered when not given.
    at_least
        The smallest shortfall listed; 0.1 leaves out what fell short by less than a tenth.

    Returns
    -------
    DataFrame
        One row per commitment of a quarter that was not kept.

    Examples
    --------
    >>> te.broken_commitments(study.written, study.tables.activities).columns[-1]
    'shortfall'
    """
    rows = delivery_by_quarter(strategy, activities, until=until)
    rows = rows[rows["kept"] == "no"]
    wanted = rows[["committed", "hold"]].max(axis=1)
    rows = rows.assign(shortfall=1 - rows["delivered"] / wanted)
    rows = rows[rows["shortfall"] >= at_least]
    order = ["shortfall", "measure", "quarter"]
    return rows.sort_values(order, ascending=[False, True, True], ignore_index=True)


def observe_delivery(
    target: Target, strategy: Strategy, activities: pd.DataFrame, *, until: str | None = None
) -> Observed:
    """The observed figure of a target of kind ``delivered``.

    The percentage of what the measure had committed to up to the deadline (or ``until``) that
    was delivered; for a measure with a level to hold, the percentage of the quarters in which it
    was held. Deliveries are counted in full, so the limits are the figure itself.

    Returns
    -------
    Observed
        Without a value when a committed quarter has no delivery (``delivery-missing``), when no
        quarter was committed yet (``too-early``) or at all (``no-commitment``).
    """
    end = str(target.by)
    if until is not None:
        end = min(end, until, key=quarter_number)
    measures = amended(strategy, until=until).measures
    own = {name: one for name, one in measures.items() if name == target.measure}
    rows = _by_quarter(own, activities, until)
    rows = rows[rows["kept"] != "none"]
    rows = rows[rows["quarter"].map(quarter_number) <= quarter_number(end)]
    held = any(one.hold is not None for one in own.values())
    if held:
        rows = rows[rows["hold"].notna()]
    if rows.empty:
        reason = "no-commitment" if until is None else "too-early"
        return Observed(reason=reason, progress=0.0, of_quarters=held)
    if (absent := rows["kept"] == "no data").any():
        missing = tuple(rows.loc[absent, "quarter"])
        return Observed(reason="delivery-missing", missing=missing, of_quarters=held)
    kept = (rows["delivered"] >= rows["hold"]).mean()
    value = 100 * float(kept if held else rows["delivered"].sum() / rows["committed"].sum())
    return Observed(
        value=value, lower=value, upper=value, start=target.limit, latest=value, of_quarters=held,
        window=(rows["quarter"].iloc[0], rows["quarter"].iloc[-1]),
    )  # fmt: skip
