"""Declared deviations from the locked plan; an undeclared one stops the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from tingbjerg_eval.inputs.canonical import as_text, canonical
from tingbjerg_eval.inputs.catalogue import page_texts, worded
from tingbjerg_eval.inputs.errors import Deviates
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import last_day
from tingbjerg_eval.inputs.scalars import Day, Text
from tingbjerg_eval.inputs.strict_yaml import Document, read_yaml
from tingbjerg_eval.inputs.validation import Broken, Settings, read_model
from tingbjerg_eval.study.plan import Difference, Moment

DataSeen = Literal["before", "after"]


class Deviation(Settings):
    """One declared deviation.

    ``key`` is the plan's key as the run names it; ``done`` what is done now (blank where the
    key was removed), so that a declaration does not cover a later change; ``data_seen`` whether
    it was decided before or after the period's data were seen.
    """

    key: Text
    """The plan's key, as the run that stopped names it."""
    done: object = None
    """What is done now; blank where the key was removed."""
    why: Text
    """The reason; printed in every report."""
    decided: Day
    """The day of the decision."""
    data_seen: DataSeen
    """Whether it was decided before or after the period's figures were seen."""


class Deviations(Settings):
    """``deviations.yaml``."""

    deviations: list[Deviation] = []
    """The declared departures from the locked plan."""


@dataclass(frozen=True, kw_only=True)
class DeclaredDeviation:
    """One row of the report's list: what was planned, what is done, and why."""

    key: str
    planned: object
    done: object
    why: str
    decided: str
    data_seen: DataSeen


class UndeclaredDeviation(Deviates):
    """The analysis is not the one that was locked, and nobody has said why."""

    def __init__(self, differences: list[Difference], *, file: str = "deviations.yaml"):
        self.differences, self.file = tuple(differences), file
        super().__init__(self.said("en"))

    def said(self, language: str) -> str:
        """Every difference, and the entries of ``deviations.yaml`` that would declare them."""
        text = page_texts(language)
        lines = [
            text["deviates_line"].format(
                key=one.key, planned=_shown(one.planned, text), done=_shown(one.done, text)
            )
            for one in self.differences
        ]
        # The plain way where a new extract corrects old reports, as the police do every quarter.
        corrected = any(one.key == "baseline_data.incidents" for one in self.differences)
        return "\n".join([
            text["deviates"], *lines, *(["", text["deviates_revised"]] if corrected else []), "",
            text["deviates_undo"].format(file=self.file), "", _entries(self.differences),
        ])  # fmt: skip


def read_deviations(path: str | Path) -> tuple[Deviation, ...]:
    """Read ``deviations.yaml``; a missing file means that nothing is declared.

    Raises
    ------
    InputRefused
        With every problem of the file.
    """
    if not Path(path).exists():
        return ()
    return deviations_from(read_yaml(Path(path)))


def deviations_from(document: Document) -> tuple[Deviation, ...]:
    """:func:`read_deviations` for a document that is already read."""
    return tuple(read_model(Deviations, document, rules=_rules).deviations)


def _rules(declared: Deviations) -> Iterator[Broken]:
    seen: set[str] = set()
    for number, one in enumerate(declared.deviations):
        if one.key in seen:
            yield Broken("deviation-twice", ("deviations", number, "key"), key=repr(one.key))
        seen.add(one.key)


def refuse_contradicted(
    declared: Sequence[Deviation],
    moments: Sequence[Moment],
    period: Sequence[str],
    *,
    file: str = "deviations.yaml",
) -> None:
    """Hold ``data_seen: before`` against what is known of the deliveries.

    It cannot be so for a decision of a day on which figures of the period had been delivered, as
    a lock or an extract of that day or an earlier one shows, nor after the period's last day.

    Raises
    ------
    InputRefused
        ``data-seen-contradicted``, for every such entry.
    """
    first, last = period
    seen = [(one.on, f"figures up to {one.until}") for one in moments if not one.before(first)]
    seen.append((last_day(last), f"the period, which ended with {last}"))
    problems = [
        worded("data-seen-contradicted", file=file, column=f"{one.key}.data_seen",
               decided=one.decided, what=what, day=day)
        for one in declared if one.data_seen == "before"
        for day, what in sorted(seen)[:1] if one.decided >= day
    ]  # fmt: skip
    if problems:
        raise InputRefused(problems)


def check_deviations(
    differences: list[Difference], declared: tuple[Deviation, ...]
) -> tuple[DeclaredDeviation, ...]:
    """The differences with their declarations, for the report.

    Raises
    ------
    UndeclaredDeviation
        With every difference that has no entry of its key and its present value.
    """
    by_key = {one.key: one for one in declared}
    undeclared = [one for one in differences if not _covers(by_key.get(one.key), one)]
    if undeclared:
        raise UndeclaredDeviation(undeclared)
    return tuple(
        DeclaredDeviation(
            key=one.key, planned=one.planned, done=one.done, why=by_key[one.key].why,
            decided=by_key[one.key].decided.isoformat(), data_seen=by_key[one.key].data_seen,
        )
        for one in differences
    )  # fmt: skip


def _covers(entry: Deviation | None, difference: Difference) -> bool:
    return entry is not None and as_text(entry.done) == as_text(difference.done)


def _shown(value: object, text: dict[str, str]) -> str:
    if value is None:
        return text["nothing"]
    return json.dumps(canonical(value), ensure_ascii=False, sort_keys=True)


def _entries(differences: Sequence[Difference]) -> str:
    entries = [
        {"key": one.key, "done": canonical(one.done), "why": "...", "decided": "...",
         "data_seen": "before or after"}
        for one in differences
    ]  # fmt: skip
    return str(yaml.safe_dump({"deviations": entries}, allow_unicode=True, sort_keys=False))
