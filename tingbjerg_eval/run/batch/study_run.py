"""A study's batch: its reports as jobs, the plan checked, the index and the ledger written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.coverage import is_covered, refuse_not_covered
from tingbjerg_eval.evaluation.study import Study, open_study
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.errors import DisclosureStop
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.publication.publication import (
    former_editions,
    publication,
    published_chain,
    with_editions,
)
from tingbjerg_eval.publication.timeline import BASELINE, END, known_until, report_names
from tingbjerg_eval.report.pages.headline import headline, points_of, states_of
from tingbjerg_eval.report.pages.index import failed_page, write_index
from tingbjerg_eval.report.report import DEVIATIONS, Kind, Report, open_report
from tingbjerg_eval.report.sections.late_figures import growth
from tingbjerg_eval.report.words.sentences import Words
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.events import BatchResult
from tingbjerg_eval.run.batch.job import Job, Rendering
from tingbjerg_eval.run.kernels.warm import WarmParent, started
from tingbjerg_eval.run.progress import Progress, summary
from tingbjerg_eval.run.status import NOT_MADE, read_status
from tingbjerg_eval.study.house_key import KEY_FILE, ensure_key
from tingbjerg_eval.study.plan import LOCK_FILE
from tingbjerg_eval.targets.needs import refuse_unmet_needs

REHEARSAL = "tingbjerg_eval.report.rehearsal:rehearse"
HAND_OVER = "tingbjerg_eval.evaluation.study:keep_open"
LEDGER = Path("internal", "ledger.json")
EFFORT = {"baseline": 1.0, "quarterly": 1.0, "end_of_period": 3.0}
"""How much longer a report takes than a quarterly one, roughly."""


def run_study(
    path: Path,
    *,
    output: Path,
    only: str | None = None,
    quarter: str | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    with_code: bool = False,
    plain_kernels: bool = False,
    data: Path | None = None,
    parent: WarmParent | None = None,
    look: Callable[[Study], Rendering] | None = None,
) -> int:
    """Make the reports of a study and return the exit code.

    ``parent`` is a warm parent that was started earlier, so that it loads its libraries
    meanwhile; ``look`` renders the study's reports otherwise than for hand-over.

    Raises
    ------
    InputRefused, UndeclaredDeviation, FolderInUse
        Each with its own ``exit_code``; nothing has been run then.
    """
    refuse_unmet_needs(path)
    wanted = not (plain_kernels or cluster)
    with nullcontext(parent) if parent else started(wanted=wanted) as parent:
        if parent:
            parent.prepare(REHEARSAL)
        study = open_study(path, data=data)
        ensure_key(study.path.resolve().parent)
        names = selected(study, only=only, quarter=quarter)
        ledger = Ledger.load(output / LEDGER)
        take_in(study, ledger)
        refuse_subtraction(study, names, ledger)
        chain = published_chain(study, names)
        made = study_jobs(study, names, chain, ledger, with_code=with_code, data=data)
        if parent:
            hand_over(parent, study, data)
        console = Console(stderr=True, highlight=False)
        with _executor(cluster) as executor, Progress(console=console) as progress:
            result = run_batch(
                made,
                output,
                rendering=(look or rendering)(study),
                executor=executor,
                workers=jobs,
                engine="plain" if plain_kernels else None,
                parent=parent,
                on_event=progress,
            )
    close(study, output, result, ledger)
    console.print(summary(result))
    return result.exit_code


class EditionShowsHidden(DisclosureStop, RuntimeError):
    """An earlier edition in the output folder and the one asked for could be subtracted."""

    def __init__(self, names: Sequence[str]):
        super().__init__(
            f"The counts or the plan were changed since an earlier edition was handed over, and "
            f"{', '.join(names)} would now join small counts otherwise than it did: whoever has "
            "both could work them out. Write in study.yaml:  ledger: ledger.json  and run again; "
            "what was joined then stays joined."
        )


def house_ledger(study: Study) -> Path | None:
    """Where the ledger is that the study names."""
    named = study.settings.ledger
    return (study.path.resolve().parent / named).resolve() if named else None


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


def hand_over(parent: WarmParent, study: Study, data: Path | None = None) -> None:
    """Let the notebooks find ``study`` open, with the panels and shares that all of them need
    and whatever else was worked out for it."""
    for indicator in study.settings.indicators:
        study.data(indicator)
    parent.prepare(HAND_OVER, study, data)


def selected(study: Study, *, only: str | None, quarter: str | None) -> list[str]:
    """Names of the reports asked for, in the order they are handed over.

    Where none is named, those of time that the deliveries cover; the index lists the others.

    Raises
    ------
    InputRefused
        Where a report asked for by name is of no quarter of the period, or not covered yet.
    """
    names = list(report_names(study))
    kinds = {"baseline": [BASELINE], "end_of_period": [END],
             "quarterly": list(study.settings.period_quarters)}  # fmt: skip
    if quarter is not None:
        if quarter not in names or only not in (None, "quarterly"):
            raise _no_such_report(study, quarter)
        refuse_not_covered(study, quarter, asked="--quarter")
        return [quarter]
    covered = [one for one in names if is_covered(study, known_until(study, one))]
    if only == "end_of_period":
        refuse_not_covered(study, known_until(study, END), asked="--only")
    return [one for one in covered if only is None or one in kinds[only]]


def _no_such_report(study: Study, quarter: str) -> InputRefused:
    first, last = study.settings.periods.period
    return InputRefused([
        Problem(
            code="quarter-outside-period", file="--quarter", found=repr(quarter),
            wanted=f"a quarter from {first} to {last}, without --only or with --only quarterly",
            mend="Correct the option.",
        )
    ])  # fmt: skip


def kind_of(name: str) -> Kind:
    """The kind of the report called ``name``."""
    ends: dict[str, Kind] = {BASELINE: "baseline", END: "end_of_period"}
    return ends.get(name, "quarterly")


def study_jobs(
    study: Study,
    names: Sequence[str],
    chain: dict[str, dict[str, Any]],
    ledger: Ledger,
    *,
    with_code: bool = False,
    data: Path | None = None,
) -> list[Job]:
    """One job per report. The plan is checked here, before anything runs.

    Raises
    ------
    UndeclaredDeviation
        Where the study deviates from its locked plan and nobody has said why.
    """
    folder, inputs = _inputs(study)
    made = []
    for name in names:
        quarter = name if kind_of(name) == "quarterly" else None
        report = open_report(study, kind_of(name), quarter=quarter)
        made.append(
            Job(
                name=name,
                notebook=asset("notebooks", f"{kind_of(name)}.ipynb"),
                parameters=_parameters(study, folder, quarter, data),
                folder=folder,
                inputs=inputs,
                depends=_depends(report),
                context=_context(report, chain, ledger) | {"with_code": with_code},
                effort=EFFORT[kind_of(name)],
            )
        )
    return made


def _inputs(study: Study) -> tuple[Path, tuple[str, ...]]:
    """A folder that holds everything the reports read, and the files relative to it."""
    home = study.path.resolve().parent
    data = (home / study.settings.data.folder).resolve()
    house = house_ledger(study)
    folder = Path(os.path.commonpath([home, data, *([house.parent] if house else [])]))
    files = [home / name for name in _own_files(study) if (home / name).exists()]
    files += [data / name for name in study.settings.data.files()]
    files += [house for house in [house_ledger(study)] if house and house.exists()]
    return folder, tuple(sorted(path.relative_to(folder).as_posix() for path in files))


def _own_files(study: Study) -> tuple[str, ...]:
    """The study's own files, beside each other; the last three need not be there."""
    return (study.path.name, study.settings.strategy, LOCK_FILE, DEVIATIONS, KEY_FILE)


def _parameters(
    study: Study, folder: Path, quarter: str | None, data: Path | None
) -> dict[str, Any]:
    given = {"study": study.path.resolve().relative_to(folder).as_posix()}
    if data:
        given["data"] = data.resolve().relative_to(folder).as_posix()
    return given | ({"quarter": quarter} if quarter else {})


def _depends(report: Report) -> dict[str, str]:
    """What the report's content rests on: the tables as it knows them, the plan, the settings.

    A later quarter that is revised is no reason to run an earlier report again.
    """
    study = report.study
    home = study.path.parent
    tables = {one.table: study.digest(one.table) for one in study.tables.sources}
    files = [home / name for name in _own_files(study)]
    read = {path.name: digests.of_file(path) for path in files if path.exists()}
    told = digests.of_plain([str(note) for note in study.tables.notes])
    checked = digests.of_plain([one.key for one in report.deviations])
    late = digests.of_plain(growth(study).to_csv(index=False))
    held = digests.of_plain([str(one) for one in former_editions(study)])
    return tables | read | {
        "notes": told, "deviations": checked, "late": late, "editions": held,
    }  # fmt: skip


def _context(report: Report, chain: dict[str, dict[str, Any]], ledger: Ledger) -> dict[str, object]:
    case = report.study.settings.case
    before = list(chain)[: list(chain).index(report.name)]
    handed_over = [
        {key: value for key, value in one.items() if key not in ("study", "released")}
        for one in ledger.earlier(report.name) if one["report"] in before
    ]  # fmt: skip
    return report.context() | {
        "published": chain[report.name],
        "earlier": handed_over or [chain[name] for name in before],
        "case_numbers": [case.case_number, case.document_number],
    }


def rendering(study: Study) -> Rendering:
    """The renderer and the inspector, and the page of a report that failed."""
    return Rendering(
        render="tingbjerg_eval.memo.handover:render",
        inspect="tingbjerg_eval.release.handover:inspect_report",
        failed_page=lambda name, _: failed_page(
            name, Words(study.settings.language), simulated=study.settings.simulated
        ),
    )


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    if address is None:
        yield None
        return
    try:
        from tingbjerg_eval.run.batch.cluster import ClusterExecutor
    except ImportError:
        raise _no_cluster(address) from None
    executor = ClusterExecutor(address)
    try:
        yield executor
    finally:
        executor.shutdown()


def _no_cluster(address: str) -> InputRefused:
    mend = "Install what a cluster needs: pip install 'tingbjerg-eval[cluster]'."
    return InputRefused([
        Problem(
            code="cluster-address", file="--cluster", found=repr(address),
            wanted="Dask to be installed here", mend=mend,
        )
    ])  # fmt: skip


def close(
    study: Study,
    output: Path,
    result: BatchResult,
    ledger: Ledger,
) -> None:
    """Enter in the ledger what was handed over, and list every report in the index."""
    for one in result.reports:
        if one.stage in ("done", "unchanged"):
            ledger.add(one.name, publication(study, one.name).handed_over())
    if ledger.reports:
        ledger.save(output / LEDGER)
        take_in(study, ledger)
    settings, words = study.settings, Words(study.settings.language)
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
    name, state = report["name"], _state(report)
    executed = output / "internal" / name / "executed.ipynb"
    if state not in ("done", "kept") or not executed.exists():
        return {"name": name, "state": state}
    notebook = json.loads(executed.read_text("utf-8"))
    return {"name": name, "state": state, "headline": headline(notebook, words),
            "points": points_of(notebook), "states": states_of(notebook)}  # fmt: skip


def _state(report: dict[str, Any]) -> str:
    if report["state"] == "failed":
        return "kept" if report["kept"] else "failed"
    return report["state"] if report["state"] in ("done", "running", "waiting") else "failed"
