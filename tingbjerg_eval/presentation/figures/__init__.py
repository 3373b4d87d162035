"""The report's figures. Each takes data and the design, draws on ``ax`` and returns it.

Without ``ax`` a new pair of axes is made that shows itself, alternative text included, when it
is the last expression of a cell. Uncertainty is always drawn; a hidden figure is a hatched mark
of fixed height; nothing is drawn from an unprotected count. ``seaborn()`` gives seaborn in the
same look, for figures of an evaluator's own.
"""

from tingbjerg_eval.presentation.figures.estimates import changes, intervals, placebo, placebo_rows
from tingbjerg_eval.presentation.figures.multiples import small_multiples
from tingbjerg_eval.presentation.figures.style import seaborn
from tingbjerg_eval.presentation.figures.trends import shares_by_wave, trend

__all__ = [
    "changes",
    "intervals",
    "placebo",
    "placebo_rows",
    "seaborn",
    "shares_by_wave",
    "small_multiples",
    "trend",
]
