"""Who committed to what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tingbjerg_eval.report.blocks.display import Block, Group, Prose, Section, Table
from tingbjerg_eval.report.blocks.tables import Column
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.money import missing_returns
from tingbjerg_eval.targets.deliveries import broken_commitments as broken
from tingbjerg_eval.targets.deliveries import (
    delivery_by_measure,
    delivery_by_party,
    delivery_by_quarter,
)

LARGE_SHORTFALL = 0.1
"""From here a commitment not kept has a row of its own; smaller ones are counted."""


def agreed(report: Report) -> Block:
    """The measures of each action area with their parties and commitments."""
    strategy = report.study.strategy
    areas = sorted(strategy.action_areas.items(), key=lambda item: item[1].priority)
    parts = [
        _area(report, name) for name, _ in areas
        if any(one.action_area == name for one in strategy.measures.values())
    ]  # fmt: skip
    return Group(tuple(parts)) if parts else Prose(report.words("parties.no_measures"))


def _area(report: Report, name: str) -> Block:
    words, strategy = report.words, report.study.strategy
    parties = {key: party.name for key, party in strategy.parties.items()}
    rows = [
        {
            "measure": one.title,
            "responsible": parties[one.responsible],
            "contributing": ", ".join(parties[party] for party in one.contributing),
            "committed": sum(one.by_quarter.values()),
            "unit": one.unit or "",
            "budget": float(sum(one.budget.values())),
        }
        for one in strategy.measures.values()
        if one.action_area == name
    ]
    columns = {
        "measure": words("table.measure"),
        "responsible": words("table.responsible"),
        "contributing": words("parties.contributing"),
        "committed": Column(words("parties.committed_quarters"), "number"),
        "unit": words("parties.unit"),
        "budget": Column(words("table.budget"), "money"),
    }
    area = strategy.action_areas[name]
    table = Table(
        pd.DataFrame(rows),
        words("parties.caption_agreed", area=area.title),
        columns,
        notes=[words("parties.note_committed")],
        name=f"agreed-{name}",
        words=words,
    )
    return Section(area.title, (Prose(area.problem), table), level=4)


def delivery(report: Report) -> Block:
    """Committed against delivered, by measure and by party."""
    activities = report.study.tables.activities
    if activities is None:
        return Prose(report.words("parties.no_activities"))
    return Group(tuple(_delivered(report, activities)))


def _delivered(report: Report, activities: pd.DataFrame) -> Iterator[Block]:
    words, study = report.words, report.study
    rows = delivery_by_measure(study.written, activities, until=study.until)
    rows = rows[rows["committed"] > 0].assign(
        party=lambda frame: frame["party"].map(_names(report)),
    )
    if rows.empty:
        yield Prose(words("parties.nothing_committed_yet"))
        return
    drawn = (
        rows[["title", "committed", "delivered"]]
        .set_axis(["measure", "planned", "delivered"], axis=1)
        .dropna()
    )
    if len(drawn):
        yield report.draw("delivery", drawn)
    columns = {
        "title": words("table.measure"),
        "party": words("table.responsible"),
        "committed": Column(words("parties.committed"), "number"),
        "delivered": Column(words("table.delivered"), "number"),
        "unit": words("parties.unit"),
        "share_delivered": Column(words("parties.share_delivered"), "percent", 0),
        "spent_dkk": Column(words("table.spent"), "money"),
    }
    if report.quarter:
        yield from _this_quarter(report, activities, columns)
    yield Table(rows, words("parties.caption_delivery"), columns, name="delivery", words=words)
    yield from missing_returns(report)
    yield _by_party(report, activities)


def _this_quarter(report: Report, activities: pd.DataFrame, columns: dict) -> Iterator[Block]:
    """What each measure was to deliver, delivered and spent in the quarter itself."""
    words = report.words
    rows = delivery_by_quarter(report.study.written, activities, until=report.quarter)
    rows = rows[rows["quarter"] == report.quarter]
    if rows.empty:
        yield Prose(words("parties.nothing_this_quarter"))
        return
    rows = rows.assign(party=rows["party"].map(_names(report)))
    caption = words("parties.caption_quarter", quarter=words.quarter(report.quarter))
    yield Table(rows, caption, columns, name="delivery-quarter", words=words)


def _by_party(report: Report, activities: pd.DataFrame) -> Block:
    words, study = report.words, report.study
    rows = delivery_by_party(study.written, activities, until=study.until)
    columns = {
        "name": words("parties.party"),
        "measures": Column(words("parties.measures"), "number"),
        "quarters_kept": Column(words("parties.kept"), "number"),
        "quarters_not_kept": Column(words("parties.not_kept"), "number"),
        "quarters_without_data": Column(words("parties.no_data"), "number"),
        "spent_dkk": Column(words("table.spent"), "money"),
    }
    if not rows["quarters_without_data"].any():
        del columns["quarters_without_data"]
    return Table(rows, words("parties.caption_party"), columns,
                 notes=[words("parties.note_kept")], name="parties", words=words)  # fmt: skip


def broken_commitments(report: Report) -> Block:
    """Commitments not kept, the largest shortfall first."""
    words, study = report.words, report.study
    if study.tables.activities is None:
        return Prose(words("parties.no_activities"))
    rows = broken(study.written, study.tables.activities, until=study.until)
    if report.quarter:
        rows = rows[rows["quarter"] == report.quarter]
    if rows.empty:
        lacking = [*missing_returns(report)]
        return Group(tuple(lacking)) if lacking else Prose(words("parties.all_kept"))
    large = rows[rows["shortfall"] >= LARGE_SHORTFALL]
    left = words.number(len(rows) - len(large))
    said = Prose(words("parties.small_shortfalls", count=left))
    if large.empty:
        return said
    table = _shortfalls(report, large)
    return Group((table, said)) if len(large) < len(rows) else table


def _shortfalls(report: Report, rows: pd.DataFrame) -> Block:
    words = report.words
    rows = rows.assign(
        party=rows["party"].map(_names(report)),
        wanted=rows[["committed", "hold"]].max(axis=1),
    )
    columns = {
        "title": words("table.measure"),
        "party": words("table.responsible"),
        "quarter": Column(words("table.quarter"), "time"),
        "wanted": Column(words("parties.committed"), "number"),
        "delivered": Column(words("table.delivered"), "number"),
        "unit": words("parties.unit"),
        "shortfall": Column(words("parties.shortfall"), "percent", 0),
    }
    return Table(rows, words("parties.caption_broken"), columns, name="not-kept", words=words)


def _names(report: Report) -> dict[str, str]:
    return {name: party.name for name, party in report.study.written.parties.items()}
