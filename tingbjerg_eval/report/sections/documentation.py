"""What the report rests on: deliveries, plan, decisions, versions."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import version

import pandas as pd

from tingbjerg_eval.inputs.canonical import as_text
from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.report.blocks.display import Block, Bullets, Group, Prose, Section, Table
from tingbjerg_eval.report.blocks.tables import Column
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.late import late_registration

SAID_BELOW = ("preliminary", "revised")
"""Notes that are said with the quarters that the report knows."""

PACKAGES = ("tingbjerg-eval", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill")


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
    columns = {
        "table": words("documentation.table"),
        "source": words("table.source"),
        "extracted": Column(words("documentation.extracted"), "date"),
    }
    delivered = Table(pd.DataFrame(rows), words("documentation.caption_sources"), columns,
                      name="sources", words=words)  # fmt: skip
    return Group((delivered, *_notes(report), *late_registration(report)))


def _notes(report: Report) -> Iterator[Block]:
    notes = [one for one in report.study.tables.notes if one.code not in SAID_BELOW]
    said = list(dict.fromkeys(note_text(report, one) for one in notes))
    if said:
        yield Section(report.words("documentation.notes"), (Bullets(tuple(said)),), level=3)


def note_text(report: Report, note: Problem) -> str:
    """A note in the report's language; an unknown code gets the general sentence."""
    return report.words.first(
        f"note.{note.code}", "note.generic",
        code=note.code, file=note.file, place=note.place, column=note.column,
        found=note.found or "",
    )  # fmt: skip


def plan(report: Report) -> Block:
    """The locked plan's digest and every declared deviation from it."""
    words = report.words
    if report.lock is None:
        return Prose(words("plan.not_locked"))
    replaced = [Prose(words("plan.replaces", digest=one)) for one in report.lock.replaces]
    digest = Prose(words("plan.locked", digest=report.lock.digest))
    lead = Group((Prose(locked_when(report)), digest, *replaced))
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
    columns = {
        "key": words("plan.key"),
        "planned": words("plan.planned"),
        "done": words("plan.done"),
        "why": words("plan.why"),
        "decided": Column(words("plan.decided"), "date"),
        "data_seen": words("plan.data_seen"),
    }
    table = Table(pd.DataFrame(rows), words("plan.caption"), columns, name="deviations",
                  words=words)  # fmt: skip
    return Group((lead, table))


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
    columns = {
        "date": Column(words("head.date"), "date"),
        "what": words("decision.what"),
        "by": words("decision.by"),
        "why": words("plan.why"),
    }
    return Table(pd.DataFrame(rows), words("decision.caption"), columns, name="decisions",
                 words=words)  # fmt: skip


def _subject(report: Report, decision) -> str:
    written = report.study.written
    if decision.target:
        return written.targets[decision.target].title
    return written.measures[decision.measure].title if decision.measure else ""


def provenance(report: Report) -> Block:
    """Digests of what was read and versions of what computed."""
    words = report.words
    read = [
        {"what": one.file, "value": digest}
        for one, digest in zip(
            report.study.tables.sources, table_digests(report), strict=True
        )
    ]  # fmt: skip
    made = [{"what": name, "value": version(name)} for name in PACKAGES]
    made.append({"what": "Python", "value": platform.python_version()})
    columns = {"what": words("documentation.what"), "value": words("table.digest")}
    versions = {"what": words("documentation.package"), "value": words("documentation.version")}
    return Group((
        Table(pd.DataFrame(read), words("documentation.caption_digests"), columns,
              notes=[words("documentation.note_digests")], name="digests", words=words),
        Table(pd.DataFrame(made), words("documentation.caption_versions"), versions,
              name="versions", words=words),
    ))  # fmt: skip


def table_digests(report: Report) -> list[str]:
    """SHA-256 of each table as the report knows it, shortened to sixteen digits."""
    return [report.study.digest(one.table)[:16] for one in report.study.tables.sources]
