"""A basket of offences of one's own, and an indicator of the other kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.settings import Basket, CountIndicator, ShareIndicator

if TYPE_CHECKING:
    import pandas as pd

    from tingbjerg_eval.evaluation.study import Study

OWN = "own basket"


def own_panel(study: Study, indicator: str, codes: Sequence[str]) -> pd.DataFrame:
    """The panel of the offences with ``codes``, as :meth:`Study.panel` gives it."""
    wanted = [codes] if isinstance(codes, str) else list(codes)
    _refuse_basket(study, indicator, wanted)
    basket = Basket(version=OWN, codes=wanted)
    own = CountIndicator(title=OWN, kind="count", basket=basket)
    settings = study.settings.model_copy(update={"indicators": {OWN: own}})
    panel = build_panel(study.tables, settings, OWN)
    if study.until is None:
        return panel
    known = panel["quarter"].map(quarter_number) <= quarter_number(study.until)
    return panel[known].reset_index(drop=True)


def refuse_share(study: Study, indicator: str) -> None:
    """Refuse a share where reports are wanted, or a name that is no indicator's."""
    if isinstance(study.indicator(indicator), ShareIndicator):
        raise WrongArgument(
            f"{indicator!r} is a share of survey answers; write study.shares({indicator!r})."
        )


def refuse_count(study: Study, indicator: str) -> None:
    """Refuse reports where a share is wanted, or a name that is no indicator's."""
    if not isinstance(study.indicator(indicator), ShareIndicator):
        raise WrongArgument(
            f"{indicator!r} counts reports to the police; write study.panel({indicator!r})."
        )


def _refuse_basket(study: Study, indicator: str, codes: list[str]) -> None:
    if indicator and codes:
        raise WrongArgument("panel takes an indicator or codes=[...], not both.")
    if not codes:
        names = ", ".join(map(repr, study.settings.indicators_of("count")))
        raise WrongArgument(f"panel takes a count indicator ({names}) or codes=[...].")
    if study.released is not None:
        raise WrongArgument("An own basket is for work in the house; nothing of it is released.")
    known = sorted(set(study.tables.incidents["offence"]))
    for code in codes:
        refuse_unknown(code, known, what="offence code in the extract")
