"""Wording and estimating are kept apart: what ran is counted after a change of either."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tingbjerg_eval.run.plan import lock_study

ROOT = Path(__file__).parents[1]
REPORTS = ("2011K2", "2012K4")
DRIVER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tingbjerg_eval.run.batch.study_run import run_study
study, output = map(Path, sys.argv[2:4])
sys.exit(max(run_study(study, output=output, quarter=quarter) for quarter in sys.argv[4:]))
"""


class Workshop:
    """A copy of the package and of the demo study, both free to be changed, and what they made."""

    def __init__(self, folder: Path, demo: Path):
        self.code, self.study, self.output = (folder / part for part in ("code", "study", "out"))
        for part in ("tingbjerg_eval", "notebooks"):
            shutil.copytree(ROOT / part, self.code / part)
        shutil.copytree(demo, self.study)
        lock_study(self.study / "study.yaml")

    def run(self) -> None:
        words = [self.code, self.study / "study.yaml", self.output, *REPORTS]
        done = subprocess.run(
            [sys.executable, "-P", "-c", DRIVER, *map(str, words)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def answers(self) -> set[str]:
        """What has been estimated so far."""
        return {path.name for path in self.output.glob("internal/answers/*/*.json")}

    def drawings(self) -> set[str]:
        """What has been drawn so far with the code as it is."""
        return {path.name for path in self.output.glob("internal/drawings/*/*.json")}

    def made(self, name: str) -> tuple[str, str]:
        """When ``name`` was last made, and its page."""
        run = json.loads((self.output / "internal" / name / "run.json").read_text("utf-8"))
        return run["finished"], (self.output / "reports" / name / "report.html").read_text("utf-8")

    def reword(self, old: str, new: str) -> None:
        """Change one sentence of the Danish reports."""
        texts = self.code / "tingbjerg_eval" / "report" / "texts" / "da.toml"
        said = texts.read_text("utf-8")
        assert said.count(old) == 1
        texts.write_text(said.replace(old, new), "utf-8")

    def withdraw_a_burglary(self) -> None:
        """The police take back one report of the last quarter."""
        extract = self.study / "data" / "politi_anmeldelser.csv"
        rows = extract.read_text("utf-8").splitlines(keepends=True)
        last = [row for row in rows if ";Tingbjerg;" in row and "-12-2012;1320" in row][-1]
        rows.remove(last)
        extract.write_text("".join(rows), "utf-8")


@pytest.fixture(scope="module")
def workshop(demo_folder, tmp_path_factory):
    made = Workshop(tmp_path_factory.mktemp("workshop"), demo_folder)
    made.run()
    return made


def test_a_changed_sentence_is_said_without_estimating_anything(workshop):
    answers, before = workshop.answers(), [workshop.made(name)[1] for name in REPORTS]
    workshop.reword("Rapporten er lavet af", "Ny ordlyd: Rapporten er lavet af")
    workshop.run()
    assert len(answers) > 50
    assert workshop.answers() == answers
    for name, page in zip(REPORTS, before, strict=True):
        assert "Ny ordlyd" not in page
        assert "Ny ordlyd" in workshop.made(name)[1]


def test_a_revised_quarter_runs_only_what_rests_on_it(workshop):
    answers, drawings = workshop.answers(), workshop.drawings()
    earlier = workshop.made(REPORTS[0])
    later = workshop.made(REPORTS[1])
    workshop.withdraw_a_burglary()
    workshop.run()
    new = workshop.answers() - answers
    assert workshop.made(REPORTS[0]) == earlier
    assert workshop.made(REPORTS[1])[0] > later[0]
    assert answers <= workshop.answers()
    assert 0 < len(new) < len(answers) / 4
    assert drawings <= workshop.drawings()
    assert 0 < len(workshop.drawings() - drawings) < len(drawings) / 4
