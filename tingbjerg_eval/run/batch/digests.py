"""What a result depends on, as digests: inputs, plan, code, parameters, environment."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tingbjerg_eval.inputs import own_code

if TYPE_CHECKING:
    from nbformat import NotebookNode

PACKAGE = own_code.PACKAGE

SETTLED = 2.0
"""Seconds a file must have rested before its digest is remembered by its time stamps."""

_known: dict[tuple[int, ...], str] = {}


def of_bytes(content: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def of_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    seen = path.stat()
    mark = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    if mark not in _known:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if time.time() - seen.st_ctime < SETTLED:
            return digest
        _known[mark] = digest
    return _known[mark]


def of_plain(value: Any) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return of_bytes(text.encode())


def of_files(paths: Iterable[Path]) -> str:
    """One digest of the names and contents of several files."""
    return of_plain(sorted((path.name, of_file(path)) for path in paths))


def of_notebook(notebook: NotebookNode) -> str:
    """What is run of a notebook: cells, their text, their tags; not outputs or counts."""
    cells = [
        (cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells
    ]
    return of_plain(cells)


def of_code(paths: Iterable[Path]) -> str:
    """One digest of files of the package, by their places in it."""
    return of_plain([(path.relative_to(PACKAGE).as_posix(), of_file(path)) for path in paths])


def of_package() -> str:
    """All of the package's own files: the same on every machine that makes a batch's reports."""
    return of_code(own_code.package_files(PACKAGE))


def edition() -> str:
    """The package's version, and by eight signs of their digest its files."""
    return f"{version('tingbjerg-eval')} (files {of_package()[:8]})"


@cache
def of_environment() -> str:
    """Python, the machine's kind, and the name and version of everything installed.

    Both stand in the name of each package's folder of metadata; to read all of them would take
    a third of a second.
    """
    places = [Path(entry or ".") for entry in sys.path]
    installed = {found.name for place in places for found in place.glob("*.dist-info")}
    installed |= {found.name for place in places for found in place.glob("*.egg-info")}
    return of_plain([sys.version, platform.system(), platform.machine(), sorted(installed)])
