"""Rio's pacification from the published figures to the report's answer."""

from pathlib import Path

import pytest

import tingbjerg_eval as te
from tingbjerg_eval.evaluation.judging import pooled_effects
from tingbjerg_eval.run.check import check_all

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "parameters" / "examples" / "rio"


@pytest.fixture(scope="module")
def folder():
    places = (above / "shared" / "data" / "rio" for above in ROOT.parents)
    published = next((one for one in places if one.is_dir()), None)
    if published is None:
        pytest.skip("no real data beside the repository")
    return published


def test_rio_goes_from_check_to_its_answer(folder):
    checked = check_all(EXAMPLE / "study.yaml", data=folder)
    assert checked.exit_code == 0, str(checked)
    report = te.open_report(EXAMPLE, "programme", data=folder)
    rows = {one.name: one for one in report.results}
    robbery, assault = rows["roeveri-20"], rows["anmeldt-vold-20"]
    assert robbery.effect.value == pytest.approx(0.508, abs=5e-4)
    assert assault.effect.value == pytest.approx(2.12, abs=5e-3)
    assert (robbery.verdict.status, assault.verdict.status) == ("met-with-effect",) * 2
    assert rows["drab-50"].verdict.reason == "hidden-count"
    assert "tør beboerne anmelde vold" in report.programme_answer().text()


def test_what_the_report_may_tell_is_near_what_the_published_figures_give(folder):
    """Whole years are told, and show restlessness less well, so that the interval is wider."""
    study = te.open_study(EXAMPLE, data=folder)
    report = te.open_report(study, "programme")
    for indicator in ("robbery", "assault"):
        raw = pooled_effects(study, indicator).effect
        told = pooled_effects(report.study, indicator).effect
        assert told.value == pytest.approx(raw.value, rel=0.02)
        assert (told.lower, told.upper) == pytest.approx((raw.lower, raw.upper), rel=0.14)
