"""Who committed to what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose, Table
from tingbjerg_eval.presentation.blocks.tables import Column
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.money import missing_returns
from tingbjerg_eval.targets.deliveries import broken_commitments as broken
from tingbjerg_eval.targets.deliveries import (
    delivery_by_measure,
    delivery_by_party,
    delivery_by_quarter,
)


def agreed(report: Report) -> Block:
    """Every measure with its parties, what they have committed to, and its money."""
    words, strategy = report.words, report.study.strategy
    if not strategy.measures:
        return Prose(words("parties.no_measures"))
    parties = {key: party.name for key, party in strategy.parties.items()}
    order = {name: area.priority for name, area in strategy.action_areas.items()}
    rows = [
        {
            "measure": one.title,
            "responsible": parties[one.responsible or ""],
            "contributing": ", ".join(parties[party] for party in one.contributing),
            "committed": sum(one.by_quarter.values()),
            "unit": one.unit or "",
            "budget": float(sum(one.budget.values())),
        }
        for one in sorted(strategy.measures.values(), key=lambda one: order[one.action_area])
    ]
    columns = {
        "measure": words("table.measure"),
        "responsible": words("table.responsible"),
        "contributing": words("parties.contributing"),
        "committed": Column(words("parties.committed_quarters"), "number"),
        "unit": words("parties.unit"),
        "budget": Column(words("table.budget"), "money"),
    }
    return Table(pd.DataFrame(rows), words("parties.caption_agreed"), columns,
                 notes=[words("parties.note_committed")], name="agreed", look="compact",
                 words=words)  # fmt: skip


def delivery(report: Report) -> Block:
    """Committed against delivered, by measure and by party."""
    if report.study.tables.activities is None:
        return Prose(report.words("parties.no_activities"))
    return Group(tuple(_delivered(report)))


def _delivered(report: Report) -> Iterator[Block]:
    words, study = report.words, report.study
    rows = study.of_activities(delivery_by_measure)
    rows = rows[rows["committed"] > 0].assign(
        party=lambda frame: frame["party"].map(_names(report)),
    )
    if rows.empty:
        yield Prose(words("parties.nothing_committed_yet"))
        return
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
        yield from _this_quarter(report, columns)
    yield Table(
        rows,
        words("parties.caption_delivery"),
        columns,
        name="delivery",
        look="compact",
        words=words,
    )
    yield from missing_returns(report)
    yield _by_party(report)


def _this_quarter(report: Report, columns: dict[str, Any]) -> Iterator[Block]:
    """What each measure was to deliver, delivered and spent in the quarter itself."""
    words = report.words
    rows = report.study.of_activities(delivery_by_quarter, until=report.quarter)
    rows = rows[rows["quarter"] == report.quarter]
    if rows.empty:
        yield Prose(words("parties.nothing_this_quarter"))
        return
    rows = rows.assign(party=rows["party"].map(_names(report)))
    caption = words("parties.caption_quarter", quarter=words.quarter(report.quarter))
    yield Table(rows, caption, columns, name="delivery-quarter", look="compact", words=words)


def _by_party(report: Report) -> Block:
    words, study = report.words, report.study
    rows = study.of_activities(delivery_by_party)
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
                 notes=[words("parties.note_kept")], name="parties", look="compact",
                 words=words)  # fmt: skip


def broken_commitments(report: Report) -> Block:
    """Commitments not kept, the largest shortfall first."""
    words, study = report.words, report.study
    if study.tables.activities is None:
        return Prose(words("parties.no_activities"))
    rows = study.of_activities(broken)
    if report.quarter:
        rows = rows[rows["quarter"] == report.quarter]
    if rows.empty:
        lacking = [*missing_returns(report)]
        return Group(tuple(lacking)) if lacking else Prose(words("parties.all_kept"))
    return Group((_not_kept(report, rows), *_kept_by(report)))


def _not_kept(report: Report, rows: pd.DataFrame) -> Block:
    """A line a measure: how many quarters, and the one that lacked most."""
    words, study = report.words, report.study
    whole = study.of_activities(delivery_by_measure)
    whole = whole.set_index("measure")
    told = [
        {
            "party": _names(report)[own.iloc[0]["party"]],
            "title": own.iloc[0]["title"],
            "worst": _worst(own.iloc[0], report),
            "broken": words("parties.broken_of", **_broken_of(whole.loc[name], words)),
            "so_far": words("parties.so_far", **_so_far(whole.loc[name], words)),
        }
        for name, own in rows.groupby("measure", sort=False)
    ]
    columns = {
        "party": words("table.responsible"),
        "title": words("table.measure"),
        "worst": words("parties.in_quarter" if report.quarter else "parties.worst"),
        "broken": words("parties.broken"),
        "so_far": words("parties.since_start"),
    }
    return Table(pd.DataFrame(told), words("parties.caption_broken"), columns, name="not-kept",
                 look="compact", words=words)  # fmt: skip


def _broken_of(row: pd.Series, words: Words) -> dict[str, str]:
    return {"broken": words.number(row["quarters_not_kept"]),
            "all": words.number(row["quarters_committed"])}  # fmt: skip


def _so_far(row: pd.Series, words: Words) -> dict[str, str]:
    return {"delivered": words.number(row["delivered"]),
            "committed": words.number(row["committed"]), "unit": row["unit"]}  # fmt: skip


def _worst(row: pd.Series, report: Report) -> str:
    words = report.words
    wanted = max(row["committed"], row["hold"]) if row["hold"] == row["hold"] else row["committed"]
    said = {"delivered": words.number(row["delivered"]), "wanted": words.number(wanted)}
    if report.quarter:
        return words("parties.of", **said)
    return words("parties.of_in", quarter=words.quarter(row["quarter"]), **said)


def _kept_by(report: Report) -> Iterator[Block]:
    """The parties that kept all that was due."""
    words, study = report.words, report.study
    rows = study.of_activities(delivery_by_quarter)
    due = rows[rows["kept"].isin(["yes", "no", "no data"])]
    if report.quarter:
        due = due[due["quarter"] == report.quarter]
    kept = due.groupby("party", sort=False)["kept"].agg(lambda one: (one == "yes").all())
    names = [_names(report)[party] for party, all_ in kept.items() if all_]
    if names:
        yield Prose(words("parties.kept_by", parties=words.listed(names)), "note")


def _names(report: Report) -> dict[str, str]:
    return {name: party.name for name, party in report.study.written.parties.items()}
