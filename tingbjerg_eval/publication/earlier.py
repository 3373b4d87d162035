"""Earlier editions of a study's reports: what they told, and whether its counts are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication import editions
from tingbjerg_eval.publication.classes import CodeClass, code_classes
from tingbjerg_eval.publication.streams import Streams, people_of, streams_of
from tingbjerg_eval.publication.timeline import Stretch, stretches
from tingbjerg_eval.publication.units import UnitCells, units_of
from tingbjerg_eval.study.house_key import keyed, read_key

EDITIONS = ("editions",)
"""Under which a study's memo holds what was handed over before."""


def with_editions(study: Study, ledger: Ledger) -> Study:
    """The study with the editions of ``ledger`` in place of those of its own ledger."""
    other = replace(study.whole)
    other.memo.get(EDITIONS, lambda: list(ledger.reports.values()))
    return other


def earlier_editions(study: Study) -> list[Mapping[str, Any]]:
    """What the ledger that the study names holds; nothing where it names none."""
    named = study.settings.ledger

    def read() -> list[Mapping[str, Any]]:
        return list(Ledger.load(study.path.parent / named).reports.values()) if named else []

    return study.memo.get(EDITIONS, read)


def former_editions(study: Study) -> list[list[editions.Former | None]]:
    """Of every count indicator what :func:`released.release` is given of earlier editions."""
    return [former(study.whole, name) for name in study.settings.indicators_of("count")]


def former(study: Study, indicator: str) -> list[editions.Former | None]:
    """For each class of codes the earlier editions that were made from other counts."""

    def make() -> list[editions.Former | None]:
        classes = code_classes(study.settings)[indicator]
        return [_former_of(study, indicator, at, one) for at, one in enumerate(classes)]

    found: list[editions.Former | None] = study.memo.get(("former", indicator), make)
    return found


def _former_of(study: Study, indicator: str, at: int, of: CodeClass) -> editions.Former | None:
    records = [
        one
        for entry in earlier_editions(study)
        for one in entry.get("released", ())
        if (tuple(one["codes"]), tuple(one["without"])) == (of.codes, of.without)
        and (
            entry["study"] != study.settings.name
            or one["digest"] != digest(study, indicator, at, one["until"])
        )
    ]
    return editions.former(records) if records else None


def stretches_of(study: Study) -> tuple[Stretch, ...]:
    """By the calendar of the study, whatever of it is delivered: what a report tells when it is
    due it tells for good."""
    made: tuple[Stretch, ...] = study.memo.get(("stretches",), lambda: stretches(
        study.settings.quarters, study.design, study.written.targets.values()
    ))  # fmt: skip
    return made


def _joins(study: Study) -> list[object]:
    """The times that are told together: units of the calendar, a programme's own windows."""
    if study.settings.areas.programme:
        return [(one.treated, one.baseline, one.period) for one in study.programme.designs]
    return [unit for one in stretches_of(study) for unit in one.units]


def digest(study: Study, indicator: str, at: int, until: str) -> str:
    """Stands for the counts of one class up to ``until`` and for the rules by which they are
    joined; made with the key of the house."""

    def make() -> str:
        counts, areas = streams_of(study, indicator), study.settings.areas
        rules = [
            study.settings.rules.disclosure_threshold, areas.with_effort,
            sorted(areas.comparison), _joins(study),
        ]  # fmt: skip
        own = {area: of[at] for area, of in counts.items()}
        plain = editions.digest_of(own, until, rules)
        return keyed(read_key(study.path.parent), plain) or plain

    return study.memo.get(("editions digest", indicator, at, until), make)


def with_streams(study: Study, streams: Mapping[str, Streams]) -> Study:
    """The study whose released counts rest on other ``streams``; its tables stay as they are."""
    other = replace(study.whole)
    keep_editions(study, other)
    if not study.settings.areas.programme:
        other.memo.get(("stretches",), partial(stretches_of, study))
    for name, counts in streams.items():
        other.memo.get(("streams", name), partial(dict, counts))
        other.memo.get(("people", name), partial(people_of, study, name))
        other.memo.get(("quarters", name), partial(quarters_of, study, name))
    return other


def keep_editions(study: Study, other: Study) -> None:
    """Let the earlier editions be to ``other`` counts what they are to those of ``study``: made
    of the same ones, or of others that were corrected since."""
    before = earlier_editions(study)
    other.memo.get(EDITIONS, lambda: before)
    for name in study.settings.indicators_of("count"):
        found = former(study, name)
        other.memo.get(("former", name), partial(list, found))


def quarters_of(study: Study, indicator: str) -> tuple[str, ...]:
    """The delivered quarters of an indicator."""
    made: tuple[str, ...] = study.memo.get(
        ("quarters", indicator),
        lambda: tuple(map(str, people_of(study, indicator)["quarter"].unique())),
    )
    return made


def common_units(study: Study, indicator: str) -> tuple[tuple[UnitCells, ...], ...]:
    """What every report of an indicator joins in the same way."""
    design = study.design
    made: tuple[tuple[UnitCells, ...], ...] = study.memo.get(
        ("units", indicator),
        lambda: units_of(
            streams_of(study, indicator),
            stretches_of(study),
            treated=design.treated,
            comparison=design.comparison,
            threshold=study.settings.rules.disclosure_threshold,
            former=former(study, indicator),
        ),
    )
    return made
