"""What every clean frame promises to later stages, checked before it leaves this package."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from tingbjerg_eval.inputs.quarters import PATTERN

Holds = Callable[[pd.Series], pd.Series]
Column = tuple[str, Holds]
"""A column's type, and what must hold of each of its values."""

QUARTER: Column = ("str", lambda texts: texts.str.fullmatch(PATTERN))
NAME: Column = ("str", lambda texts: texts != "")
COUNT: Column = ("int64", lambda numbers: numbers >= 0)
WHOLE: Column = ("int64", pd.Series.notna)
AMOUNT: Column = ("float64", lambda numbers: numbers >= 0)
FIGURE: Column = ("float64", pd.Series.notna)
WAVE: Column = ("int64", lambda years: years.between(1900, 2100))
PEOPLE: Column = ("int64", lambda numbers: numbers > 0)
WEIGHT: Column = ("float64", lambda numbers: numbers > 0)
FLAG: Column = ("bool", pd.Series.notna)

COLUMNS: dict[str, dict[str, Column]] = {
    "incidents": {"area": NAME, "quarter": QUARTER, "offence": NAME, "count": COUNT},
    "population": {"area": NAME, "quarter": QUARTER, "population": PEOPLE},
    "survey": {"area": NAME, "wave": WAVE, "weight": WEIGHT},
    "activities": {"measure": NAME, "quarter": QUARTER, "planned": AMOUNT, "delivered": AMOUNT,
                   "spent_dkk": AMOUNT},
    "consultation": {"quarter": QUARTER, "source": NAME, "theme": NAME, "area": NAME,
                     "mentions": COUNT},
    "published": {"area": NAME, "year": WHOLE, "measure": NAME, "value": FIGURE, "unit": NAME,
                  "published_in": WHOLE, "source": NAME, "contradicted": FLAG},
}  # fmt: skip
"""By table its columns; a survey's questions stand beside them."""
KEYS: dict[str, list[str]] = {
    "incidents": ["area", "quarter", "offence"],
    "population": ["area", "quarter"],
    "activities": ["measure", "quarter"],
    "consultation": ["quarter", "source", "theme", "area"],
}
"""What no two rows of a table share."""


def checked(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` held against what ``table`` promises.

    Raises
    ------
    AssertionError
        For a breach, which is this package's own error and not the user's.
    """
    columns = COLUMNS[table]
    if table != "survey":
        assert set(frame) == set(columns), f"{table}: columns {', '.join(frame)}"
    for name, (kind, holds) in columns.items():
        assert frame[name].dtype == kind, f"{table}: {name} is {frame[name].dtype}"
        assert holds(frame[name]).all(), f"{table}: {name} breaks its rule"
    if table in KEYS:
        assert not frame.duplicated(KEYS[table]).any(), f"{table}: a row twice"
    return frame
