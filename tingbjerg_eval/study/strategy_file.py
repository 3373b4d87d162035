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
        strategy = _in_periods(read_model(Strategy, document), settings)
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
        strategy = _in_periods(read_model(Strategy, rest), settings)
    except InputRefused:
        return []
    return [
        broken_problem(document, one) for one in broken_rules(strategy, settings)
        if not any(one.path[: len(path)] == path for path in left_out)
    ]  # fmt: skip


def _in_periods(strategy: Strategy, settings: StudySettings) -> Strategy:
    """In a study in years the deadlines of counts and what is promised go by those years."""
    if not settings.in_years:
        return strategy
    shares = settings.indicators_of("share")
    targets = {
        name: one if one.indicator in shares else one.model_copy(update={"by": _text(one.by)})
        for name, one in strategy.targets.items()
    }
    measures = {name: one.model_copy(update={"commitments": _texts(one.commitments)})
                for name, one in strategy.measures.items()}  # fmt: skip
    decisions = [
        one.model_copy(update={
            "commitments": None if one.commitments is None else _texts(one.commitments),
            "by": one.by if _target_of(strategy, one.target) in shares else _text(one.by),
        })
        for one in strategy.decisions
    ]  # fmt: skip
    changed = {"targets": targets, "measures": measures, "decisions": decisions}
    return strategy.model_copy(update=changed)


def _text(time: str | int | None) -> str | None:
    return None if time is None else str(time)


def _texts(commitments: dict[str | int, float]) -> dict[str | int, float]:
    return {str(time): amount for time, amount in commitments.items()}


def _target_of(strategy: Strategy, name: str | None) -> str | None:
    target = strategy.targets.get(name or "")
    return target.indicator if target else None


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
