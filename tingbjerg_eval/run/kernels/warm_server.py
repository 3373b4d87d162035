"""The warm parent: one process that holds the heavy imports and forks a child for each call.

It stays single-threaded, so that a fork is safe, and ends with everything it started as soon as
the process that asked for it is gone, however that went.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tingbjerg_eval.inputs.errors import FAILED

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1])['path']; "
    "from tingbjerg_eval.run.kernels.warm_server import main; main(sys.argv[1])"
)
"""The program of a warm parent: the path first, so that it loads the package that started it."""

WORD = struct.Struct("<q")
"""One number on the status pipe: first the child's process id, later its exit status."""

CALL, PREPARE = b"c", b"p"
"""What is asked of a warm parent: a child for a call, or to keep something for every child."""


def main(setup: str) -> None:
    """Load what ``setup`` names, then serve.

    ``setup`` is JSON: ``control`` (a socket), ``path``, ``preload`` (modules).
    """
    wanted = json.loads(setup)
    for name in wanted["preload"]:
        preload(name)
    settle()
    _Server(socket.socket(fileno=wanted["control"]), setup).serve()


def settle() -> None:
    """Leave what is loaded out of every child's garbage collection, so that pages stay shared."""
    gc.collect()
    gc.freeze()


def threads() -> int:
    """Threads of this process; 1 where the system does not say."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1


def start_over(setup: str) -> None:
    """Become a fresh process: with a second thread a fork would not be safe."""
    os.execv(sys.executable, [sys.executable, "-P", "-c", START, setup])


def preload(name: str) -> None:
    """Import a module; a package ending in ``.*`` with all it holds.

    A module that cannot be loaded is left out here, so that the notebook that needs it says why.
    """
    package, _, everything = name.partition(".*")
    with contextlib.suppress(Exception):
        module = importlib.import_module(package)
        if everything or name.endswith(".*"):
            for inner in pkgutil.iter_modules(module.__path__, package + "."):
                preload(inner.name + (".*" if inner.ispkg else ""))


class _Server:
    def __init__(self, control: socket.socket, setup: str):
        self.control, self.setup = control, setup
        self.children: dict[int, int] = {}
        self.woken, self.waker = os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(self.waker, False)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def serve(self) -> None:
        try:
            while True:
                waited: list[socket.socket | int] = [self.control, self.woken]
                ready, _, _ = select.select(waited, [], [])
                if self.woken in ready:
                    self.reap()
                if self.control in ready and not self.accept():
                    return
        finally:
            for pid in self.children:
                kill_group(pid)

    def accept(self) -> bool:
        """Prepare, or fork a child for one call; false once nobody can ask any more."""
        with contextlib.suppress(ConnectionError):
            data, handed, _, _ = socket.recv_fds(self.control, 1, 2)
            if data == PREPARE:
                self.prepare(*handed)
            elif data:
                self.fork(*handed)
            return bool(data)
        return False

    def prepare(self, told: int) -> None:
        """Call a function whose result its module keeps, so that every child finds it there.

        What goes wrong here is left for the notebook that needs it to say.
        """
        with contextlib.suppress(Exception), Connection(told) as connection:
            name, arguments = connection.recv()
            resolve(name)(*arguments)
        if threads() > 1:
            start_over(self.setup)
        settle()

    def fork(self, call: int, status: int) -> None:
        pid = os.fork()
        if pid == 0:
            self.become_child(call, status)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        os.close(call)
        _tell(status, pid)
        self.children[pid] = status

    def become_child(self, call: int, status: int) -> None:
        code = 1
        try:
            os.setpgid(0, 0)
            die_with_parent()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT):
                signal.signal(number, signal.default_int_handler if number == 2 else signal.SIG_DFL)
            self.control.close()
            for descriptor in (status, self.woken, self.waker, *self.children.values()):
                os.close(descriptor)
            os.set_inheritable(call, False)
            answer(Connection(call))
            code = 0
        finally:
            os._exit(code)

    def reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.woken, 65536)
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                kill_group(pid)
                descriptor = self.children.pop(pid)
                _tell(descriptor, os.waitstatus_to_exitcode(status))
                os.close(descriptor)


def _tell(descriptor: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.write(descriptor, WORD.pack(number))


def kill_group(pid: int) -> None:
    """End a child with whatever it started itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends (PR_SET_PDEATHSIG = 1)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def answer(connection: Connection) -> None:
    """Read one call, do it with fresh random state, and send messages and then the result."""
    name, arguments = connection.recv()
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()

    def send(message: object) -> None:
        connection.send(("message", message))

    try:
        connection.send(("result", resolve(name)(*arguments, send=send)))
    except BaseException as error:
        code = getattr(error, "exit_code", FAILED)
        said = (type(error).__name__, str(error), traceback.format_exc(), code)
        connection.send(("raised", said))


def resolve(name: str) -> Callable[..., Any]:
    """The function called ``"package.module:function"``."""
    module, _, function = name.partition(":")
    resolved: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return resolved
