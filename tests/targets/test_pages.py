"""A delivery in, a page out: what a report says where something is missing, moved or early."""

from __future__ import annotations

import datetime as dt
import re
import shutil

import pytest
import yaml

from tingbjerg_eval.data.check import check_study
from tingbjerg_eval.evaluation.coverage import covered_until
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.report.report import open_report
from tingbjerg_eval.run.batch.study_run import selected
from tingbjerg_eval.run.plan import lock_study
from tingbjerg_eval.stats.refusal import MethodRefused

MINIMAL = asset("parameters", "examples", "minimal")
RETURNS, REPORTS = "aktiviteter.csv", "politi_anmeldelser.csv"


@pytest.fixture(scope="module")
def lacking(demo_folder, tmp_path_factory):
    """The demo without the evening patrol's return of 2011K2."""
    folder = tmp_path_factory.mktemp("lacking") / "study"
    shutil.copytree(demo_folder, folder)
    path = folder / "data" / RETURNS
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not (b"aftenpatrulje" in line and b"2011K2" in line)]
    assert len(kept) == len(lines) - 1
    path.write_bytes(b"".join(kept))
    return folder


@pytest.fixture(scope="module")
def ended(lacking, whole):
    study = open_study(lacking)
    assert whole.results
    study.memo.take(whole.study.memo.answers())  # the returns have no part in them
    return open_report(study, "end_of_period")


@pytest.fixture(scope="module")
def whole(demo_study):
    return open_report(demo_study, "end_of_period")


def told(block) -> str:
    return " ".join(block.text().replace("\N{NO-BREAK SPACE}", " ").split())


def test_check_notes_a_commitment_without_a_return(lacking, demo_folder):
    def notes(folder):
        return [one.found for one in check_study(folder / "study.yaml").notes
                if one.code == "return-missing"]  # fmt: skip

    assert notes(demo_folder) == []
    (found,) = notes(lacking)
    assert "aftenpatrulje" in found
    assert "2011K2" in found


def test_what_was_not_returned_is_in_no_sum_and_is_named(ended, whole):
    delivery = told(ended.delivery())
    title = ended.study.strategy.measures["aftenpatrulje"].title
    assert f"{title} mangler 2. kvartal 2011." in delivery
    (row,) = [
        row for table in ended.delivery().tables() if table["name"] == "delivery"
        for row in table["rows"] if row[0] == title
    ]  # fmt: skip
    assert row[3] is None  # delivered
    assert row[5] is None  # share
    assert "mangler 2. kvartal" not in told(whole.delivery())


def test_money_that_was_not_returned_makes_the_sum_a_least_one(ended, whole):
    assert "Der er brugt mindst" in told(ended.spending())
    assert "Der er brugt mindst" not in told(whole.spending())
    spending = {
        table["name"]: table["rows"] for table in ended.spending().tables() if table["rows"]
    }["spending"]
    unknown = {row[0]: (row[3], row[4]) for row in spending}
    assert unknown["2011"] == unknown["I alt"] == (None, None)
    assert unknown["2010"][0] is not None


def test_a_verdict_without_a_return_names_the_quarter(ended):
    names = [
        one.name for one in ended.results if one.target.measure == "aftenpatrulje"
    ]  # fmt: skip
    verdict = ended.study.verdict(names[0])
    assert (verdict.met, verdict.missing) == ("no data", ("2011K2",))
    assert "Der mangler indberetning for 2. kvartal 2011." in told(ended.action_areas())


def test_what_moved_next_door_stands_with_the_conclusion(whole):
    verdict = whole.study.verdict("indbrud-40")
    assert (verdict.better, verdict.next_door) == ("better", "worse")
    assert "men flere hos naboerne" in told(whole.summary())
    said = r"I naboområderne kom der \d+ procent flere anmeldelser end ventet"
    assert re.search(said, told(whole.answer()))
    assert "flere hos naboerne" in told(whole.cost())


def test_a_quotient_needs_a_change_here_and_one_next_door(whole):
    (table,) = whole.displacement().tables()
    quotients = {row[0]: row[3] for row in table["rows"]}
    for result in whole.results:
        title = result.target.indicator and whole.study.indicator(result.target.indicator).title
        if title in quotients and result.target.primary:
            shown = {"fewer", "more"} >= {result.verdict.effect, result.verdict.neighbours}
            assert (quotients[title] != "udeladt") == shown, title
    assert "udeladt" in quotients.values()


def test_no_price_charges_all_money_to_one_kind_of_report(whole):
    (table,) = [one for one in whole.cost().tables() if one["name"] == "cost"]
    assert not [row for row in table["rows"] if re.search(r"kr\.", str(row[3]))]


def test_a_goal_line_without_an_answer_of_its_own_level_is_not_drawn(whole):
    gap = told(whole.action_areas()).partition("halveres")[2]
    assert "Målet er" not in gap.partition("Mål:")[0]
    assert "fra 2,3 point over til 1,3 point under" in gap


def test_the_windows_in_words_are_those_of_the_figures(demo_study):
    report = open_report(demo_study, "quarterly", quarter="2011K2")
    said = told(report.action_areas())
    assert "i perioden (1. kvartal 2010 til 2. kvartal 2011)" in said
    assert "i perioden (2010–2012)" not in said
    assert "målt i 3. kvartal 2010 til 2. kvartal 2011" in told(report.course())


@pytest.fixture(scope="module")
def early(demo_folder, tmp_path_factory):
    """The demo with reports to the police up to 2011K2 only."""
    folder = tmp_path_factory.mktemp("early") / "study"
    shutil.copytree(demo_folder, folder)
    path = folder / "study.yaml"
    settings = path.read_text(encoding="utf-8")
    settings = settings.replace("extract_date: 2013-02-15", "extract_date: 2011-08-15", 1)
    settings = settings.replace("to: 2012-12-31", "to: 2011-06-30", 1)
    settings = re.sub(r"\n    previous:\n(      .*\n)+", "\n", settings, count=1)
    path.write_text(settings, encoding="utf-8")
    reports = folder / "data" / REPORTS
    head, *rows = reports.read_bytes().splitlines(keepends=True)
    kept = [row for row in rows if not re.search(rb"(2011-(0[7-9]|1[0-2])|2012-)", row)
            and not re.search(rb"(0[7-9]|1[0-2])[-.]2011|[-.]2012", row)]  # fmt: skip
    reports.write_bytes(b"".join([head, *kept]))
    return open_study(folder)


def test_reports_end_where_the_figures_end(early):
    assert covered_until(early) == "2011K2"
    names = selected(early, only=None, quarter=None)
    assert names == ["baseline", "2010K1", "2010K2", "2010K3", "2010K4", "2011K1", "2011K2"]
    assert selected(early, only="quarterly", quarter=None) == names[1:]
    assert selected(early, only=None, quarter="2011K2") == ["2011K2"]


@pytest.mark.parametrize("asked", [{"only": None, "quarter": "2011K3"},
                                   {"only": "end_of_period", "quarter": None}])  # fmt: skip
def test_a_report_without_figures_is_refused_by_name(early, asked):
    with pytest.raises(InputRefused) as refused:
        selected(early, **asked)
    assert (refused.value.problems[0].code, refused.value.exit_code) == ("quarter-not-covered", 2)
    with pytest.raises(InputRefused, match="2011K2"):
        open_report(early, "end_of_period")


def test_a_notebook_cannot_open_a_quarter_without_figures(early):
    with pytest.raises(InputRefused, match="quarter-not-covered"):
        open_report(early, "quarterly", quarter="2012K1")


@pytest.fixture
def locked(tmp_path):
    """The smallest study locked on a day, and what its reports say of the plan."""

    def lock(on: dt.date | None, deviations: list | None = None) -> str:
        folder = tmp_path / "study"
        shutil.copytree(MINIMAL, folder)
        lock_study(folder / "study.yaml", on=on)
        if deviations:
            with (folder / "study.yaml").open("a", encoding="utf-8") as settings:
                settings.write("\nrules:\n  disclosure_threshold: 6\n")
            (folder / "deviations.yaml").write_text(
                yaml.safe_dump({"deviations": deviations}), encoding="utf-8"
            )
        return told(open_report(folder, "end_of_period").plan())

    return lock


def test_a_plan_locked_before_the_figures_says_so(locked):
    said = locked(dt.date(2010, 3, 12))
    assert "låst 12. marts 2010, før periodens tal forelå" in said
    assert "Dagen er oplyst" in said


def test_a_plan_locked_while_figures_were_there_says_which(locked):
    assert "låst 1. juni 2011, mens tal til og med 1. kvartal 2011 forelå" in locked(
        dt.date(2011, 6, 1)
    )


def test_a_plan_locked_today_has_all_that_lies_in_the_folder(locked):
    said = locked(None)
    assert "mens tal til og med 4. kvartal 2012 forelå" in said
    assert "Politiets udtræk var fra 15. august 2013" in said
    assert "Dagen er oplyst" not in said


def deviation(decided: str, data_seen: str) -> dict:
    return {"key": "rules.disclosure_threshold", "done": "6", "why": "w", "decided": decided,
            "data_seen": data_seen}  # fmt: skip


def test_figures_that_were_there_cannot_be_said_not_to_have_been_seen(locked):
    with pytest.raises(InputRefused, match="data-seen-contradicted"):
        locked(dt.date(2010, 3, 12), [deviation("2013-01-02", "before")])


@pytest.mark.parametrize(("decided", "seen"), [("2013-01-02", "after"), ("2010-04-01", "before")])
def test_a_declaration_that_nothing_contradicts_is_printed(locked, decided, seen):
    said = locked(dt.date(2010, 3, 12), [deviation(decided, seen)])
    assert "rules.disclosure_threshold" in said


def test_the_smallest_change_is_that_of_the_procedure_that_decides(whole):
    results = [one for one in whole.results if one.effect is not None]
    primary = sum(one.target.primary for one in results)
    decided = 1 - (1 - whole.study.level) / primary
    for one in results:
        if not isinstance(one.smallest, MethodRefused):
            wanted = decided if one.target.primary else whole.study.level
            assert one.smallest.level == pytest.approx(wanted), one.name
    assert f"Med {whole.words.counted(primary)} hovedmål" in told(whole.method())


def test_how_restless_the_area_was_stands_under_how_restless_it_might_be(whole):
    tables = {one["name"]: one["rows"] for one in whole.robustness().tables()}
    labels = [row[0] for row in tables["tests-indbrud-40"]]
    at = next(at for at, label in enumerate(labels) if "svinger mere end de andre" in label)
    assert "svingede områdets tal før indsatsen" in labels[at + 1]
    assert "nummer" in tables["tests-indbrud-40"][at + 1][2]
