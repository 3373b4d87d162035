"""The studies that are kept open in this process and those forked from it.

Nothing heavy is loaded here, so that a batch of notebooks that read no study pays for none.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tingbjerg_eval.evaluation.memo import Answers
    from tingbjerg_eval.evaluation.study import Study

Place = tuple[str, str]
"""Where a study lies: its file, and the data folder where it is another than the study names."""

_OPENED: dict[Place, Study] = {}


def opened_at(path: Path, data: str | Path | None = None) -> Study | None:
    """The study that is kept open of the file ``path``, if there is one."""
    return _OPENED.get(_place(path, data))


def keep_open(study: Study, data: str | Path | None = None) -> None:
    """Let ``open_study`` find ``study`` in this process and those forked from it.

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
