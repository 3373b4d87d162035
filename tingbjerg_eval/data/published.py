"""Figures that others have published, with their edition, beside those computed here."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import decimal_number, parse_columns, words, year
from tingbjerg_eval.data.text_rules import number_form
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.study.settings import StudySettings

SAME = ["area", "year", "measure", "unit"]
PERCENT = ("pct", "%", "procent", "percent")


def clean_published(raw: RawTable, settings: StudySettings, found: Findings) -> pd.DataFrame:
    """``area, year, measure, value, unit, published_in, source, contradicted``.

    Editions that differ are kept, each with its source, and marked ``contradicted``: which of
    them is right is not decided here. Areas need not be areas of the study.
    """
    form = number_form(given(settings.data.published), raw)
    readers = {"area": words, "year": year, "measure": words,
               "value": decimal_number(form, negative=True), "unit": words,
               "published_in": year, "source": words}  # fmt: skip
    frame = parse_columns(raw, readers, found)
    found.stop_if_refused()
    _check_scale(raw, frame, found)
    _refuse_repeated(raw, frame, found)
    found.stop_if_refused()
    frame["contradicted"] = frame.groupby(SAME)["value"].transform("nunique") > 1
    _note_contradictions(frame, found)
    whole = {"year": "int64", "published_in": "int64", "value": "float64"}
    return frame.astype(whole).sort_values([*SAME, "published_in", "source"], ignore_index=True)


def _check_scale(raw: RawTable, frame: pd.DataFrame, found: Findings) -> None:
    """A share in percent that looks like a part of one, beside others that do not."""
    percent = frame["unit"].str.casefold().isin(PERCENT)
    small = percent & frame["value"].between(0, 1, inclusive="neither")
    large = frame[percent & (frame["value"] > 1)]
    mixed = small & frame["measure"].isin(large["measure"])
    if mixed.any():
        found.add("share-scale", place=raw.where(mixed.to_numpy()), column=raw.heading("value"),
                  found=listed(raw.frame.loc[mixed, "value"].tolist()))  # fmt: skip
    over = percent & (frame["value"] > 100)
    if over.any():
        found.add("share-over-100", place=raw.where(over.to_numpy()), column=raw.heading("value"),
                  found=listed(raw.frame.loc[over, "value"].tolist()))  # fmt: skip


def _refuse_repeated(raw: RawTable, frame: pd.DataFrame, found: Findings) -> None:
    repeated = frame.duplicated([*SAME, "published_in", "source"], keep=False)
    if repeated.any():
        found.add("duplicate-row", place=raw.where(repeated.to_numpy()), found="one figure twice")


def _note_contradictions(frame: pd.DataFrame, found: Findings) -> None:
    for key, rows in frame[frame["contradicted"]].groupby(["area", "measure", "year"], sort=True):
        said = listed([f"{value:g} ({edition})" for value, edition in
                       zip(rows["value"], rows["published_in"], strict=True)])  # fmt: skip
        found.add("published-contradicts", column=", ".join(map(str, key)), found=said)
