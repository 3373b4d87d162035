"""What a report says of hidden counts is found by trying every count that fits."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tingbjerg_eval.report.counts import published_chain

from tingbjerg_eval.evaluation.study import open_study
from tingbjerg_eval.release.claims import ALL, KINDS, asked_of
from tingbjerg_eval.release.enumeration import attack_statements
from tingbjerg_eval.report.report import open_report
from tingbjerg_eval.report.words.estimates import estimate_text, interval_text
from tingbjerg_eval.stats.periods import compare_periods

EXAMPLE = Path(__file__).parents[2] / "parameters" / "examples" / "minimal"
COUNTS = (31, 12, 25, 17, 9, 28, 14, 22, 9, 9, 2, 14, 21, 8, 30, 11, 16, 27, 7, 19)
"""Uneven enough that single quarters move an interval; the eleventh is 2010K3."""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The small example with one small quarter beside one that is hidden for its sake."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    path = folder / "data" / "anmeldelser.csv"
    rows = [row.split(";") for row in path.read_text(encoding="utf-8").splitlines()]
    own = [row for row in rows if row[0] == "Indsatsområdet"]
    for row, count in zip(own, COUNTS, strict=True):
        row[3] = str(count)
    path.write_text("\n".join(map(";".join, rows)) + "\n", encoding="utf-8")
    return open_study(folder / "study.yaml")


@pytest.fixture(scope="module")
def report(study):
    return open_report(study, "end_of_period")


@pytest.fixture(scope="module")
def published(study):
    return published_chain(study, ["end_of_period"])["end_of_period"]


def page(*rows) -> dict[str, bytes]:
    return {"answers.csv": "\n".join(";".join(row) for row in rows).encode("utf-8-sig")}


def cells(found) -> set[str]:
    return {finding.cell for finding in found if finding.table == "indbrud"}


def test_the_example_hides_a_quarter_and_its_partner(published):
    hidden = [cell["key"] for table in published["tables"] for cell in table["cells"]
              if table["name"] == "indbrud" and cell["value"] is None]  # fmt: skip
    assert hidden == ["2010K3", "2010K4"]


def told_of(counts_of_2010k3, study, words):
    """The row a report would print were the hidden quarter another, its partner making up."""
    panel = study.panel("indbrud").copy()
    treated = panel["area"] == study.design.treated
    panel.loc[treated & (panel["quarter"] == "2010K3"), "count"] = counts_of_2010k3
    panel.loc[treated & (panel["quarter"] == "2010K4"), "count"] = 16 - counts_of_2010k3
    change = compare_periods(panel, study.design)
    p = words.number(change.p_value, decimals=3)
    return estimate_text(change, words), interval_text(change, words), p


def test_a_row_of_rounded_words_that_fits_one_count_stops_the_hand_over(study, report, published):
    row = told_of(2, study, report.words)
    fitting = [count for count in range(17) if told_of(count, study, report.words) == row]
    assert len(fitting) < 5
    found = attack_statements(page(("Ændring", *row)), report, published)
    assert cells(found) == {"2010K3", "2010K4"}
    assert "plain change" in " ".join(map(str, found))


def test_a_row_that_fits_many_counts_may_stand(study, report, published):
    row = told_of(2, study, report.words)[:1]
    fitting = [n for n in range(17) if told_of(n, study, report.words)[:1] == row]
    assert len(fitting) >= 5
    assert not cells(attack_statements(page(("Ændring", *row)), report, published))


def test_tables_alone_give_nothing_away(report, published):
    assert not cells(attack_statements(page(("Hvad", "Resultat")), report, published))


def test_statements_made_of_what_is_shown_give_nothing_away(study, report, published):
    """A road that never sees the hidden quarters, but only their sum."""

    def of_years(_, __, counts):
        told = counts.copy()
        told[0, 10:12] = counts[0, 10:12].sum() // 2
        return told

    panel = study.panel("indbrud")
    counts = panel["count"].to_numpy().reshape(panel["area"].nunique(), -1)
    told = panel.assign(count=of_years(study, "", counts).ravel())
    change = compare_periods(told, study.design)
    row = estimate_text(change, report.words), interval_text(change, report.words)
    files = page(("Ændring", *row))
    assert not cells(attack_statements(files, report, published, roads=(of_years,)))


@pytest.mark.parametrize("kind", [one for one in KINDS if one.rests != ALL], ids=lambda k: k.name)
def test_a_statement_rests_on_nothing_but_what_its_kind_says(kind, report):
    asked = next(asked_of(report))
    areas = asked.data["area"].nunique()
    counts = asked.data["count"].to_numpy().reshape(areas, -1)
    rng = np.random.default_rng(1)
    for _ in range(4):
        other = counts.copy()
        area, year = rng.integers(1, areas), 4 * rng.integers(0, counts.shape[1] // 4)
        other[area, year : year + 4] = rng.permutation(other[area, year : year + 4])
        assert kind.content(other, asked) == kind.content(counts, asked)
        assert kind.told(asked.panel(other), asked) == kind.told(asked.panel(counts), asked)
