"""The notebook whose targets stand in cells of their own gives what the batch's report gives."""

from __future__ import annotations

import nbformat
import pytest
from click.testing import CliRunner

import tingbjerg_eval as te
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.run.cli import cli

MINIMAL = asset("parameters", "examples", "minimal")


@pytest.fixture(scope="module", params=["end_of_period", "quarterly"])
def both(request, demo_folder, demo_study, tmp_path_factory):
    """The cells of the notebook after its head, and the report that the batch makes."""
    kind = request.param
    folder = tmp_path_factory.mktemp("unfolded")
    told = CliRunner().invoke(cli, ["notebook", str(demo_folder), kind, "--folder", str(folder)])
    assert told.exit_code == 0, told.output
    notebook = nbformat.read(folder / f"{kind}_targets.ipynb", as_version=4)
    nbformat.validate(notebook)
    quarter = "2012K4" if kind == "quarterly" else None
    return notebook, te.open_report(demo_study, kind, quarter=quarter)


def own_cells(notebook, names):
    """Run each cell about a target and give what stands after every verdict."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "report.study" in cell.source:
            exec(cell.source, names)
            if "verdict = " in cell.source:
                yield {one: names.get(one) for one in ("change", "effect", "verdict")}


def test_every_target_has_cells_and_the_same_numbers(both):
    notebook, report = both
    asked = [one for one in report.results if one.design is not None]
    found = list(own_cells(notebook, {"te": te, "report": report}))
    assert len(found) == len(asked) > 5
    for cells, result in zip(found, asked, strict=True):
        assert repr(cells["change"]) == repr(result.change)
        assert cells["verdict"] == result.verdict or repr(cells["verdict"]) == repr(result.verdict)
        if result.effect is not None:
            assert repr(cells["effect"]) == repr(result.effect)


def test_a_cell_that_is_changed_changes_the_verdict(both):
    notebook, report = both
    (cell,) = [
        one for one in notebook.cells if "'burglary'" in one.source or '"burglary"' in one.source
    ][:1]
    names = {"te": te, "report": report}
    exec(
        cell.source.replace(
            cell.source.splitlines()[1], "design = design.around('2010K1', years=(2, 1))"
        ),
        names,
    )
    found = report.study.ask(te.difference_in_differences, names["rows"], names["design"])
    own = report.study.judged("indbrud-40", found)
    assert own.effect_value == pytest.approx(found.value) or report.kind == "quarterly"


def test_it_names_the_method_and_is_not_written_twice(both, tmp_path):
    notebook, report = both
    assert any("te.compare_periods" in one.source for one in notebook.cells)
    named = any("te.difference_in_differences" in one.source for one in notebook.cells)
    assert named == (report.kind == "end_of_period")
    words = ["notebook", str(MINIMAL), report.kind, "--folder", str(tmp_path)]
    assert CliRunner().invoke(cli, words).exit_code == 0
    assert "file-exists" in str(CliRunner().invoke(cli, words).exception)
