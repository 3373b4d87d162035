"""Personal data at the door: refused before anything is shown or kept."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_heading
from tingbjerg_eval.data.formats.raw import RawTable

FULL = re.compile(r"(?<!\d)(?<!\d[.,])(\d{2})(\d{2})\d{2}([- ]?)\d{4}(?!\d)(?![.,]\d)")
ZERO_LOST = re.compile(r"(?<![\d.,])([1-9])(\d{2})\d{2}([- ]?)\d{4}(?![\d.,])")
PERSON_HEADING = re.compile(
    r"(cpr|pnr|personnummer|person ?nr)\b.*|cpr.*"
    r"|(for|efter|mellem|fulde |fuldt )?navn"
    r"|.*\b(borger|beboer|forurettede|person|respondent)s? ?navn"
    r"|(full |first |last |sur)?name|(privat|hjemme|bopæls)?adresse|(home |street )?address"
    r"|vej|vejnavn|gade|gadenavn|hus ?nr\.?|husnummer|street"
    r"|sagsbehandler.*|betjent.*|kontaktperson.*|initialer|(case|reporting) ?officer"
    r"|telefon.*|tlf\.?.*|mobil.*|phone.*|e-?mail.*|mail"
)

TITLE = "name"
"""A heading under which survey archives write the data set's title in every row."""
MANY = 10
"""Rows from which a name that never changes is no person's."""


EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
PHONE = re.compile(r"(\+45|0045)?[ -]?[2-9]\d(?P<mark>[ -]?)\d\d(?P=mark)\d\d(?P=mark)\d\d")
FREE_WORDS = 3
"""Mean words from which answers that all differ are free text, which may name anyone."""
FEWEST = 5


def refuse_personal(
    raw: RawTable,
    found: Findings,
    *,
    mapped: Iterable[str],
    waived: Iterable[str],
    free_text: bool = True,
) -> None:
    """Refuse ``raw`` if a column holds CPR-shaped values or is headed as a name or an address.

    Addresses of e-mail are refused anywhere, telephone numbers in columns that nobody mapped; so
    is free text there, which may name anyone, unless ``free_text`` is allowed.

    ``mapped`` headings have a stated meaning, so their wording is not judged; their values are.
    ``waived`` columns may hold ten digits that are no CPR numbers (case numbers without a
    separator); what is written as a CPR number with its hyphen is refused all the same.
    """
    meant = {plain_heading(one) for one in mapped}
    allowed = {plain_heading(one) for one in waived}
    for position, heading in enumerate(raw.frame.columns):
        plain = plain_heading(str(heading))
        shown = "a heading" if any_cpr([str(heading)]) else str(heading)
        texts = raw.frame.iloc[:, position]
        if (
            plain not in meant
            and PERSON_HEADING.fullmatch(plain)
            and not (plain == TITLE and _one_value(texts))
        ):
            found.add("personal-heading", column=shown, found=None)
        elif plain not in allowed and (code := _contact(texts, plain in meant, free_text)):
            found.add(code, column=shown, found=None)
        elif holds_cpr(texts, waived=plain in allowed) or shown != str(heading):
            found.add("personal-cpr", column=shown, found=None)
    found.stop_if_refused()


def _one_value(texts: pd.Series) -> bool:
    """Whether many rows hold one and the same text, which names the data set and no person."""
    return len(texts) >= MANY and texts.nunique() == 1


def _contact(texts: pd.Series, mapped: bool, free_text: bool) -> str | None:
    """The code for what a column holds that leads to a person; nothing is the usual case."""
    distinct = [one for one in texts.unique() if isinstance(one, str) and one]
    if any("@" in one and EMAIL.search(one) for one in distinct):
        return "personal-contact"
    if mapped or len(distinct) < FEWEST:
        return None
    if _phones(distinct):
        return "personal-contact"
    filled = int((texts != "").sum())
    words = sum(len(one.split()) for one in distinct) / len(distinct)
    differ = len(distinct) > filled / 2
    return "personal-free-text" if not free_text and differ and words >= FREE_WORDS else None


def _phones(distinct: list[str]) -> bool:
    """Whether nearly all texts are telephone numbers, and not numbers in a row."""
    shaped = [one for one in map(PHONE.fullmatch, distinct) if one]
    if len(shaped) < 0.8 * len(distinct):
        return False
    digits = sorted(int(re.sub(r"\D", "", one.group())[-8:]) for one in shaped)
    return any(one["mark"] for one in shaped) or digits[-1] - digits[0] > 100 * len(digits)


def holds_cpr(texts: pd.Series, *, waived: bool = False) -> bool:
    """Whether any text is shaped as a CPR number, or most as one that lost its leading zero."""
    distinct = [one for one in texts.unique() if isinstance(one, str) and len(one) >= 9]
    if any_cpr(distinct, separated_only=waived):
        return True
    if waived or not distinct:
        return False
    return _lost_zeros(distinct) * 2 > len(distinct)


def any_cpr(texts: Iterable[str], *, separated_only: bool = False) -> bool:
    """Whether a text holds ten digits that begin with a date (also day + 60)."""
    return any(
        _is_date(found[1], found[2])
        for found in FULL.finditer(_lines(texts))
        if found[3] or not separated_only
    )


def _lost_zeros(texts: Iterable[str]) -> int:
    """How many texts hold a number that lost its leading zero."""
    lines = _lines(texts)
    found = (one.start() for one in ZERO_LOST.finditer(lines) if _is_date(one[1], one[2]))
    return len({lines.rfind("\n", 0, start) for start in found})


def _lines(texts: Iterable[str]) -> str:
    """All texts in one, a line each, to be searched at once."""
    return "\n".join(text.replace("\n", " \t ") for text in texts)


def _is_date(day: str, month: str) -> bool:
    return (1 <= int(day) <= 31 or 61 <= int(day) <= 91) and 1 <= int(month) <= 12
