"""The streams of a study: each area's reports of one class of codes, quarter by quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.classes import code_classes

Streams = dict[str, list[Mapping[str, int]]]
"""Each area's counts by quarter, one mapping for each class of an indicator's codes."""


def streams_of(study: Study, indicator: str) -> Streams:
    """What is released of an indicator's counts is made of this alone."""
    made: Streams = study.memo.get(("streams", indicator), lambda: _streams(study, indicator))
    return made


def people_of(study: Study, indicator: str) -> pd.DataFrame:
    """``area, quarter, population`` of an indicator's panel."""
    columns = ["area", "quarter", "population"]
    made: pd.DataFrame = study.memo.get(
        ("people", indicator), lambda: study.panel(indicator)[columns]
    )
    return made


def _streams(study: Study, indicator: str) -> Streams:
    panel = study.panel(indicator)
    index = pd.MultiIndex.from_frame(panel[["area", "quarter"]])
    found: Streams = {area: [] for area in panel["area"].unique()}
    for one in code_classes(study.settings)[indicator]:
        counts = _sum_of(study, one.codes, index) - _sum_of(study, one.without, index)
        if (counts < 0).any():
            raise ValueError(f"codes {one.without} hold more reports than {one.codes} above them")
        for area, streams in found.items():
            streams.append({str(quarter): int(n) for quarter, n in counts.loc[area].items()})
    return found


def _sum_of(study: Study, codes: Sequence[str], index: pd.MultiIndex) -> pd.Series:
    incidents = study.tables.incidents
    own = incidents[incidents["offence"].isin(codes)]
    return own.groupby(["area", "quarter"])["count"].sum().reindex(index, fill_value=0)
