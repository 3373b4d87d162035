"""A study's reports as jobs: which are asked for, what each depends on, how it is rendered."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.coverage import is_covered, refuse_not_covered
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import called
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.earlier import former_editions
from tingbjerg_eval.publication.timeline import known_until, report_names
from tingbjerg_eval.report.pages.index import failed_page
from tingbjerg_eval.report.report import DEVIATIONS, Kind, Report, open_report
from tingbjerg_eval.report.sections.changed import EDITION
from tingbjerg_eval.report.sections.late_figures import growth
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.job import Job, Rendering
from tingbjerg_eval.study.house_key import KEY_FILE
from tingbjerg_eval.study.plan import LOCK_FILE
from tingbjerg_eval.study.reports import REPORT_KINDS, kind_of
from tingbjerg_eval.study.settings import StudySettings


def house_ledger(study: Study) -> Path | None:
    """Where the ledger is that the study names."""
    named = study.settings.ledger
    return (study.path.resolve().parent / named).resolve() if named else None


def selected(study: Study, *, only: str | None, quarter: str | None) -> list[str]:
    """Names of the reports asked for, in the order they are handed over.

    Where none is named, those of time that the deliveries cover; the index lists the others.

    Raises
    ------
    InputRefused
        Where a report asked for by name is of no quarter of the period, or not covered yet.
    """
    names = list(report_names(study))
    if quarter is not None:
        if quarter not in names or only not in (None, "quarterly"):
            raise _no_such_report(study, quarter)
        refuse_not_covered(study, quarter, asked="--quarter")
        return [quarter]
    covered = [one for one in names if is_covered(study, known_until(study, one))]
    if only is not None:
        _refuse_absent(study, only, names)
    if only is not None and REPORT_KINDS[only].last:
        refuse_not_covered(study, known_until(study, only), asked="--only")
    return [one for one in covered if only in (None, kind_of(one))]


def _refuse_absent(study: Study, only: str, names: Sequence[str]) -> None:
    """Refuse a kind of which the study has no report."""
    if REPORT_KINDS[only].names(study.settings):
        return
    there = list(dict.fromkeys(map(kind_of, names)))
    raise InputRefused([
        Problem(
            code="kind-not-of-study", file="--only", found=only,
            wanted="one of " + ", ".join(there) + ", which this study has",
            mend="An effort in several areas has one report, programme; in one area the others.",
        )
    ])  # fmt: skip


def _no_such_report(study: Study, quarter: str) -> InputRefused:
    first, last = study.settings.periods.period
    return InputRefused([
        Problem(
            code="quarter-outside-period", file="--quarter", found=repr(quarter),
            wanted=f"a {called(first)} from {first} to {last}, without --only or with --only "
            "quarterly",
            mend="Correct the option.",
        )
    ])  # fmt: skip


def study_jobs(
    study: Study,
    names: Sequence[str],
    chain: dict[str, dict[str, Any]],
    ledger: Ledger,
    *,
    with_code: bool = False,
    data: Path | None = None,
    opened: bool = False,
) -> list[Job]:
    """One job per report. The plan is checked here, before anything runs.

    Where the study is sent ``opened``, the delivered files are no inputs.

    Raises
    ------
    UndeclaredDeviation
        Where the study deviates from its locked plan and nobody has said why.
    """
    folder, inputs = _inputs(study, opened=opened)
    made = []
    for name in names:
        quarter = name if kind_of(name) == "quarterly" else None
        report = report_called(study, name)
        made.append(
            Job(
                name=name,
                notebook=asset("notebooks", f"{kind_of(name)}.ipynb"),
                parameters=_parameters(study, folder, quarter, data),
                folder=folder,
                inputs=inputs,
                depends=_depends(report),
                context=_context(report, chain, ledger, folder) | {"with_code": with_code},
                effort=REPORT_KINDS[kind_of(name)].effort,
            )
        )
    return made


def report_called(study: Study, name: str) -> Report:
    """The study's report that is handed over as ``name``."""
    kind = cast(Kind, kind_of(name))
    return open_report(study, kind, quarter=name if kind == "quarterly" else None)


def _inputs(study: Study, *, opened: bool) -> tuple[Path, tuple[str, ...]]:
    """A folder that holds everything the reports read, and the files relative to it."""
    home = study.path.resolve().parent
    data = (home / study.settings.data.folder).resolve()
    house = house_ledger(study)
    folder = Path(os.path.commonpath([home, data, *([house.parent] if house else [])]))
    files = [
        home / name for name in own_files(study.path, study.settings) if (home / name).exists()
    ]
    files += [] if opened else [data / name for name in study.settings.data.files()]
    files += [house] if house and house.exists() else []
    return folder, tuple(sorted(path.relative_to(folder).as_posix() for path in files))


def own_files(path: Path, settings: StudySettings) -> tuple[str, ...]:
    """The study's own files, beside each other; lock, deviations and key need not be there."""
    template = settings.case.memo_template
    own = (path.name, settings.strategy, LOCK_FILE, DEVIATIONS, KEY_FILE)
    return (*own, template) if template else own


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
    files = [home / name for name in own_files(study.path, study.settings)]
    read = {path.name: digests.of_file(path) for path in files if path.exists()}
    told = digests.of_plain([str(note) for note in study.tables.notes])
    checked = digests.of_plain([one.key for one in report.deviations])
    late = digests.of_plain(growth(study).to_csv(index=False))
    held = digests.of_plain([str(one) for one in former_editions(study)])
    return tables | read | {
        "notes": told, "deviations": checked, "late": late, "editions": held,
    }  # fmt: skip


def _context(
    report: Report, chain: dict[str, dict[str, Any]], ledger: Ledger, folder: Path
) -> dict[str, object]:
    case = report.study.settings.case
    before = list(chain)[: list(chain).index(report.name)]
    handed_over = [
        {key: value for key, value in one.items() if key not in ("study", "released", EDITION)}
        for one in ledger.earlier(report.name) if one["report"] in before
    ]  # fmt: skip
    home = report.study.path.resolve().parent
    template = case.memo_template and (home / case.memo_template).relative_to(folder).as_posix()
    return report.context() | {
        "memo_template": template,
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
            name,
            Words(study.settings.language, in_years=study.settings.in_years),
            simulated=study.settings.simulated,
        ),
    )
