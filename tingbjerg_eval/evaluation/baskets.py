"""A basket of offences of one's own, and an indicator of the other kind."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.data.tables import Tables
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.settings import (
    Basket,
    CountIndicator,
    Indicator,
    ShareIndicator,
    StudySettings,
)

OWN = "own basket"


def own_panel(
    tables: Tables, settings: StudySettings, codes: Sequence[str], *, until: str | None
) -> pd.DataFrame:
    """The panel of the offences with ``codes``, up to ``until``."""
    wanted = [codes] if isinstance(codes, str | int) else list(codes)
    known = sorted(set(tables.incidents["offence"]))
    for code in wanted:
        refuse_unknown(code, known, what="offence code in the extract")
    basket = Basket(version=OWN, codes=wanted)
    own = CountIndicator(title=OWN, kind="count", basket=basket)
    panel = build_panel(tables, settings.model_copy(update={"indicators": {OWN: own}}), OWN)
    if until is None:
        return panel
    seen = panel["quarter"].map(quarter_number) <= quarter_number(until)
    return panel[seen].reset_index(drop=True)


def refuse_share(name: str, indicator: Indicator) -> None:
    """Refuse a share where reports are wanted."""
    if isinstance(indicator, ShareIndicator):
        raise WrongArgument(f"{name!r} is a share of survey answers; write study.shares({name!r}).")


def refuse_count(name: str, indicator: Indicator) -> None:
    """Refuse reports where a share is wanted."""
    if not isinstance(indicator, ShareIndicator):
        raise WrongArgument(f"{name!r} counts reports to the police; write study.panel({name!r}).")


def refuse_basket(
    settings: StudySettings, name: str, codes: Sequence[str], *, released: bool
) -> None:
    """Refuse a panel of both an indicator and codes, of neither, or of codes not released."""
    if name and codes:
        raise WrongArgument("panel takes an indicator or codes=[...], not both.")
    if not codes:
        names = ", ".join(map(repr, settings.indicators_of("count")))
        raise WrongArgument(f"panel takes a count indicator ({names}) or codes=[...].")
    if released:
        raise WrongArgument("An own basket is for work in the house; nothing of it is released.")
