"""What is new since the last quarter, in at most six sentences, and what it asks by two rules."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.rows import Numbered, Points
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer import MOST_POINTS, fitting, listed_names
from tingbjerg_eval.report.sections.course import Course, Quarter
from tingbjerg_eval.report.sections.first_page import change_text, lowered, party_names

MOST_TURNED, MOST_BROKEN = 2, 1
RUNNING = 2
"""Quarters in a row that a commitment may lack a tenth or more before it is a decision."""


def news(report: Report) -> Block:
    """Changes of course, what is surely behind, what was not delivered, money, what to decide."""
    return Points(tuple(news_points(Quarter(report))))


def news_points(quarter: Quarter) -> list[str]:
    """At most six sentences, each under 25 words."""
    made = [*_turned(quarter), *_behind(quarter), *_broken(quarter), *_others(quarter),
            *_money(quarter)]  # fmt: skip
    return [*made[: MOST_POINTS - 1], *_to_decide(quarter)]


def _turned(quarter: Quarter) -> Iterator[str]:
    words, courses = quarter.words, quarter.courses
    turned = [course for course in courses if course.turned]
    for course in turned[:MOST_TURNED]:
        yield fitting(_one_turned(course, quarter))
    if quarter.earlier is None:
        yield words("news.first")
    elif not turned:
        yield words("news.none_turned", quarter=words.quarter(quarter.earlier.name))


def _one_turned(course: Course, quarter: Quarter) -> Iterator[str]:
    words, target = quarter.words, course.target
    way = "behind" if course.state == "not on course" else "ahead"
    said = {"name": words.capital(target.name), "now": change_text(course.change, target, words)}
    plan = change_text(course.plan, target, words)
    before = change_text(course.change_before, target, words)
    if said["now"] and plan and before:
        yield words(f"news.{way}", plan=plan, before=before, **said)
    if said["now"] and plan:
        yield words(f"news.{way}_plan", plan=plan, **said)
    yield words(f"news.{way}_brief", name=said["name"])


def _behind(quarter: Quarter) -> Iterator[str]:
    """Those that are surely behind and were so before."""
    words = quarter.words
    old = [course for course in quarter.behind if not course.turned]
    if len(old) == 1:
        (course,) = old
        target = course.target
        now, before = (
            change_text(one, target, words) for one in (course.change, course.change_before)
        )
        name = words.capital(target.name)
        long = [words("news.still", name=name, now=now, before=before)] if now and before else []
        yield fitting([*long, words("news.still_brief", name=name)])
    elif old:
        names = listed_names([course.target for course in old], words)
        yield fitting([
            words("news.still_many", names=names),
            words("news.still_count", targets=words.counted(len(old))),
        ])  # fmt: skip


def _broken(quarter: Quarter) -> Iterator[str]:
    words, rows = quarter.words, quarter.broken
    for row in rows.head(MOST_BROKEN).to_dict("records"):
        said = {
            "party": party_names(quarter.report)[row["party"]],
            "delivered": words.number(row["delivered"]),
            "wanted": words.number(row["wanted"]),
            "unit": row["unit"],
        }
        again = int(row["running"])
        if again > 1:
            yield words("news.broken_again", times=words.ordinal(again), **said)
        else:
            yield words("news.broken", **said)


def _others(quarter: Quarter) -> Iterator[str]:
    """How many are ahead, how many are too early to judge."""
    words, courses = quarter.words, quarter.courses
    known = [course for course in courses if course.state in ("on course", "not on course")]
    ahead = [course for course in known if course.state == "on course"]
    if known:
        form = "one" if len(known) == 1 else "many"
        counts = {"ahead": words.counted(len(ahead)), "known": words.counted(len(known))}
        said = words(f"news.count_{form}" if ahead else f"news.count_none_{form}", **counts)
        yield words.capital(said)
    states = [course.state for course in courses]
    for key, state in (("early", "too early"), ("missing", "no data")):
        if times := states.count(state):
            form = "one" if times == 1 else "many"
            yield words.capital(words(f"news.{key}_{form}", **{key: words.counted(times)}))


def _money(quarter: Quarter) -> Iterator[str]:
    words, total = quarter.words, quarter.money
    if total is None:
        return
    spent, frame = (
        words.number(total[key] / 1e6, decimals=1) for key in ("spent_dkk", "frame_dkk")
    )
    yield words("news.money", spent=spent, frame=frame,
                part=words.number(100 * total["spent_dkk"] / total["frame_dkk"]),
                passed=words.number(100 * quarter.elapsed))  # fmt: skip


def _to_decide(quarter: Quarter) -> Iterator[str]:
    words = quarter.words
    asked = [subject for subject, _ in to_decide(quarter)]
    if not asked:
        return
    form = "one" if len(asked) == 1 else "many"
    counted = words.counted(len(asked))
    yield words.capital(fitting([
        words(f"news.decide_{form}", points=counted, subjects=words.listed(asked)),
        words(f"news.decide_{form}_brief", points=counted),
    ]))  # fmt: skip


def to_be_decided(report: Report) -> Block:
    """The proposals, and the rules by which they came."""
    quarter, words = Quarter(report), report.words
    asked = [proposal for _, proposal in to_decide(quarter)]
    rule = Prose(words("decide.rule"), "note")
    if not asked:
        return Group((Prose(words("decide.nothing")), rule))
    ended = [one + ("." if at == len(asked) else ",") for at, one in enumerate(asked, start=1)]
    return Group((Prose(words("decide.lead")), Numbered(tuple(ended)), rule))


def to_decide(quarter: Quarter) -> Iterator[tuple[str, str]]:
    """Each subject in short, and the proposal."""
    words, parties = quarter.words, party_names(quarter.report)
    rows = quarter.broken
    for row in rows[rows["running"] >= RUNNING].to_dict("records"):
        if (lacking := quarter.lacking(row["measure"])) <= 0:
            continue
        said = {"title": lowered(row["title"]), "party": parties[row["party"]],
                "lacking": words.number(lacking),
                "unit": row["unit"]}  # fmt: skip
        yield words("decide.commitment_brief", **said), words("decide.commitment", **said)
    for course in quarter.behind:
        told = {"name": lowered(course.target.name), "party": course.target.party}
        yield words("decide.target_brief", **told), words("decide.target", **told)
