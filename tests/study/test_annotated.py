"""The annotated example names every key that a study and a strategy may have, and loads."""

import re
import typing

import pytest
from pydantic import BaseModel

from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.strategy import Strategy
from tingbjerg_eval.study.strategy_file import read_strategy

FOLDER = asset("parameters", "examples", "annotated")


def models(annotation):
    """The settings models in a field's type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {one for part in typing.get_args(annotation) for one in models(part)}


def keys(model, seen=None):
    """Every key of a model and of those inside it, as it is written in the file."""
    seen = set() if seen is None else seen
    if model in seen:
        return set()
    seen.add(model)
    named = {field.alias or name for name, field in model.model_fields.items()}
    inside = {one for field in model.model_fields.values() for one in models(field.annotation)}
    return named.union(*(keys(one, seen) for one in inside))


def test_it_loads_as_a_study_and_its_strategy():
    settings = read_settings(FOLDER / "study.yaml")
    strategy = read_strategy(FOLDER / settings.strategy, settings)
    assert strategy.targets.keys() == {"indbrud-40", "utryg-aften-halv-afstand", "patruljetimer-90"}


@pytest.mark.parametrize(
    ("file", "model"), [("study.yaml", StudySettings), ("strategy.yaml", Strategy)]
)
def test_every_key_is_named_and_every_section_explained(file, model):
    text = (FOLDER / file).read_text("utf-8")
    named = set(re.findall(r"([a-z_0-9]+):(?=[ \n])", text))
    assert sorted(keys(model) - named) == []
    lines = text.splitlines()
    sections = [at for at, line in enumerate(lines) if re.fullmatch(r"[a-z_]+:", line)]
    assert [lines[at] for at in sections if "#" not in lines[at - 1] + lines[at + 1]] == []
