"""What was found about one target: its figures, its answers and its verdict, and all as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.power import MinimumDetectableChange
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Window
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.observed import Observed
from tingbjerg_eval.targets.verdicts import Verdict

Answer = Estimate | MethodRefused | None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Figures:
    """What a target's verdict is made of; ``None`` for what is not asked."""

    observed: Observed
    data: pd.DataFrame | None = None
    design: Design | None = None
    change: Answer = None
    effect: Answer = None
    smallest: MinimumDetectableChange | MethodRefused | None = None
    beside: Answer = None


@guided("effect", "verdict", "design", "target", "observed",
        instead="Its figures: te.tidy(change=result.change, effect=result.effect).")  # fmt: skip
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TargetResult(Figures):
    """What was found about one target.

    Attributes
    ----------
    data, design
        The panel or shares table, and the design with the target's own windows; ``None`` for a
        delivery, and a design of ``None`` while it is too early.
    change, effect
        ``compare_periods`` and ``difference_in_differences``, or the refusal they met; ``None``
        where the question is not asked.
    smallest
        The smallest change that could be shown, judged from the baseline.
    beside
        ``displacement`` of the same windows, where there are adjacent areas.
    """

    name: str
    target: Target
    verdict: Verdict

    def __repr__(self) -> str:
        return f"<TargetResult {self.name}: {self.change!r}, {self.effect!r}, {self.verdict!r}>"

    @property
    def rows(self) -> pd.DataFrame | None:
        """The rows of ``data`` in the windows of ``design``, on which its answers rest."""
        if self.data is None or self.design is None:
            return self.data
        return self.design.rows(self.data)

    @property
    def own_design(self) -> Design:
        """The design with the target's own windows, for what is asked only where there is one.

        Raises
        ------
        WrongArgument
            For a delivery, and while it is too early.
        """
        if self.design is None:
            raise WrongArgument(f"The target {self.name!r} has no windows to compare yet.")
        return self.design

    @property
    def estimate(self) -> Estimate:
        """The effect, for what is asked only where it was estimated.

        Raises
        ------
        WrongArgument
            Where it was refused or is not asked.
        """
        if not isinstance(self.effect, Estimate):
            raise WrongArgument(f"The effect on the target {self.name!r} was not estimated.")
        return self.effect

    @property
    def indicator(self) -> str:
        """The indicator that the target is judged by.

        Raises
        ------
        WrongArgument
            For a delivery.
        """
        if self.target.indicator is None:
            raise WrongArgument(f"The target {self.name!r} is a delivery and has no indicator.")
        return self.target.indicator

    @property
    def question(self) -> tuple[str | None, Window | None]:
        """The indicator and the period that its estimates answer for; never the one alone."""
        return self.target.indicator, self.design.period if self.design else None


def one_each(results: Iterable[TargetResult]) -> list[TargetResult]:
    """The first result of each question: two targets of one indicator may ask the same."""
    return list({one.question: one for one in reversed(list(results))}.values())[::-1]


def verdict_table(*verdicts: Verdict) -> pd.DataFrame:
    """One row per verdict, columns as the fields of :class:`Verdict`.

    Parameters
    ----------
    verdicts
        Verdicts, one row each.

    Returns
    -------
    DataFrame
        In the order given.

    Raises
    ------
    WrongArgument
        Where something else than a verdict is given.

    Examples
    --------
    >>> te.verdict_table(study.verdict("vold-10"))["target"].tolist()
    ['vold-10']
    """
    from dataclasses import asdict, fields

    for one in verdicts:
        if not isinstance(one, Verdict):
            raise WrongArgument(
                "verdict_table takes verdicts one by one, such as study.verdict(target) gives; "
                f"not {type(one).__name__}. All of a study: study.verdicts."
            )
    names = [field.name for field in fields(Verdict)]
    return pd.DataFrame([asdict(one) for one in verdicts], columns=names)
