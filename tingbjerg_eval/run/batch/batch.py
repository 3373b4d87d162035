"""A batch of reports: each made once, whole, in any order, and resumed where it was left."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tingbjerg_eval.run.batch import capacity
from tingbjerg_eval.run.batch.events import BatchResult, Event, ReportResult
from tingbjerg_eval.run.batch.failure import INTERRUPTED, failure_of, gravest
from tingbjerg_eval.run.batch.job import Job, Order, Outcome, Rendering, run_order
from tingbjerg_eval.run.batch.orders import Planned, plan
from tingbjerg_eval.run.batch.shelf import Shelf
from tingbjerg_eval.run.batch.staging import OutputFolder
from tingbjerg_eval.run.kernels import warm
from tingbjerg_eval.run.kernels.engines import PlainEngine, usable
from tingbjerg_eval.run.status import Board

News = SimpleQueue[tuple[Any, ...]]
"""What a batch hears: the name of what to do, and what with."""


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
    on_event: Callable[[Event], None] = lambda _: None,
) -> BatchResult:
    """Make every report that is not already made from the same inputs, and put it in place.

    ``executor`` is any ``concurrent.futures.Executor`` whose workers can import this package;
    without one, ``workers`` reports at a time are made here. ``timeout`` in seconds holds for
    executing and for rendering one report. ``parent`` is a warm parent already started and
    prepared; it ends with the batch. ``on_event`` is called in this thread.

    Raises ``InputRefused`` (before anything runs) and ``FolderInUse``; everything else is said
    in the result. SIGINT and SIGTERM end the batch and all it started: exit code 130 or 143.
    """
    start, folder = time.monotonic(), OutputFolder(output)
    news: News = SimpleQueue()
    engine = usable(engine)
    shipped = getattr(executor, "ships_inputs", False)
    size = capacity.workers(max(1, len(jobs)), workers)
    with _signals(news), folder.locked(), _local(executor, size, engine, parent) as local:
        planned = plan(jobs, rendering, engine=engine, timeout=timeout, ships_inputs=shipped)
        folder.check_space(len(planned))
        board, shelf = Board(folder), Shelf(folder, rendering.failed_page)
        batch = _Batch(planned, shelf, executor or local, news, (board.post, on_event))
        code = batch.run()
    results = tuple(batch.results[one.order.name] for one in planned)
    seconds = round(time.monotonic() - start, 3)
    return BatchResult(reports=results, exit_code=code, seconds=seconds)


class _Threads(ThreadPoolExecutor):
    """Threads that each drive one child of one warm parent."""

    def __init__(self, size: int, engine: str, parent: warm.WarmParent | None):
        self.parent = parent or (warm.WarmParent() if engine == "warm" else None)
        super().__init__(size, initializer=warm.adopt, initargs=(self.parent,))

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


class _Batch:
    def __init__(
        self,
        planned: Sequence[Planned],
        shelf: Shelf,
        pool: Executor,
        news: News,
        told: Sequence[Callable[[Event], None]],
    ):
        self.planned: dict[str, Planned] = {one.order.name: one for one in planned}
        self.shelf, self.pool, self.news, self.told = shelf, pool, news, told
        self.results: dict[str, ReportResult] = {}
        self.futures: list[Future[Outcome]] = []
        self.begun: set[str] = set()

    def run(self) -> int:
        if hasattr(self.pool, "listen"):
            self.pool.listen(self.notify)
        for one in sorted(self.planned.values(), key=lambda one: -one.effort):
            self.submit(one)
        while len(self.results) < len(self.planned):
            kind, *news = self.news.get()
            if kind == "signal":
                self.stop()
                return INTERRUPTED[news[0]]
            getattr(self, kind)(*news)
        codes = [found.failure.exit_code for found in self.results.values() if found.failure]
        return gravest(codes)

    def submit(self, one: Planned) -> None:
        name = one.order.name
        self.shelf.check(name)
        if self.shelf.rendered(name) == one.rendered:
            self.shelf.clear_failure(name)
            self.end(ReportResult(name=name, stage="unchanged"))
            return
        order = dataclasses.replace(one.order, executed=self.shelf.executed(one))
        self.say(name, "waiting", expected=self.shelf.expected(name))
        future = self.pool.submit(self.runner(name), order)
        self.futures.append(future)
        future.add_done_callback(lambda future: self.news.put(("place", order, future)))

    def runner(self, name: str) -> Callable[[Order], Outcome]:
        """``run_order``, telling what it does where it runs in this process."""
        if isinstance(self.pool, _Threads):
            return partial(run_order, notify=partial(self.notify, name))
        return run_order

    def notify(self, name: str, stage: str, cell: int, cells: int) -> None:
        """From a worker's thread: what it is doing."""
        self.news.put(("progress", name, stage, cell, cells))

    def progress(self, name: str, stage: str, cell: int, cells: int) -> None:
        self.begun.add(name)
        if name not in self.results:
            self.say(name, stage, cell=cell, cells=cells)

    def place(self, order: Order, future: Future[Outcome]) -> None:
        name = order.name
        try:
            outcome = future.result()
        except BaseException as error:
            outcome = _lost(name, error)
        failure = self.shelf.keep(self.planned[name], outcome)
        seconds = round(sum(outcome.seconds.values()), 3)
        self.end(
            ReportResult(
                name=name,
                stage="failed" if failure else "done",
                executed="executing" in outcome.seconds,
                seconds=seconds,
                failure=failure,
            )
        )

    def end(self, result: ReportResult) -> None:
        self.results[result.name] = result
        self.say(result.name, result.stage, failure=result.failure)

    def say(self, name: str, stage: str, **more: Any) -> None:
        for tell in self.told:
            tell(Event(name=name, stage=stage, **more))

    def stop(self) -> None:
        """End everything that was started; what is placed stays, what is not is not."""
        for future in self.futures:
            future.cancel()
        if hasattr(self.pool, "end"):
            self.pool.end()
        for name in self.planned:
            if name not in self.results:
                stage = "stopped" if name in self.begun else "not begun"
                self.end(ReportResult(name=name, stage=stage))


def _lost(name: str, error: BaseException) -> Outcome:
    failure = failure_of(error, stage="shipping")
    return Outcome(
        name=name, executed=None, files={}, digests={}, failure=failure, seconds={}, host=""
    )


@contextlib.contextmanager
def _signals(news: News) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into news, where this is the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = {
        number: signal.signal(number, lambda number, _: news.put(("signal", number)))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
