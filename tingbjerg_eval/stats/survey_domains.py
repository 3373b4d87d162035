"""The areas of a survey's waves: each is a domain of its wave's one sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.stats import linearisation
from tingbjerg_eval.stats.linearisation import Sample
from tingbjerg_eval.stats.survey_checks import blank, known_areas

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
        sample = linearisation.sample_of(
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
