"""Looking around in a study: one choice of indicator, area, quarters and comparison areas.

Each part of an :class:`Explorer` is the block that a report would show, made from what may be
shown. In JupyterLab the parts follow the controls; elsewhere they stand still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.exploring import views
from tingbjerg_eval.exploring.chosen import Choice, Chosen, area_names, usual_choice
from tingbjerg_eval.inputs.calls import guided, missing
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import as_quarter, quarter_range
from tingbjerg_eval.presentation.blocks.display import Block, Bundle, Group, Prose
from tingbjerg_eval.presentation.blocks.pictures import from_released

PARTS = ("trend", "areas", "before_after", "effect", "left_out", "choices", "survey", "themes",
         "counts")  # fmt: skip
"""The parts of an explorer; each is made by the function of its name in ``exploring.views``."""


class Display(Protocol):
    """What shows itself in a notebook."""

    def _repr_mimebundle_(self, **_: object) -> Bundle: ...


@guided()
class Explorer(Chosen):
    """A study and the choice that is looked at, its parts, and the code that shows them.

    Attributes
    ----------
    study, words
        The study, and the language it speaks.
    protected
        Whether small counts are hidden, as they are in everything that leaves the house.
    choice
        What is looked at now.
    """

    def __getattr__(self, name: str) -> Callable[[], Display]:
        if name not in PARTS:
            raise AttributeError(name) if name.startswith("_") else missing(self, name, ("study",))
        return partial(self.part, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *PARTS})

    def part(self, name: str) -> Display:
        """One part for the present choice."""
        return self.still(name)

    def still(self, name: str) -> Block:
        """One part as it is now; under a banner where nothing is protected."""
        make: Callable[[Chosen], Block] = getattr(views, name)
        if not self.protected:
            return Group((self.banner, make(self)))
        with from_released():
            return make(self)

    @property
    def banner(self) -> Block:
        """The warning over every part that may show small counts."""
        return Prose(self.words("explore.unprotected"), "callout")

    def choose(self, **changed: Any) -> Explorer:
        """Look at something else: any field of :class:`Choice`.

        Raises
        ------
        InputRefused
            With what there is to choose from, where ``changed`` names something else.
        """
        for name in changed:
            refuse_unknown(name, list(vars(self.choice)), what="choice")
        if isinstance(areas := changed.get("comparison"), str):
            raise WrongArgument(f"comparison is a list of areas; write [{areas!r}].")
        for name in changed.keys() & {"first", "last"}:
            changed[name] = as_quarter(changed[name])
        choice = replace(self.choice, **changed)
        if problems := _wrong(self.study, choice):
            raise InputRefused(problems)
        chosen = set(choice.comparison) - {choice.area}
        kept = tuple(one for one in self.study.design.comparison if one in chosen)
        self.choice = replace(choice, comparison=kept)
        return self

    def described(self) -> Block:
        """The choice in a sentence, and the banner where nothing is protected."""
        design, words = self.design, self.words
        said = words(
            "explore.choice",
            indicator=self.study.indicator(self.choice.indicator).title,
            area=self.choice.area,
            comparison=words.listed(list(self.choice.comparison)),
            baseline=words.window(design.baseline),
            period=words.window(design.period),
        )
        block = Prose(said, "lead")
        return block if self.protected else Group((self.banner, block))

    def controls(self) -> Display:
        """What is looked at; controls for it where the explorer has any."""
        return self.described()

    def key_figures(self) -> Block:
        """What is looked at and what came out, in a few lines that do not change by themselves."""
        return Group((self.described(), views.effect_table(self)))

    def code(self, part: str) -> str:
        """The lines that show ``part`` as it is chosen now, to be put in a report's notebook.

        Raises
        ------
        UnknownName
            When there is no such part.
        """
        refuse_unknown(part, PARTS, what="part")
        usual = usual_choice(self.study, self.choice.indicator, self.choice.area)
        changed = [
            f"{name}={value!r}" for name, value in vars(self.choice).items()
            if name == "indicator" or value != getattr(usual, name)
        ]  # fmt: skip
        if self.choice.area != self.study.design.treated:
            changed.append(f"area={self.choice.area!r}")
        return f"te.explore(study, data=data, {', '.join(changed)}).{part}()"


def _wrong(study: Study, choice: Choice) -> list[Problem]:
    design = study.design
    allowed = {
        "indicator": study.settings.indicators,
        "area": area_names(study),
        "first": quarter_range(*map(str, design.baseline)),
        "last": quarter_range(*map(str, design.period)),
    }
    chosen = [(name, getattr(choice, name), known) for name, known in allowed.items()]
    others = choice.comparison or ("",)
    chosen += [("comparison", one, design.comparison) for one in others]
    return [
        Problem(code="unknown-choice", file="explore", column=name, found=repr(value),
                wanted=f"one of {', '.join(known)}", mend="Choose one of them.")
        for name, value, known in chosen if value not in known
    ]  # fmt: skip
