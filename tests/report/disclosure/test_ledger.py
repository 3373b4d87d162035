"""Quarter after quarter, no report undoes what an earlier one hid."""

import json

import numpy as np
import pandas as pd
import pytest
from tables_for_tests import counted

from tingbjerg_eval.disclosure import protect_tables, publish
from tingbjerg_eval.disclosure.attacker import audit
from tingbjerg_eval.disclosure.ledger import Ledger

YEARS = ("2009", "2010", "2011")
QUARTERS = [f"{year}K{part}" for year in YEARS for part in range(1, 5)]


def reports_of(seed: int, *, revised: bool, mean: float, use_ledger: bool = True):
    """Reports from the fourth quarter on, each with all quarters so far and their totals."""
    rng = np.random.default_rng(seed)
    sizes = rng.lognormal(0, 0.6, 6)
    count = {(f"A{i}", q): rng.poisson(mean * s) for i, s in enumerate(sizes) for q in QUARTERS}
    ledger = Ledger()
    for last in range(4, 13):
        quarters = QUARTERS[:last]
        for cell in count:
            count[cell] += int(revised and cell[1] in quarters[-4:] and rng.random() < 0.15)
        rows = [(*cell, n) for cell, n in count.items() if cell[1] in quarters]
        years = {y: [f"{y}K{k}" for k in range(1, 5)] for y in YEARS if f"{y}K4" in quarters}
        frame = pd.DataFrame(rows, columns=["area", "quarter", "count"])
        tables = protect_tables(
            [counted(frame, groups={"quarter": years})], ledger=ledger if use_ledger else None
        )
        published = publish(quarters[-1], tables)
        yield audit(published, earlier=ledger.earlier()), published
        ledger.add(quarters[-1], published)


@pytest.mark.parametrize("seed", range(3))
def test_nine_quarterly_reports_hold_together(seed):
    assert all(result.ok for result, _ in reports_of(seed, revised=False, mean=8))


@pytest.mark.parametrize("seed", [6, 7, 9])
def test_they_hold_when_late_registration_revises_the_figures(seed):
    assert all(result.ok for result, _ in reports_of(seed, revised=True, mean=4))


def test_without_the_ledger_the_next_quarter_gives_cells_away():
    results = reports_of(2, revised=False, mean=8, use_ledger=False)
    assert not all(result.ok for result, _ in results)


def test_the_ledger_comes_back_from_its_file_and_gives_the_same_bytes(tmp_path):
    ledger = Ledger.load(tmp_path / "ledger.json")
    for result, published in reports_of(0, revised=False, mean=8):
        assert result.ok
        ledger.add(published["report"], published)
    ledger.save()
    first = (tmp_path / "ledger.json").read_bytes()
    again = Ledger.load(tmp_path / "ledger.json")
    assert again.earlier() == ledger.earlier()
    again.save()
    assert (tmp_path / "ledger.json").read_bytes() == first


def test_the_ledger_holds_no_value_of_a_hidden_cell(tmp_path):
    ledger = Ledger(path=tmp_path / "ledger.json")
    frame = pd.DataFrame({"area": ["A", "B"], "count": [4, 77123]})
    ledger.add("r", publish("r", protect_tables([counted(frame, margins=())])))
    ledger.save()
    (table,) = json.loads((tmp_path / "ledger.json").read_text())["reports"][0]["tables"]
    assert [cell["value"] for cell in table["cells"]] == [None, 77123]


def test_a_report_published_again_with_other_figures_keeps_its_former_edition():
    ledger = Ledger()
    first, second = {"tables": [1]}, {"tables": [2]}
    for published in (first, first, second):
        ledger.add("2010K1", published)
    assert list(ledger.reports) == ["2010K1 (edition 1)", "2010K1"]


def test_publishing_again_what_was_published_changes_nothing():
    frame = pd.DataFrame(
        [(a, q, n) for a, row in (("A", (3, 9, 8)), ("B", (9, 9, 9))) for q, n in enumerate(row)],
        columns=["area", "quarter", "count"],
    )
    ledger = Ledger()
    first = publish("r", protect_tables([counted(frame)]))
    ledger.add("r", first)
    assert publish("r", protect_tables([counted(frame)], ledger=ledger)) == first
