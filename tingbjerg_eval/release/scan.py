"""The scan of a hand-over folder: all files, all channels, all kinds of leak."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise

from tingbjerg_eval.release import names, patterns
from tingbjerg_eval.release.channel import Channel, Danger
from tingbjerg_eval.release.channels import channels, without_packed
from tingbjerg_eval.release.cpr import cpr_count, plain
from tingbjerg_eval.release.finding import Finding
from tingbjerg_eval.release.hidden import HiddenValue, lines_giving_away

CPR = "CPR number"
KINDS = {
    "e-mail address": patterns.emails,
    "telephone number": patterns.phones,
    "local path": patterns.local_paths,
    "error message": patterns.tracebacks,
}
NAMED = {"street address": patterns.street_addresses, "name of a person": names.persons}
"""Kinds that the study's own names are none of."""


def scan_files(
    files: Mapping[str, bytes],
    *,
    case_numbers_allowed: Collection[str] = (),
    names_allowed: Collection[str] = (),
    hidden_values: Sequence[HiddenValue] = (),
    aliases: Mapping[str, Sequence[str]] | None = None,
) -> list[Finding]:
    """Everything in ``files`` (name to content) that must not leave the house.

    ``case_numbers_allowed`` are the study's own case numbers, ``names_allowed`` its areas, parties
    and officers, ``hidden_values`` the raw counts
    of hidden cells (see :mod:`..sought`) and ``aliases`` other words for an area,
    a quarter or an offence (``{"2010K1": ["1. kvartal 2010"]}``). No finding repeats a value.
    """
    findings: list[Finding] = []
    for name in sorted(files):
        found = [Channel("file name", name), *channels(files[name])]
        texts = [of for of in found if isinstance(of, Channel)]
        dangers = Counter((of.where, of.kind) for of in found if isinstance(of, Danger))
        findings += [
            Finding(file=name, where=where, kind=kind, times=times)
            for (where, kind), times in dangers.items()
        ]
        findings += _leaks(name, texts, case_numbers_allowed, names_allowed)
        findings += _hidden(name, texts, hidden_values, aliases or {})
    return sorted(findings)


def _leaks(
    name: str, texts: Sequence[Channel], numbers: Collection[str], names: Collection[str]
) -> Iterable[Finding]:
    """What gives persons, cases and machines away; each text is read once however often it
    stands there.

    Most kinds are in no text of a file, and are looked for in all of them at once: joined by what
    no pattern reads on over and none takes for a neighbour, so that what is found in a text is
    found there too.
    """
    own = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)")
    kinds: dict[str, Callable[[str], int]] = {
        **KINDS,
        **{kind: partial(_foreign, own, count) for kind, count in NAMED.items()},
        "case number": partial(patterns.case_numbers, allowed=numbers),
    }
    places = _by_place(texts)
    everything = "\0".join({text for said in places.values() for text in said})
    there = {kind: count for kind, count in kinds.items() if count(everything)}
    for where, said in places.items():
        if times := cpr_count(said) or cpr_count(_over_two_lines(said)):
            yield Finding(file=name, where=where, kind=CPR, times=times)
        unlike = Counter(said)
        for kind, count in there.items():
            if times := sum(count(text) * often for text, often in unlike.items()):
                yield Finding(file=name, where=where, kind=kind, times=times)


def _foreign(own: re.Pattern[str], count: Callable[[str], int], text: str) -> int:
    """What is counted in ``text`` without the study's own names."""
    return count(own.sub(" ", text)) if count(text) else 0


def _by_place(texts: Sequence[Channel]) -> dict[str, list[str]]:
    read = cache(lambda text: plain(without_packed(text)))
    places: dict[str, list[str]] = defaultdict(list)
    for channel in texts:
        if not channel.row:
            places[channel.where].append(read(channel.text))
    return places


_ENDS, _BEGINS = re.compile(r"\D(\d{6})[-./ ]?$"), re.compile(r"^[-./ ]?(\d{4})(?!\d)\D")


def _over_two_lines(texts: Sequence[str]) -> Iterable[str]:
    """Numbers broken by the end of a line of prose; a label that is a number alone is none."""
    for first, second in pairwise(texts):
        if (end := _ENDS.search(first)) and (begin := _BEGINS.match(second)):
            yield f"{end.group(1)}-{begin.group(1)}"


def _hidden(
    name: str,
    texts: Sequence[Channel],
    values: Sequence[HiddenValue],
    aliases: Mapping[str, Sequence[str]],
) -> list[Finding]:
    lines = [(channel.text, channel.row) for channel in texts]
    given = lines_giving_away(lines, values, aliases=aliases)
    times = Counter(where for at in given for where in {texts[one].where for one in at})
    return [
        Finding(file=name, where=where, kind="hidden count", times=found)
        for where, found in times.items()
    ]
