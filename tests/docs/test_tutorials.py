"""The tutorials are followed to the letter, and what they quote stands on the page they make."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
LEARN = ROOT / "docs" / "learn"
DELIVERED = "notebooks/learn/london_burglary.csv"
NAMED = "file: london_burglary.csv"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)


@pytest.fixture(scope="module")
def followed(tingbjerg, tmp_path_factory):
    """The folder in which the first tutorial was followed, and what each command answered."""
    folder = tmp_path_factory.mktemp("learn")
    (folder / DELIVERED).parent.mkdir(parents=True)
    shutil.copy(ROOT / DELIVERED, folder / DELIVERED)
    answered = []
    for language, text in BLOCK.findall((LEARN / "first-report.md").read_text("utf-8")):
        if language == "yaml":
            edit(folder / "camden", text)
        elif not language:
            answered.append(call(tingbjerg, text, folder))
            if "london_burglary.csv" in text:
                name_the_file(folder / "camden" / "study.yaml")
    return folder, answered


def call(tingbjerg, command, folder):
    program, *words = shlex.split(command.replace("\\\n", ""))
    if program == "tingbjerg":
        return tingbjerg(*words, folder=folder)
    return subprocess.run([program, *words], cwd=folder, text=True, capture_output=True)


def name_the_file(study):
    """What the tutorial says in words: two lines are changed."""
    text = study.read_text("utf-8")
    changed, times = re.subn(r"file: (anmeldelser|befolkning)\.csv", NAMED, text)
    assert times == 2
    study.write_text(changed, "utf-8")


def edit(study, text):
    """Replace the sections of study.yaml that ``text`` holds, or the whole strategy."""
    if "targets" in yaml.safe_load(text):
        (study / "strategy.yaml").write_text(text, "utf-8")
        return
    path = study / "study.yaml"
    kept = yaml.safe_load(path.read_text("utf-8"))
    new = yaml.safe_load(text)
    assert set(new) == {"indicators", "data"} <= set(kept)
    path.write_text(yaml.safe_dump(kept | new, allow_unicode=True), "utf-8")


def test_the_first_tutorial_leads_to_a_report(followed):
    folder, answered = followed
    codes = [one.returncode for one in answered]
    assert codes == [0, 0, 2, 0, 0, 0, 0], [one.stdout + one.stderr for one in answered]
    assert "(7)" in answered[2].stdout
    assert "No problems." in answered[3].stdout
    assert "(4)" in answered[3].stdout
    assert (folder / "results/reports/baseline/report.html").exists()


def page(folder, name):
    html = (folder / "results/reports" / name / "report.html").read_text("utf-8")
    return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)


def test_what_the_second_tutorial_quotes_stands_on_the_page(followed):
    quoted = re.findall(r"^> (.+)$", (LEARN / "reading-a-report.md").read_text("utf-8"), re.M)
    assert len(quoted) >= 6
    said = page(followed[0], "end_of_period")
    assert [one for one in quoted if one not in said] == []


def test_the_baseline_says_what_the_first_tutorial_says_of_it(followed):
    said = page(followed[0], "baseline")
    assert "an effect of its size cannot be detected" in said
    assert "34% fewer" in said
