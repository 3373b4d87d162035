"""Two engines for papermill: a child of the warm parent, or an ordinary kernel."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from tingbjerg_eval.run.kernels import warm

Progress = Callable[[int, int], None]
"""Called with the number of the running code cell and how many there are."""


LOST = ("KernelDied", "TimedOut")
"""What stands in the place of an error's class where the kernel was lost."""

OnAnswers = Callable[[Any], None]


def code_cells(notebook: NotebookNode) -> list[int]:
    """Positions of the cells that run: code cells that are not blank."""
    cells = enumerate(notebook.cells)
    return [at for at, cell in cells if cell.cell_type == "code" and cell.source.strip()]


class WarmEngine(Engine):  # type: ignore[misc]
    """Runs the notebook in a forked child of the warm parent."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,  # noqa: ARG003 - every notebook here is Python
        *,
        folder: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        execution_timeout: float | None = None,
        on_cell: Progress = lambda *_: None,
        on_answers: OnAnswers = lambda _: None,
        **_: Any,
    ) -> None:
        """Fill ``nb_man.nb`` with what the child sends.

        ``timeout``, or papermill's ``execution_timeout``, is in seconds for all cells together.
        ``on_answers`` is given what the notebook worked out, for whoever looks at it next.
        """
        running = code_cells(nb_man.nb)
        cells = [(at, nb_man.nb.cells[at].source) for at in running]
        reader = _Reader(nb_man, running, on_cell)
        try:
            language, answers = warm.current().call(
                "tingbjerg_eval.run.kernels.shell:run_cells",
                cells,
                str(Path(folder or ".").resolve()),
                on_message=reader.read,
                timeout=timeout or execution_timeout,
            )
            nb_man.nb.metadata["language_info"] = language
            on_answers(answers)
        except (warm.ChildDied, warm.ChildTimedOut, warm.ChildRaised) as error:
            mark_lost(nb_man, reader.at, error)


class _Reader:
    """Turns the child's messages into cells by nbclient's own rules."""

    def __init__(self, nb_man: NotebookExecutionManager, running: list[int], on_cell: Progress):
        self.nb_man, self.running, self.on_cell = nb_man, running, on_cell
        self.at = running[0] if running else 0
        self.client = PapermillNotebookClient(nb_man, record_timing=False)
        self.client.reset_execution_trackers()

    def read(self, message: tuple[Any, ...]) -> None:
        kind, self.at, *rest = message
        getattr(self, kind)(self.nb_man.nb.cells[self.at], *rest)

    def start(self, cell: NotebookNode) -> None:
        self.on_cell(self.running.index(self.at) + 1, len(self.running))
        self.client.clear_before_next_output = False
        self.nb_man.cell_start(cell, self.at)

    def output(self, cell: NotebookNode, message: dict[str, Any]) -> None:
        self.client.process_message(message, cell, self.at)

    def end(self, cell: NotebookNode, ok: bool) -> None:
        if not ok:
            self.nb_man.cell_exception(cell, self.at)
        self.nb_man.cell_complete(cell, self.at)


class PlainEngine(Engine):  # type: ignore[misc]
    """Runs the notebook in an ordinary kernel, where forking cannot be had or is not wanted."""

    running: set[PapermillNotebookClient] = set()

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        folder: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        execution_timeout: float | None = None,
        on_cell: Progress = lambda *_: None,
        **_: Any,
    ) -> None:
        """As ``WarmEngine``."""
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=40"],
        )
        place = _Place(nb_man, on_cell)
        client.on_cell_execute = place.enter
        cls.running.add(client)
        try:
            with _deadline(client, timeout or execution_timeout):
                client.execute(
                    cwd=str(Path(folder or ".").resolve()),
                    env={**os.environ, **warm.KERNEL_ENVIRONMENT},
                )
        except (DeadKernelError, warm.ChildTimedOut) as error:
            mark_lost(nb_man, place.at, error)
        finally:
            cls.running.discard(client)

    @classmethod
    def kill(cls) -> None:
        """End every kernel that is running."""
        for client in tuple(cls.running):
            _kill(client)


def _kill(client: PapermillNotebookClient) -> None:
    with suppress(Exception):
        os.kill(client.km.provisioner.pid, 9)


@contextmanager
def _deadline(client: PapermillNotebookClient, seconds: float | None) -> Iterator[None]:
    """End the kernel after so many seconds; raises ``ChildTimedOut`` where that was why it died."""
    passed, done = threading.Event(), threading.Event()

    def watch() -> None:
        if not done.wait(seconds):
            passed.set()
            while not done.wait(0.1):  # a kernel that is only starting has no process yet
                _kill(client)

    watcher = threading.Thread(target=watch, daemon=True)
    if seconds:
        watcher.start()
    try:
        yield
    except RuntimeError:  # DeadKernelError, or a kernel that died while it was starting
        if passed.is_set():
            raise warm.ChildTimedOut(seconds) from None
        raise
    finally:
        done.set()


class _Place:
    """Remembers which cell of an ordinary kernel is running."""

    def __init__(self, nb_man: NotebookExecutionManager, on_cell: Progress):
        self.running, self.on_cell = code_cells(nb_man.nb), on_cell
        self.at = self.running[0] if self.running else 0

    def enter(self, *, cell_index: int, **_: Any) -> None:
        self.at = cell_index
        self.on_cell(self.running.index(cell_index) + 1, len(self.running))


def mark_lost(nb_man: NotebookExecutionManager, at: int, error: Exception) -> None:
    """Write into the cell that was running that its kernel was lost, so nothing looks finished."""
    cell = nb_man.nb.cells[at]
    lost = LOST[isinstance(error, warm.ChildTimedOut)]
    said = str(error).splitlines()[0]
    cell.outputs.insert(0, new_output("error", ename=lost, evalue=said, traceback=[said]))
    nb_man.cell_exception(cell, at)


for _name, _engine in (("tingbjerg", WarmEngine), ("tingbjerg-plain", PlainEngine)):
    papermill_engines.register(_name, _engine)


def usable(engine: str | None) -> str:
    """The engine to use: the one asked for, else warm where processes can be forked."""
    if engine is not None:
        return engine
    return "warm" if warm.CAN_FORK else "plain"
