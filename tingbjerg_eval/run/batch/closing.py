"""What a run leaves behind the reports: the ledger of what was handed over, and the indexes, of one
study and of many.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.coverage import is_covered
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.errors import DisclosureStop
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import is_period, quarter_number
from tingbjerg_eval.presentation.blocks import templates as blocks
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.earlier import former_editions, with_editions
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.publication.timeline import known_until, report_names
from tingbjerg_eval.report.pages.headline import headline, points_of, states_of
from tingbjerg_eval.report.pages.index import STATES, file_names, report_title, write_index
from tingbjerg_eval.report.pages.page import stylesheet
from tingbjerg_eval.report.sections.changed import EDITION, edition
from tingbjerg_eval.run.batch.studies import INDEX, LEDGER, Wanted
from tingbjerg_eval.run.batch.study_jobs import house_ledger, report_called
from tingbjerg_eval.run.progress import MADE, NOT_MADE, BatchResult, read_status
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.settings_file import read_settings


class EditionShowsHidden(DisclosureStop, RuntimeError):
    """An earlier edition in the output folder and the one asked for could be subtracted."""

    def __init__(self, names: Sequence[str]):
        super().__init__(
            f"The counts or the plan were changed since an earlier edition was handed over, and "
            f"{', '.join(names)} would now join small counts otherwise than it did: whoever has "
            "both could work them out. Write in study.yaml:  ledger: ledger.json  and run again; "
            "what was joined then stays joined."
        )


def take_in(study: Study, ledger: Ledger) -> None:
    """Enter what the output folder's ``ledger`` holds in the one that the study names."""
    place = house_ledger(study)
    if place is None:
        return
    house = Ledger.load(place)
    before = dict(house.reports)
    for entry in ledger.reports.values():
        if "released" in entry:
            house.add(f"{entry['study']}: {entry['report']}", entry)
    if house.reports != before:
        house.save()


def refuse_subtraction(study: Study, names: Sequence[str], ledger: Ledger) -> None:
    """Stop where ``ledger`` tells counts otherwise than the reports called ``names`` would.

    Raises
    ------
    EditionShowsHidden
        Where the study names no ledger by which the joins could be kept.
    """
    if house_ledger(study) is not None:
        return
    kept = with_editions(study, ledger)
    if not any(one for of in former_editions(kept) for one in of):
        return
    told = [
        name for name in names
        if publication(kept, name).handed_over() != publication(study, name).handed_over()
    ]  # fmt: skip
    if told:
        raise EditionShowsHidden(told)


def close(
    study: Study,
    output: Path,
    result: BatchResult,
    ledger: Ledger,
) -> None:
    """Enter in the ledger what was handed over, and list every report in the index."""
    for one in result.reports:
        if one.stage in MADE:
            told = publication(study, one.name).handed_over()
            ledger.add(one.name, told | {EDITION: edition(report_called(study, one.name))})
    if ledger.reports:
        ledger.save(output / LEDGER)
        take_in(study, ledger)
    settings = study.settings
    words = Words(settings.language, in_years=settings.in_years)
    entries = [_entry(output, one, words) for one in read_status(output)["reports"]
               if one["state"] != NOT_MADE]  # fmt: skip
    listed = {one["name"] for one in entries}
    entries += [
        {"name": name, "state": "lacking"} for name in report_names(study)
        if name not in listed and not is_covered(study, known_until(study, name))
    ]  # fmt: skip
    write_index(
        output,
        entries,
        words,
        title=settings.title,
        simulated=settings.simulated,
    )


def _entry(output: Path, report: dict[str, Any], words: Words) -> dict[str, Any]:
    name, state = report["name"], state_of(report)
    executed = output / "internal" / name / "executed.ipynb"
    if state not in ("done", "kept") or not executed.exists():
        return {"name": name, "state": state}
    notebook = json.loads(executed.read_text("utf-8"))
    return {"name": name, "state": state, "headline": headline(notebook, words),
            "points": points_of(notebook), "states": states_of(notebook)}  # fmt: skip


def state_of(report: dict[str, Any]) -> str:
    """How the index calls the state of a report that ``read_status`` gives."""
    if report["state"] == "failed":
        return "kept" if report["kept"] else "failed"
    return report["state"] if report["state"] in ("done", "running", "waiting") else "failed"


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
