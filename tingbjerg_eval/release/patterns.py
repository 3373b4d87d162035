"""What gives away a case, a person's address, a machine or an error."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_CASE_NUMBERS = (
    re.compile(r"(?<![\d-])\d{4}-\d{5}-\d{5}-\d{2}(?![\w-])"),
    re.compile(r"(?<![\d-])\d{4}-\d{5}-\d{2}(?![\w-])"),
    re.compile(r"(?<![\d-])(?:19|20)\d{2}-\d{5,8}(?![\w-])"),
    re.compile(
        r"(?:sagsnr|sags-?nummer|journalnr|j\.\s?nr|dokumentnr)\.?:?\s*([\w./-]*\d{4}[\w./-]*)",
        re.I,
    ),
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_PHONES = (
    re.compile(
        r"(?<![\w.,+-])(?:\+|00)45[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{2}(?![\w-]|[.,]\d)"
    ),
    re.compile(
        r"(?:tlf|tel|telefon|telefonnummer|mobil|phone|mob)\.?(?:nr\.?)?:?\s*"
        r"\d{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{2}(?![\w-]|[.,]\d)",
        re.I,
    ),
)
_STREETS = re.compile(
    r"\b[A-ZÆØÅ][\wé.-]*(?: [A-ZÆØÅ][\wé.-]*){0,3}?"
    r"(?:vej|gade|allé|alle|stræde|vænget|boulevard| (?:Allé|Alle|Vej|Boulevard))"
    r",? (?:nr\. ?)?\d{1,3} ?[A-Za-z]?(?![\w%]|[.,]\d|\s+(?:[\d%−+-]|pct|procent))"
)
"""Streets as they are named; areas are named after parks, squares and estates too, and are none."""
_FILE_TYPES = r"py|ipynb|csv|tsv|xlsx?|parquet|ya?ml|json|txt|log|sav|dta|sas7bdat|db|duckdb|toml"
_PATHS = (
    re.compile(
        r"(?<![\w:/.<])/(?:home|Users|root|tmp|var|opt|mnt|srv|usr|etc|media|private)/[\w.-]+"
    ),
    re.compile(rf"(?<![\w:/.<])/(?:[\w.-]+/)+[\w.-]+\.(?:{_FILE_TYPES})\b"),
    re.compile(r"(?<![A-Za-z])[A-Za-z]:[\\/](?![\\/])[\w .-]+[\\/]"),
    re.compile(r"\\\\[\w.-]+\\[\w$.-]+"),
    re.compile(r"file:/{2,3}\S", re.I),
    re.compile(r"site-packages|ipykernel_\d+|<ipython-input"),
)
_TRACEBACKS = (
    re.compile(r"Traceback \(most recent call last\)"),
    re.compile(r'File "[^"\n]+", line \d+'),
    re.compile(r"(?<![\w.])[A-Za-z_.]*(?:Error|Exception|Warning): "),
    re.compile(r"\x1b\[[0-9;]*m"),
)


def case_numbers(text: str, *, allowed: Collection[str] = ()) -> int:
    """Case and journal numbers that are not the study's own."""
    found = {
        (match.start(match.lastindex or 0), match.group(match.lastindex or 0).rstrip("./-"))
        for pattern in _CASE_NUMBERS
        for match in pattern.finditer(text)
    }
    return sum(number not in allowed for _, number in found)


def emails(text: str) -> int:
    return len(_EMAIL.findall(text))


def phones(text: str) -> int:
    """Danish telephone numbers: with the country's code, or named as a telephone's."""
    return _times(_PHONES, text)


def street_addresses(text: str) -> int:
    """A street with a house number."""
    return len(_STREETS.findall(text))


def local_paths(text: str) -> int:
    return _times(_PATHS, text)


def tracebacks(text: str) -> int:
    return _times(_TRACEBACKS, text)


def _times(patterns: Iterable[re.Pattern[str]], text: str) -> int:
    return sum(len(pattern.findall(text)) for pattern in patterns)
