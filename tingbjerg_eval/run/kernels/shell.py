"""Run a notebook's code cells in this process, with the publisher and hooks of a real kernel.

The shell, the display hook, the display publisher and the tracebacks are ipykernel's own; only
the sockets are replaced. So what a notebook shows does not depend on which engine ran it.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets.config import Config

from tingbjerg_eval.evaluation.kept import Place, answers_of_open

if TYPE_CHECKING:
    from tingbjerg_eval.evaluation.memo import Answers

Send = Callable[[tuple[Any, ...]], None]
BUFFERED = 1 << 16


def run_cells(
    cells: list[tuple[int, str]], folder: str, *, send: Send
) -> tuple[dict[str, Any], dict[Place, Answers]]:
    """Run ``(index, source)`` cells in order in ``folder``; stop at the first error.

    Sends ``("start", index)``, ``("output", index, message)`` with Jupyter messages and
    ``("end", index, ok)``. Returns the language information a kernel would give, and what was
    worked out of the studies that are open.
    """
    os.chdir(folder)
    sys.argv = [""]
    cell = _Cell(send)
    with _captured(cell) as drain:
        shell = _start_shell(cell)
        asyncio.run(_run_all(shell, cells, cell, drain))
    return IPythonKernel.language_info, answers_of_open()


class _Cell:
    """Where messages go: to the cell that is running."""

    def __init__(self, send: Send):
        self.send, self.index = send, -1

    def output(self, kind: str, content: dict[str, Any]) -> None:
        message = {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}}
        message["content"] = content
        self.send(("output", self.index, message))


class _Messages(Session):
    """A Jupyter session that hands messages over in place of writing to a socket."""

    cell = AnyTrait()

    def send(  # type: ignore[override]
        self, _socket: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **_: Any
    ) -> Any:
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(msg_or_type, content, parent)
        self.cell.output(message["msg_type"], message["content"])
        return message


class _Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a cell."""

    encoding = "utf-8"

    def __init__(self, name: str, cell: _Cell):
        self.stream, self.cell = name, cell
        self.parts: list[str] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.parts.append(text)
        self.size += len(text)
        if self.size > BUFFERED:
            self.flush()
        return len(text)

    def flush(self) -> None:
        text, self.parts, self.size = "".join(self.parts), [], 0
        if text:
            self.cell.output("stream", {"name": self.stream, "text": text})


@contextlib.contextmanager
def _captured(cell: _Cell) -> Iterator[Callable[[], None]]:
    """Catch both streams, and what compiled code or a subprocess writes past them."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        below = {"stdout": out, "stderr": err}
        for descriptor, file in ((1, out), (2, err)):
            os.dup2(file.fileno(), descriptor)
        sys.stdout, sys.stderr = (_Stream(name, cell) for name in below)

        def drain() -> None:
            for stream, name, file in zip(
                (sys.stdout, sys.stderr), below, below.values(), strict=True
            ):
                stream.flush()
                file.seek(0)
                text = file.read().decode("utf-8", "replace")
                file.seek(0)
                file.truncate()
                if text:
                    cell.output("stream", {"name": name, "text": text})

        yield drain


def _start_shell(cell: _Cell) -> ZMQInteractiveShell:
    _forget_inline_figures()
    config = Config()
    config.HistoryManager.enabled = False
    shell = ZMQInteractiveShell.instance(
        config=config,
        user_ns={},
        compiler_class=XCachingCompiler,
        kernel=SimpleNamespace(eventloop=None),
    )
    setattr(shell, "enable_gui", lambda _=None: None)  # noqa: B010 - a method of this one shell
    session = _Messages(cell=cell)
    hook: Any = shell.displayhook
    publisher: Any = shell.display_pub
    hook.session = publisher.session = session
    hook.topic = b"execute_result"
    return shell


def _forget_inline_figures() -> None:
    """Let the notebook load the inline backend itself.

    It ties itself to the shell when it is imported; one that the parent imported has no shell,
    and every figure would vanish without a word.
    """
    for name in [name for name in sys.modules if name.startswith("matplotlib_inline")]:
        del sys.modules[name]


async def _run_all(
    shell: ZMQInteractiveShell,
    cells: list[tuple[int, str]],
    cell: _Cell,
    drain: Callable[[], None],
) -> None:
    for index, source in cells:
        cell.index = index
        cell.send(("start", index))
        cell.output("execute_input", {"code": source, "execution_count": shell.execution_count})
        result = await _run(shell, source)
        drain()
        if shell.exit_now:
            os._exit(0)
        shown = getattr(shell, "_last_traceback_during_displayhook", False)
        ok = result.success and not shown
        cell.send(("end", index, ok))
        if not ok:
            return


async def _run(shell: ZMQInteractiveShell, source: str) -> Any:
    """As ``IPythonKernel.do_execute``: with top-level ``await``, else directly."""
    try:
        transformed, failure = shell.transform_cell(source), None
    except Exception:
        transformed, failure = source, sys.exc_info()
    given = {"transformed_cell": transformed, "preprocessing_exc_tuple": failure}
    if not shell.should_run_async(source, **given):
        return shell.run_cell(source, store_history=True)
    result = None
    try:
        result = await shell.run_cell_async(source, store_history=True, **given)
    finally:
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    return result
