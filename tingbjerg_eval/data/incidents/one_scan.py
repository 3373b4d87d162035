"""Everything that is asked of a large plain file of reports, answered in one reading of it."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from tingbjerg_eval.data.incidents.engines import DuckEngine
from tingbjerg_eval.data.incidents.fingerprints import Fingerprints, text_hashes
from tingbjerg_eval.data.incidents.key_counts import KeyCounts, Numbered, Shortened, TooVaried
from tingbjerg_eval.data.incidents.queries import ReportQueries
from tingbjerg_eval.data.parsing import date_positions, is_fixed_width

DAYS = ("date", "registered")
GROUPED = ("area", "offence", "quarter", *DAYS)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What one reading found; the frames are in no order."""

    cells: pd.DataFrame
    days: pd.DataFrame
    outline: pd.Series
    personal: dict[str, str] = field(repr=False)
    """By heading, one text shaped as a CPR number."""


@dataclass(frozen=True, kw_only=True)
class ScannedQueries(ReportQueries):
    """The same questions as :class:`ReportQueries`, most of them answered already."""

    scan: Scan

    def groups(self) -> pd.DataFrame:
        """As the query's: cells by area, offence and month, and each single day."""
        days = self.scan.days
        singles = [
            days.groupby(name, as_index=False)["n"].sum().assign(kind=name)
            for name in days.columns.drop("n")
        ]
        return pd.concat([self.scan.cells.assign(kind="cell"), *singles], ignore_index=True)

    def outline(self, others: list[str]) -> pd.Series:  # noqa: ARG002
        """As the query's, but ``suspicious`` counts columns."""
        return self.scan.outline

    def suspicious(self, headings: list[str]) -> pd.DataFrame:
        """One text of each of ``headings`` that is shaped as a CPR number."""
        texts = [(one, self.scan.personal[one]) for one in headings if one in self.scan.personal]
        return pd.DataFrame(texts, columns=["heading", "text"])

    def early_rows(self) -> int:
        """How many reports were registered before they happened."""
        days, iso = self.scan.days, _cutter(self.date_format, "Ymd")
        early = days["registered"].map(iso) < days["date"].map(iso)
        return int(days.loc[early & (days["registered"] != ""), "n"].sum())


def queries_of(
    engine: DuckEngine,
    headings: dict[str, str],
    *,
    date_format: str | None,
    waived: Container[str],
) -> ReportQueries:
    """The questions to ``engine``, answered by one reading where its file is plain.

    ``waived`` columns may hold ten digits that are no CPR numbers. A column of areas, codes or
    days with more different texts than memory should hold leaves the questions to the engine,
    which has a disk.
    """
    asked = {"engine": engine, "headings": headings, "date_format": None, "waived": waived}
    if engine.plain is None:
        return ReportQueries(**asked)
    try:
        scan = _Scanner(engine, headings, date_format=date_format, waived=waived).scan()
    except TooVaried:
        return ReportQueries(**asked)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        engine.explain()
        raise
    return ScannedQueries(**asked, scan=scan)


class _Scanner:
    """Takes in the engine's file block by block."""

    def __init__(
        self,
        engine: DuckEngine,
        headings: dict[str, str],
        *,
        date_format: str | None,
        waived: Container[str],
    ):
        self._file, self._waived = engine.plain, waived
        self._case = headings.get("case")
        self._grouped = {name: headings[name] for name in GROUPED if name in headings}
        self._others = [h for h in self._file.headings if h not in self._grouped.values()]
        self._texts = {name: Numbered(self._file.text) for name in self._grouped}
        if "date" in self._texts:
            self._texts["month"] = Shortened(self._texts["date"], _cutter(date_format, "Ym"))
        else:
            self._texts["month"] = self._texts["quarter"]
        self._cells = self._counts("area", "offence", "month")
        self._days = self._counts(*[name for name in DAYS if name in headings])
        self._rows = self._cases = 0
        self._personal: dict[str, str] = {}

    def _counts(self, *names: str) -> KeyCounts:
        return KeyCounts({name: self._texts[name] for name in names})

    def scan(self) -> Scan:
        """Read everything."""
        with Fingerprints() as fingerprints:
            for block in self._file.blocks(coded=set(self._grouped.values())):
                self._rows += len(block)
                self._count(block)
                self._look(block, fingerprints)
            outline = {"rows": self._rows, "cases": self._cases,
                       "different": fingerprints.different(),
                       "suspicious": len(self._personal)}  # fmt: skip
        return Scan(
            cells=self._cells.frame(),
            days=self._days.frame(),
            outline=pd.Series(outline),
            personal=self._personal,
        )

    def _count(self, block: pa.RecordBatch) -> None:
        rows = {
            name: self._texts[name].coded(block[heading]) for name, heading in self._grouped.items()
        }
        rows["month"] = (
            self._texts["month"].coded(rows["date"]) if "date" in rows else rows["quarter"]
        )
        self._cells.add(rows)
        self._days.add(rows)

    def _look(self, block: pa.RecordBatch, fingerprints: Fingerprints) -> None:
        """At the columns that are not counted by: no CPR numbers, no case twice."""
        for heading in self._others:
            column = self._file.checked(block[heading])
            if heading not in self._personal:
                text = self._file.cpr_shaped(column, separated_only=heading in self._waived)
                self._personal |= {} if text is None else {heading: text}
            if heading == self._case:
                hashes = text_hashes(column)
                self._cases += len(hashes)
                fingerprints.add(hashes)


def _cutter(date_format: str | None, parts: str) -> Callable[[str], str]:
    """Cuts year, month and day out by position; blank for a form that will be refused."""
    if date_format is None or not is_fixed_width(date_format):
        return lambda text: text[:0]
    at = date_positions(date_format)
    cuts = [slice(at[f"%{one}"] - 1, at[f"%{one}"] + (3 if one == "Y" else 1)) for one in parts]
    return lambda text: "".join(text[cut] for cut in cuts)
