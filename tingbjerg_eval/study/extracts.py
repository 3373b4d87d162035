"""The days that an extract covers, and the extracts that were drawn before it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from tingbjerg_eval.inputs.scalars import Day, Text
from tingbjerg_eval.inputs.validation import Settings


class Coverage(Settings):
    """First and last day that an extract covers in every area it was drawn for."""

    first: Day = Field(alias="from")
    """The first day that the extract covers."""
    last: Day = Field(alias="to")
    """The last day that the extract covers."""


class PreviousExtract(Settings):
    """An earlier extract of the same table, read in the same way."""

    file: Text | None = None
    """The earlier file's name."""
    query_table: Text | None = None
    """The earlier table's name in the database."""
    extract_date: Day
    """The day on which the earlier extract was drawn."""
    coverage: Coverage | None = None
    """First and last day that the earlier extract covers."""


def _one_or_many(value: object) -> str:
    return "many" if isinstance(value, list | tuple) else "one"


Previous = Annotated[
    Annotated[PreviousExtract, Tag("one")]
    | Annotated[list[PreviousExtract], Field(min_length=1), Tag("many")],
    Discriminator(_one_or_many),
]
