"""A study of yearly counts, from the delivered files to the pages."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

import tingbjerg_eval as te
from tingbjerg_eval.data.check import check_study
from tingbjerg_eval.data.coverage import by_year
from tingbjerg_eval.inputs.problems import InputRefused

MINIMAL = Path(__file__).parents[2] / "parameters" / "examples" / "minimal"
WINDOWS = {'"2008K1", "2009K4"': "2008, 2009", '"2010K1", "2012K4"': "2010, 2012"}


def in_years(folder: Path, *, yearly: tuple[str, ...]) -> Path:
    """The minimal study with windows in years; the ``yearly`` tables are delivered by year."""
    shutil.copytree(MINIMAL, folder)
    study = (folder / "study.yaml").read_text("utf-8")
    for quarters, years in WINDOWS.items():
        study = study.replace(quarters, years)
    head, incidents, people = re.split(r"(?m)(?=^  incidents:|^  population:)", study)
    parts = {"anmeldelser": incidents, "befolkning": people}
    for name in yearly:
        _by_year(folder / "data" / f"{name}.csv", "sum" if name == "anmeldelser" else "mean")
        parts[name] = parts[name].replace("quarter: Kvartal", "year: År")
    (folder / "study.yaml").write_text(head + "".join(parts.values()), "utf-8")
    strategy = folder / "strategy.yaml"
    strategy.write_text(strategy.read_text("utf-8").replace('"2012K4"', "2012"), "utf-8")
    return folder / "study.yaml"


def _by_year(path: Path, how: str) -> None:
    table = pd.read_csv(path, sep=";", dtype={"Kode": str})
    table = table.assign(År=table.pop("Kvartal").str[:4])
    keys = list(table.columns.difference(["Antal", "Folketal"], sort=False))
    summed = table.groupby(keys, sort=False).agg(how).round().astype(int).reset_index()
    summed.to_csv(path, sep=";", index=False)


@pytest.fixture(scope="module")
def quarterly():
    return te.open_study(MINIMAL / "study.yaml")


@pytest.fixture(scope="module")
def yearly(tmp_path_factory):
    folder = tmp_path_factory.mktemp("years") / "study"
    return te.open_study(in_years(folder, yearly=("anmeldelser", "befolkning")))


def test_windows_are_years(yearly):
    assert yearly.design.windows == "baseline 2008-2009 (2 years), period 2010-2012 (3 years)"
    assert yearly.settings.period_quarters == ("2010", "2011", "2012")
    panel = yearly.panel("indbrud")
    assert panel["quarter"].unique().tolist() == ["2008", "2009", "2010", "2011", "2012"]


def test_the_headline_is_that_of_the_quarters_summed(quarterly, yearly):
    asked = [
        te.difference_in_differences(one.panel("indbrud"), one.design, resolution="year")
        for one in (quarterly, yearly)
    ]
    for end in ("value", "lower", "upper", "p_value"):
        assert getattr(asked[1], end) == pytest.approx(getattr(asked[0], end), rel=1e-4)


@pytest.mark.parametrize("delivered", [(), ("befolkning",), ("anmeldelser",)])
def test_what_is_delivered_by_quarter_is_summed_to_its_years(tmp_path, yearly, delivered):
    study = te.open_study(in_years(tmp_path / "s", yearly=delivered))
    pd.testing.assert_frame_equal(study.panel("indbrud"), yearly.panel("indbrud"))


def test_an_earlier_extract_by_quarter_is_compared_by_year(tmp_path, yearly):
    """Of a year that it holds a part of nothing is said to be revised."""
    study = in_years(tmp_path / "s", yearly=())
    now = study.parent / "data" / "anmeldelser.csv"
    lines = [one for one in now.read_text("utf-8").splitlines() if "2012K4" not in one]
    at = next(n for n, one in enumerate(lines) if ";2011K2;1320;" in one)
    area, _, _, count = lines[at].split(";")
    lines[at] = f"{area};2011K2;1320;{int(count) - 3}"
    now.with_name("earlier.csv").write_text("\n".join(lines) + "\n", "utf-8")
    file = "    file: anmeldelser.csv\n"
    previous = "    previous: {file: earlier.csv, extract_date: 2012-10-15}\n"
    study.write_text(study.read_text("utf-8").replace(file, file + previous), "utf-8")
    (changed,) = te.open_study(study).tables.revisions.to_dict("records")
    whole = yearly.tables.incidents.set_index(["area", "quarter", "offence"])["count"]
    after = whole[area, "2011", "1320"]
    assert changed == {"area": area, "quarter": "2011", "offence": "1320",
                       "before": after - 3, "after": after}  # fmt: skip


def follow(study: Path, text: str) -> None:
    """Put what a check proposes into ``study.yaml``, in place of what stands under its keys."""
    written = yaml.safe_load(study.read_text("utf-8"))
    for part, lines in re.findall(r"under ([\w.]+):\n((?: +\w+: .*\n?)+)", text):
        place = written
        for name in part.split("."):
            place = place[name]
        place |= yaml.safe_load(lines)
    study.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False), "utf-8")


def test_what_is_proposed_for_reports_by_year_reads_them(tmp_path, yearly):
    study = in_years(tmp_path / "s", yearly=("anmeldelser", "befolkning"))
    text = study.read_text("utf-8").replace("year: År", "quarter: År", 1)
    for quarters, years in WINDOWS.items():
        text = text.replace(years, quarters)
    study.write_text(text, "utf-8")
    said = check_study(study)
    assert "yearly-only" in [one.code for one in said.problems]
    follow(study, str(said))
    pd.testing.assert_frame_equal(te.open_study(study).panel("indbrud"), yearly.panel("indbrud"))


def test_what_is_proposed_for_quarters_in_a_study_in_years_reads_them(tmp_path, yearly):
    study = in_years(tmp_path / "s", yearly=())
    study.write_text(study.read_text("utf-8").replace("quarter: Kvartal", "year: Kvartal"), "utf-8")
    follow(study, str(check_study(study)))
    pd.testing.assert_frame_equal(te.open_study(study).panel("indbrud"), yearly.panel("indbrud"))


def test_a_year_of_which_a_quarter_is_missing_is_no_year(tmp_path):
    path = in_years(tmp_path / "s", yearly=())
    counts = path.parent / "data" / "anmeldelser.csv"
    lines = [one for one in counts.read_text("utf-8").splitlines() if "2012K4" not in one]
    counts.write_text("\n".join(lines) + "\n", "utf-8")
    assert te.open_study(path).tables.covered == ("2008", "2009", "2010", "2011")
    counts.write_text("\n".join(one for one in lines if "Område 1;2009K2" not in one), "utf-8")
    with pytest.raises(InputRefused, match="cell-missing"):
        te.open_study(path)


@pytest.mark.parametrize(
    ("found", "wanted", "code"),
    [
        ("baseline: [2008, 2009]", "baseline: [2008K1, 2009K4]", "period-kinds"),
        ("      quarter: Kvartal\n", "      quarter: Kvartal\n      year: År\n", "incident-time"),
        ("      quarter: Kvartal\n", "      year: Kvartal\n", "not-a-year"),
    ],
)
def test_years_beside_quarters_are_refused(tmp_path, found, wanted, code):
    path = in_years(tmp_path / "s", yearly=())
    text = path.read_text("utf-8")
    assert found in text
    path.write_text(text.replace(found, wanted, 1), "utf-8")
    with pytest.raises(InputRefused, match=code):
        te.open_study(path)


def test_a_deadline_outside_the_years_is_named_in_years(tmp_path):
    path = in_years(tmp_path / "s", yearly=())
    strategy = path.with_name("strategy.yaml")
    strategy.write_text(strategy.read_text("utf-8").replace("by: 2012", "by: 2016"), "utf-8")
    with pytest.raises(InputRefused, match="a year from 2010 to 2012"):
        te.open_study(path)


@pytest.mark.parametrize(("kind", "year"), [("baseline", None), ("quarterly", "2011"),
                                            ("end_of_period", None)])  # fmt: skip
def test_no_page_speaks_of_quarters(yearly, kind, year):
    report = te.open_report(yearly, kind, quarter=year)
    bundles = [getattr(report, part)()._repr_mimebundle_() for part in report.parts]
    shown = " ".join(one["text/html"] for one in bundles)
    assert not re.search(r"(?i)kvartal|\bkv\.|20\d\dK\d", shown)
    if year:
        assert "Årsopfølgning, 2011" in report.title()


def test_one_word_is_said_for_another_whole_words_only():
    from tingbjerg_eval.presentation.words.sentences import of_years

    said = of_years("Kvartalet: {quarter} kvartaler eller år; kvarteret.", "da")
    assert said == "Året: {quarter} år; kvarteret."
    assert of_years("A quarter of {quarters}; quarterly.", "en") == "A year of {quarters}; yearly."


def test_a_return_says_its_quarter_or_its_year_and_not_both(tmp_path):
    path = in_years(tmp_path / "s", yearly=())
    returns = (
        "  activities:\n    file: a.csv\n    columns: {measure: I, quarter: K, year: Y, "
        "planned: P, delivered: D, spent_dkk: S}\n"
    )
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^(?=  population:)", returns, text, count=1), "utf-8")
    with pytest.raises(InputRefused) as refused:
        te.open_study(path)
    assert [one.code for one in refused.value.problems] == ["return-time"]


def test_a_year_of_which_a_quarter_told_nothing_tells_nothing(yearly):
    quarters = [f"{year}K{part}" for year in (2010, 2011) for part in range(1, 5)]
    told = [1.0, math.nan, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0]
    frame = pd.DataFrame({"measure": "m", "quarter": quarters, "delivered": told})
    summed = by_year(frame, yearly.settings, {"delivered": "sum"}).set_index("quarter")
    assert math.isnan(summed.loc["2010", "delivered"])
    assert summed.loc["2011", "delivered"] == 8
