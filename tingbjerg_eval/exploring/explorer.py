"""Looking around in a study: one choice of indicator, area, quarters and comparison areas.

Each part of an :class:`Explorer` is the block that a report would show, made from what may be
shown. In JupyterLab the parts follow the controls; elsewhere they stand still.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.exploring import views
from tingbjerg_eval.exploring.area_counts import AreaCounts, area_counts
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.figures.drawn import from_released
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.publication import Publication, publication
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.reports import END
from tingbjerg_eval.study.settings import ShareIndicator

PARTS = (
    "trend",
    "areas",
    "before_after",
    "effect",
    "left_out",
    "choices",
    "survey",
    "themes",
    "counts",
)
"""The parts of an explorer; each is made by the function of its name in ``report.views``."""


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


class Explorer:
    """A study and the choice that is looked at.

    Attributes
    ----------
    study, words
        The study, and the language it speaks.
    protected
        Whether small counts are hidden, as they are in everything that leaves the house.
    choice
        What is looked at now.
    """

    def __init__(self, study: Study, choice: Choice, *, protected: bool = True):
        self.study = publication(study, END).view() if protected else study
        self.choice, self.protected = choice, protected
        self.words = Words(study.settings.language)
        self._counts: dict[str, AreaCounts] = {}

    def __getattr__(self, name: str):
        if name not in PARTS:
            raise AttributeError(f"an explorer has no part {name!r}; it has {', '.join(PARTS)}")
        return partial(self.part, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *PARTS})

    def part(self, name: str) -> Block:
        """One part for the present choice; under a banner where nothing is protected."""
        if not self.protected:
            return Group((self.banner, getattr(views, name)(self)))
        with from_released():
            return getattr(views, name)(self)

    @property
    def banner(self) -> Block:
        """The warning over every part that may show small counts."""
        return Prose(self.words("explore.unprotected"), "callout")

    def choose(self, **changed) -> Explorer:
        """Look at something else: any field of :class:`Choice`.

        Raises
        ------
        InputRefused
            With what there is to choose from, where ``changed`` names something else.
        """
        choice = replace(self.choice, **changed)
        problems = _wrong(self.study, choice)
        if problems:
            raise InputRefused(problems)
        self.choice = _sorted(self.study, choice)
        return self

    @property
    def is_share(self) -> bool:
        """Whether the indicator is a share of the survey's answers."""
        return isinstance(self.study.indicator(self.choice.indicator), ShareIndicator)

    @property
    def design(self) -> Design:
        """The choice as a design."""
        study, choice = self.study, self.choice
        design = study.survey_design if self.is_share else study.design
        windows = {} if self.is_share else {
            "baseline": (choice.first, design.baseline[1]),
            "period": (design.period[0], choice.last),
        }  # fmt: skip
        return design.with_(
            treated=choice.area, comparison=choice.comparison, adjacent=(), **windows
        )

    @property
    def own_windows(self) -> bool:
        """Whether the windows are the study's own."""
        own = self.study.survey_design if self.is_share else self.study.design
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

    def described(self) -> Block:
        """The choice in a sentence, and the banner where nothing is protected."""
        title = self.study.indicator(self.choice.indicator).title
        design, words = self.design, self.words
        said = words(
            "explore.choice",
            indicator=title,
            area=self.choice.area,
            comparison=words.listed(list(self.choice.comparison)),
            baseline=words.window(design.baseline),
            period=words.window(design.period),
        )
        block = Prose(said, "lead")
        return block if self.protected else Group((self.banner, block))

    def controls(self) -> Block:
        """What is looked at; controls for it where the explorer has any."""
        return self.described()

    def key_figures(self) -> Block:
        """What is looked at and what came out, in a few lines that do not change by themselves."""
        return Group((self.described(), views.effect_table(self)))

    def code(self, part: str) -> str:
        """The lines that show ``part`` as it is chosen now, to be put in a report's notebook.

        Raises
        ------
        ValueError
            When there is no such part.
        """
        if part not in PARTS:
            raise ValueError(f"no part {part!r}; there are {', '.join(PARTS)}")
        usual = usual_choice(self.study, self.choice.indicator, self.choice.area)
        changed = [
            f"{name}={value!r}" for name, value in vars(self.choice).items()
            if name == "indicator" or value != getattr(usual, name)
        ]  # fmt: skip
        if self.choice.area != self.study.design.treated:
            changed.append(f"area={self.choice.area!r}")
        return f"te.explore(study, data=data, {', '.join(changed)}).{part}()"


def usual_choice(study: Study, indicator: str, area: str) -> Choice:
    """What is looked at where nothing else is asked for."""
    design = study.design
    area = area or design.treated
    return Choice(
        indicator=indicator or next(iter(study.settings.indicators)),
        area=area,
        first=design.baseline[0],
        last=design.period[1],
        comparison=tuple(one for one in design.comparison if one != area),
    )


def area_names(study: Study) -> tuple[str, ...]:
    """Areas that may be set against the comparison areas, the treated one first."""
    return (study.design.treated, *study.design.comparison, *study.design.adjacent)


def _sorted(study: Study, choice: Choice) -> Choice:
    """Comparison areas in the study's order, the area itself not among them."""
    chosen = set(choice.comparison) - {choice.area}
    return replace(
        choice, comparison=tuple(one for one in study.design.comparison if one in chosen)
    )


def _wrong(study: Study, choice: Choice) -> list[Problem]:
    design = study.design
    allowed = {
        "indicator": study.settings.indicators,
        "area": area_names(study),
        "first": quarter_range(*design.baseline),
        "last": quarter_range(*design.period),
    }
    chosen = [(name, getattr(choice, name), known) for name, known in allowed.items()]
    others = choice.comparison or ("",)
    chosen += [("comparison", one, design.comparison) for one in others]
    return [
        Problem(code="unknown-choice", file="explore", column=name, found=repr(value),
                wanted=f"one of {', '.join(known)}", mend="Choose one of them.")
        for name, value, known in chosen if value not in known
    ]  # fmt: skip
