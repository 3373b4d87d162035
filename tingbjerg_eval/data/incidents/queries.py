"""The questions that are asked of a table of single reports, in any SQL database."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

    def text(self, name: str, rows: sa.FromClause | None = None) -> sa.ColumnElement[str]:
        """Column ``name`` of the table, or of ``rows`` of it, as text; blank where it is null."""
        if name == "offence" and self.one_offence:
            return sa.literal(self.one_offence)
        column = (self.engine.table if rows is None else rows).c[self.headings[name]]
        return sa.func.coalesce(sa.cast(column, sa.String()), "")

    def groups(self) -> pd.DataFrame:
        """Counts by area, offence and month, and by each single day.

        Columns ``area, offence, month, date, registered, kind, n``; ``kind`` says which of the
        columns the row counts. The rows are counted once, as the table holds them; what is
        turned into text is the few that this leaves.
        """
        time = "quarter" if "quarter" in self.headings else "date"
        rows = self._counted("area", "offence", time)
        cells = [rows.c.area, rows.c.offence, self._month(rows.c[time]).label("month")]
        kinds = {"cell": cells, "date": [rows.c.date]} if time == "date" else {"cell": cells}
        groups = self._sums(rows, kinds)
        if "registered" not in self.headings:
            return groups
        rows = self._counted("registered")
        return pd.concat([groups, self._sums(rows, {"registered": [rows.c.registered]})])

    def _counted(self, *names: str) -> sa.CTE:
        """The columns ``names`` as text, and ``n`` rows of each combination."""
        held = [self.engine.table.c[self.headings[one]] for one in names if one in self.headings]
        rows = sa.select(*held, sa.func.count().label("n")).group_by(*held).cte("rows")
        return sa.select(*[self.text(one, rows).label(one) for one in names], rows.c.n).cte("texts")

    def _sums(self, rows: sa.CTE, kinds: dict[str, list[Any]]) -> pd.DataFrame:
        """How many of ``rows`` there are, grouped by the columns of each kind."""
        columns = [one for of_kind in kinds.values() for one in of_kind]
        query = sa.select(
            *columns,
            sa.case(*[(sa.func.grouping(own[0]) == 0, kind) for kind, own in kinds.items()])
            .label("kind"),
            sa.cast(sa.func.sum(rows.c.n), sa.BigInteger()).label("n"),
        )  # fmt: skip
        sets = [sa.tuple_(*own) for own in kinds.values()]
        return self.engine.run(query.group_by(sa.func.grouping_sets(*sets)))

    def _month(self, time: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        """Year and month of the date, cut out by position; the quarter as it stands."""
        if "quarter" in self.headings:
            return time
        at = date_positions(given(self.date_format))
        return _cut(time, at["%Y"], 4) + _cut(time, at["%m"], 2)

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
        """The last of ``name`` in order, as text."""
        last = sa.func.max(self.engine.table.c[self.headings[name]])
        value = self.engine.run(sa.select(sa.cast(last, sa.String()).label("m"))).iloc[0, 0]
        return value if isinstance(value, str) else ""

    def outline(self, others: list[str]) -> pd.Series:
        """What the columns hold that are not grouped by.

        ``rows``; ``cases`` with a case number and ``different`` ones among them (0 without that
        column); ``suspicious``, the rows with ten digits in one of the columns ``others``.
        """
        filled: Any = sa.null()
        if "case" in self.headings:
            filled = sa.func.nullif(self.text("case"), "")
        suspicious = sa.or_(*[self._ten_digits(one) for one in others], sa.false())
        # By itself, for no server counts different values side by side with other processes.
        different = sa.func.count(sa.func.distinct(self.engine.hashed(filled)))
        each = [
            {"rows": sa.func.count(), "cases": sa.func.count(filled),
             "suspicious": sa.func.count(sa.case((suspicious, 1)))},
            {"different": different},
        ]  # fmt: skip
        found = [
            self.engine.run(sa.select(*[value.label(name) for name, value in of.items()])
                            .select_from(self.engine.table)).iloc[0]
            for of in each
        ]  # fmt: skip
        return pd.concat(found)

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
