"""The same jobs on an existing Dask cluster: inputs travel as files by digest."""

from __future__ import annotations

import dataclasses
import re
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed import Client, get_worker

from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.job import Order, Outcome, run_order
from tingbjerg_eval.run.kernels import warm

ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[^\s/:@]+:\d{1,5}|(tcp|tls)://\[[0-9a-fA-F:]+\]:\d{1,5}")
"""Protocol, host and port; no name and no password."""


class ClusterLost(TingbjergError, RuntimeError):
    """The scheduler no longer answers."""

    def __init__(self) -> None:
        super().__init__(
            "The scheduler was lost. What is done stays: start it again with 'dask scheduler' and "
            "give the command again."
        )


Listener = Callable[[str, str, str, int, int], None]


class ClusterExecutor(Executor):
    """``concurrent.futures`` in front of a Dask scheduler, for ``run_batch(executor=...)``.

    Every file is sent once and kept by the cluster under its digest; each report runs in a
    folder of its own on a worker, and its files come back with their digests. A report whose
    worker is lost runs again on another, at most ``retries`` times.
    """

    ships_inputs = True

    def __init__(self, address: str, *, retries: int = 2, connect_seconds: float = 20):
        self.client = _connected(address, connect_seconds)
        self.executor = self.client.get_executor(pure=False, retries=retries)
        self.batch = uuid.uuid4().hex
        self.sent: dict[str, object] = {}

    def listen(self, listener: Listener) -> None:
        """Pass on what the workers say about their reports."""

        def heard(event: tuple[Any, Any]) -> None:
            listener(*event[1])

        self.client.subscribe_topic(self.batch, heard)

    def submit(  # type: ignore[override]
        self, run: Callable[..., Any], order: Order, /
    ) -> Future[Outcome]:
        """Send an order; ``run`` is ``run_order``, which the worker imports itself."""
        if run is not run_order:
            raise TypeError("a cluster runs reports only")
        here = Path(order.folder)
        contents = {name: self.send(here / name, to) for name, to in order.inputs.items()}
        sent: Future[Outcome] = self.executor.submit(run_there, self.batch, order, contents)
        return sent

    def send(self, path: Path, digest: str) -> object:
        """A file's content as the cluster holds it, sent at most once.

        As a task and not as scattered data, which is gone with the worker that holds it.
        """
        if digest not in self.sent:
            key = f"tingbjerg-file-{digest}"
            self.sent[digest] = self.client.submit(bytes, path.read_bytes(), key=key)
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
    if not ADDRESS.fullmatch(address):
        raise _refused(address, "Write it as the scheduler says it when it starts.")
    try:
        return Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _refused(
            address,
            f"No scheduler answered within {seconds:g} seconds: start it with 'dask scheduler', "
            "or correct the address.",
        ) from error


def _refused(address: str, mend: str) -> InputRefused:
    wanted = "the address of a running Dask scheduler, such as tcp://host:8786"
    return InputRefused([
        Problem(code="cluster-address", file="--cluster", found=repr(address), wanted=wanted,
                mend=mend)
    ])  # fmt: skip


_parents: dict[str, warm.WarmParent] = {}
_running: dict[str, int] = {}
_guard = threading.Lock()


def run_there(batch: str, order: Order, contents: dict[str, bytes]) -> Outcome:
    """On a worker: unpack the inputs into a folder of their own and run the order there."""
    worker = get_worker()
    # The worker's own folder, which the next living worker removes where this one is killed.
    own = worker.local_directory
    with tempfile.TemporaryDirectory(prefix="tingbjerg-", dir=own) as folder:
        unpack(contents, order.inputs, Path(folder))
        context = {**order.context, "folder": folder}
        here = dataclasses.replace(order, folder=folder, context=context)

        def notify(stage: str, cell: int, cells: int) -> None:
            worker.log_event(batch, (order.study, order.name, stage, cell, cells))

        warm.adopt(_enter(batch))
        try:
            return run_order(here, notify)
        finally:
            warm.adopt(None)
            _leave(batch)


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
