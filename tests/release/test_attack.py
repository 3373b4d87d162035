"""The attacker finds what is made leaky on purpose, and nothing in studies that are whole."""

from __future__ import annotations

import base64
import importlib

import pytest

from tests.studies.hidden_counts import drawn, small_study
from tingbjerg_eval.presentation.blocks.display import Prose
from tingbjerg_eval.publication import editions
from tingbjerg_eval.publication.merging import Cell, cell
from tingbjerg_eval.release.attack import attack

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


@pytest.mark.parametrize("name", ["2011K2", LAST])
def test_a_part_that_prints_a_raw_count_is_named(small, monkeypatch, name):
    section = importlib.import_module("tingbjerg_eval.report.sections.documentation")

    def leaky(report):
        return Prose(str(report.study.whole.panel("indbrud")["count"].tolist()))

    monkeypatch.setattr(section, "data_notes", leaky)
    found = attack(drawn(small, 4, 4.0), name, {"report.html": b""}).findings
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
