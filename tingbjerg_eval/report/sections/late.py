"""What changed since the earlier extract, and what the newest quarters may yet become."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Prose, Section, Table
from tingbjerg_eval.presentation.blocks.tables import WITHHELD_STATES, Column
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.late_figures import expected, growth, young_quarters
from tingbjerg_eval.report.sections.trend_data import trend_data

PER = 1000


def late_registration(report: Report) -> Iterator[Block]:
    """Preliminary quarters; beside an earlier extract, revisions and what is to be expected."""
    words, young = report.words, young_quarters(report.study)
    if young:
        quarters = words.listed([words.quarter(one) for one in young])
        yield Prose(words("documentation.preliminary", quarters=quarters))
    if report.study.tables.revisions is not None:
        parts = (*_changes(report), *_expectations(report, young))
        yield Section(words("late.heading"), parts, level=3)


def _changes(report: Report) -> Iterator[Block]:
    words, source = report.words, report.study.settings.data.incidents
    dates = {"later": words.date(source.extract_date),
             "earlier": words.date(source.earlier[-1].extract_date)}  # fmt: skip
    if not _revised(report):
        yield Prose(words("late.unchanged", **dates))
        return
    yield Prose(words("late.changed", **dates))
    told = growth(report.study)
    if len(told):
        columns = {
            "quarter": Column(words("table.quarter"), "time"),
            "age": Column(words("late.age"), "number"),
            "growth": words("late.growth"),
        }
        told = told.assign(growth=[_percent(report, one) for one in told["growth"]])
        yield Table(told, words("late.caption_changes"), columns,
                    notes=[words("late.note_rounded")], name="revisions", look="compact",
                    words=words)  # fmt: skip


def _revised(report: Report) -> bool:
    study = report.study
    revisions = study.tables.revisions
    if revisions is None:
        return False
    last = study.until or study.settings.periods.period[1]
    return any(quarter_number(one) <= quarter_number(last) for one in revisions["quarter"])


def _percent(report: Report, growth: float) -> str:
    if pd.isna(growth):
        return report.words("hidden.secondary")
    return report.words.signed_percent(growth)


def _expectations(report: Report, young: tuple[str, ...]) -> Iterator[Block]:
    words, factors = report.words, expected(report.study)
    if lacking := [words.quarter(one) for one in young if one not in factors]:
        yield Prose(words("late.unknown", quarters=words.listed(lacking)))
    if not factors:
        return
    yield Bullets(tuple(_sentence(report, *one) for one in factors.items()))
    rows = [_rates(report, name, factors) for name in report.study.settings.indicators_of("count")]
    columns = {
        "indicator": words("cost.indicator"),
        "area": words("table.area"),
        "quarter": Column(words("table.quarter"), "time"),
        "rate": Column(words("late.registered"), "rate"),
        "expected": Column(words("late.expected"), "rate"),
    }
    notes = [words("late.note_beside"), words("late.note_not_final"), words("late.note_same")]
    yield Table(pd.concat(rows, ignore_index=True), words("late.caption_expected"), columns,
                notes=notes, name="expected", look="compact", words=words)  # fmt: skip


def _sentence(report: Report, quarter: str, factor: float) -> str:
    words, way = report.words, "more" if factor > 1 else "fewer" if factor < 1 else "same"
    change = words.percent(abs(factor - 1), decimals=0)
    return words(f"late.{way}", quarter=words.quarter(quarter), change=change)


def _rates(report: Report, indicator: str, factors: dict[str, float]) -> pd.DataFrame:
    """Shown rates of the preliminary quarters, and the same times what is to be expected."""
    frame, _ = trend_data(report, indicator)
    young = frame[frame["quarter"].isin(factors)]
    rate = PER * young["value"].astype("Float64") / young["population"]
    shown = young["value"].notna()
    return young[["area", "quarter"]].assign(
        indicator=report.study.indicator(indicator).title,
        rate=rate,
        expected=rate * young["quarter"].map(factors),
        status=shown.map({True: "shown", False: WITHHELD_STATES[0]}),
    )
