"""Weighted means and totals of a survey, with Taylor-linearised variances.

The sampling design is strata, clusters (primary sampling units) and weights, drawn with
replacement unless the size of the finite population is given. An area is a domain of its wave:
respondents outside it take part in the variance with score 0, as they do in the R package
``survey`` (Lumley 2004; Särndal, Swensson & Wretman 1992, section 5.8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.survey_checks import blank, known_areas


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One drawn sample (one wave): who was drawn together, and with what weight.

    ``unit`` numbers the cluster of each respondent, ``stratum`` the stratum of each cluster,
    ``fraction`` the share of each stratum's clusters that was drawn (0: with replacement).
    """

    weight: np.ndarray
    unit: np.ndarray
    stratum: np.ndarray
    fraction: np.ndarray

    @property
    def degrees_of_freedom(self) -> int:
        """Clusters less strata."""
        return len(self.stratum) - len(self.fraction)

    @property
    def single(self) -> int:
        """Strata with one cluster only."""
        return int((np.bincount(self.stratum) == 1).sum())

    def variance(self, scores: np.ndarray) -> float:
        """Variance of the sum of ``scores`` (one per respondent).

        A stratum with a single cluster shows no variation of its own: its score is set against
        0, where the scores of a mean are centred, and not against its own (rule ``adjust`` of R
        ``survey``). For a total that is cautious.
        """
        totals = np.bincount(self.unit, weights=scores, minlength=len(self.stratum))
        drawn = np.bincount(self.stratum)
        centre = np.bincount(self.stratum, weights=totals) / drawn
        centre[drawn == 1] = 0.0
        squares = np.bincount(self.stratum, weights=(totals - centre[self.stratum]) ** 2)
        correction = drawn / np.maximum(drawn - 1, 1)
        return float((squares * correction * (1 - self.fraction)).sum())


def sample_of(
    frame: pd.DataFrame,
    *,
    weight: str,
    stratum: str | None = None,
    cluster: str | None = None,
    finite_population: str | None = None,
) -> Sample:
    """The sample that ``frame`` (one row per respondent of one wave) was drawn as.

    ``finite_population`` names a column with the number of clusters (respondents where no
    cluster is given) in the population of the row's stratum.
    """
    strata = _codes(frame[stratum]) if stratum else np.zeros(len(frame), dtype=int)
    if cluster:
        unit = _codes(pd.MultiIndex.from_arrays([strata, frame[cluster]]))
    else:
        unit = np.arange(len(frame))
    _, first = np.unique(unit, return_index=True)
    of_unit = strata[first]
    drawn = np.bincount(of_unit)
    fraction = np.zeros(len(drawn))
    if finite_population:
        _, first_of_stratum = np.unique(strata, return_index=True)
        size = frame[finite_population].to_numpy(dtype=float)[first_of_stratum]
        fraction = drawn / size
    return Sample(
        weight=frame[weight].to_numpy(dtype=float), unit=unit, stratum=of_unit, fraction=fraction
    )


def _codes(values: pd.Series | pd.MultiIndex) -> np.ndarray:
    return np.asarray(pd.factorize(values, sort=False)[0])


def mean(sample: Sample, values: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """Weighted mean of ``values`` over respondents ``inside`` the domain, and its variance.

    Linearised score of respondent i: ``w_i (y_i - mean) / sum(w)`` (Woodruff 1971).
    """
    weight = np.where(inside, sample.weight, 0.0)
    total = weight.sum()
    value = float(weight[inside] @ values[inside] / total)
    scores = np.zeros(len(weight))
    scores[inside] = weight[inside] * (values[inside] - value) / total
    return value, sample.variance(scores)


def total(sample: Sample, values: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """Weighted total of ``values`` over respondents ``inside`` the domain, and its variance."""
    scores = np.zeros(len(sample.weight))
    scores[inside] = sample.weight[inside] * values[inside]
    return float(scores.sum()), sample.variance(scores)


def kish_n(weight: np.ndarray) -> float:
    """Effective sample size of unequal weights, ``sum(w)^2 / sum(w^2)`` (Kish 1965)."""
    return float(weight.sum() ** 2 / (weight**2).sum())


Figures = dict[str, Any]
"""Named figures of one area and wave."""


@dataclass(frozen=True, kw_only=True)
class Domain:
    """One area of one wave: its respondents with an answer, inside the wave's sample."""

    area: str
    wave: int
    sample: Sample
    values: np.ndarray
    inside: np.ndarray
    missing: int

    @property
    def n(self) -> int:
        """Respondents with an answer."""
        return int(self.inside.sum())

    @property
    def weight(self) -> np.ndarray:
        """Their weights."""
        return np.asarray(self.sample.weight[self.inside])

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the wave's sample."""
        single = self.sample.single
        if not single:
            return []
        return [f"{single} strata of this wave hold a single sampling unit, centred on 0"]


def domain_rows(
    survey: pd.DataFrame,
    question: str,
    values: np.ndarray,
    areas: Iterable[str] | None,
    cluster: str | None,
    finite_population: str | None,
    row: Callable[[Domain], Figures],
) -> list[Figures]:
    """What ``row`` makes of each area and wave in which somebody answered, in their order."""
    answered = ~blank(survey[question])
    chosen = sorted(survey["area"].unique() if areas is None else known_areas(survey, areas))
    lives = pd.Index(chosen).get_indexer(survey["area"])
    found = []
    for wave, positions in _waves(survey):
        sample = sample_of(
            survey.iloc[positions],
            weight="weight",
            stratum="stratum" if "stratum" in survey else None,
            cluster=cluster,
            finite_population=finite_population,
        )
        for number, area in enumerate(chosen):
            here = lives[positions] == number
            inside = here & answered[positions]
            domain = Domain(
                area=area, wave=wave, sample=sample, values=values[positions], inside=inside,
                missing=int(here.sum() - inside.sum()),
            )  # fmt: skip
            if domain.n:
                found.append(_described(domain, row(domain)))
    return sorted(found, key=lambda one: (one["area"], one["wave"]))


def _waves(survey: pd.DataFrame) -> Iterator[tuple[int, np.ndarray]]:
    waves = survey["wave"].to_numpy()
    for wave in np.unique(waves):
        yield wave.item(), np.flatnonzero(waves == wave)


def _described(domain: Domain, figures: Figures) -> Figures:
    notes = [*domain.notes, *figures.pop("notes", [])]
    return {
        "area": domain.area, "wave": domain.wave, **figures,
        "missing": domain.missing, "note": "; ".join(notes),
    }  # fmt: skip
