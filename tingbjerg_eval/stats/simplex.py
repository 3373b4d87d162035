"""Weights of at least 0 that sum to 1 and make one series follow another, at the exact minimum.

Minimising ``|columns w - target|^2 + ridge |w|^2`` over such weights is minimising ``|M w|^2``
with ``M`` the columns less the target above ``sqrt(ridge)`` times the identity. The minimum of
``|M u|^2 + (sum(u) - 1)^2`` over ``u >= 0`` lies on the same ray: at ``u = s w`` it is
``s^2 |M w|^2 + (s - 1)^2``, least over s at ``|M w|^2 / (1 + |M w|^2)``, which grows with
``|M w|^2``. So one non-negative least squares problem (Lawson & Hanson 1974, active set) gives the
weights without a step that could stop too early.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls


def simplex_weights(columns: np.ndarray, target: np.ndarray, *, ridge: float) -> np.ndarray:
    """The minimum of ``|columns w - target|^2 + ridge |w|^2`` with w >= 0 and sum(w) = 1.

    Parameters
    ----------
    columns
        rows x weights.
    target
        One per row.
    ridge
        0 or more; above 0 the minimum is unique.
    """
    number = columns.shape[1]
    rows = np.vstack([columns - target[:, None], np.sqrt(ridge) * np.eye(number)])
    scale = np.sqrt((rows**2).sum() / number)
    system = np.vstack([rows / (scale or 1.0), np.ones(number)])
    found: np.ndarray
    found, _ = nnls(system, np.r_[np.zeros(len(rows)), 1.0], maxiter=100 * number)
    found /= found.sum()
    return found
