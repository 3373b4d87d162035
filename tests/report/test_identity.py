"""The same notebook gives the same bytes, whatever the machine around it is set to."""

import hashlib
import json
import os
import subprocess
import sys

import nbformat
import pytest

RENDER = """
import hashlib, json, sys
import nbformat
from tingbjerg_eval.report.pages.render import render
files = render(nbformat.read(sys.argv[1], as_version=4), json.loads(sys.argv[2]))
print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in files.items()}))
"""

SETTINGS = {
    "far east, one thread": {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
    "far west, two threads": {
        "TZ": "America/Anchorage", "LC_ALL": "da_DK.UTF-8", "LANG": "da_DK.UTF-8",
        "OMP_NUM_THREADS": "2", "RAYON_NUM_THREADS": "2", "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "1234567890",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def saved(notebook, tmp_path_factory):
    path = tmp_path_factory.mktemp("executed") / "executed.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_time_zone_locale_threads_and_folder_change_no_byte(
    saved, context, rendered, settings, tmp_path
):
    told = subprocess.run(
        [sys.executable, "-c", RENDER, str(saved), json.dumps(context)],
        env={**os.environ, **settings}, cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    expected = {name: hashlib.sha256(data).hexdigest() for name, data in rendered.items()}
    assert json.loads(told) == expected


FIGURES = """
import hashlib, sys
import pandas as pd
from tingbjerg_eval.presentation import figures
from tingbjerg_eval.study.design import Design
panel = pd.read_csv(sys.argv[1])
areas = list(dict.fromkeys(panel["area"]))
design = Design(treated=areas[0], comparison=areas[1:],
                baseline=("2008K1", "2009K4"), period=("2010K1", "2012K4"))
html = figures.trend(panel, design, goal=4.0)._repr_mimebundle_()["text/html"]
print(hashlib.sha256(html.encode()).hexdigest())
"""


def test_a_figure_is_drawn_alike_in_every_setting(panel, tmp_path):
    path = tmp_path / "panel.csv"
    panel.to_csv(path, index=False)
    digests = {
        subprocess.run(
            [sys.executable, "-c", FIGURES, str(path)],
            env={**os.environ, **settings}, capture_output=True, text=True, check=True,
        ).stdout
        for settings in SETTINGS.values()
    }  # fmt: skip
    assert len(digests) == 1
