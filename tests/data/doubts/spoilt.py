"""Every doubt, and a delivery that raises it: how the made study is spoilt."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from made import AREAS, CODES, QUARTERS, Made

Change = Callable[[Made], Made]


@dataclass(frozen=True)
class Spoilt:
    """The code that must be said, whether as a note, and the change that makes it."""

    code: str
    change: Change
    note: bool = False
    counted: bool = False


def quarter(day: dt.date) -> str:
    return f"{day.year}K{(day.month + 2) // 3}"


def without(area: str, lacking: Callable[[dt.date], bool], code: str = "") -> Change:
    def keep(a: str, d: dt.date, c: str):
        concerned = area in ("", a) and code in ("", c) and lacking(d)
        return None if concerned else (a, d, c)

    return lambda made: made.change(keep)


def renamed(name: str, times: int = 4, before: bool = False) -> Change:
    """Each ``times``-th report of the treated area in the period under another name."""
    seen = [0]

    def change(a: str, d: dt.date, c: str):
        if a == "Indsats" and (before or d.year >= 2010):
            seen[0] += 1
            return (name, d, c) if seen[0] % times == 0 else (a, d, c)
        return a, d, c

    return lambda made: made.change(change)


def dated(day: dt.date, area: str = "Indsats", times: int = 4) -> Change:
    seen = [0]

    def change(a: str, d: dt.date, c: str):
        seen[0] += area in ("", a)
        return (a, day, c) if area in ("", a) and seen[0] % times == 0 else (a, d, c)

    return lambda made: made.change(change)


def cell(area: str, quarters: tuple[str, ...], number: int, code: str = "1320") -> Change:
    def change(made: Made) -> Made:
        made.counts |= {(area, one, code): number for one in quarters}
        return made

    return change


def settings(**texts: str) -> Change:
    def change(made: Made) -> Made:
        for name, text in texts.items():
            setattr(made, name, getattr(made, name) + text)
        return made

    return change


def both(*changes: Change) -> Change:
    def change(made: Made) -> Made:
        for one in changes:
            made = one(made)
        return made

    return change


def _sum(made: Made) -> Made:
    for one in QUARTERS:
        for code in ("1320", "1390"):
            made.counts["Havneby", one, code] = sum(made.counts[a, one, code] for a in AREAS[:6])
    return made


def _copied(made: Made) -> Made:
    made.counts |= {("Nordby", q, c): n for (a, q, c), n in made.counts.items() if a == "Sydby"}
    return made


def _raised(made: Made) -> Made:
    made.counts |= {("Nordby", q, c): n + 7 for (a, q, c), n in made.counts.items() if a == "Sydby"}
    return made


def _pasted(areas: tuple[str, ...]) -> Change:
    """2012 as 2011 was, in ``areas``."""

    def change(made: Made) -> Made:
        for (area, one, code), _ in list(made.counts.items()):
            if one[:4] == "2012" and area in areas:
                made.counts[area, one, code] = made.counts[area, f"2011{one[4:]}", code]
        return made

    return change


def _doubled(made: Made) -> Made:
    made.counts |= {("Nordby", q, c): 2 * n for (a, q, c), n in made.counts.items() if a == "Sydby"}
    return made


def _region(made: Made) -> Made:
    for place, (one, code) in enumerate(itertools.product(QUARTERS, ("1320", "1390"))):
        inside = sum(made.counts[a, one, code] for a in AREAS[:6])
        made.counts["Havneby", one, code] = inside + 300 + 7 * place % 11
    return made


def _people(area: str, make: Callable[[Made, int], int]) -> Change:
    def change(made: Made) -> Made:
        made.people |= {(area, year): make(made, year) for year in range(2008, 2013)}
        return made

    return change


def _code(name: str, make: Callable[[Made, str, str], int]) -> Change:
    def change(made: Made) -> Made:
        made.counts |= {(a, q, name): make(made, a, q) for a in AREAS for q in QUARTERS}
        return made

    return change


def basket(codes: str) -> Change:
    return settings(
        more=f'  all: {{title: A, kind: count, basket: {{version: "1", codes: [{codes}]}}}}\n'
    )


def _running(made: Made) -> Made:
    for a in AREAS:
        for c in ("1320", "1390"):
            for q in QUARTERS:
                if q[-1] != "1":
                    made.counts[a, q, c] += made.counts[a, f"{q[:5]}{int(q[-1]) - 1}", c]
    return made


def _moved(made: Made) -> Made:
    for a in AREAS:
        for q in QUARTERS:
            half = made.counts[a, q, "1320"] // 2 if q >= "2011" else 0
            made.counts[a, q, "1320"] -= half
            made.counts[a, q, "1329"] = half
    return made


def _without_case(made: Made) -> Made:
    made.case = False
    return made


def _copies(made: Made) -> Made:
    made.rows += [("Indsats", dt.date(2011, 5, 3), "1320")] * 60
    return made


def _first_twelve(made: Made) -> Made:
    return made.change(lambda a, d, c: (a, d.replace(day=1 + d.day % 12), c))


def swapped(share: float, *, years: Iterable[int] = range(2008, 2013)) -> Change:
    """Day and month swapped in ``share`` of the reports that allow it."""
    random = np.random.default_rng(7)

    def change(a: str, d: dt.date, c: str):
        turn = d.day <= 12 and d.year in years and random.random() < share
        return a, dt.date(d.year, d.day, d.month) if turn else d, c

    return lambda made: made.change(change)


def _shuffled(made: Made) -> Made:
    np.random.default_rng(7).shuffle(made.rows)
    return made


def _until_june(made: Made) -> Made:
    """Half a year more is covered."""
    made.until, made.drawn = "2013-06-30", "2014-02-01"
    half = [(a, d.replace(year=2013), c) for a, d, c in made.rows if d.year == 2011 and d.month < 7]
    made.rows += half
    return made


def _few_late_days(made: Made) -> Made:
    """Two thirds of the days after the twelfth left out, in no order."""
    seen = itertools.count()
    return made.change(lambda a, d, c: None if d.day > 12 and next(seen) % 3 else (a, d, c))


def seasons(made: Made, late: int = 0, area: str = "Sydby") -> Made:
    """Counts with seasons, those of ``area`` written ``late`` quarters on."""
    random = np.random.default_rng(7)
    shocks = random.normal(0, 0.1, len(QUARTERS) + 8)
    for a, (at, q), c in itertools.product(AREAS, enumerate(QUARTERS), CODES):
        at += 4 - (late if a == area else 0)
        level = np.exp(0.4 * (at % 4 == 2) - 0.3 * (at % 4 == 0) + shocks[at])
        made.counts[a, q, c] = int(random.poisson(3 * CODES[c] * level))
    return made


def _with_totals(made: Made) -> Made:
    made.split = True
    made.incidents += "    sum_over: [Køn]\n"
    return made


def _in_future(made: Made) -> Made:
    made.drawn = "2099-08-15"
    return made


def _elsewhere(made: Made) -> Made:
    return made.change(lambda a, d, c: (f"By {a[::-1]}", d, c))


def _pile(made: Made) -> Made:
    made.rows += [("Nordby", dt.date(2010, 6, 3), "1320")] * 300
    return made


def charged(made: Made) -> Made:
    """A part of the treated area's reports of the period in another status."""
    number = itertools.count()
    made.status = lambda a, d, _: (
        "Sigtet" if a == "Indsats" and d.year >= 2010 and next(number) % 4 == 0 else "Anmeldt"
    )
    made.incidents += "    only: {Status: Anmeldt}\n"
    return made


IGNORE = settings(incidents="    other_areas: ignore\n")
SPOILT = [
    Spoilt("gap-offence-area", cell("Indsats", ("2011K2", "2011K3"), 0), counted=True),
    Spoilt("gap-area", both(cell("Vestby", ("2012K3", "2012K4"), 0),
                            cell("Vestby", ("2012K3", "2012K4"), 0, "1390")), counted=True),
    Spoilt("gap-table", both(*[cell(a, ("2010K2",), 0, c) for a in AREAS for c in CODES]),
           counted=True),
    Spoilt("gap-offence", both(*[cell(a, ("2008K1", "2008K2"), 0, "1390") for a in AREAS]),
           counted=True),
    Spoilt("gap-declared", both(cell("Indsats", ("2011K2", "2011K3"), 0), settings(
        more="gaps: [{from: 2011K2, to: 2011K3, area: Indsats, reason: Lukket}]\n")),
        counted=True, note=True),
    Spoilt("gap-months", without("", lambda d: (d.year, d.month) == (2010, 5))),
    Spoilt("gap-months", without("", lambda d: d >= dt.date(2012, 11, 1))),
    Spoilt("gap-months-area", without("Indsats", lambda d: d.year == 2012 and d.month % 3 == 2)),
    Spoilt("gap-month-noted", without("Indsats", lambda d: (d.year, d.month) == (2012, 5)),
           note=True),
    Spoilt("gap-days", without("", lambda d: dt.date(2012, 12, 5) <= d)),
    Spoilt("days-and-months", _first_twelve),
    Spoilt("dates-swapped", swapped(0.5)),
    Spoilt("dates-swapped-outside", both(_until_june, _shuffled, swapped(0.5, years=(2013,)))),
    Spoilt("days-early", both(_shuffled, _few_late_days)),
    Spoilt("area-shifted", lambda made: seasons(made, late=1), counted=True, note=True),
    Spoilt("day-piled", _pile, note=True),
    Spoilt("area-blank", renamed("", 50, before=True), note=True),
    Spoilt("area-blank-many", renamed("", 4)),
    Spoilt("area-blank-uneven", renamed("", 7)),
    Spoilt("area-blank-uneven", both(renamed("Uoplyst kommune", 7), IGNORE)),
    Spoilt("area-blank-uneven", both(renamed("Ring 9", 7), settings(
        incidents="    unplaced: [Ring 9]\n"))),
    Spoilt("area-appears", both(renamed("Andetsteds", 4), IGNORE)),
    Spoilt("outside-coverage", dated(dt.date(2007, 12, 31), area="", times=100), note=True),
    Spoilt("outside-coverage-uneven", dated(dt.date(2007, 12, 31), times=14)),
    Spoilt("date-stand-in", dated(dt.date(1900, 1, 1), area="", times=9)),
    Spoilt("area-ignored", both(renamed("Fjernby", 40, before=True), IGNORE), note=True),
    Spoilt("area-alike", both(renamed("INDSATS"), IGNORE)),
    Spoilt("area-alike", both(renamed("Indsatz"), IGNORE)),
    Spoilt("area-unplaced", renamed("Uoplyst")),
    Spoilt("area-holds-others", _sum, counted=True),
    Spoilt("area-same-series", _copied, counted=True),
    Spoilt("area-moved-series", _raised, counted=True, note=True),
    Spoilt("people-holds-others", _people("Midtby", lambda made, year: sum(
        made.people[a, year] for a in ("Indsats", "Sydby")))),
    Spoilt("people-same-series", _people("Midtby", lambda made, year: made.people["Sydby", year])),
    Spoilt("code-holds-others", both(
        _code("13XX", lambda made, a, q: made.counts[a, q, "1320"] + made.counts[a, q, "1390"]),
        basket('"13XX", "1320", "1390"')), counted=True),
    Spoilt("code-same-series", both(
        _code("X7", lambda made, a, q: made.counts[a, q, "1320"]), basket('"X7", "1320"')),
        counted=True),
    Spoilt("running-total", _running, counted=True),
    Spoilt("count-impossible", cell("Indsats", ("2010K1",), 6141), counted=True),
    Spoilt("count-jump", cell("Nordby", ("2010K3",), 200), counted=True, note=True),
    Spoilt("count-low", lambda made: both(*[cell(a, ("2012K4",), 8) for a in AREAS])(made),
           counted=True, note=True),
    Spoilt("weekdays-missing", without("", lambda d: d.year == 2011 and d.weekday() >= 5)),
    Spoilt("year-same-series", _pasted(AREAS), counted=True, note=True),
    Spoilt("year-same-series", _pasted(AREAS[:1]), counted=True, note=True),
    Spoilt("area-same-series", _doubled, counted=True),
    Spoilt("area-larger", both(_region, _people("Havneby", lambda _, year: 90_000 + year)),
           counted=True, note=True),
    Spoilt("population-swapped", _people("Sydby", lambda _, year: (8621, 6821)[year == 2010])),
    Spoilt("population-spike", _people("Sydby", lambda _, year: (8600, 7000)[year == 2010]),
           note=True),
    Spoilt("code-replaced", _moved, counted=True),
    Spoilt("rows-equal", both(_without_case, _copies), note=True),
    Spoilt("doubt-explained", both(cell("Indsats", ("2010K1",), 6141), settings(
        more="explained: [{doubt: count-impossible, area: Indsats, reason: Optælling}]\n")),
        counted=True, note=True),
    Spoilt("area-none", both(_elsewhere, IGNORE)),
    Spoilt("only-uneven", charged),
    Spoilt("total-summed", _with_totals, counted=True),
    Spoilt("extract-in-future", _in_future),
    Spoilt("population-missing", settings(population="    other_areas: ignore\n    area_names: {"
           + ", ".join(f"{one}: Ukendtby{n}" for n, one in enumerate(AREAS)) + "}\n")),
]  # fmt: skip
