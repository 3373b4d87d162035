"""What the evaluation asks of a publication, which lies above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.strategy import Target

if TYPE_CHECKING:
    import pandas as pd


class Released(Protocol):
    """What may be shown of a study, as :mod:`tingbjerg_eval.publication` gives it."""

    @property
    def report(self) -> str:
        """The report that shows it."""

    def panel(self, indicator: str) -> pd.DataFrame:
        """A count indicator's released panel."""

    def shares(self, indicator: str) -> pd.DataFrame:
        """A share indicator's released table."""

    def share_design(self, indicator: str) -> Design | None:
        """The design that the released shares allow."""

    def moment(self, target: Target) -> str | None:
        """The last quarter up to which ``target`` can be measured."""

    def withheld(
        self, indicator: str, design: Design, *, areas: Sequence[str] = ()
    ) -> MethodRefused | None:
        """Why nothing is told of the ``areas`` over the windows of ``design``."""

    def refusal(self, target: Target, design: Design) -> MethodRefused | None:
        """Why nothing is told of ``target`` over the windows of ``design``."""

    def programme_withheld(self, indicator: str) -> MethodRefused | None:
        """Why nothing is told of a programme's areas together."""

    def next_door_withheld(self, indicator: str) -> MethodRefused | None:
        """Why nothing is told of the areas next to a programme's areas."""
