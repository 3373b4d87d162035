"""The picture of a quarter: one row a main target, from last time to now, beside the plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.rows import Row, Rows, Sign, scale_of
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.numbers import MISSING
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.presentation.words.verdicts import written_decimals
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections import answer_rows
from tingbjerg_eval.report.sections.course import Course, Quarter, change_text
from tingbjerg_eval.report.sections.first_page import MainTarget

HEADINGS = ("target", "since", "scale", "plan", "certain")
STATES = {"on course": ("good", "✓"), "not on course": ("bad", "×")}


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
        columns = ("target", "responsible", "since", "now", "plan", "state", "certain")
        figures = {"since", "now", "plan"}
        yield Rows(
            tuple(_row(*pair, limit, words) for pair in zip(courses, drawn, strict=True)),
            caption=_caption(courses, kind, words),
            headings=tuple(words(f"course.heading.{name}") for name in HEADINGS),
            **scale_of(limit, kind, words),
            columns=tuple((name, words(f"course.column.{name}"),
                           (0 if counts else 1) if name in figures else None)
                          for name in columns),
            name=f"courses-{kind}s", look="course", language=words.language,
        )  # fmt: skip


def _caption(courses: Sequence[Course], kind: str, words: Words) -> str:
    windows = {one.target.verdict.window for one in courses if one.target.verdict.window}
    if len(windows) != 1:
        return words(f"course.caption_{kind}")
    return words(f"course.caption_{kind}_in", window=words.window(windows.pop()))


def _strip(one: Course) -> strips.Strip:
    snap = answer_rows.whole_number if one.target.counts else answer_rows.tenth
    return strips.Strip(
        value=snap(one.change), goal=snap(answer_rows.goal_change(one.target)),
        plan=_plan(one) if one.state in STATES else math.nan, since=snap(one.change_before),
        good=one.state != "not on course",
        hidden=one.target.verdict.reason in ("hidden-count", "hidden-secondary"),
    )  # fmt: skip


def _decimals(plan: float, target: MainTarget) -> int:
    least = 0 if target.counts else 1
    return least if math.isnan(plan) else max(least, written_decimals(round(plan, 3)))


def _plan(one: Course) -> float:
    """Where the line is today: as the row says it, and once it is the goal as the goal is said."""
    snap = answer_rows.whole_number if one.target.counts else answer_rows.tenth
    goal = answer_rows.goal_change(one.target)
    return goal if math.isclose(one.plan, goal) else snap(one.plan)


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
        published=(target.name, target.party, *map(answer_rows.kept, (
            drawn.since, drawn.value, drawn.plan)), state, sure),
    )  # fmt: skip
