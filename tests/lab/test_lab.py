"""JupyterLab as an evaluator meets it: opened, run to the end, a control changed, all offline.

``make browser-tools`` installs what this needs; the browser is the machine's own.
"""

import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from shutil import which

import pytest

from tingbjerg_eval.run.lab import lab_command, prepare

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BROWSER = which("chromium") or which("chromium-browser") or which("google-chrome")
TOKEN = "only-for-this-test"
missing = [
    name
    for name, there in (
        ("node", which("node")), ("a Chromium browser", BROWSER),
        ("make browser-tools", (HERE / "node_modules" / "playwright-core").exists()),
    )
    if not there
]  # fmt: skip
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}"),
]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_until_served(address, server):
    """Ask until the server answers; a refused connection is answered at once, so poll its end."""
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60):
                return
        except urllib.error.URLError:
            try:
                server.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError("JupyterLab ended before it answered") from None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with nothing of its own: the lab puts notebooks and the demo study there."""
    folder = tmp_path_factory.mktemp("evaluator")
    prepare(folder)
    return folder


@pytest.fixture(scope="module")
def visited(folder, tmp_path_factory):
    """What the browser met."""
    pictures = Path(os.environ.get("LAB_PICTURES") or tmp_path_factory.mktemp("pictures"))
    port = free_port()
    command = lab_command(folder, port=port, browser=False, home=tmp_path_factory.mktemp("home"))
    command += [f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"]
    with subprocess.Popen(
        [*command, "--allow-root"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            base = f"http://localhost:{port}"
            wait_until_served(f"{base}/api", server)
            told = subprocess.run(
                ["node", "visit.mjs", BROWSER, f"{base}/lab?token={TOKEN}", str(pictures)],
                cwd=HERE, capture_output=True, text=True, timeout=900,
            )  # fmt: skip
        finally:
            server.terminate()
    assert told.returncode == 0, told.stderr
    print(told.stdout)
    return json.loads(told.stdout)


def test_the_lab_opens_on_the_notebook_for_looking_around(visited):
    assert "explore.ipynb" in visited["opened"]
    assert visited["popups"] == 0


@pytest.mark.parametrize("name", ["explore", "baseline", "quarterly", "end_of_period"])
def test_a_notebook_runs_to_its_end_with_figures_and_without_errors(visited, name):
    found = visited["notebooks"][name]
    assert found["errors"] == []
    assert found["stderr"] == 0
    assert found["figures"] > 0


def test_changing_the_indicator_redraws_the_figure_and_says_so(visited):
    redrawn = dict(visited["redrawn"])
    assert redrawn.pop("table") > 0
    seconds = redrawn.pop("seconds")
    assert len(seconds) == len(redrawn) >= 8
    spaced = {title.replace("\xa0", " "): said for title, said in redrawn.items()}
    assert [title for title, said in spaced.items() if not said.startswith(title)] == []


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
