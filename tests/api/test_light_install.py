"""The library alone: what the extras bring is missing, and is named where it is wanted."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tingbjerg_eval.inputs.extras import EXTRAS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
BLOCKED = """
import sys
from importlib.abc import MetaPathFinder
class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
"""
LIBRARY = """
import sys
import tingbjerg_eval as te
study = te.open_study(sys.argv[1])
print(te.difference_in_differences(study.panel("burglary"), study.design))
study.estimates(), study.verdicts, study.rates("burglary"), study.describe()
for name in ("figures", "show", "open_report", "explore"):
    try:
        getattr(te, name)
    except ImportError as missing:
        assert "tingbjerg-eval[report]" in str(missing), missing
    else:
        raise AssertionError(name)
"""
COMMAND = """
import sys
from tingbjerg_eval.run.cli import main
sys.argv = ["tingbjerg", *sys.argv[1:]]
main()
"""


def alone(source, *arguments):
    """Run ``source`` where nothing of the extras is installed."""
    absent = sorted({one for modules in EXTRAS.values() for one in modules})
    program = BLOCKED.format(absent=absent) + source
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True
    )


def test_the_library_works_without_its_extras(demo_folder):
    told = alone(LIBRARY, demo_folder)
    assert told.returncode == 0, told.stderr
    assert "difference_in_differences" in told.stdout


@pytest.mark.parametrize(
    ("command", "extra"),
    [(("run",), "report"), (("run", "--cluster", "tcp://127.0.0.1:1"), "cluster"),
     (("lab",), "lab")],
)  # fmt: skip
def test_a_command_that_wants_an_extra_names_it(demo_folder, command, extra):
    told = alone(COMMAND, *command, demo_folder)
    assert told.returncode == 2
    assert f"pip install 'tingbjerg-eval[{extra}]'" in told.stderr
    assert "Traceback" not in told.stderr


def test_deliveries_are_checked_without_extras(tmp_path):
    small = ROOT / "parameters" / "examples" / "minimal"
    told = alone(COMMAND, "check", small)
    assert told.returncode == 0, told.stderr
    assert "reports-not-installed" in told.stdout
    shutil.copytree(small, tmp_path / "study")
    (tmp_path / "study" / "data" / "befolkning.csv").unlink()
    told = alone(COMMAND, "check", tmp_path / "study")
    assert told.returncode == 2
    assert "file-missing" in told.stdout


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_extra_is_one_that_the_package_has(extra):
    assert extra in PROJECT["optional-dependencies"]
    wanted = PROJECT["optional-dependencies"]["all"][0]
    assert extra in re.search(r"\[(.*)\]", wanted)[1].split(",")


def test_the_version_stands_in_one_place():
    import tingbjerg_eval

    assert "version" not in PROJECT
    assert "version" in PROJECT["dynamic"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", tingbjerg_eval.__version__)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == tingbjerg_eval.__version__
