"""Every problem and note of a whole study: parameters, strategy and deliveries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tingbjerg_eval.inputs.catalogue import in_words
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.speaking import language_of
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.settings_file import read_settings

if TYPE_CHECKING:
    from tingbjerg_eval.study.strategy import Strategy

COLUMNS = ("code", "file", "place", "column", "found", "wanted", "mend")


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What refuses the study, and what its reports say beside the figures."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    revisions: pd.DataFrame | None = None
    """Cells that differ from the previous extract: ``area, quarter, offence, before, after``."""
    late_registration: pd.DataFrame | None = None
    """Growth by age between the two: ``age, quarter, reports, later, factor, expected``."""

    proposed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """For each table that cannot be read, the keys of ``study.yaml`` that would read it."""

    language: str = "en"
    """Of the study, in which its suppliers are asked."""

    def questions(self) -> str:
        """The page for the suppliers: a line for each doubt, with area, time and figures."""
        from tingbjerg_eval.data.check_text import supplier_page

        return supplier_page((*self.problems, *self.notes), self.language)

    @property
    def exit_code(self) -> int:
        """0 when the study can be used, 2 when it is refused."""
        return 2 if self.problems else 0

    def __str__(self) -> str:
        """A table for the terminal."""
        from tingbjerg_eval.data.check_text import check_text

        return check_text(
            self.problems, self.notes, self.revisions, self.late_registration, self.proposed,
            language=self.language,
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row per problem, then per note: ``kind, code, file, place, column, found, ...``."""
        rows = [{"kind": kind} | row for kind, row in self._rows()]
        return pd.DataFrame(rows, columns=["kind", *COLUMNS])

    def to_json(self) -> str:
        """The same as JSON: problems, notes, revised cells and late registration apart."""
        lists: dict[str, list[dict[str, Any]]] = {"problem": [], "note": []}
        for kind, row in self._rows():
            lists[kind].append(row)
        said: dict[str, Any] = {
            "problems": lists["problem"],
            "notes": lists["note"],
            "proposed": self.proposed,
        }
        for name in ("revisions", "late_registration"):
            frame = getattr(self, name)
            said[name] = [] if frame is None else frame.to_dict("records")
        return json.dumps(said, ensure_ascii=False, indent=2)

    def _rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for kind, items in (("problem", self.problems), ("note", self.notes)):
            for item in items:
                fields = asdict(item) | in_words(item, self.language)
                yield kind, {name: fields[name] for name in COLUMNS}


def check_study(
    path: str | Path,
    *,
    data: str | Path | None = None,
    lacking: Callable[[str], str] | None = None,
) -> CheckResult:
    """Check ``study.yaml``, the strategy that it names and every delivered table.

    ``data`` is the data folder, where it is another than the study names; ``lacking`` says which
    signs of a text a report could not show, of names that only the deliveries have.
    Raises nothing for what is wrong with them: everything is in the result.
    """
    from tingbjerg_eval.data.proposals import proposals

    path = Path(path)
    try:
        settings = read_settings(path).with_data(data)
    except InputRefused as refused:
        return replace(_result(refused.problems), language=language_of(path))
    problems, strategy = _strategy(settings, path.parent)
    items, extras = _table_items(settings, path.parent, strategy, lacking)
    result = _result([*problems, *items], **extras)
    proposed = proposals(settings, path.parent, items)
    return replace(result, language=settings.language, proposed=proposed)


def _strategy(settings: StudySettings, folder: Path) -> tuple[tuple[Problem, ...], Strategy | None]:
    """What is wrong with the strategy, and the strategy where nothing is."""
    from tingbjerg_eval.study.strategy_file import read_strategy

    try:
        return (), read_strategy(folder / settings.strategy, settings)
    except InputRefused as refused:
        return refused.problems, None


def _table_items(
    settings: StudySettings,
    folder: Path,
    strategy: Strategy | None,
    lacking: Callable[[str], str] | None,
) -> tuple[list[Problem], dict[str, pd.DataFrame]]:
    from tingbjerg_eval.data.reading import inspect_tables
    from tingbjerg_eval.data.together import (
        measure_items,
        name_items,
        return_items,
        theme_items,
    )

    reading = inspect_tables(settings, folder)
    items = [*reading.items, *(name_items(reading, lacking) if lacking else [])]
    if strategy is not None:
        items += measure_items(reading, set(strategy.measures))
        items += return_items(reading, strategy)
        items += theme_items(reading.frames.get("consultation"), settings, strategy.themes)
    return items, reading.extras


def _result(items: Iterable[Problem], **extras: pd.DataFrame) -> CheckResult:
    items = tuple(items)
    return CheckResult(
        **extras,
        problems=tuple(one for one in items if not one.note),
        notes=tuple(one for one in items if one.note),
    )
