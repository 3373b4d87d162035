"""One look at a study, a strategy, a design or a result, as a notebook shows it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tingbjerg_eval.data.check import COLUMNS, CheckResult
from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.exploring.explorer import Explorer
from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.show import show
from tingbjerg_eval.presentation.blocks.tables import Table
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.stats.programme import PooledEffects
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.programme import Programme
from tingbjerg_eval.study.strategy import Strategy


def estimate(found: object) -> Block:
    """An estimate, a refusal or a verdict as a report shows it."""
    return show(found)


def block(found: Block) -> Block:
    """A block as it is."""
    return found


def problems(problem: Problem) -> Block:
    """One problem of an input."""
    fields = {name: getattr(problem, name) for name in COLUMNS}
    withheld = wording.current()("overview.withheld")
    found = withheld if problem.found is None else problem.found
    return _problem_table([fields | {"found": found}])


def check(result: CheckResult) -> Block:
    """Every problem and note of a study."""
    frame, words = result.to_frame(), wording.current()
    if frame.empty:
        return Prose(words("overview.no_problems"))
    return _problem_table(frame.to_dict("records"))


def design(found: Design) -> Block:
    """Who is compared with whom, and when."""
    words = wording.current()
    rows = [
        ("area", found.treated),
        ("comparison", ", ".join(found.comparison)),
        ("adjacent", ", ".join(found.adjacent)),
        ("baseline", words.window(found.baseline)),
        ("period", words.window(found.period)),
        ("breaks", "; ".join(f"{one.first}: {one.reason}" for one in found.breaks)),
        ("contamination", "; ".join(f"{one.area}: {one.effort}" for one in found.contamination)),
    ]
    return _named(rows, words("overview.design"), words)


def programme(found: Programme) -> Block:
    """The areas of a programme, each with its windows and those it is compared with."""
    words = wording.current()
    rows = [
        {"area": one.treated, "baseline": words.window(one.baseline),
         "period": words.window(one.period), "comparison": ", ".join(one.comparison)}
        for one in found.designs
    ]  # fmt: skip
    columns = {name: f"overview.{name}" for name in rows[0]}
    return Table.headed(rows, words("overview.design"), columns, name="programme", words=words)


def pooled_effects(found: PooledEffects) -> Block:
    """The effect in all areas together, and what a new one can expect."""
    return show(found.effect, *([found.new_area] if found.new_area else []))


def strategy(found: Strategy) -> Block:
    """The targets with their deadlines and responsible parties."""
    words = wording.current()
    names = {name: party.name for name, party in found.parties.items()}
    rows = [
        (one.title, names.get(one.responsible or "", ""), words.time(one.by) if one.by else "")
        for one in found.targets.values()
    ]
    columns = {"target": "table.target", "responsible": "table.responsible", "by": "summary.by"}
    frame = pd.DataFrame(rows, columns=list(columns))
    return Table.headed(frame, found.title, columns, name="strategy", words=words)


def target_result(found: TargetResult) -> Block:
    """The verdict on one target."""
    return show(found.verdict)


def study(found: Study) -> Block:
    """A study's indicators and design."""
    words = Words(found.settings.language, in_years=found.settings.in_years)
    rows = [
        {"name": name, "title": one.title, "kind": words(f"overview.kind_{one.kind}")}
        for name, one in found.settings.indicators.items()
    ]
    columns = {"name": "overview.name", "title": "overview.indicator", "kind": "table.kind"}
    title = found.settings.title
    indicators = Table.headed(rows, title, columns, name="indicators", words=words)
    several = bool(found.settings.areas.programme)
    return Group((indicators, programme(found.programme) if several else design(found.design)))


def report(found: Report) -> Block:
    """A report's title and the parts that it has."""
    said = found.words("overview.parts", parts=", ".join(f"{name}()" for name in found.parts))
    return Group((Prose(found.title(), "lead"), Prose(said)))


def explorer(found: Explorer) -> Block:
    """What an explorer looks at."""
    return found.described()


def _named(rows: list[tuple[str, str]], caption: str, words: Words) -> Table:
    kept = [(words(f"overview.{name}"), value) for name, value in rows if value]
    columns = {"what": "table.what", "value": "overview.value"}
    frame = pd.DataFrame(kept, columns=list(columns))
    return Table.headed(frame, caption, columns, words=words)


def _problem_table(rows: list[dict[str, Any]]) -> Table:
    words = wording.current()
    names = ("file", "place", "column", "found", "wanted", "mend", "code")
    frame, columns = pd.DataFrame(rows, columns=list(names)), {n: f"table.{n}" for n in names}
    return Table.headed(frame, words("overview.problems"), columns, name="problems", words=words)
