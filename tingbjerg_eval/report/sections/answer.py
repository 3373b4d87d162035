"""The first page of the final evaluation: the answer in points, one row a main target, the money.

Main targets are the strategy's primary ones; deliveries, other targets and retired ones are
counted nowhere on this page. Every point is made from verdicts and kept under 25 words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.rows import Points
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer_rows import money_bar, target_rows
from tingbjerg_eval.report.sections.first_page import (
    FirstPage,
    MainTarget,
    change_words,
    lowered,
    millions,
    party_names,
)

MOST_POINTS = 6
MOST_WORDS = 24


def answer(report: Report) -> Block:
    """The main points, each main target in one row, and the money."""
    page = FirstPage(report)
    if not page.targets:
        return Prose(report.words("point.no_main"))
    return Group((Points(tuple(points(page))), *target_rows(page), *money_bar(page)))


def points(page: FirstPage) -> list[str]:
    """At most six sentences, the answer first, each under 25 words."""
    made = [
        *_reached(page), *_better(page), *_next_door(page), *_worse(page), *_undecided(page),
        *_money(page),
    ]  # fmt: skip
    return made[:MOST_POINTS]


def fitting(candidates: Iterable[str]) -> str:
    """The first sentence that is short enough; the last where none is."""
    sentence = ""
    for sentence in candidates:
        if len(sentence.split()) <= MOST_WORDS:
            break
    return sentence


def listed_names(targets: Sequence[MainTarget], words: Words) -> str:
    """Names in a sentence; where a name holds an "and" itself, the last follows "as well as"."""
    *head, last = [lowered(target.name) for target in targets]
    if not head:
        return last
    plain = words("list.and", head="", tail="").strip()
    key = "list.as_well" if any(f" {plain} " in name for name in (*head, last)) else "list.and"
    return words(key, head=", ".join(head), tail=last)


def met_of(met: int, decided: int, words: Words) -> str:
    """How many of the main targets, as the subject of a sentence."""
    targets = words.counted(decided)
    if met == decided:
        return words.first(f"point.of_all_{decided}", "point.of_all", targets=targets)
    return words("point.of_some", met=words.counted(met), targets=targets)


def _reached(page: FirstPage) -> Iterator[str]:
    """How many main targets were met, which, and how surely."""
    words = page.words
    decided = [target for target in page.targets if target.decided]
    met = [target for target in decided if target.verdict.met == "yes"]
    unsure = sum(target.verdict.certain != "yes" for target in met)
    of = {"met": words.counted(len(met)), "targets": words.counted(len(decided))}
    if not decided:
        yield words("point.none_decided")
        return
    form = "one" if len(decided) == 1 else "many"
    if not met:
        yield words(f"point.met_none_{form}", **of)
    else:
        sure = "all" if not unsure else "none" if unsure == len(met) else "some"
        few = {1: "_one", 2: "_two"}.get(len(met), "")
        keys = (f"point.sure_{sure}{few}", f"point.sure_{sure}")
        how = words.first(*keys, unsure=words.counted(unsure), **of)
        names, which = listed_names(met, words), met_of(len(met), len(decided), words)
        yield words.capital(fitting([
            words("point.met_names", which=which, names=names, how=how),
            words("point.met", which=which, how=how),
        ]))  # fmt: skip
    missing = len(page.targets) - len(decided)
    if missing:
        key = "one" if missing == 1 else "many"
        yield words.capital(words(f"point.missing_{key}", missing=words.counted(missing)))


def _of_effect(page: FirstPage, answer: str) -> list[MainTarget]:
    return [target for target in page.targets if target.verdict.better == answer]


def _several(what: str, targets: Sequence[MainTarget], words: Words) -> str:
    """What holds for some targets: by name, or by number where the names are too long."""
    return fitting([
        words(f"point.{what}_many", names=listed_names(targets, words)),
        words(f"point.{what}_count", targets=words.counted(len(targets))),
    ])  # fmt: skip


def _better(page: FirstPage) -> Iterator[str]:
    words, better = page.words, _of_effect(page, "better")
    if len(better) == 1:
        yield fitting(_one_better(better[0], words))
    elif better:
        yield _several("better", better, words)


def _one_better(target: MainTarget, words: Words) -> Iterator[str]:
    said = _effect_fields(target, words)
    moved = change_words(target, words)
    if moved:
        yield words("point.better_one", name=words.capital(target.name), moved=moved, **said)
    yield words("point.better_effect", name=words.capital(target.name), **said)
    yield words("point.better_many", names=lowered(target.name))


def _effect_fields(target: MainTarget, words: Words) -> dict[str, str]:
    verdict, none = target.verdict, 1 if target.counts else 0
    size, *ends = (
        abs(value - none) * (100 if target.counts else 1)
        for value in (verdict.effect_value, verdict.effect_lower, verdict.effect_upper)
    )
    effect, least, most = (
        words.number(one, decimals=0 if target.counts else 1) for one in (size, *sorted(ends))
    )
    less, more = ("fewer", "more") if target.counts else ("points_lower", "points_higher")
    key = less if verdict.effect_value < none else more
    return {"effect": words(f"point.effect.{key}", value=effect), "least": least, "most": most}


def _next_door(page: FirstPage) -> Iterator[str]:
    """Whether crime moved; that nothing did is said only where the area did better."""
    words, moved = page.words, page.moved
    asked = [target.verdict.neighbours for target in _of_effect(page, "better")]
    if len(moved) == 1:
        verdict, name = moved[0].verdict, lowered(moved[0].name)
        more, least, most = (
            words.number(100 * (value - 1)) for value in
            (verdict.neighbours_value, verdict.neighbours_lower, verdict.neighbours_upper)
        )  # fmt: skip
        yield fitting([
            words("point.moved_to", name=name, more=more, least=least, most=most),
            words("point.moved_briefly", name=name),
        ])  # fmt: skip
    elif moved:
        yield _several("moved", moved, words)
    elif "cannot be shown" in asked and not {"fewer", "more"} & {*asked}:
        yield words("point.not_moved")


def _worse(page: FirstPage) -> Iterator[str]:
    words, worse = page.words, _of_effect(page, "worse")
    if len(worse) == 1:
        target = worse[0]
        name, party = words.capital(target.name), target.party
        moved = change_words(target, words)
        yield fitting([
            *([words("point.worse_one", name=name, moved=moved, party=party)] if moved else []),
            words("point.worse_many", names=lowered(target.name)),
        ])  # fmt: skip
    elif worse:
        yield _several("worse", worse, words)


def _undecided(page: FirstPage) -> Iterator[str]:
    words = page.words
    open_ = [target for target in page.targets
             if target.verdict.better not in ("better", "worse")]  # fmt: skip
    if not open_:
        return
    form = "one" if len(open_) == 1 else "many"
    which = "all" if len(open_) == len(page.targets) else "rest"
    yield words(f"point.undecided_{which}_{form}", targets=words.counted(len(open_)))


def _money(page: FirstPage) -> Iterator[str]:
    """What was spent, and the commitment that was kept least."""
    words, total = page.words, page.money
    if total is None:
        return
    spent, frame = millions(words, total["spent_dkk"], total["frame_dkk"])
    lead = words("point.money", spent=spent, frame=frame)
    least = least_kept(page)
    yield fitting([f"{lead} {least}".strip(), lead])


def least_kept(page: FirstPage) -> str:
    """The commitment in units of which least was delivered, in one sentence; empty for none."""
    report, words, rows = page.report, page.words, page.measures
    rows = rows[(rows["quarters_without_data"] == 0) & (rows["committed"] > 0)]
    held = {name for name, measure in report.study.strategy.measures.items() if measure.hold}
    rows = rows[~rows["measure"].isin(held)].sort_values("share_delivered", kind="stable")
    if rows.empty or rows.iloc[0]["share_delivered"] >= 1:
        return ""
    row = rows.iloc[0]
    rest = rows["share_delivered"].iloc[1:]
    said = {
        "party": party_names(report)[row["party"]],
        "delivered": words.number(row["delivered"]),
        "committed": words.number(row["committed"]),
        "unit": row["unit"],
    }
    if rest.empty:
        return words("point.least_kept", **said)
    floor = words.number(math.floor(100 * min(rest.min(), 1.0)))
    return words("point.least_kept_rest", rest=floor, **said)
