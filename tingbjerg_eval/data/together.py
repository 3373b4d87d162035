"""What the tables must agree on with one another."""

from __future__ import annotations

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.findings import Findings, listed


def check_together(reading) -> None:
    """Refuse more reports in a quarter than inhabitants."""
    settings = reading.settings
    if {"incidents", "population"} <= set(reading.frames):
        found = Findings(file=settings.data.incidents.file or settings.data.incidents.query_table)
        _check_counts(reading, found)
        reading.items.extend(found.items)


def _check_counts(reading, found: Findings) -> None:
    cells, people = reading.frames["incidents"], reading.frames["population"]
    for name, codes in basket_codes(reading.settings).items():
        counts = cells[cells["offence"].isin(codes)].groupby(["area", "quarter"])["count"].sum()
        joined = counts.reset_index().merge(people, on=["area", "quarter"])
        above = joined[joined["count"] > joined["population"]]
        if len(above):
            said = listed([f"{r.area} {r.quarter}: {r.count_} of {r.population}" for r in
                           above.rename(columns={"count": "count_"}).itertuples()])  # fmt: skip
            found.add("count-above-population", column=f"indicators.{name}", found=said)
