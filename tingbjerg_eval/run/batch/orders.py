"""From jobs to orders: everything checked and digested before anything runs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.digests import Code
from tingbjerg_eval.run.batch.job import Job, Order, Rendering
from tingbjerg_eval.run.parameters import check_parameters

EXECUTING = ("tingbjerg_eval.run.kernels.execute",)
RENDERING = ("tingbjerg_eval.run.batch.job",)
"""What runs a notebook and says that it is whole, and what has it rendered: where the code
begins that a result depends on, beside what the notebook and the renderer name themselves."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def plan(
    jobs: Sequence[Job],
    rendering: Rendering,
    *,
    engine: str,
    timeout: float | None = None,
    ships_inputs: bool = False,
) -> list[Order]:
    """Check every job and digest what it depends on; raises ``InputRefused`` with all problems."""
    problems = _names(jobs)
    planned: list[Order] = []
    code, whole, read = Code(digests.PACKAGE), digests.edition(), cache(read_notebook)
    look = _look(code, rendering)
    for job in jobs:
        try:
            notebook = read(job.notebook)
            parameters = check_parameters(notebook, job.parameters, file=Path(job.notebook).name)
            inputs = _inputs(job, ships_inputs)
        except InputRefused as refused:
            problems += refused.problems
            continue
        analysis = _analysis(job, notebook, parameters, inputs, code)
        context = json.dumps(dict(job.context), sort_keys=True)
        folder = str(Path(job.folder).resolve())
        about: dict[str, Any] = {"name": job.name, "parameters": parameters, "folder": folder}
        planned.append(Order(
            **about, notebook=nbformat.writes(notebook), inputs=inputs,
            context={**job.context, **about}, render=rendering.render, inspect=rendering.inspect,
            engine=engine, timeout=timeout, code=whole, effort=job.effort, analysis=analysis,
            rendered=digests.of_plain(
                [analysis, context, look, rendering.render, rendering.inspect]
            ),
        ))  # fmt: skip
    if problems:
        raise InputRefused(dict.fromkeys(problems))
    return planned


def _analysis(
    job: Job, notebook: NotebookNode, parameters: dict[str, Any], inputs: dict[str, str], code: Code
) -> str:
    """The digest of everything an executed notebook depends on."""
    files = code.files({*EXECUTING, *code.of_notebook(notebook)})
    return digests.of_plain(
        {
            "notebook": digests.of_notebook(notebook),
            "parameters": parameters,
            "inputs": dict(job.depends) if job.depends is not None else inputs,
            "code": digests.of_code(files),
            "environment": digests.of_environment(),
        }
    )


def _look(code: Code, rendering: Rendering) -> str:
    """The digest of what makes files of an executed notebook, and inspects them."""
    files = code.files({*RENDERING, rendering.render, rendering.inspect})
    return digests.of_plain([digests.of_code(files), digests.of_files(rendering.files)])


def read_notebook(path: Path) -> NotebookNode:
    """A notebook that is whole; raises ``InputRefused`` where it is not."""
    try:
        notebook: NotebookNode = nbformat.reads(
            Path(path).read_text(encoding="utf-8"), as_version=4
        )
        nbformat.validate(notebook)
    except OSError as error:
        found = error.strerror
    except (ValueError, TypeError, nbformat.ValidationError):
        found = "something that is not a whole notebook"
    else:
        return notebook
    raise InputRefused([Problem(code="notebook-unreadable", file=str(path), found=found)])


def _names(jobs: Sequence[Job]) -> list[Problem]:
    said: dict[str, Any] = {"file": "the batch", "place": "name of a report"}
    wrong = [job.name for job in jobs if not NAME.fullmatch(job.name)]
    twice = [name for name, times in Counter(job.name.lower() for job in jobs).items() if times > 1]
    wanted = "letters, digits, hyphens and underscores"
    return [
        *(Problem(code="report-name", found=repr(name), wanted=wanted, **said) for name in wrong),
        *(Problem(code="report-name-twice", found=name, **said) for name in twice),
    ]


def _inputs(job: Job, ships_inputs: bool) -> dict[str, str]:
    found, problems = {}, []
    for name in sorted(job.inputs):
        path = Path(job.folder, name)
        outside = Path(name).is_absolute() or ".." in Path(name).parts
        if ships_inputs and outside:
            mend = f"Put it under {job.folder}."
            wanted = "a file inside the study's folder, as it travels to other machines"
            problems.append(Problem(code="input-outside", file=name, wanted=wanted, mend=mend))
        elif not path.is_file():
            problems.append(Problem(code="input-missing", file=str(path), wanted="a file"))
        else:
            found[name] = digests.of_file(path)
    if problems:
        raise InputRefused(problems)
    return found
