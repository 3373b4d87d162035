"""SIGINT and SIGTERM as news for a batch."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

from tingbjerg_eval.run.batch.failure import INTERRUPTED

News = SimpleQueue[tuple[Any, ...]]
"""What a batch hears: the name of what to do, and what with."""


class Signals:
    """Turns SIGINT and SIGTERM into news, where this is the main thread."""

    def __init__(self, news: News):
        self.news, self.raises, self.old = news, False, dict[int, Any]()

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            self.old = {number: signal.signal(number, self._heard) for number in INTERRUPTED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.old.items():
            signal.signal(number, handler)

    def _heard(self, number: int, _: object) -> None:
        self.news.put(("signal", number))
        if self.raises:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """End also what is being done now, such as a question to a database."""
        self.raises = True
        try:
            yield
        finally:
            self.raises = False
