"""A doubt is raised once, and becomes a note where ``study.yaml`` explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.inputs.catalogue import catalogue
from tingbjerg_eval.inputs.quarters import as_window, quarter_number
from tingbjerg_eval.study.entries import ExplainedEntry, GapEntry
from tingbjerg_eval.study.settings import StudySettings


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """Where the doubts about one delivery are raised."""

    settings: StudySettings
    found: Findings

    def add(
        self,
        code: str,
        *,
        column: str = "",
        area: str = "",
        offence: str = "",
        quarters: tuple[str, ...] = (),
        fields: Mapping[str, str] | None = None,
        **more: str,
    ) -> None:
        """Raise ``code`` about an area, a code and quarters, or note the reason stated for it.

        The catalogue's sentences are filled from ``fields`` and whatever else is named.
        """
        fields = {**(fields or {}), **more}
        fields |= {"area": area, "offence": offence, "quarters": span(quarters)}
        entry = next(
            (one for one in self.settings.explained if _explains(one, code, area, offence)), None
        )
        column = area or offence or column
        if entry is None or catalogue()[code]["kind"] == "note":
            self.found.add(code, column=column, **fields)
            return
        doubt = catalogue()[code]["found"].format(**fields)
        self.found.add("doubt-explained", column=column, doubt=doubt, reason=entry.reason)

    def declared(self, area: str, offences: tuple[str, ...], quarter: str) -> bool:
        """Whether ``gaps:`` says that there truly were no reports."""
        return bool(self.reason(area, offences, quarter))

    def reason(self, area: str, offences: tuple[str, ...], quarter: str) -> str:
        """Why there truly were no reports, as ``gaps:`` says; blank where it does not."""
        gaps = self.settings.gaps
        covering = (one.reason for one in gaps if _covers(one, area, offences, quarter))
        return next(covering, "")


def _explains(entry: ExplainedEntry, code: str, area: str, offence: str) -> bool:
    same_area = entry.area is None or entry.area == area
    return entry.doubt == code and same_area and entry.offence in (None, offence)


def _covers(gap: GapEntry, area: str, offences: tuple[str, ...], quarter: str) -> bool:
    first, last = as_window(gap.first, gap.last, quarter)
    inside = quarter_number(first) <= quarter_number(quarter) <= quarter_number(last)
    concerned = gap.offence is None or offences == (gap.offence,)
    return inside and gap.area in (None, area) and concerned


def span(times: tuple[str, ...]) -> str:
    """``2011K2``, or ``2011K2-2011K4`` where times follow one another."""
    if not times:
        return ""
    return times[0] if len(times) == 1 else f"{times[0]}-{times[-1]}"
