"""A programme from its study.yaml to a page: what it says, what stops it, what it hides."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace

import nbformat
import numpy as np
import pandas as pd
import pytest

import tingbjerg_eval as te
from tests.programme.made import counts, settings, strategy, write_programme, write_yaml
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.presentation.blocks.display import TABLE, Section
from tingbjerg_eval.presentation.words.estimates import interval_text, value_text
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.release.attack import attack
from tingbjerg_eval.release.count_worlds import with_counts
from tingbjerg_eval.run.batch.study_run import selected
from tingbjerg_eval.run.check import check_all
from tingbjerg_eval.run.lab import prepare_for
from tingbjerg_eval.run.plan import lock_study
from tingbjerg_eval.study.deviations import UndeclaredDeviation
from tingbjerg_eval.study.strategy_file import read_strategy

DANISH = Words("da")
FEW = 0.08
"""Times the reports of the example: two to five a quarter."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = write_programme(tmp_path_factory.mktemp("programme"))
    lock_study(path)
    return path


@pytest.fixture(scope="module")
def study(path):
    return te.open_study(path)


@pytest.fixture(scope="module")
def output(tingbjerg, path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("outputs")
    done = tingbjerg("run", path, "--output", folder, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def tables(output):
    """The page's tables by name, as they were published."""
    executed = nbformat.read(output / "internal/programme/executed.ipynb", as_version=4)
    found = {}
    for cell in executed.cells:
        for one in cell.get("outputs", ()):
            for table in one.get("data", {}).get(TABLE, {}).get("tables", ()):
                found[table["name"]] = pd.DataFrame(
                    table["rows"], columns=[column["key"] for column in table["columns"]]
                )
    return found


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The programme with few reports."""
    folder = tmp_path_factory.mktemp("small")
    return te.open_study(write_programme(folder, delivered=counts(scale=FEW)))


def test_the_page_says_what_the_public_estimator_finds(study, tables):
    shown = tables["programme"].set_index("target")
    for name, title in (("indbrud", "Indbrud"), ("trusler", "Anmeldte trusler")):
        panel = study.panel(name)
        effect = te.pooled_difference_in_differences(panel, study.programme).effect
        change = te.pooled_change(panel, study.programme)
        row = shown.loc[title]
        assert row["effect"] == value_text(effect.value, effect.scale, DANISH)
        assert row["interval"] == interval_text(effect, DANISH)
        assert row["change"] == value_text(change.value, "rate ratio", DANISH)
    new = te.pooled_difference_in_differences(study.panel("indbrud"), study.programme).new_area
    assert tables["new-area"]["interval"][0] == interval_text(new, DANISH)


def test_every_area_has_a_page_with_its_own_figures_and_what_the_others_tell(study, tables):
    found = te.pooled_difference_in_differences(study.panel("indbrud"), study.programme)
    areas = found.areas.set_index("area")
    for at, area in enumerate(sorted(study.programme.areas), start=1):
        row = tables[f"area-{at}"].set_index("target").loc["Indbrud"]
        alone = te.difference_in_differences(study.panel("indbrud"), study.programme.design(area))
        assert row["alone"] == value_text(alone.value, alone.scale, DANISH)
        assert row["interval"] == interval_text(alone, DANISH)
        assert row["answer"] == "Bedre end ventet"
        ends = {key: areas[f"shrunken_{key}"][area] for key in ("lower", "upper")}
        assert row["shrunken"] == value_text(areas["shrunken"][area], "rate ratio", DANISH)
        assert row["shrunken_interval"] == interval_text({**ends, "scale": "rate ratio"}, DANISH)
        before, after, change = delivered(area, study.programme.design(area))
        assert (row["before"], row["after"]) == (before, after)
        assert row["change"] == value_text(change, "rate ratio", DANISH)
        assert row["expected"] == value_text(change / alone.value, "rate ratio", DANISH)


def delivered(area, design):
    """Burglaries as they were delivered, before and in the period, and the change of a quarter's
    mean: as many people live there all the time."""
    own = counts().query(f"Område == {area!r} and Kode == '1320'")
    windows = [own[own["Kvartal"].between(*one)]["Antal"]
               for one in (design.baseline, design.period)]  # fmt: skip
    before, after = windows
    return int(before.sum()), int(after.sum()), after.mean() / before.mean()


def test_the_first_pictures_lead_to_each_areas_page(output):
    page = (output / "reports/programme/rapport.html").read_text("utf-8")
    leads = re.findall(r'<a href="#(s[\d-]+)">(Birkehaven|Egeparken|Lindevang)</a>', page)
    assert [area for _, area in leads] == ["Birkehaven", "Egeparken", "Lindevang"]
    for anchor, area in leads:
        assert f'<h3 id="{anchor}">{area}</h3>' in page


def test_an_undecided_area_says_why(study):
    texts = {part.title: part.text() for part in area_pages(te.open_report(study, "programme"))}
    assert "Anmeldte trusler kan ikke afgøres for området alene." in texts["Lindevang"]
    assert "kan ikke afgøres" not in texts["Egeparken"]
    assert (
        "Budgettet for hele indsatsen i området er 1.000.000\N{NO-BREAK SPACE}kr."
        in texts["Lindevang"]
    )


def area_pages(report):
    return [part for part in report.programme_each().parts if isinstance(part, Section)]


def test_the_effect_that_was_put_in_is_found_and_the_targets_are_met(study):
    verdicts = study.verdicts
    for name, effect in (("indbrud-30", 0.6), ("trusler-20", 1.35)):
        row = verdicts.loc[name]
        assert row["effect_lower"] < effect < row["effect_upper"]
        assert (row["met"], row["certain"], row["status"]) == ("yes", "yes", "met-with-effect")


def test_what_follows_in_a_notebook_is_the_programmes(study):
    rows = study.estimates().set_index("target")
    assert rows["area"]["indbrud-30"] == "Egeparken + Birkehaven + Lindevang"
    assert rows["value"]["indbrud-30"] == study.verdict("indbrud-30").effect_value
    assert study.areas["role"].value_counts().to_dict() == {"comparison": 6, "treated": 3}
    assert "3 areas" in repr(study)


def test_money_stands_by_area_and_for_all(tables):
    money = tables["money-by-area"].set_index("area")["budget"]
    assert money["Birkehaven"] == 2_000_000
    assert money["Alle områder"] == 4_500_000


def test_the_page_says_why_more_reports_are_good_and_ranks_no_area(output, study):
    page = (output / "reports/programme/rapport.html").read_text("utf-8")
    assert "Beboere, der stoler på politiet, anmelder mere." in page
    assert "Simulerede tal" in page
    found = te.pooled_difference_in_differences(study.panel("indbrud"), study.programme)
    assert found.spread_p_value > 0.05
    assert "alfabetisk orden" in page
    alt = re.search(r"Intervaller for 4 resultater\.[^\"<]*", page)[0]
    named = re.findall(r"(Alle områder|Birkehaven|Egeparken|Lindevang):", alt)
    assert named == ["Alle områder", "Birkehaven", "Egeparken", "Lindevang"]


def test_areas_stand_by_their_effect_only_where_they_certainly_differ(study):
    from tingbjerg_eval.report.sections.programme import asked

    one = asked(te.open_report(study, "programme"))[0]
    differing = replace(one, pooled=replace(one.pooled, spread_p_value=0.01))
    assert list(one.rows(0.95)["area"]) == sorted(study.programme.areas)
    by_effect = one.pooled.areas.sort_values("shrunken")["area"].tolist()
    assert differing.rows(0.95)["area"].tolist() == by_effect != sorted(by_effect)


def test_many_areas_are_drawn_in_as_many_pictures_as_pages_need(study, monkeypatch):
    from tingbjerg_eval.report.sections import programme

    monkeypatch.setattr(programme, "MOST_ROWS", 2)
    pictures = [part for part in te.open_report(study, "programme").programme_areas().parts
                if part.kind == "figure"]  # fmt: skip
    shown = [re.findall(r"(Alle områder|Birkehaven|Egeparken|Lindevang):", one.alt)
             for one in pictures[:2]]  # fmt: skip
    assert shown == [["Alle områder", "Birkehaven", "Egeparken"], ["Alle områder", "Lindevang"]]


def test_the_index_lists_it(output):
    assert "Alle områder" in (output / "index.html").read_text("utf-8")


def test_a_programme_has_no_other_report_and_one_area_no_programme(study):
    with pytest.raises(te.InputRefused, match="kind-not-of-study"):
        selected(study, only="baseline", quarter=None)
    assert selected(study, only=None, quarter=None) == ["programme"]
    with pytest.raises(WrongArgument, match="several areas"):
        te.open_report(study, "baseline")
    with pytest.raises(WrongArgument, match="one area"):
        te.open_report("parameters/study.yaml", "programme")
    with pytest.raises(WrongArgument, match=r"study\.programme"):
        _ = study.design


def test_jupyterlab_is_given_the_notebooks_that_go_with_it(tmp_path):
    start = prepare_for(write_programme(tmp_path))
    written = [one.name for one in (tmp_path / "notebooks").glob("*.ipynb")]
    assert [f"notebooks/{name}" for name in written] == [start] == ["notebooks/programme.ipynb"]


def test_a_notebook_shows_the_study_the_programme_and_its_effects(study):
    from tingbjerg_eval.exploring import overviews

    assert "3. kvartal 2008 til 2. kvartal 2010" in overviews.study(study).text()
    said = overviews.report(te.open_report(study, "programme")).text()
    assert "programme_each()" in said
    assert "news()" not in said
    found = te.pooled_difference_in_differences(study.panel("indbrud"), study.programme)
    assert interval_text(found.new_area, DANISH) in overviews.pooled_effects(found).text()


# The plan


def test_the_plan_locks_areas_starts_and_the_reason_and_leaves_money_out(path):
    lock = json.loads((path.parent / "plan.lock.json").read_text())["plan"]
    assert lock["areas"]["treated"][1]["from"] == "2010K3"
    assert "budget" not in json.dumps(lock["areas"])
    assert lock["methods"]["effect"]["function"] == "pooled_difference_in_differences"
    assert lock["targets"]["trusler-20"]["why_more"].startswith("Beboere")


def changed(path, folder, change):
    """A copy of the locked study with something changed."""
    write_programme(folder)
    for name in ("plan.lock.json", "plan.key"):
        (folder / name).write_bytes((path.parent / name).read_bytes())
    content = settings()
    change(content)
    write_yaml(folder / "study.yaml", content)
    return folder


def test_another_start_deviates_from_the_plan_and_another_budget_does_not(path, tmp_path):
    def later(content):
        content["areas"]["treated"][1]["from"] = "2010K4"

    def dearer(content):
        content["areas"]["treated"][1]["budget"] = 3

    with pytest.raises(UndeclaredDeviation, match=r"areas\.treated"):
        _ = deviations(changed(path, tmp_path / "a", later))
    assert deviations(changed(path, tmp_path / "b", dearer)) == ()


def deviations(folder):
    return te.open_report(folder / "study.yaml", "programme").deviations


# Bad input


def treated(at, **changes):
    return lambda study, _: study["areas"]["treated"][at].update(changes)


def twice(study, _):
    study["areas"]["treated"].append({"area": "Lindevang", "from": "2011K1"})


def one_comparison_next_door(study, _):
    study["areas"]["comparison"] = ["Område 1"]
    study["areas"]["treated"][0]["adjacent"] = ["Område 1", "Lindevang"]


def target(**changes):
    return lambda _, written: written["targets"]["indbrud-30"].update(changes)


def seven_quarters(study, _):
    study["periods"]["baseline"] = ["2008K2", "2009K4"]


def alone(study, _):
    study["areas"]["treated"] = study["areas"]["treated"][:1]


def misspelt(study, _):
    study["areas"]["treated"][0] = {"area": "Egeparken", "fra": "2010K1"}


def adjacent_to_all(study, _):
    study["areas"]["adjacent"] = ["Nabo"]


def with_a_survey(study, _):
    study["indicators"]["unsafe"] = {
        "title": "Utrygge", "kind": "share", "question": "tryg", "answers": ["utryg"],
    }  # fmt: skip


def more_of_a_bad_thing(_, written):
    written["targets"]["indbrud-30"]["why_more"] = "Flere anmelder."


BAD = {
    "area-two-roles": (twice, "Lindevang"),
    "start-outside-period": (treated(1, **{"from": "2009K3"}), "2010K1 to 2013K4"),
    "effort-too-short": (treated(2, **{"from": "2013K2"}), "a year or more"),
    "unknown-area": (treated(0, adjacent=["Område 11"]), "Did you mean 'Område 1'?"),
    "nobody-to-compare": (one_comparison_next_door, "Egeparken"),
    "adjacent-of-whom": (adjacent_to_all, "Nabo"),
    "baseline-part-years": (seven_quarters, "7 quarters"),
    "programme-share": (with_a_survey, "a study of its own"),
    "programme-kind": (target(kind="level"), "relative_change"),
    "programme-window": (target(by="2012K4"), "by: 2013K4"),
    "rise-is-not-good": (more_of_a_bad_thing, "good: higher"),
    "wrong-value": (alone, "a list of at least 2"),
    "unknown-key": (misspelt, "'fra'"),
    "comparison-areas-few": (
        lambda study, _: study["areas"].update(comparison=["Område 1", "Område 2"]), "at least 5",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", BAD)
def test_bad_input_is_named_with_a_line_and_a_remedy(code, tmp_path):
    change, said = BAD[code]
    write_programme(tmp_path)
    study, written = settings(), copy.deepcopy(strategy())
    change(study, written)
    write_yaml(tmp_path / "study.yaml", study)
    write_yaml(tmp_path / "strategy.yaml", written)
    with pytest.raises(te.InputRefused) as refused:
        _read(tmp_path)
    problems = [one for one in refused.value.problems if one.code == code]
    assert problems, refused.value
    assert re.fullmatch(r"line \d+", problems[0].place)
    assert said in str(problems[0])


def _read(folder):
    from tingbjerg_eval.evaluation.coverage import refuse_unmet_needs
    from tingbjerg_eval.study.settings_file import read_settings

    read_strategy(folder / "strategy.yaml", read_settings(folder / "study.yaml"))
    refuse_unmet_needs(folder / "study.yaml")


def test_an_area_that_nobody_delivered_and_a_start_before_the_figures_stop_check(tmp_path):
    delivered = counts()
    short = delivered[(delivered["Område"] != "Lindevang") & (delivered["Kvartal"] >= "2008K3")]
    path = write_programme(tmp_path, delivered=short)
    checked = check_all(path)
    assert checked.exit_code == 2
    assert "Lindevang" in str(checked)
    assert "2008K1" in str(checked)


# Disclosure


def released(study):
    shown = publication(study, "programme")
    panels = [shown.panel(one).to_csv() for one in study.settings.indicators_of("count")]
    untold = [sorted(shown.untold_areas(one)) for one in study.settings.indicators_of("count")]
    return "".join(panels) + repr(untold)


def hidden_blocks(study):
    """Blocks of small counts by area: of the treated and of the comparison areas."""
    cells = publication(study, "programme").counts("indbrud").streams[0]
    return [(area, cell) for area, own in cells.items() for cell in own
            if len(cell.times) > 1 or not cell.true]  # fmt: skip


def test_what_is_released_is_the_same_for_five_values_of_a_hidden_count(small):
    before, random = released(small), np.random.default_rng(1)
    blocks = hidden_blocks(small)
    assert {area in small.programme.areas for area, _ in blocks} == {True, False}
    panel = small.panel("indbrud").set_index(["area", "quarter"])["count"]
    for at in random.choice(len(blocks), 4, replace=False):
        area, cell = blocks[at]
        total = int(sum(panel[area, one] for one in cell.times))
        for value in range(5):
            moved = dict.fromkeys(cell.times, 0) | {cell.times[0]: value}
            if cell.true:
                moved[cell.times[-1]] = total - value
            made = {(area, quarter): count for quarter, count in moved.items()}
            other = with_counts(small, {("indbrud", 0): made})
            assert released(other) == before, (area, cell)


def test_the_attack_finds_every_hidden_count_safe_and_every_part_the_same(small):
    found = attack(small, "programme", {"report.html": b"<p></p>"})
    assert found.checked > 50
    assert found.worlds > 0
    assert found.findings == ()


def test_a_part_that_shows_an_areas_true_count_is_found(small, monkeypatch):
    from tingbjerg_eval.presentation.blocks.display import Prose
    from tingbjerg_eval.report.sections import programme

    def leaky(report):
        return Prose(str(report.study.whole.panel("indbrud")["count"].tolist()))

    monkeypatch.setattr(programme, "programme_money", leaky)
    found = attack(small, "programme", {"report.html": b""}).findings
    assert [one.where for one in found] == ["part programme_money"]


def test_an_area_with_too_few_reports_stands_without_figures_and_stays_in_the_whole(tmp_path):
    delivered = counts()
    tiny = (delivered["Område"] == "Lindevang") & (delivered["Kode"] == "1320")
    delivered.loc[tiny, "Antal"] = (np.arange(int(tiny.sum())) % 8 == 0).astype(int)
    report = te.open_report(write_programme(tmp_path, delivered=delivered), "programme")
    assert report.publication.untold_areas("indbrud") == {"Lindevang"}
    pooled = te.pooled_difference_in_differences(report.study.panel("indbrud"),
                                                 report.study.programme)  # fmt: skip
    assert "Lindevang" in list(pooled.areas["area"])
    parts = {part.title: part.text() for part in area_pages(report)}
    assert "for få anmeldelser" in parts["Lindevang"]
    assert "for få anmeldelser" not in parts["Egeparken"]
    assert "Uden tal alene" in report.programme_areas().text()


def test_too_few_reports_everywhere_tell_nothing(tmp_path):
    path = write_programme(tmp_path, delivered=counts(scale=0.004))
    verdict = te.open_report(path, "programme").study.verdict("indbrud-30")
    assert (verdict.met, verdict.effect, verdict.reason) == (
        "no data", "cannot be shown", "hidden-count",
    )  # fmt: skip


def test_the_report_speaks_english_too(tmp_path):
    write_programme(tmp_path)
    write_yaml(tmp_path / "study.yaml", settings() | {"language": "en"})
    report = te.open_report(tmp_path / "study.yaml", "programme")
    assert "better than expected" in report.programme_answer().text()
    assert "what a new area can expect" in report.programme_new_area().text().lower()
    assert "Each area by itself: Birkehaven" in report.programme_areas().text()
    assert "cannot be decided for the area alone" in report.programme_each().text()
    assert "does not follow the effort from quarter to quarter" in report.programme_method().text()


def test_the_example_is_what_its_script_writes(tmp_path):
    write_programme(tmp_path)
    for name in ("study.yaml", "strategy.yaml", "data/anmeldelser.csv", "data/befolkning.csv"):
        stored = (te_root() / "parameters/examples/programme" / name).read_bytes()
        assert stored == (tmp_path / name).read_bytes(), name


def te_root():
    from pathlib import Path

    return Path(__file__).parents[2]


# Next door


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The programme's study with an area next to Birkehaven that burglary moved to."""
    told = counts()
    later = (told["Område"] == "Område 4") & (told["Kvartal"] >= "2010K3")
    told.loc[later & (told["Kode"] == "1320"), "Antal"] *= 2
    path = write_programme(tmp_path_factory.mktemp("moved"), delivered=told)
    content = settings()
    content["areas"]["treated"][1]["adjacent"] = ["Område 4"]
    write_yaml(path, content)
    return te.open_report(path, "programme")


def test_crime_that_moved_next_door_qualifies_the_answer_and_withholds_the_price(moved):
    verdict = moved.study.verdict("indbrud-30")
    found = te.pooled_displacement(moved.study.panel("indbrud"), moved.study.programme)
    assert (verdict.neighbours, verdict.next_door) == ("more", "worse")
    assert verdict.neighbours_value == found.value
    assert found.lower < 2 < found.upper
    assert "I naboområderne kom der" in moved.programme_answer().text()
    row = moved.programme_displacement().tables()[0]["rows"][0]
    assert row == ["Indbrud", value_text(found.value, found.scale, DANISH),
                   interval_text(found, DANISH)]  # fmt: skip
    assert "pr. undgået anmeldelse" not in moved.programme_money().text()
    assert "naboområderne (Område 4)" in moved.recommendation().text()


def test_an_areas_page_tells_what_happened_next_to_it(moved):
    texts = {part.title: part.text() for part in area_pages(moved)}
    design = moved.study.programme.design("Birkehaven")
    alone = te.displacement(moved.study.panel("indbrud"), design)
    assert "I naboområderne (Område 4)" in texts["Birkehaven"]
    assert f"indbrud {value_text(alone.value, alone.scale, DANISH)}" in texts["Birkehaven"]
    assert "naboområderne" not in texts["Egeparken"]


def test_where_no_area_is_named_next_door_nothing_is_said_of_it(study):
    report = te.open_report(study, "programme")
    assert "ikke udpeget naboområder" in report.programme_displacement().text()
    assert "naboområderne" not in report.programme_answer().text()
