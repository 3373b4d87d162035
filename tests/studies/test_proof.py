"""The proof in short: one panel and start of each place, and the page that is written from it."""

from pathlib import Path

import numpy as np
import pytest

from tests.studies.panels import settings
from tests.studies.placebos import EIGHT, HEADLINE, PLAIN
from tests.studies.promise import designs, panels, trials, tried
from tests.studies.proof import page, run
from tests.studies.usual import USUAL, before_after, interrupted
from tingbjerg_eval.stats.promise import try_promise
from tingbjerg_eval.stats.segmented import interrupted_time_series

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
pytestmark = pytest.mark.skipif(
    not (SHARED / "data" / "london").is_dir(), reason="no real data beside the repository"
)


@pytest.fixture(scope="module")
def made():
    return run(SHARED, short=True)


def test_the_headline_keeps_its_level_where_the_usual_tables_do_not(made):
    rows = made.measured.rows
    assert len(rows) == rows.groupby("place")["area"].nunique().sum()
    called = {name: rows[name].dropna().astype(float).mean() for name in (HEADLINE, EIGHT, *USUAL)}
    assert max(called[HEADLINE], called[EIGHT]) < 0.1
    assert called["Poisson 2 x 2 table"] > 0.25
    assert called["two-way fixed effects, cluster errors"] > 0.5
    widened = rows["ratio"] > 1
    assert (rows.loc[~widened, PLAIN] == rows.loc[~widened, HEADLINE]).all()
    assert not (rows[HEADLINE] & ~rows[PLAIN].astype(bool)).any()


def test_the_page_tells_the_runs_own_figures(made):
    text = page(made)
    rows = made.measured.rows
    assert f"{len(rows)} comparisons" in text
    assert f"calls {100 * rows[HEADLINE].astype(float).mean():.1f} % of them" in text
    for effort in made.efforts["ours"]:
        assert effort in text


def test_the_usual_methods_by_hand_and_by_the_library():
    counts = np.array([[10.0, 10, 20, 20], [30, 30, 30, 30]])
    effect, called = before_after(counts, np.ones((2, 4)), np.arange(4) < 2)
    assert effect == pytest.approx([np.log(40.5 / 20.5), 0])
    assert called.tolist() == [True, False]
    setting = next(settings(SHARED / "data"))
    step, _ = interrupted(*setting.matrices())
    library = interrupted_time_series(setting.panel, setting.design)
    assert np.exp(step[0]) == pytest.approx(library.value, rel=1e-6)


def test_promises_solved_at_once_are_the_librarys():
    place, kind, panel = next(panels(SHARED / "data"))
    design = next(designs(panel, 1))
    found = tried(trials([(place, kind, panel, design)]), primary=5).set_index("area")
    wanted = try_promise(panel, design, primary=5).set_index("area")
    assert found["fall"].to_numpy() == pytest.approx(wanted["fall"].to_numpy(), abs=1e-4)
    assert (found["found"] == wanted["found"]).all()
