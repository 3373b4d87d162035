"""Starting points for an evaluator: a small study to fill in, and a notebook to write in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import nbformat
import yaml

from tingbjerg_eval.data.describe import Description
from tingbjerg_eval.data.formats.findings import as_yaml
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import as_quarter, is_quarter, quarter_number, quarter_range
from tingbjerg_eval.presentation.blocks.tables import slug
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON

EXAMPLE = ("parameters", "examples", "minimal")
ONLY_EXAMPLE = re.compile(r"(?m)^#: .*\n|^ *source: .*\n")
"""Lines of the example that are not about a study of one's own."""
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

    The minimal example with the answers put in: ``comparison`` and ``offences`` are separated
    by commas, ``baseline`` and ``period`` are a first and a last quarter (``2008K1-2009K4``) or
    year (``2008-2009``), ``extracted`` is the day of the police extract (``2013-08-15``).
    ``language`` is that of the reports; ``delivered`` is the police's file, which is copied.
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


def _files(
    answers: dict[str, Any], language: str, delivered: Description | None
) -> dict[str, Content]:
    study = _filled(asset(*EXAMPLE, "study.yaml").read_text("utf-8"), answers)
    study = _with_indicators(study, answers["offences"], Words(language))
    if language != "da":
        study = study.replace(
            "strategy: strategy.yaml\n", f"language: {language}\nstrategy: strategy.yaml\n"
        )
    strategy = _strategy(asset(*EXAMPLE, "strategy.yaml").read_text("utf-8"), answers)
    if len(answers["offences"]) > 1:
        strategy = _replaced(strategy, "indicator", _key(answers["offences"][0]))
    blank = _blank_data(answers, yaml.safe_load(study)["data"])
    if delivered:
        study, blank = _as_delivered(study, blank, delivered)
    whole = {"study.yaml": study + _more("study", answers),
             "strategy.yaml": strategy + _more("strategy", answers)}  # fmt: skip
    return {name: _in_language(text, language) for name, text in whole.items()} | blank


def _in_language(text: str, language: str) -> str:
    """What is said in a new study's files in another language than Danish; keys stay."""
    if language == "da":
        return text
    said = tomllib.loads((SECTIONS / f"{language}.toml").read_text("utf-8"))
    for danish, other in said.items():
        text = text.replace(danish, other)
    return text


def _more(name: str, answers: dict[str, Any]) -> str:
    """Every further section, commented out, with the study's own first and last quarter in it."""
    text = (SECTIONS / f"{name}.txt").read_text("utf-8")
    for key, value in {"<first>": answers["period"][0], "<day>": str(answers["extracted"])}.items():
        text = text.replace(key, value)
    return "\n" + "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _key(code: str) -> str:
    return f"{CODE}_{re.sub(r'[^0-9A-Za-z]+', '_', code)}"


def _with_indicators(study: str, codes: list[str], words: Words) -> str:
    """One indicator a code; a single one keeps the example's name."""
    if len(codes) == 1:
        return study
    block = re.search(r"(?m)(?<=^indicators:\n)  \w+:\n(?:    .*\n)+", study)
    assert block is not None
    written = []
    for code in codes:
        said = {"title": words("asks.title_of_code", code=code), "codes": [code],
                "theme": words("asks.theme_of_code", code=code)}  # fmt: skip
        text = re.sub(r"^  \w+:", f"  {_key(code)}:", block[0])
        for key, value in said.items():
            text = _replaced(text, key, value if isinstance(value, str) else list(value))
        written.append(text)
    return study.replace(block[0], "".join(written))


def _as_delivered(
    study: str, blank: dict[str, Content], delivered: Description
) -> tuple[str, dict[str, Content]]:
    """The study with the police's own file, its bytes kept, and its mapping."""
    old = next(iter(blank))
    kept = {name: text for name, text in blank.items() if name != old}
    kept[f"data/{delivered.path.name}"] = delivered.path.read_bytes()
    lines = [f"{name}: {as_yaml(one)}" for name, one in delivered.mapping().items()]
    mapped = "".join(f"    {line}\n" for line in lines)
    block = re.compile(r"(?m)^    file: .*\n(?:    (?!#).*\n)+?(?=    #)")
    return block.sub(lambda _: mapped, study, count=1), kept


def _filled(example: str, answers: dict[str, Any]) -> str:
    """The example study with the answers in it, its comments kept."""
    put = {
        "name": answers["name"],
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


def _blank_data(answers: dict[str, Any], data: dict[str, Any]) -> dict[str, Content]:
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


def _strategy(example: str, answers: dict[str, Any]) -> str:
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
    written: str = yaml.safe_dump(value, allow_unicode=True, default_style='"', width=10**6)
    return written.strip()


def _write(path: Path, content: Content) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
