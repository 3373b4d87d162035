"""The same questions of a table that DuckDB reads, each in as few passes as can be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.data.incidents.engines import (
    TEN_DIGITS_ANYWHERE,
    VIEW,
    ZERO_LOST,
    DuckEngine,
    cpr_pattern,
    quoted_name,
    quoted_text,
)
from tingbjerg_eval.data.incidents.queries import ReportQueries
from tingbjerg_eval.data.parsing import date_positions

HELD = 1 << 24
"""Rows whose hashes are held in memory (128 MB)."""
ORDERED = 1_000_000
"""Rows of a file, from its first, whose order is looked at."""
LONG = 9
"""Signs of a CPR number that lost its leading zero."""


@dataclass(frozen=True, kw_only=True)
class FileQueries(ReportQueries):
    """:class:`ReportQueries` in DuckDB's own SQL.

    Case numbers are told apart by 64-bit hashes: two texts with one hash only cost an exact
    second look.
    """

    engine: DuckEngine

    def ordered_dates(self) -> dict[str, np.ndarray]:
        """Dates as the file has them, by case number, and by day of registration."""
        orders = {"rows": ""}
        if "case" in self.headings:
            orders["case"] = f"ORDER BY length({self._text('case')}), {self._text('case')}"
        if "registered" in self.headings:
            orders["registered"] = f"ORDER BY {self._iso_text('registered')}"
        rows = f"(SELECT * FROM {VIEW} LIMIT {ORDERED})"
        return {
            name: self.engine.arrays(
                f"SELECT CAST(strptime({self._iso_text('date')}, '%Y%m%d') AS DATE) AS day "
                f"FROM {rows} {order}"
            )["day"].astype("datetime64[D]")
            for name, order in orders.items()
        }

    def _iso_text(self, name: str) -> str:
        """``20110403`` of a date, whatever its form."""
        at = date_positions(str(self.date_format))
        parts = (("%Y", 4), ("%m", 2), ("%d", 2))
        return " || ".join(f"substring({self._text(name)}, {at[p]}, {n})" for p, n in parts)

    def outline(self, others: list[str]) -> pd.Series:
        """As the query's; ``suspicious`` rows may also hold a number that lost its zero."""
        suspicious = " OR ".join([self._suspicious(one) for one in others] or ["false"])
        suspicious = f"coalesce({suspicious}, false)"
        case = self._text("case") if "case" in self.headings else "''"
        texts = f"SELECT hash({case}) AS hash, {case} <> '' AS filled, {suspicious} AS suspicious"
        if (self.engine.expected_rows or HELD) < HELD:
            return _outline_of(self.engine.arrays(f"{texts} FROM {VIEW}"))
        return self.engine.fetch(
            f"SELECT count(*) AS rows, count_if(filled) AS cases, count_if(suspicious) AS "
            f"suspicious, count(DISTINCT hash) FILTER (filled) AS different "
            f"FROM ({texts} FROM {VIEW})"
        ).iloc[0]

    def zeros_lost(self, headings: Iterable[str]) -> list[str]:
        """Those of ``headings`` in which most long texts hold a CPR number without its zero."""
        lost = []
        for heading in headings:
            text = quoted_name(heading)
            share = self.engine.fetch(
                f"SELECT count(*) FILTER (regexp_matches(t, {quoted_text(ZERO_LOST)})) AS lost, "
                f"count(*) AS long FROM (SELECT DISTINCT CAST({text} AS VARCHAR) AS t FROM {VIEW}) "
                f"WHERE length(t) >= {LONG}"
            ).iloc[0]
            if heading not in self.waived and share["lost"] * 2 > share["long"]:
                lost.append(heading)
        return lost

    def _text(self, name: str) -> str:
        if name == "offence" and self.one_offence:
            return quoted_text(self.one_offence)
        return f"coalesce(CAST({quoted_name(self.headings[name])} AS VARCHAR), '')"

    def _suspicious(self, heading: str) -> str:
        text = f"CAST({quoted_name(heading)} AS VARCHAR)"
        pattern = cpr_pattern(separated_only=heading in self.waived)
        if heading not in self.waived:
            pattern = f"({pattern})|({ZERO_LOST})"
        return (
            f"regexp_matches({text}, {quoted_text(pattern)}) OR (strlen({text}) > length({text}) "
            f"AND regexp_matches({text}, {quoted_text(TEN_DIGITS_ANYWHERE)}))"
        )


def _outline_of(rows: dict[str, np.ndarray]) -> pd.Series:
    """The same where all hashes fit in memory: sorting them costs far less than a table."""
    hashes = rows["hash"][rows["filled"]]
    hashes.sort()
    different = len(hashes[:1]) + int(np.count_nonzero(hashes[1:] != hashes[:-1]))
    return pd.Series(
        {"rows": len(rows["hash"]), "cases": len(hashes), "different": different,
         "suspicious": int(rows["suspicious"].sum())}
    )  # fmt: skip
