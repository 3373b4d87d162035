"""The frame, what was spent, and what it bought."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tingbjerg_eval.evaluation.results import TargetResult, one_each
from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, Prose
from tingbjerg_eval.presentation.blocks.tables import Column, Columns
from tingbjerg_eval.presentation.words.estimates import RATIO
from tingbjerg_eval.presentation.words.numbers import is_missing
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.first_page import question_names
from tingbjerg_eval.stats.cost import cost_effectiveness
from tingbjerg_eval.stats.displacement import ReportsAvoided, reports_avoided
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.targets.deliveries import missing_returns as missing
from tingbjerg_eval.targets.money import money_by_year

NO_ACTIVITIES = pd.DataFrame(
    columns=["measure", "quarter", "planned", "delivered", "spent_dkk"]
).astype({"measure": str, "quarter": str})
ALLOTTED: Columns = {
    "year": "money.year",
    "frame_dkk": Column("money.frame", "money"),
    "budget_dkk": Column("money.allotted", "money"),
}


def budget(report: Report) -> Block:
    """The frame of each year and what of it is allotted."""
    words, study = report.words, report.study
    rows = _titled(report, money_by_year(study.written, NO_ACTIVITIES, until=study.until))
    if rows["frame_dkk"].iloc[-1] == 0:
        return Prose(words("money.no_frame"))
    return report.table(rows, words("money.caption_budget"), ALLOTTED, name="budget")


def spending(report: Report) -> Block:
    """Spending by year against the frame."""
    words = report.words
    if report.study.tables.activities is None:
        return Prose(words("parties.no_activities"))
    spent: Columns = {
        "spent_dkk": Column("table.spent", "money"),
        "left_dkk": Column("money.left", "money"),
    }
    table = report.table(
        _by_year(report), words("money.caption_spending"), {**ALLOTTED, **spent}, name="spending"
    )
    return Group((*money_line(report), table, *missing_returns(report)))


def missing_returns(report: Report) -> Iterator[Block]:
    """Which commitments have no return, so that no sum holds them."""
    words = report.words
    if report.study.tables.activities is None:
        return
    rows = report.study.of_activities(missing)
    if rows.empty:
        return
    said = [
        words("parties.missing", measure=title, quarters=words.listed(list(map(words.quarter, of))))
        for title, of in zip(rows["title"], rows["quarters"], strict=True)
    ]
    yield Prose(words("parties.missing_lead"))
    yield Bullets(tuple(said))


def money_line(report: Report) -> Iterator[Block]:
    """One sentence: spent of the frame."""
    if report.study.tables.activities is None:
        return
    total = _by_year(report).iloc[-1]
    words = report.words
    form = "over" if total["over_frame"] else "spent"
    amounts = _told_apart(words, spent=total["spent_known_dkk"], frame=total["frame_dkk"])
    yield Prose(words(f"money.{form}_{'at_least' if total['unreported'] else 'of'}", **amounts))


def _told_apart(words: Words, **amounts: float) -> dict[str, str]:
    """Amounts in short, or in full where in short they could not be told apart."""
    said = {name: words.money(value, short=True) for name, value in amounts.items()}
    if len({*said.values()}) < len({*amounts.values()}):
        return {name: words.money(value) for name, value in amounts.items()}
    return said


def _by_year(report: Report) -> pd.DataFrame:
    return _titled(report, report.study.of_activities(money_by_year))


def _titled(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(year=rows["year"].replace("total", report.words("table.total")))


def cost(report: Report) -> Block:
    """Reports avoided, question by question; a price only where all the money bought this one."""
    words, activities = report.words, report.study.tables.activities
    asked = one_each(
        one for one in report.results
        if isinstance(one.effect, Estimate) and one.effect.scale == RATIO
        and one.target.window == "period"
    )  # fmt: skip
    if activities is None or not asked:
        return Prose(words("cost.not_asked"))
    total = _by_year(report).iloc[-1]
    rows = [
        _cost_row(report, name, one, float(total["spent_dkk"]))
        for name, one in zip(question_names(report, asked), asked, strict=True)
    ]
    table = report.table(rows, words("cost.caption"), {
        "indicator": "cost.indicator", "avoided": "cost.avoided", "interval": "table.interval",
        "per_report": "cost.per_report",
    }, name="cost", notes=[words("cost.note")])  # fmt: skip
    why = () if _bought_one(report) else (Prose(words("cost.of_all")),)
    return Group((*why, table))


def _bought_one(report: Report) -> bool:
    """Whether every target on an indicator is on the same one: all the money was for it."""
    return len({one.target.indicator for one in report.results if one.target.indicator}) == 1


def _cost_row(report: Report, title: str, result: TargetResult, spent: float) -> dict[str, str]:
    words = report.words
    avoided = reports_avoided(
        result.data, result.own_design, level=report.study.level, estimate=result.estimate
    )
    return {
        "indicator": title,
        "avoided": _came(avoided.value, words),
        "interval": _between(avoided.lower, avoided.upper, words),
        "per_report": _per_report(report, result, avoided, spent),
    }


def _came(avoided: float, words: Words) -> str:
    """Reports against what was expected: fewer where some were avoided."""
    way = "fewer" if avoided > 0 else "more"
    return words(f"cost.{way}", number=words.number(abs(avoided)))


def _between(lower: float, upper: float, words: Words) -> str:
    """The ends of what was avoided; the way is said once where it is the same."""
    least, most = sorted((abs(lower), abs(upper)))
    if lower * upper > 0:
        way = "fewer" if lower > 0 else "more"
        return words(f"cost.between_{way}", least=words.number(least), most=words.number(most))
    return words("change.between", lower=_came(upper, words), upper=_came(lower, words))


def _per_report(report: Report, result: TargetResult, avoided: ReportsAvoided, spent: float) -> str:
    """A price has the gate of the verdict, and all the money must have bought these reports."""
    words, verdict = report.words, result.verdict
    if verdict.neighbours == "more" and verdict.next_door == "worse":
        return words("cost.moved")
    if not _bought_one(report) or is_missing(spent) or spent <= 0:
        return words("cost.withheld")
    found = cost_effectiveness(
        avoided, result.own_design, spent_dkk=spent, shown=verdict.better == "better"
    )
    if is_missing(found.dkk_per_report):
        return words("cost.withheld")
    return words(
        "cost.between",
        value=words.money(round(found.dkk_per_report, -2)),
        lower=words.money(round(found.dkk_per_report_lower, -2)),
        upper=words.money(round(found.dkk_per_report_upper, -2)),
    )
