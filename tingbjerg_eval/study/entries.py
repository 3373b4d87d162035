"""What ``study.yaml`` declares of the figures: efforts elsewhere, breaks, gaps, answered doubts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tingbjerg_eval.inputs.quarters import as_window
from tingbjerg_eval.inputs.scalars import Quarter, Text, TimeText
from tingbjerg_eval.inputs.validation import Settings
from tingbjerg_eval.study.design import Contamination, Time, Window


class ContaminationEntry(Settings):
    """An effort in another area."""

    area: Text
    """The area that had an effort of its own."""
    first: Quarter = Field(alias="from")
    """The effort's first quarter."""
    last: Quarter = Field(alias="to")
    """The effort's last quarter."""
    effort: Text
    """What the effort was, in a few words; printed in the report."""

    def on_scale_of(self, time: Time) -> Contamination:
        """The entry in quarters, or in years where ``time`` is a survey wave."""
        ends: Window = as_window(self.first, self.last, time)
        return Contamination(area=self.area, first=ends[0], last=ends[1], effort=self.effort)


class BreakEntry(Settings):
    """A point from which a table's figures cannot be compared with earlier ones."""

    table: Literal["incidents", "survey"]
    """The table whose figures cannot be compared across the point."""
    first: TimeText = Field(alias="from")
    """The first quarter (or survey wave) of the new way of counting."""
    reason: Text
    """What changed; printed in the report."""
    offences: list[Text] = []
    """The offence codes it is about; all of them where none is named."""

    def first_of(self, in_years: bool) -> Time:
        """The point as a period of a study in years, where that is what it is."""
        return str(self.first) if in_years and self.table == "incidents" else self.first


class GapEntry(Settings):
    """Quarters in which there truly were no reports, and why."""

    first: Quarter = Field(alias="from")
    """The first quarter without reports; a year stands for its quarters."""
    last: Quarter = Field(alias="to")
    """The last quarter without reports."""
    reason: Text
    """Why there were none, as the supplier says."""
    area: Text | None = None
    """The area it is about; every area where none is named."""
    offence: Text | None = None
    """The offence code it is about; every code where none is named."""


class ExplainedEntry(Settings):
    """A doubt about a delivery that was looked into, and what the supplier answered."""

    doubt: Text
    """The code of the doubt, as ``tingbjerg check`` prints it."""
    reason: Text
    """What the supplier answered; printed in the report."""
    area: Text | None = None
    """The area it is about; every area where none is named."""
    offence: Text | None = None
    """The offence code it is about; every code where none is named."""
