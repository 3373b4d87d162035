"""The hidden counts that the scan looks for, and every word that names their cells.

They are worked out from the study where a report is inspected and live no longer than that:
what a job carries and what a run keeps never hold them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tingbjerg_eval.disclosure.published import cells_of
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.presentation.words.sentences import LANGUAGES, Words
from tingbjerg_eval.publication.counts_shown import POOLED
from tingbjerg_eval.release.hidden import HiddenValue
from tingbjerg_eval.study.settings import CountIndicator


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Hidden counts with the words that name their cells, and other words for these words."""

    values: tuple[HiddenValue, ...]
    aliases: dict[str, tuple[str, ...]]


def hidden_counts(study: Study, published: Mapping[str, Any]) -> Sought:
    """Every count that the files of one report must not hold.

    These are the cells that ``published`` hides, and every small quarter of every comparison
    area, of which a report shows nothing. The treated area is what a report is about: its
    counts are looked for without its name as well.
    """
    values = {*_of_the_report(study, published), *_of_single_areas(study)}
    ordered = sorted(values, key=lambda one: (one.words, one.value))
    return Sought(values=tuple(ordered), aliases=_aliases(study, values))


def own_names(study: Study) -> frozenset[str]:
    """Names that the study itself gives: areas, parties, who sends, decides and answers for it."""
    case, strategy = study.settings.case, study.written
    said = {*study.settings.areas.all, case.sender, case.recipient, case.case_officer}
    parties = {one.name for one in strategy.parties.values()}
    deciding = {one.decided_by for one in strategy.decisions if one.decided_by}
    return frozenset(said | parties | deciding)


def _of_the_report(study: Study, published: Mapping[str, Any]) -> Iterator[HiddenValue]:
    for table, (_, region), cell in cells_of(published):
        if cell["value"] is None:
            name, inside = table.removesuffix(POOLED), dict(region)
            panel = study.panel(name)
            there = panel["area"].isin(inside["area"]) & panel["quarter"].isin(inside["quarter"])
            area = (POOLED,) if table.endswith(POOLED) else ()
            words = (name, *area, str(cell["key"]))
            yield HiddenValue(words=words, value=int(panel.loc[there, "count"].sum()))


def _of_single_areas(study: Study) -> Iterator[HiddenValue]:
    threshold = study.settings.rules.disclosure_threshold
    for name in study.settings.indicators_of("count"):
        panel = study.panel(name)
        small = panel[(panel["count"] < threshold) & ~panel["area"].isin(_told_apart(study))]
        for row in small.to_dict("records"):
            words = (name, row["area"], row["quarter"])
            yield HiddenValue(words=words, value=int(row["count"]))


def _told_apart(study: Study) -> tuple[str, ...]:
    """The area of which a report's own tables show counts; a programme's shows none of any."""
    areas = study.settings.areas
    return () if areas.programme else areas.with_effort


def _aliases(study: Study, values: set[HiddenValue]) -> dict[str, tuple[str, ...]]:
    languages = [Words(language) for language in LANGUAGES]
    found = {
        name: _indicator_words(name, one)
        for name, one in study.settings.indicators.items() if isinstance(one, CountIndicator)
    }  # fmt: skip
    found[POOLED] = tuple(words("table.pooled") for words in languages)
    for one in values:
        found[one.words[-1]] = tuple(_time_words(one.words[-1], languages))
    return found


def _indicator_words(name: str, indicator: CountIndicator) -> tuple[str, ...]:
    """The indicator's title, its theme, and its own name and codes as they are written in files."""
    return (indicator.title, indicator.theme or name, *indicator.basket.codes)


def _time_words(time: str, languages: list[Words]) -> Iterator[str]:
    """A quarter or a window as reports, spreadsheets and people write it."""
    first, _, last = time.partition("-")
    for words in languages:
        if last:
            yield words.window((first, last))
        elif "K" in first:
            yield words.quarter(first)
    if not last and "K" in first:
        year, part = first.split("K")
        yield from (f"{part}. kvt. {year}", f"{year} K{part}", f"{year}Q{part}", f"Q{part} {year}")
