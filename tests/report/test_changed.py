"""What changed since the last edition: only counts that both editions tell."""

import re
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

import tingbjerg_eval as te
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.publication.earlier import EDITIONS
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.report.sections.changed import (
    differing,
    moved_answers,
    revised,
    told_cells,
)
from tingbjerg_eval.report.sections.method import method
from tingbjerg_eval.report.sections.news import to_be_decided
from tingbjerg_eval.report.sections.parties import broken_commitments
from tingbjerg_eval.run.cli import cli

MINIMAL = asset("parameters", "examples", "minimal")


def edition(**cells):
    told = [{"key": key, "value": value} for key, value in cells.items()]
    return {"tables": [{"name": "burglary", "cells": told}]}


def test_a_count_told_otherwise_is_named_and_a_hidden_one_never():
    earlier = edition(a=10, b=20, c=None, d=7)
    now = told_cells(edition(a=11, b=20, c=6, d=None))
    assert revised([earlier], now).to_dict("records") == [
        {"table": "burglary", "cell": "a", "before": 10, "now": 11}
    ]


def test_of_several_editions_the_newest_counts():
    assert revised([edition(a=9), edition(a=11)], told_cells(edition(a=11))).empty


@pytest.fixture
def demo(demo_study):
    """The demo without editions, whatever is done to it."""
    own = replace(demo_study)
    own.memo.take(demo_study.memo.answers())
    return own


def test_a_report_names_the_counts_that_its_last_edition_told_otherwise(demo):
    held = demo.memo.get(EDITIONS, list)
    shown = publication(demo, "2011K2").handed_over()
    table = next(one for one in shown["tables"] if one["name"] == "burglary")
    cell = next(one for one in table["cells"] if one["value"] is not None)
    was = cell["value"]
    cell["value"] = was + 3
    held.append(shown)
    part = te.open_report(demo, "quarterly", quarter="2011K2").changed()
    (table,) = part.tables()
    assert [row[2:] for row in table["rows"]] == [[was + 3, was]]


def test_without_an_earlier_edition_nothing_is_compared(demo):
    said = te.open_report(demo, "quarterly", quarter="2011K2").changed().text()
    assert "ingen tidligere udgave" in said
    assert "Indbrud i beboelse: fra foran til bagud" in said


def run_minimal(study):
    end = ["run", str(study), "--only", "end_of_period", "--output", str(study.parent / "out")]
    said = CliRunner().invoke(cli, [*end, "--jobs", "1"])
    assert said.exit_code == 0, said.output
    return (study.parent / "out/reports/end_of_period/rapport.html").read_text("utf-8")


def test_a_revised_delivery_that_moves_a_verdict_is_told_with_its_reason(tmp_path):
    shutil.copytree(MINIMAL, tmp_path / "minimal")
    study, file = tmp_path / "minimal/study.yaml", tmp_path / "minimal/data/anmeldelser.csv"
    study.write_text(study.read_text("utf-8") + "ledger: ledger.json\n", "utf-8")
    assert "moved-verdicts" not in run_minimal(study)
    reports = pd.read_csv(file, sep=";", dtype=str)
    late = (reports["Område"] == "Indsatsområdet") & (reports["Kvartal"] >= "2010")
    reports.loc[late, "Antal"] = [str(int(count) + 12) for count in reports.loc[late, "Antal"]]
    reports.to_csv(file, sep=";", index=False)
    page = run_minimal(study)
    told = [part.strip() for part in re.findall(r">([^<>]*[^<>\s][^<>]*)<", page)]
    head = told.index("Svar, der er blevet et andet siden den forrige udgave af rapporten")
    title = "Anmeldte indbrud falder med 30 procent"
    assert told[head + 5 : head + 17] == [
        title, "Nået?", "Nået", "Ikke nået",
        title, "Sikkert?", "Nej", "Ja",
        title, "Gjorde indsatsen det?", "Færre end ventet", "Kan ikke afgøres",
    ]  # fmt: skip
    assert "Grunden er rettede data (anmeldelser)." in page


def test_what_two_editions_rest_on_is_compared_part_by_part():
    before = {"data": {"incidents": "a", "survey": "b"}, "plan": "p", "program": "1"}
    now = {"data": {"incidents": "a", "survey": "c"}, "plan": "p", "program": "2"}
    assert differing(before, now) == ["survey", "program"]
    assert moved_answers(
        {"t": ["yes", "no", "fewer"]}, {"t": ["no", "no", "fewer"], "new": ["yes"] * 3}
    ) == [("t", "met", "yes", "no")]


def test_what_is_to_be_made_up_is_what_the_table_of_shortfalls_says(demo_study):
    report = te.open_report(demo_study, "quarterly", quarter="2011K2")
    table = broken_commitments(report).text()
    delivered, wanted = re.search(r"(\d+) af (\d+) opgange", table).groups()
    assert f"de {int(wanted) - int(delivered)} opgange" in to_be_decided(report).text()


def test_a_break_after_the_last_target_is_not_of_this_report(demo_study):
    settings = demo_study.settings
    breaks = [one.model_copy(update={"first": year, "reason": f"Ny måling {year}"})
              for one in settings.breaks for year in (2011, 2017)]  # fmt: skip
    study = replace(demo_study, settings=settings.model_copy(update={"breaks": breaks}))
    said = method(te.open_report(study, "baseline")).text()
    assert ("Ny måling 2011" in said, "Ny måling 2017" in said) == (True, False)
