"""Every kind of doubt, on deliveries made at random: which area, when, how much, in what way."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st
from made import AREAS, CODES, QUARTERS, Made
from spoilt import basket, dated, renamed
from tiny import Tiny

from tingbjerg_eval.data.check import CheckResult, check_study

Draw = Callable
Kind = Callable[[Draw, Path], CheckResult]
AREA, CODE = st.sampled_from(AREAS), st.sampled_from(list(CODES))
IGNORED = "    other_areas: ignore\n"


def pair(draw: Draw, names: tuple[str, ...]) -> list[str]:
    return draw(st.permutations(names))[:2]


def emptied(draw: Draw, folder: Path, areas: tuple[str, ...], codes: list[str]) -> CheckResult:
    made, first = a_study(draw), draw(st.integers(0, 18))
    for area, one, code in itertools.product(areas, QUARTERS[first : first + 2], codes):
        made.counts[area, one, code] = 0
    return made.check(folder, counted=True)


def a_study(draw: Draw, **changed: object) -> Made:
    return Made(seed=draw(st.integers(0, 999)), **changed)


def emptied_apart(draw: Draw, folder: Path) -> CheckResult:
    """Three quarters, none beside another, of which each alone could be let pass."""
    made, area, first = a_study(draw), draw(AREA), draw(st.integers(0, 15))
    made.counts |= {(area, one, "1390"): 0 for one in QUARTERS[first : first + 5 : 2]}
    return made.check(folder, counted=True)


def month_missing(draw: Draw, folder: Path) -> CheckResult:
    year, month = draw(st.integers(2008, 2012)), draw(st.integers(1, 12))
    made = a_study(draw).change(
        lambda a, d, c: None if (d.year, d.month) == (year, month) else (a, d, c)
    )
    return made.check(folder)


def cut_short(draw: Draw, folder: Path) -> CheckResult:
    last = dt.date(2012, 12, 31) - dt.timedelta(draw(st.integers(20, 80)))
    return a_study(draw).change(lambda a, d, c: (a, d, c) if d <= last else None).check(folder)


def without_place(draw: Draw, folder: Path) -> CheckResult:
    name = draw(st.sampled_from(["", " ", "Uoplyst", "UOPLYST område", "Ikke stedfæstet", "-"]))
    made = a_study(draw, incidents=IGNORED)
    return renamed(name, draw(st.integers(2, 5)))(made).check(folder)


def elsewhere(draw: Draw, folder: Path) -> CheckResult:
    name = draw(st.sampled_from(["Andetsteds", "Ring 9", "0301"]))
    return renamed(name, draw(st.integers(2, 5)))(a_study(draw, incidents=IGNORED)).check(folder)


def outside_the_dates(draw: Draw, folder: Path) -> CheckResult:
    day = draw(st.sampled_from([dt.date(1900, 1, 1), dt.date(2007, 12, 31), dt.date(2013, 1, 1)]))
    return dated(day, times=draw(st.integers(3, 9)))(a_study(draw)).check(folder)


def other_code(draw: Draw, folder: Path) -> CheckResult:
    """A part of all areas' reports under a code that no basket has, from a quarter on."""
    made, start = a_study(draw), draw(st.sampled_from(QUARTERS[3:17]))
    for area, one in itertools.product(AREAS, QUARTERS):
        moved = made.counts[area, one, "1320"] // 2 if one >= start else 0
        made.counts[area, one, "1320"] -= moved
        made.counts[area, one, "1329"] = moved
    return made.check(folder, counted=True)


def twice(draw: Draw, folder: Path) -> CheckResult:
    path = a_study(draw).write(folder)
    file = path.parent / "data" / "politi.csv"
    heading, *rows = file.read_text("utf-8").splitlines()
    rows.insert(draw(st.integers(0, len(rows))), draw(st.sampled_from(rows)))
    file.write_text("\n".join([heading, *rows, ""]), "utf-8")
    return check_study(path)


def spelt(draw: Draw, name: str) -> str:
    at = draw(st.integers(1, len(name) - 1))
    return draw(st.sampled_from([
        name.upper(), f"{name[:at]}-{name[at:]}", f"{name[:at]}x{name[at + 1 :]}",
        f"{name[:at]}x{name[at:]}", f"{name[:at]}́{name[at:]}",
    ]))  # fmt: skip


def area_misspelt(draw: Draw, folder: Path) -> CheckResult:
    made = a_study(draw, incidents=IGNORED)
    return renamed(spelt(draw, "Indsats"), draw(st.integers(2, 5)))(made).check(folder)


def answer_misspelt(draw: Draw, folder: Path) -> CheckResult:
    """Once among many: a slip is far rarer than the answer that is meant."""
    made = Tiny()
    head, *rows = made.files["survey.csv"].decode().splitlines()
    told = [f"P{at:04d};{row.partition(';')[2]}" for at, row in enumerate(rows * 30)]
    made.files["survey.csv"] = "\n".join([head, *told, ""]).encode()
    return made.text("survey.csv", "meget utryg", spelt(draw, "meget utryg")).check(folder)


def whole_of_areas(draw: Draw, folder: Path) -> CheckResult:
    made, whole = a_study(draw), draw(AREA)
    parts = draw(st.sets(AREA.filter(lambda one: one != whole), min_size=2))
    for one, code in itertools.product(QUARTERS, CODES):
        made.counts[whole, one, code] = sum(made.counts[area, one, code] for area in parts)
    return made.check(folder, counted=True)


def whole_of_people(draw: Draw, folder: Path) -> CheckResult:
    made, whole = a_study(draw), draw(AREA)
    parts = draw(st.sets(AREA.filter(lambda one: one != whole), min_size=2))
    made.people |= {
        (whole, year): sum(made.people[area, year] for area in parts) for year in range(2008, 2013)
    }
    return made.check(folder, counted=True)


def whole_of_codes(draw: Draw, folder: Path) -> CheckResult:
    made = basket('"13XX", "1320", "1390"')(a_study(draw))
    for area, one in itertools.product(AREAS, QUARTERS):
        made.counts[area, one, "13XX"] = sum(made.counts[area, one, code] for code in CODES)
    return made.check(folder, counted=True)


def whole_of_a_dimension(draw: Draw, folder: Path) -> CheckResult:
    whole = draw(st.sampled_from(["I alt", "MK", "Total", "begge køn", "ialt"]))
    path = a_study(draw, split=True, incidents="    sum_over: [Køn]\n").write(folder, counted=True)
    file = path.parent / "data" / "politi.csv"
    file.write_text(file.read_text("utf-8").replace(";MK\n", f";{whole}\n"), "utf-8")
    return check_study(path)


def running(draw: Draw, folder: Path) -> CheckResult:
    made = a_study(draw)
    for area, code, one in itertools.product(AREAS, CODES, QUARTERS):
        if one[-1] != "1":
            made.counts[area, one, code] += made.counts[area, f"{one[:5]}{int(one[-1]) - 1}", code]
    return made.check(folder, counted=True)


def one_series(draw: Draw, folder: Path) -> CheckResult:
    made, (area, other), times = a_study(draw), pair(draw, AREAS), draw(st.integers(1, 3))
    for one, code in itertools.product(QUARTERS, CODES):
        made.counts[area, one, code] = times * made.counts[other, one, code]
    return made.check(folder, counted=True)


def far_outside(draw: Draw, folder: Path) -> CheckResult:
    made, place = a_study(draw), (draw(AREA), draw(st.sampled_from(QUARTERS)), draw(CODE))
    made.counts[place] *= draw(st.integers(50, 300))
    return made.check(folder, counted=True)


def digits_swapped(draw: Draw, folder: Path) -> CheckResult:
    made, area, year = a_study(draw), draw(AREA), draw(st.integers(2009, 2011))
    made.people |= {(area, one): 8621 + 5 * (one - 2008) for one in range(2008, 2013)}
    figure = str(made.people[area, year])
    made.people[area, year] = int(figure[1] + figure[0] + figure[2:])
    return made.check(folder, counted=True)


def one_day(draw: Draw, folder: Path) -> CheckResult:
    made = a_study(draw)
    day = dt.date(2008, 1, 1) + dt.timedelta(draw(st.integers(0, 1826)))
    made.rows += [(draw(AREA), day, draw(CODE))] * draw(st.integers(200, 500))
    return made.check(folder)


def equal_rows(draw: Draw, folder: Path) -> CheckResult:
    made = a_study(draw, case=False)
    made.rows += [draw(st.sampled_from(made.rows))] * draw(st.integers(60, 90))
    return made.check(folder)


def one_heading(draw: Draw, folder: Path) -> CheckResult:
    headings = ("Område", "Gerningsdato", "Gerningskode", "Journalnummer")
    here, other = pair(draw, headings)
    tiny = Tiny()
    tiny.study = tiny.study.replace(f": {here}", f": {other}", 1)
    return tiny.check(folder)


def one_order(draw: Draw, folder: Path) -> CheckResult:
    """No day after the twelfth, as where days were read for months."""
    return a_study(draw).change(lambda a, d, c: (a, d.replace(day=1 + d.day % 12), c)).check(folder)


def in_the_future(draw: Draw, folder: Path) -> CheckResult:
    day = draw(st.dates(dt.date(2090, 1, 1), dt.date(2999, 12, 31)))
    return a_study(draw, drawn=day.isoformat()).check(folder)


def fraction(draw: Draw, folder: Path) -> CheckResult:
    goal = draw(st.integers(1, 99)) / 100
    tiny = Tiny()
    tiny.strategy = tiny.strategy.replace("goal: -20", f"goal: -{goal}")
    return tiny.check(folder)


KINDS: dict[str, tuple[Kind, set[str]]] = {
    "hole: the whole table": (lambda d, f: emptied(d, f, AREAS, [*CODES]), {"gap-table"}),
    "hole: an area": (lambda d, f: emptied(d, f, (d(AREA),), [*CODES]), {"gap-area"}),
    "hole: an offence": (lambda d, f: emptied(d, f, AREAS, [d(CODE)]), {"gap-offence"}),
    "hole: an offence in an area": (lambda d, f: emptied(d, f, (d(AREA),), [d(CODE)]),
                                    {"gap-offence-area"}),
    "hole: quarters apart": (emptied_apart, {"gap-offence-area"}),
    "hole: a month": (month_missing, {"gap-months"}),
    "hole: the end of the coverage": (cut_short, {"gap-months", "gap-days"}),
    "loss: no area": (without_place, {"area-blank-many", "area-blank-uneven"}),
    "loss: an ignored area": (elsewhere, {"area-appears"}),
    "loss: a date outside": (outside_the_dates, {"outside-coverage-uneven"}),
    "loss: another code": (other_code, {"code-replaced"}),
    "loss: a report twice": (twice, {"case-twice", "duplicate-row"}),
    "spelling: an area": (area_misspelt, {"area-alike"}),
    "spelling: an answer": (answer_misspelt, {"answer-alike"}),
    "total: areas": (whole_of_areas, {"area-holds-others"}),
    "total: inhabitants": (whole_of_people, {"people-holds-others"}),
    "total: codes": (whole_of_codes, {"code-holds-others"}),
    "total: another dimension": (whole_of_a_dimension, {"total-summed"}),
    "total: through the year": (running, {"running-total"}),
    "total: one series twice": (one_series, {"area-same-series"}),
    "jump: a count": (far_outside, {"count-impossible"}),
    "jump: inhabitants": (digits_swapped, {"population-swapped"}),
    "jump: one day": (one_day, {"day-piled"}),
    "jump: equal rows": (equal_rows, {"rows-equal"}),
    "one heading mapped twice": (one_heading, {"heading-mapped-twice"}),
    "dates of one order": (one_order, {"days-and-months"}),
    "an extract in the future": (in_the_future, {"extract-in-future"}),
    "a goal as a fraction": (fraction, {"goal-fraction"}),
}  # fmt: skip
"""What the house doubts, how it is made, and the codes of which each must say one."""
