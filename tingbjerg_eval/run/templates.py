"""Starting points for an evaluator: a small study to fill in, asked for, and a notebook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import click
import nbformat
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tingbjerg_eval.data.describe import Description
from tingbjerg_eval.data.formats.findings import as_yaml
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import as_quarter, is_period, quarter_number, quarter_range
from tingbjerg_eval.presentation.blocks.tables import slug
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON

SECTIONS = Path(__file__).with_name("sections")
NOTEBOOK = Path(__file__).with_name("notebook.ipynb")
CODE = "kode"
Content = str | bytes
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
    language: str = "da",
    delivered: Description | None = None,
) -> list[Path]:
    """Write a study of police figures, one indicator a code, to ``folder``; return its files.

    ``comparison`` and ``offences`` are separated by commas, ``baseline`` and ``period`` are a
    first and a last quarter (``2008K1-2009K4``) or year (``2008-2009``), ``extracted`` is the day
    of the police extract (``2013-08-15``). ``language`` is that of the reports; ``delivered`` is
    the police's file, which is copied.
    The data files hold a row for every figure that is needed, the figures themselves left blank.

    Raises
    ------
    InputRefused
        When an answer cannot be used, or a file is there already; nothing is written then.
    """
    given = {"title": title, "treated": treated, "comparison": comparison, "baseline": baseline,
             "period": period, "offences": offences, "extracted": extracted}  # fmt: skip
    answers = {name: READ[name](answer) for name, answer in given.items()}
    problems = [
        _unusable(name, answers[name]) for name in ANSWERS if wrong_answer(name, given[name])
    ]
    if delivered and delivered.yearly:
        answers |= {name: [end[:4] for end in answers[name]] for name in ("baseline", "period")}
    answers["name"] = slug(folder.resolve().name)  # by which a ledger tells it from other studies
    written = {} if problems else _files(answers, language, delivered)
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


def _window(answer: str) -> list[str]:
    """A first and a last quarter; years are their first and last ones."""
    parts = [as_quarter(part) for part in _listed(answer, "-")]
    if len(parts) == 2 and all(re.fullmatch("[0-9]{4}", part) for part in parts):
        return [f"{parts[0]}K1", f"{parts[1]}K4"]
    return parts


def _day(answer: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(answer.strip())
    except ValueError:
        return None


ANSWERS = {
    "title": "a title",
    "treated": "the name of an area",
    "comparison": f"at least {FEWEST_COMPARISON} areas, 12 are better",
    "baseline": "a first and a last quarter or year, such as 2008K1-2009K4 or 2008-2009",
    "period": "a first and a last quarter or year, such as 2010K1-2012K4 or 2010-2012",
    "offences": "at least one offence code",
    "extracted": "a day, such as 2013-08-15",
}
"""Each question and what is wanted."""


def wrong_answer(name: str, given: str) -> bool:
    """Whether the answer to one question cannot be used."""
    answer = READ[name](given)
    if name == "comparison":
        return len(answer) < FEWEST_COMPARISON
    return not (_is_window(answer) if name in ("baseline", "period") else answer)


def _unusable(name: str, answer: Answer | None) -> Problem:
    return Problem(code="answer-unusable", file="new-study", column=name, found=repr(answer),
                   wanted=ANSWERS[name],
                   mend="Run the command again with another answer.")  # fmt: skip


READ: dict[str, Callable[[str], Any]] = {
    "title": str.strip, "treated": str.strip, "comparison": _listed, "baseline": _window,
    "period": _window, "offences": _listed, "extracted": _day,
}  # fmt: skip
"""How each answer is read."""


def _is_window(quarters: list[str]) -> bool:
    if len(quarters) != 2 or not all(map(is_period, quarters)):
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


def _files(
    answers: dict[str, Any], language: str, delivered: Description | None
) -> dict[str, Content]:
    first, last = (int(quarter[:4]) for quarter in answers["period"])
    known = answers | {
        "language": language,
        "years": range(first, last + 1),
        "indicators": _indicators(answers["offences"], Words(language)),
        "incidents": {},
        "in_years": bool(delivered and delivered.yearly),
    }
    if delivered:
        known["incidents"] = {name: as_yaml(one) for name, one in delivered.mapping().items()}
    written: dict[str, Content] = {
        name: _template(name, language).render(known) for name in ("study.yaml", "strategy.yaml")
    }
    blank = _blank_data(answers, yaml.safe_load(str(written["study.yaml"]))["data"], delivered)
    return written | blank


def _template(name: str, language: str) -> Template:
    """A file of a new study, in which ``say`` has each text in Danish and in English."""
    files = Environment(
        loader=FileSystemLoader(SECTIONS), trim_blocks=True, undefined=StrictUndefined,
        keep_trailing_newline=True, autoescape=False,  # YAML, written by _yaml
    )  # fmt: skip
    files.filters["y"] = _yaml
    files.globals["say"] = lambda danish, english: danish if language == "da" else english
    return files.get_template(name)


def _indicators(codes: list[str], words: Words) -> list[dict[str, str]]:
    """One indicator a code; a single one is about burglary until it is called otherwise."""
    if len(codes) == 1:
        return [{"key": "indbrud", "code": codes[0], "title": "", "theme": ""}]
    return [
        {"key": f"{CODE}_{re.sub(r'[^0-9A-Za-z]+', '_', code)}", "code": code,
         **{name: words(f"asks.{name}_of_code", code=code) for name in ("title", "theme")}}
        for code in codes
    ]  # fmt: skip


def _blank_data(
    answers: dict[str, Any], data: dict[str, Any], delivered: Description | None
) -> dict[str, Content]:
    """The data files with every row and no figure in the last column; a delivered one as it is."""
    areas = [answers["treated"], *answers["comparison"]]
    quarters = quarter_range(answers["baseline"][0], answers["period"][1])
    keys = {"incidents": (areas, quarters, answers["offences"]), "population": (areas, quarters)}
    blank: dict[str, Content] = {
        f"data/{data[table]['file']}": _csv(data[table]["columns"].values(), product(*lists))
        for table, lists in keys.items()
    }
    return blank | (
        {f"data/{delivered.path.name}": delivered.path.read_bytes()} if delivered else {}
    )


def _csv(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([*row, ""] for row in rows)
    return text.getvalue()


def _yaml(value: Answer) -> str:
    if isinstance(value, (bool, dt.date)):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    written: str = yaml.safe_dump(value, allow_unicode=True, default_style='"', width=10**6)
    return written.strip()


def _write(path: Path, content: Content) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


DEFAULTS = {"baseline": "2008-2009", "period": "2010-2012"}


def asked(
    given: Mapping[str, str | None], *, language: str, known: Mapping[str, str]
) -> dict[str, str]:
    """The answers: those ``given``, and for the others what a person types.

    ``known`` holds what a delivered file says already; it is offered.
    """
    words = Words(language)
    offered = {**DEFAULTS, **known}
    return {name: given.get(name) or _typed(name, words, offered.get(name)) for name in ANSWERS}


def _typed(name: str, words: Words, default: str | None) -> str:
    return str(
        click.prompt(words(f"asks.{name}"), default=default, value_proc=_looked_at(name, words))
    )


def _looked_at(name: str, words: Words) -> Callable[[str], str]:
    def look(answer: str) -> str:
        if wrong_answer(name, answer):
            raise click.UsageError(words(f"asks.wrong_{name}"))
        return answer

    return look
