"""The index of many studies: municipality and study by quarter, each with its state."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import is_period, quarter_number
from tingbjerg_eval.presentation.blocks import templates as blocks
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.pages.index import STATES, file_names, report_title
from tingbjerg_eval.report.pages.page import stylesheet
from tingbjerg_eval.run.batch.closing import state_of
from tingbjerg_eval.run.batch.seal import INDEX
from tingbjerg_eval.run.batch.studies import Wanted
from tingbjerg_eval.run.progress import NOT_MADE, read_status
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.settings_file import read_settings

FIRST, LAST = "baseline", "end_of_period"


def write_overview(wanted: Wanted) -> Path:
    """Write ``index.html`` of all studies: what is there of each, and links to it."""
    path = wanted.output / INDEX
    path.write_bytes(overview_html(wanted).encode())
    return path


def overview_html(wanted: Wanted) -> str:
    """The page itself, in the language of the first study that can be read."""
    settings = {name: _settings(path) for name, path in wanted.studies.items()}
    readable = [one for one in settings.values() if one]
    words = Words(readable[0].language if readable else "da")
    states = {name: _states(wanted.output / name) for name in wanted.studies}
    names = sorted({one for found in states.values() for one in found}, key=_place)
    simulated = any(one.simulated for one in readable)
    style = stylesheet(words("simulated.mark") if simulated else "")
    rows = [
        {
            "municipality": name.rpartition("/")[0],
            "title": one.title if (one := settings[name]) else name,
            "href": f"{name}/{INDEX}" if (wanted.output / name / INDEX).exists() else "",
            "cells": [_cell(wanted.output, name, one, states[name].get(one), words)
                      for one in names],
        }
        for name in wanted.studies
    ]  # fmt: skip
    return blocks.template("studies.html.j2").render(
        words=words,
        simulated=simulated,
        nested=any(row["municipality"] for row in rows),
        heads=[_head(one, words) for one in names],
        rows=rows,
        style=Markup(style),
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _settings(path: Path) -> StudySettings | None:
    try:
        return read_settings(path)
    except InputRefused:
        return None


def _states(output: Path) -> dict[str, str]:
    return {
        one["name"]: state_of(one) for one in read_status(output)["reports"]
        if one["state"] != NOT_MADE
    }  # fmt: skip


def _place(name: str) -> tuple[int, str]:
    if is_period(name):
        return quarter_number(name), name
    return {FIRST: -1, LAST: 10**6}.get(name, 10**7), name


def _head(name: str, words: Words) -> str:
    if is_period(name):
        return words.short(name)
    return words("index.final") if name == LAST else report_title(name, words)


def _cell(output: Path, study: str, name: str, state: str | None, words: Words) -> dict[str, Any]:
    """The sign of one report and, where it can be read, the way to it."""
    signal, icon = STATES[state] if state else ("unknown", "·")
    page = Path(study, "reports", name, file_names(words.language)["html"])
    return {
        "signal": signal,
        "icon": icon,
        "said": words(f"index.{state}") if state else words("index.mark.none"),
        "href": page.as_posix() if (output / page).exists() else "",
        "label": report_title(name, words),
    }
