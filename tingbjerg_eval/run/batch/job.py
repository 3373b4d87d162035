"""One report as a job that can run in a thread, another process or on another machine."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

from tingbjerg_eval.evaluation.kept import Place, take_answers
from tingbjerg_eval.inputs.errors import DISCLOSURE, FAILED
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.failure import FailedPage, Failure, failed_page, failure_of
from tingbjerg_eval.run.kernels import warm
from tingbjerg_eval.run.kernels.engines import usable
from tingbjerg_eval.run.kernels.execute import NotebookFailed, execute, findings
from tingbjerg_eval.run.kernels.warm_server import resolve

if TYPE_CHECKING:
    from tingbjerg_eval.evaluation.memo import Answers

Notify = Callable[[str, int, int], None]
"""Called with a stage, and while executing with the running cell and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One report to make.

    ``name`` is the name it is handed over under. The notebook runs in ``folder`` with
    ``parameters`` and reads ``inputs``: files named relative to ``folder``, so that the same job
    can run on another machine. ``depends`` names what stands for the inputs' content in place of
    the whole files' digests, for example digests of the tables up to the report's quarter.
    ``context`` is plain data for the renderer. ``effort`` says how long it takes beside the
    others: the longest start first, so that none is left running alone at the end.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    inputs: tuple[str, ...] = ()
    depends: Mapping[str, str] | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    effort: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """How executed notebooks become files, and who inspects the files.

    ``render`` names ``render(executed, context) -> {file name: bytes}`` and ``inspect`` names
    ``inspect(files, context) -> [finding, ...]``, both as ``"package.module:function"``; any
    finding stops the hand-over. ``context`` is the job's, with ``name``, ``parameters`` and
    ``folder``, and for whoever inspects the ``executed`` notebook. What of this package the two
    import is known; ``files`` are those outside it that they read: changing one renders again
    without executing again. ``failed_page`` makes the page that stands where a report failed.
    """

    render: str
    inspect: str
    files: tuple[Path, ...] = ()
    failed_page: FailedPage = failed_page


@dataclass(frozen=True, kw_only=True)
class Order:
    """A job as it travels: plain data, nothing that cannot be pickled.

    ``analysis`` and ``rendered`` are digests of what its executed notebook and its files depend
    on, ``code`` names the package's version and files; ``executed`` is the notebook where it is
    made already, and ``study`` the part of the batch that it belongs to.
    """

    name: str
    notebook: str
    parameters: dict[str, Any]
    folder: str
    inputs: dict[str, str]
    context: dict[str, Any]
    render: str
    inspect: str
    engine: str
    timeout: float | None
    code: str
    analysis: str
    rendered: str
    effort: float
    executed: str | None = None
    study: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an order: files with their digests, or a failure."""

    name: str
    executed: str | None
    files: dict[str, bytes]
    digests: dict[str, str]
    failure: Failure | None
    seconds: dict[str, float]
    host: str

    def intact(self) -> bool:
        """Whether the files arrived as they were sent."""
        return self.digests == {
            name: digests.of_bytes(content) for name, content in self.files.items()
        }

    def doubt(self, order: Order) -> Failure | None:
        """Why what a worker sent is not believed, if it is not."""
        notebook, source = (
            nbformat.reads(one, as_version=4) for one in (self.executed, order.notebook)
        )
        found = findings(notebook, source, order.parameters)
        if not self.intact():
            found.append("the files are not those that were sent")
        if not self.files:
            found.append("there are no files")
        if not found:
            return None
        return Failure(stage="verifying", reason="NotWhole", detail="\n".join(found))


class _Stop(Exception):
    def __init__(self, failure: Failure):
        self.failure = failure


def run_order(order: Order, notify: Notify = lambda *_: None) -> Outcome:
    """Execute, verify, render and inspect; never raises for what goes wrong with the report."""
    work = _Work(order, notify)
    try:
        work.check_place()
        work.execute()
        work.render()
        failure = None
    except _Stop as stop:
        failure, work.files = stop.failure, {}
    return Outcome(
        name=order.name,
        executed=work.executed,
        files=work.files,
        digests={name: digests.of_bytes(content) for name, content in work.files.items()},
        failure=failure,
        seconds=work.seconds,
        host=platform.node(),
    )


class _Work:
    """The stages of one order."""

    def __init__(self, order: Order, notify: Notify):
        self.order, self.notify = order, notify
        self.executed = order.executed
        self.files: dict[str, bytes] = {}
        self.seconds: dict[str, float] = {}
        self.answers: dict[Place, Answers] = {}

    def check_place(self) -> None:
        """Another machine must hold the same code, and the inputs that were asked for."""
        mine = digests.edition()
        if mine != self.order.code:
            why = (
                f"{platform.node()} has tingbjerg-eval {mine}, the batch began with "
                f"{self.order.code}. Put the same wheel on both; do not edit its files meanwhile."
            )
            raise _Stop(Failure(stage="shipping", reason="OtherVersion", detail=why))
        self.check_inputs(stage="shipping")

    def check_inputs(self, *, stage: str) -> None:
        for name, digest in self.order.inputs.items():
            path = Path(self.order.folder, name)
            if not path.is_file() or digests.of_file(path) != digest:
                why = f"{name} is not what it was when the batch began"
                raise _Stop(Failure(stage=stage, reason="InputChanged", detail=why))

    def execute(self) -> None:
        if self.executed is not None:
            return
        order, start = self.order, time.monotonic()
        self.notify("executing", 0, 0)
        notebook = nbformat.reads(order.notebook, as_version=4)
        try:
            done = execute(
                notebook,
                order.parameters,
                folder=Path(order.folder),
                engine=order.engine,
                timeout=order.timeout,
                on_cell=lambda at, of: self.notify("executing", at, of),
                on_answers=self.answers.update,
            )
        except NotebookFailed as error:
            self.executed = nbformat.writes(error.executed) if error.executed else None
            raise _Stop(failure_of(error, stage="executing")) from error
        finally:
            self.seconds["executing"] = round(time.monotonic() - start, 3)
        self.executed = nbformat.writes(done)
        self.verify(done, notebook)

    def verify(self, done: NotebookNode, notebook: NotebookNode) -> None:
        found = findings(done, notebook, self.order.parameters)
        if found:
            detail = "\n".join(found)
            raise _Stop(Failure(stage="verifying", reason="NotWhole", detail=detail))
        self.check_inputs(stage="verifying")

    def render(self) -> None:
        order, start = self.order, time.monotonic()
        self.notify("rendering", 0, 0)
        given = (self.executed, order.render, order.inspect, order.context, self.answers)
        try:
            self.files, found = _aside(order.engine, order.timeout, *given)
        except (warm.ChildRaised, warm.ChildDied, warm.ChildTimedOut) as error:
            detail = getattr(error, "traceback", "")
            raise _Stop(failure_of(error, stage="rendering", detail=detail)) from error
        finally:
            self.seconds["rendering"] = round(time.monotonic() - start, 3)
        if found:
            detail = "\n".join(found)
            stop = Failure(
                stage="inspecting", reason="Disclosure", detail=detail, exit_code=DISCLOSURE
            )
            raise _Stop(stop)


def _aside(engine: str, timeout: float | None, *given: Any) -> tuple[dict[str, bytes], list[str]]:
    """Render in a child of the warm parent, or here where there is none."""
    if usable(engine) == "warm":
        files = "tingbjerg_eval.run.batch.job:make_files"
        made: tuple[dict[str, bytes], list[str]] = warm.current().call(
            files, *given, timeout=timeout
        )
        return made
    try:
        return make_files(*given, send=None)
    except Exception as error:
        code = getattr(error, "exit_code", FAILED)
        raised = warm.ChildRaised(type(error).__name__, str(error), repr(error), code)
        raise raised from error


def make_files(
    executed: str,
    render: str,
    inspect: str,
    context: Mapping[str, Any],
    answers: Mapping[Place, Answers],
    *,
    send: Callable[..., None] | None,  # noqa: ARG001 - given to every function called in a child
) -> tuple[dict[str, bytes], list[str]]:
    """Render an executed notebook and inspect the files: the files and the findings.

    ``answers`` are what the notebook worked out: who inspects need not work it out again.
    """
    take_answers(answers)
    notebook = nbformat.reads(executed, as_version=4)
    files = dict(resolve(render)(notebook, dict(context)))
    wrong = [name for name in files if not _safe_name(name)]
    if wrong or not all(isinstance(content, bytes) for content in files.values()):
        raise ValueError(f"a renderer must give plain file names and bytes, not {wrong or 'text'}")
    return files, list(resolve(inspect)(files, {**context, "executed": notebook}))


def _safe_name(name: str) -> bool:
    return name == Path(name).name and name not in ("", ".", "..", "manifest.json")
