"""``strategy.yaml`` read and held against the study, every problem of the file at once."""

from __future__ import annotations

from pathlib import Path

from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.strict_yaml import Document, Path_, read_yaml
from tingbjerg_eval.inputs.validation import broken_problem, read_model
from tingbjerg_eval.study.rules.strategy import broken_rules
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Strategy


def read_strategy(path: str | Path, settings: StudySettings) -> Strategy:
    """Read ``strategy.yaml`` and hold it against the study.

    Raises
    ------
    InputRefused
        With every problem of the file at once: wrong keys and values, and every broken rule
        that can be judged without them.
    """
    return strategy_from(read_yaml(Path(path)), settings)


def strategy_from(document: Document, settings: StudySettings) -> Strategy:
    """:func:`read_strategy` for a document that is already read."""
    try:
        strategy = read_model(Strategy, document)
    except InputRefused as refused:
        wrong = refused.problems
        raise InputRefused(_by_line([*wrong, *_hidden(document, settings, wrong)])) from None
    broken = [broken_problem(document, one) for one in broken_rules(strategy, settings)]
    if broken:
        raise InputRefused(_by_line(broken))
    return strategy


def _hidden(
    document: Document, settings: StudySettings, wrong: tuple[Problem, ...]
) -> list[Problem]:
    """The broken rules of the file where its wrong keys and values are left out."""
    by_column = {".".join(map(str, path)): path for path in document.lines}
    left_out = [by_column[one.column] for one in wrong if one.column in by_column]
    rest = Document(document.file, _without(document.value, left_out), document.lines)
    try:
        strategy = read_model(Strategy, rest)
    except InputRefused:
        return []
    return [
        broken_problem(document, one) for one in broken_rules(strategy, settings)
        if not any(one.path[: len(path)] == path for path in left_out)
    ]  # fmt: skip


def _by_line(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: int(one.place.removeprefix("line ")))


def _without(value: object, paths: list[Path_], here: Path_ = ()) -> object:
    if isinstance(value, dict):
        return {
            key: _without(part, paths, (*here, key))
            for key, part in value.items() if (*here, key) not in paths
        }  # fmt: skip
    if isinstance(value, list):
        return [_without(part, paths, (*here, number)) for number, part in enumerate(value)]
    return value
