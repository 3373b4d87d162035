"""The demo in JupyterLab as an evaluator meets it: opened, run, a control changed, all offline.

``make browser-tools`` installs what this needs; the browser is the machine's own.
"""

import shutil
from pathlib import Path

import pytest
from lab_server import needs_a_browser, visit

from tingbjerg_eval.run.lab import prepare

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    """What the browser met in a folder with nothing of its own: the demo is put there."""
    folder = tmp_path_factory.mktemp("evaluator")
    prepare(folder)
    places = [tmp_path_factory.mktemp(name) for name in ("home", "pictures")]
    return visit(folder, *places, "explore")


@needs_a_browser
def test_the_lab_opens_on_the_notebook_for_looking_around(visited):
    assert "explore.ipynb" in visited["opened"]
    assert visited["popups"] == 0
    found = visited["notebooks"]["explore"]
    assert (found["errors"], found["stderr"]) == ([], 0)
    assert found["figures"] > 0


@needs_a_browser
def test_changing_the_indicator_redraws_the_figure_and_says_so(visited):
    redrawn = dict(visited["redrawn"])
    assert redrawn.pop("table") > 0
    seconds = redrawn.pop("seconds")
    assert len(seconds) == len(redrawn) >= 8
    spaced = {title.replace("\xa0", " "): said for title, said in redrawn.items()}
    assert [title for title, said in spaced.items() if not said.startswith(title)] == []


@needs_a_browser
def test_what_is_shown_can_be_read_in_a_light_and_in_a_dark_theme(visited):
    assert min(visited["looked"].values()) > 100
    assert visited["faint"] == []


@needs_a_browser
def test_nothing_is_fetched_from_outside_and_the_console_shows_no_error(visited):
    assert visited["outside"] == []
    assert visited["console"] == []


def test_a_folder_with_a_study_of_its_own_keeps_it(tmp_path):
    own = tmp_path / "parameters"
    shutil.copytree(ROOT / "parameters" / "examples" / "minimal", own)
    before = (own / "study.yaml").read_bytes()
    prepare(tmp_path)
    assert (own / "study.yaml").read_bytes() == before
    assert not (own / "truth.yaml").exists()
    assert (tmp_path / "notebooks" / "explore.ipynb").exists()
