"""A study's batch: its reports as jobs, the plan checked, the index and the ledger written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from rich.console import Console

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.answers import tidy
from tingbjerg_eval.evaluation.study import Study, open_study
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.report.blocks import templates as blocks
from tingbjerg_eval.report.counts import BASELINE, END, published_chain, report_names
from tingbjerg_eval.report.pages.headline import headline
from tingbjerg_eval.report.pages.index import failed_page, write_index
from tingbjerg_eval.report.report import DEVIATIONS, Report, open_report
from tingbjerg_eval.report.sections.late_figures import growth
from tingbjerg_eval.report.words.sentences import Words
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.events import BatchResult
from tingbjerg_eval.run.batch.job import Job, Rendering
from tingbjerg_eval.run.kernels.warm import WarmParent, started
from tingbjerg_eval.run.progress import Progress, summary
from tingbjerg_eval.run.status import read_status
from tingbjerg_eval.study.house_key import KEY_FILE, ensure_key
from tingbjerg_eval.study.plan import LOCK_FILE
from tingbjerg_eval.targets.needs import refuse_unmet_needs

READY = "tingbjerg_eval.evaluation.study:have_ready"
COMMON = "tingbjerg_eval.evaluation.study:have_common"
REHEARSED = "tingbjerg_eval.report.rehearsal:rehearse"
LEDGER = Path("internal", "ledger.json")
EFFORT = {"baseline": 1.0, "quarterly": 1.0, "end_of_period": 3.0}
"""How much longer a report takes than a quarterly one, roughly."""
RENDERING_ONLY = (
    "pages/render.py", "pages/page.py", "pages/pdf.py", "pages/workbook.py", "pages/index.py",
    "../release/handover.py",
)  # fmt: skip


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
        study = open_study(path, data=data)
        study.answers.folder, study.drawings.folder = kept_folders(output)
        make_ready(parent, study, data)
        ensure_key(study.path.resolve().parent)
        names = selected(study, only=only, quarter=quarter)
        ledger = Ledger.load(output / LEDGER)
        chain = published_chain(study, names)
        made = study_jobs(study, names, chain, ledger, with_code=with_code, data=data)
        share(parent, study, data)
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
    close(study, output, result, chain, ledger)
    console.print(summary(result))
    return result.exit_code


def make_ready(parent: WarmParent | None, study: Study, data: Path | None = None) -> None:
    """Give the study as it is read here to ``parent``, which adds what its reports share."""
    if parent is not None:
        parent.prepare(REHEARSED)
        parent.prepare(READY, study, *_place(study, data))


def share(parent: WarmParent | None, study: Study, data: Path | None = None) -> None:
    """Give what was worked out here meanwhile to a ``parent`` that has the study ready."""
    if parent is not None:
        parent.prepare(COMMON, *_place(study, data), study.made_common)


def _place(study: Study, data: Path | None) -> tuple[str, str]:
    """How the notebooks name the study and its data."""
    return str(study.path.resolve()), str(data.resolve()) if data else ""


def kept_folders(output: Path) -> tuple[Path, Path]:
    """Where answers and drawings are kept that this state of the code has given."""
    environment = digests.of_environment()
    answering = digests.of_plain([digests.of_analysis(), environment])
    drawing = digests.of_plain([digests.of_code(), environment])
    internal = output.resolve() / "internal"
    return internal / "answers" / answering[:16], internal / "drawings" / drawing[:16]


def selected(study: Study, *, only: str | None, quarter: str | None) -> list[str]:
    """Names of the reports asked for, in the order they are handed over."""
    names = list(report_names(study))
    kinds = {"baseline": [BASELINE], "end_of_period": [END],
             "quarterly": list(study.settings.period_quarters)}  # fmt: skip
    if quarter is not None:
        if quarter not in names or only not in (None, "quarterly"):
            raise _no_such_report(study, quarter)
        return [quarter]
    return names if only is None else kinds[only]


def _no_such_report(study: Study, quarter: str) -> InputRefused:
    first, last = study.settings.periods.period
    return InputRefused([
        Problem(
            code="quarter-outside-period", file="--quarter", found=repr(quarter),
            wanted=f"a quarter from {first} to {last}, without --only or with --only quarterly",
            mend="Correct the option.",
        )
    ])  # fmt: skip


def kind_of(name: str) -> str:
    """The kind of the report called ``name``."""
    return name if name in (BASELINE, END) else "quarterly"


def study_jobs(
    study: Study,
    names: Sequence[str],
    chain: dict[str, dict],
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
    folder = Path(os.path.commonpath([home, data]))
    files = [home / name for name in _own_files(study) if (home / name).exists()]
    files += [data / name for name in study.settings.data.files()]
    return folder, tuple(sorted(path.relative_to(folder).as_posix() for path in files))


def _own_files(study: Study) -> tuple[str, ...]:
    """The study's own files, beside each other; the last three need not be there."""
    return (study.path.name, study.settings.strategy, LOCK_FILE, DEVIATIONS, KEY_FILE)


def _parameters(study: Study, folder: Path, quarter: str | None, data: Path | None) -> dict:
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
    return tables | read | {"notes": told, "deviations": checked, "late": late}


def _context(report: Report, chain: dict[str, dict], ledger: Ledger) -> dict[str, object]:
    case = report.study.settings.case
    before = list(chain)[: list(chain).index(report.name)]
    handed_over = [one for one in ledger.earlier(report.name) if one["report"] in before]
    return report.context() | {
        "published": chain[report.name],
        "earlier": handed_over or [chain[name] for name in before],
        "case_numbers": [case.case_number, case.document_number],
    }


def rendering(study: Study) -> Rendering:
    """The renderer and the inspector, and the files that only they read."""
    package = blocks.FOLDER.parent
    looks = [path for path in sorted(blocks.FOLDER.rglob("*")) if path.is_file()]
    return Rendering(
        render="tingbjerg_eval.report.pages.render:render",
        inspect="tingbjerg_eval.release.handover:inspect_report",
        files=(*looks, *(package / name for name in RENDERING_ONLY)),
        failed_page=lambda name, _: failed_page(
            name, Words(study.settings.language), simulated=study.settings.simulated
        ),
    )


@contextmanager
def _executor(address: str | None) -> Iterator[object]:
    if address is None:
        yield None
        return
    from tingbjerg_eval.run.batch.cluster import ClusterExecutor

    executor = ClusterExecutor(address)
    try:
        yield executor
    finally:
        executor.shutdown()


def close(
    study: Study, output: Path, result: BatchResult, chain: dict[str, dict], ledger: Ledger
) -> None:
    """Enter in the ledger what was handed over, and list every report in the index."""
    for one in result.reports:
        if one.stage in ("done", "unchanged"):
            ledger.add(one.name, chain[one.name])
    if ledger.reports:
        ledger.save(output / LEDGER)
    for folder in kept_folders(output):
        tidy(folder.parent, keep=folder)
    settings, words = study.settings, Words(study.settings.language)
    entries = [_entry(output, one, words) for one in read_status(output)["reports"]]
    write_index(
        output,
        entries,
        words,
        title=settings.title,
        simulated=settings.simulated,
    )


def _entry(output: Path, report: dict, words: Words) -> dict[str, str]:
    name, state = report["name"], _state(report)
    executed = output / "internal" / name / "executed.ipynb"
    said = ""
    if state in ("done", "kept") and executed.exists():
        said = headline(json.loads(executed.read_text("utf-8")), words)
    return {"name": name, "state": state, "headline": said}


def _state(report: dict) -> str:
    if report["state"] == "failed":
        return "kept" if report["kept"] else "failed"
    return report["state"] if report["state"] in ("done", "running", "waiting") else "failed"
