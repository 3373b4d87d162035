"""When a survey wave is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tingbjerg_eval.inputs.quarters import quarter_of


def wave_known(wave: int, until: str, fielded: Mapping[int, dt.date] | None = None) -> bool:
    """Whether the answers of ``wave`` had come in by the end of the quarter ``until``.

    A wave is known in the quarter in which its last answer came in (``fielded``), and where that
    is not told when its year is over: nobody in the spring knows a survey of the autumn.

    >>> wave_known(2011, "2011K1"), wave_known(2011, "2011K4")
    (False, True)
    >>> wave_known(2011, "2011K1", {2011: dt.date(2011, 2, 20)})
    True
    """
    day = (fielded or {}).get(wave)
    return quarter_of(day or dt.date(wave, 12, 31), like=until) <= until
