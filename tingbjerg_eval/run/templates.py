"""Starting points for an evaluator: a small study to fill in, and a notebook to write in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

import nbformat
import yaml

from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number, quarter_range
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON

EXAMPLE = ("parameters", "examples", "minimal")
ONLY_EXAMPLE = re.compile(r"(?m)^#: .*\n|^ *source: .*\n")
"""Lines of the example that are not about a study of one's own."""
NOTEBOOK = Path(__file__).with_name("notebook.ipynb")
Answer = str | bool | dt.date | list[str]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")


def write_study(
    folder: Path,
    *,
    title: str,
    treated: str,
    comparison: str,
    baseline: str,
    period: str,
    offences: str,
    extracted: str,
) -> list[Path]:
    """Write a study of police figures with one indicator to ``folder`` and return its files.

    The minimal example with the answers put in: ``comparison`` and ``offences`` are separated
    by commas, ``baseline`` and ``period`` are a first and a last quarter (``2008K1-2009K4``),
    ``extracted`` is the day of the police extract (``2013-08-15``).
    The data files hold a row for every figure that is needed, the figures themselves left blank.

    Raises
    ------
    InputRefused
        When an answer cannot be used, or a file is there already; nothing is written then.
    """
    answers = {
        "title": title.strip(),
        "treated": treated.strip(),
        "comparison": _listed(comparison),
        "baseline": _listed(baseline, "-"),
        "period": _listed(period, "-"),
        "offences": _listed(offences),
        "extracted": _day(extracted),
    }
    problems = list(_wrong_answers(answers))
    written = {} if problems else _files(answers)
    problems += _in_the_way(folder, tuple(written))
    if problems:
        raise InputRefused(problems)
    return [_write(folder / name, text) for name, text in written.items()]


def write_notebook(name: str, folder: Path) -> Path:
    """Write a notebook called ``name`` from the template to ``folder`` and return its path.

    Raises
    ------
    InputRefused
        When the name cannot be a file's, or such a notebook is there already.
    """
    name = name.removesuffix(".ipynb")
    problems = list(_in_the_way(folder, (f"{name}.ipynb",)))
    if not NAME.fullmatch(name):
        problems = [
            Problem(code="notebook-name", file="new-notebook", found=repr(name),
                    wanted="letters, digits, hyphens and underscores, a letter first",
                    mend="Give another name.")
        ]  # fmt: skip
    if problems:
        raise InputRefused(problems)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return _write(folder / f"{name}.ipynb", nbformat.writes(notebook) + "\n")


def _listed(answer: str, separator: str = ",") -> list[str]:
    return [part.strip() for part in answer.split(separator) if part.strip()]


def _day(answer: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(answer.strip())
    except ValueError:
        return None


def _wrong_answers(answers: dict) -> Iterator[Problem]:
    wanted = {
        "title": "a title",
        "treated": "the name of an area",
        "comparison": f"at least {FEWEST_COMPARISON} areas, 12 are better",
        "baseline": "a first and a last quarter, such as 2008K1-2009K4",
        "period": "a first and a last quarter, such as 2010K1-2012K4",
        "offences": "at least one offence code",
        "extracted": "a day, such as 2013-08-15",
    }
    right = {
        "comparison": len(answers["comparison"]) >= FEWEST_COMPARISON,
        "baseline": _is_window(answers["baseline"]),
        "period": _is_window(answers["period"]),
    }
    for name, said in wanted.items():
        if not (answers[name] and right.get(name, True)):
            yield Problem(code="answer-unusable", file="new-study", column=name,
                          found=repr(answers[name]), wanted=said,
                          mend="Run the command again with another answer.")  # fmt: skip


def _is_window(quarters: list[str]) -> bool:
    if len(quarters) != 2 or not all(map(is_quarter, quarters)):
        return False
    return quarter_number(quarters[0]) <= quarter_number(quarters[1])


def refuse_in_the_way(folder: Path, names: tuple[str, ...]) -> None:
    """Refuse to write over files that are there already."""
    if problems := list(_in_the_way(folder, names)):
        raise InputRefused(problems)


def _in_the_way(folder: Path, names: tuple[str, ...]) -> Iterator[Problem]:
    for name in names:
        if (folder / name).exists():
            yield Problem(code="file-exists", file=name, found="a file of that name",
                          wanted="a folder without it",
                          mend="Give another folder or name; nothing was written.")  # fmt: skip


def _files(answers: dict) -> dict[str, str]:
    study = _filled(asset(*EXAMPLE, "study.yaml").read_text("utf-8"), answers)
    strategy = _strategy(asset(*EXAMPLE, "strategy.yaml").read_text("utf-8"), answers)
    texts = {"study.yaml": study, "strategy.yaml": strategy}
    return texts | _blank_data(answers, yaml.safe_load(study)["data"])


def _filled(example: str, answers: dict) -> str:
    """The example study with the answers in it, its comments kept."""
    put = {
        "title": answers["title"],
        "simulated": False,
        "treated": answers["treated"],
        "comparison": answers["comparison"],
        "baseline": answers["baseline"],
        "period": answers["period"],
        "codes": answers["offences"],
        "extract_date": answers["extracted"],
    }
    for key, value in put.items():
        example = _replaced(example, key, value)
    return ONLY_EXAMPLE.sub("", example)


def _blank_data(answers: dict, data: dict) -> dict[str, str]:
    """The data files with every row, and no figure in the last column."""
    areas = [answers["treated"], *answers["comparison"]]
    quarters = quarter_range(answers["baseline"][0], answers["period"][1])
    keys = {"incidents": (areas, quarters, answers["offences"]), "population": (areas, quarters)}
    return {
        f"{data['folder']}/{data[table]['file']}": _csv(
            data[table]["columns"].values(), product(*lists)
        )
        for table, lists in keys.items()
    }


def _csv(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([*row, ""] for row in rows)
    return text.getvalue()


def _strategy(example: str, answers: dict) -> str:
    last = answers["period"][1]
    years = range(int(answers["period"][0][:4]), int(last[:4]) + 1)
    example = _replaced(_replaced(example, "title", answers["title"]), "by", last)
    budget = "".join(f"  {year}: 0\n" for year in years)
    return re.sub(r"(?m)^budget:\n(?:  .*\n)+", lambda _: f"budget:\n{budget}", example)


def _replaced(example: str, key: str, value: Answer) -> str:
    """``example`` with the first value of ``key`` replaced, written so that YAML reads it back."""
    line = re.compile(rf"(?m)^(?P<before> *{key}: ).*$")
    return line.sub(lambda found: found["before"] + _yaml(value), example, count=1)


def _yaml(value: Answer) -> str:
    if isinstance(value, (bool, dt.date)):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    written = yaml.safe_dump(value, allow_unicode=True, default_style='"', width=10**6)
    return written.strip()


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
