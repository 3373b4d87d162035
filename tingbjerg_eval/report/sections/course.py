"""Where each main target stands in a quarter, where it stood the quarter before; the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from tingbjerg_eval.inputs.quarters import quarter_number, quarter_text
from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.rows import Row, Rows, Sign
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.numbers import MISSING
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.presentation.words.verdicts import written_decimals
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer_rows import goal_change, kept, snap
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget, change_text
from tingbjerg_eval.targets.answers import surely_on_side
from tingbjerg_eval.targets.deliveries import delivery_by_quarter
from tingbjerg_eval.targets.expected import change_of

LARGE_SHORTFALL = 0.1
"""A commitment that lacks at least this part is news, and twice running a decision."""
HEADINGS = ("target", "since", "scale", "plan", "certain")
STATES = {"on course": ("good", "✓"), "not on course": ("bad", "×")}


@dataclass(frozen=True, eq=False)
class Course:
    """A main target's course: ``before`` is the same target a quarter earlier."""

    target: MainTarget
    before: MainTarget | None

    @property
    def state(self) -> str:
        """``on course``, ``not on course``, ``too early`` or ``no data``."""
        return self.target.verdict.course

    @property
    def change(self) -> float:
        """Since before the effort: per cent for counts, points for shares."""
        return change_of(self.target.verdict, counts=self.target.counts).value

    @property
    def change_before(self) -> float:
        """The same a quarter earlier; ``nan`` where it read the same figures."""
        if self.before is None or not self.moved:
            return math.nan
        return change_of(self.before.verdict, counts=self.target.counts).value

    @property
    def moved(self) -> bool:
        """Whether newer figures are read than a quarter before."""
        return self.before is None or self.before.verdict.window != self.target.verdict.window

    @property
    def plan(self) -> float:
        """The change that the line asks for today; ``nan`` where the goal is no level."""
        if self.target.result.target.of_kind.per_year:
            return math.nan
        return self.target.result.observed.progress * goal_change(self.target)

    @property
    def sure(self) -> bool:
        """Whether chance hardly moves it across the line."""
        result = self.target.result
        return surely_on_side(result.target, result.observed, good=self.target.verdict.good)

    @property
    def turned(self) -> bool:
        """Whether it is on the other side of the line than a quarter before."""
        known = ("on course", "not on course")
        before = self.before.verdict.course if self.before else ""
        return before in known and self.state in known and before != self.state


@dataclass(frozen=True, eq=False)
class Quarter(FirstPage):
    """What a quarterly report tells of the quarter and of the one before."""

    @property
    def name(self) -> str:
        """The quarter."""
        assert self.report.quarter is not None
        return self.report.quarter

    @cached_property
    def earlier(self) -> Report | None:
        """The report of the quarter before, as it was released then; ``None`` for the first."""
        before = quarter_text(quarter_number(self.name) - 1)
        if before not in self.report.study.settings.period_quarters:
            return None
        return self.report.of_quarter(before)

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """Each main target with its earlier self."""
        earlier = {} if self.earlier is None else {
            target.result.name: target for target in FirstPage(self.earlier).targets
        }  # fmt: skip
        return tuple(Course(target, earlier.get(target.result.name)) for target in self.targets)

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """Every quarter so far of every measure, with how many in a row were not kept."""
        study = self.report.study
        if study.tables.activities is None:
            return pd.DataFrame(columns=["measure", "quarter", "kept", "lacks", "running"])
        rows = study.of_activities(delivery_by_quarter, until=self.name)
        wanted = rows[["committed", "hold"]].max(axis=1)
        rows = rows.assign(wanted=wanted, lacks=1 - rows["delivered"] / wanted)
        running = rows.groupby("measure", sort=False)["kept"].transform(_running)
        return rows.assign(running=running)

    @cached_property
    def broken(self) -> pd.DataFrame:
        """Commitments that lacked a tenth or more in the quarter, the largest first."""
        rows = self.deliveries
        rows = rows[(rows["quarter"] == self.name) & (rows["kept"] == "no")]
        large = rows[rows["lacks"] >= LARGE_SHORTFALL]
        return large.sort_values("lacks", ascending=False, kind="stable")

    def lacking(self, measure: str) -> float:
        """How much of what is due of a measure has not been delivered so far."""
        own = self.deliveries[self.deliveries["measure"] == measure]
        return float((own["wanted"] - own["delivered"]).sum())

    @property
    def elapsed(self) -> float:
        """The part of the period that has passed."""
        quarters = self.report.study.settings.period_quarters
        return (quarters.index(self.name) + 1) / len(quarters)

    @property
    def behind(self) -> tuple[Course, ...]:
        """Main targets that are surely behind."""
        return tuple(one for one in self.courses if one.state == "not on course" and one.sure)


def _running(kept: pd.Series) -> pd.Series:
    """After each quarter how many in a row were not kept."""
    count, told = 0, []
    for one in kept:
        count = count + 1 if one == "no" else 0 if one == "yes" else count
        told.append(count)
    return pd.Series(told, index=kept.index)


def course(report: Report) -> Block:
    """A table for counts and one for shares, then the rule by which a target is ahead."""
    quarter, words = Quarter(report), report.words
    if not quarter.courses:
        return Prose(words("point.no_main"))
    passed = words.number(100 * quarter.elapsed)
    rule = Prose(words("course.rule", passed=passed), "note")
    return Group((*_tables(quarter), rule))


def _tables(quarter: Quarter) -> Iterator[Rows]:
    words = quarter.words
    for counts in (True, False):
        courses = [one for one in quarter.courses if one.target.counts == counts]
        if not courses:
            continue
        kind = "count" if counts else "share"
        drawn = [_strip(one) for one in courses]
        limit = strips.reach(drawn)
        windows = {one.target.verdict.window for one in courses if one.target.verdict.window}
        caption = words(f"course.caption_{kind}")
        if len(windows) == 1:
            caption = words(f"course.caption_{kind}_in", window=words.window(windows.pop()))
        columns = ("target", "responsible", "since", "now", "plan", "state", "certain")
        figures = {"since", "now", "plan"}
        yield Rows(
            (_row(*pair, limit, words) for pair in zip(courses, drawn, strict=True)), words,
            caption=caption, kind_of=kind, limit=limit,
            headings=(f"course.heading.{name}" for name in HEADINGS),
            columns=((name, f"course.column.{name}",
                      (0 if counts else 1) if name in figures else None) for name in columns),
            name=f"courses-{kind}s", look="course",
        )  # fmt: skip


def _strip(one: Course) -> strips.Strip:
    snapped = partial(snap, counts=one.target.counts)
    return strips.Strip(
        value=snapped(one.change),
        goal=snapped(goal_change(one.target)),
        plan=_plan(one) if one.state in STATES else math.nan,
        since=snapped(one.change_before),
        good=one.state != "not on course",
        hidden=one.target.verdict.reason in ("hidden-count", "hidden-secondary"),
    )  # fmt: skip


def _decimals(plan: float, target: MainTarget) -> int:
    least = 0 if target.counts else 1
    return least if math.isnan(plan) else max(least, written_decimals(round(plan, 3)))


def _plan(one: Course) -> float:
    """Where the line is today: as the row says it, and once it is the goal as the goal is said."""
    goal = goal_change(one.target)
    return goal if math.isclose(one.plan, goal) else snap(one.plan, counts=one.target.counts)


def _row(one: Course, drawn: strips.Strip, limit: int, words: Words) -> Row:
    target, goal = one.target, one.target.goal(words)
    now, since = (change_text(value, target, words) for value in (drawn.value, drawn.since))
    moved = "" if not now else words("course.since", since=since) if since else (
        words("course.no_new") if one.before and not one.moved else "")  # fmt: skip
    plan = change_text(drawn.plan, target, words, decimals=_decimals(drawn.plan, target))
    alt = words("course.alt", name=target.name, now=now or words("rows.no_figures"), goal=goal)
    if plan:
        alt += " " + words("course.alt_plan", plan=plan)
    sure = words(f"rows.certain.{'yes' if one.sure else 'no'}") if one.state in STATES else MISSING
    state = words(f"course.state.{one.state.replace(' ', '_')}")
    look, icon = STATES.get(one.state, ("unknown", "?"))
    small = words("course.plan_today", plan=plan) if plan else ""
    return Row(
        name=target.name, about=words("rows.about", goal=goal, party=target.party),
        figures=now or MISSING, change=moved, svg=strips.strip(drawn, limit), alt=alt,
        signs=(
            Sign(text=state, look=look, icon=icon, small=small),
            Sign(text=sure, look="sure" if one.sure else "unknown",
                 icon="" if sure == MISSING else "◆" if one.sure else "◌"),
        ),
        published=(target.name, target.party, *map(kept, (
            drawn.since, drawn.value, drawn.plan)), state, sure),
    )  # fmt: skip
