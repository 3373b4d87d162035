"""What is handed over is the same to the letter for five values of whatever is hidden."""

from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import pytest

from tests.studies.hidden_counts import drawn, small_study, with_counts
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.publication.publication import Publication, publication
from tingbjerg_eval.publication.timeline import report_names
from tingbjerg_eval.report.report import open_report

FIVE = range(5)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Study:
    """A study of small areas with an adjacent one and linked indicators."""
    folder = tmp_path_factory.mktemp("small") / "study"
    return small_study(folder)


def moved(study: Study, area: str, quarters: dict[str, int]) -> Study:
    """The study with other counts of one area."""
    incidents = study.tables.incidents
    here = (incidents["area"] == area) & incidents["quarter"].isin(quarters)
    return with_counts(
        study, incidents["count"].where(~here, incidents["quarter"].map(quarters)).astype(int)
    )


def released(study: Study, name: str) -> str:
    """All that anything shown in a report can rest on."""
    shown: Publication = publication(study, name)
    panels = [shown.panel(one).to_csv() for one in sorted(study.settings.indicators_of("count"))]
    return json.dumps(shown.published(), sort_keys=True) + "".join(panels)


def alternatives(study: Study, seed: int) -> list[tuple[str, dict[str, int]]]:
    """Five values of one hidden count of the treated, of a comparison and the adjacent area."""
    random, found = np.random.default_rng(seed), []
    shown, design = publication(study, "end_of_period"), study.design
    cells = shown.counts("indbrud").areas
    panel = study.panel("indbrud").set_index(["area", "quarter"])["count"]
    for area in (design.treated, random.choice(design.comparison), *design.adjacent):
        own = area == design.treated
        hidden = [one for one in cells[area] if not one.true or (own and len(one.times) > 1)]
        if not hidden:
            continue
        cell = hidden[random.integers(len(hidden))]
        total = int(sum(panel[area, one] for one in cell.times))
        for value in FIVE:
            rest = dict.fromkeys(cell.times, 0) | {cell.times[0]: value}
            if cell.true:
                rest[cell.times[-1]] = total - value
            found.append((area, rest))
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mean", [1.2, 4.0, 13.0])
def test_every_report_rests_on_the_same_for_five_values_of_a_hidden_count(small, seed, mean):
    study = drawn(small, seed, mean)
    names = report_names(study)
    before = [released(study, name) for name in names]
    for area, counts in alternatives(study, seed):
        other = moved(study, area, counts)
        assert [released(other, name) for name in names] == before, area


def test_the_parts_of_the_last_report_are_the_same_to_the_letter(small):
    study = drawn(small, 1, 4.0)
    before = shown(study)
    others = alternatives(study, 1)
    for area, counts in others[:: len(others) // 3]:
        assert shown(moved(study, area, counts)) == before, area


def shown(study: Study) -> str:
    report = open_report(study, "end_of_period")
    parts = [name for name in report.parts if name not in ("plan", "provenance")]
    return "".join(str(getattr(report, name)().html()) for name in parts)


def test_that_an_area_has_no_reports_is_not_told(small):
    """The house is told; a reader would know every hidden count of a single adjacent area."""
    folder = small.path.parent
    counts = folder / "data" / "anmeldelser.csv"
    adjacent = f"{small.design.adjacent[0]};"
    rows = counts.read_text(encoding="utf-8").splitlines()
    kept = [f"{row.rpartition(';')[0]};0" if row.startswith(adjacent) else row for row in rows]
    other = folder.parent / "without"
    shutil.copytree(folder, other)
    (other / "data" / "anmeldelser.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    study = open_study(other)
    assert [one.code for one in study.tables.notes] == ["area-zero"]
    report = open_report(study, "end_of_period")
    assert "area-zero" not in str(report.data_notes().html())
    assert report.publication.notes() == ()


@pytest.mark.parametrize("mean", [1.2, 4.0, 13.0])
def test_a_report_made_when_it_is_due_tells_what_it_tells_when_all_is_delivered(small, mean):
    """Else both could be subtracted: half a year told early, and the year of it later."""
    study = drawn(small, 5, mean)
    for name in report_names(study)[:-1]:
        until = publication(study, name).until
        rows = study.tables.incidents
        early = rows[rows["quarter"].map(quarter_number) <= quarter_number(until)]
        covered = tuple(one for one in study.tables.covered if one <= until)
        due = dataclasses.replace(
            study, tables=dataclasses.replace(study.tables, incidents=early, covered=covered)
        )
        assert released(due, name) == released(study, name), name
