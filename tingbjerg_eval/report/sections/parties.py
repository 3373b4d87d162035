"""Who committed to what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.tables import Column, Columns
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.first_page import party_names
from tingbjerg_eval.report.sections.money import missing_returns
from tingbjerg_eval.targets.deliveries import broken_commitments as broken
from tingbjerg_eval.targets.deliveries import (
    delivery_by_measure,
    delivery_by_party,
    delivery_by_quarter,
)

DELIVERED: Columns = {
    "title": "table.measure",
    "party": "table.responsible",
    "committed": Column("parties.committed", "number"),
    "delivered": Column("table.delivered", "number"),
    "unit": "parties.unit",
    "share_delivered": Column("parties.share_delivered", "percent", 0),
    "spent_dkk": Column("table.spent", "money"),
}


def agreed(report: Report) -> Block:
    """Every measure with its parties, what they have committed to, and its money."""
    words, strategy = report.words, report.study.strategy
    if not strategy.measures:
        return Prose(words("parties.no_measures"))
    parties = party_names(report)
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
    return report.table(rows, words("parties.caption_agreed"), {
        "measure": "table.measure", "responsible": "table.responsible",
        "contributing": "parties.contributing",
        "committed": Column("parties.committed_quarters", "number"), "unit": "parties.unit",
        "budget": Column("table.budget", "money"),
    }, name="agreed", notes=[words("parties.note_committed")])  # fmt: skip


def delivery(report: Report) -> Block:
    """Committed against delivered, by measure and by party."""
    if report.study.tables.activities is None:
        return Prose(report.words("parties.no_activities"))
    return Group(tuple(_delivered(report)))


def _delivered(report: Report) -> Iterator[Block]:
    words, study = report.words, report.study
    rows = study.of_activities(delivery_by_measure)
    rows = rows[rows["committed"] > 0].assign(
        party=lambda frame: frame["party"].map(party_names(report)),
    )
    if rows.empty:
        yield Prose(words("parties.nothing_committed_yet"))
        return
    if report.quarter:
        yield from _this_quarter(report)
    yield report.table(rows, words("parties.caption_delivery"), DELIVERED, name="delivery")
    yield from missing_returns(report)
    yield _by_party(report)


def _this_quarter(report: Report) -> Iterator[Block]:
    """What each measure was to deliver, delivered and spent in the quarter itself."""
    words = report.words
    rows = report.study.of_activities(delivery_by_quarter, until=report.quarter)
    rows = rows[rows["quarter"] == report.quarter]
    if rows.empty:
        yield Prose(words("parties.nothing_this_quarter"))
        return
    rows = rows.assign(party=rows["party"].map(party_names(report)))
    caption = words("parties.caption_quarter", quarter=words.quarter(report.quarter))
    yield report.table(rows, caption, DELIVERED, name="delivery-quarter")


def _by_party(report: Report) -> Block:
    words, rows = report.words, report.study.of_activities(delivery_by_party)
    counted = {"measures": "measures", "quarters_kept": "kept", "quarters_not_kept": "not_kept"}
    if rows["quarters_without_data"].any():
        counted["quarters_without_data"] = "no_data"
    columns: Columns = {
        "name": "parties.party",
        **{key: Column(f"parties.{said}", "number") for key, said in counted.items()},
        "spent_dkk": Column("table.spent", "money"),
    }
    return report.table(rows, words("parties.caption_party"), columns, name="parties",
                        notes=[words("parties.note_kept")])  # fmt: skip


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
    words, whole = report.words, report.study.of_activities(delivery_by_measure)
    whole = whole.set_index("measure")
    told = [
        {
            "party": party_names(report)[own.iloc[0]["party"]],
            "title": own.iloc[0]["title"],
            "worst": _worst(own.iloc[0], report),
            **_so_far(whole.loc[name], words),
        }
        for name, own in rows.groupby("measure", sort=False)
    ]
    return report.table(told, words("parties.caption_broken"), {
        "party": "table.responsible", "title": "table.measure",
        "worst": "parties.in_quarter" if report.quarter else "parties.worst",
        "broken": "parties.broken", "so_far": "parties.since_start",
    }, name="not-kept")  # fmt: skip


def _so_far(row: pd.Series, words: Words) -> dict[str, str]:
    told = {name: words.number(row[name]) for name in ("delivered", "committed")}
    quarters = {"broken": words.number(row["quarters_not_kept"]),
                "all": words.number(row["quarters_committed"])}  # fmt: skip
    return {"broken": words("parties.broken_of", **quarters),
            "so_far": words("parties.so_far", unit=row["unit"], **told)}  # fmt: skip


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
    names = [party_names(report)[party] for party, all_ in kept.items() if all_]
    if names:
        yield Prose(words("parties.kept_by", parties=words.listed(names)), "note")
