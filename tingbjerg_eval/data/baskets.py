"""Offence baskets: codes on one level, each in the data, none counted twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

import pandas as pd

from tingbjerg_eval.data.doubts.spelling import alike, folded
from tingbjerg_eval.data.formats.findings import SHOWN_PLACES, Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.parsing import Rejected, add_texts
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

TOTAL_CODES = ("TOT", "TOTAL", "I ALT")


def overlapping(codes: list[str]) -> list[tuple[str, str]]:
    """Pairs of codes of which the first holds the second (or they are the same)."""
    pairs = []
    for position, one in enumerate(codes):
        for other in codes[position + 1 :]:
            if holds(one, other):
                pairs.append((one, other))
            elif holds(other, one):
                pairs.append((other, one))
    return pairs


def holds(parent: str, child: str) -> bool:
    """Whether ``child`` is counted in ``parent``: STRAF11 codes nest by their first digits."""
    if parent.upper() in TOTAL_CODES or parent == child:
        return True
    return parent.isdigit() and child.isdigit() and child.startswith(parent)


def basket_codes(settings: StudySettings) -> dict[str, list[str]]:
    """The offence codes of each count indicator."""
    return {name: one.basket.codes for name, one in settings.indicators_of("count").items()}


def check_baskets(settings: StudySettings, found: Findings) -> None:
    """Refuse a basket that mixes levels."""
    for name, codes in basket_codes(settings).items():
        if pairs := overlapping(codes):
            said = listed([f"{one} holds {other}" for one, other in pairs])
            found.add("basket-levels", column=f"indicators.{name}", found=said)


def check_codes_present(settings: StudySettings, offences: pd.Series, found: Findings) -> None:
    """Refuse a basket code that no row carries, and a code that looks like a basket's."""
    there = sorted(set(offences))
    _check_codes_alike(settings, there, found)
    for name, codes in basket_codes(settings).items():
        for code in codes:
            if code not in there:
                near = get_close_matches(code, there, n=1, cutoff=0.5)
                held = listed([quoted(one) for one in there])
                found.add(
                    "basket-code-absent",
                    column=f"indicators.{name}",
                    found=f"no row with code {quoted(code)} among {held}",
                    near=f"The nearest code is {near[0]!r}. " if near else "",
                )


def _check_codes_alike(settings: StudySettings, there: list[str], found: Findings) -> None:
    """Reports under a code that differs from a basket's only in its spelling would not count."""
    for name, codes in basket_codes(settings).items():
        meant = {_plain_code(code): code for code in codes}
        for code in there:
            if code in codes:
                continue
            words = [one for one in codes if one.isalpha() and code.isalpha()]
            if near := meant.get(_plain_code(code)) or alike(code, words):
                found.add("offence-alike", column=f"indicators.{name}", found=quoted(code),
                          near=near)  # fmt: skip


def _plain_code(code: str) -> str:
    """``code`` without what spreadsheets and keyboards do to it."""
    return folded(re.sub(r"\.0$", "", code)).lstrip("0")


def offence_reader(source: IncidentSource) -> Callable[[str], str]:
    """A reader of offence codes, without the text that may follow them."""

    def read(text: str) -> str:
        code = plain_text(text)
        if "offence" in source.code_and_text:
            code = code.split(" ", 1)[0]
        if code == "":
            raise Rejected("blank-offence")
        return code

    return read


def check_offence_list(
    source_codes: dict[str, str],
    delivered: Iterable[str],
    where: Callable[[str], str],
    column: str,
    found: Findings,
) -> None:
    """Refuse codes that the stated list of offences does not have."""
    unknown = [code for code in delivered if source_codes and code not in source_codes]
    if len(unknown) > SHOWN_PLACES:
        add_texts("offence-unknown", unknown, found, column=column, where=where,
                  near="")  # fmt: skip
        return
    for code in unknown:
        near = get_close_matches(code, list(source_codes), n=1, cutoff=0.5)
        found.add(
            "offence-unknown",
            place=where(code),
            column=column,
            found=quoted(code),
            near=f"The nearest code is {near[0]!r}. " if near else "",
        )
