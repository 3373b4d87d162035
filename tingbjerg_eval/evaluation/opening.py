"""Opening a study: its files read, or the study that is already open found again."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.data.together import theme_items
from tingbjerg_eval.evaluation.memo import Answers
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.extras import named_extra
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.speaking import speak
from tingbjerg_eval.study.settings_file import read_settings, template_problems
from tingbjerg_eval.study.strategy_file import read_strategy

Place = tuple[str, str]
"""Where a study lies: its file, and the data folder where it is another than the study names."""
_OPENED: dict[Place, Study] = {}


@checked
def open_study(path: str | Path, *, data: str | Path | None = None) -> Study:
    """Read a study: its settings, its strategy and every delivered table.

    Parameters
    ----------
    path
        ``study.yaml``, or the folder that holds it; a relative path counts from the working
        folder or, where nothing is there, from the nearest folder above it.
    data
        The data folder, where it is another than the study names.

    Returns
    -------
    Study
        With every table read and checked.

    Raises
    ------
    InputRefused
        With every problem of every file.

    Examples
    --------
    >>> study.panel("burglary").columns.tolist()
    ['area', 'quarter', 'count', 'population']
    """
    if not isinstance(path, str | Path):
        raise WrongArgument(
            f"open_study takes the path of study.yaml or its folder, not {type(path).__name__}."
        )
    path = _found(Path(path))
    path = path / "study.yaml" if path.is_dir() else path
    opened = _OPENED.get(_place(path, data))
    study = opened._view(path=path) if opened else _read(path, data)
    spoken = study.settings
    speak(spoken.language, simulated=spoken.simulated, in_years=spoken.in_years)
    return study


def keep_open(study: Study, data: str | Path | None = None) -> None:
    """Let :func:`open_study` find ``study`` in this process and those forked from it.

    Whoever says so answers for the files not changing meanwhile; the batch holds their digests.
    """
    _OPENED[_place(study.path, data)] = study


def answers_of_open() -> dict[Place, Answers]:
    """What was worked out in this process of the studies that are kept open."""
    return {place: study.memo.answers() for place, study in _OPENED.items()}


def take_answers(answers: Mapping[Place, Answers]) -> None:
    """Hold what another process worked out of studies that are kept open here too."""
    for place, of in answers.items():
        if place in _OPENED:
            _OPENED[place].memo.take(of)


def keep_sent(pickled: bytes, path: Path, data: str | Path | None = None) -> None:
    """:func:`keep_open` a study that another machine opened and sent, as if read from ``path``."""
    keep_open(pickle.loads(pickled)._view(path=path), data)


def let_go(path: Path, data: str | Path | None = None) -> None:
    """Undo :func:`keep_open`, and free what the study holds."""
    study = _OPENED.pop(_place(path, data), None)
    if study is not None:
        study.memo.clear()


def _place(path: Path, data: str | Path | None) -> Place:
    return str(path.resolve()), str(Path(data).resolve()) if data else ""


def _read(path: Path, data: str | Path | None) -> Study:
    settings = read_settings(path).with_data(_found(Path(data)) if data else None)
    if wrong := template_problems(settings, path.parent):
        raise InputRefused(wrong)
    written = read_strategy(path.parent / settings.strategy, settings)
    with named_extra():
        tables = read_tables(settings, path.parent)
    if unknown := theme_items(tables.consultation, settings, written.themes):
        raise InputRefused(unknown)
    return Study(settings=settings, written=written, tables=tables, path=path)


def _found(path: Path) -> Path:
    """``path`` from the working folder or the nearest folder above it that holds it.

    A notebook runs from its own folder in JupyterLab and from the project's folder in a batch;
    the same parameter serves both.
    """
    here = Path.cwd()
    places = (folder / path for folder in (here, *here.parents))
    return path if path.exists() else next((one for one in places if one.exists()), path)
