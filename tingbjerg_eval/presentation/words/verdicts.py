"""Verdicts in words: three answers that are kept apart, and one paragraph a target."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from tingbjerg_eval.inputs.quarters import is_period
from tingbjerg_eval.presentation.words.estimates import RATIO, interval_text, value_text
from tingbjerg_eval.presentation.words.numbers import MISSING, is_missing, rounded
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.study.kinds import KINDS, Form
from tingbjerg_eval.targets.answers import ROUNDING
from tingbjerg_eval.targets.expected import difference_of
from tingbjerg_eval.targets.verdicts import Verdict

POINTS = "percentage points"
TOO_EARLY = "too-early"
"""Its reason is another for counts, for shares and for what is delivered."""
WHOLE = 100
"""Per cent of what was agreed: all of it."""
MOST_DECIMALS = 9
"""A figure closer to the goal than this has reached it."""


def met_text(verdict: Verdict, words: Words) -> str:
    """Whether the target is met or, in a quarterly report, on course."""
    if verdict.course:
        return words(f"verdict.course.{_key(verdict.course)}")
    return words(f"verdict.met.{_key(verdict.met)}")


def certain_text(verdict: Verdict, words: Words) -> str:
    """Whether the answer is certain."""
    counted = verdict.measure and verdict.met != "no data"
    return words("card.counted" if counted else f"verdict.certain.{_key(verdict.certain)}")


def effect_text(verdict: Verdict, words: Words) -> str:
    """Whether it was the effort."""
    of_shares = {"fewer": "lower", "more": "higher"}
    effect: str = verdict.effect
    if verdict.effect_scale == POINTS:
        effect = of_shares.get(effect, effect)
    said = words(f"verdict.effect.{_key(effect)}")
    if verdict.better in ("better", "cannot be shown") and verdict.next_door == "worse":
        return words(f"verdict.effect.but_{verdict.neighbours}_next_door", effect=said)
    return said


def observed_text(verdict: Verdict, words: Words) -> str:
    """The observed figure on the scale of the target's kind, never rounded across the goal."""
    if verdict.observed == math.inf:
        return words("verdict.figure.from_nothing")
    if is_missing(verdict.observed):
        return MISSING
    decimals, value = observed_decimals(verdict), verdict.observed
    difference = difference_of(verdict.baseline, verdict.latest)
    subtracted = verdict.latest - verdict.baseline
    # Whether what is judged is a share after less the share before.
    judged = _of(verdict) == "share" and abs(subtracted - verdict.observed) < ROUNDING
    if decimals == 1 and judged and not is_missing(difference):
        kind = KINDS[verdict.kind]
        sides = {kind.margin(verdict.goal, told, good=verdict.good) <= ROUNDING
                 for told in (value, difference)}  # fmt: skip
        value = difference if len(sides) == 1 else value
    return _figure(verdict, value, decimals, words)


def goal_text(verdict: Verdict, words: Words) -> str:
    """The goal as the strategy wrote it, on the scale of the target's kind, with its direction."""
    kind = KINDS[verdict.kind]
    if kind.zero_goal and not verdict.goal:
        return words(f"rows.{kind.zero_goal}_{_of(verdict)}_{verdict.good}")
    if kind.by_measure and verdict.goal == WHOLE:
        return words(f"verdict.figure.{kind.unit[_measured(verdict)]}_all")
    text = _figure(verdict, verdict.goal, written_decimals(verdict.goal), words)
    if not kind.bounded:
        return text
    key = "at_most" if kind.wants_fewer(verdict.good) else "at_least"
    return words(f"verdict.figure.{key}", value=text)


def written_decimals(goal: float) -> int:
    """How many decimals it takes to write ``goal``.

    >>> written_decimals(-20.0), written_decimals(99.5)
    (0, 1)
    """
    return max(-int(Decimal(repr(goal)).normalize().as_tuple().exponent), 0)


def observed_decimals(verdict: Verdict) -> int:
    """As many decimals as it takes for the written figure to give the answer beside it."""
    kind = KINDS[verdict.kind]
    if verdict.met == "no data" and not verdict.course:
        return kind.decimals
    reached = kind.margin(verdict.goal, verdict.observed, good=verdict.good) <= ROUNDING
    for decimals in range(kind.decimals, MOST_DECIMALS):
        told = float(rounded(verdict.observed, decimals))
        if (kind.margin(verdict.goal, told, good=verdict.good) <= ROUNDING) == reached:
            return decimals
    return MOST_DECIMALS


def sentences(verdict: Verdict, words: Words) -> Iterator[str]:
    """What its signs and figures do not say of a target: why it has none, what an effect means."""
    if verdict.met == "no data" or verdict.course in ("no data", "too early"):
        yield " ".join(_reason(verdict, words)) or words("reason.generic", code=verdict.reason)
    elif not _has_figure(verdict):
        yield from _reason(verdict, words)
    if not verdict.course:
        yield from _effect_sentences(verdict, words)
        yield from _neighbour_sentence(verdict, words)


def gap_text(gap: tuple[float, float], words: Words, *, counts: bool) -> str:
    """How far the area lay from those it is compared with, before and after."""
    unit = "count" if counts else "share"
    before, after = (
        words(f"card.gap_{unit}_{'above' if value >= 0 else 'below'}",
              value=words.number(abs(value), decimals=1))
        for value in gap
    )  # fmt: skip
    return words("card.gap_from", before=before, after=after)


def _has_figure(verdict: Verdict) -> bool:
    return not is_missing(verdict.observed) or verdict.observed == math.inf


def _neighbour_sentence(verdict: Verdict, words: Words) -> Iterator[str]:
    """What happened next door, where it can be shown: it qualifies what was said before."""
    if verdict.next_door in ("better", "worse"):
        ends = {"lower": verdict.neighbours_lower, "upper": verdict.neighbours_upper}
        estimate = value_text(verdict.neighbours_value, RATIO, words)
        interval = interval_text({**ends, "scale": RATIO}, words)
        key = f"verdict.said.neighbours_{verdict.next_door}"
        yield words(key, estimate=estimate, interval=interval)


def _reason(verdict: Verdict, words: Words) -> Iterator[str]:
    """Why there is no figure; a refusal to estimate the effect is told with the effect."""
    if verdict.missing:
        quarters = words.listed([words.quarter(one) for one in verdict.missing])
        yield words("reason.missing_quarters", quarters=quarters)
    elif verdict.reason and not _has_figure(verdict):
        reason = verdict.reason + (f"-{_of(verdict)}" if verdict.reason == TOO_EARLY else "")
        known = (f"reason.{reason}", f"refused.{reason}")
        yield words.first(*known, "reason.generic", code=verdict.reason)


def _effect_sentences(verdict: Verdict, words: Words) -> Iterator[str]:
    if verdict.better in ("better", "worse"):
        estimate = value_text(verdict.effect_value, verdict.effect_scale, words)
        of = "count" if verdict.effect_scale == RATIO else "share"
        yield words(f"verdict.said.effect_{verdict.better}_{of}", estimate=estimate)
        if verdict.effect_scale == RATIO:
            yield _rests_on(verdict, words)
    elif verdict.effect == "cannot be shown" and verdict.reason and _has_figure(verdict):
        yield words.first(f"refused.{verdict.reason}", "refused.generic", code=verdict.reason)


def _rests_on(verdict: Verdict, words: Words) -> str:
    """What a shown effect on counts takes for granted of the area's restlessness."""
    if is_missing(verdict.restless):
        return words("verdict.said.rests_on_alike")
    return words("remark.restless", ratio=words.number(verdict.restless, decimals=1))


def _figure(verdict: Verdict, value: float, decimals: int, words: Words) -> str:
    kind = KINDS[verdict.kind]
    of = _measured(verdict) if kind.by_measure else _of(verdict)
    of = of if of in kind.unit else next(iter(kind.unit))
    return words(f"verdict.figure.{kind.unit[of]}", value=_WRITTEN[kind.form[of]](
        value, decimals, words
    ))  # fmt: skip


def _measured(verdict: Verdict) -> str:
    """What a delivery is counted in: ``quarters`` kept or the ``measure``'s amount."""
    return "quarters" if verdict.of_quarters else "measure"


def _of(verdict: Verdict) -> str:
    """What the target is measured by: ``measure``, ``count`` or ``share``."""
    if KINDS[verdict.kind].by_measure:
        return "measure"
    return "count" if is_period(verdict.by) else "share"


def _changed(way: tuple[str, str], value: float, decimals: int, words: Words) -> str:
    """A change in words: which way, and by how much without a sign."""
    exact = rounded(value, decimals)
    if not exact:
        return words("change.same")
    size, said = abs(float(exact)), way[exact > 0]
    if size == 1 and not decimals:
        said = said.replace("points", "one_point")
    return words(
        f"change.{said}", percent=words.percent(size / 100, decimals=decimals),
        points=words.number(size, decimals=decimals),
    )  # fmt: skip


_WRITTEN: dict[Form, Callable[[float, int, Words], str]] = {
    "number": lambda value, decimals, words: words.number(value, decimals=decimals),
    "percent": lambda value, decimals, words: words.percent(value / 100, decimals=decimals),
    "fewer": partial(_changed, ("fewer", "more")),
    "smaller": partial(_changed, ("smaller", "larger")),
    "lower": partial(_changed, ("points_lower", "points_higher")),
}


def _key(answer: str) -> str:
    return answer.replace(" ", "_")
