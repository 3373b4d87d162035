"""What an evaluator types before having read anything: it works, or one line says how."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from dataclasses import replace

import pandas as pd
import pytest

import tingbjerg_eval as te
from tingbjerg_eval.inputs.errors import TingbjergError, UnknownName, WrongArgument
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.reports import END

WORKS = (
    "study.targets.loc['indbrud-40', 'goal'] == -40",
    "set(study.targets.query('primary').index) == set(study.strategy.primary_targets)",
    "study.indicators.loc['burglary', 'made_of'] == '1320'",
    "study.areas['role'].value_counts()['comparison'] == 12",
    "study.verdicts.loc['indbrud-40', 'met'] == study.verdict('indbrud-40').met",
    "'Tingbjerg' in study.describe()['value'].to_list()",
    "study.panel(codes=['1320']).equals(study.panel('burglary'))",
    "study.panel(codes='1320').equals(study.panel('burglary'))",
    "study.as_of('2011Q2').until == '2011K2'",
    "study.as_of('2011Q2').panel(codes=['1320']).equals(study.as_of('2011K2').panel('burglary'))",
    "study.design.replace(adjacent=()).adjacent == ()",
    "study.design.with_comparison('A', 'B').areas == ('Tingbjerg', 'A', 'B')",
    "study.design.with_comparison(['A', 'B']).areas == ('Tingbjerg', 'A', 'B')",
    "study.design.around('2010Q2', years=(2, 2)).baseline == ('2008K2', '2010K1')",
    "study.design.around('2010-04', years=(2, 2)).left_out == ()",
    "study.design.around('2010-05', years=(2, 2)).left_out == ('2010K2',)",
    "study.design.around('2010-05', years=(2, 2)).baseline == ('2008K2', '2010K1')",
    "study.design.replace(baseline=('2008Q1', '2009Q4')) == study.design",
    "list(te.tidy(one=study.result('vold-10').effect)['name']) == ['one']",
    "te.open_report(study, 'quarterly', quarter='2011Q2').quarter == '2011K2'",
    "te.open_report(study, 'quarterly', quarter=pd.Period('2011Q2')).quarter == '2011K2'",
    "study.as_of(pd.Period('2011Q2')).until == study.as_of('2. kvartal 2011').until == '2011K2'",
    "study.as_of('Q2 2011').until == '2011K2'",
    "design.replace(period=(pd.Period('2010Q1'), pd.Period('2012Q4'))) == design",
    "design.with_comparison({'B', 'A'}).comparison == ('A', 'B')",
    "te.explore(study, first='2008Q1').choice.first == '2008K1'",
    "hasattr(study, 'targets') and not hasattr(study, 'goals') and bool(study.verdict('vold-10'))",
)
"""Expressions that are true of the demo study."""


def typed(text: str, study):
    """What ``text`` gives in the notebook of somebody who has opened the study."""
    names = {
        "te": te, "pd": pd, "dt": dt, "study": study, "panel": study.panel("burglary"),
        "design": study.design, "estimate": study.result("indbrud-40").change,
    }  # fmt: skip
    return eval(text, names)


@pytest.mark.parametrize("text", WORKS)
def test_what_people_type_works(demo_study, text):
    assert typed(text, demo_study)


WRONG = (
    ("study.verdict('indbrud')", UnknownName, "Did you mean 'indbrud-40'?"),
    ("study.result('Indbrud-40')", UnknownName, "Did you mean 'indbrud-40'?"),
    ("study.measurable('vold')", UnknownName, "Did you mean 'vold-"),
    ("study.indicator('burglry')", UnknownName, "Did you mean 'burglary'?"),
    ("study.panel('indbrud')", UnknownName, "Did you mean 'burglary'?"),
    ("study.panel()", WrongArgument, "codes=[...]"),
    ("study.panel('burglary', codes=['1320'])", WrongArgument, "not both"),
    ("study.panel(codes=['132'])", UnknownName, "Did you mean '132"),
    ("study.panel('unsafe_evening')", WrongArgument, "write study.shares('unsafe_evening')"),
    ("study.rates('unsafe_evening')", WrongArgument, "write study.shares('unsafe_evening')"),
    ("study.shares('burglary')", WrongArgument, "write study.panel('burglary')"),
    ("study.as_of('spring')", WrongArgument, "a quarter such as '2011K2'"),
    ("study.estimates(te.collapsed_t)", WrongArgument, "gives no Estimate"),
    ("te.difference_in_differences(design, panel)", WrongArgument, "stands before the design"),
    (
        "te.difference_in_differences(study)",
        WrongArgument,
        "Call difference_in_differences(data, design).",
    ),
    ("te.difference_in_differences(study, design)", WrongArgument, "give study.panel(indicator)"),
    ("te.difference_in_differences(panel, study)", WrongArgument, "give study.design"),
    ("te.difference_in_differences('burglary', design)", WrongArgument, "not text"),
    ("te.difference_in_differences(panel, design, level=95)", MethodRefused, "Write 0.95 for 95 %"),
    ("te.compare_periods(panel, design, level='95 %')", WrongArgument, "a number such as 0.95"),
    ("te.collapsed_t(panel, design, levl=0.9)", WrongArgument, "Did you mean level?"),
    ("te.compare_periods(panel, design, 0.9)", WrongArgument, "Options are given by name"),
    ("te.event_study(panel, None)", WrongArgument, "design is missing"),
    (
        "te.compare_periods(study.shares('unsafe_evening'), design)",
        MethodRefused,
        "study.survey_design",
    ),
    ("te.compare_periods(panel, design, area='Tingbjrg')", MethodRefused, "nearest: 'Tingbjerg'"),
    ("design.replace(peroid=1)", UnknownName, "Did you mean 'period'?"),
    ("design.replace(comparison='Bellahøj')", WrongArgument, "write ['Bellahøj']"),
    ("design.around('spring')", WrongArgument, "a quarter such as '2009K2'"),
    ("design.around('2009-13')", WrongArgument, "a month such as '2009-05'"),
    ("te.show('a sentence').to_csv('x.csv')", WrongArgument, "no table"),
    ("design.around('2009K2', years=2)", WrongArgument, "two whole numbers"),
    ("study.survey_design.around('2009K2')", WrongArgument, "by hand"),
    ("te.tidy([study.result('vold-10').effect])", WrongArgument, "write tidy(*estimates)"),
    ("te.tidy(panel)", WrongArgument, "not DataFrame"),
    ("te.open_report(study, 'endofperiod')", UnknownName, "'end_of_period'?"),
    ("study.population", UnknownName, "Write study.tables.population."),
    ("study.period", UnknownName, "Write study.design.period."),
    ("study.measures", UnknownName, "Write study.strategy.measures."),
    ("study.report('end_of_period')", UnknownName, "Write te.open_report(...)."),
    ("study.lock()", UnknownName, "In a terminal: tingbjerg lock."),
    ("study.indikatorer", UnknownName, "Did you mean indicator"),
    ("study['vold-10']", WrongArgument, "study.result(target)"),
    ("len(study)", WrongArgument, "study.targets"),
    ("list(study)", WrongArgument, "Study has no items"),
    ("study.panel('burglary', area='Tingbjerg')", WrongArgument, "It has: indicator, codes."),
    ("study.rates()", WrongArgument, "Call rates(indicator)."),
    ("study.estimates('synthetic_control')", WrongArgument, "te.synthetic_control"),
    ("study.judged('vold-10', 0.7)", WrongArgument, "study.result(target).effect"),
    ("study.as_of(dt.date(2011, 5, 1))", WrongArgument, "that day lies in '2011K2'"),
    ("estimate.to_frame()", UnknownName, "te.tidy(estimate)"),
    ("estimate['value']", WrongArgument, "write estimate.value"),
    ("sorted([estimate, estimate])", WrongArgument, "Estimate has no order"),
    ("float(estimate)", WrongArgument, "estimate.value"),
    ("study.verdict('vold-10').summary()", UnknownName, "te.verdict_table(verdict)"),
    ("study.result('vold-10').p_value", UnknownName, "Write targetresult.effect.p_value"),
    ("te.tidy(study)", WrongArgument, "Write study.estimates()."),
    ("te.verdict_table(study)", WrongArgument, "study.verdicts"),
    ("te.Design('T', ['A'], (2009, 2009), (2013, 2013))", WrongArgument, "given by name: treated"),
    ("design.replace(period='2010K1-2012K4')", WrongArgument, "such as ('2008K1', '2009K4')"),
    ("design.replace(period=('2010-01-01', '2012K4'))", WrongArgument, "lies in '2010K1'"),
    ("design.replace(treated=['Tingbjerg'])", WrongArgument, "the name of one area"),
    ("design.with_comparison(study.areas)", WrongArgument, "a list of areas, not DataFrame"),
    ("design.replace(contamination=['A'])", WrongArgument, "a list of Contaminations"),
    ("design.rows(study.areas)", WrongArgument, "a column 'quarter'"),
    ("te.compare_periods(panel['count'], design)", WrongArgument, "not Series"),
    ("te.compare_periods(panel.iloc[:0], design)", MethodRefused, "no area 'Tingbjerg'"),
    ("te.compare_periods(panel, design, area=['Tingbjerg'])", WrongArgument, "area is text"),
    ("te.minimum_detectable_change(panel, design, power='80 %')", WrongArgument, "such as 0.8"),
    ("te.exact_rate_ratio(panel, design)", WrongArgument, "a whole number, not DataFrame"),
    ("te.adjust_for_multiplicity({'a': 0.01})", WrongArgument, "a list of numbers, not dict"),
    ("te.delivery_by_measure(study)", WrongArgument, "Call delivery_by_measure(strategy"),
    ("te.delivery_by_measure(panel, study.strategy)", WrongArgument, "such as study.strategy"),
    ("te.compare_areas('burglary', study)", WrongArgument, "an opened study"),
    ("te.compare_areas(study, candidates='Bellahøj')", WrongArgument, "write ['Bellahøj']"),
    ("te.open_study(study)", WrongArgument, "the path of study.yaml or its folder, not Study"),
    ("te.open_report('end_of_period', study)", WrongArgument, "stands before the kind"),
    ("te.open_report(study, 'baseline', quarter='2011K2')", WrongArgument, "has no quarter"),
    ("te.explore(study, 'burglary')", WrongArgument, "Options are given by name: data, indicator"),
    ("te.explore(study, comparison='Bellahøj')", WrongArgument, "write ['Bellahøj']"),
    ("te.explore(study).choose(indikator='burglary')", UnknownName, "Did you mean 'indicator'?"),
    ("te.explore(study).code('graph')", UnknownName, "There is no part 'graph'"),
    ("te.show([estimate])", WrongArgument, "Write te.show(*things)."),
    ("te.show(estimate).to_latex()", UnknownName, "table.to_excel(path)"),
    ("te.diff_in_diff", AttributeError, "mean difference_in_differences?"),
)
"""What is typed, its error, and a piece of the line that answers it."""


@pytest.mark.parametrize(("text", "error", "said"), WRONG)
def test_what_people_mistype_is_answered_in_one_line(demo_study, text, error, said):
    with pytest.raises(error) as caught:
        typed(text, demo_study)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_wrong_call_is_an_error_of_the_house_and_of_python():
    """A notebook shows it without a traceback, and ``except ValueError`` catches it."""
    assert issubclass(WrongArgument, (TingbjergError, TypeError))
    assert issubclass(UnknownName, (TingbjergError, LookupError))
    assert {WrongArgument.exit_code, UnknownName.exit_code} == {2}


@pytest.mark.parametrize("leave_out", [0, 1, 3])
@pytest.mark.parametrize("start", ["2009K1", "2009K2", "2009K4"])
def test_windows_around_a_start_are_whole_years_and_say_what_they_are(demo_study, start, leave_out):
    found = demo_study.design.around(start, years=(1, 2), leave_out=leave_out)
    assert (len(found.baseline_times), len(found.period_times)) == (4, 8)
    assert len(found.left_out) == leave_out
    assert (found.left_out + found.period_times)[0] == start
    assert all(quarter in found.windows for quarter in (*found.baseline, *found.left_out))
    estimate = te.compare_periods(demo_study.panel("burglary"), found)
    assert estimate.lower < estimate.value < estimate.upper


def test_every_estimate_stands_in_one_table_with_its_target(demo_study):
    rows = demo_study.estimates()
    wanted = demo_study.result("indbrud-40")
    own = rows[rows["target"] == "indbrud-40"].set_index("method")
    assert own.loc["difference_in_differences", "value"] == wanted.effect.value
    assert own.loc["compare_periods", "lower"] == wanted.change.lower
    assert own.loc["displacement", "area"] == "Utterslevhuse + Voldparken"
    assert set(own["indicator"]) == {"burglary"}
    assert set(own["period"]) == {"2010K1-2012K4"}
    assert not rows.duplicated(["target", "method"]).any()


def test_more_methods_may_be_asked_and_a_refusal_is_a_row(demo_study):
    few = demo_study.settings.areas.model_copy(
        update={"comparison": demo_study.settings.areas.comparison[:4]}
    )
    settings = demo_study.settings.model_copy(update={"areas": few})
    rows = replace(demo_study, settings=settings).estimates(te.synthetic_control)
    refused = rows[rows["method"] == "difference_in_differences"]
    assert refused["value"].isna().all()
    assert refused["refused"].str.contains("comparison areas").all()
    assert "synthetic_control" in set(rows["method"])


def test_rates_are_reports_per_thousand_inhabitants_and_year(demo_study):
    rates = demo_study.rates("burglary")
    first = rates.iloc[0]
    assert first["rate"] == pytest.approx(first["count"] / first["population"] * 4000)
    assert list(rates.columns) == ["area", "quarter", "count", "population", "rate", "role"]
    assert rates.groupby("role")["area"].nunique().to_dict() == {
        "treated": 1, "comparison": 12, "adjacent": 2, "excluded": 2,
    }  # fmt: skip


def test_of_a_released_study_only_what_is_released_is_in_the_tables(demo_study):
    view = publication(demo_study, END).view()
    shown, raw = view.rates("robbery"), demo_study.rates("robbery")
    released = view.panel("robbery")
    assert shown["count"].equals(released["count"])
    assert not shown["count"].equals(raw["count"])
    assert len(view.estimates())
    assert len(view.verdicts)
    with pytest.raises(WrongArgument, match="work in the house"):
        view.panel(codes=["1320"])
    with pytest.raises(WrongArgument, match="work in the house"):
        view.estimates(te.synthetic_control)


def test_what_shows_itself_is_one_short_line(demo_study):
    result = demo_study.result("indbrud-40")
    things = (demo_study, demo_study.as_of("2011K2"), demo_study.design, demo_study.strategy,
              result.effect, result.verdict)  # fmt: skip
    for thing in things:
        assert len(repr(thing)) < 200
        assert "\n" not in repr(thing)
        assert " at 0x" not in repr(thing)
    assert "2011K2" in repr(demo_study.as_of("2011K2"))


def test_a_study_can_still_be_copied_and_sent(demo_study):
    assert repr(pickle.loads(pickle.dumps(demo_study))) == repr(demo_study)
    assert copy.copy(demo_study.design) == demo_study.design
    assert pickle.loads(pickle.dumps(te.collapsed_t)) is te.collapsed_t
