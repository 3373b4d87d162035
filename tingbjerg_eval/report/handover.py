"""The last look at a report's files, from the plain data that a job carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tingbjerg_eval.report.inspection import InspectionContext, inspect


def inspect_report(files: Mapping[str, bytes], context: Mapping[str, Any]) -> list[str]:
    """Every reason not to hand ``files`` over; see :func:`..inspection.inspect`."""
    return inspect(
        files,
        InspectionContext(
            published=context["published"],
            earlier=context["earlier"],
            case_numbers_allowed=context["case_numbers"],
        ),
    )
