"""The output folder: what is already made, and whatever is new written aside, checked, and put in
place by one rename."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from tingbjerg_eval.inputs.errors import InUse
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.failure import FailedPage, Failure, failed_page, failure_of

if TYPE_CHECKING:
    from tingbjerg_eval.run.batch.job import Order, Outcome

MANIFEST = "manifest.json"
EXECUTED, RUN, LOG = "executed.ipynb", "run.json", "log.txt"
SPACE_PER_REPORT = 20 * 2**20
"""Free bytes wanted for each report before a batch starts."""

OWNER_ONLY = 0o700
"""What stays in the house is for the one who runs it: nobody else can enter the folder."""

PATIENCE = 1.0
"""Seconds to wait for the folder, so that somebody asking for its status is not in the way."""


class FolderInUse(InUse, RuntimeError):
    """Another batch is working in this output folder."""

    def __init__(self, folder: Path):
        super().__init__(f"Another batch is using {folder}. Wait for it, or give another --output.")


class OutputFolder:
    """``reports/``, ``internal/`` and a staging folder on the same file system.

    ``page`` makes the page that stands where a report could not be made.
    """

    def __init__(self, root: Path | str, page: FailedPage = failed_page):
        self.root, self.page = Path(root).resolve(), page
        self.reports = self.root / "reports"
        self.internal = self.root / "internal"
        self.staging = self.root / ".staging"

    @contextlib.contextmanager
    def locked(self) -> Iterator[OutputFolder]:
        """Hold the folder; raises ``FolderInUse`` or ``InputRefused`` (cannot be written)."""
        try:
            for folder in (self.root, self.reports, self.internal):
                folder.mkdir(parents=True, exist_ok=True)
            self.internal.chmod(OWNER_ONLY)
            lock = FileLock(self.root / ".lock", timeout=PATIENCE)
            lock.acquire()
        except Timeout as error:
            raise FolderInUse(self.root) from error
        except OSError as error:
            raise _refused("output-folder", self.root, str(error.strerror)) from error
        try:
            self.recover()
            yield self
        finally:
            lock.release()

    def in_use(self) -> bool:
        """Whether a batch is working here now."""
        if not (self.root / ".lock").exists():
            return False
        try:
            with FileLock(self.root / ".lock", timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            return False

    def recover(self) -> None:
        """Undo what a batch that was killed left half done."""
        for old in self.staging.glob("*.previous"):
            where = Path(old.with_suffix(".place").read_text(encoding="utf-8"))
            if not where.exists():
                old.rename(where)
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(mode=OWNER_ONLY, exist_ok=True)

    def check_space(self, reports: int) -> None:
        """Raise ``InputRefused`` where the disk cannot hold the batch."""
        free, wanted = shutil.disk_usage(self.root).free, reports * SPACE_PER_REPORT
        if free < wanted:
            found = f"{free // 2**20} MB free, {wanted // 2**20} MB wanted"
            raise _refused("disk-space", self.root, found)

    def place(self, where: Path, files: Mapping[str, bytes]) -> None:
        """Make ``where`` a folder that holds exactly ``files``, in one step.

        Raises ``OSError`` where that cannot be done; ``where`` is then as it was.
        """
        staged = self.staging / f"{where.parent.name}-{where.name}"
        shutil.rmtree(staged, ignore_errors=True)
        try:
            _write_folder(staged, files, private=where.parent == self.internal)
            if where.exists():
                self._swap(staged, where)
            else:
                staged.rename(where)
            _sync(where.parent)
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def _swap(self, staged: Path, where: Path) -> None:
        if exchange(staged, where):
            return
        note, old = (Path(f"{staged}.{end}") for end in ("place", "previous"))
        write_file(note, str(where).encode())
        where.rename(old)
        staged.rename(where)
        shutil.rmtree(old, ignore_errors=True)

    def place_file(self, where: Path, content: bytes) -> None:
        """Make ``where`` a file with this content, in one step."""
        staged = self.staging / f"{where.parent.name}-{where.name}.file"
        write_file(staged, content)
        staged.replace(where)

    def set_aside(self, where: Path) -> None:
        """Move a folder that is not what it says away from its good name, keeping it."""
        aside = self.internal / f"{where.name}.SET-ASIDE"
        shutil.rmtree(aside, ignore_errors=True)
        if where.is_dir():
            where.rename(aside)
        else:
            where.unlink()

    def check(self, name: str) -> None:
        """Take away what stands under a good name and is not whole."""
        report = self.reports / name
        if report.exists() and read_manifest(report) is None:
            self.set_aside(report)

    def rendered(self, name: str) -> str | None:
        """What the report in place depends on, if it is whole."""
        found = read_manifest(self.reports / name)
        return None if found is None else str(found["depends_on"])

    def executed(self, order: Order) -> str | None:
        """The executed notebook, if it is whole and was made from the same things."""
        kept, said = self.internal / order.name, self.said(order.name)
        try:
            text = (kept / EXECUTED).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        same = said.get("analysis") == order.analysis
        if not same or said.get("executed") != digests.of_bytes(text.encode()):
            return None
        return text

    def said(self, name: str) -> dict[str, Any]:
        """The report's ``run.json``; empty if there is none."""
        try:
            found = json.loads((self.internal / name / RUN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def expected(self, name: str) -> float | None:
        """Seconds the report took last time."""
        seconds = self.said(name).get("seconds")
        return sum(seconds.values()) if seconds else None

    def keep(self, order: Order, outcome: Outcome) -> Failure | None:
        """Put an outcome in place; the failure, if it is one or cannot be placed."""
        failure = outcome.failure or outcome.doubt(order)
        try:
            if failure is None:
                self.keep_good(order, outcome)
            elif failure.stage in ("rendering", "inspecting"):
                self.keep_analysis(order, outcome)
        except OSError as error:
            failure = failure_of(error, stage="placing")
        if failure is not None:
            self.keep_failure(order, outcome, failure)
        return failure

    def keep_good(self, order: Order, outcome: Outcome) -> None:
        """The executed notebook first, so that nothing executed is lost, then the report."""
        name = order.name
        self.keep_analysis(order, outcome)
        listed = manifest(name, order.rendered, outcome.files)
        self.place(self.reports / name, {**outcome.files, MANIFEST: listed})
        self.clear_failure(name)

    def keep_analysis(self, order: Order, outcome: Outcome) -> None:
        if self.executed(order) == outcome.executed:
            return
        files = _papers(order, outcome, None)
        self.place(self.internal / order.name, files)

    def keep_failure(self, order: Order, outcome: Outcome, failure: Failure) -> None:
        """A page and a folder that say what went wrong; a good report stays where it is."""
        name = order.name
        with contextlib.suppress(OSError):
            page = self.page(name, failure)
            self.place_file(self.reports / f"{name}.FAILED.html", page)
            papers = _papers(order, outcome, failure)
            self.place(self.internal / f"{name}.FAILED", papers)

    def clear_failure(self, name: str) -> None:
        """Remove what an earlier attempt that failed left."""
        (self.reports / f"{name}.FAILED.html").unlink(missing_ok=True)
        shutil.rmtree(self.internal / f"{name}.FAILED", ignore_errors=True)


def _refused(code: str, where: Path, found: str) -> InputRefused:
    mend = "Choose another output folder or make room and give write access."
    return InputRefused([Problem(code=code, file=str(where), found=found, mend=mend)])


def _write_folder(folder: Path, files: Mapping[str, bytes], *, private: bool) -> None:
    """``private`` files can be read by their owner alone, wherever they are moved."""
    folder.mkdir(mode=OWNER_ONLY if private else 0o777)
    for name, content in files.items():
        write_file(folder / name, content)
        if private:
            (folder / name).chmod(0o600)
    _sync(folder)


def write_file(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step where the system can; say whether it did."""
    library: Any = ctypes.CDLL(None, use_errno=True) if sys.platform != "win32" else None
    here, one_name, other_name = -100, os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(here, one_name, here, other_name, 2) == 0)
    if hasattr(library, "renamex_np"):
        return bool(library.renamex_np(one_name, other_name, 2) == 0)
    return False


def manifest(name: str, digest: str, files: Mapping[str, bytes]) -> bytes:
    """The list of a report's files with their SHA-256, and the digest of what they depend on."""
    listed = {file: digests.of_bytes(content) for file, content in sorted(files.items())}
    content = {"name": name, "depends_on": digest, "files": listed}
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def read_manifest(report: Path) -> dict[str, Any] | None:
    """The manifest of a report whose files are exactly those listed; else ``None``."""
    try:
        said: dict[str, Any] = json.loads((report / MANIFEST).read_text(encoding="utf-8"))
        there = {path.relative_to(report).as_posix() for path in report.rglob("*")}
        whole = there == {MANIFEST, *said["files"]} and all(
            digests.of_file(report / file) == digest for file, digest in said["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said if whole and said.get("name") == report.name else None


def _papers(order: Order, outcome: Outcome, failure: Failure | None) -> dict[str, bytes]:
    """The files that stay in the house."""
    executed = (outcome.executed or "").encode()
    run = {
        "name": outcome.name,
        "analysis": order.analysis,
        "executed": digests.of_bytes(executed),
        "parameters": order.parameters,
        "inputs": order.inputs,
        "engine": order.engine,
        "seconds": outcome.seconds,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "host": outcome.host,
        "python": platform.python_version(),
    }
    text = json.dumps(run, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    files = {RUN: text.encode(), LOG: _log(outcome, failure).encode()}
    return {**files, EXECUTED: executed} if executed else files


def _log(outcome: Outcome, failure: Failure | None) -> str:
    lines = [f"{stage}: {seconds} s" for stage, seconds in outcome.seconds.items()]
    if failure is None:
        return "\n".join([*lines, "every cell ran, in order, without errors"]) + "\n"
    cell = "" if failure.cell is None else f" in cell {failure.cell}"
    said = f"failed while {failure.stage}{cell}: {failure.reason}"
    return "\n".join([*lines, said, failure.detail]) + "\n"
