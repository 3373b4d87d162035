"""The same jobs on an existing Dask cluster: a study travels opened, its own files by digest."""

from __future__ import annotations

import dataclasses
import pickle
import re
import sys
import tempfile
import threading
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import Client, get_worker

from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.job import Order, Outcome, run_order
from tingbjerg_eval.run.kernels import warm

if TYPE_CHECKING:
    from tingbjerg_eval.evaluation.study import Study

ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[^\s/:@]+:\d{1,5}|(tcp|tls)://\[[0-9a-fA-F:]+\]:\d{1,5}")
"""Protocol, host and port; no name and no password."""


class ClusterLost(TingbjergError, RuntimeError):
    """The scheduler no longer answers."""

    def __init__(self) -> None:
        super().__init__(
            "The scheduler was lost. What is done stays: start it again with 'dask scheduler' and "
            "give the command again."
        )


SPOKEN: tuple[str, ...] = ("python", "distributed")
"""What must be the same for machines to understand each other."""
SAME: tuple[str, ...] = (
    *SPOKEN, "tingbjerg-eval", "numpy", "pandas", "scipy", "statsmodels", "matplotlib", "typst",
)  # fmt: skip
"""What must be the same for a worker's report to be that of this machine."""
MEND = {
    "python": "start it with {0} {1}",
    "tingbjerg-eval": "pip install 'tingbjerg-eval[report,cluster]=={1}'",
}
MEND_OTHER = "pip install '{0}=={1}'"


class ClusterExecutor(Executor):
    """``concurrent.futures`` in front of a Dask scheduler, for ``run_batch(executor=...)``.

    Every file is sent once and kept by the cluster under its digest; each report runs in a
    folder of its own on a worker, and its files come back with their digests. A report whose
    worker is lost runs again on another, at most ``retries`` times. Delivered files stay here:
    a study is sent as it was opened, counted. A survey's answers are one row a person, which are
    sent only with ``rows``.
    """

    ships_inputs = True

    def __init__(
        self, address: str, *, rows: bool = False, retries: int = 2, connect_seconds: float = 20
    ):
        self.rows = rows
        self.client = _connected(address, connect_seconds)
        self.executor = self.client.get_executor(pure=False, retries=retries)
        self.batch = uuid.uuid4().hex
        self.sent: dict[str, object] = {}
        self.opened: dict[Path, object] = {}

    def listen(self, listener: Callable[..., None]) -> None:
        """Pass on what the workers say about their reports."""
        self.client.subscribe_topic(self.batch, lambda event: listener(*event[1]))

    def submit(  # type: ignore[override]
        self, run: Callable[..., Any], order: Order, /
    ) -> Future[Outcome]:
        """Send an order; ``run`` is ``run_order``, which the worker imports itself."""
        if run is not run_order:
            raise TypeError("a cluster runs reports only")
        here = Path(order.folder)
        contents = {name: self.send((here / name).read_bytes()) for name in order.inputs}
        opened = self.opened.get(here / order.parameters.get("study", ""))
        sent: Future[Outcome] = self.executor.submit(run_there, self.batch, order, contents, opened)
        return sent

    def keep_open(self, study: Study) -> Callable[[], object]:
        """Let the notebooks find ``study`` open on the workers; what is given back undoes it.

        Raises
        ------
        InputRefused
            Where it holds rows of persons, and nobody asked for those to be sent.
        """
        if study.tables.survey is not None and not self.rows:
            raise _rows_stay(study)
        path = study.path.resolve()
        self.opened[path] = self.send(pickle.dumps(study))
        return partial(self.opened.pop, path)

    def send(self, content: bytes) -> object:
        """Content as the cluster holds it, sent at most once.

        As a task and not as scattered data, which is gone with the worker that holds it.
        """
        digest = digests.of_bytes(content)
        if digest not in self.sent:
            key = f"tingbjerg-file-{digest}"
            self.sent[digest] = self.client.submit(bytes, content, key=key)
        return self.sent[digest]

    def named(self, error: BaseException) -> BaseException:
        """What happened to the cluster, where that is why a report did not come back."""
        return error if self.client.status == "running" else ClusterLost()

    def end(self) -> None:
        """End what this batch has running on the workers."""
        with suppress(Exception):
            self.client.run(end_batch, self.batch)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster, which goes on without this batch."""
        if cancel_futures:
            self.client.cancel(list(self.sent.values()), force=True)
        self.end()
        self.executor.shutdown(wait=wait)
        self.client.close()


def _connected(address: str, seconds: float) -> Client:
    """A client of the scheduler, which has workers, all of them with the versions that are here."""
    if not ADDRESS.fullmatch(address):
        raise _refused(address, "Write it as the scheduler says it when it starts.")
    try:
        with warnings.catch_warnings(action="ignore"):  # other versions are refused by name
            client = Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _refused(
            address,
            f"No scheduler answered within {seconds:g} seconds: start it with 'dask scheduler', "
            "or correct the address.",
        ) from error
    try:
        client.wait_for_workers(1, timeout=seconds)
        if others := list(other_versions(client.get_versions(packages=list(SAME[1:])))):
            raise InputRefused(others)
    except TimeoutError:
        mend = f"It has no worker: start one with 'dask worker {address} --nthreads 1'."
        raise _refused(address, mend) from None
    finally:
        if sys.exc_info()[0] is not None:
            client.close()
    return client


def _refused(address: str, mend: str) -> InputRefused:
    wanted = "the address of a running Dask scheduler, such as tcp://host:8786"
    return InputRefused([
        Problem(code="cluster-address", file="--cluster", found=repr(address), wanted=wanted,
                mend=mend)
    ])  # fmt: skip


def _rows_stay(study: Study) -> InputRefused:
    mend = "Say that they may be sent with --send-rows, or run it here, without --cluster."
    return InputRefused([
        Problem(code="rows-stay", file="--cluster", place=f"the survey of {study.settings.name}",
                found="answers of persons, one row each, which its shares are worked out from",
                wanted="counts only, unless rows of persons are asked to be sent", mend=mend)
    ])  # fmt: skip


def other_versions(told: Any) -> Iterator[Problem]:
    """Where the scheduler or a worker has another version than the command, and how to mend it.

    ``told`` is what ``Client.get_versions`` gives.
    """
    here = _versions(told["client"])
    places = [("the scheduler", told["scheduler"], SPOKEN)]
    places += [(f"the worker {at}", one, SAME) for at, one in sorted(told["workers"].items())]
    for place, one, same in places:
        there = _versions(one)
        for name in same:
            if there.get(name) != here[name]:
                yield Problem(
                    code="cluster-version", file="--cluster", place=place,
                    found=f"{name} {there.get(name) or 'not installed'}",
                    wanted=f"{name} {here[name]}, as this command has",
                    mend=f"There: {MEND.get(name, MEND_OTHER).format(name, here[name])}.",
                )  # fmt: skip


def _versions(told: dict[str, Any]) -> dict[str, str]:
    packages: dict[str, str] = told["packages"]
    return packages | {"python": ".".join(packages["python"].split(".")[:2])}


KEPT = "tingbjerg_eval.evaluation.kept"

_parents: dict[str, warm.WarmParent] = {}
_running: dict[str, int] = {}
_guard = threading.Lock()


def run_there(
    batch: str, order: Order, contents: dict[str, bytes], opened: bytes | None
) -> Outcome:
    """On a worker: unpack the inputs into a folder of their own and run the order there, where
    its study is ``opened``, pickled."""
    worker = get_worker()
    # The worker's own folder, which the next living worker removes where this one is killed.
    own = worker.local_directory
    with tempfile.TemporaryDirectory(prefix="tingbjerg-", dir=own) as folder:
        unpack(contents, order.inputs, Path(folder))
        context = {**order.context, "folder": folder}
        here = dataclasses.replace(order, folder=folder, context=context)

        def notify(stage: str, cell: int, cells: int) -> None:
            worker.log_event(batch, (order.study, order.name, stage, cell, cells))

        parent = _enter(batch)
        warm.adopt(parent)
        try:
            with _kept_open(parent, here, opened):
                return run_order(here, notify)
        finally:
            warm.adopt(None)
            _leave(batch)


@contextmanager
def _kept_open(parent: warm.WarmParent, order: Order, opened: bytes | None) -> Iterator[None]:
    """The notebooks find the study of ``order`` open."""
    if opened is None:
        yield
        return
    folder, given = Path(order.folder), order.parameters
    path = folder / given["study"]
    data = folder / given["data"] if "data" in given else None
    told = parent.prepare(f"{KEPT}:keep_sent", opened, path, data)
    try:
        yield
    finally:
        parent.withdraw(told, f"{KEPT}:let_go", path, data)


def unpack(contents: dict[str, bytes], wanted: dict[str, str], folder: Path) -> None:
    """Write files that are what their digests say; raises ``ValueError`` for any that is not."""
    for name, content in contents.items():
        if digests.of_bytes(content) != wanted[name]:
            raise ValueError(f"{name} did not arrive as it was sent")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _enter(batch: str) -> warm.WarmParent:
    with _guard:
        _close(other for other in tuple(_parents) if other != batch and not _running.get(other))
        _running[batch] = _running.get(batch, 0) + 1
        if batch not in _parents:
            _parents[batch] = warm.WarmParent()
        return _parents[batch]


def _leave(batch: str) -> None:
    with _guard:
        _running[batch] = _running.get(batch, 1) - 1


def end_batch(batch: str) -> None:
    """On a worker: end the warm parent of a batch and all it runs."""
    with _guard:
        _close([batch])


def _close(batches: Iterable[str]) -> None:
    for batch in batches:
        if batch in _parents:
            _parents.pop(batch).close()
