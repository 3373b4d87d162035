"""Functions for the warm parent to call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

_kept: list[str] = []


def keep(text):
    _kept.append(text)


def kept(**_):
    return _kept[-1] if _kept else None


def start_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def pid(**_):
    return os.getpid()


def same(text, **_):
    return text


def die(**_):
    os.kill(os.getpid(), signal.SIGKILL)


def leave(**_):
    os._exit(7)


def leave_at_once(**_):
    os._exit(0)


def fail(**_):
    raise ValueError("not today")


def count(times, *, send):
    for number in range(times):
        send(number)
    return "counted"


def count_and_wait(*, send):
    send(0)
    signal.pause()


def start_and_wait(**_):
    subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    signal.pause()
