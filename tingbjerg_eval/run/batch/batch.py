"""A batch of reports: each made once, whole, in any order, and resumed where it was left."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from tingbjerg_eval.run.batch import capacity
from tingbjerg_eval.run.batch.failure import INTERRUPTED, failure_of, gravest
from tingbjerg_eval.run.batch.folder import OutputFolder
from tingbjerg_eval.run.batch.job import Job, Order, Outcome, Rendering, run_order
from tingbjerg_eval.run.batch.orders import plan
from tingbjerg_eval.run.batch.signals import News, Signals
from tingbjerg_eval.run.kernels import warm
from tingbjerg_eval.run.kernels.engines import PlainEngine, usable
from tingbjerg_eval.run.progress import BatchResult, Board, ReportState

Tell = Callable[[ReportState], None]


@dataclass(frozen=True, kw_only=True)
class Part:
    """The reports of one output folder, which a batch makes and then closes.

    ``closed`` is called with how they ended, while the folder is still held; it gives the exit
    code. ``study`` names the part where there are many.
    """

    jobs: Sequence[Job]
    output: Path | str
    rendering: Rendering
    study: str = ""
    closed: Callable[[BatchResult], int] = lambda result: result.exit_code


class Parts(Protocol):
    """Gives a batch its parts, one at a time, so that few are open at once."""

    def next_part(self) -> Part | None:
        """The next part; ``None`` where there is none, or none before another is closed."""

    def refused(self, part: Part, error: Exception) -> None:
        """Take that a part cannot be made, or raise ``error``."""


@dataclass
class _Single:
    """One part, whose refusal is the batch's."""

    part: Part | None

    def next_part(self) -> Part | None:
        part, self.part = self.part, None
        return part

    def refused(self, _: Part, error: Exception) -> None:
        raise error


def run_batch(
    jobs: Sequence[Job],
    output: Path | str,
    *,
    rendering: Rendering,
    executor: Executor | None = None,
    workers: int | None = None,
    engine: str | None = None,
    timeout: float | None = 1800,
    parent: warm.WarmParent | None = None,
    on_event: Tell = lambda _: None,
) -> BatchResult:
    """Make every report that is not already made from the same inputs, and put it in place.

    ``executor`` is any ``concurrent.futures.Executor`` whose workers can import this package;
    without one, ``workers`` reports at a time are made here. ``timeout`` in seconds holds for
    executing and for rendering one report. ``parent`` is a warm parent already started and
    prepared; it ends with the batch. ``on_event`` is called in this thread.

    Raises ``InputRefused`` (before anything runs) and ``FolderInUse``; everything else is said
    in the result. SIGINT and SIGTERM end the batch and all it started: exit code 130 or 143.
    """
    part = Part(jobs=jobs, output=output, rendering=rendering)
    size = capacity.workers(max(1, len(jobs)), workers)
    return run_parts(
        _Single(part), size=size, executor=executor, engine=engine, timeout=timeout,
        parent=parent, on_event=on_event,
    )  # fmt: skip


def run_parts(
    parts: Parts,
    *,
    size: int,
    executor: Executor | None = None,
    engine: str | None = None,
    timeout: float | None = 1800,
    parent: warm.WarmParent | None = None,
    on_event: Tell = lambda _: None,
) -> BatchResult:
    """:func:`run_batch` for the reports of many folders: one queue, ``size`` at a time."""
    start, news = time.monotonic(), News()
    engine = usable(engine)
    with Signals(news) as signals, _local(executor, size, engine, parent) as local:
        pool = executor or local
        assert pool is not None
        planned = partial(plan, engine=engine, timeout=timeout,
                          ships_inputs=getattr(pool, "ships_inputs", False))  # fmt: skip
        with contextlib.ExitStack() as held:
            batch = _Batch(parts, planned, pool, news, on_event, size, held, signals)
            code = batch.run()
    seconds = round(time.monotonic() - start, 3)
    return BatchResult(reports=tuple(batch.results()), exit_code=code, seconds=seconds)


class _Threads(ThreadPoolExecutor):
    """Threads that each drive one child of one warm parent."""

    def __init__(self, size: int, engine: str, parent: warm.WarmParent | None):
        self.parent = parent or (warm.WarmParent() if engine == "warm" else None)
        super().__init__(size, initializer=partial(warm.adopt, self.parent))

    def end(self) -> None:
        """End whatever a report is running in."""
        if self.parent is not None:
            self.parent.close()
        PlainEngine.kill()


@contextlib.contextmanager
def _local(
    executor: Executor | None, size: int, engine: str, parent: warm.WarmParent | None
) -> Iterator[_Threads | None]:
    if executor is not None:
        yield None
        return
    pool = _Threads(size, engine, parent)
    try:
        yield pool
    finally:
        pool.end()
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass
class _Open:
    """A part whose reports are being made."""

    part: Part
    folder: OutputFolder
    orders: dict[str, Order]
    board: Board
    release: Callable[[], None]
    results: dict[str, ReportState] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def result(self, code: int | None = None) -> BatchResult:
        """How its reports ended; ``code`` is that of an interruption."""
        reports = tuple(self.results[name] for name in self.orders)
        codes = [one.failure.exit_code for one in reports if one.failure]
        return BatchResult(reports=reports, exit_code=code or gravest(codes), seconds=0.0)


class _Batch:
    def __init__(
        self,
        parts: Parts,
        plan: Callable[..., list[Order]],
        pool: Executor,
        news: News,
        on_event: Tell,
        size: int,
        held: contextlib.ExitStack,
        signals: Signals,
    ):
        self.parts, self.plan, self.pool, self.news = parts, plan, pool, news
        self.on_event, self.size, self.held, self.signals = on_event, size, held, signals
        self.open: dict[str, _Open] = {}
        self.ended: list[_Open] = []
        self.codes: list[int] = []
        self.futures: set[Future[Outcome]] = set()
        self.interrupted: int | None = None

    def run(self) -> int:
        if hasattr(self.pool, "listen"):
            self.pool.listen(self.notify)
        while self.interrupted is None:
            part = self.next_part()
            if part is not None:
                self.begin(part)
            elif not self.open and self.news.empty():
                return gravest(self.codes)
            self.hear(wait=part is None)
        return self.stop(self.interrupted)

    def next_part(self) -> Part | None:
        """The next part, opened now; nobody waits for that who wants the batch to end."""
        with contextlib.suppress(KeyboardInterrupt), self.signals.at_once():
            return None if len(self.futures) > self.size else self.parts.next_part()
        return None

    def hear(self, *, wait: bool) -> None:
        """Do what the news says: what there is, or with ``wait`` at least one."""
        while wait or not self.news.empty():
            kind, *news = self.news.get()
            getattr(self, kind)(*news)
            wait = False

    def signal(self, number: int) -> None:
        self.interrupted = INTERRUPTED[number]

    def begin(self, part: Part) -> None:
        with contextlib.ExitStack() as own:
            try:
                folder = OutputFolder(part.output, part.rendering.failed_page)
                own.enter_context(folder.locked())
                orders = self.plan(part.jobs, part.rendering)
                folder.check_space(len(orders))
            except Exception as error:
                self.parts.refused(part, error)
                return
            release = self.held.enter_context(own.pop_all()).close
        named = {order.name: order for order in orders}
        opened = _Open(part, folder, named, Board(folder), release)
        self.open[part.study] = opened
        for order in sorted(orders, key=lambda order: -order.effort):
            self.submit(opened, order)
        self.close(opened)

    def submit(self, to: _Open, order: Order) -> None:
        name = order.name
        to.folder.check(name)
        if to.folder.rendered(name) == order.rendered:
            to.folder.clear_failure(name)
            self.end(to, ReportState(name=name, stage="unchanged"))
            return
        study, executed = to.part.study, to.folder.executed(order)
        order = dataclasses.replace(order, executed=executed, study=study)
        self.say(to, ReportState(name=name, stage="waiting", expected=to.folder.expected(name)))
        future = self.pool.submit(self.runner(order), order)
        self.futures.add(future)
        future.add_done_callback(lambda future: self.news.put(("place", order, future)))

    def runner(self, order: Order) -> Callable[[Order], Outcome]:
        """``run_order``, telling what it does where it runs in this process."""
        if isinstance(self.pool, _Threads):
            return partial(run_order, notify=partial(self.notify, order.study, order.name))
        return run_order

    def notify(self, study: str, name: str, stage: str, cell: int, cells: int) -> None:
        """From a worker's thread: what it is doing."""
        self.news.put(("progress", study, name, stage, cell, cells))

    def progress(self, study: str, name: str, stage: str, cell: int, cells: int) -> None:
        to = self.open.get(study)
        if to is not None and name not in to.results:
            to.begun.add(name)
            self.say(to, ReportState(name=name, stage=stage, cell=cell, cells=cells))

    def place(self, order: Order, future: Future[Outcome]) -> None:
        self.futures.discard(future)
        to, name = self.open[order.study], order.name
        try:
            outcome = future.result()
        except BaseException as error:
            named = getattr(self.pool, "named", lambda error: error)
            outcome = _lost(name, named(error))
        failure = to.folder.keep(order, outcome)
        ended = ReportState(
            name=name,
            stage="failed" if failure else "done",
            executed="executing" in outcome.seconds,
            seconds=round(sum(outcome.seconds.values()), 3),
            failure=failure,
        )
        self.end(to, ended)
        self.close(to)

    def end(self, to: _Open, state: ReportState) -> None:
        to.results[state.name] = self.say(to, state)

    def close(self, to: _Open, code: int | None = None) -> None:
        """Close a part whose reports have all ended."""
        if len(to.results) < len(to.orders):
            return
        del self.open[to.part.study]
        self.ended.append(to)
        self.codes.append(to.part.closed(to.result(code)))
        to.release()

    def say(self, to: _Open, state: ReportState) -> ReportState:
        state = dataclasses.replace(state, study=to.part.study)
        to.board.post(state)
        self.on_event(state)
        return state

    def results(self) -> Iterator[ReportState]:
        """How every report of every part that began ended."""
        for one in self.ended:
            yield from one.result().reports

    def stop(self, code: int) -> int:
        """End everything that was started; what is placed stays, what is not is not."""
        for future in self.futures:
            future.cancel()
        if hasattr(self.pool, "end"):
            self.pool.end()
        for to in list(self.open.values()):
            for name in [name for name in to.orders if name not in to.results]:
                stage = "stopped" if name in to.begun else "not begun"
                self.end(to, ReportState(name=name, stage=stage))
            self.close(to, code)
        return code


def _lost(name: str, error: BaseException) -> Outcome:
    failure = failure_of(error, stage="shipping")
    return Outcome(
        name=name, executed=None, files={}, digests={}, failure=failure, seconds={}, host=""
    )
