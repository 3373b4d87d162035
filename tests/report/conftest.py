"""A small study of made-up figures, and an executed notebook that shows every kind of block."""

import math
import sys
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nbformat import v4

from tingbjerg_eval.inputs import speaking
from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.presentation import figures
from tingbjerg_eval.presentation.blocks import pictures, tables
from tingbjerg_eval.presentation.blocks.show import show
from tingbjerg_eval.presentation.blocks.verdicts import Verdicts
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.placebos import placebo_areas
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.targets.verdicts import Verdict

sys.path.insert(0, str(Path(__file__).parent))

AREAS = (
    "Tingbjerg",
    "Bispeparken",
    "Folehaven",
    "Hørgården",
    "Sjælør Boulevard",
    "Ålholm",
    "Stærevej",
)
RESIDENTS = (6200, 5100, 5600, 4700, 5300, 7600, 4200)
NAN = math.nan
PROSE = """## Anmeldte indbrud

Målet er **færre** indbrud. Planen har fingeraftrykket
0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.

- et
- to

| Hvad | Hvor |
|------|------|
| a    | b    |
"""


@pytest.fixture(autouse=True)
def danish():
    """Every test starts from the reports' own language."""
    speaking.speak("da", simulated=False)
    yield
    speaking.speak("da", simulated=False)


@pytest.fixture(scope="session")
def design():
    return Design(
        treated=AREAS[0],
        comparison=AREAS[1:],
        baseline=("2008K1", "2009K4"),
        period=("2010K1", "2012K4"),
    )


def made_panel(rate):
    random = np.random.default_rng(20100316)
    rows = []
    for area, residents in zip(AREAS, RESIDENTS, strict=True):
        for quarter in quarter_range("2008K1", "2012K4"):
            effect = 0.6 if area == "Tingbjerg" and quarter >= "2010" else 1.0
            rows.append(
                (area, quarter, int(random.poisson(residents / 1000 * rate * effect)), residents)
            )
    return pd.DataFrame(rows, columns=["area", "quarter", "count", "population"])


@pytest.fixture(scope="session")
def panel():
    return made_panel(5.8)


@pytest.fixture(scope="session")
def small_panel():
    """Robberies: several quarters lie under the threshold."""
    return made_panel(1.0)


@pytest.fixture(scope="session")
def survey_design(design):
    return design.with_(baseline=(2009, 2009), period=(2010, 2013))


@pytest.fixture(scope="session")
def shares():
    rows = [
        (area, wave, share, share * (1 - share) / 230, 230)
        for at, area in enumerate(AREAS)
        for wave in range(2009, 2014)
        for share in [0.2 + 0.01 * at - 0.02 * (wave - 2009) * (area == "Tingbjerg")]
    ]
    return pd.DataFrame(rows, columns=["area", "wave", "share", "variance", "n"])


@pytest.fixture(scope="session")
def estimate():
    def make(value, lower, upper, scale="rate ratio", **changed):
        fields = {
            "estimand": "change",
            "scale": scale,
            "value": value,
            "lower": lower,
            "upper": upper,
            "level": 0.95,
            "p_value": 0.0004,
            "method": "difference_in_differences",
            "n_treated": 1,
            "n_comparison": 6,
        }
        return Estimate(**{**fields, **changed})

    return make


@pytest.fixture(scope="session")
def verdict():
    def make(**changed):
        fields = {
            "target": "b",
            "title": "20 % færre indbrud",
            "action_area": "a",
            "responsible": "politi",
            "kind": "relative_change",
            "indicator": "burglary",
            "measure": "",
            "primary": True,
            "by": "2012K4",
            "good": "lower",
            "goal": -20.0,
            "observed": -34.2,
            "observed_lower": NAN,
            "observed_upper": NAN,
            "baseline": NAN,
            "latest": NAN,
            "met": "yes",
            "certain": "yes",
            "effect": "fewer",
            "effect_scale": "rate ratio",
            "effect_value": 0.62,
            "effect_lower": 0.5,
            "effect_upper": 0.8,
            "p_value": 0.001,
            "p_adjusted": 0.004,
            "smallest_shown": 0.7,
            "smallest_from": "baseline",
            "status": "met-with-effect",
            "signal": "good",
            "course": "",
            "reason": "",
            "exploratory": False,
            "retired": False,
        }
        return Verdict(**{**fields, **changed})

    return make


@pytest.fixture(scope="session")
def protected():
    """A protected table with one shown, one small and one withheld cell."""
    return pd.DataFrame(
        {
            "area": ["Tingbjerg", "Bispeparken", "Folehaven"],
            "quarter": ["2010K1"] * 3,
            "value": pd.array([1031, None, None], dtype="Int64"),
            "rate": [5.04, None, None],
            "status": ["shown", "hidden", "hidden-secondary"],
        }
    )


def shown_cell(block, source="te.show(found)"):
    """An executed cell that shows ``block``."""
    data = block._repr_mimebundle_()
    output = v4.new_output("execute_result", data=data, execution_count=1)
    return v4.new_code_cell(source, outputs=[output], execution_count=1)


@pytest.fixture(scope="session")
def cell():
    return shown_cell


@pytest.fixture(scope="session")
def notebook(panel, small_panel, shares, design, survey_design, estimate, verdict, protected):
    """An executed notebook as a report is made of."""
    verdicts = [
        verdict(),
        verdict(
            target="v",
            title="Vold ned med 10 %",
            certain="no",
            effect="cannot be shown",
            signal="mixed",
        ),
        verdict(
            target="t",
            title="Færre tyverier",
            met="no",
            effect="more",
            effect_value=1.4,
            signal="bad",
        ),
        verdict(
            target="u",
            title="Utryghed højst 15 %",
            kind="level",
            by=2013,
            goal=15.0,
            observed=NAN,
            met="no data",
            certain="none",
            effect="not asked",
            signal="unknown",
        ),
    ]
    prose = v4.new_markdown_cell
    return v4.new_notebook(
        cells=[
            prose("# Er målene nået?"),
            v4.new_code_cell("study = 'study.yaml'", metadata={"tags": ["injected-parameters"]}),
            prose("## Blev målene nået?"),
            shown_cell(Verdicts(verdicts, parties={"politi": "Københavns Politi"})),
            prose(PROSE),
            shown_cell(figures.trend(panel, design, goal=4.0, title="Anmeldte indbrud")),
            prose("### Er det anderledes end i sammenligningsområderne?"),
            shown_cell(show(estimate(0.62, 0.48, 0.81), MethodRefused("short-baseline", "a", "b"))),
            shown_cell(figures.placebo(placebo_areas(panel, design), design)),
            shown_cell(figures.changes(area_changes(panel, design), design)),
            prose("## Røverier"),
            shown_cell(figures.trend(small_panel, design, title="Anmeldte røverier")),
            shown_cell(pictures.Figure(figures.small_multiples(small_panel, design))),
            shown_cell(
                tables.Table(protected, "Anmeldelser", ["area", "quarter", "value", "rate"])
            ),
            prose("## Utryghed"),
            shown_cell(figures.shares_by_wave(shares, survey_design, goal=0.15, title="Utrygge")),
            prose("## I ét blik"),
            shown_cell(figures.intervals([estimate(0.62, 0.48, 0.81)], ["Indbrud"])),
        ]
    )


@pytest.fixture(scope="session")
def context():
    return {
        "name": "end_of_period",
        "title": "Er målene for indsatsen nået?",
        "language": "da",
        "simulated": True,
        "sender": "Center for Borgerservice",
        "recipient": "Økonomiudvalget",
        "date": "2013-04-16",
        "case_number": "2009-1",
        "document_number": "2013-2",
        "case_officer": "Sagsbehandleren",
        "plan_digest": "9f2c" * 16,
    }


@pytest.fixture(scope="session")
def rendered(notebook, context):
    """The files of the whole report."""
    from tingbjerg_eval.report.pages.render import render

    return render(notebook, context)


@pytest.fixture(scope="session")
def read_demo(demo_study):
    """The visible text of a report of the demo study, in either language."""
    from reading import read

    return cache(partial(read, demo_study))
