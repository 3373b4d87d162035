"""A study's batch, or that of many: opened one after another, checked, run in one queue, closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Union

from rich.console import Console

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.coverage import refuse_unmet_needs
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.inputs.extras import named_extra
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.publication.publication import publication, published_chain
from tingbjerg_eval.run.batch import capacity, digests
from tingbjerg_eval.run.batch.batch import Part, run_parts
from tingbjerg_eval.run.batch.closing import close, refuse_subtraction, take_in, write_overview
from tingbjerg_eval.run.batch.failure import INTERRUPTED, failure_of, gravest
from tingbjerg_eval.run.batch.job import Rendering
from tingbjerg_eval.run.batch.studies import LEDGER, Asked, Seal, Wanted
from tingbjerg_eval.run.batch.study_jobs import own_files, rendering, selected, study_jobs
from tingbjerg_eval.run.kernels import warm
from tingbjerg_eval.run.kernels.warm import WarmParent
from tingbjerg_eval.run.progress import (
    BatchResult,
    Progress,
    ReportState,
    studies_summary,
    summary,
)
from tingbjerg_eval.study.house_key import KEY_FILE, ensure_key
from tingbjerg_eval.study.reports import REPORT_KINDS
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.settings_file import read_settings

if TYPE_CHECKING:
    from tingbjerg_eval.run.batch.cluster import ClusterExecutor

Holder = Union[WarmParent, "ClusterExecutor"]
"""What lets the notebooks find a study open: here, or on the workers of a cluster."""
REHEARSAL = "tingbjerg_eval.report.pages.render:rehearse"
HAND_OVER = "tingbjerg_eval.evaluation.kept:keep_open"
LET_GO = "tingbjerg_eval.evaluation.kept:let_go"
PLENTY = 1000
"""More reports than any machine makes at a time."""

Look = Callable[[Study], Rendering]


def run_wanted(
    wanted: Wanted,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    send_rows: bool = False,
    plain_kernels: bool = False,
    parent: WarmParent | None = None,
    look: Look = rendering,
) -> int:
    """Make the reports of every study that is ``wanted`` and return the exit code.

    ``parent`` is a warm parent that was started earlier, so that it loads its libraries
    meanwhile; ``look`` renders reports otherwise than for hand-over. Of many studies one that is
    refused is said, and the others are made; the gravest exit code counts. To a ``cluster`` go
    counts; rows of persons only with ``send_rows``.

    Raises
    ------
    InputRefused, UndeclaredDeviation, FolderInUse
        Each with its own ``exit_code``, where a single study cannot be run.
    """
    forks = not (plain_kernels or cluster)
    console = Console(stderr=True, highlight=False)
    with (
        nullcontext(parent) if parent else warm.started(wanted=forks) as parent,
        _executor(cluster, rows=send_rows, plain=plain_kernels) as executor,
    ):
        if parent:
            parent.prepare(REHEARSAL)
        feed = _Feed(wanted, executor or parent, look, console)
        wanted.begin()
        with Progress(console=console, later=lambda: len(feed.later)) as progress:
            result = run_parts(
                feed,
                size=capacity.workers(PLENTY, jobs),
                executor=executor,
                engine="plain" if plain_kernels else None,
                parent=parent,
                on_event=progress,
            )
    if not wanted.many:
        console.print(summary(result))
        return result.exit_code
    whole = feed.whole(result)
    write_overview(wanted)
    wanted.end()
    console.print(studies_summary(whole, never=feed.later))
    return whole.exit_code


@dataclass
class _Feed:
    """Gives the batch one study after another; those that share a ledger never side by side.

    Attributes
    ----------
    later
        Studies that were not looked at yet.
    busy
        The ledgers of those that are open.
    apart
        Of studies that were not given to the batch: unchanged as a whole, or refused.
    """

    wanted: Wanted
    holder: Holder | None
    look: Look
    console: Console
    later: list[str] = field(default_factory=list)
    busy: dict[str, Path | None] = field(default_factory=dict)
    apart: list[ReportState] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.later = list(self.wanted.studies)

    def next_part(self) -> Part | None:
        """The next study that has anything to make and shares no ledger with an open one."""
        for name in list(self.later):
            run = StudyRun(name, self.wanted.studies[name], self.wanted.seals[name],
                           self.wanted.asked)  # fmt: skip
            if run.house is not None and run.house in self.busy.values():
                continue
            part = self._begin(run) if self.wanted.many else run.begin(self.holder, self.look)
            self.later.remove(name)  # only now: one that is interrupted here never began
            if part is not None:
                return part
        return None

    def _begin(self, run: StudyRun) -> Part | None:
        name, made = run.name, run.seal.unchanged()
        if made is not None:
            self.apart += [ReportState(name=one, study=name, stage="unchanged") for one in made]
            return None
        try:
            part = run.begin(self.holder, self.look)
        except TingbjergError as error:
            self._refuse(name, error)
            return None
        self.busy[name] = run.house
        return replace(part, closed=partial(self._close, name, part.closed))

    def _close(self, name: str, close: Callable[[BatchResult], int], result: BatchResult) -> int:
        del self.busy[name]
        return close(result)

    def refused(self, part: Part, error: Exception) -> None:
        """Say that a study cannot be made; of a single one the command ends."""
        if not self.wanted.many or not isinstance(error, TingbjergError):
            raise error
        del self.busy[part.study]
        self._refuse(part.study, error)

    def _refuse(self, name: str, error: TingbjergError) -> None:
        self.console.print(f"{name}: {error}", markup=False, soft_wrap=True)
        failure = failure_of(error, stage="opening")
        self.apart.append(ReportState(name="", study=name, stage="failed", failure=failure))

    def whole(self, result: BatchResult) -> BatchResult:
        """The batch's result with the studies that were not given to it, in the order asked."""
        codes = [one.failure.exit_code for one in self.apart if one.failure]
        interrupted = result.exit_code in INTERRUPTED.values()
        code = result.exit_code if interrupted else gravest([result.exit_code, *codes])
        order = list(self.wanted.studies)
        reports = sorted((*result.reports, *self.apart), key=lambda one: order.index(one.study))
        return replace(result, reports=tuple(reports), exit_code=code)


@dataclass
class StudyRun:
    """One study of a run: opened, its reports given as jobs, and closed when they have ended."""

    name: str
    path: Path
    seal: Seal
    asked: Asked

    @cached_property
    def settings(self) -> StudySettings:
        """``study.yaml``, with the data folder that was asked for."""
        return read_settings(self.path).with_data(self.asked.data)

    @cached_property
    def house(self) -> Path | None:
        """The ledger that the study names; ``None`` also where the study cannot be read."""
        try:
            named = self.settings.ledger
        except InputRefused:
            return None
        return (self.path.resolve().parent / named).resolve() if named else None

    def begin(self, holder: Holder | None, look: Look) -> Part:
        """Open the study and check its plan; what is read is digested before."""
        asked, output = self.asked, self.seal.output
        self.seal.lift()
        refuse_unmet_needs(self.path)
        read = self.seal.read(self._files(), None)
        study = open_study(self.path, data=asked.data)
        ensure_key(study.path.resolve().parent)
        read[KEY_FILE] = read[KEY_FILE] or digests.of_file(self.path.parent / KEY_FILE)
        names = selected(study, only=asked.only, quarter=asked.quarter)
        ledger = Ledger.load(output / LEDGER)
        take_in(study, ledger)
        refuse_subtraction(study, names, ledger)
        chain = published_chain(study, names) if names else {}
        made = study_jobs(study, names, chain, ledger, with_code=asked.with_code, data=asked.data,
                          opened=not isinstance(holder, WarmParent | None))  # fmt: skip
        let_go = hand_over(holder, study, asked.data, chain) if holder else lambda: None

        def closed(result: BatchResult) -> int:
            close(study, output, result, ledger)
            self._seal(names, read, result)
            let_go()
            return result.exit_code

        return Part(jobs=made, output=output, rendering=look(study), study=self.name, closed=closed)

    def _files(self) -> list[str]:
        """Everything a run of the study reads but the ledger, from the study's folder."""
        home = self.path.resolve().parent
        data = home / self.settings.data.folder
        named = [home / name for name in own_files(self.path, self.settings)]
        named += [data / name for name in self.settings.data.files()]
        named += [asset("notebooks", f"{kind}.ipynb") for kind in REPORT_KINDS]
        return [relpath(path, home) for path in named]

    def _seal(self, names: Sequence[str], read: dict[str, str], result: BatchResult) -> None:
        """Seal what is made, unless something failed or figures come from a database."""
        settings = self.settings
        asks_database = any(source.database for source in settings.data.tables().values())
        if result.exit_code or asks_database:
            return
        house = {"file": str(settings.ledger), "study": settings.name} if self.house else None
        self.seal.put(names, read, house)


def hand_over(
    holder: Holder, study: Study, data: Path | None = None, names: Iterable[str] = ()
) -> Callable[[], object]:
    """Let the notebooks find ``study`` open, with the panels and shares that all of them need
    and whatever else was worked out for it; what is given back undoes it.

    Who looks at a report before it leaves asks what every one before it tells: so it is worked out
    of all ``names``.
    """
    for indicator in study.settings.indicators_of("count"):
        study.panel(indicator)
    for indicator in study.settings.indicators_of("share"):
        study.shares(indicator)
    for name in names:
        publication(study, name).work_out()
    if not isinstance(holder, WarmParent):
        return holder.keep_open(study)
    told = holder.prepare(HAND_OVER, study, data)
    return partial(holder.withdraw, told, LET_GO, study.path, data)


@contextmanager
def _executor(address: str | None, *, rows: bool, plain: bool) -> Iterator[ClusterExecutor | None]:
    if address is None:
        yield None
        return
    if plain:
        raise InputRefused([
            Problem(code="cluster-plain", file="--cluster", found="--plain-kernels",
                    wanted="no plain kernels: they read delivered files, which do not travel",
                    mend="Leave --plain-kernels out.")
        ])  # fmt: skip
    with named_extra():
        from tingbjerg_eval.run.batch.cluster import ClusterExecutor
    executor = ClusterExecutor(address, rows=rows)
    try:
        yield executor
    finally:
        executor.shutdown()
