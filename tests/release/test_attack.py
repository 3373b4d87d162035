"""The attacker finds what is made leaky on purpose, and nothing in studies that are whole."""

from __future__ import annotations

import base64
import importlib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.studies.hidden_counts import drawn, small_study
from tingbjerg_eval.presentation.blocks.display import Prose
from tingbjerg_eval.publication import editions
from tingbjerg_eval.publication.merging import Cell, cell
from tingbjerg_eval.release.attack import attack
from tingbjerg_eval.release.remade import shown_in
from tingbjerg_eval.report.report import open_report

LAST = "end_of_period"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("attacked") / "study")


@pytest.mark.parametrize(("seed", "mean"), [(1, 1.2), (2, 4.0), (3, 13.0)])
def test_every_hidden_count_of_a_drawn_study_keeps_five_values(small, seed, mean):
    found = attack(drawn(small, seed, mean), LAST, {})
    assert found.checked > 20
    assert found.findings == ()


def test_pages_of_a_whole_study_are_the_same_in_another_world(small):
    assert attack(drawn(small, 4, 4.0), LAST, {"report.html": b"<p>1</p>"}).findings == ()


def notebook(report) -> nbformat.NotebookNode:
    """The notebook of a report that shows all its parts, as it is written and read again."""
    outputs = [
        new_output("display_data", data=getattr(report, name)()._repr_mimebundle_())
        for name in report.parts
    ]
    made = new_notebook(
        cells=[new_markdown_cell("Text"), new_code_cell("report.decisions()", outputs=outputs)]
    )
    return nbformat.reads(nbformat.writes(made), as_version=4)


@pytest.mark.parametrize(("name", "known"), [("2011K2", False), (LAST, True)])
def test_a_part_that_prints_a_raw_count_is_named(small, monkeypatch, name, known):
    """Whether its notebook is there or not; what a notebook showed is not made a second time."""
    section, made = importlib.import_module("tingbjerg_eval.report.sections.documentation"), []

    def leaky(report):
        return Prose(str(report.study.whole.panel("indbrud")["count"].tolist()))

    def counted(report):
        made.append(report)
        return Prose("Decisions.")

    monkeypatch.setattr(section, "data_notes", leaky)
    monkeypatch.setattr(section, "decisions", counted)
    study = drawn(small, 4, 4.0)
    shown = shown_in(notebook(open_report(study, name))) if known else None
    made.clear()
    found = attack(study, name, {"report.html": b""}, shown).findings
    assert [one.where for one in found] == ["part data_notes"]
    assert len(made) == (1 if known else 2)


def test_a_part_is_not_taken_for_what_another_showed(small, monkeypatch):
    """The other world says of one part, to the letter, what the notebook showed of another."""
    section = importlib.import_module("tingbjerg_eval.report.sections.documentation")
    study = drawn(small, 4, 4.0)
    truth = study.panel("indbrud")["count"].tolist()

    def leaky(report):
        same = report.study.whole.panel("indbrud")["count"].tolist() == truth
        return Prose("As they are." if same else "Decisions.")

    monkeypatch.setattr(section, "data_notes", leaky)
    monkeypatch.setattr(section, "decisions", lambda _report: Prose("Decisions."))
    shown = shown_in(notebook(open_report(study, LAST)))
    found = attack(study, LAST, {"report.html": b""}, shown).findings
    assert [one.where for one in found] == ["part data_notes"]


def test_quarters_that_are_not_told_yet_are_tried_as_well(small):
    """Four reports a year: nothing of the period is told before the last report."""
    found = attack(drawn(small, 1, 1.0), "2011K2", {})
    assert found.findings == ()
    assert found.checked > attack(drawn(small, 1, 1.0), "baseline", {}).checked


def test_a_release_that_reckons_with_the_true_small_count_is_found(small, monkeypatch):
    def true_after_all(times, count, threshold):
        made = cell(times, count, threshold)
        return made if made.true else Cell(times=times, count=count, true=False)

    monkeypatch.setattr(editions, "cell", true_after_all)
    found = attack(drawn(small, 1, 1.2), LAST, {}).findings
    assert any("fewer than 5" in one.kind for one in found)


def test_a_drawing_that_no_part_makes_is_found(small):
    drawing = base64.b64encode(b"<svg/>").decode()
    page = f'<img src="data:image/svg+xml;base64,{drawing}">'.encode()
    found = attack(drawn(small, 4, 4.0), LAST, {"report.html": page}).findings
    assert [one.where for one in found] == ["drawing"]
