"""The answers of a survey as one report may reckon with them, and as it may show them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication import answers
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, times
from tingbjerg_eval.study.settings import ShareIndicator


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """The share indicators of one report.

    Attributes
    ----------
    study, known
        The study with everything that is known of it, and as the report knows it.
    threshold
        Counts under it are not told.
    """

    study: Study
    known: Study
    threshold: int

    def reckoned(self, indicator: str) -> pd.DataFrame:
        """A share indicator's table as estimates may use it."""
        return answers.reckoned_shares(
            self.known.shares(indicator), self._given(indicator),
            **self._limits(), level=self.study.level, apart=self._apart(indicator),
        )  # fmt: skip

    def shown(self, indicator: str) -> pd.DataFrame:
        """A share indicator's table as it may be shown: ``status`` says what is hidden."""
        return answers.shown_shares(
            self.known.shares(indicator), self._given(indicator),
            **self._limits(), apart=self._apart(indicator),
        )  # fmt: skip

    def too_few(
        self, indicator: str, reckoned: pd.DataFrame, design: Design
    ) -> MethodRefused | None:
        """Why nothing is told over the windows of ``design``: a wave is not ``reckoned`` with."""
        held = self.known.shares(indicator)
        wanted = {*times(design.baseline), *times(design.period)}
        raw, kept = (
            set(one.loc[one["area"] == design.treated, "wave"]) & wanted for one in (held, reckoned)
        )
        if raw == kept:
            return None
        return MethodRefused(
            "few-answers",
            "Too few persons answered for the share to be told.",
            "Ask more persons, or several waves together.",
        )

    def _limits(self) -> dict[str, int]:
        minimum = self.study.settings.rules.survey_minimum_answers
        return {"min_answers": minimum, "threshold": self.threshold}

    def _given(self, indicator: str) -> dict[answers.Place, int]:
        """How many gave the answer, by area and wave."""
        return self.study.memo.get(("given", indicator), lambda: answers.given(
            self._survey, self._asked(indicator)
        ))  # fmt: skip

    def _apart(self, indicator: str) -> frozenset[answers.Place]:
        """Where the share may not be told beside others on the same question."""
        asked = answers.beside(self.study.settings, indicator)
        if len(asked) == 1:
            return frozenset()
        question = self._asked(indicator).question
        return self.study.memo.get(("apart", question), lambda: answers.told_apart(
            self._survey, question, asked, **self._limits()
        ))[indicator]  # fmt: skip

    @property
    def _survey(self) -> pd.DataFrame:
        assert self.study.tables.survey is not None
        return self.study.tables.survey

    def _asked(self, indicator: str) -> ShareIndicator:
        asked = self.study.indicator(indicator)
        assert isinstance(asked, ShareIndicator)
        return asked
