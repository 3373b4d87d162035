"""How many reports to make at once on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

PER_REPORT = 350 * 2**20
"""Bytes one report may take on top of what it shares with the warm parent."""

PARENT = 500 * 2**20
"""Bytes for the batch itself and the warm parent."""

CONTROL_GROUP = Path("/sys/fs/cgroup")


def workers(reports: int, wanted: int | None = None) -> int:
    """At most one per core and what memory can hold; ``wanted`` can only lower the latter."""
    by_memory = max(1, (free_memory() - PARENT) // PER_REPORT)
    by_choice = wanted if wanted is not None else cores()
    return max(1, min(reports, by_memory, by_choice))


def cores() -> int:
    """Cores this process may use, by its affinity and its control group's quota."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    mine = mine or os.cpu_count() or 1
    quota = _numbers("cpu.max")
    allowed = quota[0] / quota[1] if len(quota) == 2 else mine
    return max(1, int(min(mine, allowed)))


def free_memory() -> int:
    """Bytes that can be used without swapping, within the control group's limit."""
    free: int = psutil.virtual_memory().available
    limit, used = _numbers("memory.max"), _numbers("memory.current")
    return min(free, limit[0] - used[0]) if limit and used else free


def _numbers(file: str) -> list[int]:
    try:
        words = (CONTROL_GROUP / file).read_text(encoding="ascii").split()
    except OSError:
        return []
    return [int(word) for word in words] if all(word.isdigit() for word in words) else []
