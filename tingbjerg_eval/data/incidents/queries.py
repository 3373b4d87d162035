"""The questions that are asked of a table of single reports, in any SQL database."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import lazy_loader
import numpy as np
import pandas as pd

from tingbjerg_eval.data.incidents.engines import Engine
from tingbjerg_eval.data.parsing import date_positions
from tingbjerg_eval.inputs.errors import given

if TYPE_CHECKING:
    import sqlalchemy as sa
else:
    sa = lazy_loader.load("sqlalchemy")


@dataclass(frozen=True, kw_only=True)
class ReportQueries:
    """Queries over ``engine``; ``headings`` maps internal names to its columns.

    ``waived`` columns may hold ten digits that are no CPR numbers, unless they are separated.
    """

    engine: Engine
    headings: dict[str, str]
    date_format: str | None
    waived: Container[str] = frozenset()
    one_offence: str | None = None
    """The code that every report is about, where no column says it."""

    def text(self, name: str) -> sa.ColumnElement[str]:
        """Column ``name`` as text, blank where it is null."""
        if name == "offence" and self.one_offence:
            return sa.literal(self.one_offence)
        column = self.engine.table.c[self.headings[name]]
        return sa.func.coalesce(sa.cast(column, sa.String()), "")

    def groups(self) -> pd.DataFrame:
        """Counts by area, offence and month, and by each single day, in one pass.

        Columns ``area, offence, month, day, registered, kind, n``; ``kind`` says which of the
        columns the row counts.
        """
        keys = {name: self.text(name).label(name) for name in ("area", "offence")} | {
            "month": self._month().label("month")
        }
        single = [name for name in ("date", "registered") if name in self.headings]
        singles = {name: self.text(name).label(name) for name in single}
        inner = sa.select(*keys.values(), *singles.values()).subquery("texts")
        columns = {name: inner.c[name] for name in (*keys, *singles)}
        sets = [sa.tuple_(*[columns[name] for name in keys])]
        sets += [sa.tuple_(columns[name]) for name in singles]
        kinds = [(sa.func.grouping(columns["area"]) == 0, "cell")]
        kinds += [(sa.func.grouping(columns[name]) == 0, name) for name in singles]
        query = sa.select(
            *columns.values(), sa.case(*kinds).label("kind"), sa.func.count().label("n")
        ).group_by(sa.func.grouping_sets(*sets))
        return self.engine.run(query)

    def _month(self) -> sa.ColumnElement[str]:
        """Year and month of the date, cut out by position; the quarter as it stands."""
        if "quarter" in self.headings:
            return self.text("quarter")
        at = date_positions(given(self.date_format))
        date = self.text("date")
        return _cut(date, at["%Y"], 4) + _cut(date, at["%m"], 2)

    def _iso(self, name: str) -> sa.ColumnElement[str]:
        at, text = date_positions(given(self.date_format)), self.text(name)
        return _cut(text, at["%Y"], 4) + _cut(text, at["%m"], 2) + _cut(text, at["%d"], 2)

    def registered_early(self) -> sa.ColumnElement[bool]:
        """Whether a report was registered before it happened."""
        return sa.and_(self.text("registered") != "", self._iso("registered") < self._iso("date"))

    def rows_with(self, name: str, value: str) -> sa.ColumnElement[bool]:
        """Whether a row's ``name`` is ``value``."""
        return self.text(name) == value

    def early_rows(self) -> int:
        """How many reports were registered before they happened."""
        table, early = self.engine.table, self.registered_early()
        query = sa.select(sa.func.count()).select_from(table).where(early)
        return int(self.engine.run(query).iloc[0, 0])

    def ordered_dates(self) -> dict[str, np.ndarray]:
        """Dates in each order that the rows have: a database table has none of its own."""
        return {}

    def largest(self, name: str) -> str:
        """The last text of ``name`` in order."""
        value = self.engine.run(sa.select(sa.func.max(self.text(name)).label("m"))).iloc[0, 0]
        return value if isinstance(value, str) else ""

    def outline(self, others: list[str]) -> pd.Series:
        """One pass over the columns that are not grouped by.

        ``rows``; ``cases`` with a case number and ``different`` ones among them (0 without that
        column); ``suspicious``, the rows with ten digits in one of the columns ``others``.
        """
        filled = sa.func.nullif(self.text("case"), "") if "case" in self.headings else sa.null()
        suspicious = sa.or_(*[self._ten_digits(one) for one in others], sa.false())
        query = sa.select(
            sa.func.count().label("rows"),
            sa.func.count(filled).label("cases"),
            sa.func.count(sa.func.distinct(filled)).label("different"),
            sa.func.count(sa.case((suspicious, 1))).label("suspicious"),
        ).select_from(self.engine.table)
        return self.engine.run(query).iloc[0]

    def _ten_digits(self, heading: str) -> sa.ColumnElement[bool]:
        text = self._plain(heading)
        return self.engine.ten_digits(text, separated_only=heading in self.waived)

    def _plain(self, heading: str) -> sa.ColumnElement[str]:
        return sa.cast(self.engine.table.c[heading], sa.String())

    def repeated_cases(self) -> pd.DataFrame:
        """Case numbers on several rows, with how many areas they lie in."""
        case, area = self.text("case").label("case"), self.text("area").label("area")
        inner = sa.select(case, area).subquery("cases")
        query = (
            sa.select(
                inner.c.case,
                sa.func.count().label("n"),
                sa.func.count(sa.func.distinct(inner.c.area)).label("areas"),
            )
            .where(inner.c.case != "")
            .group_by(inner.c.case)
            .having(sa.func.count() > 1)
            .order_by(inner.c.case)
            .limit(20)
        )
        return self.engine.run(query)

    def area_codes(self) -> pd.DataFrame:
        """Every ``area`` with every ``area_code`` that comes with it."""
        pairs = [self.text(name).label(name) for name in ("area", "area_code")]
        return self.engine.run(sa.select(*pairs).select_from(self.engine.table).distinct())

    def suspicious(self, headings: list[str]) -> pd.DataFrame:
        """Columns ``heading, text``: distinct texts that hold ten digits (1,000 of each column)."""
        parts = []
        for heading in headings:
            text, label = self._plain(heading), sa.literal(heading)
            query = sa.select(label.label("heading"), text.label("text")).distinct().limit(1000)
            parts.append(self.engine.run(query.where(self._ten_digits(heading))))
        return pd.concat(parts, ignore_index=True)

    def zeros_lost(self, headings: Iterable[str]) -> list[str]:  # noqa: ARG002
        """Columns of CPR numbers that lost their zeros: a database keeps texts as they were."""
        return []


def _cut(text: sa.ColumnElement[str], first: int, length: int) -> sa.ColumnElement[str]:
    return sa.func.substring(text, first, length, type_=sa.String())
