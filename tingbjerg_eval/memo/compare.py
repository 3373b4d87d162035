"""The edited memo's statements held against the report's, sentence by sentence and row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tingbjerg_eval.memo.meaning import DIRECTIONS, Reader, Sentence, Token

CAVEATS = frozenset({
    "not_same", "undecided", "unexplained", "no_change_shown", "uncertain_interval", "unsure",
    "estimate", "simulated", "shown_from", "early", "may", "part", "at_least", "at_most", "above",
    "about",
})  # fmt: skip
FREE = frozenset(
    {"before", "after", "without", "rest", "all", "delivered", "spent", "left", "name"}
)
"""Kinds that may be left out of a sentence put in other words."""
EASY = frozenset({"before", "after", "without", "rest", "delivered"})
"""Kinds that may also be put into one."""
VERDICTS = frozenset({
    "met", "not_met", "better", "worse", "sure", "unsure", "no_effect", "effect", "undecided",
    "is_moved", "half", "most", "ahead", "behind",
})  # fmt: skip
CLAIMS = ("lasting", "level", "saved")
"""Said of a target only where the report says it."""
JOINT = 3
"""Letters of the word that joins two numbers."""
LIKE, INSIDE = 0.34, 0.55
BESIDE = 2
"""Sentences between the parts of one that was split."""
ANSWERED = frozenset({"met", "not_met", "better", "worse", "sure", "unsure"})
"""Verdicts that a target's row in the table gives."""
Answers = Mapping[object, frozenset[str]]
_SENTENCE = re.compile(r"(?<=[^\d\s][.!?])\s+(?=[^\W\d_])")


@dataclass(frozen=True)
class Difference:
    """What an edited memo states otherwise: ``kind`` is a key of the sentences about it."""

    kind: str
    found: str
    wanted: str = ""
    place: str = ""


def sentences(reader: Reader, text: str) -> list[Sentence]:
    """``text`` in sentences; an abbreviation before a small letter ends none."""
    parts: list[str] = []
    for part in _SENTENCE.split(text):
        if parts and part[:1].islower():
            parts[-1] += f" {part}"
        elif part.strip():
            parts.append(part)
    read: list[Sentence] = []
    for part in parts:
        read.append(replace(reader.read(part), about=read[-1].named if read else frozenset()))
    return read


def compare(
    reader: Reader, report: Sequence[Sentence], edited: Sequence[Sentence], answers: Answers
) -> Iterator[Difference]:
    """Everything that ``edited`` states otherwise than ``report``, whose rows give ``answers``."""
    matched = _matched(report, edited)
    for olds, news in matched:
        old, new = _together(reader, olds), _together(reader, news)
        yield from _otherwise(old, new)
    seen_old = {id(one) for olds, _ in matched for one in olds}
    seen_new = {id(one) for _, news in matched for one in news}
    for sentence in report:
        if id(sentence) not in seen_old:
            yield from _left_out(sentence)
    for sentence in edited:
        if id(sentence) not in seen_new:
            yield from _new(sentence, report, answers)


def _matched(
    report: Sequence[Sentence], edited: Sequence[Sentence]
) -> list[tuple[list[Sentence], list[Sentence]]]:
    """Sentences of both that say the same thing, one or several on each side."""
    pairs = sorted(
        ((likeness(old, new), at, to) for at, old in enumerate(report)
         for to, new in enumerate(edited)),
        key=lambda pair: (-pair[0], abs(pair[1] - pair[2]), pair[1]),
    )  # fmt: skip
    group_of_new: dict[int, list[int]] = {}
    taken: set[int] = set()
    for like, at, to in pairs:
        if like >= LIKE and at not in taken and to not in group_of_new:
            taken.add(at)
            group_of_new[to] = [at]
    firsts = {to: report[group[0]] for to, group in group_of_new.items()}
    for at in sorted(set(range(len(report))) - taken):
        if (best := _holder(report[at], {to: edited[to] for to in firsts})) is not None:
            group_of_new[best].append(at)
    parts: dict[int, list[int]] = {to: [to] for to in firsts}
    for to in set(range(len(edited))) - firsts.keys():
        near = {of: whole for of, whole in firsts.items() if abs(of - to) <= BESIDE}
        if (best := _holder(edited[to], near)) is not None:
            parts[best].append(to)
    return [
        ([report[at] for at in sorted(group)], [edited[one] for one in sorted(parts[to])])
        for to, group in group_of_new.items()
    ]


def likeness(one: Sentence, other: Sentence) -> float:
    """How alike two sentences are, by their words and by what they state."""
    words = 2 * len(one.stems & other.stems) / max(len(one.stems) + len(other.stems), 1)
    stated = set(one.keys) & set(other.keys)
    return 0.7 * words + 0.3 * 2 * len(stated) / max(len(one.keys) + len(other.keys), 1)


def _holder(part: Sentence, wholes: Mapping[int, Sentence]) -> int | None:
    """The sentence that holds the most of ``part``; ``None`` where none holds enough."""
    best = max(wholes, default=None, key=lambda one: _inside(part, wholes[one]))
    return None if best is None or _inside(part, wholes[best]) < INSIDE else best


def _inside(one: Sentence, other: Sentence) -> float:
    return len(one.stems & other.stems) / max(len(one.stems), 1)


def _together(reader: Reader, parts: Sequence[Sentence]) -> Sentence:
    return parts[0] if len(parts) == 1 else reader.read(" ".join(part.said for part in parts))


def _otherwise(old: Sentence, new: Sentence) -> Iterator[Difference]:
    if old.plain == new.plain and old.said == new.said:
        return
    yield from _numbers(old, new)
    yield from _names(old, new)
    yield from _dates(old, new)
    yield from _statements(old, new)
    yield from _places(old, new)


def _numbers(old: Sentence, new: Sentence) -> Iterator[Difference]:
    before, after = old.of("number"), new.of("number")
    added = [one for one in after if not any(_same(of, one) for of in before)]
    lost = [one for one in before if not any(_same(one, of) for of in after)]
    for number in added:
        like = next((one for one in lost if one.value == number.value), None) or next(
            (one for one in lost if _rounded(number, one)), None)  # fmt: skip
        nearest = like or (lost[0] if lost else None)
        if nearest is not None:
            lost.remove(nearest)
        kind = "number"
        if like is not None:
            kind = "unit" if like.value == number.value else "rounded"
        yield Difference(kind, number.written, nearest.written if nearest else "", new.said)
    for number in lost:
        yield Difference("number_lost", "", number.written, new.said)
    for number in after:
        way = next((old.direction(one) for one in before if _same(one, number)), "")
        now = new.direction(number)
        if way and now and way != now:
            yield Difference("sign", new.said, number.written, old.said)


def _same(of_report: Token, typed: Token) -> bool:
    """Whether the number is the report's; a unit may be added where none stood, not lost."""
    return of_report.value == typed.value and of_report.unit in ("", typed.unit)


def _rounded(one: Token, other: Token) -> bool:
    return abs(float(str(one.value)) - float(str(other.value))) <= max(
        1.0, 0.05 * abs(float(str(other.value)))
    )


def _names(old: Sentence, new: Sentence) -> Iterator[Difference]:
    for kind in ("target", "name"):
        before, after = ({one.value: one for one in of.of(kind)} for of in (old, new))
        added = [one for value, one in after.items() if value not in before]
        lost = [one for value, one in before.items() if value not in after]
        for name in added:
            if kind == "target" or lost:
                wanted = lost.pop(0).written if lost else ""
                yield Difference(kind, name.written, wanted, new.said)
        for name in lost:
            yield Difference(f"{kind}_lost", "", name.written, new.said)


def _dates(old: Sentence, new: Sentence) -> Iterator[Difference]:
    for kind in ("date", "quarter", "year"):
        before = {str(one.value): one for one in old.of(kind)}
        after = {str(one.value): one for one in new.of(kind)}
        dated = {str(one.value[0]) for one in old.of("date", "quarter")}  # type: ignore[index]
        for value, token in after.items():
            if value not in before and value not in dated and before:
                wanted = ", ".join(one.written for one in before.values())
                yield Difference("date", token.written, wanted, new.said)


def _statements(old: Sentence, new: Sentence) -> Iterator[Difference]:
    counted = {"number", "name", "target", "date", "quarter", "year"}
    before = {kind: n for (kind, _), n in old.keys.items() if kind not in counted}
    after = {kind: n for (kind, _), n in new.keys.items() if kind not in counted}
    lost = [kind for kind in before if kind not in after]
    added = [kind for kind in after if kind not in before]
    swapped = {"spent", "left", "all", "most", "none"}
    for kind in lost:
        if kind in CAVEATS:
            yield Difference("caveat", _written(new, added), _written(old, [kind]), new.said)
        elif kind not in FREE or (kind in swapped and swapped & set(added)):
            yield Difference("meaning", _written(new, added), _written(old, [kind]), new.said)
    if not lost or all(kind in FREE for kind in lost):
        for kind in added:
            if kind not in EASY:
                yield Difference("meaning", _written(new, [kind]), "", new.said)
    elif before.get("not", 0) != after.get("not", 0) and "not" not in lost + added:
        yield Difference("meaning", new.said, old.said, new.said)


def _written(sentence: Sentence, kinds: Sequence[str]) -> str:
    return ", ".join(token.written for token in sentence.of(*kinds))


def _places(old: Sentence, new: Sentence) -> Iterator[Difference]:
    """Two numbers, or two names, that have changed places."""
    for kinds in (("number",), ("target", "name")):
        before, after = ({one.key: one for one in of.of(*kinds)} for of in (old, new))
        for one, other in combinations([key for key in before if key in after], 2):
            flipped = (before[one].start < before[other].start) != (
                after[one].start < after[other].start
            )
            if (flipped and (
                _joined(old, before[one], before[other]) and _joined(new, after[one], after[other])
            )) or (flipped and _moved(old, new, *(of[key] for of in (before, after)
                                              for key in (one, other)))):  # fmt: skip
                yield Difference("swapped", f"{after[one].written}, {after[other].written}",
                                 "", new.said)  # fmt: skip


def _joined(sentence: Sentence, one: Token, other: Token) -> bool:
    """Whether two numbers are one expression: «three of seven», «21-44»."""
    first, last = sorted((one, other), key=lambda token: token.start)
    between = sentence.plain[first.end : last.start]
    return one.kind == "number" and len(between.strip()) <= JOINT and "," not in between


def _moved(old: Sentence, new: Sentence, a: Token, b: Token, c: Token, d: Token) -> bool:
    """Whether ``c`` (what ``a`` was) stands among the words that stood around ``b``."""
    around = old.around(a), old.around(b), new.around(c), new.around(d)
    kept = len(around[0] & around[2]) + len(around[1] & around[3])
    changed = len(around[0] & around[3]) + len(around[1] & around[2])
    return changed > kept


def _left_out(sentence: Sentence) -> Iterator[Difference]:
    if caveats := [token for token in sentence.tokens if token.kind in CAVEATS]:
        yield Difference("caveat", "", sentence.said, caveats[0].written)


def _new(sentence: Sentence, report: Sequence[Sentence], answers: Answers) -> Iterator[Difference]:
    """A sentence of the case officer's own: its numbers and verdicts must be the report's."""
    judged = {token.kind for token in sentence.of(*VERDICTS)}
    for number in sentence.of("number"):
        counted = judged if not number.unit else frozenset[str]()
        if not any(_same(one, number) for of in report for one in of.of("number")
                   if not counted or of.of(*counted)):  # fmt: skip
            yield Difference("number", number.written, "", sentence.said)
    named = sentence.named
    about = [of for of in report if not named or named & of.named]
    known = {kind for of in about for kind, _ in of.keys}
    if all(number.unit for number in sentence.of("number")):
        known = (known - ANSWERED) | _answered(named, answers, known)
    for token in sentence.tokens:
        if token.kind in VERDICTS and token.kind not in known:
            yield Difference("verdict", token.written, "", sentence.said)
        elif token.kind in (*DIRECTIONS, *CLAIMS) and named and token.kind not in known:
            yield Difference("sign", token.written, "", sentence.said)


def _answered(named: frozenset[object], answers: Answers, known: set[str]) -> frozenset[str]:
    """The verdicts that may be said of ``named``; of no target, that it is met if all are."""
    if rows := [answers[name] for name in named if name in answers]:
        return frozenset.union(*rows)
    if not answers:
        return ANSWERED & known
    shared = frozenset.intersection(*answers.values())
    return shared | (ANSWERED & known - {"met", "not_met"})
