"""The frame, what was spent, and what it bought."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tingbjerg_eval.evaluation.study import TargetResult
from tingbjerg_eval.report.blocks.display import Block, Group, Prose, Table
from tingbjerg_eval.report.blocks.tables import Column
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.words.numbers import is_missing
from tingbjerg_eval.stats.cost import CostEffectiveness, cost_effectiveness
from tingbjerg_eval.stats.displacement import reports_avoided
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.targets.deliveries import money_by_year

NO_ACTIVITIES = pd.DataFrame(
    columns=["measure", "quarter", "planned", "delivered", "spent_dkk"]
).astype({"measure": str, "quarter": str})


def budget(report: Report) -> Block:
    """The frame of each year and what of it is allotted."""
    words = report.words
    rows = _by_year(report, NO_ACTIVITIES)
    if rows["frame_dkk"].iloc[-1] == 0:
        return Prose(words("money.no_frame"))
    columns = {
        "year": words("money.year"),
        "frame_dkk": Column(words("money.frame"), "money"),
        "budget_dkk": Column(words("money.allotted"), "money"),
    }
    return Table(rows, words("money.caption_budget"), columns, name="budget", words=words)


def spending(report: Report) -> Block:
    """Spending by year against the frame."""
    words, activities = report.words, report.study.tables.activities
    if activities is None:
        return Prose(words("parties.no_activities"))
    rows = _by_year(report, activities)
    columns = {
        "year": words("money.year"),
        "frame_dkk": Column(words("money.frame"), "money"),
        "budget_dkk": Column(words("money.allotted"), "money"),
        "spent_dkk": Column(words("table.spent"), "money"),
        "left_dkk": Column(words("money.left"), "money"),
    }
    table = Table(rows, words("money.caption_spending"), columns, name="spending", words=words)
    known = _known(report, activities)
    frame = float(report.study.written.total_budget)
    figure = report.draw("spending", known, frame=frame or None)
    return Group((*money_line(report), table, figure))


def money_line(report: Report) -> Iterator[Block]:
    """One sentence: spent of the frame."""
    activities = report.study.tables.activities
    if activities is None:
        return
    total = _by_year(report, activities).iloc[-1]
    words = report.words
    key = "money.over" if total["over_frame"] else "money.spent_of"
    yield Prose(
        words(
            key,
            spent=words.money(total["spent_dkk"], short=True),
            frame=words.money(total["frame_dkk"], short=True),
        )
    )


def _by_year(report: Report, activities: pd.DataFrame) -> pd.DataFrame:
    rows = money_by_year(report.study.written, activities, until=report.study.until)
    return rows.assign(year=rows["year"].replace("total", report.words("table.total")))


def _known(report: Report, activities: pd.DataFrame) -> pd.DataFrame:
    until = report.study.until
    return activities if until is None else activities[activities["quarter"] <= until]


def cost(report: Report) -> Block:
    """Spending beside reports avoided, target by target; withheld where no effect is shown."""
    words, activities = report.words, report.study.tables.activities
    asked = [one for one in report.results if _is_counted_effect(one)]
    if activities is None or not asked:
        return Prose(words("cost.not_asked"))
    spent = float(activities["spent_dkk"].sum())
    by_indicator = {one.target.indicator: one for one in asked}
    rows = [_cost_row(report, name, one, spent) for name, one in by_indicator.items()]
    columns = {
        "indicator": words("cost.indicator"),
        "avoided": words("cost.avoided"),
        "interval": words("table.interval"),
        "per_report": words("cost.per_report"),
    }
    table = Table(pd.DataFrame(rows), words("cost.caption"), columns,
                  notes=[words("cost.note")], name="cost", words=words)  # fmt: skip
    return Group((Prose(words("cost.lead", spent=words.money(spent, short=True))), table))


def _is_counted_effect(result: TargetResult) -> bool:
    return (
        isinstance(result.effect, Estimate)
        and result.effect.scale == "rate ratio"
        and result.target.window == "period"
    )


def _cost_row(report: Report, name: str, result: TargetResult, spent: float) -> dict[str, str]:
    words, title = report.words, report.study.indicator(name).title
    avoided = reports_avoided(
        result.data, result.design, level=report.study.level, estimate=result.effect
    )
    found = cost_effectiveness(avoided, result.design, spent_dkk=spent)
    return {
        "indicator": title,
        "avoided": words.number(avoided.value),
        "interval": words(
            "change.between",
            lower=words.number(avoided.lower),
            upper=words.number(avoided.upper),
        ),
        "per_report": _per_report(report, found),
    }


def _per_report(report: Report, found: CostEffectiveness) -> str:
    words = report.words
    if is_missing(found.dkk_per_report):
        return words("cost.withheld")
    return words(
        "cost.between",
        value=words.money(round(found.dkk_per_report, -2)),
        lower=words.money(round(found.dkk_per_report_lower, -2)),
        upper=words.money(round(found.dkk_per_report_upper, -2)),
    )
