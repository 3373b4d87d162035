"""Every problem and note of a whole study: parameters, strategy and deliveries."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.study.settings import StudySettings, read_settings

if TYPE_CHECKING:
    from tingbjerg_eval.study.strategy import Strategy

COLUMNS = ("code", "file", "place", "column", "found", "wanted", "mend")
WITHHELD = "value withheld"


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What refuses the study, and what its reports say beside the figures."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    revisions: pd.DataFrame | None = None
    """Cells that differ from the previous extract: ``area, quarter, offence, before, after``."""
    late_registration: pd.DataFrame | None = None
    """Growth by age between the two: ``age, quarter, reports, later, factor, expected``."""

    @property
    def exit_code(self) -> int:
        """0 when the study can be used, 2 when it is refused."""
        return 2 if self.problems else 0

    def __str__(self) -> str:
        """A table for the terminal."""
        from tingbjerg_eval.data.check_text import check_text

        return check_text(self.problems, self.notes, self.revisions, self.late_registration)

    def to_frame(self) -> pd.DataFrame:
        """One row per problem, then per note: ``kind, code, file, place, column, found, ...``."""
        rows = [{"kind": kind} | row for kind, row in self._rows()]
        return pd.DataFrame(rows, columns=["kind", *COLUMNS])

    def to_json(self) -> str:
        """The same as JSON: problems, notes, revised cells and late registration apart."""
        lists = {"problem": [], "note": []}
        for kind, row in self._rows():
            lists[kind].append(row)
        said = {"problems": lists["problem"], "notes": lists["note"]}
        for name in ("revisions", "late_registration"):
            frame = getattr(self, name)
            said[name] = [] if frame is None else frame.to_dict("records")
        return json.dumps(said, ensure_ascii=False, indent=2)

    def _rows(self):
        for kind, items in (("problem", self.problems), ("note", self.notes)):
            for item in items:
                fields = asdict(item)
                if fields["found"] is None:
                    fields["found"] = WITHHELD
                yield kind, {name: fields[name] for name in COLUMNS}


def check_study(path: str | Path, *, data: str | Path | None = None) -> CheckResult:
    """Check ``study.yaml``, the strategy that it names and every delivered table.

    ``data`` is the data folder, where it is another than the study names.
    Raises nothing for what is wrong with them: everything is in the result.
    """
    path = Path(path)
    try:
        settings = read_settings(path).with_data(data)
    except InputRefused as refused:
        return _result(refused.problems)
    problems, strategy = _strategy(settings, path.parent)
    items, extras = _table_items(settings, path.parent, strategy)
    return _result([*problems, *items], **extras)


def _strategy(settings: StudySettings, folder: Path) -> tuple[tuple[Problem, ...], Strategy | None]:
    """What is wrong with the strategy, and the strategy where nothing is."""
    from tingbjerg_eval.study.strategy import read_strategy

    try:
        return (), read_strategy(folder / settings.strategy, settings)
    except InputRefused as refused:
        return refused.problems, None


def _table_items(
    settings: StudySettings, folder: Path, strategy: Strategy | None
) -> tuple[list[Problem], dict[str, pd.DataFrame]]:
    from tingbjerg_eval.data.reading import inspect_tables
    from tingbjerg_eval.data.together import measure_items, return_items

    reading = inspect_tables(settings, folder)
    if strategy is None:
        return reading.items, reading.extras
    measures = set(strategy.measures)
    items = [*reading.items, *measure_items(reading, measures), *return_items(reading, strategy)]
    return items, reading.extras


def _result(items, **extras: pd.DataFrame) -> CheckResult:
    return CheckResult(
        **extras,
        problems=tuple(one for one in items if not one.note),
        notes=tuple(one for one in items if one.note),
    )
