"""Verdicts in words: three answers that are kept apart, and one paragraph a target."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.inputs.quarters import is_quarter
from tingbjerg_eval.report.words.estimates import RATIO, value_text
from tingbjerg_eval.report.words.numbers import MISSING, is_missing
from tingbjerg_eval.report.words.sentences import Words

POINTS = "percentage points"


def met_text(verdict, words: Words) -> str:
    """Whether the target is met or, in a quarterly report, on course."""
    if verdict.course:
        return words(f"verdict.course.{_key(verdict.course)}")
    return words(f"verdict.met.{_key(verdict.met)}")


def certain_text(verdict, words: Words) -> str:
    """Whether the answer is certain."""
    return words(f"verdict.certain.{_key(verdict.certain)}")


def effect_text(verdict, words: Words) -> str:
    """Whether it was the effort."""
    of_shares = {"fewer": "lower", "more": "higher"}
    effect = verdict.effect
    if verdict.effect_scale == POINTS:
        effect = of_shares.get(effect, effect)
    return words(f"verdict.effect.{_key(effect)}")


def observed_text(verdict, words: Words) -> str:
    """The observed figure on the scale of the target's kind."""
    return _figure(verdict, verdict.observed, words)


def goal_text(verdict, words: Words) -> str:
    """The goal on the scale of the target's kind, with its direction."""
    if verdict.kind == "not_worse" and not verdict.goal:
        return words("verdict.figure.not_worse")
    text = _figure(verdict, verdict.goal, words)
    if verdict.kind in ("level", "delivered", "not_worse"):
        fewer = verdict.good == "lower" and verdict.kind != "delivered"
        return words(f"verdict.figure.{'at_most' if fewer else 'at_least'}", value=text)
    return text


def sentences(verdict, words: Words) -> Iterator[str]:
    """What is said of one target, sentence by sentence, its title left out."""
    yield _met_sentence(verdict, words)
    if not is_missing(verdict.observed):
        yield _measured(verdict, words)
    if not verdict.course:
        yield from _certain_sentence(verdict, words)
        yield from _effect_sentences(verdict, words)
    if verdict.retired:
        yield words("verdict.said.retired")
    if verdict.exploratory:
        yield words("verdict.said.exploratory")


def sentence(verdict, words: Words) -> str:
    """The whole verdict in one sentence, for the first page."""
    if verdict.course:
        said = words(f"verdict.said.{_key(verdict.course)}")
        return said if is_missing(verdict.observed) else f"{said} {_measured(verdict, words)}"
    key = f"verdict.brief.{_key(verdict.better)}"
    if verdict.better not in ("better", "worse"):
        return words(key, verdict=_brief(verdict, words))
    of = "count" if verdict.effect_scale == RATIO else "share"
    estimate = value_text(verdict.effect_value, verdict.effect_scale, words)
    return words(f"{key}_{of}", verdict=_brief(verdict, words), estimate=estimate)


def _brief(verdict, words: Words) -> str:
    if verdict.met == "no data":
        return words("verdict.brief.no_data")
    key = "met" if verdict.met == "yes" else "missed"
    narrow = "_narrow" if verdict.certain == "no" else ""
    figures = {"observed": observed_text(verdict, words), "goal": goal_text(verdict, words)}
    return words(f"verdict.brief.{key}{narrow}", **figures)


def _measured(verdict, words: Words) -> str:
    figures = {"observed": observed_text(verdict, words), "goal": goal_text(verdict, words)}
    return words("verdict.said.figures", **figures)


def _met_sentence(verdict, words: Words) -> str:
    if verdict.course:
        said = words(f"verdict.said.{_key(verdict.course)}")
    else:
        said = words(f"verdict.said.met_{_key(verdict.met)}")
    reason = f"reason.{verdict.reason}"
    return f"{said} {words(reason)}" if verdict.reason and reason in words else said


def _certain_sentence(verdict, words: Words) -> Iterator[str]:
    if verdict.certain == "yes":
        side = "met" if verdict.met == "yes" else "missed"
        yield words(f"verdict.said.certain_yes_{side}")
    elif verdict.certain == "no":
        yield words("verdict.said.certain_no")


def _effect_sentences(verdict, words: Words) -> Iterator[str]:
    if verdict.better in ("better", "worse"):
        estimate = value_text(verdict.effect_value, verdict.effect_scale, words)
        of = "count" if verdict.effect_scale == RATIO else "share"
        yield words(f"verdict.said.effect_{verdict.better}_{of}", estimate=estimate)
    elif verdict.effect == "cannot be shown":
        yield words("verdict.said.effect_cannot_be_shown")
        if not is_missing(verdict.smallest_shown):
            scale = verdict.effect_scale or (RATIO if is_quarter(verdict.by) else POINTS)
            smallest = value_text(verdict.smallest_shown, scale, words)
            yield words("verdict.said.smallest", smallest=smallest)


def _figure(verdict, value: float, words: Words) -> str:
    if is_missing(value):
        return MISSING
    return _FIGURES[verdict.kind](value, is_quarter(verdict.by), words)


def _level(value: float, counts: bool, words: Words) -> str:
    if counts:
        return words("verdict.figure.level_count", value=words.number(value, decimals=1))
    return words("verdict.figure.level_share", value=words.percent(value / 100))


def _change(value: float, counts: bool, words: Words) -> str:
    if counts:
        return words("verdict.figure.percent", value=_signed_percent(value, words))
    return words("verdict.figure.points", value=words.signed(value))


def _yearly(value: float, counts: bool, words: Words) -> str:
    if counts:
        return words("verdict.figure.yearly_percent", value=_signed_percent(value, words))
    return words("verdict.figure.yearly_points", value=words.signed(value))


def _gap(value: float, _: bool, words: Words) -> str:
    return words("verdict.figure.gap", value=_signed_percent(value, words))


def _delivered(value: float, _: bool, words: Words) -> str:
    return words("verdict.figure.delivered", value=words.percent(value / 100, decimals=0))


def _signed_percent(value: float, words: Words) -> str:
    text = words.percent(value / 100)
    return f"+{text}" if value > 0 else text


_FIGURES = {
    "level": _level,
    "relative_change": _change,
    "point_change": _change,
    "yearly_change": _yearly,
    "not_worse": _change,
    "gap_to": _gap,
    "delivered": _delivered,
}


def _key(answer: str) -> str:
    return answer.replace(" ", "_")
