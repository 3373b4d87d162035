"""What one survey wave tells beforehand: a lower bound from the number of answers alone.

With a single wave the areas' own swings cannot be known. But a change between two waves of the
same size cannot be told from chance below ``sqrt(2) (z_level + z_power) s.e.``, however little
the areas swing: the standard two-sample bound. Answers that are needed go by the square of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

POWER = 0.8


@dataclass(frozen=True, kw_only=True)
class OneWave:
    """The bound of a share.

    Attributes
    ----------
    smallest
        The smallest change, in percentage points, that so many answers could ever show.
    answers
        Answers in the wave.
    needed
        Answers a wave from which the goal's own change could be shown by sampling alone; ``nan``
        without a goal.
    """

    smallest: float
    answers: int
    needed: float


def one_wave_bound(
    variance: float, answers: int, goal: float, *, level: float = 0.95, primary: int = 1
) -> OneWave:
    """The bound from one wave's sampling variance of a share (0-1).

    Parameters
    ----------
    variance
        The share's sampling variance, design effects included.
    goal
        The change that is aimed at, in percentage points.
    primary
        Number of primary targets that share the level, as at Holm's first step.

    Examples
    --------
    >>> round(one_wave_bound(0.4 * 0.6 / 240, 240, -10.0).smallest, 1)
    12.5
    """
    normal = NormalDist()
    tail = (1 - level) / primary / 2
    factor = normal.inv_cdf(1 - tail) + normal.inv_cdf(POWER)
    smallest = 100 * math.sqrt(2 * variance) * factor
    needed = answers * (smallest / abs(goal)) ** 2 if goal else math.nan
    return OneWave(smallest=smallest, answers=answers, needed=needed)
