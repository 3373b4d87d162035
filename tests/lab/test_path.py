"""The guide's path, followed from an empty folder to a report and to the study in JupyterLab."""

import re
import shlex
from pathlib import Path

import nbformat
import pytest
from lab_server import needs_a_browser, visit
from nbformat.v4 import new_code_cell, new_notebook
from vestby import AREA, OTHERS, deliver

ROOT = Path(__file__).parents[2]
STUDY = "minundersoegelse"
TYPED = ("Trygt Havneparken", AREA, ", ".join(OTHERS), "", "", "", "2013-08-15")
"""The answers; an empty one takes what is offered."""
DESCRIBED = (
    (r"    file: befolkning.csv\n    encoding: utf-8\n    columns: .*\n",
     "    file: folketal.csv\n    encoding: utf-8\n    separator: ','\n"
     "    columns: {area: Bydel, quarter: Kvartal, population: Personer}\n"
     "  survey:\n    file: maaling.csv\n    encoding: utf-8\n    decimal: '.'\n"
     "    columns: {area: Boligområde, wave: Runde, weight: Vægt}\n"),
    (r"(?m)^indicators:\n",
     "  survey_baseline: [2009, 2009]\n  survey_period: [2013, 2013]\n\nindicators:\n"
     "  utryg_aften:\n    title: Utrygge om aftenen\n    kind: share\n"
     "    question: Hvor tryg er du om aftenen\n    answers: [utryg, meget utryg]\n"
     "    good: lower\n"),
)  # fmt: skip
"""What the evaluator changes in ``study.yaml``: two files described, and the sections moved up."""
TYPED_IN_CELLS = (
    "import tingbjerg_eval as te", "study = te.open_study('study.yaml')", "study", "study.design",
    "study.strategy", "study.targets", "study.describe()", "result = study.result('indbrud-30')",
    "result", "result.change", "result.effect", "result.verdict", "te.show(result.effect)",
    "te.show(study.rates('indbrud').head())", "te.open_report(study, 'end_of_period')",
    "te.open_report(study, 'end_of_period').robustness()",
    "te.compare_areas(study, number=5).table",
    "study.as_of('2009K2').result('indbrud-30').change", "te.end()",
)  # fmt: skip
"""What an evaluator types to see what there is."""


def commands(text):
    """The commands of the guide that are about a study of one's own, in its order."""
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.S | re.M):
        lines = block.splitlines() if not language else []
        yield from (line for line in lines if line.startswith("tingbjerg "))


@pytest.fixture(scope="module")
def followed(tingbjerg, tmp_path_factory):
    """The folder in which the guide was followed, and what each of its commands answered."""
    folder = tmp_path_factory.mktemp("empty")
    police, *others = deliver(folder / "leveret")
    answered = {}
    for command in commands((ROOT / "docs" / "vejledning.md").read_text("utf-8")):
        _, *words = shlex.split(command)
        if words[0] == "lab" or command in answered:
            continue
        if words[0] == "new-study":
            answered[command] = tingbjerg(*words, "--delivered", police, folder=folder, typed=TYPED)
            put(others, folder / STUDY)
        else:
            answered[command] = tingbjerg(*words, folder=folder)
    end = f"tingbjerg run {STUDY} --only end_of_period --output mineresultater"
    return folder, answered | {end: tingbjerg(*shlex.split(end)[1:], folder=folder)}


def put(delivered, study):
    """Put two further files in, and describe them."""
    for path in delivered:
        path.rename(study / "data" / path.name)
    file = study / "study.yaml"
    text = file.read_text("utf-8")
    for old, new in DESCRIBED:
        text, times = re.subn(old, new, text, count=1)
        assert times == 1, old
    file.write_text(text, "utf-8")


def test_the_guide_leads_from_an_empty_folder_to_reports(followed):
    folder, answered = followed
    failed = {one: said.stdout + said.stderr for one, said in answered.items() if said.returncode}
    assert failed == {}
    assert len(answered) == 9
    made = folder / "mineresultater" / "reports"
    for name in ("baseline", "2011K2", "end_of_period"):
        assert AREA in (made / name / "rapport.html").read_text("utf-8")
    assert "sha256" in answered[f"tingbjerg lock {STUDY}"].stdout


@pytest.fixture(scope="module")
def seen(followed, tmp_path_factory):
    """What a browser met in the study's own lab: its unfolded notebook, and one typed in."""
    from tingbjerg_eval.run.lab import prepare_for

    study = followed[0] / STUDY
    prepare_for(study / "study.yaml")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [new_code_cell(line) for line in TYPED_IN_CELLS]
    typed = new_notebook(cells=cells, metadata=kernel)
    nbformat.write(typed, study / "notebooks" / "typed.ipynb")
    places = [tmp_path_factory.mktemp(name) for name in ("home", "pictures")]
    return visit(study, *places, "explore", "end_of_period_targets", "typed")


@needs_a_browser
@pytest.mark.parametrize("name", ["explore", "end_of_period_targets", "typed"])
def test_the_notebooks_of_the_study_show_its_figures_and_tables(seen, name):
    found = seen["notebooks"][name]
    assert (found["errors"], found["stderr"]) == ([], 0)
    assert found["figures"] > 0
    assert found["tables"] > 3


@needs_a_browser
def test_all_of_it_can_be_read_in_a_light_and_in_a_dark_theme(seen):
    assert min(seen["looked"].values()) > 100
    assert seen["faint"] == []
    assert seen["console"] == seen["outside"] == []
