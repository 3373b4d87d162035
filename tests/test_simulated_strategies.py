"""The short form of the study of simulated strategies; the long one is a command."""

from __future__ import annotations

import math
import re

from tingbjerg_eval.targets.answers import effect_of

from .studies.publish import METHODS
from .studies.strategies import drawn_indicators, effects_of_all, simulate

NULL_STRATEGIES = range(10_000, 10_160, 2)
FULL_STRATEGIES = range(20_001, 20_025, 2)
WIDE = 4.5
"""Monte Carlo errors that a bound allows."""


def bound(rate: float, n: int) -> float:
    return rate + WIDE * math.sqrt(rate * (1 - rate) / n)


def test_a_strategy_without_any_effect_is_seldom_told_that_it_has_one():
    told = plain = 0
    for number in NULL_STRATEGIES:
        estimates, adjusted = effects_of_all(drawn_indicators(number))
        shown = [effect_of(estimates[name], adjusted[name]) for name in estimates]
        told += any(one in ("fewer", "more") for one in shown)
        plain += any(one.p_value <= 0.05 for one in estimates.values())
    assert told / len(NULL_STRATEGIES) <= bound(0.05, len(NULL_STRATEGIES))
    assert plain > 2 * told  # without the adjustment the bound would not hold


def test_a_verdict_called_certain_is_seldom_wrong_and_effects_are_never_turned_around():
    judged = [one for number in FULL_STRATEGIES for one in simulate(number)]
    certain = [one for one in judged if one.verdict.certain == "yes"]
    wrong = sum(one.verdict.met != one.truly_met for one in certain)
    assert len(certain) > 20
    assert wrong / len(certain) <= bound(0.05, len(certain))
    clear = [one.verdict.effect for one in judged if one.effect == "clear"]
    assert "fewer" in clear
    assert "more" not in clear


def test_the_published_table_is_of_500_strategies_and_keeps_its_promise():
    text = (METHODS / "targets.md").read_text(encoding="utf-8")
    assert "--strategies 500" in text
    rows = re.findall(r"^\| (effect shown where there is none.*?) \| .* \| (\S+) \| (\S+) \|$",
                      text, re.MULTILINE)  # fmt: skip
    assert len(rows) == 2
    for _, share, error in rows:
        assert float(share) <= 0.05 + 2 * float(error)
