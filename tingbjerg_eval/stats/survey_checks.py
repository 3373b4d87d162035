"""What makes a survey unfit for weighted figures, each refused with cause and way out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.refusal import MethodRefused


def blank(column: pd.Series) -> np.ndarray:
    """Whether each answer is missing: no value, or text of spaces only."""
    codes, given = pd.factorize(column)
    empty = [isinstance(value, str) and not value.strip() for value in given]
    return np.asarray(np.array([*empty, True])[codes])


def numbers_of(column: pd.Series, question: str) -> np.ndarray:
    """The answers as numbers, ``nan`` where blank."""
    given = pd.to_numeric(column.where(~blank(column)), errors="coerce")
    numbers: np.ndarray = given.to_numpy(dtype=float)
    if (np.isnan(numbers) & ~blank(column)).any():
        raise MethodRefused(
            "not-numeric",
            f"Column {question!r} holds answers that are no numbers.",
            "Use survey_shares and name the answers that count.",
        )
    return numbers


def check_survey(
    survey: pd.DataFrame, question: str, *, cluster: str | None, finite_population: str | None
) -> None:
    """Refuse a survey whose columns, weights or sampling design cannot carry an estimate."""
    design = [column for column in ("stratum",) if column in survey]
    design += [column for column in (cluster, finite_population) if column is not None]
    for column in ("area", "wave", "weight", *design, question):
        _check_column(survey, column)
    _check_weights(survey["weight"])
    for column in ("area", "wave", *design):
        _check_complete(survey, column)
    if finite_population:
        _check_population(survey, cluster, finite_population)
    if blank(survey[question]).all():
        raise MethodRefused(
            "no-answers",
            f"Nobody answered {question!r}.",
            "Check the column, or leave the question out.",
        )


def _check_column(survey: pd.DataFrame, column: str) -> None:
    if column in survey:
        return
    near = get_close_matches(column, [str(name) for name in survey.columns], n=1, cutoff=0)
    raise MethodRefused(
        "unknown-column",
        f"The survey has no column {column!r}.",
        f"Did you mean {near[0]!r}?" if near else "The survey has no columns at all.",
    )


def _check_weights(weight: pd.Series) -> None:
    numbers = pd.to_numeric(weight, errors="coerce")
    bad = ~(numbers > 0) | ~np.isfinite(numbers)
    if bad.any():
        raise MethodRefused(
            "bad-weight",
            f"{int(bad.sum())} respondents have a weight that is missing, zero, negative or no "
            f"number, the first in row {int(np.flatnonzero(bad)[0])} (the first row is 0).",
            "Ask the supplier for the weights, or leave out respondents who are not to count.",
        )


def _check_complete(survey: pd.DataFrame, column: str) -> None:
    missing = int(blank(survey[column]).sum())
    if missing:
        raise MethodRefused(
            "missing-design",
            f"{missing} respondents have no {column!r}.",
            "Fill in how they were sampled, or leave the column out for all.",
        )


def _check_population(survey: pd.DataFrame, cluster: str | None, column: str) -> None:
    by = ["wave", *(["stratum"] if "stratum" in survey else [])]
    groups = survey.groupby(by, observed=True)
    drawn = groups[cluster].nunique() if cluster else groups.size()
    sizes = groups[column]
    if (sizes.nunique() > 1).any() or (sizes.first() < drawn).any():
        raise MethodRefused(
            "bad-population",
            f"Column {column!r} must hold one size per wave and stratum, at least as large as "
            "the number of sampling units drawn there.",
            "Correct the sizes, or leave finite_population out.",
        )


def known_areas(survey: pd.DataFrame, areas: Iterable[str]) -> set[str]:
    """The areas asked for, once each of them is found in the survey."""
    wanted = {areas} if isinstance(areas, str) else set(areas)
    there = sorted(map(str, survey["area"].unique()))
    for area in sorted(wanted - set(there)):
        near = get_close_matches(area, there, n=1, cutoff=0)
        raise MethodRefused(
            "unknown-area", f"The survey has no area {area!r}.", f"Did you mean {near[0]!r}?"
        )
    return wanted


def answers_never_given(column: pd.Series, question: str, wanted: list[str]) -> list[str]:
    """Answers that nobody gave; refused where they only differ in case or spaces."""
    if not wanted:
        raise MethodRefused(
            "no-answers",
            f"No answer to {question!r} is said to count.",
            "Give the answers that count as in answers=['Unsafe'].",
        )
    given = list(column[~blank(column)].unique())
    absent = [answer for answer in wanted if answer not in given]
    for answer in absent:
        for other in given:
            if _folded(other) == _folded(answer):
                raise MethodRefused(
                    "answer-misspelt",
                    f"Nobody answered {answer!r} to {question!r}, but some answered {other!r}.",
                    "Write the answer exactly as it stands in the survey.",
                )
    return absent


def _folded(answer: object) -> str:
    return " ".join(str(answer).casefold().split())
