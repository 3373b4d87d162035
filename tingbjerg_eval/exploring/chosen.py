"""What an explorer looks at: a study, and one choice of indicator, area, quarters and areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.merging import Cell
from tingbjerg_eval.publication.publication import Publication, publication
from tingbjerg_eval.study.design import Design, Window
from tingbjerg_eval.study.reports import END
from tingbjerg_eval.study.settings import ShareIndicator


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaCounts:
    """The counts of one indicator that may be shown: what the study's last report releases.

    Whatever is drawn or estimated while exploring rests on them, so no choice of areas and
    quarters, and no comparison of two choices, gives a hidden count away.

    Attributes
    ----------
    frame
        One row per area and quarter, the comparison areas together (``pooled``) among them:
        ``area, quarter, value, status, population``. Where only a longer time is told, each of
        its quarters has its even part; ``value`` is missing where nothing is told.
    pooled
        What the comparison areas together are called.
    released
        What it is read off; ``None`` where everything is shown.
    """

    frame: pd.DataFrame
    pooled: str
    indicator: str
    released: Publication | None = None

    def shows(self, area: str, window: Window) -> bool:
        """Whether the area's sum over ``window`` may be shown."""
        return self.released is None or self.released.shown(self.indicator, window, area=area)


def area_counts(study: Study, indicator: str, *, pooled: str) -> AreaCounts:
    """The counts of ``indicator``: the released ones of a study seen through its publication,
    the true ones, all of them, of any other."""
    panel, shown = study.panel(indicator), study.released
    others = panel[panel["area"].isin(study.design.comparison)]
    columns = ["count", "population"]
    together = others.groupby("quarter", sort=True)[columns].sum().reset_index()
    both = pd.concat([panel, together.assign(area=pooled)], ignore_index=True)
    both = both[["area", "quarter", *columns]]
    if isinstance(shown, Publication):
        found = shown.counts(indicator)
        cells = [*found.areas.items(), (pooled, found.together)]
        rows = [row for area, own in cells for row in _rows(area, own)]
        told = pd.DataFrame(rows, columns=["area", "quarter", "value"])
        frame = both.merge(told, how="left", on=["area", "quarter"])
    else:
        shown, frame = None, both.assign(value=both["count"].astype(float))
    frame = frame[["area", "quarter", "population", "value"]]
    status = frame["value"].notna().map({True: "shown", False: "hidden-secondary"})
    frame = frame.assign(status=status).sort_values(["area", "quarter"], ignore_index=True)
    return AreaCounts(frame=frame, pooled=pooled, indicator=indicator, released=shown)


def _rows(area: str, cells: Sequence[Cell]) -> list[tuple[str, str, float]]:
    return [
        (area, quarter, one.count / len(one.times))
        for one in cells if one.true for quarter in one.times
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is looked at.

    Attributes
    ----------
    indicator, area
        Name of the indicator, and the area that is set against the comparison areas.
    first, last
        First quarter of the baseline and last quarter of the period that are looked at.
    comparison
        The comparison areas.
    """

    indicator: str
    area: str
    first: str
    last: str
    comparison: tuple[str, ...]


@guided()
class Chosen:
    """A study and the choice that is looked at; see :class:`..explorer.Explorer`."""

    def __init__(self, study: Study, choice: Choice, *, protected: bool = True):
        self.study = publication(study, END).view() if protected else study
        self.choice, self.protected = choice, protected
        self.words = Words(study.settings.language, in_years=study.settings.in_years)
        self._counts: dict[str, AreaCounts] = {}

    @property
    def is_share(self) -> bool:
        """Whether the indicator is a share of the survey's answers."""
        return isinstance(self.study.indicator(self.choice.indicator), ShareIndicator)

    @property
    def design(self) -> Design:
        """The choice as a design."""
        study, choice = self.study, self.choice
        design = study.design_of(counts=not self.is_share).with_(
            treated=choice.area, comparison=choice.comparison, adjacent=()
        )
        if self.is_share:
            return design
        return design.with_(
            baseline=(choice.first, design.baseline[1]), period=(design.period[0], choice.last)
        )

    @property
    def own_windows(self) -> bool:
        """Whether the windows are the study's own."""
        own = self.study.design_of(counts=not self.is_share)
        return (self.design.baseline, self.design.period) == (own.baseline, own.period)

    def area_counts(self, indicator: str) -> AreaCounts:
        """The counts of an indicator that may be shown."""
        if indicator not in self._counts:
            pooled = self.words("table.pooled")
            self._counts[indicator] = area_counts(self.study, indicator, pooled=pooled)
        return self._counts[indicator]

    def named(self, area: str) -> str:
        """The area's name; one of which a figure is only reckoned with is not named."""
        shown = self.study.released
        if not isinstance(shown, Publication) or area in ("", self.choice.area):
            return area
        told = area in shown.named_areas(self.choice.indicator)
        return area if told else self.words("robust.small_area")


def usual_choice(study: Study, indicator: str, area: str) -> Choice:
    """What is looked at where nothing else is asked for."""
    design = study.design
    area = area or design.treated
    return Choice(
        indicator=indicator or next(iter(study.settings.indicators)),
        area=area,
        first=str(design.baseline[0]),
        last=str(design.period[1]),
        comparison=tuple(one for one in design.comparison if one != area),
    )


def area_names(study: Study) -> tuple[str, ...]:
    """Areas that may be set against the comparison areas, the treated one first."""
    return (study.design.treated, *study.design.comparison, *study.design.adjacent)
