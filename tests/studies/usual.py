"""What others use for one treated area, for every area in turn as if treated, all at once.

Each function takes counts and populations (areas x quarters) and which quarters lie before the
start, and gives an estimate and whether it would be called a change at 5 %, one per area. None of
them is offered by the library for conclusions; they stand here to be measured.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import stdtrit

from tingbjerg_eval.stats.synthetic import SC, synthetic_effect

Answer = tuple[np.ndarray, np.ndarray]
"""Estimates and whether each is called a change."""
Z = 1.959963984540054


def before_after(counts: np.ndarray, people: np.ndarray, before: np.ndarray) -> Answer:
    """The area's own rate after over before, with a Poisson interval."""
    (early, late), (b, a) = _totals(counts, before), _totals(people, before)
    effect = np.log(late / early * b / a)
    return effect, np.abs(effect) > Z * np.sqrt(1 / early + 1 / late)


def displacement_difference(counts: np.ndarray, people: np.ndarray, before: np.ndarray) -> Answer:
    """Wheeler & Ratcliffe's difference of changes per quarter against the area nearest in size.

    Counts are divided by the quarters of their window, as their formula for windows of unequal
    length has it; populations are not used.
    """
    del people
    early, late = (part.sum(axis=1) for part in (counts[:, before], counts[:, ~before]))
    n, m = before.sum(), (~before).sum()
    apart = np.abs(early[:, None] - early) + np.where(np.eye(len(early)) > 0, np.inf, 0.0)
    other = apart.argmin(axis=1)
    change, variance = late / m - early / n, late / m**2 + early / n**2
    effect = change - change[other]
    return effect, np.abs(effect) > Z * np.sqrt(variance + variance[other])


def poisson_table(counts: np.ndarray, people: np.ndarray, before: np.ndarray) -> Answer:
    """The 2 x 2 table of counts against all others together, with its Poisson interval."""
    del people
    early, late = _totals(counts, before)
    rest_early, rest_late = early.sum() - early, late.sum() - late
    effect = np.log(late / early / (rest_late / rest_early))
    error = np.sqrt(1 / early + 1 / late + 1 / rest_early + 1 / rest_late)
    return effect, np.abs(effect) > Z * error


def fixed_effects(counts: np.ndarray, people: np.ndarray, before: np.ndarray) -> Answer:
    """Two-way fixed effects of quarterly log rates with cluster-robust errors (CR1), t on J."""
    rates = np.log((counts + 0.5) / people)
    change = rates[:, ~before].mean(axis=1) - rates[:, before].mean(axis=1)
    n = len(change) - 1
    others = (change.sum() - change) / n
    spread = (change**2).sum() - change**2 - n * others**2
    effect = change - others
    return effect, np.abs(effect) > stdtrit(n, 0.975) * np.sqrt(spread / n**2 * (n + 1) / n)


def interrupted(counts: np.ndarray, people: np.ndarray, before: np.ndarray) -> Answer:
    """The step of a quasi-Poisson trend with seasons, each area alone; t on quarters less terms."""
    times = np.arange(len(before))
    turn = 2 * np.pi * times / 4
    terms = [np.ones(len(before)), ~before, times - before.sum(), np.sin(turn), np.cos(turn)]
    design = np.column_stack([*terms, np.cos(2 * turn)]).astype(float)
    step, error, degrees = _quasi_poisson(counts, people, design)
    usable = (counts[:, before].sum(axis=1) > 0) & (counts[:, ~before].sum(axis=1) > 0)
    return np.where(usable, step, np.nan), usable & (np.abs(step) > stdtrit(degrees, 0.975) * error)


def synthetic_rank(counts: np.ndarray, people: np.ndarray, before: np.ndarray) -> Answer:
    """The synthetic control's place among placebos by ratio of errors after and before.

    Each area's donors are all other areas.
    """
    rates = np.log((counts + 0.5) / people)
    gaps = np.array([_gap(rates, at, before) for at in range(len(rates))])
    after, early = ((gaps[:, part] ** 2).mean(axis=1) for part in (~before, before))
    ratio = after / np.maximum(early, 1e-12)
    place = (ratio[None, :] >= ratio[:, None]).sum(axis=1)
    return gaps[:, ~before].mean(axis=1), place / len(rates) <= 0.05


USUAL: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], Answer]] = {
    "plain before and after": before_after,
    "weighted displacement difference": displacement_difference,
    "Poisson 2 x 2 table": poisson_table,
    "two-way fixed effects, cluster errors": fixed_effects,
    "interrupted time series": interrupted,
    "synthetic control, placebo rank": synthetic_rank,
}


def _totals(values: np.ndarray, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values[:, before].sum(axis=1) + 0.5, values[:, ~before].sum(axis=1) + 0.5


def _quasi_poisson(counts: np.ndarray, people: np.ndarray, design: np.ndarray):
    """Coefficient of the second term, its error and degrees of freedom, one model per row."""
    offset = np.log(people)
    level = np.log((counts + 0.1) / people)
    for _ in range(30):
        fitted = np.exp(np.clip(level + offset, -30, 30))
        work = level + (counts - fitted) / fitted
        inner = np.einsum("ti,at,tj->aij", design, fitted, design)
        inner += 1e-10 * np.eye(design.shape[1])
        outer = np.einsum("ti,at,at->ai", design, fitted, work)
        found = np.linalg.solve(inner, outer[:, :, None])[:, :, 0]
        level = np.clip(found @ design.T, -40, 40)
    fitted = np.exp(np.clip(level + offset, -30, 30))
    degrees = len(design) - design.shape[1]
    spread = ((counts - fitted) ** 2 / fitted).sum(axis=1) / degrees
    variance = np.linalg.inv(np.einsum("ti,at,tj->aij", design, fitted, design))[:, 1, 1]
    return found[:, 1], np.sqrt(variance * np.maximum(spread, 1)), degrees


def _gap(rates: np.ndarray, at: int, before: np.ndarray) -> np.ndarray:
    others = np.delete(rates, at, axis=0)
    fit = synthetic_effect(np.vstack([rates[at], others]), before, kind=SC)
    return rates[at] - fit.area_weights @ others
