"""What was promised, delivered and spent, worked out from the parties' returns."""

from __future__ import annotations

import math

import pandas as pd
from deliveries import Deliveries


def owed(deliveries: Deliveries) -> pd.DataFrame:
    """One row a measure and quarter: ``committed, hold, wanted, delivered, spent``."""
    returns = deliveries.returns
    rows = []
    for name, measure in deliveries.measures.items():
        own = returns[returns["measure"] == name].set_index("quarter")
        promised = {q: n for q, n in measure["commitments"].items() if q <= deliveries.last}
        hold = measure.get("hold")
        for quarter in sorted({*promised, *own.index}):
            committed = promised.get(quarter, math.nan)
            level = hold["level"] if hold and quarter >= hold["from"] else math.nan
            came = own.loc[quarter] if quarter in own.index else {}
            rows.append({
                "measure": name, "title": measure["title"], "party": measure["responsible"],
                "unit": measure.get("unit", ""), "quarter": quarter, "committed": committed,
                "hold": level, "wanted": pd.Series([committed, level]).max(),
                "delivered": float(came.get("delivered", math.nan)),
                "spent": float(came.get("spent_dkk", math.nan)),
            })  # fmt: skip
    frame = pd.DataFrame(rows)
    due = frame["wanted"] > 0
    return frame.assign(
        due=due,
        lacking=due & frame["delivered"].isna(),
        unspent=due & frame["spent"].isna(),
        kept=due & (frame["delivered"] >= frame["wanted"]),
        broken=due & (frame["delivered"] < frame["wanted"]),
        shortfall=1 - frame["delivered"] / frame["wanted"],
    )


def whole(values: pd.Series, lacking: pd.Series) -> float:
    """A sum, or nothing where something owed has not come."""
    return math.nan if lacking.any() else float(values.sum())


def by_measure(deliveries: Deliveries) -> pd.DataFrame:
    rows = owed(deliveries)
    made = []
    for name, measure in deliveries.measures.items():
        own = rows[rows["measure"] == name]
        committed = float(own["committed"].sum())
        delivered = whole(own["delivered"], own["lacking"])
        made.append({
            "measure": name, "title": measure["title"], "party": measure["responsible"],
            "unit": measure.get("unit", ""), "committed": committed, "delivered": delivered,
            "share": delivered / committed if committed else math.nan,
            "spent": whole(own["spent"], own["unspent"]),
            "budget": float(sum(measure["budget"].values())),
            "kept": int(own["kept"].sum()), "broken": int(own["broken"].sum()),
            "lacking": int(own["lacking"].sum()), "held": "hold" in measure,
        })  # fmt: skip
    return pd.DataFrame(made)


def by_party(deliveries: Deliveries) -> pd.DataFrame:
    measures = by_measure(deliveries)
    return pd.DataFrame([
        {
            "party": party["name"],
            "measures": len(own := measures[measures["party"] == name]),
            "kept": int(own["kept"].sum()), "broken": int(own["broken"].sum()),
            "lacking": int(own["lacking"].sum()), "spent": own["spent"].sum(skipna=False),
        }
        for name, party in deliveries.written["parties"].items()
    ])  # fmt: skip


def money(deliveries: Deliveries) -> pd.DataFrame:
    """One row a year, and ``I alt``: ``frame, allotted, spent, known, left``."""
    rows = owed(deliveries)
    frame = deliveries.written.get("budget", {})
    year = rows["quarter"].str[:4].astype(int)
    years = sorted({*frame, *year})
    measures = deliveries.measures.values()
    table = pd.DataFrame({
        "year": [str(one) for one in years],
        "frame": [float(frame.get(one, 0)) for one in years],
        "allotted": [float(sum(m["budget"].get(one, 0) for m in measures)) for one in years],
        "known": [float(rows.loc[year == one, "spent"].sum()) for one in years],
        "lacking": [int(rows.loc[year == one, "unspent"].sum()) for one in years],
    })  # fmt: skip
    total = {"year": "I alt", **table.drop(columns="year").sum().to_dict()}
    table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    spent = table["known"].where(table["lacking"] == 0)
    to_come = (table["year"] > deliveries.last[:4]) & (table["year"] != "I alt")
    return table.assign(spent=spent.mask(to_come), left=table["frame"] - spent)


def delivered_share(deliveries: Deliveries, target: dict) -> float:
    """Per cent of what a target's measure had promised by the deadline, or of quarters held."""
    rows = owed(deliveries)
    own = rows[(rows["measure"] == target["measure"]) & rows["due"]]
    own = own[own["quarter"] <= min(str(target["by"]), deliveries.last)]
    if deliveries.measures[target["measure"]].get("hold"):
        own = own[own["hold"].notna()]
        held = own["delivered"] >= own["hold"]
        return math.nan if own["lacking"].any() or own.empty else 100 * float(held.mean())
    if own["lacking"].any() or own.empty:
        return math.nan
    return 100 * float(own["delivered"].sum() / own["committed"].sum())
