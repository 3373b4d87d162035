"""What a method remarks beside its figure, in the report's language."""

from __future__ import annotations

import re

from tingbjerg_eval.report.words.sentences import Words

KNOWN = (
    (r"(?P<found>\d+) comparison areas; (?P<wanted>\d+) are wanted", "few-comparison-areas"),
    (r"baseline of (?P<found>\d+) quarters; (?P<wanted>\d+) are the least .*", "short-baseline"),
    (r"some areas have very few reports", "few-reports"),
    (r"not for conclusions: .*", "not-for-conclusions"),
    (r"a second picture, not the verdict", "second-picture"),
    (r"several adjacent areas count as one", "adjacent-as-one"),
    (r"withheld: the interval of its denominator holds 0", "withheld-denominator"),
    (r"no cost per report: .*", "no-cost-per-report"),
    (r"counting error only.*", "counting-error"),
    (r"rank \d+ of \d+ among placebo areas", "rank"),
    (r"few reports: the interval is rough", "rough"),
    (r"a season without any report: [^;]*", "empty-season"),
    (r"\d+ strata of this wave hold a single sampling unit[^;]*", "single-unit"),
)
"""The remarks methods make, and the sentence for each."""


def remarks(note: str, words: Words) -> str:
    """``note`` (parts between semicolons) as sentences; an unknown part gets the general one.

    >>> remarks("8 comparison areas; 12 are wanted", Words("en"))
    'There are 8 comparison areas; 12 would have been better.'
    """
    said: list[str] = []
    rest = note
    for pattern, code in KNOWN:
        if found := re.search(rf"(?:^|; ){pattern}(?=$|; )", rest):
            said.append(words(f"remark.{code}", **_numbers(found, words)))
            rest = rest[: found.start()] + rest[found.end() :]
    if rest.strip("; "):
        said.append(words("remark.generic"))
    return " ".join(said)


def _numbers(found: re.Match[str], words: Words) -> dict[str, str]:
    return {name: words.number(int(value)) for name, value in found.groupdict().items()}
