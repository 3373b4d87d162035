"""What a notebook shows of a result: a table, escaped, and errors without a traceback."""

import subprocess
import sys
import textwrap
from dataclasses import replace
from importlib import import_module

import pytest

import tingbjerg_eval as te
from tingbjerg_eval.data.check import CheckResult
from tingbjerg_eval.exploring import overviews
from tingbjerg_eval.exploring.formatters import SHOWN_BY, greet_notebook
from tingbjerg_eval.presentation.words import sentences as wording

NASTY = "<script>alert('area')</script>"
PROBLEM = te.Problem(code="x", file=NASTY, place="line 2", found=None, wanted="a number")


@pytest.fixture
def shell():
    """A shell of its own, as a notebook's kernel has one."""
    from IPython.core.interactiveshell import InteractiveShell

    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def shown(shell, thing):
    greet_notebook()
    return shell.display_formatter.format(thing)[0]


def test_every_class_and_every_maker_exists():
    for path, maker in SHOWN_BY.items():
        module, name = path.rsplit(".", 1)
        assert hasattr(import_module(module), name)
        assert callable(getattr(overviews, maker))


@pytest.mark.parametrize("name", ["estimate", "verdict", "design", "problem", "check", "refusal"])
def test_a_result_is_shown_as_html_and_as_text(shell, name, estimate, verdict, design):
    things = {
        "estimate": estimate(0.75, 0.6, 0.9),
        "verdict": verdict(),
        "design": design,
        "problem": PROBLEM,
        "check": CheckResult(problems=(PROBLEM,), notes=()),
        "refusal": te.MethodRefused("short-baseline", "Too short.", "Wait."),
    }
    bundle = shown(shell, things[name])
    assert bundle["text/html"].startswith("<")
    assert not bundle["text/plain"].startswith(type(things[name]).__name__)


def test_a_study_a_strategy_a_report_and_an_explorer_are_shown_at_a_glance(shell, demo_study):
    report = te.open_report(demo_study, "baseline")
    told = {
        "study": (demo_study, "Anmeldte indbrud i beboelse"),
        "strategy": (demo_study.strategy, "Anmeldte indbrud i beboelse falder med 40 procent"),
        "report": (report, "key_figures()"),
        "explorer": (te.explore(demo_study), "Tingbjerg sammenlignet med"),
        "result": (demo_study.result("indbrud-40"), "Anmeldte indbrud"),
    }
    for thing, said in told.values():
        bundle = shown(shell, thing)
        assert said in bundle["text/plain"]
        assert len(bundle["text/plain"]) < 4000


def test_names_never_become_markup(shell, design):
    nasty = replace(design, treated=NASTY)
    for thing in (nasty, PROBLEM, CheckResult(problems=(PROBLEM,), notes=())):
        assert "<script>" not in shown(shell, thing)["text/html"]


def test_a_withheld_value_is_said_to_be_withheld(shell):
    assert "personoplysninger" in shown(shell, PROBLEM)["text/plain"]


def test_a_study_without_problems_says_so(shell):
    told = shown(shell, CheckResult(problems=(), notes=()))["text/plain"]
    assert told == wording.current()("overview.no_problems")


@pytest.mark.parametrize(
    "error",
    [te.InputRefused([PROBLEM]), te.MethodRefused("short-baseline", "Too short.", "Wait.")],
)
def test_a_foreseen_error_is_its_message_and_no_traceback(shell, error, capsys):
    shell.user_ns["error"] = error
    result = shell.run_cell("raise error")
    assert result.error_in_exec is error
    said = capsys.readouterr().out
    assert type(error).__name__ in said
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 3


def test_the_first_use_of_the_library_in_a_notebook_is_enough():
    program = """
        from IPython.core.interactiveshell import InteractiveShell
        shell = InteractiveShell.instance()
        import tingbjerg_eval as te
        design = te.Design(treated="T", comparison=("A",), baseline=(2009, 2009), period=(2013, 2013))
        assert "text/html" in shell.display_formatter.format(design)[0]
    """  # noqa: E501
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_outside_a_notebook_nothing_of_a_report_is_loaded():
    program = """
        import sys
        import tingbjerg_eval as te
        te.Estimate, te.Design
        assert not {"IPython", "pandas", "tingbjerg_eval.exploring.overviews"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_figures_can_be_the_first_thing_asked_for():
    program = "import tingbjerg_eval as te; te.figures.trend"
    subprocess.run([sys.executable, "-c", program], check=True)
