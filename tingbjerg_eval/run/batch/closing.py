"""What a run leaves behind a study's reports: the ledger of what was handed over, and the index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.coverage import is_covered
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.errors import DisclosureStop
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.earlier import former_editions, with_editions
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.publication.timeline import known_until, report_names
from tingbjerg_eval.report.pages.headline import headline, points_of, states_of
from tingbjerg_eval.report.pages.index import write_index
from tingbjerg_eval.report.sections.changed import EDITION, edition
from tingbjerg_eval.run.batch.seal import LEDGER
from tingbjerg_eval.run.batch.study_jobs import house_ledger, report_called
from tingbjerg_eval.run.progress import MADE, NOT_MADE, BatchResult, read_status


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
