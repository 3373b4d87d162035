"""The one result type."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from tingbjerg_eval.stats.remarks import Remark, note

if TYPE_CHECKING:
    import pandas as pd

Scale = Literal["rate ratio", "percentage points"]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One estimated change with its interval.

    Attributes
    ----------
    estimand
        What is estimated, in a few words.
    scale
        ``"rate ratio"`` (0.75 means 25 % fewer) or ``"percentage points"`` (-4.0 means four
        points lower).
    value, lower, upper
        The estimate and its interval at ``level``; ``nan`` where the method gives none.
    p_value
        Two-sided, of no change (rate ratio 1, 0 points); ``nan`` where the method gives none.
    method
        The function's method entry in ``docs/methods.md``.
    n_treated, n_comparison
        Number of areas on each side.
    remarks
        What a reader must know beside the figure, as codes with numbers; ``note`` says them in
        English.
    """

    estimand: str
    scale: Scale
    value: float
    lower: float
    upper: float
    level: float
    p_value: float
    method: str
    n_treated: int
    n_comparison: int
    remarks: tuple[Remark, ...] = ()

    @property
    def note(self) -> str:
        """The remarks in English; empty when there is none."""
        return note(self.remarks)

    @property
    def null(self) -> float:
        """The value that means no change on this scale."""
        return 1.0 if self.scale == "rate ratio" else 0.0


def tidy(*estimates: Estimate) -> pd.DataFrame:
    """Stack estimates to a frame: fields of :class:`Estimate` and its ``note``, one row each."""
    import pandas as pd

    names = [field.name for field in fields(Estimate)] + ["note"]
    rows = [[getattr(estimate, name) for name in names] for estimate in estimates]
    return pd.DataFrame(rows, columns=names)
