"""Danish personal identification numbers (CPR), in the forms in which they slip through.

DDMMYY and four more characters: with or without a separator, with the leading zero lost in a
spreadsheet, with 60 added to the day (replacement numbers) or with letters (hospitals' own
replacement numbers), with the year in four digits. Modulus 11 acquits nobody: numbers without
it are issued since October 2007.

A bare ten-digit number whose first six digits are a date is taken for a CPR number; 7.3 % of
random ten-digit numbers are, and no rule can tell those apart one at a time. Only in a run of
many bare numbers, of which no more are dates than chance makes, are they taken for the keys
they are; there, and only there, modulus 11 and a birth within living memory accuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from scipy.stats import binom

RUN = 20
"""From so many bare numbers of one form on, the run is judged as a whole."""
CHANCE = {9: 0.108, 10: 0.07305}
"""Share of random bare numbers that are dates: 9*12*100/10^5, and 2*36525/10^6."""
SURE = 1e-4
"""A run with more dates than chance gives in one of 10,000 runs is not a run of keys."""
BORN = range(1905, 2027)
LONG_TOKEN = 16
"""A word of digits and letters of this length is a digest, not a number with a prefix."""

_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－⁃"), "-")
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF], None)

_GAP = r"[ \t]*[-./_:~+,(][ \t]*|[ \t]"
_SEPARATED = re.compile(
    rf"""(?<!\d)(?<!\d\.)(?P<before>[A-Za-z]?)
    (?:(?P<d>\d{{2}})(?P<inner>[-./ ]?)(?P<m>\d{{2}})(?P=inner)(?P<y>\d{{2}})(?:{_GAP})
      |(?P<d4>\d{{2}})(?P<inner4>[-./ ]?)(?P<m4>\d{{2}})(?P=inner4)(?P<y4>(?:19|20)\d{{2}})
       [ ]?[-/_][ ]?
      |(?P<d1>[1-9])(?P<m1>\d{{2}})(?P<y1>\d{{2}})(?:{_GAP}))
    (?P<rest>[0-9A-Za-z]{{4}})(?![0-9A-Za-z])""",
    re.VERBOSE,
)
_LETTERS = re.compile(r"(?<![0-9A-Za-z])(\d{6})(?=[0-9A-Z]*[A-Z])([0-9A-Z]{4})(?![0-9A-Za-z])")
_BARE = re.compile(r"(?<!\d)(?<!\d\.)(?:\d{12}|\d{9,10})(?!\d)")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_WORD = re.compile(r"[0-9A-Za-z]*")
_SAYS_SO = re.compile(r"cpr|pers(?:on)?\.?\s?-?n(?:umme)?r|civil registration", re.IGNORECASE)


@dataclass(frozen=True)
class _Bare:
    digits: str
    named: bool


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """``text`` with digits, dashes and blanks in their plainest form, without random ids."""
    text = unescape(unquote(text))
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_DASHES)
    text = _UUID.sub(" ", text)
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def cpr_count(texts: Iterable[str]) -> int:
    """How many CPR numbers the texts of one file hold; runs of keys are judged over all."""
    unlike = Counter(map(plain, texts))
    if not any(form.search("\0".join(unlike)) for form in (_SEPARATED, _LETTERS, _BARE)):
        return 0
    sure = sum((_separated(text) + _with_letters(text)) * times for text, times in unlike.items())
    bare = [one for text, times in unlike.items() for one in [*_bare(text)] * times]
    return sure + _bare_count(bare)


def is_birth_date(day: str, month: str, year: str) -> bool:
    """Whether day (60 may be added) and month are a date in a year of any century."""
    number = int(day) - 60 if int(day) > 60 else int(day)
    leap = int(year[-2:]) % 4 == 0
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= int(month) <= 12 and 1 <= number <= days[int(month) - 1]


def _separated(text: str) -> int:
    return sum(_is_separated(found) for found in _SEPARATED.finditer(text))


def _is_separated(found: re.Match[str]) -> bool:
    part = found.groupdict()
    date = [(part["d"], part["m"], part["y"]), (part["d4"], part["m4"], part["y4"])]
    day, month, year = next(
        (of for of in date if of[0]), (part["d1"] or "0", part["m1"] or "0", part["y1"] or "0")
    )
    rest = part["rest"]
    if part["before"] and re.search(r"[ \t]", found.group()):
        return False
    likely = rest.isdigit() or rest == rest.upper() or any(sign.isdigit() for sign in rest)
    return likely and is_birth_date(day, month, year)


def _with_letters(text: str) -> int:
    return sum(is_birth_date(date[:2], date[2:4], date[4:]) for date, _ in _LETTERS.findall(text))


def _bare(text: str) -> Iterable[_Bare]:
    for found in _BARE.finditer(text):
        if not _in_digest(text, found):
            before = text[max(0, found.start() - 25) : found.start()]
            yield _Bare(found.group(), bool(_SAYS_SO.search(before)))


def _word(text: str) -> str:
    """The letters and digits that ``text`` begins with."""
    found = _WORD.match(text)
    return found.group() if found else ""


def _in_digest(text: str, found: re.Match[str]) -> bool:
    """Whether the digits are a piece of a long word of digits and letters."""
    before = _word(text[max(0, found.start() - 64) : found.start()][::-1])
    after = _word(text[found.end() : found.end() + 64])
    letters = any(sign.isalpha() for sign in before + after)
    return letters and len(before) + len(found.group()) + len(after) >= LONG_TOKEN


def _bare_count(numbers: list[_Bare]) -> int:
    by_length = {size: [of for of in numbers if len(of.digits) == size] for size in (9, 10, 12)}
    return sum(
        sum(map(_accused, own)) if _are_keys(own, size) else sum(map(_is_date, own))
        for size, own in by_length.items()
    )


def _are_keys(numbers: list[_Bare], size: int) -> bool:
    if len(numbers) < RUN or size not in CHANCE:
        return False
    dates = sum(map(_is_date, numbers))
    return bool(binom.sf(dates - 1, len(numbers), CHANCE[size]) > SURE)


def _is_date(number: _Bare) -> bool:
    digits = number.digits.zfill(10)
    if len(digits) == 12:
        return digits[4:6] in ("19", "20") and is_birth_date(digits[:2], digits[2:4], digits[4:8])
    return is_birth_date(digits[:2], digits[2:4], digits[4:6])


def _accused(number: _Bare) -> bool:
    """Inside a run of keys: named as a CPR number, or everything about it fits."""
    if not _is_date(number) or number.named:
        return number.named and _is_date(number)
    digits = number.digits.zfill(10)
    checks = sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 11 == 0
    return checks and int(digits[:2]) <= 31 and birth_year(digits) in BORN


def birth_year(digits: str) -> int:
    """The year of birth by the seventh digit (CPR-kontoret, the structure of the CPR number)."""
    year, seventh = int(digits[4:6]), int(digits[6])
    if seventh <= 3:
        return 1900 + year
    if seventh in (4, 9):
        return 2000 + year if year <= 36 else 1900 + year
    return 2000 + year if year <= 57 else 1800 + year
