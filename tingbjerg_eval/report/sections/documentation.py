"""What the report rests on: deliveries, late registration, plan, decisions, versions."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version

import pandas as pd

from tingbjerg_eval.inputs.canonical import as_text
from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, Prose, Section
from tingbjerg_eval.presentation.blocks.tables import WITHHELD_STATES, Column, Columns
from tingbjerg_eval.presentation.words.numbers import MISSING, number
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.late_figures import expected, growth, young_quarters
from tingbjerg_eval.report.sections.method import comparison_names
from tingbjerg_eval.report.sections.trend_data import trend_data
from tingbjerg_eval.study.decisions import Decision

SAID_BELOW = ("preliminary", "revised")
"""Notes that are said with the quarters that the report knows."""

MOST_FOUND = 5
"""Findings of one kind that a note names; how many more there are is said."""
PACKAGES = ("tingbjerg-eval", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill")
PER = 1000


def data_notes(report: Report) -> Block:
    """What was delivered and what a reader must know about it."""
    words, tables = report.words, report.study.tables
    rows = [
        {
            "table": words(f"delivery.{one.table}"),
            "source": one.source or one.file,
            "extracted": one.extract_date,
        }
        for one in tables.sources
    ]
    delivered = report.table(rows, words("documentation.caption_sources"), {
        "table": "documentation.table", "source": "table.source",
        "extracted": Column("documentation.extracted", "date"),
    }, name="sources")  # fmt: skip
    return Group((delivered, *_notes(report), *late_registration(report)))


def _notes(report: Report) -> Iterator[Block]:
    notes = [one for one in report.publication.notes() if one.code not in SAID_BELOW]
    said = list(dict.fromkeys(note_text(report, one) for one in together(notes)))
    if said:
        yield Section(report.words("documentation.notes"), (Bullets(tuple(said)),), level=3)


def together(notes: Iterable[Problem]) -> list[Problem]:
    """Notes that differ only in what was found as one, which names the first of it."""
    alike: dict[tuple[object, ...], list[Problem]] = {}
    for note in notes:
        said = frozenset((name, value) for name, value in note.fields if name != "found")
        alike.setdefault((note.code, note.file, said), []).append(note)
    return [replace(same[0], found=_shortened([one.found or "" for one in same]))
            for same in alike.values()]  # fmt: skip


def _shortened(found: list[str]) -> str:
    found = list(dict.fromkeys(found))
    more = len(found) - MOST_FOUND
    return ", ".join(found[:MOST_FOUND]) + (f" + {more}" if more > 0 else "")


def note_text(report: Report, note: Problem) -> str:
    """A note in the report's language; an unknown code gets the general sentence."""
    language = report.words.language
    given = {
        name: number(float(value), decimals=1, language=language)
        if re.fullmatch(r"\d+\.\d", value) else value
        for name, value in note.fields
    } | {
        "code": note.code, "file": _whose(report, note.file), "place": note.place,
        "column": note.column,
        "found": note.found or "",
    }  # fmt: skip
    return report.words.first(f"note.{note.code}", "note.generic", **given)


def _whose(report: Report, file: str) -> str:
    """What a file is to the reader: a delivery by its name, or the study's settings."""
    words = report.words
    tables = {one.file: one.table for one in report.study.tables.sources}
    return words(f"delivery.{tables[file]}") if file in tables else words("note.settings")


def plan(report: Report) -> Block:
    """The locked plan's digest and every declared deviation from it."""
    words = report.words
    names = tuple(comparison_names(report))
    if report.lock is None:
        return Group((Prose(words("plan.not_locked")), *names))
    replaced = [
        Prose(words("plan.replaces", digest=report.public_digest(one)))
        for one in report.lock.replaces
    ]
    digest = Prose(words("plan.locked", digest=report.plan_digest))
    revised = [Prose(words("plan.revised", date=report.study.settings.accept_revisions))]
    told = revised if report.revised else []
    lead = Group((Prose(locked_when(report)), digest, *replaced, *told, *names))
    if not report.deviations:
        return Group((lead, Prose(words("plan.no_deviations"))))
    rows = [
        {
            "key": one.key,
            "planned": _plain(one.planned),
            "done": _plain(one.done),
            "why": one.why,
            "decided": one.decided,
            "data_seen": words(f"plan.data_{one.data_seen}"),
        }
        for one in report.deviations
    ]
    columns: Columns = {
        **{name: f"plan.{name}" for name in rows[0]}, "decided": Column("plan.decided", "date"),
    }  # fmt: skip
    return Group((lead, report.table(rows, words("plan.caption"), columns, name="deviations")))


def locked_when(report: Report) -> str:
    """When the plan was locked, and whether figures of the period were there: from the lock."""
    words, moment = report.words, report.lock and report.lock.moment
    if not moment:
        return words("plan.locked_unknown")
    first = report.study.settings.periods.period[0]
    key = "plan.locked_before" if moment.before(first) else "plan.locked_seen"
    said = [words(key, date=words.date(moment.on), quarter=words.quarter(moment.until))]
    if moment.stated:
        said.append(words("plan.locked_stated"))
    if moment.extract:
        said.append(words("plan.locked_extract", date=words.date(moment.extract)))
    return " ".join(said)


def _plain(value: object) -> str:
    text = as_text(value)
    return ", ".join(map(str, text)) if isinstance(text, list) else str(text or "–")


def decisions(report: Report) -> Block:
    """The steering group's log: what was adopted, changed and stopped, by whom and why."""
    words, strategy = report.words, report.study.strategy
    if not strategy.decisions:
        return Prose(words("decision.none"))
    rows = [
        {
            "date": one.date,
            "what": words(f"decision.{one.action.replace('-', '_')}", what=_subject(report, one)),
            "by": one.decided_by,
            "why": one.why,
        }
        for one in strategy.decisions
    ]
    return report.table(rows, words("decision.caption"), {
        "date": Column("head.date", "date"), "what": "decision.what", "by": "decision.by",
        "why": "plan.why",
    }, name="decisions")  # fmt: skip


def _subject(report: Report, decision: Decision) -> str:
    written = report.study.written
    if decision.target:
        return written.targets[decision.target].title
    return written.measures[decision.measure].title if decision.measure else ""


def provenance(report: Report) -> Block:
    """Digests of what was read and versions of what computed."""
    words = report.words
    sources = report.study.tables.sources
    read = [{"what": words(f"delivery.{one.table}"), "value": digest}
            for one, digest in zip(sources, table_digests(report), strict=True)]  # fmt: skip
    made = [f"{name} {version(name)}" for name in PACKAGES]
    programs = words.listed([*made, f"Python {platform.python_version()}"])
    return Group((
        report.table(read, words("documentation.caption_digests"),
                     {"what": "documentation.what", "value": "table.digest"},
                     name="digests", notes=[words("documentation.note_digests")]),
        Prose(words("documentation.programs", programs=programs)),
    ))  # fmt: skip


def table_digests(report: Report) -> list[str]:
    """Each table's digest as it is handed over, shortened to sixteen digits."""
    digests = [report.study.digest(one.table) for one in report.study.tables.sources]
    return [report.public_digest(one)[:16] or MISSING for one in digests]


def late_registration(report: Report) -> Iterator[Block]:
    """Preliminary quarters; beside an earlier extract, revisions and what is to be expected."""
    words, young = report.words, young_quarters(report.study)
    if young:
        quarters = words.listed([words.quarter(one) for one in young])
        yield Prose(words("documentation.preliminary", quarters=quarters))
    if report.study.tables.revisions is not None:
        parts = (*_changes(report), *_expectations(report, young))
        yield Section(words("late.heading"), parts, level=3)


def _changes(report: Report) -> Iterator[Block]:
    words, source = report.words, report.study.settings.data.incidents
    dates = {"later": words.date(source.extract_date),
             "earlier": words.date(source.earlier[-1].extract_date)}  # fmt: skip
    if not _revised(report):
        yield Prose(words("late.unchanged", **dates))
        return
    yield Prose(words("late.changed", **dates))
    told = growth(report.study)
    if len(told):
        told = told.assign(growth=[
            words("hidden.secondary") if pd.isna(one) else words.signed_percent(one)
            for one in told["growth"]
        ])  # fmt: skip
        yield report.table(told, words("late.caption_changes"), {
            "quarter": Column("table.quarter", "time"), "age": Column("late.age", "number"),
            "growth": "late.growth",
        }, name="revisions", notes=[words("late.note_rounded")])  # fmt: skip


def _revised(report: Report) -> bool:
    study = report.study
    revisions = study.tables.revisions
    if revisions is None:
        return False
    last = study.until or study.settings.periods.period[1]
    return any(quarter_number(one) <= quarter_number(last) for one in revisions["quarter"])


def _expectations(report: Report, young: tuple[str, ...]) -> Iterator[Block]:
    words, factors = report.words, expected(report.study)
    if lacking := [words.quarter(one) for one in young if one not in factors]:
        yield Prose(words("late.unknown", quarters=words.listed(lacking)))
    if not factors:
        return
    yield Bullets(tuple(_sentence(report, *one) for one in factors.items()))
    rows = [_rates(report, name, factors) for name in report.study.settings.indicators_of("count")]
    notes = [words("late.note_beside"), words("late.note_not_final"), words("late.note_same")]
    yield report.table(pd.concat(rows, ignore_index=True), words("late.caption_expected"), {
        "indicator": "cost.indicator", "area": "table.area",
        "quarter": Column("table.quarter", "time"), "rate": Column("late.registered", "rate"),
        "expected": Column("late.expected", "rate"),
    }, name="expected", notes=notes)  # fmt: skip


def _sentence(report: Report, quarter: str, factor: float) -> str:
    words, way = report.words, "more" if factor > 1 else "fewer" if factor < 1 else "same"
    change = words.percent(abs(factor - 1), decimals=0)
    return words(f"late.{way}", quarter=words.quarter(quarter), change=change)


def _rates(report: Report, indicator: str, factors: dict[str, float]) -> pd.DataFrame:
    """Shown rates of the preliminary quarters, and the same times what is to be expected."""
    frame, _ = trend_data(report, indicator)
    young = frame[frame["quarter"].isin(factors)]
    rate = PER * young["value"].astype("Float64") / young["population"]
    shown = young["value"].notna()
    return young[["area", "quarter"]].assign(
        indicator=report.study.indicator(indicator).title,
        rate=rate,
        expected=rate * young["quarter"].map(factors),
        status=shown.map({True: "shown", False: WITHHELD_STATES[0]}),
    )
