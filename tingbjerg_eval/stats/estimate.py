"""The one result type."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.stats.remarks import Noted, Remark

if TYPE_CHECKING:
    import pandas as pd

Scale = Literal["rate ratio", "percentage points"]


@guided(instead="As a table: te.tidy(estimate); its figure: estimate.value, estimate.lower, "
                "estimate.upper.")  # fmt: skip
@dataclass(frozen=True, kw_only=True, repr=False)
class Estimate(Noted):
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
        The function's method entry in ``docs/methods``.
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

    def __repr__(self) -> str:
        ends = f"{self.value:.3g} [{self.lower:.3g}; {self.upper:.3g}]"
        return f"<Estimate {self.method}: {self.scale} {ends} at {100 * self.level:g} %>"

    @property
    def null(self) -> float:
        """The value that means no change on this scale."""
        return 1.0 if self.scale == "rate ratio" else 0.0


def tidy(*estimates: Estimate, **named: Estimate) -> pd.DataFrame:
    """Stack estimates to a frame: fields of :class:`Estimate` and its ``note``, one row each.

    Parameters
    ----------
    *estimates, **named
        Estimates, and estimates under a name of your own, by which rows can be told apart.

    Returns
    -------
    DataFrame
        One row per estimate in the order given. With names a first column ``name`` (empty for
        an estimate that has none).

    Raises
    ------
    WrongArgument
        Where something else than an estimate is given.

    Examples
    --------
    >>> rows = te.tidy(
    ...     burglary=te.compare_periods(study.panel("burglary"), study.design),
    ...     violence=te.compare_periods(study.panel("violence"), study.design),
    ... )
    >>> rows["name"].tolist()
    ['burglary', 'violence']
    """
    import pandas as pd

    rows = [("", one) for one in estimates] + list(named.items())
    for _, one in rows:
        _refuse_other(one)
    names = [field.name for field in fields(Estimate)] + ["note"]
    frame = pd.DataFrame([[getattr(one, name) for name in names] for _, one in rows], columns=names)
    if named:
        frame.insert(0, "name", [name for name, _ in rows])
    return frame


def _refuse_other(given: object) -> None:
    if isinstance(given, Estimate):
        return
    if isinstance(given, list | tuple | dict):
        stars = "**" if isinstance(given, dict) else "*"
        raise WrongArgument(f"tidy takes estimates one by one: write tidy({stars}estimates).")
    kind = type(given).__name__
    whole = {"Study": " Write study.estimates().", "TargetResult": " Write result.effect.",
             "Verdict": " Write te.verdict_table(verdict)."}  # fmt: skip
    raise WrongArgument(f"tidy takes estimates, such as compare_periods gives, not {kind}."
                        + whole.get(kind, ""))  # fmt: skip
