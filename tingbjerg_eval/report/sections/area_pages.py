"""One compact page for each area of a programme: its figures beside what was to be expected, what
it shows alone and with what the others tell, why something cannot be decided, and the money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose, Section
from tingbjerg_eval.presentation.blocks.rows import Row, Rows, Sign
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.estimates import RATIO, interval_text, value_text
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer_rows import snap
from tingbjerg_eval.report.sections.first_page import FirstPage, lowered
from tingbjerg_eval.report.sections.programme import (
    Asked,
    anchor_of,
    asked,
    price_of,
    refused_targets,
)
from tingbjerg_eval.report.sections.robustness import told_row
from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.displacement import displacement
from tingbjerg_eval.stats.limits import Totals, window_totals
from tingbjerg_eval.study.design import times

HEADINGS = ("target", "moved", "scale", "alone", "shrunken")
PUBLISHED = ("target", "before", "after", "change", "expected", "alone", "interval", "answer",
             "shrunken", "shrunken_interval")  # fmt: skip
COUNTS = ("before", "after")


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one area's page tells of one target: the area's row of the programme's effects, its
    reports and residents in both windows; whether its figures may stand alone, are all told as
    they are, and differ for certain, all areas considered, from what was expected."""

    asked: Asked
    found: Mapping[str, Any]
    totals: Totals
    told: bool
    exact: bool
    sure: bool

    @property
    def better(self) -> bool:
        """Whether the difference goes the good way."""
        fewer: bool = self.found["value"] < 1
        return fewer == (self.asked.target.verdict.good == "lower")

    @property
    def ends(self) -> tuple[float, ...]:
        """The estimate, its upper and its lower end."""
        return tuple(self.found[key] for key in ("value", "upper", "lower"))

    @property
    def strip(self) -> strips.Strip:
        """The drawing: before, after, and what was expected."""
        if not self.told:
            return strips.Strip(hidden=True)
        # A large effect is a small expectation, so the limits change places.
        value, expected, lower, upper = (
            snap(100 * (self.totals.ratio / effect - 1), counts=True)
            for effect in (1.0, *self.ends)
        )
        good = (value <= 0) == (self.asked.target.verdict.good == "lower")
        return strips.Strip(value=value, expected=expected, lower=lower, upper=upper, good=good)


def programme_each(report: Report) -> Block:
    """A page an area."""
    found = asked(report)
    areas = sorted(report.study.programme.areas)
    pages = {area: [_page(report, area, one) for one in found] for area in areas}
    limit = strips.reach([one.strip for of in pages.values() for one in of])
    level = report.words.percent(report.study.level, decimals=0)
    return Group((
        Prose(report.words("programme.each_lead", level=level), "note"),
        *refused_targets(FirstPage(report)),
        *(Section(area, tuple(_parts(report, area, of, limit)), level=3,
                  anchor=anchor_of(report, area)) for area, of in pages.items()),
    ))  # fmt: skip


def _page(report: Report, area: str, one: Asked) -> Page:
    design, shown = report.study.programme.design(area), report.publication
    cells = read_cells(report.study.panel(one.indicator), design, areas=(area,))
    row = one.pooled.areas.set_index("area").loc[area].to_dict()
    inside = [str(at) for window in (design.baseline, design.period) for at in times(window)]
    return Page(
        asked=one, found=row, totals=window_totals(cells, design),
        told=area not in shown.untold_areas(one.indicator) and not row["refused"],
        exact=shown.counts(one.indicator).is_true(area, inside),
        sure=row["adjusted"] <= 1 - report.study.level,
    )  # fmt: skip


def _parts(report: Report, area: str, pages: Sequence[Page], limit: int) -> Iterator[Block]:
    words = report.words
    yield Prose(_windows(report, area))
    if not pages:
        yield Prose(words("summary.no_effects"))
        return
    yield _rows(report, area, pages, limit)
    yield from _undecided(report, pages)
    yield from _next_door(report, area, pages)
    yield from _money(report, area, pages)


def _money(report: Report, area: str, pages: Sequence[Page]) -> Iterator[Block]:
    """The area's budget, and its price where it did better; nothing where no area's is known."""
    words = report.words
    budgets = {one.area: one.budget for one in report.study.settings.areas.programme}
    if not any(budgets.values()):
        return
    if (budget := budgets[area]) is None:
        yield Prose(words("programme.area_no_money"))
        return
    yield Prose(words("programme.area_money", budget=words.money(float(budget), short=False)))
    for one in pages:
        moved = one.asked.target.verdict.next_door == "worse"
        if one.told and one.sure and one.better and not moved:
            came, kroner = one.totals.after, float(budget)
            yield from price_of(one.asked, came, one.ends, kroner, words, key="area_cost")


def _next_door(report: Report, area: str, pages: Sequence[Page]) -> Iterator[Block]:
    """What happened in the areas next to this one."""
    words, design = report.words, report.study.programme.design(area)
    if not design.adjacent:
        return
    told = []
    for one in pages:
        indicator = one.asked.indicator
        withheld = report.publication.withheld(indicator, design, areas=design.adjacent)
        found = report.study.ask(displacement, report.study.panel(indicator), design)
        row = told_row(withheld or found, words)
        told.append(words("programme.next_door", name=lowered(one.asked.target.name), **row))
    areas = words.listed(list(design.adjacent))
    yield Prose(words("programme.area_moved", areas=areas, told=words.listed(told)))


def _windows(report: Report, area: str) -> str:
    words, programme = report.words, report.study.programme
    design, effort = programme.design(area), programme.effort(area)
    later = [name for name in design.comparison if name in programme.areas]
    said = words(
        "programme.windows", start=words.quarter(str(effort.began)),
        end=words.quarter(str(effort.end or design.period[1])),
        baseline=words.window(design.baseline), period=words.window(design.period),
        areas=words.counted(len(design.comparison)),
    )  # fmt: skip
    return f"{said} {words('programme.later', areas=words.listed(later))}" if later else said


def _rows(report: Report, area: str, pages: Sequence[Page], limit: int) -> Rows:
    words = report.words
    return Rows(
        (_row(one, limit, words) for one in pages), words,
        caption=words("programme.area_caption", area=area), kind_of="count", limit=limit,
        headings=(f"programme.page.{key}" for key in HEADINGS),
        columns=((key, f"programme.page.{key}", 0 if key in COUNTS else None)
                 for key in PUBLISHED),
        name=anchor_of(report, area), look="area",
    )  # fmt: skip


def _row(page: Page, limit: int, words: Words) -> Row:
    name = words.capital(page.asked.target.name)
    goal = words("programme.common_target", goal=page.asked.target.goal(words))
    drawn = page.strip
    if not page.told:
        hidden = words("rows.hidden")
        sign = Sign(text=hidden, look="unknown", icon="")
        return Row(name=name, about=goal, figures=hidden, change="", signs=(sign, sign),
                   svg=strips.strip(drawn, limit), alt=f"{name}: {hidden}.",
                   published=(name, None, None, *[hidden] * (len(PUBLISHED) - 3)))  # fmt: skip
    counts = {key: words.number(getattr(page.totals, key)) for key in COUNTS}
    change, expected, lower, upper = (
        value_text(1 + getattr(drawn, key) / 100, RATIO, words)
        for key in ("value", "expected", "lower", "upper")
    )
    alone, others = (_estimate(page, prefix, words) for prefix in ("", "shrunken"))
    answer = _answer(page, words, small=": ".join(alone))
    alt = words("programme.area_alt", name=name, change=change, **counts)
    return Row(
        name=name, about=goal,
        figures=words("rows.figures_count" if page.exact else "programme.about_counts", **counts),
        change=words("programme.change_expected", change=change, expected=expected),
        svg=strips.strip(drawn, limit),
        alt=f"{alt} {words('rows.alt_expected', lower=lower, upper=upper)}",
        signs=(answer, Sign(text=others[0], look="plain", icon="", small=others[1])),
        published=(name, page.totals.before, page.totals.after, change, expected, *alone,
                   answer.text, *others),
    )  # fmt: skip


def _estimate(page: Page, prefix: str, words: Words) -> tuple[str, str]:
    """The area's estimate and its interval; with what the others tell, or alone."""
    under = f"{prefix}_" if prefix else ""
    ends = {key: page.found[f"{under}{key}"] for key in ("lower", "upper")}
    return (
        value_text(page.found[prefix or "value"], RATIO, words),
        interval_text({**ends, "scale": RATIO}, words),
    )


def _answer(page: Page, words: Words, *, small: str) -> Sign:
    if not page.sure:
        return Sign(text=words("rows.effect.undecided"), look="unknown", icon="?", small=small)
    way = "better" if page.better else "worse"
    icon = "▼" if page.found["value"] < 1 else "△"
    look = "good" if page.better else "bad"
    return Sign(text=words(f"rows.effect.{way}"), look=look, icon=icon, small=small)


def _undecided(report: Report, pages: Sequence[Page]) -> Iterator[Block]:
    """Why the area alone has no answer, each reason once."""
    words = report.words
    why: dict[str, list[str]] = {"holds": [], "holm": [], "few": []}
    for one in pages:
        name = lowered(one.asked.target.name)
        if not one.told:
            why["few"].append(name)
        elif not one.sure:
            why["holds" if one.found["lower"] <= 1 <= one.found["upper"] else "holm"].append(name)
    areas = words.counted(len(report.study.programme.areas))
    for key, names in why.items():
        if names:
            listed = words.capital(words.listed(names))
            yield Prose(words(f"programme.why_{key}", names=listed, areas=areas))
