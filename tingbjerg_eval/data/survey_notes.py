"""What the report must say about a survey that was accepted."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.settings import StudySettings

HEAVY = 10
WEIGHT_SUM_TOLERANCE = 0.05


def note_survey(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> None:
    """Heavy weights, lonely strata, thin cells, changed wording and suppliers."""
    _note_weights(frame, found)
    _note_strata(frame, found)
    _note_thin_cells(frame, settings, found)
    _note_waves(frame, settings, found)
    source = given(settings.data.survey)
    for question, waves in source.wording.items():
        if len(set(waves.values())) > 1:
            found.add("wording-differs", column=question, found=listed(sorted(waves)))
    if len(set(source.suppliers.values())) > 1:
        said = [f"{wave}: {name}" for wave, name in sorted(source.suppliers.items())]
        found.add("supplier-changed", found=listed(said))
    for change in settings.breaks_of("survey"):
        if (frame["wave"] >= change.first).any() and (frame["wave"] < change.first).any():
            found.add("supplier-changed", found=f"from {change.first}: {change.reason}")


def _note_weights(frame: pd.DataFrame, found: Findings) -> None:
    relative = frame["weight"] / frame.groupby("wave")["weight"].transform("mean")
    if (relative > HEAVY).any():
        found.add("weight-heavy", found=f"{many((relative > HEAVY).sum(), 'weight')}, the largest "
                  f"{relative.max():.1f} times the mean")  # fmt: skip


def check_weight_sums(
    frame: pd.DataFrame, population: pd.DataFrame, settings: StudySettings, found: Findings
) -> None:
    """Note when the weights of an area and wave do not, typically, sum to its inhabitants."""
    if given(settings.data.survey).columns.weight is None:
        return
    people = population.assign(wave=population["quarter"].str[:4].astype(int))
    people = people.groupby(["area", "wave"])["population"].mean()
    sums = frame.groupby(["area", "wave"])["weight"].sum()
    ratio = (sums / people.reindex(sums.index)).dropna()
    typical = ratio.median()
    if abs(typical - 1) > WEIGHT_SUM_TOLERANCE:
        found.add("weights-not-population", found=f"{100 * typical:.1f} % of the inhabitants")


def _note_strata(frame: pd.DataFrame, found: Findings) -> None:
    if "stratum" not in frame:
        found.add("strata-none", found="no stratum column")
        return
    sizes = frame.groupby(["wave", "stratum"]).size()
    if lonely := [f"{wave}: {stratum}" for wave, stratum in sizes[sizes == 1].index]:
        found.add("stratum-single", found=listed(lonely))


def _note_thin_cells(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> None:
    least = settings.rules.survey_minimum_answers
    for question in dict.fromkeys(i.question for i in settings.indicators_of("share").values()):
        answers = frame.groupby(["area", "wave"])[question].count()
        thin = answers[answers < least]
        if len(thin):
            said = listed([f"{area} {wave}" for area, wave in thin.index])
            found.add("answers-few", column=question, found=said, least=str(least))


def _note_waves(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> None:
    design = settings.survey_design()
    if design is None:
        return
    if lacking := sorted(set(design.period_times) - set(frame["wave"])):
        found.add("wave-missing", found=listed(lacking))
