"""Targets and estimates to verdicts: three answers that are kept apart, and one fixed table.

``met`` is arithmetic on the observed figures. ``certain`` asks whether chance could have moved
them across the goal. ``effect`` asks whether the comparison areas' changes would have led one to
expect them. See ``docs/methods/targets.md`` for the table in words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tingbjerg_eval.inputs.calls import checked, guided
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.targets.answers import (
    Certain,
    Course,
    Effect,
    Met,
    certain_of,
    course_of,
    effect_of,
    met_by,
    neighbours_of,
    plain_p_value,
    smallest_from_interval,
    towards_good,
)

if TYPE_CHECKING:
    from tingbjerg_eval.stats.power import MinimumDetectableChange
    from tingbjerg_eval.study.strategy import Target
    from tingbjerg_eval.targets.observed import Observed

Signal = Literal["good", "mixed", "bad", "unknown"]

STATUS: dict[tuple[str, str, str], tuple[str, Signal]] = {
    ("yes", "yes", "better"): ("met-with-effect", "good"),
    ("yes", "yes", "worse"): ("met-against-effect", "mixed"),
    ("yes", "yes", "cannot be shown"): ("met-effect-unknown", "mixed"),
    ("yes", "yes", "not asked"): ("met", "good"),
    ("yes", "no", "better"): ("narrowly-met-with-effect", "good"),
    ("yes", "no", "worse"): ("narrowly-met-against-effect", "mixed"),
    ("yes", "no", "cannot be shown"): ("narrowly-met-effect-unknown", "mixed"),
    ("yes", "no", "not asked"): ("narrowly-met", "mixed"),
    ("no", "no", "better"): ("narrowly-missed-with-effect", "mixed"),
    ("no", "no", "worse"): ("narrowly-missed-against-effect", "bad"),
    ("no", "no", "cannot be shown"): ("narrowly-missed-effect-unknown", "mixed"),
    ("no", "no", "not asked"): ("narrowly-missed", "mixed"),
    ("no", "yes", "better"): ("missed-with-effect", "mixed"),
    ("no", "yes", "worse"): ("missed-against-effect", "bad"),
    ("no", "yes", "cannot be shown"): ("missed-effect-unknown", "bad"),
    ("no", "yes", "not asked"): ("missed", "bad"),
    ("no data", "none", "better"): ("undecided-with-effect", "unknown"),
    ("no data", "none", "worse"): ("undecided-against-effect", "unknown"),
    ("no data", "none", "cannot be shown"): ("undecided", "unknown"),
    ("no data", "none", "not asked"): ("undecided", "unknown"),
}
"""(met, certain, effect in the direction of good) to the overall status and its signal."""

COURSE_SIGNAL: dict[str, Signal] = {
    "on course": "good", "not on course": "bad", "too early": "unknown", "no data": "unknown",
}  # fmt: skip
COURSE_STATUS = {
    "on course": "on-course", "not on course": "not-on-course", "too early": "too-early",
    "no data": "undecided",
}  # fmt: skip


@guided(instead="As a table: te.verdict_table(verdict).")
@dataclass(frozen=True, kw_only=True, repr=False)
class Verdict:
    """What is said of one target.

    Attributes
    ----------
    goal, observed, observed_lower, observed_upper
        On the scale of the target's kind: percent for ``relative_change``, ``gap_to``,
        ``delivered``, levels of shares and yearly changes of counts; percentage points for
        ``point_change`` and yearly changes of shares; reports per 1,000 inhabitants and year for
        levels of counts. The two limits are one-sided, each at the study's level.
    baseline, latest
        The indicator's own level before and now (percent, or per 1,000 and year).
    met, certain, effect
        The three answers. ``certain`` is ``"none"`` without data.
    effect_value, effect_lower, effect_upper, p_value, p_adjusted
        From the difference-in-differences, on ``effect_scale``; ``nan`` where it was not asked
        or refused. The effect is decided by ``p_adjusted``.
    smallest_shown, smallest_from
        The smallest change towards the goal that would be found with 80 % power, on
        ``effect_scale``: ``"baseline"`` when it was fixed from the baseline's own variation,
        ``"interval"`` when it is read off the interval afterwards.
    status, signal
        From :data:`STATUS`; in a quarterly report ``course`` stands for both.
    course
        ``""`` in a final verdict.
    reason
        A stable code that says why there are no data, or why no effect can be shown.
    exploratory
        Whether the target stands outside the main conclusion, so that its p-value is not
        adjusted.
    retired
        Whether the steering group has retired the target; it is judged all the same.
    window
        The quarters or waves that ``observed`` reads; empty where there are none.
    missing
        Quarters whose delivery nobody has returned.
    neighbours, neighbours_value, neighbours_lower, neighbours_upper
        What is known of the adjacent areas: ``fewer`` or ``more`` than expected where their
        interval excludes no change, at the study's level.
    restless
        How many times as restless as the comparison areas the area was before the effort, where
        the effect's interval is wider for it; ``nan`` where it rests on the area being no more
        restless than they.
    of_quarters
        Whether a delivery's figure is the share of quarters in which the commitment was kept; the
        share of the amount otherwise.
    """

    target: str
    title: str
    action_area: str
    responsible: str
    kind: str
    indicator: str
    measure: str
    primary: bool
    by: str | int
    good: str
    goal: float
    observed: float
    observed_lower: float
    observed_upper: float
    baseline: float
    latest: float
    met: Met
    certain: Certain
    effect: Effect
    effect_scale: str
    effect_value: float
    effect_lower: float
    effect_upper: float
    p_value: float
    p_adjusted: float
    smallest_shown: float
    smallest_from: str
    status: str
    signal: Signal
    course: Course
    reason: str
    exploratory: bool
    retired: bool
    window: tuple[str | int, str | int] | tuple[()] = ()
    missing: tuple[str, ...] = ()
    neighbours: Effect = "not asked"
    neighbours_value: float = math.nan
    neighbours_lower: float = math.nan
    neighbours_upper: float = math.nan
    restless: float = math.nan
    of_quarters: bool = False

    def __repr__(self) -> str:
        answers = self.course if self.provisional else f"met {self.met}, certain {self.certain}"
        figures = f"observed {self.observed:.3g}, goal {self.goal:g}"
        return f"<Verdict {self.target}: {answers}, effect {self.effect}; {figures}>"

    @property
    def provisional(self) -> bool:
        """Whether this is a quarterly verdict, not the final one."""
        return self.course != ""

    @property
    def better(self) -> str:
        """The effect told as ``better`` or ``worse`` than expected; otherwise as it is."""
        return towards_good(self.effect, self.good)

    @property
    def next_door(self) -> str:
        """The neighbours' change told as ``better`` or ``worse``; otherwise as it is."""
        return towards_good(self.neighbours, self.good)


@checked
def judge(
    name: str,
    target: Target,
    observed: Observed,
    *,
    good: str = "lower",
    effect: Estimate | MethodRefused | None = None,
    p_adjusted: float | None = None,
    smallest: MinimumDetectableChange | MethodRefused | None = None,
    beside: Estimate | MethodRefused | None = None,
    provisional: bool = False,
    retired: bool = False,
) -> Verdict:
    """The verdict on one target.

    Parameters
    ----------
    name
        The target's name.
    target
        The target as the strategy has it.
    observed
        Its figures (:func:`tingbjerg_eval.targets.observed.observe`).
    good
        Direction of good of the target's indicator; a delivery is better the higher.
    effect
        The difference-in-differences over the target's own windows, the refusal it met, or
        ``None`` where none was asked for. Not used in a provisional verdict: a question asked
        anew each quarter would sooner or later be answered by chance.
    p_adjusted
        The effect's p-value after :func:`adjusted_p_values`; its own where not given.
    smallest
        The smallest change that could be shown, from the baseline.
    beside
        The adjacent areas' change beyond what was expected
        (:func:`~tingbjerg_eval.stats.displacement.displacement`), where they were asked about. It
        qualifies the conclusion: a better course here beside a worse one next door is mixed.
    provisional
        Whether not everything is known yet.
    retired
        Whether the steering group has retired the target.

    Returns
    -------
    Verdict
        The three answers with the figures on which they stand.

    Examples
    --------
    >>> found = study.result("indbrud-40")
    >>> te.judge(found.name, found.target, found.observed, effect=found.effect).met
    'no'
    """
    delivered = target.of_kind.by_measure
    good = "higher" if delivered else good
    asked = None if provisional or delivered else effect
    met = met_by(target, observed, good=good)
    certain = certain_of(target, observed, good=good)
    direction = effect_of(asked, p_adjusted)
    neighbours = "not asked" if asked is None else neighbours_of(beside)
    status, signal = qualified(
        STATUS[met, certain, towards_good(direction, good)], towards_good(neighbours, good)
    )
    course = course_of(target, observed, good=good) if provisional else ""
    return Verdict(
        **_described(name, target, good),
        **_figures(observed),
        met=met,
        certain=certain,
        effect=direction,
        **_effect_figures(asked, p_adjusted),
        neighbours=neighbours,
        **_ends("neighbours", None if asked is None else beside),
        restless=_restless(asked),
        **_smallest(asked, smallest, wants_fewer=good == "lower"),
        status=COURSE_STATUS[course] if provisional else status,
        signal=COURSE_SIGNAL[course] if provisional else signal,
        course=course,
        reason=observed.reason or getattr(asked, "code", ""),
        exploratory=not target.primary and isinstance(asked, Estimate),
        retired=retired,
    )


def qualified(found: tuple[str, Signal], neighbours: str) -> tuple[str, Signal]:
    """A status with what happened next door; a worse course there is never plainly good."""
    status, signal = found
    if neighbours != "worse":
        return found
    return f"{status}-neighbours-worse", "mixed" if signal == "good" else signal


def _ends(of: str, answer: Estimate | MethodRefused | None) -> dict[str, Any]:
    """An estimate with its limits; ``nan`` where there is none."""
    ends = ("value", "lower", "upper")
    return {f"{of}_{end}": float(getattr(answer, end, math.nan)) for end in ends}


def _restless(effect: Estimate | MethodRefused | None) -> float:
    """The ratio for which the interval was widened."""
    said = effect.remarks if isinstance(effect, Estimate) else ()
    return next((one.numbers["ratio"] for one in said if one.code == "restless"), math.nan)


def _described(name: str, target: Target, good: str) -> dict[str, Any]:
    return {
        "target": name,
        "title": target.title,
        "action_area": target.action_area,
        "responsible": target.responsible,
        "kind": target.kind,
        "indicator": target.indicator or "",
        "measure": target.measure or "",
        "primary": target.primary,
        "by": target.by,
        "good": good,
        "goal": target.limit,
    }


def _figures(observed: Observed) -> dict[str, Any]:
    return {
        "observed": observed.value,
        "observed_lower": observed.lower,
        "observed_upper": observed.upper,
        "baseline": observed.baseline,
        "latest": observed.latest,
        "window": observed.window,
        "missing": observed.missing,
        "of_quarters": observed.of_quarters,
    }


def _effect_figures(
    effect: Estimate | MethodRefused | None, p_adjusted: float | None
) -> dict[str, Any]:
    p_value = plain_p_value(effect)
    if not isinstance(effect, Estimate) or p_adjusted is None:
        p_adjusted = p_value
    return {
        "effect_scale": getattr(effect, "scale", ""), **_ends("effect", effect),
        "p_value": p_value, "p_adjusted": p_adjusted,
    }  # fmt: skip


def _smallest(
    effect: Estimate | MethodRefused | None,
    smallest: MinimumDetectableChange | MethodRefused | None,
    *,
    wants_fewer: bool,
) -> dict[str, Any]:
    if smallest is not None and not isinstance(smallest, MethodRefused):
        found = smallest.fall if wants_fewer else smallest.rise
        return {"smallest_shown": found, "smallest_from": "baseline"}
    if isinstance(effect, Estimate):
        found = smallest_from_interval(effect, fall=wants_fewer)
        return {"smallest_shown": found, "smallest_from": "interval"}
    return {"smallest_shown": math.nan, "smallest_from": ""}
