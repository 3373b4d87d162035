"""Examples run, links lead somewhere, and every command that is told exists."""

import doctest
import importlib
import pkgutil
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
import yaml

import tingbjerg_eval
from tingbjerg_eval.exploring.explorer import PARTS
from tingbjerg_eval.run.cli import cli
from tingbjerg_eval.study.decisions import Decision
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
GUIDE = ROOT / "docs" / "vejledning.md"
TWIN = ROOT / "docs" / "guide.md"
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(tingbjerg_eval.__path__, "tingbjerg_eval.")
    if module.name != "tingbjerg_eval.run.batch.cluster"
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
COMMAND = re.compile(r"(?:^|`)(?:\.venv/bin/)?tingbjerg ([^`\n#]+)", re.M)
TARGET = re.compile(r"^([a-z-]+):", re.M)


def pages(parametrized=PAGES):
    return pytest.mark.parametrize("page", parametrized, ids=lambda path: path.stem)


def test_the_examples_of_the_modules_come_out_as_written(demo_study):
    known, examples, failed = {"te": tingbjerg_eval, "study": demo_study}, 0, []
    for name in MODULES:
        module = importlib.import_module(name)
        found = doctest.testmod(module, extraglobs=known, optionflags=doctest.NORMALIZE_WHITESPACE)
        examples += found.attempted > 0
        failed += [name] if found.failed else []
    assert failed == []
    assert examples >= 8


@pages()
def test_a_link_leads_to_a_file_and_a_heading_that_are_there(page):
    for target in LINK.findall(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        assert not heading or heading in anchors(file), target


def anchors(page):
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in headings}


@pages()
def test_a_file_that_a_page_names_is_there(page):
    """Paths into the project between backticks; those under outputs/ are made by a run."""
    named = re.findall(r"`((?:docs|notebooks|parameters|tests|tingbjerg_eval)/[\w./-]+)`",
                       page.read_text("utf-8"))  # fmt: skip
    made = ("parameters/data", "parameters/plan.lock.json", "parameters/truth.yaml")
    missing = [one for one in named if not one.startswith(made) and not (ROOT / one).exists()]
    assert missing == []


@pages()
def test_a_command_that_a_page_tells_exists_with_its_options(page):
    for told in COMMAND.findall(page.read_text("utf-8").replace("\\\n", " ")):
        words = shlex.split(told.replace("...", "").replace("|", " "))
        if not words or not re.fullmatch(r"[a-z-]+", words[0]):
            continue
        command = cli.get_command(click.Context(cli), words[0])
        assert command is not None, told
        known = {flag for option in command.params for flag in option.opts + option.secondary_opts}
        asked = {word.split("=")[0].strip("[]") for word in words if word.startswith(("--", "[--"))}
        assert asked <= known, told


@pages()
def test_a_make_target_that_a_page_tells_exists(page):
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    told = re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.M)
    assert set(told) <= targets


def blocks(page, language):
    return [text for named, text in FENCED.findall(page.read_text("utf-8")) if named == language]


def test_the_guides_examples_of_settings_are_yaml():
    read = [yaml.safe_load(text) for text in blocks(GUIDE, "yaml")]
    assert {"targets", "deviations"} <= {key for one in read for key in one}


TWIN_NAMES = {"mystudy": "minundersoegelse", "myresults": "mineresultater", "my-memo": "mit-notat"}


def test_the_english_guide_is_the_twin_of_the_danish():
    """The same headings, commands, settings and tables, in the same order."""

    def outline(page):
        text = page.read_text("utf-8")
        for english, danish in TWIN_NAMES.items():
            text = text.replace(english, danish)
        settings = [one for named, one in FENCED.findall(text) if named == "yaml"]
        return {
            "headings": [len(one) for one in re.findall(r"^(#+) ", text, re.M)],
            "commands": [one for named, one in FENCED.findall(text) if not named],
            "settings": [without_texts(yaml.safe_load(one)) for one in settings],
            "tables": [line.count("|") for line in text.splitlines() if line.startswith("|")],
            "keys": sorted(
                set(re.findall(r"`([a-z_.]+)`", FENCED.sub("", text))) - {"contents.txt"}
            ),
        }

    assert outline(TWIN) == outline(GUIDE)


def without_texts(value):
    """Settings without what a reader of the other language would write in words."""
    if isinstance(value, dict):
        kept = value.keys() - {"title", "why"}
        return {key: without_texts(value[key]) for key in kept}
    return [without_texts(one) for one in value] if isinstance(value, list) else value


def test_the_settings_that_a_how_to_tells_are_keys_of_the_models():
    """Blocks of YAML, and the lines between backticks of the table of forms."""
    page = ROOT / "docs" / "howto" / "deliveries.md"
    told = [yaml.load(one, Loader=yaml.BaseLoader) for one in blocks(page, "yaml")]
    gaps, database = told
    assert set(gaps) <= set(StudySettings.model_fields)
    assert IncidentSource.model_validate(database["data"]["incidents"]).format == "database"
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+) \|$", page.read_text("utf-8"), re.M)
    lines = [one for row in rows for one in re.findall(r"`(\w+: [^`]+)`", row)]
    assert len(lines) >= 10
    for line in lines:
        assert set(yaml.safe_load(line)) <= set(IncidentSource.model_fields), line
    decided = yaml.load(blocks(page.with_name("lock.md"), "yaml")[1], Loader=yaml.BaseLoader)
    assert Decision.model_validate(decided["decisions"][0]).action == "change-target"


def test_the_python_of_the_page_on_many_areas_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    names = {}
    for source in blocks(ROOT / "docs" / "howto" / "many-areas.md", "python"):
        exec(source, names)
    assert names["pooled"].effect.lower < 1 < names["pooled"].effect.upper


def test_the_readmes_python_runs(demo_folder, monkeypatch):
    monkeypatch.chdir(demo_folder.parent)
    for source in blocks(ROOT / "README.md", "python"):
        exec(source.replace("parameters/study.yaml", f"{demo_folder}/study.yaml"), {})


def test_the_library_tells_of_every_part_of_an_explorer():
    text = (ROOT / "notebooks" / "explore.ipynb").read_text("utf-8")
    assert [part for part in PARTS if f"look.{part}()" not in text] == []


def test_the_package_ships_what_its_commands_copy():
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    included = shipped["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    needed = ("notebooks", "parameters/study.yaml", "parameters/strategy.yaml",
              "parameters/examples/minimal")  # fmt: skip
    assert [one for one in needed if not any(one.startswith(path) for path in included)] == []
