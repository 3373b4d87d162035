"""Call functions in children of one warm parent, and learn how each of them ended."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any

from tingbjerg_eval.inputs.errors import FAILED, TingbjergError
from tingbjerg_eval.run.kernels.warm_server import CALL, PREPARE, START, WORD, kill_group

PRELOAD = (
    "numpy",
    "pandas",
    "scipy.stats",
    "scipy.optimize",
    "statsmodels.genmod.generalized_linear_model",
    "statsmodels.stats.multitest",
    "statsmodels.stats.proportion",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "ipykernel.zmqshell",
    "ipykernel.ipkernel",
    "jupyter_client.session",
    "IPython.core.pylabtools",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "nbformat",
    "nbconvert",
    "docx",
    "openpyxl",
    "papermill",
    "pypdf",
    "pypdfium2",
    "typst",
    "tingbjerg_eval.evaluation.opening",
    "tingbjerg_eval.stats.*",
    "tingbjerg_eval.presentation.*",
    "tingbjerg_eval.report.*",
    "tingbjerg_eval.memo.*",
    "tingbjerg_eval.release.*",
    "tingbjerg_eval.exploring.*",
    "tingbjerg_eval.run.kernels.shell",
)
"""What a warm parent loads; a notebook that reads deliveries itself loads the readers."""

ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "BLIS", "VECLIB")
}
KERNEL_ENVIRONMENT = {
    **ONE_THREAD,
    "PYTHONHASHSEED": "0",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
"""The environment of every notebook, warm or not: one numeric thread a report, one hash seed.

Arrow's allocator would start a thread of its own, and a process that forks must have only one.
"""

TIMES_ASKED = 3
"""How many parents a call is asked of, one after another, if each dies before it forks for it."""

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")


class ChildDied(TingbjergError, RuntimeError):
    """The child ended without a result; ``status`` is its exit code, negative for a signal."""

    def __init__(self, status: int | None):
        self.status = status
        super().__init__(f"the process ended {_ending(status)}")


class ChildTimedOut(TingbjergError, RuntimeError):
    """The child was ended because it took longer than it was given."""

    def __init__(self, timeout: float | None):
        super().__init__(f"no result within {timeout or 0:g} seconds")


class ChildRaised(TingbjergError, RuntimeError):
    """The function raised: ``ename`` the error's class, ``evalue`` its text, ``exit_code``
    what it stands for."""

    def __init__(self, ename: str, evalue: str, traceback: str, exit_code: int = FAILED):
        self.exit_code = exit_code
        self.ename, self.evalue, self.traceback = ename, evalue, traceback
        super().__init__(f"{ename}: {evalue}")


def _ending(status: int | None) -> str:
    if status is None:
        return "with the warm parent"
    if status < 0:
        return f"by {signal.Signals(-status).name}"
    return f"with exit code {status} before it was done"


class WarmParent:
    """One process with the heavy imports, which forks a child for each call.

    Safe to call from several threads at once. It is started at once, started again if it was
    killed, and ended by ``close`` or at the end of a ``with`` statement. ``preload`` names
    modules to import.
    """

    def __init__(self, *, preload: Iterable[str] | None = None):
        self.preload = list(PRELOAD if preload is None else preload)
        self._guard = threading.Lock()
        self._pids: set[int] = set()
        self._prepared: list[bytes] = []
        self._closed = False
        self._start()

    def _start(self) -> None:
        self._control, far = socket.socketpair()
        setup = {"control": far.fileno(), "path": sys.path, "preload": self.preload}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, json.dumps(setup)],
            env={**os.environ, **KERNEL_ENVIRONMENT},
            pass_fds=[far.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        far.close()
        for one in self._prepared:
            self._prepare(one)

    def prepare(self, function: str, *arguments: Any) -> bytes:
        """Call ``"module:function"`` in the parent for what it keeps in memory: every child that
        is asked for later finds it there. Does not wait for the parent to have loaded. What is
        returned stands for it in :meth:`withdraw`."""
        with self._guard:
            told = bytes(ForkingPickler.dumps((function, arguments)))
            self._prepared.append(told)
            self._prepare(told)
        return told

    def withdraw(self, told: bytes, function: str, *arguments: Any) -> None:
        """Call ``"module:function"`` in the parent to undo what it was ``told`` to prepare."""
        with self._guard:
            self._prepared.remove(told)
            self._prepare(bytes(ForkingPickler.dumps((function, arguments))))

    def _prepare(self, pickled: bytes) -> None:
        near, far = Pipe()
        with far, contextlib.suppress(OSError):
            socket.send_fds(self._control, [PREPARE], [far.fileno()])
        threading.Thread(target=_deliver, args=(near, pickled), daemon=True).start()

    def call(
        self,
        function: str,
        *arguments: Any,
        on_message: Callable[[Any], None] = lambda _: None,
        timeout: float | None = None,
    ) -> Any:
        """Run ``"module:function"`` with ``send=`` in a fresh child and return its result.

        Raises ``ChildRaised``, ``ChildDied`` or ``ChildTimedOut`` (``timeout`` in seconds).
        A parent that dies before it has forked costs nothing: the next one is asked.
        """
        for _ in range(TIMES_ASKED):
            with _Call(self) as call:
                if call.started():
                    return call.result(function, arguments, on_message, timeout)
        raise ChildDied(None)

    def hand_over(self, descriptors: list[int]) -> subprocess.Popen[bytes]:
        """Give the far ends of one call to the parent, which is returned.

        The parent may be dead, or about to die, for all that: its sockets close a moment before
        its end can be seen, and what it was given may lie unread. Raises ``ChildDied`` once
        closed.
        """
        with self._guard:
            if self._closed:
                raise ChildDied(None)
            if self.process.poll() is not None:
                self._control.close()
                self._start()
            with contextlib.suppress(OSError):
                socket.send_fds(self._control, [CALL], descriptors)
            return self.process

    def close(self) -> None:
        """End the parent and every child it still has, for good."""
        with self._guard:
            self._closed = True
            self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2 if self._pids else 0)
        self.process.kill()
        self.process.wait()
        for pid in tuple(self._pids):
            kill_group(pid)

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _deliver(near: Connection, pickled: bytes) -> None:
    with near, contextlib.suppress(OSError):
        near.send_bytes(pickled)


@contextlib.contextmanager
def started(*, wanted: bool = True) -> Iterator[WarmParent | None]:
    """A warm parent that loads its libraries while this process reads a study for it; ``None``
    where none is wanted or processes cannot be forked."""
    if not (wanted and CAN_FORK):
        yield None
        return
    with WarmParent() as parent:
        yield parent


class _Call:
    """One child, from the request to its exit status."""

    def __init__(self, parent: WarmParent):
        self.parent = parent
        self.pid: int | None = None

    def __enter__(self) -> _Call:
        self.near, far = Pipe()
        status, far_status = os.pipe()
        self.status = Connection(status, writable=False)
        try:
            self.asked = self.parent.hand_over([far.fileno(), far_status])
        finally:
            far.close()
            os.close(far_status)
        return self

    def __exit__(self, *_: object) -> None:
        if self.pid is not None and self.pid in self.parent._pids:
            self.kill()
            self.parent._pids.discard(self.pid)
        self.near.close()
        self.status.close()

    def started(self) -> bool:
        """Whether a child was forked; if not, the parent is gone, seen to its end, and nothing ran.

        A child learns what to do only after its number has come here.
        """
        self.pid = self.number()
        if self.pid is None:
            self.asked.kill()
            self.asked.wait()
            return False
        self.parent._pids.add(self.pid)
        return True

    def result(
        self,
        function: str,
        arguments: tuple[Any, ...],
        on_message: Callable[[Any], None],
        timeout: float | None,
    ) -> Any:
        with contextlib.suppress(OSError):
            self.near.send((function, arguments))
        for kind, content in self.answers(timeout):
            if kind == "message":
                on_message(content)
            elif kind == "raised":
                raise ChildRaised(*content)
            else:
                return content
        raise ChildDied(self.number())

    def answers(self, timeout: float | None) -> Iterator[tuple[str, Any]]:
        """What the child sends, until it is gone."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if end is None else max(0.0, end - time.monotonic())
            ready = wait([self.near, self.status], left)
            if not ready:
                self.kill()
                raise ChildTimedOut(timeout or 0.0)
            if self.near not in ready and not self.near.poll():
                return
            try:
                yield self.near.recv()
            except (EOFError, OSError):
                return

    def number(self) -> int | None:
        """The next number on the status pipe; ``None`` if the parent is gone."""
        data = os.read(self.status.fileno(), WORD.size)
        if len(data) < WORD.size:
            self.kill()
            return None
        number: int = WORD.unpack(data)[0]
        return number

    def kill(self) -> None:
        """End the child, if it is known."""
        if self.pid is not None:
            kill_group(self.pid)


_mine = threading.local()
_shared: list[WarmParent] = []
_sharing = threading.Lock()


def adopt(parent: WarmParent | None) -> None:
    """Let this thread call ``parent`` in place of the one the process shares; the shared one again
    where it is ``None``."""
    _mine.parent = parent


def current() -> WarmParent:
    """This thread's warm parent, or else the one of this process, started at the first call."""
    adopted: WarmParent | None = getattr(_mine, "parent", None)
    if adopted is not None:
        return adopted
    with _sharing:
        if not _shared:
            _shared.append(WarmParent())
            atexit.register(close_shared)
        return _shared[0]


def close_shared() -> None:
    """End the warm parent this process shares, if there is one."""
    with _sharing:
        while _shared:
            _shared.pop().close()
