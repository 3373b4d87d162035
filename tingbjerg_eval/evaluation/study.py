"""A study in the hand: its targets judged, and all it holds as tidy tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tingbjerg_eval.evaluation.in_hand import InHand
from tingbjerg_eval.evaluation.judging import evaluated, measurable, verdict_of
from tingbjerg_eval.evaluation.results import Answer, Figures, TargetResult
from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.targets.answers import adjusted_p_values
from tingbjerg_eval.targets.measurability import Measurability
from tingbjerg_eval.targets.verdicts import Verdict

if TYPE_CHECKING:
    pass


@guided("design", "tables", "strategy", "settings",
        instead="Its tables: study.targets, study.verdicts, study.estimates(); one target: "
                "study.result(target); one indicator: study.panel(indicator).")  # fmt: skip
class Study(InHand):
    """Everything an evaluation needs, read once.

    Attributes
    ----------
    settings, written, tables
        ``study.yaml``, ``strategy.yaml`` as it was first written, and the checked tables.
    path
        The study's file.
    until
        The last quarter that is known; ``None`` for the whole period.
    released
        What may be shown of the study, where it is seen through a publication: panels and shares
        are then the released ones, and so are all answers. ``None`` for work in the house.
    memo
        What was worked out for this study and every view of it at a quarter. A study made by
        ``dataclasses.replace`` has one of its own.
    """

    def evaluate(self) -> tuple[TargetResult, ...]:
        """Every target judged; provisionally where not everything is known yet."""
        return evaluated(self)

    def result(self, target: str) -> TargetResult:
        """What was found about one target."""
        self._target(target)
        return next(one for one in self.evaluate() if one.name == target)

    def verdict(self, target: str) -> Verdict:
        """The verdict on one target."""
        return self.result(target).verdict

    def judged(self, target: str, effect: Answer) -> Verdict:
        """The verdict on one target if ``effect`` were what is found of it.

        The other primary targets keep their effects, so Holm's correction is the report's own
        where ``effect`` is.

        Parameters
        ----------
        target
            Name of the target.
        effect
            An estimate, a refusal, or ``None`` where the question is not asked.

        Returns
        -------
        Verdict
            The same as :meth:`verdict` for the effect that the report rests on.
        """
        if not isinstance(effect, Estimate | MethodRefused | None):
            raise WrongArgument("effect is an Estimate such as study.result(target).effect.")
        known = self.result(target)
        effects = {one.name: one.effect for one in self.evaluate()} | {target: effect}
        adjusted = adjusted_p_values(effects, self.strategy.primary_targets)[target]
        found: Figures = {
            "observed": known.observed, "data": known.data, "design": known.design,
            "change": known.change, "effect": effect, "smallest": known.smallest,
            "beside": known.beside,
        }  # fmt: skip
        return verdict_of(self, target, found, adjusted)

    def measurable(self, target: str) -> Measurability:
        """Whether the goal of ``target`` is large enough to be seen, from the baseline alone."""
        self._target(target)
        return measurable(self, target)

    def _target(self, name: str) -> None:
        """Refuse a name that no target has, with the nearest."""
        titles = {key: one.title for key, one in self.strategy.targets.items()}
        refuse_unknown(name, titles, what="target")

    def __repr__(self) -> str:
        held = f"{len(self.strategy.targets)} targets, {len(self.settings.indicators)} indicators"
        seen = f", as of {self.until}" if self.until else ""
        simulated = ", simulated" if self.settings.simulated else ""
        several = bool(self.settings.areas.programme)
        windows = repr(self.programme).strip("<>") if several else self.design.windows
        return f"<Study {self.settings.name}{simulated}: {held}{seen}; {windows}>"
