"""The demo study is delivered as suppliers would, the same every time, and its truth is found."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
import yaml

from tingbjerg_eval.demo.write import write_demo
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.stats.did import difference_in_differences


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "plan.lock.json"
    }


@pytest.fixture(scope="module")
def truth(demo_folder):
    return yaml.safe_load((demo_folder / "truth.yaml").read_text(encoding="utf-8"))


def test_a_process_of_its_own_writes_the_same_bytes(demo_folder, tmp_path):
    """And the command line can be run as a module."""
    command = [sys.executable, "-m", "tingbjerg_eval.run.cli", "demo"]
    subprocess.run([*command, str(tmp_path)], check=True, capture_output=True)
    assert digests(tmp_path) == digests(demo_folder)


def test_writing_the_demo_over_other_settings_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "study.yaml").write_text("name: another\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="demo-would-overwrite"):
        write_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]


def test_the_extract_looks_like_the_police_one(demo_folder):
    lines = (demo_folder / "data/politi_anmeldelser.csv").read_bytes().split(b"\r\n")
    assert lines[0].decode() == "Journalnummer;Område;Gerningsdato;Gerningskode"
    assert len({line.split(b";")[0] for line in lines[1:-1]}) == len(lines) - 2


def test_every_area_of_the_study_is_in_the_deliveries(demo_study):
    areas = set(demo_study.settings.areas.all)
    assert areas == set(demo_study.tables.incidents["area"])
    assert areas == set(demo_study.tables.population["area"])
    assert areas == set(demo_study.tables.survey["area"])


def test_the_size_of_the_place_is_as_stated(demo_study):
    design = demo_study.design
    own = demo_study.panel("burglary").query("area == @design.treated")
    before = own[own["quarter"].isin(design.baseline_times)]["count"].mean()
    robberies = demo_study.panel("robbery").query("area == @design.treated")["count"].mean()
    answers = demo_study.shares("unsafe_evening").query("area == @design.treated")["n"].mean()
    assert 30 <= before <= 45
    assert 3 <= robberies <= 5.5
    assert 200 <= answers <= 260


def test_there_is_a_clear_a_small_an_absent_and_a_harmful_effect(truth):
    assert truth["burglary"]["effect"] < 0.7
    assert 0.85 < truth["vandalism"]["effect"] < 1
    assert truth["violence"]["effect"] == 1
    assert truth["vehicle_crime"]["effect"] > 1.3


@pytest.mark.parametrize(
    "indicator",
    [
        "burglary", "violence", "vandalism", "vehicle_crime", "robbery", "drugs",
        "unsafe_evening", "unsafe_neighbourhood", "worried_gangs", "exposed_burglary",
    ],
)  # fmt: skip
def test_the_true_effect_lies_inside_the_interval(demo_study, truth, indicator):
    estimate = difference_in_differences(*demo_study.data(indicator))
    assert truth[indicator]["scale"] == estimate.scale
    assert estimate.lower <= truth[indicator]["effect"] <= estimate.upper


def test_the_harmful_effect_is_found_and_said(demo_study):
    verdict = demo_study.verdict("koeretoejer-ikke-flere")
    assert (verdict.met, verdict.effect, verdict.better) == ("no", "more", "worse")


def test_one_target_shows_an_effect_without_being_met(demo_study):
    verdict = demo_study.verdict("indbrud-40")
    assert (verdict.met, verdict.effect) == ("no", "fewer")


def test_one_target_is_met_by_arithmetic_only(demo_study):
    verdict = demo_study.verdict("vold-10")
    assert (verdict.met, verdict.effect) == ("yes", "cannot be shown")
