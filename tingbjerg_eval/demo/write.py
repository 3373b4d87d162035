"""Write the simulated study as a supplier would deliver it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from tingbjerg_eval.data.revisions import earlier_source
from tingbjerg_eval.demo.simulate import (
    World,
    load_world,
    simulate_activities,
    simulate_consultation,
    simulate_earlier_extract,
    simulate_incidents,
    simulate_population,
    simulate_survey,
    truth,
)
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.study.amendments import amended
from tingbjerg_eval.study.house_key import write_key
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.sources import IncidentSource, Source
from tingbjerg_eval.study.strategy import Strategy
from tingbjerg_eval.study.strategy_file import read_strategy

DEMO_KEY = "simulated figures need no secret, and every demo is the same"


def write_demo(folder: Path) -> list[Path]:
    """Write settings, ``truth.yaml``, ``plan.key`` and ``data/`` into ``folder``.

    The same bytes every time. Settings that already lie there are kept when they are the
    demo's own.

    Raises
    ------
    InputRefused
        When ``folder`` holds other settings under these names; nothing is written then.
    """
    settings_files = {
        name: asset("parameters", name).read_bytes() for name in ("study.yaml", "strategy.yaml")
    }
    _refuse_other_settings(folder, settings_files)
    settings = read_settings(asset("parameters", "study.yaml"))
    strategy = amended(read_strategy(asset("parameters", "strategy.yaml"), settings))
    world = load_world()
    data = {
        f"{settings.data.folder}/{name}": content
        for name, content in deliveries(world, settings, strategy).items()
    }
    written = settings_files | data | {"truth.yaml": _truth_file(world)}
    for name, content in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [*(folder / name for name in written), write_key(folder, DEMO_KEY)]


def _refuse_other_settings(folder: Path, settings_files: dict[str, bytes]) -> None:
    problems = [
        Problem(
            code="demo-would-overwrite",
            file=name,
            found="other settings than the demo's",
            wanted="an empty folder",
            mend="Give another folder; nothing was written.",
        )
        for name, content in settings_files.items()
        if (folder / name).exists() and (folder / name).read_bytes() != content
    ]
    if problems:
        raise InputRefused(problems)


def deliveries(world: World, settings: StudySettings, strategy: Strategy) -> dict[str, bytes]:
    """Every file of the simulated world as its supplier would send it, by name."""
    population = simulate_population(world, settings)
    data = settings.data
    earlier = earlier_source(data.incidents, data.incidents.earlier[-1])
    reports = simulate_incidents(world, settings, population)
    before = simulate_earlier_extract(world, reports, earlier.drawn)
    before = before[before["date"] <= given(earlier.coverage).last.isoformat()]
    survey, answers = given(data.survey), simulate_survey(world, settings)
    tables: tuple[tuple[Source, pd.DataFrame], ...] = (
        (data.incidents, _dated(reports, data.incidents)),
        (earlier, _dated(before, data.incidents)),
        (data.population, population),
        (survey, answers.rename(columns={"respondent": survey.respondent})),
        (given(data.activities), simulate_activities(world, settings, strategy)),
        (given(data.consultation), simulate_consultation(world, settings)),
    )
    return {source.name: _delivered(frame, source) for source, frame in tables}


def _dated(incidents: pd.DataFrame, source: IncidentSource) -> pd.DataFrame:
    dates = pd.to_datetime(incidents["date"]).dt.strftime(source.date_format)
    return incidents.assign(date=dates)


def _delivered(frame: pd.DataFrame, source: Source) -> bytes:
    """``frame`` as the supplier's file: their headings, separator, decimal mark, line ends."""
    text = frame.rename(columns=source.headings()).to_csv(
        index=False, sep=source.separator, decimal=source.decimal or ".", lineterminator="\r\n"
    )
    return bytes(text.encode(given(source.encoding)))


def _truth_file(world: World) -> bytes:
    head = "# The true effects from which the demo's tables were drawn; no evaluation reads them.\n"
    text: str = yaml.safe_dump(truth(world), sort_keys=True)
    return (head + text).encode()
