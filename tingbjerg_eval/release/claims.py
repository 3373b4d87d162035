"""Every kind of statement that is made of counts, as a reader with this source code tests it.

One entry of :data:`KINDS` is one kind of statement: the estimator it comes from, on which sums
of counts it rests, and how it is told. A new kind of statement in a report is a new entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.evaluation.study import Study, TargetResult, primary_tests
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.late_figures import completed, expected
from tingbjerg_eval.report.sections.robustness import tested_results
from tingbjerg_eval.report.words.estimates import (
    dispersion_text,
    estimate_text,
    interval_text,
    value_text,
)
from tingbjerg_eval.report.words.numbers import is_missing
from tingbjerg_eval.report.words.sentences import Words
from tingbjerg_eval.report.words.verdicts import (
    certain_text,
    effect_text,
    met_text,
    sentence,
    sentences,
)
from tingbjerg_eval.stats.collapsed import collapsed_t
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.dispersion import dispersion_ratio
from tingbjerg_eval.stats.displacement import (
    displacement,
    reports_avoided,
    weighted_displacement_quotient,
)
from tingbjerg_eval.stats.event_study import event_study
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.placebos import baseline_sensitivity, leave_one_out, placebo_areas
from tingbjerg_eval.stats.power import minimum_detectable_change
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.segmented import interrupted_time_series
from tingbjerg_eval.stats.synthetic import synthetic_difference_in_differences
from tingbjerg_eval.stats.trends import trend_sensitivity
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.targets.observed import observe
from tingbjerg_eval.targets.verdicts import adjusted_p_values, judge

RATIO = "rate ratio"
OWN, WINDOWS, YEARS, ALL = "own", "windows", "years", "all"
"""On what a statement rests: the treated area's quarters, all areas' sums over the windows or
over whole years, or every quarter of every area."""


@dataclass(frozen=True)
class Line:
    """Texts that stand together in one line."""

    parts: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """Values drawn along an axis; logs of ratios where ``ratio``."""

    values: tuple[float, ...]
    ratio: bool = True


@dataclass(frozen=True)
class Labels:
    """Texts that stand in one drawing."""

    parts: tuple[str, ...]


Saying = Line | Points | Labels


@dataclass(frozen=True, eq=False)
class Asked:
    """A target of a report (or an indicator without one) and where its counts stand."""

    study: Study
    indicator: str
    design: Design
    data: pd.DataFrame
    result: TargetResult | None
    tested: bool
    results: tuple[TargetResult, ...]

    @cached_property
    def words(self) -> Words:
        """The report's language."""
        return Words(self.study.settings.language)

    @property
    def title(self) -> str:
        """The indicator's title."""
        return str(self.study.indicator(self.indicator).title)

    def panel(self, counts: np.ndarray) -> pd.DataFrame:
        """The panel that the report knows, with other counts (area by quarter)."""
        times = self.data["quarter"].nunique()
        return self.data.assign(count=counts[:, :times].ravel())


@dataclass(frozen=True)
class Kind:
    """One kind of statement: ``tell(panel, asked)`` gives what would be said of the panel."""

    name: str
    rests: str
    tell: Callable[[pd.DataFrame, Asked], Iterator[Saying]]
    tested: bool = False
    """Whether it is asked of a report's tested results only."""

    def told(self, panel: pd.DataFrame, asked: Asked) -> tuple[Saying, ...]:
        """What is said; nothing where the question does not arise or is refused."""
        if self.tested and not asked.tested:
            return ()
        try:
            return tuple(self.tell(panel, asked))
        except (MethodRefused, ValueError, ZeroDivisionError):
            return ()

    def content(self, counts: np.ndarray, asked: Asked) -> bytes:
        """What of the counts the statement rests on."""
        quarters = list(dict.fromkeys(asked.data["quarter"]))
        known = counts[:, : len(quarters)]
        if self.rests == ALL:
            return known.tobytes()
        if self.rests == OWN:
            areas = list(dict.fromkeys(asked.data["area"]))
            return known[areas.index(asked.design.treated)].tobytes()
        groups = [one[:4] for one in quarters]
        if self.rests == WINDOWS:
            first, last = set(asked.design.baseline_times), set(asked.design.period_times)
            groups = ["b" if one in first else "p" if one in last else "" for one in quarters]
        return b"".join(
            known[:, np.array([one == group for one in groups])].sum(axis=1).tobytes()
            for group in sorted(set(groups))
        )


def _told(estimate: Any, words: Words, *, labels: tuple[str, ...] = ()) -> Iterator[Saying]:
    """An estimate in words with its interval and, where one is told, its p-value."""
    row = (*labels, estimate_text(estimate, words))
    interval = interval_text(estimate, words)
    if interval:
        row = (*row, interval)
        yield Line(row)
        p = getattr(estimate, "p_value", None)
        if not is_missing(p):
            yield Line((*row, words.p_value(p)))
            yield Line((*row, words.number(p, decimals=3)))
    elif labels:
        yield Line(row)


def _drawn(estimate: Any) -> Points:
    ends = (estimate.lower, estimate.value, estimate.upper)
    return Points(tuple(float(np.log(one)) for one in ends))


def _plain_change(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found = compare_periods(panel, asked.design, level=asked.study.level)
    yield from _told(found, asked.words)
    yield _drawn(found)


def _effect(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found = difference_in_differences(panel, asked.design, level=asked.study.level)
    yield from _told(found, asked.words)
    yield _drawn(found)


def _alone(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found = interrupted_time_series(panel, asked.design, level=asked.study.level)
    yield from _told(found, asked.words)


def _placebo(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found, words = placebo_areas(panel, asked.design, level=asked.study.level), asked.words
    table = found.table.sort_values("area")
    yield Points(tuple(np.log(table[["lower", "value", "upper"]].to_numpy(float)).ravel().tolist()))
    texts = [value_text(one, RATIO, words) for one in table["value"]]
    yield Labels((*table["area"], *texts))
    others = [value_text(one, RATIO, words) for one in
              np.sort(table.loc[table["role"] == "comparison", "value"])]  # fmt: skip
    yield Line((asked.design.treated, others[0], others[-1]))
    yield Line((words("robust.rank", area=asked.design.treated, rank=words.number(found.rank),
                      areas=words.number(found.n_areas),
                      smallest=words.p_value(found.smallest_p)),))  # fmt: skip


def _left_out(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found, words = leave_one_out(panel, asked.design, level=asked.study.level), asked.words
    values = found.loc[found["left_out"] != "", "value"]
    lowest, highest = (value_text(one, RATIO, words) for one in (values.min(), values.max()))
    between = words("change.between", lower=lowest, upper=highest)
    yield Line((words("robust.left_out"), between))


def _baselines(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found = baseline_sensitivity(panel, asked.design, level=asked.study.level)
    for row in found[found["value"].notna()].to_dict("records"):
        length = asked.words.window((row["baseline_first"], row["baseline_last"]))
        label = asked.words("robust.baseline", window=length)
        yield from _told({**row, "scale": RATIO}, asked.words, labels=(label,))


def _collapsed(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found, words = collapsed_t(panel, asked.design, level=asked.study.level), asked.words
    yield from _told(found.estimate, words, labels=(words("robust.collapsed"),))
    ratio = words.number(found.breakdown_ratio, decimals=1)
    yield Line((words("robust.noisier"), words("robust.times", ratio=ratio)))


def _restless(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    resolution = panel.attrs.get("resolution", "year")
    found = dispersion_ratio(panel, asked.design, level=asked.study.level, resolution=resolution)
    yield Line(tuple(dispersion_text(found, asked.words).values()))


def _synthetic(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found = synthetic_difference_in_differences(panel, asked.design, level=asked.study.level)
    yield from _told(found, asked.words, labels=(asked.words("robust.synthetic"),))


def _trends(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found, words = trend_sensitivity(panel, asked.design, level=asked.study.level), asked.words
    limit = words.number(found.breakdown, decimals=1)
    told = words("robust.times", ratio=limit) if np.isfinite(found.breakdown) else (
        words("robust.any"))  # fmt: skip
    yield Line((words("robust.trend"), told))


def _over_time(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found, words = event_study(panel, asked.design, level=asked.study.level), asked.words
    values = found.table[["lower", "value", "upper"]].to_numpy(float).ravel()
    yield Points(tuple(np.log(values[np.isfinite(values)]).tolist()))
    yield Line((words("robust.pretrend", p=words.p_value(found.pretrend_p),
                      missed=value_text(found.detectable_slope, RATIO, words)),))  # fmt: skip


def _next_door(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    if not asked.design.adjacent:
        return
    words, level = asked.words, asked.study.level
    beside = displacement(panel, asked.design, level=level)
    yield from _told(beside, words, labels=(asked.title,))
    quotient = weighted_displacement_quotient(panel, asked.design, level=level)
    told = words("moved.withheld") if is_missing(quotient.value) else (
        words.number(quotient.value, decimals=2))  # fmt: skip
    yield Line((asked.title, estimate_text(beside, words), interval_text(beside, words), told))


def _avoided(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    found, words = reports_avoided(panel, asked.design, level=asked.study.level), asked.words
    ends = {name: words.number(getattr(found, name)) for name in ("lower", "upper")}
    between = words("change.between", **ends)
    yield Line((asked.title, words.number(found.value), between))


def _rates(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    """Reports per 1,000 residents and year before the effort, beside the comparison areas'."""
    design, words = asked.design, asked.words
    before = panel[panel["quarter"].isin(design.baseline_times)].groupby("area")
    rate = 4000 * before["count"].sum() / before["population"].sum()
    own, others = rate[design.treated], rate[list(design.comparison)].mean()
    theme = asked.study.indicator(asked.indicator).theme or asked.title
    yield Line((theme, words.number(own, decimals=1)))
    yield Line((theme, words.number(own, decimals=1), words.number(others, decimals=1)))
    target = asked.result.target if asked.result else None
    axis = target.of_kind.axis if target else None
    if target is not None and axis is not None:
        yield Points((axis(target.limit, float(own), True) / 4,), ratio=False)


def _answers(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    """Met, certain, effect and on course, with the figures told beside them."""
    study, result, words = asked.study, asked.result, asked.words
    if result is None:
        return
    good = study.indicator(asked.indicator).good
    whole = study.settings.design()
    observed = observe(result.target, panel, whole, good=good, level=study.level,
                       until=study.until, start=study.settings.periods.period[0])  # fmt: skip
    effect = result.effect
    if effect is not None and not isinstance(effect, MethodRefused):
        effect = difference_in_differences(panel, asked.design, level=study.level)
    effects = {one.name: one.effect for one in asked.results} | {result.name: effect}
    adjusted = adjusted_p_values(effects, study.strategy.primary_targets)
    verdict = judge(
        result.name, result.target, observed, good=good, effect=effect,
        p_adjusted=adjusted[result.name], smallest=result.smallest,
        provisional=study.provisional, retired=result.verdict.retired,
    )  # fmt: skip
    answers = [met_text(verdict, words)]
    if not verdict.course:
        answers += [certain_text(verdict, words), effect_text(verdict, words)]
    yield Line((verdict.title, *answers))
    yield Line((sentence(verdict, words),))
    for said in sentences(verdict, words):
        yield Line((said,))


def _smallest(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    primary = asked.result is not None and asked.result.target.primary
    found = minimum_detectable_change(
        panel, asked.design, level=asked.study.level,
        primary=max(primary_tests(asked.study), 1) if primary else 1,
    )  # fmt: skip
    for name in ("smallest_fall", "smallest_rise", "fall", "rise"):
        value = getattr(found, name, None)
        if not is_missing(value):
            told = value_text(value, RATIO, asked.words)
            yield Line((asked.words("verdict.said.smallest", smallest=told),))


def _late(panel: pd.DataFrame, asked: Asked) -> Iterator[Saying]:
    """The rows with preliminary quarters raised to what is expected."""
    factors = expected(asked.study)
    if not set(factors) & set(asked.design.period_times):
        return
    raised, level = completed(panel, factors), asked.study.level
    for key, method in (
        ("late_effect", difference_in_differences),
        ("late_change", compare_periods),
    ):
        found = method(raised, asked.design, level=level)
        yield from _told(found, asked.words, labels=(asked.words(f"robust.{key}"),))


KINDS = (
    Kind("rate", ALL, _rates),
    Kind("plain change", OWN, _plain_change),
    Kind("effect", WINDOWS, _effect),
    Kind("answers", ALL, _answers),
    Kind("reports avoided", WINDOWS, _avoided),
    Kind("displacement", ALL, _next_door, tested=True),
    Kind("collapsed test", WINDOWS, _collapsed, tested=True),
    Kind("restlessness", ALL, _restless, tested=True),
    Kind("placebo areas", WINDOWS, _placebo, tested=True),
    Kind("one area left out", WINDOWS, _left_out, tested=True),
    Kind("other baselines", YEARS, _baselines, tested=True),
    Kind("area alone", OWN, _alone, tested=True),
    Kind("trend sensitivity", ALL, _trends, tested=True),
    Kind("effect over time", ALL, _over_time, tested=True),
    Kind("smallest change", ALL, _smallest),
    Kind("late registration", ALL, _late, tested=True),
    Kind("weighted comparison", ALL, _synthetic, tested=True),
)
"""The cheapest first: the first that tells a world from the true one ends its trial."""


def asked_of(report: Report) -> Iterator[Asked]:
    """Every target of a report that rests on counts, and every indicator that has none."""
    study, results = report.study, report.results
    counts, tested = study.settings.indicators_of("count"), tested_results(report)
    for one in results:
        if one.target.indicator in counts and one.data is not None:
            yield Asked(study, one.target.indicator, one.design or study.design, one.data, one,
                        one in tested, results)  # fmt: skip
    targeted = {one.target.indicator for one in results}
    for name in counts:
        if name not in targeted:
            yield Asked(study, name, study.design, study.panel(name), None, False, results)
