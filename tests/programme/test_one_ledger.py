"""Two studies of one area that name one ledger: their reports together give no small count away.

Who holds the reports of a programme, and those of a study of one of its areas, subtracts the sums
of one from the other. Tried here by integer programs over all sums that both tell.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

import tingbjerg_eval as te
from tests.programme.made import TREATED, counts, settings, write_programme, write_yaml
from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.publication.earlier import with_editions
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.publication.timeline import report_names

FEW = 0.08
AREA = "Egeparken"
VALUES = 5


def single(folder):
    """The study of one of the programme's areas against the same comparison areas."""
    made = settings()
    made["name"], made["areas"] = "single", {**made["areas"], "treated": AREA}
    made["areas"]["adjacent"] = [area for area in TREATED if area != AREA]
    made["periods"] = {"baseline": ["2008K1", "2009K4"], "period": ["2010K1", "2011K4"]}
    write_programme(folder, delivered=counts(scale=FEW))
    write_yaml(folder / "study.yaml", made)
    strategy = (folder / "strategy.yaml").read_text("utf-8").replace("2013K4", "2011K4")
    (folder / "strategy.yaml").write_text(strategy, "utf-8")
    return te.open_study(folder)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    programme = write_programme(tmp_path_factory.mktemp("many"), delivered=counts(scale=FEW))
    return te.open_study(programme), single(tmp_path_factory.mktemp("one"))


def handed_over(studies):
    """Every report of the studies, one study after another, each given those before it."""
    ledger = Ledger()
    for study in studies:
        known = with_editions(study, ledger)
        for name in report_names(known):
            told = publication(known, name)
            yield told
            ledger.add(f"{study.settings.name}: {name}", told.handed_over())


def told_sums(reports, indicator):
    """Every sum that is told: its areas and quarters, and what it is."""
    for report in reports:
        found, compared = report.counts(indicator), report.study.settings.areas.comparison
        for of in found.streams:
            for area, cells in of.items():
                yield from (((area,), one.times, one.count) for one in cells if one.true)
        for pool in found.pools:
            yield from ((compared, one.times, one.count) for one in pool if one.true)


def narrow(sums):
    """The single counts that the sums leave fewer than five values, and how many were tried."""
    sums = list({(tuple(areas), times): told for areas, times, told in sums}.items())
    places = sorted({one for (areas, times), _ in sums for one in itertools.product(areas, times)})
    at = {place: number for number, place in enumerate(places)}
    rows = np.zeros((len(sums), len(places)))
    for row, ((areas, times), _) in enumerate(sums):
        rows[row, [at[one] for one in itertools.product(areas, times)]] = 1
    equal = LinearConstraint(rows, *[[told for _, told in sums]] * 2)
    single = {(areas[0], times[0]) for (areas, times), _ in sums if len(areas) == len(times) == 1}
    hidden = [place for place in places if place not in single]
    found = []
    for place in hidden:
        goal = np.eye(len(places))[at[place]]
        low, high = (milp(sign * goal, constraints=equal, integrality=1).fun for sign in (1, -1))
        if round(-high - low) + 1 < VALUES:
            found.append(place)
    return found, len(hidden)


@pytest.mark.parametrize(("order", "indicator"), [(1, "indbrud"), (-1, "trusler")])
def test_reports_of_both_studies_leave_every_hidden_count_five_values(both, indicator, order):
    found, tried = narrow(told_sums(list(handed_over(both[::order])), indicator))
    assert tried > 50
    assert found == []


def test_without_the_ledger_counts_would_be_given_away(both):
    reports = [publication(study, name) for study in both for name in report_names(study)]
    assert any(narrow(told_sums(reports, one))[0] for one in ("indbrud", "trusler"))
