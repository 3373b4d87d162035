"""Late registration as a report may tell it: rounded so that no single report shows.

A change in per cent of a known total gives the number of reports away if it is told finely
enough. It is therefore told in steps so wide that twice the disclosure threshold fits into each,
and left out where even the widest step is too narrow. Everything else here (what is expected,
the corrected rates and estimates) is worked out from these rounded changes and from figures that
the report shows anyway, so it gives nothing more away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from tingbjerg_eval.data.revisions import age_of, chained, step_of
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.quarters import quarter_number

STEPS = (0.01, 0.02, 0.05, 0.1)
"""How finely a change may be told, finest first."""


def growth(study: Study) -> pd.DataFrame:
    """``quarter, age, growth``: change from the earlier extract, of quarters known at the time.

    Over all areas and offences of the study together; ``growth`` is missing where it would give
    too few reports away.
    """
    table = study.tables.late_registration
    if table is None:
        return pd.DataFrame(columns=["quarter", "age", "growth"])
    known = table[[_is_known(study, one) for one in table["quarter"]]]
    threshold = study.settings.rules.disclosure_threshold
    pairs = zip(known["reports"], known["later"], strict=True)
    told = [safe_growth(before, after, threshold=threshold) for before, after in pairs]
    return known[["quarter", "age"]].assign(growth=told).reset_index(drop=True)


def safe_growth(before: int, after: int, *, threshold: int) -> float:
    """``after / before - 1`` in the finest step that at least 2 x ``threshold`` reports fit in.

    >>> safe_growth(1000, 1034, threshold=5), safe_growth(200, 207, threshold=5)
    (0.03, 0.05)
    """
    for step in STEPS:
        if before * step >= 2 * threshold:
            return round(round((after / before - 1) / step) * step, 2) + 0.0
    return math.nan


def young_quarters(study: Study) -> tuple[str, ...]:
    """The preliminary quarters that the report knows."""
    return tuple(one for one in study.tables.preliminary if _is_known(study, one))


def expected(study: Study) -> dict[str, float]:
    """Reports to be expected in the end for each one registered, by preliminary quarter.

    Missing where no quarter of that age was in the earlier extract, or its change is not told.
    """
    source = study.settings.data.incidents
    if not source.earlier:
        return {}
    told = growth(study)
    factors = dict(zip(told["age"], 1 + told["growth"], strict=True))
    whole = chained(factors, step_of(source.earlier[-1].extract_date, source.drawn))
    ages = {one: age_of(one, source.drawn) for one in young_quarters(study)}
    return {
        quarter: whole[age]
        for quarter, age in ages.items()
        if age in whole and not math.isnan(whole[age])
    }


def completed(panel: pd.DataFrame, factors: Mapping[str, float]) -> pd.DataFrame:
    """``panel`` with the exposure of preliminary quarters cut to what is registered of them.

    The counts stay as they are, so their uncertainty does too; a rate is then reports by
    inhabitants whose reports have come in.
    """
    registered = 1 / panel["quarter"].map(factors).fillna(1.0).astype(float)
    return panel.assign(population=panel["population"] * registered)


def _is_known(study: Study, quarter: str) -> bool:
    return study.until is None or quarter_number(quarter) <= quarter_number(study.until)
