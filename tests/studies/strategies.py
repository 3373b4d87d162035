"""How often verdicts are right, on simulated strategies whose truth is known.

    python -m tests.studies.strategies [--strategies 500] [--first 0]

draws strategies of eight primary targets (every kind that has an indicator), each on an
indicator of its own in one treated and twelve comparison areas, judges them with the project's
own functions, and writes its part of ``docs/methods``. The same seed gives the same table.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.answers import adjusted_p_values, met_by
from tingbjerg_eval.targets.observed import observe, target_design
from tingbjerg_eval.targets.verdicts import Verdict, judge

SEED = 20100316
AREAS = ("Treated", *(f"Area {number:02d}" for number in range(1, 13)))
QUARTERS = quarter_range("2008K1", "2012K4")
WAVES = tuple(range(2009, 2014))
COUNTS = Design(treated=AREAS[0], comparison=AREAS[1:], baseline=("2008K1", "2009K4"),
                period=("2010K1", "2012K4"))  # fmt: skip
SURVEY = Design(treated=AREAS[0], comparison=AREAS[1:], baseline=(2009, 2009), period=(2013, 2013))
RESIDENTS = 6000
ANSWERS = 230
SHOCK, SERIAL, SHARE_SHOCK = 0.12, 0.5, 0.015
LARGE = 10_000
"""How many times larger the areas are in the tables without chance."""

EFFECTS = {"none": 0.0, "small": -0.10, "clear": -0.40, "harmful": 0.40}
POINTS = {"none": 0.0, "small": -3.0, "clear": -10.0, "harmful": 10.0}
COMMON = (-0.15, 0.0, 0.10)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """Reports a quarter in an area (counts) or the share in percent (shares), and its target."""

    amount: float
    target: Target
    share: bool = False


def _target(kind: str, goal: float | None, by: str | int, reference: str | None = None) -> Target:
    return Target(title=kind, action_area="a", kind=kind, indicator="i", goal=goal, by=by,
                  reference=reference, responsible="p", primary=True)  # fmt: skip


INDICATORS = {
    "burglary": Indicator(amount=35, target=_target("relative_change", -20, "2012K4")),
    "violence": Indicator(amount=22, target=_target("yearly_change", -5, "2012K4")),
    "vandalism": Indicator(amount=42, target=_target("level", 24, "2012K4")),
    "theft": Indicator(amount=37, target=_target("not_worse", None, "2012K4")),
    "robbery": Indicator(amount=4, target=_target("relative_change", -20, "2012K4")),
    "evening": Indicator(amount=36, target=_target("level", 32, 2013), share=True),
    "neighbourhood": Indicator(amount=22, target=_target("point_change", -5, 2013), share=True),
    "worried": Indicator(
        amount=33, target=_target("gap_to", -50, 2013, reference="comparison"), share=True
    ),
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One verdict and the truth about it."""

    effect: str
    verdict: Verdict
    truly_met: str


def simulate(number: int) -> list[Judged]:
    """The verdicts of strategy ``number``; every other strategy has no effect at all."""
    drawn = drawn_indicators(number)
    estimates, adjusted = effects_of_all(drawn)
    return [
        _judged(name, INDICATORS[name], *drawn[name], estimates[name], adjusted[name])
        for name in INDICATORS
    ]


def drawn_indicators(number: int) -> dict[str, tuple]:
    """Of each indicator the effect's name, the delivered table, and the one without chance."""
    rng = np.random.default_rng((SEED, number))
    return {name: _drawn(one, rng, null=number % 2 == 0) for name, one in INDICATORS.items()}


def effects_of_all(drawn: dict[str, tuple]) -> tuple[dict[str, Estimate], dict[str, float]]:
    """The difference-in-differences of each target, and Holm's p-values."""
    estimates = {
        name: difference_in_differences(data, target_design(INDICATORS[name].target,
                                                            _design(INDICATORS[name])))
        for name, (_, data, _) in drawn.items()
    }  # fmt: skip
    return estimates, adjusted_p_values(estimates, tuple(INDICATORS))


def _judged(name, one: Indicator, effect: str, data, truth, estimate, p_adjusted) -> Judged:
    observed = observe(one.target, data, _design(one))
    verdict = judge(name, one.target, observed, effect=estimate, p_adjusted=p_adjusted)
    known = observe(one.target, truth, _design(one))
    return Judged(effect=effect, verdict=verdict, truly_met=met_by(one.target, known, good="lower"))


def _design(one: Indicator) -> Design:
    return SURVEY if one.share else COUNTS


def _drawn(one: Indicator, rng: np.random.Generator, *, null: bool):
    effect = "none" if null else str(rng.choice(list(EFFECTS)))
    draw = _shares if one.share else _panel
    return effect, *draw(one, effect, rng)


def _panel(one: Indicator, effect: str, rng: np.random.Generator):
    shape = (len(AREAS), len(QUARTERS))
    after = np.arange(len(QUARTERS)) >= 8
    level = np.log(one.amount) + rng.normal(0, 0.25, (len(AREAS), 1)) * (np.arange(13) > 0)[:, None]
    change = np.log1p(rng.choice(COMMON)) * after
    log_rate = level + change + SHOCK * _serial(rng, shape)
    log_rate[0] += np.log1p(EFFECTS[effect]) * after
    expected = np.exp(log_rate)
    return _count_table(rng.poisson(expected), 1), _count_table(np.rint(LARGE * expected), LARGE)


def _serial(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    found = rng.normal(0, 1, shape)
    for at in range(1, shape[1]):
        found[:, at] = SERIAL * found[:, at - 1] + math.sqrt(1 - SERIAL**2) * found[:, at]
    return found


def _count_table(count: np.ndarray, times: int) -> pd.DataFrame:
    return pd.DataFrame({
        "area": np.repeat(AREAS, len(QUARTERS)),
        "quarter": np.tile(QUARTERS, len(AREAS)),
        "count": count.ravel().astype("int64"),
        "population": float(RESIDENTS * times),
    })  # fmt: skip


def _shares(one: Indicator, effect: str, rng: np.random.Generator):
    shape = (len(AREAS), len(WAVES))
    own = rng.normal(0, 4, (len(AREAS), 1)) * (np.arange(13) > 0)[:, None]
    common = rng.choice((-2.0, 0.0, 2.0)) * np.linspace(0, 1, len(WAVES))
    points = one.amount + own + common + 100 * SHARE_SHOCK * rng.normal(0, 1, shape)
    points[1:] -= 8 if one.target.kind == "gap_to" else 0
    points[0] += POINTS[effect] * np.linspace(0, 1, len(WAVES))
    truth = np.clip(points / 100, 0.02, 0.98)
    found = rng.binomial(ANSWERS, truth) / ANSWERS
    return _share_table(found, ANSWERS), _share_table(truth, ANSWERS * LARGE)


def _share_table(share: np.ndarray, n: int) -> pd.DataFrame:
    return pd.DataFrame({
        "area": np.repeat(AREAS, len(WAVES)),
        "wave": np.tile(WAVES, len(AREAS)),
        "share": share.ravel(),
        "variance": np.maximum(share * (1 - share), 1e-4).ravel() / n,
        "n": n,
    })  # fmt: skip


def summarise(strategies: list[list[Judged]]) -> pd.DataFrame:
    """``measure, of, share, error``: how often each thing was said, with its Monte Carlo error."""
    rows = [*_per_strategy(strategies), *_per_target([one for all_ in strategies for one in all_])]
    return pd.DataFrame(
        [(name, len(said), *_share(said)) for name, said in rows],
        columns=["measure", "of", "share", "error"],
    )


def _per_strategy(strategies) -> Iterator[tuple[str, list[bool]]]:
    without = [one for one in strategies if all(j.effect == "none" for j in one)]
    mixed = [one for one in strategies if one not in without]
    adjusted, plain = _false_effect, _false_before_holm
    yield "effect shown where there is none, strategies without any effect", [
        any(map(adjusted, one)) for one in without]  # fmt: skip
    yield "the same before Holm's adjustment", [any(map(plain, one)) for one in without]
    yield "effect shown where there is none, strategies with other effects", [
        any(map(adjusted, one)) for one in mixed]  # fmt: skip
    yield "effect shown in the wrong direction", [any(map(_wrong_way, one)) for one in strategies]


def _shown(one: Judged) -> bool:
    return one.verdict.effect in ("fewer", "more")


def _false_effect(one: Judged) -> bool:
    return one.effect == "none" and _shown(one)


def _false_before_holm(one: Judged) -> bool:
    return one.effect == "none" and one.verdict.p_value <= 0.05


def _wrong_way(one: Judged) -> bool:
    wrong = {"small": "more", "clear": "more", "harmful": "fewer"}
    return one.verdict.effect == wrong.get(one.effect)


def _per_target(judged: list[Judged]) -> Iterator[tuple[str, list[bool]]]:
    for effect in ("small", "clear", "harmful"):
        shown = [_shown(j) for j in judged if j.effect == effect]
        yield f"effect shown where it is {effect}", shown
    yield "met disagrees with the truth", [j.verdict.met != j.truly_met for j in judged]
    for kind in dict.fromkeys(j.verdict.kind for j in judged):
        yield f"met disagrees with the truth, {kind}", [
            j.verdict.met != j.truly_met for j in judged if j.verdict.kind == kind]  # fmt: skip
    certain = [j for j in judged if j.verdict.certain == "yes"]
    yield "certain", [j.verdict.certain == "yes" for j in judged]
    yield "met disagrees with the truth, where it was called certain", [
        j.verdict.met != j.truly_met for j in certain]  # fmt: skip
    yield "met, where the truth is no effect", [
        j.verdict.met == "yes" for j in judged if j.effect == "none"]  # fmt: skip


def _share(said: list[bool]) -> tuple[float, float]:
    if not said:
        return math.nan, math.nan
    share = sum(said) / len(said)
    return share, math.sqrt(share * (1 - share) / len(said))


def as_markdown(table: pd.DataFrame, strategies: int) -> str:
    """The document."""
    rows = "\n".join(
        f"| {one.measure} | {one.of} | {one.share:.3f} | {one.error:.3f} |"
        for one in table.itertuples()
    )
    return (
        f"Made by `python -m tests.studies.strategies --strategies {strategies}`: "
        f"{strategies} strategies of {len(INDICATORS)} primary targets, half of them without any "
        "effect; one treated and twelve comparison areas, autocorrelated shocks, counts of 4 to "
        "42 a quarter, 230 answers a wave. All figures are simulated. The truth about `met` is "
        "the same arithmetic on the rates and shares from which the counts and answers were "
        "drawn. Of a strategy: any of its targets. Error: Monte Carlo.\n\n"
        "| what was said | of | share | error |\n|---|---:|---:|---:|\n" + rows + "\n"
    )


def main() -> None:
    """Run the study and write its table."""
    from tests.studies.publish import publish

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strategies", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    numbers = range(asked.first, asked.first + asked.strategies)
    table = summarise([simulate(number) for number in numbers])
    publish("strategies", as_markdown(table, asked.strategies))
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
