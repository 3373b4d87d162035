"""Rates, shares and ratios as the lines of the attacker's program they are.

A rate that is printed with one decimal says between which two numbers its count lies. Such a
line is published only where it gives no hidden cell away, which is tried with the attacker
itself before it is printed (:func:`admit`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tingbjerg_eval.disclosure.attacker import audit
from tingbjerg_eval.disclosure.published import CellId, region_json


@dataclass(frozen=True, kw_only=True)
class Statement:
    """``lower <= sum(factor * cell) <= upper``, known to every reader of the report."""

    name: str
    terms: tuple[tuple[CellId, float], ...]
    lower: float = -1e12
    upper: float = 1e12

    def published(self) -> dict:
        return {
            "name": self.name,
            "lower": self.lower,
            "upper": self.upper,
            "terms": [
                {"measure": measure, "region": region_json(region), "factor": factor}
                for (measure, region), factor in self.terms
            ],
        }


def rate_statement(
    name: str, cell: CellId, *, rate: float, exposure: float, per: float = 1000, digits: int = 1
) -> tuple[Statement, ...]:
    """A rate printed with ``digits`` decimals, its exposure being public."""
    half = 0.5 * 10**-digits
    factor = per / exposure
    return (Statement(name=name, terms=((cell, factor),), lower=rate - half, upper=rate + half),)


def share_statement(
    name: str, part: CellId, whole: CellId, *, share: float, digits: int = 3
) -> tuple[Statement, ...]:
    """``part / whole`` printed as a share (0 to 1) with ``digits`` decimals."""
    return ratio_statement(name, part, whole, ratio=share, digits=digits)


def ratio_statement(
    name: str,
    top: CellId,
    bottom: CellId,
    *,
    ratio: float,
    digits: int = 2,
    add: float = 0.0,
    exposure_ratio: float = 1.0,
) -> tuple[Statement, ...]:
    """``(top + add) / (bottom + add) / exposure_ratio`` printed with ``digits`` decimals.

    With ``add=0.5`` and the exposure of ``top`` over that of ``bottom`` it is the rate ratio
    behind the log change of an area.
    """
    half = 0.5 * 10**-digits
    low, high = (ratio - half) * exposure_ratio, (ratio + half) * exposure_ratio
    return (
        Statement(name=name, terms=((top, 1.0), (bottom, -low)), lower=(low - 1) * add),
        Statement(name=name, terms=((top, 1.0), (bottom, -high)), upper=(high - 1) * add),
    )


def admit(
    statements: Sequence[Sequence[Statement]],
    published: Mapping,
    *,
    earlier: Sequence[Mapping] = (),
) -> list[bool]:
    """For each printed figure whether it may be printed, given all admitted before it.

    ``published`` is the report without these statements. Figures are tried in the order
    given, so the most important come first.
    """
    admitted: list[bool] = []
    kept: list[dict] = list(published.get("statements", ()))

    def safe(figures: Sequence[Sequence[Statement]]) -> bool:
        added = [line.published() for figure in figures for line in figure]
        return audit({**published, "statements": kept + added}, earlier=earlier).ok

    def settle(figures: Sequence[Sequence[Statement]]) -> None:
        if safe(figures):
            kept.extend(line.published() for figure in figures for line in figure)
            admitted.extend([True] * len(figures))
        elif len(figures) == 1:
            admitted.append(False)
        else:
            settle(figures[: len(figures) // 2])
            settle(figures[len(figures) // 2 :])

    if statements:
        settle(list(statements))
    return admitted
