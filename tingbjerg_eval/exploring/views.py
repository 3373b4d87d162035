"""The parts of an explorer: each makes one block from what may be shown of the present choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import pandas as pd
from matplotlib.axes import Axes

from tingbjerg_eval.exploring.chosen import Chosen
from tingbjerg_eval.inputs.quarters import a_year, quarter_number
from tingbjerg_eval.presentation import figures
from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.presentation.blocks.show import estimates_table, refusal
from tingbjerg_eval.presentation.blocks.tables import Column, Table
from tingbjerg_eval.publication.publication import Publication
from tingbjerg_eval.report.sections.late_figures import young_quarters
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.estimate import Estimate, tidy
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.placebos import leave_one_out, placebo_areas
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.settings import Indicator

Found = TypeVar("Found")

PER = 1000


def trend(explorer: Chosen) -> Block:
    """The area's course among the comparison areas."""
    frame, design = visible(explorer)
    together = _together(explorer)
    if together and not explorer.is_share:
        design = design.with_(comparison=(together,))
    young = young_quarters(explorer.study)
    return _drawn(explorer, figures.trend, frame, design, title=_title(explorer), preliminary=young)


def areas(explorer: Chosen) -> Block:
    """One small trend per area."""
    frame, design = visible(explorer)
    return _drawn(explorer, figures.small_multiples, frame, design)


def before_after(explorer: Chosen) -> Block:
    """What changed from baseline to period, in the area and in each comparison area."""
    shown = [area for area in explorer.design.areas if _covered(explorer, area)]
    if explorer.choice.area not in shown:
        return _withheld(explorer)
    design, words = explorer.design.with_(comparison=tuple(shown[1:])), explorer.words
    try:
        found = area_changes(_data(explorer), design)
        drawn: Block = Figure(figures.changes(found, design, words=words))
    except MethodRefused as refused:
        drawn = refusal(refused, words=words)
    change = _asked(explorer, compare_periods, design=design)
    return Group((_told(explorer, "change", change), drawn))


def effect(explorer: Chosen) -> Block:
    """Whether the change differs from that of the comparison areas, and the placebo picture."""
    found = _resting_on_all(explorer, placebo_areas)
    if isinstance(found, Block):
        return found
    words = explorer.words
    rank = words(
        "explore.rank",
        area=explorer.choice.area,
        rank=words.number(found.rank),
        areas=words.number(found.n_areas),
        smallest=words.p_value(found.smallest_p),
    )
    named = found.table.assign(area=found.table["area"].map(explorer.named))
    axes = figures.placebo(named, explorer.design, scale=_scale(explorer), words=words)
    return Group((effect_table(explorer), Figure(axes), Prose(rank)))


def effect_table(explorer: Chosen) -> Block:
    """The headline alone."""
    found = _resting_on_all(explorer, difference_in_differences)
    return found if isinstance(found, Block) else _told(explorer, "effect", found)


def left_out(explorer: Chosen) -> Block:
    """The headline without each comparison area."""
    found = _resting_on_all(explorer, leave_one_out)
    if isinstance(found, Block):
        return found
    words, scale = explorer.words, _scale(explorer)
    labels = [
        words("explore.without", area=explorer.named(area)) if area else words("explore.all_areas")
        for area in found["left_out"]
    ]
    rows = found.assign(scale=scale)
    return Figure(figures.intervals(rows, labels, words=words))


def choices(explorer: Chosen) -> Block:
    """The headline as areas, the length of the baseline and the end of the period change."""
    words = explorer.words
    told: list[tuple[str, Estimate]] = []
    for label, design in _varied(explorer):
        if (explorer.own_windows and design == explorer.design) or _all_covered(explorer, design):
            found = _asked(explorer, difference_in_differences, design=design)
            if isinstance(found, Estimate):
                told.append((label, found))
    if not told:
        return _withheld(explorer)
    labels, estimates = zip(*told, strict=True)
    return Figure(figures.intervals(tidy(*estimates), list(labels), words=words))


def _varied(explorer: Chosen) -> Iterator[tuple[str, Design]]:
    """The choice, then the same with one thing changed at a time; whole years only."""
    design, words = explorer.design, explorer.words
    yield words("explore.as_chosen"), design
    own = tuple(one for one in explorer.study.design.comparison if one != design.treated)
    if own != design.comparison:
        yield words("explore.all_areas"), design.with_comparison(*own)
    if explorer.is_share:
        return
    before, after = design.baseline_times, design.period_times
    year = a_year(before[0])
    for years in range(len(before) // year - 1, 0, -1):
        window = (before[-year * years], before[-1])
        yield words("explore.from", window=words.window(window)), design.replace(baseline=window)
    for years in range(len(after) // year - 1, 0, -1):
        window = (after[0], after[year * years - 1])
        yield words("explore.to", window=words.window(window)), design.replace(period=window)


def survey(explorer: Chosen) -> Block:
    """Every question of the survey by wave, and one of them drawn."""
    shares = explorer.study.settings.indicators_of("share")
    if not shares:
        return Prose(explorer.words("explore.no_survey"))
    one = explorer.choice.indicator if explorer.is_share else next(iter(shares))
    design = explorer.study.design_of(counts=False).with_(
        treated=explorer.choice.area, comparison=explorer.choice.comparison, adjacent=()
    )
    figure = figures.shares_by_wave(
        _shares(explorer, one), design, title=shares[one].title, words=explorer.words
    )
    return Group((_items(explorer, shares), Figure(figure)))


def themes(explorer: Chosen) -> Block:
    """What residents and partners have raised in the quarters that are looked at."""
    words, raised = explorer.words, _raised(explorer)
    if raised is None or raised.empty:
        return Prose(words("explore.no_consultation"))
    rows = raised.sort_values(["mentions", "theme"], ascending=[False, True], na_position="last")
    columns = {"theme": Column(), "mentions": Column(kind="number")}
    return Table(rows, words("explore.themes"), columns, name="themes",
                 threshold=_threshold(explorer), words=words)  # fmt: skip


def counts(explorer: Chosen) -> Block:
    """The figures behind the trend: reports and rates, or shares and answers."""
    frame, design = visible(explorer)
    frame = frame[frame["area"].isin(design.areas)]
    columns = {"area": Column(), "wave": Column(), "share": Column(), "n": Column(
        explorer.words("table.answers"), "number")}  # fmt: skip
    if not explorer.is_share:
        rate = frame["value"].astype("Float64") * PER / frame["population"]
        frame = frame.assign(count=frame["value"], rate=rate)
        columns = {"area": Column(), "quarter": Column(), "count": Column(kind="number"),
                   "rate": Column(kind="rate")}  # fmt: skip
    return Table(frame, _title(explorer), columns, name="counts",
                 threshold=_threshold(explorer), words=explorer.words)  # fmt: skip


def visible(explorer: Chosen) -> tuple[pd.DataFrame, Design]:
    """What may be drawn of the present choice, and its design."""
    design = explorer.design
    if explorer.is_share:
        return _shares(explorer, explorer.choice.indicator), design
    frame = explorer.area_counts(explorer.choice.indicator).frame
    numbers = frame["quarter"].map(quarter_number)
    first, last = map(quarter_number, (explorer.choice.first, explorer.choice.last))
    return frame[numbers.between(first, last)].reset_index(drop=True), design


def _shares(explorer: Chosen, indicator: str) -> pd.DataFrame:
    study = explorer.study
    if isinstance(study.released, Publication):
        return study.released.shown_shares(indicator)
    return study.shares(indicator).assign(status="shown")


def _together(explorer: Chosen) -> str:
    """What the comparison areas together are called; empty for a choice of some of them."""
    own = explorer.choice.comparison == explorer.study.design.comparison
    return explorer.words("table.pooled") if own else ""


def _drawn(
    explorer: Chosen,
    figure: Callable[..., Axes],
    frame: pd.DataFrame,
    design: Design,
    **more: Any,
) -> Block:
    threshold = _threshold(explorer)
    return Figure(figure(frame, design, threshold=threshold, words=explorer.words, **more))


def _resting_on_all(explorer: Chosen, method: Callable[..., Found]) -> Found | Block:
    """What ``method`` finds, or the block that says why nothing is shown.

    Over the study's own windows it is what the reports show, reckoned with the numbers that
    stand in for hidden ones; over others every area's sums must be told.
    """
    if not (_all_covered(explorer, explorer.design) or explorer.own_windows):
        return _withheld(explorer)
    found = _asked(explorer, method)
    return refusal(found, words=explorer.words) if isinstance(found, MethodRefused) else found


def _asked(
    explorer: Chosen, method: Callable[..., Found], *, design: Design | None = None
) -> Found | MethodRefused:
    answer: Found | MethodRefused = explorer.study.ask(
        method, _data(explorer), design or explorer.design
    )
    return answer


def _all_covered(explorer: Chosen, design: Design) -> bool:
    """Whether every area's figures in both windows of ``design`` may be shown."""
    return all(_covered(explorer, area, design) for area in design.areas)


def _covered(explorer: Chosen, area: str, design: Design | None = None) -> bool:
    """Whether the area's figures in both windows may be shown."""
    design, name = design or explorer.design, explorer.choice.indicator
    if not explorer.is_share:
        counted = explorer.area_counts(name)
        return all(counted.shows(area, window) for window in (design.baseline, design.period))
    frame = _shares(explorer, name)
    waves = (*design.baseline_times, *design.period_times)
    rows = frame[(frame["area"] == area) & frame["wave"].isin(waves)]
    return bool((rows["status"] == "shown").all())


def _data(explorer: Chosen) -> pd.DataFrame:
    return explorer.study.data(explorer.choice.indicator)[0]


def _scale(explorer: Chosen) -> str:
    return "percentage points" if explorer.is_share else "rate ratio"


def _title(explorer: Chosen) -> str:
    return explorer.study.indicator(explorer.choice.indicator).title


def _threshold(explorer: Chosen) -> int:
    return explorer.study.settings.rules.disclosure_threshold


def _withheld(explorer: Chosen) -> Block:
    return Prose(explorer.words("explore.withheld"), "callout")


def _told(explorer: Chosen, asked: str, answer: Estimate | MethodRefused) -> Block:
    caption = f"{_title(explorer)}: {explorer.choice.area}"
    labels = [explorer.words(f"explore.{asked}")]
    return estimates_table([answer], labels=labels, caption=caption, words=explorer.words)


def _items(explorer: Chosen, shares: Mapping[str, Indicator]) -> Block:
    """One row per question, one column per wave, for the area that is looked at."""
    words, area = explorer.words, explorer.choice.area
    parts = [_shares(explorer, name).assign(title=one.title) for name, one in shares.items()]
    rows = pd.concat(parts)[lambda frame: frame["area"] == area]
    waves = sorted(rows["wave"].unique())
    wide = rows.pivot(index="title", columns="wave", values="share").loc[
        [one.title for one in shares.values()]
    ]
    wide.columns = [str(wave) for wave in waves]
    columns = {"title": words("table.question")} | {
        str(wave): Column(str(wave), "percent", 0) for wave in waves
    }
    caption = words("explore.items", area=area)
    return Table(wide.reset_index(), caption, columns, name="survey", words=words)


def _raised(explorer: Chosen) -> pd.DataFrame | None:
    """``theme, mentions`` of the treated area as they are told before the effort; in the house
    those of the quarters that are looked at, everywhere."""
    study = explorer.study
    if isinstance(study.released, Publication):
        told = study.released.mentions()
        if told is None:
            return None
        return told.loc[told["area"] == study.design.treated, ["theme", "mentions"]]
    raised = study.tables.consultation
    if raised is None:
        return None
    numbers = raised["quarter"].map(quarter_number)
    first, last = map(quarter_number, (explorer.choice.first, explorer.choice.last))
    inside = raised[numbers.between(first, last)]
    return inside.groupby("theme", sort=True)["mentions"].sum().reset_index()
