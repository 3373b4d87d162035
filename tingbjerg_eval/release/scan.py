"""The scan of a hand-over folder: all files, all channels, all kinds of leak."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from tingbjerg_eval.release import patterns
from tingbjerg_eval.release.channel import Channel, Danger
from tingbjerg_eval.release.channels import channels, without_packed
from tingbjerg_eval.release.cpr import cpr_count, plain
from tingbjerg_eval.release.finding import Finding
from tingbjerg_eval.release.hidden import Hidden, lines_giving_away

CPR = "CPR number"
KINDS = {
    "e-mail address": patterns.emails,
    "telephone number": patterns.phones,
    "street address": patterns.street_addresses,
    "local path": patterns.local_paths,
    "error message": patterns.tracebacks,
}


def scan_files(
    files: Mapping[str, bytes],
    *,
    case_numbers_allowed: Collection[str] = (),
    hidden_values: Sequence[Hidden] = (),
    aliases: Mapping[str, Sequence[str]] | None = None,
) -> list[Finding]:
    """Everything in ``files`` (name to content) that must not leave the house.

    ``case_numbers_allowed`` are the study's own case numbers, ``hidden_values`` the raw counts
    of hidden cells (see ``disclosure.hidden_values``) and ``aliases`` other words for an area,
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
        findings += _leaks(name, texts, case_numbers_allowed)
        findings += _hidden(name, texts, hidden_values, aliases or {})
    return sorted(findings)


def _leaks(name: str, texts: Sequence[Channel], allowed: Collection[str]) -> Iterable[Finding]:
    for where, own in _by_place(texts).items():
        if times := cpr_count(own) or cpr_count(_over_two_lines(own)):
            yield Finding(file=name, where=where, kind=CPR, times=times)
        for kind, count in KINDS.items():
            if times := sum(map(count, own)):
                yield Finding(file=name, where=where, kind=kind, times=times)
        if times := sum(patterns.case_numbers(text, allowed=allowed) for text in own):
            yield Finding(file=name, where=where, kind="case number", times=times)


def _by_place(texts: Sequence[Channel]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = defaultdict(list)
    for channel in texts:
        if not channel.row:
            places[channel.where].append(plain(without_packed(channel.text)))
    return places


_ENDS, _BEGINS = re.compile(r"\D(\d{6})[-./ ]?$"), re.compile(r"^[-./ ]?(\d{4})(?!\d)\D")


def _over_two_lines(texts: Sequence[str]) -> Iterable[str]:
    """Numbers broken by the end of a line of prose; a label that is a number alone is none."""
    for first, second in pairwise(texts):
        if (end := _ENDS.search(first)) and (begin := _BEGINS.match(second)):
            yield f"{end.group(1)}-{begin.group(1)}"


def _hidden(
    name: str, texts: Sequence[Channel], values: Sequence[Hidden], aliases
) -> list[Finding]:
    lines = [(channel.text, channel.row) for channel in texts]
    given = lines_giving_away(lines, values, aliases=aliases)
    times = Counter(where for at in given for where in {texts[one].where for one in at})
    return [
        Finding(file=name, where=where, kind="hidden count", times=found)
        for where, found in times.items()
    ]
