"""What a reader must know beside a figure: facts as codes with numbers, said in English here.

A report says them in its own words: one sentence per code in its catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

ENGLISH = {
    "few-comparison-areas": "{found} comparison areas; {wanted} are wanted",
    "short-baseline": (
        "baseline of {found} quarters; {wanted} are the least that guards against an area chosen "
        "for one bad year"
    ),
    "few-reports": "some areas have very few reports",
    "restless": (
        "in the baseline the treated area was {ratio:.1f} times as restless as the comparison "
        "areas (variance), and the interval is widened for it"
    ),
    "own-quarters": (
        "fewer than {wanted} comparison areas tell how much an area moves by itself: the interval "
        "rests on the area's own quarters, taken to hang together strongly"
    ),
    "rough": "few reports: the interval is rough",
    "counting-error": "counting error only, too narrow for a series",
    "expected-as-known": "counting error only; the expected count is taken as known",
    "not-for-conclusions": (
        "not for conclusions: without comparison areas 13-28 % false positives were measured"
    ),
    "poisson-not-for-conclusions": (
        "counting error only: areas change by more than that by themselves, so its interval and "
        "z are not for conclusions"
    ),
    "second-picture": "a second picture, not the verdict",
    "rank": "rank {rank} of {areas} among placebo areas",
    "adjacent-as-one": "several adjacent areas count as one",
    "withheld-denominator": "withheld: the interval of its denominator holds 0",
    "no-cost-per-report": "no cost per report: the interval of the reports avoided holds 0",
    "no-cost-more-reports": "no cost per report: more reports came than expected",
    "no-cost-undecided": "no cost per report: the verdict says that no effect can be shown",
    "break-even-above": "break-even lies above the interval of the reports avoided",
    "break-even-below": "break-even lies below the interval of the reports avoided",
    "break-even-within": (
        "break-even lies within the interval of the reports avoided: it cannot be decided"
    ),
    "unattainable": "even a fall to nothing would be missed too often",
    "inexact-level": (
        "the conservative t is exact only from the level 0.92, or from 0.90 with at most 13 "
        "comparison areas"
    ),
    "inexact-breakdown": "a breakdown ratio below {least} is not exact: read it as below {least}",
}


@dataclass(frozen=True, init=False)
class Remark:
    """One caveat: a stable ``code`` and the numbers that belong to it.

    Attributes
    ----------
    code
        A short stable word by which a report finds its sentence.
    facts
        The numbers by name, in the order given.

    Examples
    --------
    >>> Remark("few-comparison-areas", found=8, wanted=12)
    Remark(code='few-comparison-areas', facts=(('found', 8), ('wanted', 12)))
    >>> str(Remark("few-comparison-areas", found=8, wanted=12))
    '8 comparison areas; 12 are wanted'
    """

    code: str
    facts: tuple[tuple[str, float], ...]

    def __init__(self, code: str, **numbers: float) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "facts", tuple(numbers.items()))

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers by name."""
        return dict(self.facts)

    def __str__(self) -> str:
        return ENGLISH[self.code].format(**self.numbers)


class Noted:
    """A result with ``remarks`` on it."""

    remarks: tuple[Remark, ...]

    @property
    def note(self) -> str:
        """The remarks in English; empty when there is none."""
        return "; ".join(map(str, self.remarks))
